//! The letters, each from a text and an HTML template in `templates/emails`.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use super::{Letter, Written};
use crate::values::CeDiD;
use crate::words::{self, Words};

/// The facts of the letter about a new award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardIssued {
    /// The holder's name.
    pub holder_name: String,
    /// The credential's title.
    pub title: String,
    /// The publisher's name.
    pub publisher_name: String,
    /// The achievement issuer's name.
    pub issuer_name: String,
    /// The date of conferral.
    pub conferral_date: NaiveDate,
    /// The code.
    pub cedid: CeDiD,
    /// Whether a hold is on the learner, so that a code opens nothing.
    pub is_withheld: bool,
    /// The address of the credential's page.
    pub credential_url: String,
    /// The address of the learner's own record.
    pub record_url: String,
    /// The address of the portal, where a code can be checked.
    pub base_url: String,
}

/// The facts of the letter about a published record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPublished {
    /// The holder's name.
    pub holder_name: String,
    /// The publisher's name.
    pub publisher_name: String,
    /// The how-manieth record it is.
    pub number: i32,
    /// The day on which it was published.
    pub published_on: NaiveDate,
    /// The record's code.
    pub cedid: CeDiD,
    /// Whether a hold is on the learner, so that a code opens nothing.
    pub is_withheld: bool,
    /// The address of the learner's own record.
    pub record_url: String,
    /// The address of the portal, where a code can be checked.
    pub base_url: String,
}

/// The facts of the letter that carries a signed checkpoint of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointSigned {
    /// The publisher's name.
    pub publisher: String,
    /// The number of the last entry that it vouches for.
    pub seq: i64,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// The checkpoint, a compact JWS.
    pub token: String,
    /// The address of the portal.
    pub base_url: String,
}

/// The facts of the letter with a sign-in link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// Whom it greets.
    pub name: String,
    /// The institution's name.
    pub institution: String,
    /// The link.
    pub link: String,
    /// For how many minutes it works.
    pub minutes: u32,
}

/// The facts of the letter with which a member of staff sets up an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSetUp {
    /// Whom it greets.
    pub name: String,
    /// The institution's name.
    pub institution: String,
    /// The role, in words.
    pub role: String,
    /// The link.
    pub link: String,
    /// For how many hours it works.
    pub hours: u32,
}

/// Two templates, text and HTML, of the same facts. The HTML one has the subject as its title.
macro_rules! letter {
    ($text:ident $text_path:literal, $html:ident $html_path:literal { $($fact:ident: $type:ty),+ $(,)? }) => {
        #[derive(Template)]
        #[template(path = $text_path, escape = "none")]
        struct $text<'a> {
            words: &'a Words,
            $($fact: $type),+
        }
        #[derive(Template)]
        #[template(path = $html_path)]
        struct $html<'a> {
            words: &'a Words,
            subject: &'a str,
            $($fact: $type),+
        }
    };
}

letter!(AwardText "emails/award.txt", AwardHtml "emails/award.html" {
    award: &'a AwardIssued,
    conferral_date: &'a str,
});
letter!(RecordText "emails/record.txt", RecordHtml "emails/record.html" {
    record: &'a RecordPublished,
    published_on: &'a str,
});
letter!(CheckpointText "emails/checkpoint.txt", CheckpointHtml "emails/checkpoint.html" {
    letter: &'a CheckpointSigned,
    intro: &'a str,
});
letter!(SignInText "emails/sign_in_link.txt", SignInHtml "emails/sign_in_link.html" {
    letter: &'a SignInLink,
    intro: &'a str,
});
letter!(StaffText "emails/staff_set_up.txt", StaffHtml "emails/staff_set_up.html" {
    letter: &'a StaffSetUp,
    intro: &'a str,
});

/// The letter to a learner about a new award.
pub fn award_issued(words: &Words, award: &AwardIssued) -> Written {
    let subject = &words.with("mail-award-subject", "title", award.title.as_str());
    let conferral_date = &words::date(words, award.conferral_date);
    let text = AwardText { words, award, conferral_date };
    rendered(subject, text, AwardHtml { words, subject, award, conferral_date })
}

/// The letter to a learner about a published record.
pub fn record_published(words: &Words, record: &RecordPublished) -> Written {
    let subject = &words.with("mail-record-subject", "publisher", record.publisher_name.as_str());
    let published_on = &words::date(words, record.published_on);
    let text = RecordText { words, record, published_on };
    rendered(subject, text, RecordHtml { words, subject, record, published_on })
}

/// The letter that carries a signed checkpoint of the audit trail.
pub fn checkpoint_signed(words: &Words, letter: &CheckpointSigned) -> Written {
    let (publisher, at) = (letter.publisher.as_str(), words::instant(words, letter.at));
    let subject =
        &words.with_all("mail-checkpoint-subject", [("publisher", publisher.into()), ("seq", letter.seq.into())]);
    let intro = &words.with_all("mail-checkpoint-intro", [("seq", letter.seq.into()), ("at", at.as_str().into())]);
    rendered(subject, CheckpointText { words, letter, intro }, CheckpointHtml { words, subject, letter, intro })
}

/// The letter with a sign-in link.
pub fn sign_in_link(words: &Words, letter: &SignInLink) -> Written {
    let institution = letter.institution.as_str();
    let subject = &words.with("mail-sign-in-subject", "institution", institution);
    let intro = &words
        .with_all("mail-sign-in-intro", [("institution", institution.into()), ("minutes", letter.minutes.into())]);
    rendered(subject, SignInText { words, letter, intro }, SignInHtml { words, subject, letter, intro })
}

