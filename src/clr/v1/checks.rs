//! What no schema can check (standards: CLR 1.0, prose of the classes): that references lead somewhere, values lie where
//! they may, levels rise, a Status has a status, the recipient is the learner, copies are copies.
//!
//! Pure, on the wire types, and lenient about everything else: a record of ours is checked before it is issued,
//! published or exported, a foreign one when it is read. A finding names the object, the member and the place, so that
//! a page can lead there.

mod achieved;
mod defined;
#[cfg(test)]
mod tests;

use std::fmt;

use super::wire::{Achievement, Assertion, Clr, Endorsement, Identity, Profile};
use sha2::{Digest, Sha256};

use crate::values::system_identifier::FORMER_PROFILE_ID;

/// A class of the standard that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // The standard's own names.
pub enum Class {
    Clr,
    Assertion,
    Achievement,
    Association,
    ResultDescription,
    Result,
    Endorsement,
}

/// Something that is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of object it is about.
    pub class: Class,
    /// Its id; empty for one that has none.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The member that is wrong, as the standard names it.
    pub property: String,
    /// Where the object stands in the document: a JSON pointer (RFC 6901), `/assertions/0/results/1`.
    pub place: String,
    /// The assertion or achievement that it is a part of, by id; the object itself where it is one.
    pub within: Option<(Class, String)>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It names a result description that the assertion's achievement has not.
    NoSuchResultDescription(String),
    /// It names a level that the result description has not.
    NoSuchLevel(String),
    /// A value that is not among those allowed.
    NotAllowed(String),
    /// A value outside of the smallest and the largest.
    OutOfRange(String),
    /// The smallest value is larger than the largest.
    RangeReversed,
    /// The levels do not go from low to high.
    LevelsNotRising,
    /// A result of a Status without a status.
    StatusMissing,
    /// Nobody is named.
    RecipientMissing,
    /// Somebody else than the record's learner is named.
    RecipientNotTheLearner,
    /// Another copy of the same object in this record says otherwise.
    CopiesDiffer,
    /// An id that is neither in this record nor a whole address.
    TargetUnknown(String),
    /// Two objects have the same id.
    Twice,
    /// It endorses something else than what it stands on.
    EndorsesAnother(String),
}

/// Where an object stands and what it is part of.
#[derive(Clone, Copy)]
struct Spot<'a> {
    class: Class,
    id: &'a str,
    label: &'a str,
    place: &'a str,
    within: Option<(Class, &'a str)>,
}

impl Spot<'_> {
    fn finds(&self, property: &str, problem: Problem) -> Finding {
        Finding {
            class: self.class,
            id: self.id.to_owned(),
            label: if self.label.is_empty() { self.id.to_owned() } else { self.label.to_owned() },
            property: property.to_owned(),
            place: self.place.to_owned(),
            within: self.within.map(|(class, id)| (class, id.to_owned())),
            problem,
        }
    }
}

/// Everything that is wrong with a record, in the order of the document. Empty for a record that holds.
pub fn check(clr: &Clr) -> Vec<Finding> {
    let mut found = Vec::new();
    let own = Spot {
        class: Class::Clr,
        id: &clr.id,
        label: clr.name.as_deref().unwrap_or_default(),
        place: "",
        within: Some((Class::Clr, &clr.id)),
    };
    endorsed(&clr.endorsements, own, &mut found);
    defined::check(clr, &mut found);
    for (nth, assertion) in clr.assertions.iter().enumerate() {
        let place = format!("/assertions/{nth}");
        let spot = assertion_at(assertion, &place);
        if clr.assertions.iter().take(nth).any(|earlier| earlier.id == assertion.id) {
            found.push(spot.finds("id", Problem::Twice));
        }
        recipient(assertion, &clr.learner, spot, &mut found);
        endorsed(&assertion.endorsements, spot, &mut found);
        achieved::check(assertion, &place, &mut found);
    }
    found
}

fn assertion_at<'a>(assertion: &'a Assertion, place: &'a str) -> Spot<'a> {
    let label = assertion.achievement.as_ref().map_or("", |achievement| achievement.name.as_str());
    let within = Some((Class::Assertion, assertion.id.as_str()));
    Spot { class: Class::Assertion, id: &assertion.id, label, place, within }
}

fn achievement_at<'a>(achievement: &'a Achievement, place: &'a str) -> Spot<'a> {
    let within = Some((Class::Achievement, achievement.id.as_str()));
    Spot { class: Class::Achievement, id: &achievement.id, label: &achievement.name, place, within }
}

