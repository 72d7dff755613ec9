//! The letter about an award or a published record that stands otherwise than before. As long as the learner's documents
//! are withheld a code opens nothing, so the letter says nothing of it and leads to the learner's own record.

use askama::Template;

use super::{Written, letters::rendered};
use crate::{values::CeDiD, words::Words};

/// What happened to an award or a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It was taken back for good.
    Revoked,
    /// It is held back for now.
    Suspended,
    /// It is in force again.
    InForceAgain,
    /// Another one stands in its place.
    Corrected(CeDiD),
}

/// The facts of the letter about how something stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChanged {
    /// What happened.
    pub what: What,
    /// The holder's name.
    pub holder_name: String,
    /// What the credential is called.
    pub title: String,
    /// Of a published record, the how-manieth it is.
    pub record: Option<i32>,
    /// The publisher's name.
    pub publisher_name: String,
    /// The code of what it happened to.
    pub cedid: CeDiD,
    /// What the public is told.
    pub reason: Option<String>,
    /// Whether a hold is on the learner, so that a code opens nothing.
    pub is_withheld: bool,
    /// The address of its page, or of the page of what stands in its place.
    pub credential_url: String,
    /// The address of the learner's own record.
    pub record_url: String,
}

impl StatusChanged {
    fn newest(&self) -> Option<&CeDiD> {
        match &self.what {
            What::Corrected(newest) => Some(newest),
            _ => None,
        }
    }

    /// Subject and first sentences. A record is never corrected: a newer one is published.
    fn keys(&self) -> (&'static str, &'static str) {
        match (&self.what, self.record) {
            (What::Revoked, None) => ("mail-revoked-subject", "mail-revoked-intro"),
            (What::Suspended, None) => ("mail-suspended-subject", "mail-suspended-intro"),
            (What::InForceAgain, None) => ("mail-lifted-subject", "mail-lifted-intro"),
            (What::Revoked, Some(_)) => ("mail-record-revoked-subject", "mail-record-revoked-intro"),
            (What::Suspended, Some(_)) => ("mail-record-suspended-subject", "mail-record-suspended-intro"),
            (What::InForceAgain, Some(_)) => ("mail-record-lifted-subject", "mail-record-lifted-intro"),
            (What::Corrected(_), _) => ("mail-corrected-subject", "mail-corrected-intro"),
        }
    }

    /// What whoever checks the code is told.
    fn told(&self) -> &'static str {
        match self.what {
            What::Corrected(_) => "mail-corrected-told",
            _ => "mail-status-told",
        }
    }

    /// Where the letter leads, and what stands on the link.
    fn leads_to(&self) -> (&str, &'static str) {
        match (self.is_withheld, self.record) {
            (true, _) => (&self.record_url, "mail-record-open"),
            (false, None) => (&self.credential_url, "mail-status-open"),
            (false, Some(_)) => (&self.credential_url, "mail-record-status-open"),
        }
    }

    fn why(&self) -> &'static str {
        if self.record.is_some() { "mail-record-status-why" } else { "mail-status-why" }
    }
}

#[derive(Template)]
#[template(path = "emails/status.txt", escape = "none")]
struct StatusText<'a> {
    words: &'a Words,
    letter: &'a StatusChanged,
    intro: &'a str,
    why: &'a str,
    link: &'a str,
    label: &'a str,
}

#[derive(Template)]
#[template(path = "emails/status.html")]
struct StatusHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    letter: &'a StatusChanged,
    intro: &'a str,
    why: &'a str,
    link: &'a str,
    label: &'a str,
}

/// The letter to a learner about an award or a record that stands otherwise than before.
pub fn status_changed(words: &Words, letter: &StatusChanged) -> Written {
    let (subject, intro) = letter.keys();
    let number = i64::from(letter.record.unwrap_or_default());
    let subject = &words.with_all(subject, [("title", letter.title.as_str().into()), ("number", number.into())]);
    let publisher = letter.publisher_name.as_str();
    let mut intro = words.with(intro, "publisher", publisher);
    if !letter.is_withheld {
        intro = format!("{intro} {}", words.get(letter.told()));
    }
    let (link, label) = letter.leads_to();
    let (intro, why, label) = (&intro, &words.with(letter.why(), "publisher", publisher), &words.get(label));
    let text = StatusText { words, letter, intro, why, link, label };
    rendered(subject, text, StatusHtml { words, subject, letter, intro, why, link, label })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revoked() -> StatusChanged {
        StatusChanged {
            what: What::Revoked,
            holder_name: "Zoë Łukasiewicz".to_owned(),
            title: "Peer Tutoring Certificate".to_owned(),
            record: None,
            publisher_name: "Office of the Registrar".to_owned(),
            cedid: CeDiD::parse("19FD-D80S-A9TU").unwrap(),
            reason: Some("It was issued in error".to_owned()),
            is_withheld: false,
            credential_url: "https://clr.example.edu/c/19FD-D80S-A9TU".to_owned(),
            record_url: "https://clr.example.edu/record".to_owned(),
        }
    }

    fn written(letter: &StatusChanged) -> (String, [String; 2]) {
        let letter = status_changed(&Words::default(), letter).unwrap();
        (letter.subject, [letter.text.replace('\n', " "), letter.html])
    }

    #[test]
    fn a_code_that_opens_nothing_is_no_link_and_nobody_is_said_to_check_it() {
        let (page, told) = ("https://clr.example.edu/c/19FD-D80S-A9TU", "Whoever checks its code is told so.");
        for part in written(&revoked()).1 {
            assert!(part.contains(page) && part.contains(told), "{part}");
        }
        for part in written(&StatusChanged { is_withheld: true, ..revoked() }).1 {
            assert!(!part.contains("/c/") && !part.contains("checks its code"), "{part}");
            assert!(part.contains("https://clr.example.edu/record") && part.contains("See your record"), "{part}");
        }
    }

    #[test]
    fn a_record_is_called_a_record_and_an_award_an_award() {
        assert_eq!(written(&revoked()).0, "An award of yours was revoked: Peer Tutoring Certificate");
        for (what, subject) in [
            (What::Revoked, "A published record of yours was revoked: record 2"),
            (What::Suspended, "A published record of yours is suspended: record 2"),
            (What::InForceAgain, "A published record of yours is in force again: record 2"),
        ] {
            let (written, parts) = written(&StatusChanged { what, record: Some(2), ..revoked() });
            assert_eq!(written, subject);
            for part in parts {
                assert!(!part.contains("award of yours") && !part.contains("credential"), "{part}");
                assert!(!part.contains("{mail") && !part.contains("{fact"), "a message is missing: {part}");
            }
        }
    }
}
