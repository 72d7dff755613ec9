//! Ids and terms as these standards have them, where they differ from CLR 1.0.

use crate::clr::v1::write::uri;
use crate::values::{AssociationType, IdentifierType};

const ACHIEVEMENT_TYPES: &[&str] = &[
    "Achievement",
    "Assessment",
    "Assignment",
    "Award",
    "Badge",
    "Certificate",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "Fieldwork",
    "License",
    "Membership",
];
const TARGET_TYPES: &[&str] = &[
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
];

/// An id of ours or of another system, as an address.
pub fn id(id: &str) -> String {
    uri(id)
}

/// The id of an achievement: its page, where CLR 1.0 has it at an address of its REST binding, because one id should not
/// stand for two documents.
pub fn achievement_id(id: &str) -> String {
    uri(&id.replacen("/ims/clr/v1p0/achievements/", "/achievements/", 1))
}

/// An id that is made of what something is, so that it is the same every time.
pub fn credential_id(kind: &str, of: &str) -> String {
    crate::clr::v1::derived_id(&format!("{kind} of {of}"))
}

/// The type of an achievement; one that these standards do not have is an extension.
pub fn achievement_type(term: &str) -> String {
    match term {
        "Co-Curricular" => "CoCurricular".to_owned(),
        known if ACHIEVEMENT_TYPES.contains(&known) || known.starts_with("ext:") => known.to_owned(),
        other => format!("ext:{other}"),
    }
}

/// The type of an alignment's target, where it is one of the standard or an extension.
pub fn target_type(term: &str) -> Option<String> {
    (TARGET_TYPES.contains(&term) || term.starts_with("ext:")).then(|| term.to_owned())
}

/// What kind of identifier it is.
pub fn identifier_type(of: &IdentifierType) -> String {
    match of.as_str() {
        "LisSourcedId" => "lisSourcedId".to_owned(),
        "OneRosterSourcedId" => "oneRosterSourcedId".to_owned(),
        other => other.to_owned(),
    }
}

/// The kind of tie, where CLR 2.0 has it.
pub fn association_type(of: AssociationType) -> Option<&'static str> {
    match of {
        AssociationType::Exemplar | AssociationType::HasSkillLevel => None,
        known => Some(known.as_str()),
    }
}

/// An image by its address; text that is none can't be shown by anybody.
pub fn image(address: &str) -> Option<String> {
    let is_address = ["https://", "http://", "data:image/"].iter().any(|start| address.starts_with(start));
    is_address.then(|| uri(address))
}

/// A number that every JSON-LD processor writes the same: not tiny, not huge, six digits after the point.
pub fn number(number: Option<f64>) -> Option<serde_json::Number> {
    let number = number.filter(|number| number.is_finite() && number.abs() < 1e9)?;
    let rounded = (number * 1e6).round() / 1e6;
    if rounded.fract() == 0.0 {
        // Within nine digits, so nothing is cut off.
        #[allow(clippy::cast_possible_truncation)]
        return Some((rounded as i64).into());
    }
    if rounded.abs() < 0.001 { Some(0.into()) } else { serde_json::Number::from_f64(rounded) }
}
