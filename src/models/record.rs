//! `Record`: one learner's whole record, assembled from [`Issued`] documents with a fixed number of queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::{
    Credential, Profile, credential, credential_document, endorsement,
    issued::{Extensions, Holder, Issued, IssuedAchievement, IssuedEndorsement, Organization},
    profile,
};
use crate::{
    db::Conn,
    values::{Address, CeDiD, Id, Reading, Status, SystemIdentifier},
};

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
    /// Whether that one was revoked since: then nothing stands.
    pub newest_is_revoked: bool,
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
/// in a document that a CeDiD alone opens: there, [`Holder`] stands. A published record freezes it
/// ([`super::published`]), so a new member needs a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learner {
    /// Profile id and name.
    pub holder: Holder,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(default)]
    pub telephone: Option<String>,
    /// Web site.
    #[serde(default)]
    pub url: Option<String>,
    /// Student number.
    #[serde(default)]
    pub student_id: Option<String>,
    /// The source system's id.
    #[serde(default)]
    pub sourced_id: Option<String>,
    /// Date of birth.
    #[serde(default)]
    pub birth_date: Option<NaiveDate>,
    /// Postal address.
    #[serde(default)]
    pub address: Address,
    /// What other systems call this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<SystemIdentifier>,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl Learner {
    /// The person by name and profile id alone.
    pub fn known_by(holder: Holder) -> Self {
        Self {
            holder,
            email: None,
            telephone: None,
            url: None,
            student_id: None,
            sourced_id: None,
            birth_date: None,
            address: Address::default(),
            identifiers: Vec::new(),
            extensions: Extensions::default(),
        }
    }
}

/// One learner's record: assembled at the time of asking, or as it was published.
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
    /// The latest issue or change of status in it, never "now"; of a published one, when it was published.
    pub as_of: DateTime<Utc>,
    /// Whether the publisher knows more than it says here.
    pub partial: bool,
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// The achievements that belong to those awarded, and these among them (CLR 1.0 `Clr.achievements`).
    pub pathway: Vec<IssuedAchievement>,
    /// Ids of assertions, those of events too, that stood in an earlier published record and were taken back since.
    pub withdrawn: Vec<String>,
    /// The awards among these, as a reader knows them.
    pub taken_back: Vec<TakenBack>,
    /// What others say of the record itself (CLR 1.0 `Clr.endorsements`).
    pub endorsements: Vec<IssuedEndorsement>,
    /// As what it was published; the record "as of now" was not.
    pub publication: Option<Publication>,
}

/// An award that stood in an earlier published record and was taken back since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// What it is called.
    pub title: String,
    /// Its code.
    pub cedid: CeDiD,
}

impl Record {
    /// How many awards it holds: one that was corrected and stands in it a second time, as it is now, is one.
    pub fn count(&self) -> usize {
        let holds = |code: &CeDiD| self.awards.iter().any(|award| award.issued.assertion.cedid == *code);
        self.awards.iter().filter(|award| !award.standing.replaced_by.as_ref().is_some_and(holds)).count()
    }
}

/// What a record was published as, and how that stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The record's own code.
    pub cedid: CeDiD,
    /// The how-manieth record of this learner.
    pub number: i32,
    /// How it stands.
    pub standing: Standing,
    /// When a newer record of the same learner was published, if one was and stands.
    pub newer: Option<DateTime<Utc>>,
}

/// Assembles a learner's record from what was issued, with a fixed number of queries. `None` without a publisher.
pub fn assemble(conn: &mut Conn, learner: &Profile, base_url: &str, now: DateTime<Utc>) -> QueryResult<Option<Record>> {
    let Some(publisher) = profile::publisher(conn)? else { return Ok(None) };
    let publisher = profile::organization(conn, &publisher.id)?;
    let credentials = credential::of_learner(conn, &learner.id)?;
    let awards = awards(conn, &credentials, &credentials, now)?;
    // One record a learner until it is published: its public id is made of the learner's row id.
    let id = format!("{base_url}/ims/clr/v1p0/clrs/{}", learner.id);
    let as_of = changed_at(&credentials).unwrap_or_else(|| learner.created_at.and_utc());
    Ok(Some(unpublished((id, as_of), learner.as_learner(), publisher, awards)))
}

/// A part of a learner's record, for somebody else than the learner: of the person it holds name and profile id. It says
/// that it is partial as long as anything that belongs to the record is left out. `None` without a publisher.
pub fn part(
    conn: &mut Conn,
    learner: &Profile,
    (id, since): (String, DateTime<Utc>),
    chosen: &[Id<Credential>],
    now: DateTime<Utc>,
) -> QueryResult<Option<Record>> {
    let Some(publisher) = profile::publisher(conn)? else { return Ok(None) };
    let publisher = profile::organization(conn, &publisher.id)?;
    let all = credential::of_learner(conn, &learner.id)?;
    let (shown, left): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|one| chosen.contains(&one.id));
    let awards = awards(conn, &shown, &all, now)?;
    let as_of = changed_at(&shown).unwrap_or(since);
    // Of the person stands only who it is: the ids under which the awards were issued.
    let known = Learner { identifiers: learner.former_profile_ids(), ..Learner::known_by(learner.as_holder()) };
    let mut record = unpublished((id, as_of), known, publisher, awards);
    record.partial = left.iter().any(|one| !matches!(one.standing(now).reading, Reading::Revoked | Reading::Replaced));
    Ok(Some(record))
}

fn unpublished(
    (id, as_of): (String, DateTime<Utc>),
    learner: Learner,
    publisher: Organization,
    awards: Vec<Award>,
) -> Record {
    Record {
        id,
        learner,
        publisher,
        awards,
        as_of,
        partial: false,
        name: None,
        pathway: Vec::new(),
        withdrawn: Vec::new(),
        taken_back: Vec::new(),
        endorsements: Vec::new(),
        publication: None,
    }
}

/// The latest time at which something about these changed.
fn changed_at(credentials: &[Credential]) -> Option<DateTime<Utc>> {
    credentials.iter().map(Credential::changed_at).max()
}

/// What was issued as these and how it stands; the codes before and after each are among `all`.
fn awards(conn: &mut Conn, shown: &[Credential], all: &[Credential], now: DateTime<Utc>) -> QueryResult<Vec<Award>> {
    let mut documents = credential_document::issued_of(conn, shown)?;
    endorsement::read_standing(conn, &mut documents)?;
    let code =
        |id: &Option<Id<Credential>>| all.iter().find(|one| Some(&one.id) == id.as_ref()).map(|one| one.cedid.clone());
    let award = |(one, issued): (&Credential, Issued)| {
        let mut standing = one.standing(now);
        standing.replaced_by = code(&one.replaced_by_id);
        standing.replaces = code(&one.replaces_id);
        Award { issued, standing }
    };
    Ok(shown.iter().zip(documents).map(award).collect())
}
