//! Small validated types. An untrusted string is parsed once, here, and trusted afterwards.
//!
//! Each type keeps its field private, so that a value that exists is a value that holds. The messages of [`Invalid`]
//! are sentences for people; a form shows them beside the field.

mod address;
mod attendance;
mod cedid;
mod fold;
mod hold;
mod id;
mod json;
mod key;
mod media_type;
mod packed;
mod points;
pub mod scanned;
mod sql;
mod status;
pub mod system_identifier;
mod terms;
mod text;
mod time_zone;

pub use address::Address;
pub use cedid::{CeDiD, Typed};
pub use fold::{fold, fold_words};
pub use hold::{HoldKind, OTHER as OTHER_REASON};
pub use id::Id;
pub use json::Json;
pub use key::{KeyState, Purpose};
pub use media_type::media_type;
pub use packed::Packed;
pub use points::Points;
pub(crate) use sql::stored_text;
pub use status::{Reading, Status};
pub use system_identifier::SystemIdentifier;
pub use terms::{
    AchievementType, AssociationType, AttendanceDoubt, AttendanceSource, AttendanceStatus, ConferralOutcome,
    ConferralState, FlagDecision, IdentifierType, Origin, ProfileKind, ProgressState, ResultStatus, ResultType, Role,
    TargetType, TermKind,
};
pub use text::{Code, Email, HumanCode, Iri, Line, Name, Prose, WebAddress};
pub use time_zone::TimeZone;

/// Why an entry was refused, as a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing was entered where something is needed.
    #[error("Enter {0}")]
    Missing(&'static str),
    /// More characters than the field holds.
    #[error("{0} must be {1} characters or fewer")]
    TooLong(&'static str, usize),
    /// It does not have the form that the field needs.
    #[error("{0}")]
    Malformed(&'static str),
    /// Text holds control characters that cannot be printed.
    #[error("{0} contains characters that cannot be printed")]
    Unprintable(&'static str),
}

impl Invalid {
    /// The same; where nothing was entered, it says what is wanted.
    pub fn wanting(self, what: &'static str) -> Self {
        match self {
            Invalid::Missing(_) => Invalid::Missing(what),
            other => other,
        }
    }
}

/// An optional field of a form: nothing typed is no value, anything else is parsed.
pub fn optional<T>(raw: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Result<Option<T>, Invalid> {
    if raw.trim().is_empty() { Ok(None) } else { parse(raw).map(Some) }
}

/// A calendar date, as a person may type it: `2019-11-07` (what a date field sends), `7 November 2019`, `7 Nov 2019`.
/// A form that depends on the reader's country, such as `7/11/2019`, is refused rather than guessed.
pub fn parse_date(raw: &str) -> Result<chrono::NaiveDate, Invalid> {
    const WRONG: Invalid = Invalid::Malformed("Enter a real date, such as 2019-11-07 or 7 November 2019");
    let text = raw.trim();
    if text.is_empty() {
        return Err(Invalid::Missing("a date"));
    }
    let date = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y"]
        .iter()
        .find_map(|form| chrono::NaiveDate::parse_from_str(text, form).ok())
        .ok_or(WRONG)?;
    let years = 1800..=2200;
    if years.contains(&chrono::Datelike::year(&date)) { Ok(date) } else { Err(WRONG) }
}
