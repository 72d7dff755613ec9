//! Publishing a record: a draft becomes a credential. What belongs to it is put together and frozen, it gets its number
//! and its code, the mail is queued, and the audit entry is written, all in one transaction.
//!
//! What belongs to a record, by the standard: awards that are in force, and those that have expired, which say so
//! themselves. A suspended award is left out until that is lifted, and as long as it is, the record is a part of what
//! the publisher knows. What was revoked or replaced is left out; where it stood in an earlier record of the learner,
//! its id stays, marked as revoked, so that a reader of both knows.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    Portal, Refusal,
    issue::{composed, line_of},
    proof,
};
use crate::{
    clock,
    clr::v1::{self, checks::Finding},
    db::Conn,
    mail,
    models::{
        Actor, Assertion, Clr, Credential, Profile, audit,
        clr::{self, Publishing},
        credential::{self, PublicFacts},
        credential_document,
        endorsement::{self, Endorsed},
        hold,
        issued::IssuedEndorsement,
        outbox::{self, Mail},
        pathway, profile,
        published::{self, FORMAT, Published},
        record::{Record, TakenBack},
    },
    values::{CeDiD, Id, Iri, Json, Name, Reading, Status},
    words::Words,
};

/// How a record is published.
#[derive(Debug, Clone)]
pub struct How {
    /// Whether the learner is told by mail.
    pub notify: bool,
    /// What was looked at before: the draft's revision, and what would have been published. Nothing where nobody looked.
    pub previewed: Option<(i32, String)>,
}

/// A record as it would be published now.
#[derive(Debug, Clone)]
pub struct Composed {
    /// What would be frozen.
    pub published: Published,
    /// Awards of the learner that are not in it.
    pub left_out: Vec<LeftOut>,
    /// Those of them that stood in an earlier record and were taken back since.
    taken_back: Vec<TakenBack>,
}

/// An award that is not in a record.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Its credential.
    pub credential: Credential,
    /// How it stands.
    pub reading: Reading,
    /// Whether the record is a part of what is known because of it.
    pub is_missed: bool,
}

/// Whether an award that stands like this is put into a record.
pub fn belongs(reading: Reading) -> bool {
    matches!(reading, Reading::Valid | Reading::Expired)
}

/// Puts a draft together as it would be published now, under a code and a time.
pub fn compose(
    conn: &mut Conn,
    draft: &Clr,
    portal: &Portal,
    (cedid, now): (CeDiD, DateTime<Utc>),
) -> Result<Composed, Refusal> {
    let learner = profile::find(conn, &draft.learner_id)?;
    let publisher = publisher(conn)?;
    let chosen = if draft.takes_all { None } else { Some(clr::chosen(conn, &draft.id)?) };
    let (taken, left_out) = sorted(credential::of_learner(conn, &learner.id)?, chosen.as_deref(), now);
    let awards = credential_document::issued_of(conn, &taken)?;
    let awarded: Vec<_> = awards.iter().map(|issued| &issued.achievement).collect();
    let id = draft.iri.as_published(&portal.base_url, "clrs").to_string();
    let published = Published {
        format: FORMAT,
        endorsements: endorsements(conn, draft, &id, portal)?,
        id,
        cedid,
        number: clr::next_number(conn, &learner.id)?,
        published_on: now,
        name: draft.name.as_ref().map(Name::to_string),
        partial: left_out.iter().any(|one| one.is_missed),
        learner: learner.as_learner(),
        publisher: profile::organization(conn, &publisher.id)?,
        withdrawn: withdrawn(conn, &learner, &left_out)?,
        pathway: pathway::of(conn, &awarded)?,
        awards,
    };
    Ok(Composed { taken_back: published::taken_back(conn, &published.withdrawn)?, published, left_out })
}

/// What others say of the record, and of nothing but it as it will be published: a draft has no public address yet.
fn endorsements(conn: &mut Conn, draft: &Clr, id: &str, portal: &Portal) -> Result<Vec<IssuedEndorsement>, Refusal> {
    let said = endorsement::issued(conn, &Endorsed::Clr(draft.id.clone()), &portal.base_url)?;
    Ok(said.into_iter().map(|one| IssuedEndorsement { endorsed: id.to_owned(), ..one }).collect())
}

fn publisher(conn: &mut Conn) -> Result<Profile, Refusal> {
    profile::publisher(conn)?
        .ok_or_else(|| Refusal::conflict("Choose the publisher in the settings before you publish a record"))
}

fn sorted(
    all: Vec<Credential>,
    chosen: Option<&[Id<Assertion>]>,
    now: DateTime<Utc>,
) -> (Vec<Credential>, Vec<LeftOut>) {
    let (mut taken, mut left_out) = (Vec::new(), Vec::new());
    for credential in all {
        let reading = credential.standing(now).reading;
        let is_wanted =
            chosen.is_none_or(|chosen| credential.assertion_id.as_ref().is_some_and(|id| chosen.contains(id)));
        if is_wanted && belongs(reading) {
            taken.push(credential);
        } else {
            let is_missed = belongs(reading) || reading == Reading::Suspended;
            left_out.push(LeftOut { credential, reading, is_missed });
        }
    }
    (taken, left_out)
}

