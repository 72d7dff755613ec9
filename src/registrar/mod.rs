//! VERBS: what a registrar's office does, one file each, callable from a page, a command and a job alike. A verb runs in
//! the transaction it is given, uses nouns and formats, writes the audit entry, and returns what happened.

pub mod deliver;
pub mod demonstration;
pub mod import_clr;
pub mod issue;
pub mod password;
pub mod revoke;
pub mod seed;
pub mod sign_in;
pub mod staff_account;

use crate::db::{self, AsDatabaseError};

/// What a verb needs to know of the portal it works for.
#[derive(Debug, Clone)]
pub struct Portal {
    /// The public address.
    pub base_url: String,
}

/// Why a verb was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such object, or it belongs to another office, which looks the same.
    #[error("there is no such object")]
    NotFound,
    /// It does not stand as the verb needs it, as a sentence.
    #[error("{0}")]
    Conflict(String),
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Refusal::NotFound,
            other => Refusal::Database(other.into()),
        }
    }
}

impl AsDatabaseError for Refusal {
    fn as_database_error(&self) -> Option<&db::Error> {
        match self {
            Refusal::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl Refusal {
    /// A conflict, as a sentence.
    pub fn conflict(sentence: impl Into<String>) -> Self {
        Refusal::Conflict(sentence.into())
    }
}
