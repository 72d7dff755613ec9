//! From the standard's classes into our own neutral document: what an award that was issued elsewhere froze. The reverse
//! of the exporters, as far as a document of ours has a place for it; the rest travels in `Issued::received`.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::wire;
use crate::models::issued::{
    Extensions, Holder, IssuedAchievement, IssuedAlignment, IssuedArtifact, IssuedAssertion, IssuedAssociation,
    IssuedEvidence, IssuedLevel, IssuedResult, IssuedResultDescription, Organization,
};
use crate::values::{
    AchievementType, Address, AssociationType, CeDiD, IdentifierType, ResultStatus, ResultType, SystemIdentifier,
};

/// A date and time of a document that was put in order.
pub fn instant(text: Option<&str>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text?).ok().map(|at| at.to_utc())
}

/// The calendar date that a date and time names where it was written.
pub fn date(text: Option<&str>) -> Option<NaiveDate> {
    DateTime::parse_from_rfc3339(text?).ok().map(|at| at.date_naive())
}

fn own_term<'a>(extensions: &'a Extensions, term: &str) -> Option<&'a str> {
    extensions.get(&format!("testamur:{term}")).and_then(Value::as_str)
}

/// The code an assertion was issued with: the portal's own extension, or a licence number that looks like one.
pub fn cedid(assertion: &wire::Assertion) -> Option<CeDiD> {
    let own = own_term(&assertion.extensions, "cedid").and_then(|code| CeDiD::parse(code).ok());
    own.or_else(|| {
        let number = assertion.license_number.as_deref()?;
        let code = CeDiD::parse(number).ok()?;
        (code.to_string() == number || code.check_symbol_fits()).then_some(code)
    })
}

/// The date of conferral: the portal's own extension, or the day of issue.
pub fn conferral_date(assertion: &wire::Assertion) -> Option<NaiveDate> {
    let own = own_term(&assertion.extensions, "conferralDate").and_then(|day| day.parse().ok());
    own.or_else(|| date(assertion.issued_on.as_deref()))
}

/// What a person is called: the whole name, or its parts.
pub fn name(profile: &wire::Profile) -> String {
    let parts = [&profile.given_name, &profile.additional_name, &profile.family_name];
    let parts = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let whole = profile.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    whole.map(str::to_owned).or((!parts.trim().is_empty()).then_some(parts)).unwrap_or_else(|| profile.id.clone())
}

/// A person as a credential names them.
pub fn holder(profile: &wire::Profile) -> Holder {
    Holder {
        id: profile.id.clone(),
        name: name(profile),
        given_name: profile.given_name.clone(),
        additional_name: profile.additional_name.clone(),
        family_name: profile.family_name.clone(),
    }
}

/// An organisation as it stands on a document.
pub fn organization(profile: &wire::Profile) -> Organization {
    Organization {
        id: profile.id.clone(),
        name: name(profile),
        url: profile.url.clone(),
        telephone: profile.telephone.clone(),
        email: profile.email.clone(),
        description: profile.description.clone(),
        image: profile.image.clone(),
        official: profile.official.clone(),
        address: address(profile.address.as_ref()),
        identifiers: identifiers(&profile.identifiers),
        extensions: profile.extensions.clone(),
        parent: profile.parent_org.as_deref().map(|parent| Box::new(organization(parent))),
        endorsements: Vec::new(),
    }
}

/// What other systems call it. One of a kind that the standard does not allow stays in the document.
pub fn identifiers(told: &[wire::SystemIdentifier]) -> Vec<SystemIdentifier> {
    let known = |one: &wire::SystemIdentifier| {
        let identifier_type = IdentifierType::parse(&one.identifier_type).ok()?;
        Some(SystemIdentifier { identifier_type, identifier: one.identifier.clone() })
    };
    told.iter().filter_map(known).collect()
}

/// A postal address.
pub fn address(told: Option<&wire::Address>) -> Address {
    told.map_or_else(Address::default, |told| Address {
        street: told.street_address.clone(),
        post_office_box: told.post_office_box_number.clone(),
        locality: told.address_locality.clone(),
        region: told.address_region.clone(),
        postal_code: told.postal_code.clone(),
        country: told.address_country.clone(),
    })
}

/// What was awarded. `publisher` issues what names no issuer.
pub fn achievement(told: &wire::Achievement, publisher: &wire::Profile) -> IssuedAchievement {
    let issuer = if told.issuer.id.is_empty() { publisher } else { &told.issuer };
    let mut extensions = told.extensions.clone();
    let title = own_term(&extensions, "title").map(str::to_owned);
    extensions.retain(|name, _| !matches!(name.as_str(), "testamur:title" | "testamur:version"));
    IssuedAchievement {
        id: told.id.clone(),
        version: 0,
        achievement_type: achievement_type(told),
        name: if told.name.trim().is_empty() { told.id.clone() } else { told.name.clone() },
        title,
        code: told.human_code.clone(),
        description: told.description.clone(),
        criteria: told.requirement.as_ref().and_then(|one| one.narrative.clone()),
        criteria_url: told.requirement.as_ref().and_then(|one| one.id.clone()),
        credits_available: told.credits_available,
        field_of_study: told.field_of_study.clone(),
        level: told.level.clone(),
        specialization: told.specialization.clone(),
        image: told.image.clone(),
        tags: told.tags.clone(),
        identifiers: identifiers(&told.identifiers),
        issuer: organization(issuer),
        result_descriptions: told.result_descriptions.iter().map(result_description).collect(),
        alignments: told.alignments.iter().map(alignment).collect(),
        associations: told.associations.iter().filter_map(association).collect(),
        extensions,
        endorsements: Vec::new(),
    }
}

