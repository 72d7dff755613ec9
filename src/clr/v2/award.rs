//! An award, and an event behind it, as an Open Badges 3.0 AchievementCredential.

use super::wire::{AchievementSubject, AwardResult, Credential, Evidence, Status};
use super::{BADGES, CREDENTIALS, EXTENSIONS, Signing, Told, achievement, profile, terms};
use crate::clr::v1::write::{instant, midnight, uri};
use crate::models::issued::{Issued, IssuedAssertion, IssuedEvent, IssuedEvidence, IssuedResult};

/// The id of the credential of an assertion, of an event's too.
pub fn award_id(assertion: &str) -> String {
    terms::credential_id("Achievement credential", assertion)
}

/// The award, signed by the issuer of its achievement.
pub fn award(issued: &Issued, signing: &Signing, told: &Told) -> String {
    let award = &issued.assertion;
    let subject = AchievementSubject {
        activity_start_date: award.activity_start.as_ref().map(midnight),
        activity_end_date: award.activity_end.as_ref().map(midnight),
        credits_earned: terms::number(award.credits_earned),
        license_number: Some(award.license_number.clone().unwrap_or_else(|| award.cedid.to_string())),
        narrative: award.narrative.clone(),
        role: award.role.clone(),
        term: award.term.clone(),
        image: profile::image(award.image.as_deref()),
        source: award.source.as_ref().map(|one| profile::organization(one, signing)),
        result: award.results.iter().map(result).collect(),
        ..subject(issued, achievement::achievement(&issued.achievement, signing))
    };
    let credential = Credential {
        name: Some(issued.achievement.shown_title().to_owned()),
        description: Some(format!("CeDiD {}", award.cedid)),
        image: profile::image(issued.achievement.image.as_deref()),
        evidence: award.evidence.iter().flat_map(evidence).collect(),
        endorsement: profile::said(&award.endorsements, signing),
        issuer: profile::organization(&issued.achievement.issuer, signing),
        ..credential(award_id(&award.id), award, told, subject)
    };
    credential.written()
}

/// An event that was attended, signed by its host. It stands and falls with the award.
pub fn event(issued: &Issued, event: &IssuedEvent, signing: &Signing, told: &Told) -> String {
    let IssuedEvent { id, achievement: attended, areas, starts_at, ends_at, place } = event;
    let mut achievement = achievement::achievement(attended, signing);
    for area in areas {
        if !achievement.tag.contains(area) {
            achievement.tag.push(area.clone());
        }
    }
    let subject = AchievementSubject {
        activity_start_date: starts_at.as_ref().map(instant),
        activity_end_date: ends_at.as_ref().map(instant),
        ..subject(issued, achievement)
    };
    let credential = Credential {
        name: Some(attended.shown_title().to_owned()),
        description: place.clone(),
        issuer: profile::organization(&attended.issuer, signing),
        ..credential(award_id(id), &issued.assertion, told, subject)
    };
    credential.written()
}

fn credential(
    id: String,
    award: &IssuedAssertion,
    told: &Told,
    credential_subject: AchievementSubject,
) -> Credential<AchievementSubject> {
    let context = match told {
        Told::Bit { .. } => vec![CREDENTIALS, BADGES],
        Told::Listed(_) => vec![CREDENTIALS, BADGES, EXTENSIONS],
    };
    Credential {
        context,
        id,
        r#type: vec!["VerifiableCredential", "AchievementCredential"],
        name: None,
        description: None,
        image: None,
        partial: None,
        issuer: super::wire::Profile::default(),
        valid_from: instant(&award.issued_on),
        valid_until: award.expires.as_ref().map(instant),
        awarded_date: Some(midnight(&award.conferral_date)),
        credential_subject,
        evidence: Vec::new(),
        endorsement: Vec::new(),
        credential_status: Some(status(told)),
        refresh_service: None,
    }
}

fn subject(issued: &Issued, achievement: super::wire::Achievement) -> AchievementSubject {
    AchievementSubject {
        id: terms::id(&issued.holder.id),
        r#type: vec!["AchievementSubject"],
        identifier: profile::holder(&issued.holder),
        achievement: Box::new(achievement),
        activity_start_date: None,
        activity_end_date: None,
        credits_earned: None,
        license_number: None,
        narrative: None,
        role: None,
        term: None,
        image: None,
        source: None,
        result: Vec::new(),
    }
}

/// Where its status is told.
pub fn status(told: &Told) -> Status {
    match told {
        Told::Bit { list, place } => Status {
            id: format!("{list}#{place}"),
            r#type: "BitstringStatusListEntry".to_owned(),
            status_purpose: Some("revocation".to_owned()),
            status_list_index: Some(place.to_string()),
            status_list_credential: Some(list.clone()),
        },
        Told::Listed(list) => Status {
            id: list.clone(),
            r#type: "1EdTechRevocationList".to_owned(),
            status_purpose: None,
            status_list_index: None,
            status_list_credential: None,
        },
    }
}

fn result(issued: &IssuedResult) -> AwardResult {
    let IssuedResult { id: _, result_description, achieved_level, value, status, alignments } = issued;
    AwardResult {
        r#type: vec!["Result"],
        result_description: terms::id(result_description),
        achieved_level: achieved_level.as_deref().map(terms::id),
        status: status.map(|status| status.to_string()),
        value: value.clone(),
        alignment: alignments.iter().map(achievement::alignment).collect(),
    }
}

/// The evidence, and each of its artifacts as evidence at the artifact's address.
fn evidence(issued: &IssuedEvidence) -> Vec<Evidence> {
    let IssuedEvidence { id, name, audience, description, genre, narrative, artifacts } = issued;
    let whole = Evidence {
        id: Some(terms::id(id)),
        r#type: vec!["Evidence"],
        name: Some(name.clone()),
        description: description.clone(),
        narrative: narrative.clone(),
        genre: genre.clone(),
        audience: audience.clone(),
    };
    let artifacts = artifacts.iter().map(|one| Evidence {
        id: one.url.as_deref().map(uri),
        r#type: vec!["Evidence"],
        name: Some(one.name.clone().unwrap_or_else(|| name.clone())),
        description: one.description.clone(),
        narrative: None,
        genre: genre.clone(),
        audience: None,
    });
    std::iter::once(whole).chain(artifacts).collect()
}
