//! A published record as a CLR 2.0 ClrCredential around the signed credentials of its awards, and what its code opens.

use super::award::status;
use super::wire::{Association, ClrSubject, Credential, RefreshService, Signed};
use super::{BADGES, CREDENTIALS, EXTENSIONS, RECORDS, Signing, Told, achievement, profile, terms};
use crate::clr::v1::write::instant;
use crate::models::issued::Issued;
use crate::models::record::Record;

/// What a record without a name of its own is called.
const NAME: &str = "Comprehensive Learner Record";

/// How a record is published: what its status and a newer one are asked at, and who signs.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// Where its status is told; nowhere for a record that was not published.
    pub told: Option<&'a Told>,
    /// Where the newest record of the learner is.
    pub refresh: Option<&'a str>,
    /// Who signs.
    pub signing: &'a Signing,
}

/// The id of the credential of a record.
pub fn record_id(record: &str) -> String {
    terms::credential_id("CLR credential", record)
}

/// A record around the signed credentials of its awards and their events, byte for byte as they were signed.
pub fn envelope(record: &Record, members: Vec<Signed>, how: &Envelope) -> String {
    let mut context = vec![CREDENTIALS, RECORDS, BADGES];
    if how.refresh.is_some() || matches!(how.told, Some(Told::Listed(_))) {
        context.push(EXTENSIONS);
    }
    let subject = ClrSubject {
        id: terms::id(&record.learner.holder.id),
        r#type: vec!["ClrSubject"],
        identifier: profile::learner(&record.learner),
        achievement: record.pathway.iter().map(|one| achievement::achievement(one, how.signing)).collect(),
        association: associations(record, how.signing),
        verifiable_credential: members,
    };
    // A record that was not published is another one whenever something in it changes.
    let id = match &record.publication {
        Some(_) => record_id(&record.id),
        None => record_id(&format!("{} as of {}", record.id, instant(&record.as_of))),
    };
    let credential = Credential {
        context,
        id,
        r#type: vec!["VerifiableCredential", "ClrCredential"],
        name: Some(record.name.clone().unwrap_or_else(|| NAME.to_owned())),
        description: record.publication.as_ref().map(|one| format!("CeDiD {}", one.cedid)),
        image: None,
        partial: Some(record.partial),
        issuer: profile::organization(&record.publisher, how.signing),
        valid_from: instant(&record.as_of),
        valid_until: None,
        awarded_date: None,
        credential_subject: subject,
        evidence: Vec::new(),
        endorsement: Vec::new(),
        credential_status: how.told.map(status),
        refresh_service: how
            .refresh
            .map(|id| RefreshService { id: id.to_owned(), r#type: "1EdTechCredentialRefresh".to_owned() }),
    };
    credential.written()
}

/// How the achievements of a record belong together, each tie once.
fn associations(record: &Record, signing: &Signing) -> Vec<Association> {
    let awarded = record.awards.iter().flat_map(|award| achievements(&award.issued));
    let mut seen = std::collections::HashSet::new();
    let ties = record.pathway.iter().chain(awarded).flat_map(|one| achievement::associations(one, signing));
    ties.filter(|tie| seen.insert((tie.association_type.clone(), tie.source_id.clone(), tie.target_id.clone())))
        .collect()
}

fn achievements(issued: &Issued) -> impl Iterator<Item = &crate::models::issued::IssuedAchievement> {
    std::iter::once(&issued.achievement).chain(issued.events.iter().map(|event| &event.achievement))
}