/// Issuers may strip a revoked assertion down to its id; an Open Badge has no achievement here and its own recipient.
fn recipient(assertion: &Assertion, learner: &Profile, spot: Spot<'_>, found: &mut Vec<Finding>) {
    match &assertion.recipient {
        None if assertion.revoked == Some(true) => {}
        None => found.push(spot.finds("recipient", Problem::RecipientMissing)),
        Some(one) if is_learner(one, learner) => {}
        Some(_) => found.push(spot.finds("recipient", Problem::RecipientNotTheLearner)),
    }
}

/// Whether an identity is the learner: `type` names the member of the profile that `identity` repeats, in clear or as
/// `sha256$…` of the value and the salt. Another way of hashing cannot be checked, and is not held against it.
/// Whether a learner had this profile id once, and says so: two who turned out to be one person were merged, and what was
/// issued to the one stays as it was issued.
pub fn is_former_id(id: &str, learner: &Profile) -> bool {
    learner.identifiers.iter().any(|one| one.identifier_type == FORMER_PROFILE_ID && one.identifier == id)
}

fn is_learner(identity: &Identity, learner: &Profile) -> bool {
    if identity.r#type == "id" && is_former_id(&identity.identity, learner) {
        return true;
    }
    let value = match identity.r#type.as_str() {
        "id" => Some(learner.id.as_str()),
        "email" => learner.email.as_deref(),
        "url" => learner.url.as_deref(),
        "telephone" => learner.telephone.as_deref(),
        "sourcedId" => learner.sourced_id.as_deref(),
        "studentId" => learner.student_id.as_deref(),
        _ => None,
    };
    let Some(value) = value.filter(|value| !value.is_empty()) else { return false };
    match identity.identity.split_once('$') {
        Some(("sha256", digest)) => {
            let salted = format!("{value}{}", identity.salt.as_deref().unwrap_or_default());
            let own: String = Sha256::digest(salted).iter().map(|byte| format!("{byte:02x}")).collect();
            own.eq_ignore_ascii_case(digest)
        }
        Some(_) if identity.hashed == Some(true) => true,
        _ => identity.identity == value,
    }
}

/// An endorsement stands on what it endorses.
fn endorsed(endorsements: &[Endorsement], on: Spot<'_>, found: &mut Vec<Finding>) {
    for (nth, one) in endorsements.iter().enumerate().filter(|(_, one)| one.claim.id != on.id) {
        let place = format!("{}/endorsements/{nth}", on.place);
        let label = one.issuer.name.as_deref().unwrap_or_default();
        let spot = Spot { class: Class::Endorsement, id: &one.id, label, place: &place, within: on.within };
        found.push(spot.finds("claim", Problem::EndorsesAnother(one.claim.id.clone())));
    }
}

impl Class {
    /// As people call it.
    pub fn shown(self) -> &'static str {
        match self {
            Class::Clr => "Record",
            Class::Assertion => "Assertion",
            Class::Achievement => "Achievement",
            Class::Association => "Association",
            Class::ResultDescription => "Result description",
            Class::Result => "Result",
            Class::Endorsement => "Endorsement",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NoSuchResultDescription(id) => {
                write!(f, "names a result description that the achievement does not have: {id}")
            }
            Problem::NoSuchLevel(id) => write!(f, "names a level that its result description does not have: {id}"),
            Problem::NotAllowed(value) => write!(f, "“{value}” is not one of the allowed values"),
            Problem::OutOfRange(value) => write!(f, "“{value}” is not between the smallest and the largest value"),
            Problem::RangeReversed => f.write_str("the smallest value is larger than the largest"),
            Problem::LevelsNotRising => f.write_str("the levels do not go from low to high"),
            Problem::StatusMissing => f.write_str("a result of type Status needs a status"),
            Problem::RecipientMissing => f.write_str("names no recipient"),
            Problem::RecipientNotTheLearner => f.write_str("is not the learner of this record"),
            Problem::CopiesDiffer => f.write_str("another copy of it in this record says something else"),
            Problem::TargetUnknown(id) => {
                write!(f, "leads nowhere: “{id}” is neither in this record nor a whole address")
            }
            Problem::Twice => f.write_str("another object in this record has the same id"),
            Problem::EndorsesAnother(id) => write!(f, "endorses something else than what it stands on: {id}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} “{}”, {}: {}", self.class.shown(), self.label, self.property, self.problem)
    }
}
