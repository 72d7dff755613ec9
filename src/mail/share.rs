//! The letter about a share: the copy of the consent for the learner who gave it, or that the office switched the share
//! off. The link itself is in neither: it is shown once, to the learner, and nobody can find it again.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Written, letters::rendered};
use crate::words::{self, Words};

/// The facts of the letter about a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareTold {
    /// The learner's name.
    pub holder_name: String,
    /// The institution's name.
    pub institution: String,
    /// To whom the awards are shown.
    pub recipient: String,
    /// What for.
    pub purpose: String,
    /// The awards, each with its code.
    pub awards: Vec<String>,
    /// When the learner consented.
    pub made_at: DateTime<Utc>,
    /// When the link ends, if it ends by itself.
    pub ends_at: Option<DateTime<Utc>>,
    /// The address to which the link was mailed that had signed the learner in.
    pub signed_in_as: Option<String>,
    /// Why the office switched it off, where that is what happened.
    pub reason: Option<String>,
    /// The address of the learner's shares.
    pub shares_url: String,
}

#[derive(Template)]
#[template(path = "emails/share.txt", escape = "none")]
struct ShareText<'a> {
    words: &'a Words,
    letter: &'a ShareTold,
    told: &'a Told,
}

#[derive(Template)]
#[template(path = "emails/share.html")]
struct ShareHtml<'a> {
    words: &'a Words,
    subject: &'a str,
    letter: &'a ShareTold,
    told: &'a Told,
}

/// What is said of it, in the words of the letter.
struct Told {
    intro: String,
    facts: Vec<(String, String)>,
    why: String,
}

/// The letter to a learner about a share.
pub fn share_told(words: &Words, letter: &ShareTold) -> Written {
    let kind = if letter.reason.is_some() { "mail-share-off" } else { "mail-share-made" };
    let subject = &words.with(&format!("{kind}-subject"), "recipient", letter.recipient.as_str());
    let intro = words.with(&format!("{kind}-intro"), "institution", letter.institution.as_str());
    let why = words.with("mail-share-why", "institution", letter.institution.as_str());
    let told = &Told { intro, facts: facts(words, letter), why };
    rendered(subject, ShareText { words, letter, told }, ShareHtml { words, subject, letter, told })
}

fn facts(words: &Words, letter: &ShareTold) -> Vec<(String, String)> {
    let ends = match letter.ends_at {
        Some(at) => words::instant(words, at),
        None => words.get("share-until-off"),
    };
    let signed_in = letter.signed_in_as.as_ref().map(|email| words.with("share-signed-in-as", "email", email.as_str()));
    let fact = |key: &str, value: String| (words.get(key), value);
    let facts = [
        letter.reason.clone().map(|reason| fact("mail-status-reason", reason)),
        Some(fact("share-recipient", letter.recipient.clone())),
        Some(fact("share-purpose", letter.purpose.clone())),
        Some(fact("share-awards", letter.awards.join(", "))),
        Some(fact("share-made", words::instant(words, letter.made_at))),
        Some(fact("share-ends", ends)),
        signed_in.map(|how| fact("share-signed-in", how)),
    ];
    facts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_of_a_consent_says_what_was_consented_to_and_holds_no_link_to_the_awards() {
        let mut told = ShareTold {
            holder_name: "Ann <i>Lee</i>".to_owned(),
            institution: "Example University".to_owned(),
            recipient: "Acme Corp.".to_owned(),
            purpose: "An application".to_owned(),
            awards: vec!["Hoosier Experience (19FD-D80S-A9TU)".to_owned()],
            made_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            ends_at: None,
            signed_in_as: Some("ann@iu.example".to_owned()),
            reason: None,
            shares_url: "https://clr.example.edu/record/shares".to_owned(),
        };
        let letter = share_told(&Words::default(), &told).unwrap();
        for part in [&letter.text, &letter.html] {
            for fact in ["Acme Corp.", "An application", "19FD-D80S-A9TU", "14 November 2023", "ann@iu.example"] {
                assert!(part.contains(fact), "{fact} is missing in {part}");
            }
            assert!(!part.contains("/s/") && !part.contains("{mail") && !part.contains("{share"), "{part}");
        }
        assert!(letter.html.contains("Ann &#60;i&#62;"));
        told.reason = Some("Sent to the wrong address".to_owned());
        let letter = share_told(&Words::default(), &told).unwrap();
        assert!(letter.subject.contains("switched off") && letter.text.contains("Sent to the wrong address"));
    }
}
