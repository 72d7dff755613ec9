//! A sentence of the catalogue with an element in its middle: `Revoked on <time …>14 February 2026</time>. It must not
//! be relied on.` The translator places the argument; the template writes the element around it.

use chrono::{DateTime, Utc};

use super::frame::Frame;
use crate::words;

/// Stands for the argument while the message is put together; no message has it (object replacement character).
const MARK: &str = "\u{fffc}";

/// What stands before and after the element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Text before it.
    pub before: String,
    /// Text after it.
    pub after: String,
}

impl Frame {
    /// The message cut in two where its argument stands.
    pub fn around(&self, key: &str, argument: &str) -> Around {
        let whole = self.words.with(key, argument, MARK);
        let (before, after) = whole.split_once(MARK).unwrap_or((&whole, ""));
        Around { before: before.to_owned(), after: after.to_owned() }
    }

    /// The publisher's name beside the institution's: `Office of the Registrar`, where it is written as
    /// `Office of the Registrar Indiana University Bloomington`.
    pub fn office(&self) -> &str {
        let (name, institution) = (&self.site.publisher.name, &self.site.institution);
        let short =
            name.strip_suffix(institution.as_str()).map(|rest| rest.trim_end_matches([' ', ',', '-', '–', '·']));
        short.filter(|rest| !rest.is_empty()).unwrap_or(name)
    }

    /// The day of an instant, UTC: `7 November 2019`.
    pub fn day(&self, at: &DateTime<Utc>) -> String {
        words::date(&self.words, at.date_naive())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::words::Words;

    /// Every key that stands literally in a template or in this room, such as `words.get("nav-sign-in")`.
    fn keys_in(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                keys_in(&path, found);
            } else if path.extension().is_some_and(|end| end == "html" || end == "txt" || end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for call in ["words.get(\"", "words.with(\"", "words.with_all(\"", "around(\""] {
                    for rest in text.split(call).skip(1) {
                        found.extend(rest.split('"').next().map(str::to_owned));
                    }
                }
            }
        }
    }

    #[test]
    fn every_message_that_a_page_names_is_in_the_catalogue() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut keys = Vec::new();
        keys_in(&house.join("templates"), &mut keys);
        keys_in(&house.join("src/web"), &mut keys);
        let is_key = |key: &&String| {
            key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') && !key.ends_with('-')
        };
        assert!(keys.len() > 50, "only {} keys were found", keys.len());
        let missing: Vec<&String> =
            keys.iter().filter(is_key).filter(|key| Words::default().get(key) == format!("{{{key}}}")).collect();
        assert!(missing.is_empty(), "not in the catalogue: {missing:?}");
    }
}
