//! What stands in a credential: the endorsements, which must be about what carries them, and the credentials of a record,
//! which must be its learner's.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    super::{
        self as verify, Asking,
        report::{NotHeld, Report, wrong},
        token,
    },
    Given, proofs,
};
use crate::{
    clr::v2::{
        self,
        checks::{Kind, each},
    },
    registrar::Refusal,
    values::system_identifier::FORMER_PROFILE_ID,
};

/// How deep credentials may stand in one another.
const DEEPEST: usize = 4;

/// A credential or a token that stands in another one.
struct Part<'a> {
    place: String,
    /// What carries it, where it is an endorsement.
    carrier: Option<&'a Value>,
    itself: &'a Value,
}

/// Checks each credential within one, and what it is about. Of what is ours our record knows that.
pub fn report(
    asking: &mut Asking,
    given: &Given,
    (signed_at, is_ours): (Option<NaiveDateTime>, bool),
    about: &str,
    report: &mut Report,
) -> Result<(), Refusal> {
    let subject = &given.credential["credentialSubject"];
    let (mut parts, mut tokens) = (Vec::new(), Vec::new());
    endorsements(given.credential, about, 0, (&mut parts, &mut tokens));
    for (at, member) in each(&subject["verifiableCredential"]).into_iter().enumerate() {
        let place = format!("{about}/credentialSubject/verifiableCredential/{at}");
        recipient(subject, member, &place, report);
        parts.push(Part { place, carrier: None, itself: member });
    }
    if !(parts.is_empty() && tokens.is_empty()) && given.depth >= DEEPEST {
        report.at(about).failed("structure", "Credentials stand in one another deeper than any record needs.");
        return Ok(());
    }
    let named = if is_ours { None } else { Some(Named::of(given.credential)) };
    for Part { place, carrier, itself } in parts {
        let within = signed_at.or(given.within);
        let inner = Given { within, depth: given.depth + 1, ..Given::json(itself, &[]) };
        super::report(asking, &inner, &place, report)?;
        if let (Some(carrier), Some(named)) = (carrier, &named) {
            report.at(&place).found("endorsement", named.about(carrier, itself));
        }
    }
    for Part { place, carrier, itself } in tokens {
        let text = itself.as_str().unwrap_or_default();
        let endorsement = token::endorsement(asking, text, given.depth + 1, &place, report)?;
        if let (Some(carrier), Some(named), Some(endorsement)) = (carrier, &named, endorsement) {
            report.at(&place).found("endorsement", named.about(carrier, &endorsement));
        }
    }
    Ok(())
}

/// A credential with the ids of everything that stands in it.
struct Named<'a> {
    credential: &'a Value,
    ids: BTreeSet<&'a str>,
    may_hide: bool,
}

impl<'a> Named<'a> {
    fn of(credential: &'a Value) -> Self {
        let mut ids = BTreeSet::new();
        named(credential, 0, &mut ids);
        Self { credential, ids, may_hide: proofs::may_hide(credential) }
    }

    /// Whether an endorsement is about what carries it. A credential may carry what is said of anything in it: of itself, of
    /// its achievement and of the profiles (Open Badges 3.0, `endorsement`).
    fn about(&self, carrier: &Value, endorsement: &Value) -> Result<String, NotHeld> {
        if Kind::of(endorsement) != Some(Kind::Endorsement) {
            return wrong("It stands where an endorsement should, and is none.");
        }
        let endorsed = endorsement["credentialSubject"]["id"].as_str().unwrap_or_default();
        let is_credential = std::ptr::eq(carrier, self.credential);
        // Our portals mean an award by the address of its assertion, of which the id of its credential is made.
        let is_award = is_credential && self.credential["id"] == v2::award_id(endorsed).as_str();
        match endorsed {
            "" => wrong("It does not say what it is about."),
            _ if carrier["id"] == endorsed || is_award => Ok("It is about the very thing that carries it.".to_owned()),
            _ if self.ids.contains(endorsed) => Ok("It is about something that the credential names.".to_owned()),
            _ if self.may_hide => Err(NotHeld::Unknown(
                "What it is about is not among what is shown: its holder may leave out parts.".to_owned(),
            )),
            _ => wrong("It is about something else than the thing that carries it."),
        }
    }
}

