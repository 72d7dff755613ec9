//! The two kinds of hold, and the reasons that the office picks from.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::stored_text;

/// What a hold withholds, and from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum HoldKind {
    /// From the public only: the learner opted out of disclosure.
    Privacy,
    /// From the public and from the learner's own official downloads: something is owed.
    Administrative,
}

/// The reason that is worded by whoever places the hold.
pub const OTHER: &str = "other";

const PRIVACY: &[(&str, &str)] = &[
    ("ferpa", "FERPA opt-out of directory information"),
    ("safety", "Safety of the learner"),
    ("request", "The learner asked for it"),
    (OTHER, "Another reason, worded below"),
];

const ADMINISTRATIVE: &[(&str, &str)] = &[
    ("balance", "Unpaid balance"),
    ("property", "Property not returned"),
    ("documents", "Documents missing"),
    ("conduct", "A matter of conduct is open"),
    (OTHER, "Another reason, worded below"),
];

impl HoldKind {
    /// Both.
    pub const ALL: [HoldKind; 2] = [HoldKind::Privacy, HoldKind::Administrative];

    /// The name it is stored by.
    pub fn as_str(&self) -> &'static str {
        match self {
            HoldKind::Privacy => "privacy",
            HoldKind::Administrative => "administrative",
        }
    }

    /// As staff read it.
    pub fn label(&self) -> &'static str {
        match self {
            HoldKind::Privacy => "Privacy hold",
            HoldKind::Administrative => "Administrative hold",
        }
    }

    /// What it does, for staff.
    pub fn effect(&self) -> &'static str {
        match self {
            HoldKind::Privacy => {
                "Nothing of this learner is shown to the public. The learner sees and downloads everything."
            }
            HoldKind::Administrative => {
                "Nothing of this learner is shown to the public, and the learner sees the record but cannot download \
                 official documents."
            }
        }
    }

    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The reasons to pick from: key, and what staff read.
    pub fn reasons(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            HoldKind::Privacy => PRIVACY,
            HoldKind::Administrative => ADMINISTRATIVE,
        }
    }

    fn from_stored(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("unknown kind of hold {text:?} in the database"))
    }
}

stored_text!(HoldKind);
