//! Verifying what somebody was handed: a file or a text of any of the kinds in circulation, with every check told by
//! itself. What we issued is checked against our own record and nothing else; what others issued, as far as this can be
//! done without asking anybody, and further where an administrator allowed hosts to be asked.
//!
//! The checks are those of the public validator of 1EdTech in its order, and then what only we can say. A key that a
//! document brings along proves nothing but that the document was not changed since somebody signed it.

#[cfg(test)]
mod allowed;
mod badge;
mod clr1;
mod fetch;
mod known;
mod outside;
mod record;
mod refresh;
mod report;
mod status;
mod token;
mod vc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use self::outside::Outside;
pub use self::report::{Check, Outcome, Report, Verdict};
use super::{Portal, Refusal};
use crate::{
    clock,
    clr::carried::{Carried, carried},
    db::{Conn, Db},
};

pub use crate::clr::carried::MOST_BYTES;

/// How deep a document may be nested.
const DEEPEST: usize = 64;

/// What verifying may ask: our record, where there is one, and the answers of other hosts.
struct Asking<'a> {
    conn: Option<&'a mut Conn>,
    portal: &'a Portal,
    outside: &'a mut Outside,
    now: DateTime<Utc>,
}

impl Asking<'_> {
    /// Whether an address is one of this portal's.
    fn is_our_address(&self, address: &str) -> bool {
        self.conn.is_some() && address.strip_prefix(&*self.portal.base_url).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Verifies a file. Without a database nothing is known of our own. `allowed` are the hosts that may be asked.
pub async fn verify(db: Option<&Db>, portal: &Portal, allowed: &[String], file: Vec<u8>) -> Result<Report, Refusal> {
    let mut outside = Outside::allowing(allowed);
    let file = std::sync::Arc::new(file);
    // Each round asks for what the one before lacked; a document names ten addresses at most.
    for _ in 0..=outside::MOST_FETCHES {
        let (portal, file) = (portal.clone(), file.clone());
        let mut asked = outside.clone();
        let round = move |conn: Option<&mut Conn>| {
            let asking = Asking { conn, portal: &portal, outside: &mut asked, now: clock::now() };
            let report = checked(asking, &file)?;
            Ok::<_, Refusal>((report, asked))
        };
        let (report, asked) = match db {
            Some(db) => db.read(move |conn| round(Some(conn))).await?,
            None => round(None)?,
        };
        outside = asked;
        let wanted = outside.take_wanted();
        if wanted.is_empty() {
            return Ok(report);
        }
        for address in wanted {
            let answer = fetch::fetch(address.clone()).await;
            outside.answered(address, answer);
        }
    }
    Ok(Report::of_one("It names too many addresses of others."))
}

/// One round of checks.
fn checked(mut asking: Asking, file: &[u8]) -> Result<Report, Refusal> {
    let Carried { file, text } = match carried(file) {
        Ok(carried) => carried,
        Err(why) => return Ok(Report::of_nothing(why.to_string())),
    };
    let mut report = Report::default();
    document(&mut asking, &text, &mut report)?;
    report.facts.iter_mut().filter(|(what, _)| *what == "issued").for_each(|(_, at)| {
        if let Ok(day) = DateTime::parse_from_rfc3339(at) {
            *at = day.format("%-d %B %Y").to_string();
        }
    });
    if file != "text" {
        report.kind = format!("{file} with {}", report.kind);
        // Whoever alters the pages or the picture leaves what they carry as it is.
        report.caution = Some(format!(
            "The {file} carries a credential, and only that was checked: compare the name and the award with what you see."
        ));
    }
    Ok(report)
}

fn document(asking: &mut Asking, text: &str, report: &mut Report) -> Result<(), Refusal> {
    if text.starts_with(['{', '[', '"']) {
        return match parsed(text) {
            Ok(value) => json(asking, text, &value, report),
            Err(why) => {
                *report = Report::of_nothing(why);
                Ok(())
            }
        };
    }
    if text.split('.').count() == 3 && !text.contains(char::is_whitespace) {
        return token::report(asking, text, report);
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        *report = Report::of_nothing("That is an address. Open it, save what it shows as a file, and check the file.");
        return Ok(());
    }
    *report = Report::of_nothing(
        "This is no credential of a kind that is known here: neither JSON, nor a signed token, nor a badge image or PDF \
         that carries one.",
    );
    Ok(())
}

/// JSON that is not nested deeper than any credential.
fn parsed(text: &str) -> Result<Value, String> {
    let mut depth = 0_usize;
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err("It is nested deeper than any credential, so it was not read.".to_owned());
        }
    }
    let unreadable = |why: serde_json::Error| {
        format!("It cannot be read: the JSON is damaged at line {}, column {}.", why.line(), why.column())
    };
    let value: Value = serde_json::from_str(text).map_err(unreadable)?;
    // A member that stands there twice is read differently by different readers.
    if let Some(twice) = twice(text) {
        return Err(format!("It cannot be relied on: the member {twice:?} stands there twice."));
    }
    Ok(value)
}

/// A member that an object has twice.
fn twice(text: &str) -> Option<String> {
    struct Once;
    impl<'de> serde::de::DeserializeSeed<'de> for Once {
        type Value = ();
        fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
            from.deserialize_any(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Once {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("JSON")
        }
        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }
        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }
        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }
        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }
        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }
        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut of: A) -> Result<(), A::Error> {
            while of.next_element_seed(Once)?.is_some() {}
            Ok(())
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut of: A) -> Result<(), A::Error> {
            let mut seen = std::collections::HashSet::new();
            while let Some(name) = of.next_key::<String>()? {
                of.next_value_seed(Once)?;
                if let Some(name) = seen.replace(name) {
                    return Err(serde::de::Error::custom(format!("twice:{name}")));
                }
            }
            Ok(())
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let refused = serde::de::DeserializeSeed::deserialize(Once, &mut reader).err()?.to_string();
    let name = refused.strip_prefix("twice:")?;
    Some(name.split(" at line ").next().unwrap_or(name).to_owned())
}

fn json(asking: &mut Asking, text: &str, value: &Value, report: &mut Report) -> Result<(), Refusal> {
    if let Value::String(inner) = value {
        return token::report(asking, inner, report);
    }
    if crate::clr::v2::checks::Kind::of(value).is_some() {
        return vc::report(asking, &vc::Given::json(value, text.as_bytes()), "", report);
    }
    if badge::is_one(value) {
        return badge::report(asking, value, None, report);
    }
    let is_credential = crate::clr::v2::checks::types(value).contains(&"VerifiableCredential");
    if is_credential && !clr1::is_wrapped(value) {
        return vc::report(asking, &vc::Given::json(value, text.as_bytes()), "", report);
    }
    clr1::report(asking, text.as_bytes(), value, report)
}