/// The letter with which a member of staff sets up an account.
pub fn staff_set_up(words: &Words, letter: &StaffSetUp) -> Written {
    let institution = letter.institution.as_str();
    let subject = &words.with("mail-staff-subject", "institution", institution);
    let facts =
        [("institution", institution.into()), ("role", letter.role.as_str().into()), ("hours", letter.hours.into())];
    let intro = &words.with_all("mail-staff-intro", facts);
    rendered(subject, StaffText { words, letter, intro }, StaffHtml { words, subject, letter, intro })
}

pub(super) fn rendered(subject: &str, text: impl Template, html: impl Template) -> Written {
    Ok(Letter { subject: subject.to_owned(), text: wrapped(&text.render()?), html: html.render()? })
}

/// Text in lines of at most 72 characters, broken at spaces only, so that a link stays whole.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 72;
    let mut written = String::with_capacity(text.len() + 32);
    for line in text.trim_end().lines() {
        let mut width = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                written.push('\n');
                width = 0;
            } else if width > 0 {
                written.push(' ');
                width += 1;
            }
            written.push_str(word);
            width += length;
        }
        written.push('\n');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn award() -> AwardIssued {
        AwardIssued {
            holder_name: "Zoë <b>Łukasiewicz</b>".to_owned(),
            title: "First-Year Hoosier Experience Achievement Award".to_owned(),
            publisher_name: "Office of the Registrar Indiana University Bloomington".to_owned(),
            issuer_name: "Office of Enrollment Management".to_owned(),
            conferral_date: NaiveDate::from_ymd_opt(2019, 11, 7).unwrap(),
            cedid: CeDiD::parse("19FD-D80S-A9TU").unwrap(),
            is_withheld: false,
            credential_url: "https://clr.example.edu/c/19FD-D80S-A9TU".to_owned(),
            record_url: "https://clr.example.edu/record".to_owned(),
            base_url: "https://clr.example.edu".to_owned(),
        }
    }

    #[test]
    fn the_letter_about_an_award_says_what_when_and_where_in_both_parts() {
        let letter = award_issued(&Words::default(), &award()).unwrap();
        assert_eq!(letter.subject, "You have been awarded: First-Year Hoosier Experience Achievement Award");
        for part in [&letter.text, &letter.html] {
            for fact in ["19FD-D80S-A9TU", "7 November 2019", "https://clr.example.edu/c/19FD-D80S-A9TU", "/record"] {
                assert!(part.contains(fact), "{fact} is missing in {part}");
            }
            assert!(!part.contains("{mail") && !part.contains("{fact"), "a message is missing: {part}");
        }
        assert!(letter.text.contains("Hello Zoë <b>Łukasiewicz</b>,"));
        assert!(letter.html.contains("Zoë &#60;b&#62;Łukasiewicz") && !letter.html.contains("<b>"));
    }

    #[test]
    fn the_letter_about_an_award_that_is_withheld_leads_to_the_record_and_nowhere_else() {
        let letter = award_issued(&Words::default(), &AwardIssued { is_withheld: true, ..award() }).unwrap();
        for part in [&letter.text, &letter.html] {
            assert!(part.contains("See your record") && part.contains("https://clr.example.edu/record"), "{part}");
            assert!(!part.contains("/c/") && !part.contains("can check this award"), "{part}");
        }
    }

    #[test]
    fn links_for_signing_in_and_setting_up_say_how_long_they_work() {
        let link = || "https://clr.example.edu/set-up/".to_owned() + &"x".repeat(86);
        let (name, institution) = ("李小龍".to_owned(), "Example & Co".to_owned());
        let sign_in = SignInLink { name: name.clone(), institution: institution.clone(), link: link(), minutes: 1 };
        let sign_in = sign_in_link(&Words::default(), &sign_in).unwrap();
        let says = |letter: &Letter, what: &str| letter.text.replace('\n', " ").contains(what);
        assert!(says(&sign_in, "within one minute."), "{}", sign_in.text);
        let set_up = StaffSetUp { name, institution, role: "Registrar".to_owned(), link: link(), hours: 48 };
        let set_up = staff_set_up(&Words::default(), &set_up).unwrap();
        assert!(says(&set_up, "within 48 hours.") && says(&set_up, "Your role: Registrar."), "{}", set_up.text);
        assert_eq!(set_up.subject, "Set up your account at Example & Co");
        for letter in [sign_in, set_up] {
            assert!(letter.text.lines().any(|line| line == link()), "the link is broken: {}", letter.text);
            assert!(letter.html.contains(&format!("href=\"{}\"", link())));
            assert!(letter.html.contains("Example &#38; Co"));
            assert!(letter.text.lines().all(|line| line == link() || line.chars().count() <= 72));
        }
    }

    #[test]
    fn long_lines_are_broken_at_spaces() {
        let text = wrapped(&format!("{}\n\nshort\n", "seven77 ".repeat(20)));
        assert!(text.lines().all(|line| line.chars().count() <= 72 && !line.starts_with(' ')), "{text:?}");
        assert!(text.ends_with("\n\nshort\n"));
        assert_eq!(text.matches("seven77").count(), 20);
    }
}