/// The type of an achievement, which a document need not say.
pub fn achievement_type(told: &wire::Achievement) -> AchievementType {
    let told = told.achievement_type.as_deref().unwrap_or("Achievement");
    AchievementType::parse(told).unwrap_or_else(|_| AchievementType::other())
}

/// Members of other systems; the rubric's name has a place of its own.
pub fn without_rubric(extensions: &Extensions) -> Extensions {
    let mut others = extensions.clone();
    others.remove("testamur:rubric");
    others
}

fn result_description(told: &wire::ResultDescription) -> IssuedResultDescription {
    IssuedResultDescription {
        id: told.id.clone(),
        name: if told.name.trim().is_empty() { told.id.clone() } else { told.name.clone() },
        result_type: ResultType::parse(&told.result_type).unwrap_or_else(|_| ResultType::other()),
        rubric: own_term(&told.extensions, "rubric").map(str::to_owned),
        allowed_values: told.allowed_values.clone(),
        required_value: told.required_value.clone(),
        required_level: told.required_level.clone(),
        value_min: told.value_min.clone(),
        value_max: told.value_max.clone(),
        levels: told.rubric_criterion_levels.iter().map(level).collect(),
        alignments: told.alignments.iter().map(alignment).collect(),
        extensions: without_rubric(&told.extensions),
    }
}

fn level(told: &wire::RubricCriterionLevel) -> IssuedLevel {
    IssuedLevel {
        id: told.id.clone(),
        name: if told.name.trim().is_empty() { told.id.clone() } else { told.name.clone() },
        description: told.description.clone(),
        level: told.level.clone(),
        points: told.points.clone(),
        alignments: told.alignments.iter().map(alignment).collect(),
        extensions: told.extensions.clone(),
    }
}

fn alignment(told: &wire::Alignment) -> IssuedAlignment {
    IssuedAlignment {
        id: told.id.clone(),
        extensions: told.extensions.clone(),
        target_name: told.target_name.clone(),
        target_url: told.target_url.clone(),
        target_code: told.target_code.clone(),
        target_description: told.target_description.clone(),
        target_framework: told.target_framework.clone(),
        target_type: told.target_type.clone(),
    }
}

fn association(told: &wire::Association) -> Option<IssuedAssociation> {
    Some(IssuedAssociation {
        association_type: AssociationType::parse(&told.association_type).ok()?,
        target_id: told.target_id.clone(),
        title: told.title.clone(),
        extensions: told.extensions.clone(),
    })
}

/// The award's own facts.
pub fn assertion(told: &wire::Assertion, cedid: CeDiD, issued_on: DateTime<Utc>) -> IssuedAssertion {
    let mut extensions = told.extensions.clone();
    extensions.retain(|name, _| {
        !matches!(name.as_str(), "testamur:cedid" | "testamur:conferralDate" | "testamur:replacedBy")
    });
    IssuedAssertion {
        id: told.id.clone(),
        issued_on,
        conferral_date: conferral_date(told).unwrap_or_else(|| issued_on.date_naive()),
        expires: instant(told.expires.as_deref()),
        activity_start: date(told.activity_start_date.as_deref()),
        activity_end: date(told.activity_end_date.as_deref()),
        credits_earned: told.credits_earned,
        license_number: told.license_number.clone().filter(|number| *number != cedid.to_string()),
        narrative: told.narrative.clone(),
        role: told.role.clone(),
        term: told.term.clone(),
        image: told.image.clone(),
        source: told.source.as_ref().map(organization),
        results: told.results.iter().enumerate().map(|(at, one)| result(one, &told.id, at)).collect(),
        evidence: told.evidence.iter().enumerate().map(|(at, one)| evidence(one, &told.id, at)).collect(),
        extensions,
        endorsements: Vec::new(),
        cedid,
    }
}

/// A part without an id gets one made of its whole's and its place, the same every time.
fn part_id(own: Option<&str>, of: &str, kind: &str, at: usize) -> String {
    own.map_or_else(|| super::document::derived_id(&format!("{kind} {at} of {of}")), str::to_owned)
}

fn result(told: &wire::AwardResult, of: &str, at: usize) -> IssuedResult {
    IssuedResult {
        id: part_id(told.id.as_deref(), of, "result", at),
        result_description: told.result_description.clone(),
        achieved_level: told.achieved_level.clone(),
        value: told.value.clone(),
        status: told.status.as_deref().and_then(|status| ResultStatus::parse(status).ok()),
        alignments: told.alignments.iter().map(alignment).collect(),
    }
}

/// What an award rests on.
fn evidence(told: &wire::Evidence, of: &str, at: usize) -> IssuedEvidence {
    IssuedEvidence {
        id: part_id(told.id.as_deref(), of, "evidence", at),
        name: if told.name.trim().is_empty() { "Evidence".to_owned() } else { told.name.clone() },
        audience: told.audience.clone(),
        description: told.description.clone(),
        genre: told.genre.clone(),
        narrative: told.narrative.clone(),
        artifacts: told
            .artifacts
            .iter()
            .map(|one| IssuedArtifact {
                name: one.name.clone(),
                description: one.description.clone(),
                url: one.url.clone(),
            })
            .collect(),
    }
}

/// A received assertion that is issued here and now, by whom it says: only the time is another.
pub fn issued_on(mut received: Extensions, at: &DateTime<Utc>) -> Extensions {
    received.insert("issuedOn".to_owned(), super::write::instant(at).into());
    received
}

/// The assertion as it was received, without what is not for whoever has the code (the recipient may be an address or a
/// hash of one) and without what this portal cannot vouch for (where it could be verified before).
pub fn received(json: &Extensions) -> Extensions {
    let mut kept = json.clone();
    for member in ["recipient", "verification", "@context", "received:@context", "revoked", "revocationReason"] {
        kept.remove(member);
    }
    kept
}
