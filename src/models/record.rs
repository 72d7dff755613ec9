//! `Record`: one learner's whole record, assembled from [`Issued`] documents with a fixed number of queries.

use chrono::{DateTime, NaiveDate, Utc};

use super::issued::{Holder, Issued, Organization};
use crate::values::{Address, CeDiD, Reading, Status};

/// How a credential stands now; read afresh for each answer, never frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The stored status.
    pub status: Status,
    /// What it comes to at the time of reading.
    pub reading: Reading,
    /// Since when, where it was changed after issuing.
    pub since: Option<DateTime<Utc>>,
    /// The public wording of the reason.
    pub reason: Option<String>,
    /// The newest credential that stands in its place.
    pub replaced_by: Option<CeDiD>,
    /// The credential whose place it took.
    pub replaces: Option<CeDiD>,
}

/// One award of a record, with how it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Award {
    /// What was true when it was issued.
    pub issued: Issued,
    /// How it stands.
    pub standing: Standing,
}

/// What the office knows of a learner and the learner's own download holds (CLR 1.0 `Clr.learner`). Never on a page or
/// in a document that a CeDiD alone opens: there, [`Holder`] stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    /// Profile id and name.
    pub holder: Holder,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Web site.
    pub url: Option<String>,
    /// Student number.
    pub student_id: Option<String>,
    /// The source system's id.
    pub sourced_id: Option<String>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Postal address.
    pub address: Address,
}

/// One learner's record, not (yet) published: assembled at the time of asking.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The public id of this record (CLR 1.0 `Clr.id`).
    pub id: String,
    /// Whose it is.
    pub learner: Learner,
    /// Who publishes it.
    pub publisher: Organization,
    /// The awards, newest conferral first.
    pub awards: Vec<Award>,
    /// The latest issue or change of status in it; never "now".
    pub as_of: DateTime<Utc>,
    /// Whether the publisher knows more than it says here.
    pub partial: bool,
}
