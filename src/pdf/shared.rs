//! What a learner's share lets its recipient take along, on paper: a record whose address is the share's, and which says
//! that the link ends and the awards do not.

use chrono::{DateTime, Utc};

use super::{Error, Fonts, Links, Pdf, record::drawn};
use crate::{
    models::record::Record,
    words::{self, Words},
};

/// Draws what a share shows, with the JSON attached. `ends` is when the link does.
pub fn shared(
    (record, ends): (&Record, Option<DateTime<Utc>>),
    links: &Links,
    words: &Words,
    fonts: &Fonts,
    json: &[u8],
) -> Result<Pdf, Error> {
    let ends = match ends {
        Some(at) => words.with("pdf-share-ends", "date", words::date(words, at.date_naive())),
        None => words.get("pdf-share-until-off"),
    };
    drawn((record, Some([words.get("pdf-share-consent"), ends])), links, words, fonts, json)
}