/// The ids of what was taken back since it stood in an earlier record.
fn withdrawn(conn: &mut Conn, learner: &Profile, left_out: &[LeftOut]) -> Result<Vec<String>, Refusal> {
    let gone: Vec<&CeDiD> = left_out
        .iter()
        .filter(|one| matches!(one.reading, Reading::Revoked | Reading::Replaced))
        .map(|one| &one.credential.cedid)
        .collect();
    let mut ids: Vec<String> = Vec::new();
    if gone.is_empty() {
        return Ok(ids);
    }
    for earlier in credential::records_of(conn, &learner.id)? {
        let earlier = credential_document::published(conn, &earlier.id)?;
        let stood = earlier.awards.iter().filter(|issued| gone.contains(&&issued.assertion.cedid));
        let stubs = stood.flat_map(|issued| issued.assertion_ids().map(str::to_owned).collect::<Vec<_>>());
        ids.extend(stubs.chain(earlier.withdrawn.iter().cloned()));
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

impl Composed {
    /// What is wrong with it, in ways that no schema finds.
    pub fn findings(&self) -> Vec<Finding> {
        v1::checks::check(&v1::record_clr(&self.record()))
    }

    /// The record, as its page, its JSON and its PDF show it on the day of its publication.
    pub fn record(&self) -> Record {
        Record { taken_back: self.taken_back.clone(), ..self.published.clone().into_record_as_published() }
    }

    /// A digest of what would be published, whatever code and time it is given: two that are equal say the same.
    pub fn digest(&self) -> String {
        let mut content = self.published.clone();
        content.cedid = stand_in();
        content.published_on = DateTime::default();
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Stands for the code in a preview: the code is given when the record is published.
pub fn stand_in() -> CeDiD {
    CeDiD::zero()
}

/// Publishes a draft.
pub fn publish(conn: &mut Conn, id: &Id<Clr>, portal: &Portal, how: &How, by: &Actor) -> Result<Credential, Refusal> {
    let draft = clr::find(conn, id)?;
    refuse_if_no_draft(&draft)?;
    let code = credential::fresh_code(conn)?;
    let composed = compose(conn, &draft, portal, (code, clock::now()))?;
    if how
        .previewed
        .as_ref()
        .is_some_and(|(revision, digest)| *revision != draft.revision || *digest != composed.digest())
    {
        return Err(Refusal::conflict(
            "This draft, or what belongs to it, changed after you looked at it. Look at it again before you publish it.",
        ));
    }
    Refusal::if_any(composed.findings())?;
    let record = composed.record();
    let published = composed.published;
    let credential = to_credential(&draft, &published);
    credential.insert_record(conn, &published)?;
    proof::sign_record(conn, portal, &credential, &record)?;
    let iri = draft.iri.as_published(&portal.base_url, "clrs");
    mark(conn, &draft, (&credential, &published), &iri)?;
    // From now on the row has the address that the endorsements name.
    endorsement::freeze(conn, &Endorsed::Clr(draft.id.clone()), &portal.base_url)?;
    if how.notify {
        notify(conn, (&credential, &published), portal)?;
    }
    let fact = |field: &str, after: String| audit::Change { field: field.to_owned(), before: None, after: Some(after) };
    let changes = vec![fact("CeDiD", credential.cedid.to_string()), fact("Number", published.number.to_string())];
    audit::write(conn, by, "published", (clr::KIND, id.as_str()), changes)?;
    Ok(credential)
}

/// A record that was published, or is another publisher's, is not published again.
pub fn refuse_if_no_draft(record: &Clr) -> Result<(), Refusal> {
    if record.is_foreign() {
        Err(Refusal::conflict("This record is another publisher’s; it cannot be published here"))
    } else if record.is_published() {
        Err(already_published())
    } else {
        Ok(())
    }
}

fn already_published() -> Refusal {
    Refusal::conflict("This record was already published")
}

fn mark(
    conn: &mut Conn,
    draft: &Clr,
    (credential, published): (&Credential, &Published),
    iri: &Iri,
) -> Result<(), Refusal> {
    let publishing = Publishing {
        credential,
        iri,
        publisher_id: &publisher(conn)?.id,
        number: published.number,
        partial: published.partial,
    };
    if clr::mark_published(conn, draft, &publishing)? { Ok(()) } else { Err(already_published()) }
}

fn to_credential(draft: &Clr, published: &Published) -> Credential {
    Credential {
        id: Id::fresh(),
        kind: "clr".to_owned(),
        assertion_id: None,
        learner_id: draft.learner_id.clone(),
        achievement_id: None,
        cedid_folded: published.cedid.folded(),
        cedid: published.cedid.clone(),
        facts: Json::new(PublicFacts::of_record(published)),
        issued_at: published.published_on.naive_utc(),
        conferral_date: published.published_on.date_naive(),
        expires_at: None,
        status: Status::InForce,
        status_since: None,
        public_reason: None,
        internal_note: None,
        replaces_id: None,
        replaced_by_id: None,
        clr_id: Some(draft.id.clone()),
    }
}

/// Queues the mail that tells the learner; nothing to do for a learner without an address.
fn notify(conn: &mut Conn, (credential, published): (&Credential, &Published), portal: &Portal) -> Result<(), Refusal> {
    let learner = profile::find(conn, &credential.learner_id)?;
    let Some(address) = learner.email.clone() else { return Ok(()) };
    let letter = mail::record_published(
        &Words::default(),
        &mail::RecordPublished {
            holder_name: published.learner.holder.name.clone(),
            publisher_name: published.publisher.name.clone(),
            number: published.number,
            published_on: published.published_on.date_naive(),
            cedid: published.cedid.clone(),
            is_withheld: hold::is_on(conn, &learner.id)?,
            record_url: format!("{}/record", portal.base_url),
            base_url: portal.base_url.clone(),
        },
    );
    let mut queued = Mail::new(outbox::RECORD, address, line_of(learner.name.as_str()), self::composed(letter)?);
    queued.learner_id = Some(learner.id.clone());
    queued.credential_id = Some(credential.id.clone());
    queued.insert(conn)?;
    Ok(())
}
