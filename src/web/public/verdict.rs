//! The verdict on a credential: one word for how it stands, with its sentence, its tone and its icon.

use chrono::{DateTime, Utc};

use crate::{
    models::record::Standing,
    values::Reading,
    web::{frame::Frame, sentence::Around},
};

/// The style class of a reading.
pub fn tone(reading: &Reading) -> &'static str {
    match reading {
        Reading::Valid => "ok",
        Reading::Revoked => "bad",
        Reading::Replaced => "info",
        Reading::Expired | Reading::Suspended => "warn",
    }
}

/// The icon of a reading.
pub fn icon(reading: &Reading) -> &'static str {
    match reading {
        Reading::Valid => "check",
        Reading::Revoked => "cross",
        Reading::Replaced => "swap",
        Reading::Expired => "clock",
        Reading::Suspended => "pause",
    }
}

/// The message that says a reading in a word: `Valid`.
pub fn word_key(reading: &Reading) -> &'static str {
    match reading {
        Reading::Valid => "reading-valid",
        Reading::Revoked => "reading-revoked",
        Reading::Replaced => "reading-replaced",
        Reading::Expired => "reading-expired",
        Reading::Suspended => "reading-suspended",
    }
}

/// A verdict as a page shows it.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Style class.
    pub tone: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// One word: `Valid`.
    pub word: String,
    /// The answer: `This credential is valid`.
    pub heading: String,
    /// The sentence below it, where there is a date to tell: the text around it.
    pub dated: Option<(Around, DateTime<Utc>)>,
    /// A sentence without a date.
    pub text: Option<String>,
}

impl Verdict {
    /// The same on a published record, under headings of its own.
    pub fn of_record(standing: &Standing, frame: &Frame) -> Self {
        let heading = match standing.reading {
            Reading::Valid => "record-verdict-valid",
            Reading::Revoked => "record-verdict-revoked",
            Reading::Replaced => "record-verdict-replaced",
            Reading::Suspended => "record-verdict-suspended",
            Reading::Expired => "record-verdict-expired",
        };
        let mut verdict = Self { heading: frame.words.get(heading), ..Self::of(standing, None, frame) };
        if standing.reading == Reading::Valid {
            verdict.text = Some(frame.words.get("record-verdict-valid-text"));
        }
        verdict
    }

    /// The verdict on a credential that stands like this and is valid up to `last`, in the words of the page.
    pub fn of(standing: &Standing, last: Option<DateTime<Utc>>, frame: &Frame) -> Self {
        let (reading, words) = (standing.reading, &frame.words);
        let since = standing.since;
        let (heading, dated, text) = match reading {
            Reading::Valid => ("verdict-valid-heading", None, Some("verdict-valid-text")),
            Reading::Revoked => {
                ("verdict-revoked-heading", since.map(|at| ("verdict-revoked-on", at)), Some("verdict-revoked-text"))
            }
            Reading::Replaced => {
                ("verdict-replaced-heading", since.map(|at| ("verdict-replaced-on", at)), Some("verdict-replaced-text"))
            }
            Reading::Suspended => (
                "verdict-suspended-heading",
                since.map(|at| ("verdict-suspended-since", at)),
                Some("verdict-suspended-text"),
            ),
            Reading::Expired => ("verdict-expired-heading", last.map(|at| ("verdict-expired-after", at)), None),
        };
        Self {
            tone: tone(&reading),
            icon: icon(&reading),
            word: words.get(word_key(&reading)),
            heading: words.get(heading),
            dated: dated.map(|(key, at)| (frame.around(key, "date"), at)),
            text: text.map(|key| words.get(key)),
        }
    }
}
