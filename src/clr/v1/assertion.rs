//! Assertions: the award's own, and one for each event behind it. How the award stands shows on all of them.

use super::achievement::{achievement as defined, alignment};
use super::profile;
use super::wire::{Artifact, Assertion, AwardResult, Evidence, Identity};
use super::write::{extend, extensions, finite, instant, kind, midnight, uri};
use crate::models::issued::{
    Holder, Issued, IssuedArtifact, IssuedAssertion, IssuedEvent, IssuedEvidence, IssuedResult,
};
use crate::models::record::{Award, Standing};
use crate::values::Status;

/// The award's assertion, then those of its events in the order in which they took place.
pub fn assertions(award: &Award) -> Vec<Assertion> {
    let Issued { format: _, assertion, holder, achievement, publisher: _, events, received } = &award.issued;
    let again = received.as_ref().and_then(|one| super::again::assertion(one, assertion, recipient(holder)));
    let mut own =
        again.unwrap_or_else(|| Assertion { achievement: Some(defined(achievement)), ..awarded(assertion, holder) });
    if let Some(newest) = award.standing.replaced_by.as_ref().filter(|_| award.standing.status == Status::Replaced) {
        extend(&mut own.extensions, "replacedBy", newest.to_string());
    }
    let events = events.iter().map(|event| attended(event, assertion, holder));
    let reason = why_revoked(&award.standing);
    std::iter::once(own).chain(events).map(|assertion| taken_back(assertion, &reason)).collect()
}

fn awarded(issued: &IssuedAssertion, holder: &Holder) -> Assertion {
    let IssuedAssertion {
        id,
        cedid,
        issued_on,
        conferral_date,
        expires,
        activity_start,
        activity_end,
        credits_earned,
        license_number,
        narrative,
        role,
        term,
        image,
        source,
        results,
        evidence,
        endorsements,
        extensions: foreign,
    } = issued;
    let (endorsements, signed_endorsements) = super::endorsement::endorsements(endorsements);
    let mut members = extensions(foreign);
    extend(&mut members, "cedid", cedid.to_string());
    extend(&mut members, "conferralDate", conferral_date.to_string());
    Assertion {
        id: id.clone(),
        r#type: kind("Assertion"),
        activity_end_date: activity_end.as_ref().map(midnight),
        activity_start_date: activity_start.as_ref().map(midnight),
        credits_earned: finite(credits_earned),
        endorsements,
        evidence: evidence.iter().map(self::evidence).collect(),
        expires: expires.as_ref().map(instant),
        image: image.clone(),
        issued_on: Some(instant(issued_on)),
        license_number: Some(license_number.clone().unwrap_or_else(|| cedid.to_string())),
        narrative: narrative.clone(),
        recipient: Some(recipient(holder)),
        results: results.iter().map(result).collect(),
        role: role.clone(),
        signed_endorsements,
        source: source.as_ref().map(profile::organization),
        term: term.clone(),
        extensions: members,
        ..Assertion::default()
    }
}

/// An attended event: an assertion of its own, without a CeDiD.
fn attended(event: &IssuedEvent, award: &IssuedAssertion, holder: &Holder) -> Assertion {
    let IssuedEvent { id, achievement: issued, areas, starts_at, ends_at, place } = event;
    let mut achievement = defined(issued);
    // The areas are tags too, so that a reader who does not know our extension sees them.
    for area in areas {
        if !achievement.tags.contains(area) {
            achievement.tags.push(area.clone());
        }
    }
    if !areas.is_empty() {
        extend(&mut achievement.extensions, "areas", areas.as_slice());
    }
    if let Some(place) = place {
        extend(&mut achievement.extensions, "place", place.as_str());
    }
    Assertion {
        id: id.clone(),
        r#type: kind("Assertion"),
        achievement: Some(achievement),
        activity_end_date: ends_at.as_ref().map(instant),
        activity_start_date: starts_at.as_ref().map(instant),
        issued_on: Some(instant(&award.issued_on)),
        recipient: Some(recipient(holder)),
        ..Assertion::default()
    }
}

/// The recipient by profile id, in clear: the id is a locator, not a fact about the person.
fn recipient(holder: &Holder) -> Identity {
    Identity { r#type: "id".to_owned(), identity: holder.id.clone(), hashed: Some(false), ..Identity::default() }
}

/// Why the award counts as revoked in CLR 1.0, which knows neither suspension nor replacement; `None` while it does not.
/// An expired award says so by `expires` alone.
pub fn why_revoked(standing: &Standing) -> Option<String> {
    let what = match standing.status {
        Status::InForce => return None,
        Status::Revoked => {
            return Some(standing.reason.clone().unwrap_or_else(|| "Revoked by the publisher".to_owned()));
        }
        Status::Replaced => match &standing.replaced_by {
            Some(newest) => format!("Replaced by {newest}"),
            None => "Replaced by a corrected credential".to_owned(),
        },
        Status::Suspended => match standing.since {
            Some(since) => format!("Suspended since {}", since.date_naive()),
            None => "Suspended".to_owned(),
        },
    };
    Some(match &standing.reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what,
    })
}

/// Shows on an assertion how its award stands now. One that is in force says no more of it than it said.
pub(super) fn shown_status(assertion: &mut Assertion, standing: &Standing) {
    match why_revoked(standing) {
        Some(reason) => (assertion.revoked, assertion.revocation_reason) = (Some(true), Some(reason)),
        None if assertion.revoked == Some(true) => (assertion.revoked, assertion.revocation_reason) = (None, None),
        None => {}
    }
}

fn taken_back(assertion: Assertion, reason: &Option<String>) -> Assertion {
    Assertion { revoked: reason.is_some().then_some(true), revocation_reason: reason.clone(), ..assertion }
}

fn result(issued: &IssuedResult) -> AwardResult {
    let IssuedResult { id, result_description, achieved_level, value, status, alignments } = issued;
    AwardResult {
        id: Some(id.clone()),
        r#type: kind("Result"),
        achieved_level: achieved_level.clone(),
        alignments: alignments.iter().map(alignment).collect(),
        result_description: result_description.clone(),
        status: status.map(|status| status.to_string()),
        value: value.clone(),
        ..AwardResult::default()
    }
}

fn evidence(issued: &IssuedEvidence) -> Evidence {
    let IssuedEvidence { id, name, audience, description, genre, narrative, artifacts } = issued;
    Evidence {
        id: Some(uri(id)),
        r#type: kind("Evidence"),
        artifacts: artifacts.iter().map(artifact).collect(),
        audience: audience.clone(),
        description: description.clone(),
        genre: genre.clone(),
        name: name.clone(),
        narrative: narrative.clone(),
        ..Evidence::default()
    }
}

fn artifact(issued: &IssuedArtifact) -> Artifact {
    let IssuedArtifact { name, description, url } = issued;
    Artifact {
        r#type: kind("Artifact"),
        description: description.clone(),
        name: name.clone(),
        url: url.clone(),
        ..Artifact::default()
    }
}