/// The ids in a credential; not of what others say of it, and not of the credentials in it.
fn named<'a>(value: &'a Value, depth: usize, into: &mut BTreeSet<&'a str>) {
    match value {
        _ if depth > verify::DEEPEST => {}
        Value::Object(members) => {
            into.extend(members.get("id").and_then(Value::as_str));
            let inner = members.iter().filter(|(name, _)| !is_of_others(name) && !is_endorsement(name));
            inner.for_each(|(_, inner)| named(inner, depth + 1, into));
        }
        Value::Array(several) => several.iter().for_each(|one| named(one, depth + 1, into)),
        _ => {}
    }
}

fn is_of_others(member: &str) -> bool {
    matches!(member, "verifiableCredential" | "proof")
}

fn is_endorsement(member: &str) -> bool {
    matches!(member, "endorsement" | "endorsementJwt")
}

/// Endorsements wherever they stand in a credential, as credentials and as tokens (Open Badges 3.0, `endorsementJwt`), but
/// not in the credentials within it.
fn endorsements<'a>(
    value: &'a Value,
    place: &str,
    depth: usize,
    (parts, tokens): (&mut Vec<Part<'a>>, &mut Vec<Part<'a>>),
) {
    match value {
        _ if depth > verify::DEEPEST => {}
        Value::Object(members) => {
            for (name, inner) in members.iter().filter(|(name, _)| !is_of_others(name)) {
                let place = format!("{place}/{name}");
                if !is_endorsement(name) {
                    endorsements(inner, &place, depth + 1, (parts, tokens));
                    continue;
                }
                let into = if name == "endorsement" { &mut *parts } else { &mut *tokens };
                let found = each(inner).into_iter().enumerate();
                let part = |(at, itself)| Part { place: format!("{place}/{at}"), carrier: Some(value), itself };
                into.extend(found.map(part));
            }
        }
        Value::Array(several) => {
            for (at, one) in several.iter().enumerate() {
                endorsements(one, &format!("{place}/{at}"), depth + 1, (parts, tokens));
            }
        }
        _ => {}
    }
}

/// Whether a learner says of an id to have had it before two who were one person were merged.
fn had(learner: &Value, id: &str) -> bool {
    let is_it = |one: &&Value| one["identityHash"].as_str().is_some_and(|former| v2::subject_id(former) == id);
    let named = each(&learner["identifier"]).into_iter();
    named.filter(|one| one["identityType"] == FORMER_PROFILE_ID && one["hashed"] != true).any(|one| is_it(&one))
}

/// Whether a credential in a record is of the record's learner: by the same id, or by the same identifier.
fn recipient(learner: &Value, member: &Value, place: &str, report: &mut Report) {
    let subject = &member["credentialSubject"];
    let mut at = report.at(place);
    let hashes = |subject: &Value| -> Vec<(String, String)> {
        let pair = |one: &Value| (one["identityType"].to_string(), one["identityHash"].to_string());
        each(&subject["identifier"]).into_iter().filter(|one| one["hashed"] != true).map(pair).collect()
    };
    let (of_learner, of_member) = (hashes(learner), hashes(subject));
    match (learner["id"].as_str(), subject["id"].as_str()) {
        (Some(learner), Some(member)) if learner == member => {
            at.passed("recipient", "It was awarded to the learner of this record.");
        }
        (Some(_), Some(member)) if had(learner, member) => {
            at.passed(
                "recipient",
                "It was awarded to the learner of this record, under an id that the record names too.",
            );
        }
        (Some(_), Some(_)) => {
            at.failed("recipient", "It was awarded to somebody else than the learner of this record.")
        }
        _ if of_member.iter().any(|one| of_learner.contains(one)) => {
            at.passed("recipient", "It was awarded to the learner of this record.");
        }
        _ => at.unchecked("recipient", "It does not say in the same way as the record to whom it was awarded."),
    }
}
