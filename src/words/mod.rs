//! Words for people: message catalogues (Fluent), dates and numbers by locale.
//!
//! Public and learner pages, mails and PDFs take every word from here. A catalogue is a folder of `.ftl` files in the
//! binary; English is complete and stands in for what another language lacks. A key that no catalogue has is a defect:
//! it shows as `{key}` and fails the test that renders every page.

mod date;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

pub use date::{date, date_short, instant, plain_number};

/// The catalogues that travel with the program, by language.
const CATALOGUES: &[(&str, &[&str])] = &[(
    "en",
    &[
        include_str!("en/common.ftl"),
        include_str!("en/public.ftl"),
        include_str!("en/learner.ftl"),
        include_str!("en/mail.ftl"),
        include_str!("en/pdf.ftl"),
    ],
)];

static LANGUAGES: LazyLock<Vec<Arc<Catalogue>>> = LazyLock::new(|| CATALOGUES.iter().map(Catalogue::load).collect());

struct Catalogue {
    language: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
    /// The messages without arguments, written out once: a page asks for dozens of them.
    plain: HashMap<String, String>,
}

impl Catalogue {
    fn load((code, sources): &(&str, &[&str])) -> Arc<Self> {
        let language: LanguageIdentifier = code.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Isolation marks would end up in PDFs, subjects and CSV; templates wrap names in <bdi> instead.
        bundle.set_use_isolating(false);
        for source in *sources {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(usable, errors)| {
                tracing::error!(?errors, code, "a message catalogue has errors");
                usable
            });
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(?errors, code, "a message stands twice in a catalogue");
            }
        }
        let mut catalogue = Self { language, bundle, plain: HashMap::new() };
        let keys = sources.iter().flat_map(|source| source.lines()).filter_map(|line| line.split_once(" ="));
        catalogue.plain =
            keys.filter_map(|(key, _)| Some((key.to_owned(), catalogue.without_arguments(key)?))).collect();
        Arc::new(catalogue)
    }

    /// The message, if it needs no argument.
    fn without_arguments(&self, key: &str) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, None, &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

/// The words of one language, for one request, mail or document. Cheap to clone.
#[derive(Clone)]
pub struct Words(Arc<Catalogue>);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({})", self.language())
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::of("en")
    }
}

impl Words {
    /// The words of the language, or English when there is no such catalogue.
    pub fn of(language: &str) -> Self {
        Self::known(language).unwrap_or_else(|| Self(LANGUAGES[0].clone()))
    }

    /// The best catalogue for an `Accept-Language` header, in its order of quality.
    pub fn accepted(header: &str) -> Self {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .take(20)
            .filter_map(|part| {
                let mut parts = part.trim().split(';');
                let tag = parts.next()?.trim();
                let quality = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
                (quality > 0.0).then_some((quality, tag))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.into_iter().find_map(|(_, tag)| Self::known(tag)).unwrap_or_default()
    }

    /// The catalogue of a language tag such as `en-GB`, if there is one for its language.
    pub fn known(tag: &str) -> Option<Self> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        LANGUAGES
            .iter()
            .find(|catalogue| catalogue.language.language == wanted.language)
            .map(|found| Self(found.clone()))
    }

    /// The language tag, for `lang` on a page and in a PDF.
    pub fn language(&self) -> String {
        self.0.language.to_string()
    }

    /// The writing direction, for `dir` on a page.
    pub fn direction(&self) -> &'static str {
        match self.0.language.language.as_str() {
            "ar" | "he" | "fa" | "ur" | "yi" | "ps" | "sd" => "rtl",
            _ => "ltr",
        }
    }

    /// A message without arguments.
    pub fn get(&self, key: &str) -> String {
        self.message(key, None)
    }

    /// A message with one argument.
    pub fn with<'a>(&self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value);
        self.message(key, Some(&args))
    }

    /// A message with several arguments.
    pub fn with_all<'a>(&self, key: &str, values: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
        let args: FluentArgs = values.into_iter().collect();
        self.message(key, Some(&args))
    }

    fn message(&self, key: &str, args: Option<&FluentArgs>) -> String {
        self.0.text(key, args).or_else(|| LANGUAGES[0].text(key, args)).unwrap_or_else(|| format!("{{{key}}}"))
    }
}

impl Catalogue {
    fn text(&self, key: &str, args: Option<&FluentArgs>) -> Option<String> {
        if let (None, Some(plain)) = (args, self.plain.get(key)) {
            return Some(plain.clone());
        }
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a message could not be filled in");
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn the_language_asked_for_first_that_exists_is_taken() {
        assert_eq!(Words::accepted("xx, en-GB;q=0.5, *;q=0.1").language(), "en");
        assert_eq!(Words::accepted("").language(), "en");
        assert!(Words::known("tlh").is_none());
    }

    #[test]
    fn a_message_has_no_isolation_marks() {
        let text = Words::default().with("checked-at", "time", "noon");
        assert_eq!(text, "Checked noon.");
    }
}
