//! VERBS: what a registrar's office does, one file each, callable from a page, a command and a job alike. A verb runs in
//! the transaction it is given, uses nouns and formats, writes the audit entry, and returns what happened.

pub mod attend;
pub mod backup;
pub mod check_in;
pub mod clr1;
pub mod compare;
pub mod confer;
pub mod correct;
pub mod deliver;
pub mod demonstration;
pub mod dispute;
pub mod erase;
pub mod evaluate;
pub mod export;
pub mod hold;
pub mod import_clr;
pub mod issue;
pub mod keys;
pub mod merge;
pub mod password;
pub mod plan;
pub mod proof;
pub mod publish;
pub mod restore;
pub mod revoke;
pub mod rows;
pub mod seed;
pub mod share;
pub mod sign_in;
pub mod staff_account;
pub mod standing;
pub mod trail;
pub mod verify;

use crate::{
    clr::v1::checks::Finding,
    db::{self, AsDatabaseError},
};

/// What a verb needs to know of the portal it works for.
#[derive(Debug, Clone)]
pub struct Portal {
    /// The public address.
    pub base_url: String,
    /// The private keys of those who sign.
    pub keys: keys::Keyring,
    /// Whether a key may be made where one is needed.
    makes_keys: bool,
}

impl Portal {
    /// A portal with its address and its keys.
    pub fn new(base_url: impl Into<String>, keys: keys::Keyring) -> Self {
        Self { base_url: base_url.into(), keys, makes_keys: true }
    }

    /// The same portal for whoever only reads: it signs with the keys that are there, and makes none.
    pub fn only_signing(&self) -> Self {
        Self { makes_keys: false, ..self.clone() }
    }

    /// A portal for what signs nothing.
    pub fn without_keys(base_url: impl Into<String>) -> Self {
        Self::new(base_url, keys::Keyring::locked("Nothing is signed here: the keyring was not opened."))
    }
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
    /// The keys that it needs are still being made, by queued work.
    #[error("The keys that sign this are still being made. Try again in a minute.")]
    NotReady,
    /// What would be written holds mistakes that no schema finds, each with the object it is about.
    #[error("{}", sentences(.0))]
    Findings(Vec<Finding>),
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
}

fn sentences(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("; ")
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
    /// Refuses what has findings.
    pub fn if_any(findings: Vec<Finding>) -> Result<(), Self> {
        if findings.is_empty() { Ok(()) } else { Err(Refusal::Findings(findings)) }
    }

    /// A conflict, as a sentence.
    pub fn conflict(sentence: impl Into<String>) -> Self {
        Refusal::Conflict(sentence.into())
    }
}
