//! The signatures of a credential: the token around it, or the proofs that stand in it. Where several do, each is checked by
//! itself, and all must hold.

use serde_json::Value;

use super::{
    super::{
        Asking, known,
        report::{NotHeld, Outcome, Report, wrong},
    },
    Given,
};
use crate::{
    clr::v2::checks::{self, each},
    models::SigningKey,
    registrar::Refusal,
    sign::{
        PublicKey,
        integrity::{self, Suite, Undefined, Unproven},
        jws::{self, KnownKey},
    },
};

/// The most signatures of a credential that are checked.
const MOST: usize = 8;

/// Checks each signature and whose key it is; returns the keys of ours among them.
pub fn report(
    asking: &mut Asking,
    given: &Given,
    about: &str,
    report: &mut Report,
) -> Result<Vec<SigningKey>, Refusal> {
    if given.token.is_some() {
        return Ok(one(asking, given, (about, ""), report)?.into_iter().collect());
    }
    let several = integrity::apart(given.credential);
    let number = several.len();
    let mut ours = Vec::new();
    for (at, document) in several.iter().take(MOST).enumerate() {
        let place = if number > 1 { format!("Signature {} of {number}: ", at + 1) } else { String::new() };
        let alone = Given { credential: document, ..given.clone() };
        ours.extend(one(asking, &alone, (about, &place), report)?);
    }
    if number > MOST {
        report.at(about).unchecked("signature", format!("It carries {number} signatures, more than are checked here."));
    }
    Ok(ours)
}

/// Checks one signature; returns its key where that is ours.
fn one(
    asking: &mut Asking,
    given: &Given,
    (about, place): (&str, &str),
    report: &mut Report,
) -> Result<Option<SigningKey>, Refusal> {
    let issuer = checks::issuer_id(given.credential).unwrap_or_default().to_owned();
    let named = match given.token {
        Some(token) => Ok(token.kid().unwrap_or_default().to_owned()),
        None => embedded(given.credential),
    };
    let named = match named {
        Ok(named) => named,
        Err(why) => {
            report.at(about).found("signature", Err(placed(why, place)));
            return Ok(None);
        }
    };
    let technical = vec![format!("key {named}"), format!("issuer {issuer}")];
    let found = match known::find(asking, &named, &issuer)? {
        Ok(found) => found,
        Err(why) => {
            let mut at = report.at(about);
            let (outcome, why) = match why {
                NotHeld::Wrong(why) => (Outcome::Failed, why),
                NotHeld::Unknown(why) => {
                    (Outcome::Unchecked, format!("The key it was signed with could not be had. {why}"))
                }
            };
            at.note("signature", outcome, format!("{place}{why}"), technical);
            return Ok(None);
        }
    };
    let now = asking.now;
    let mut at = report.at(about);
    let ended = given.token.is_none().then(|| integrity::proof(given.credential).ok()?.expires).flatten();
    match signature(given, &named, &found.key) {
        Ok(_) if ended.is_some_and(|end| end < now) => {
            at.failed("signature", format!("{place}The signature was made for a time that is over."));
        }
        Ok(how) => at.note(
            "signature",
            Outcome::Passed,
            format!("{place}The signature holds: nothing was changed since it was signed."),
            vec![how, format!("key {named}")],
        ),
        Err(why) => at.found("signature", Err(placed(why, place))),
    }
    let belongs = found.belongs.map(|told| format!("{place}{told}")).map_err(|why| placed(why, place));
    at.found("key", belongs);
    Ok(found.ours)
}

fn placed(why: NotHeld, place: &str) -> NotHeld {
    match why {
        NotHeld::Wrong(why) => NotHeld::Wrong(format!("{place}{why}")),
        NotHeld::Unknown(why) => NotHeld::Unknown(format!("{place}{why}")),
    }
}

/// The key that the embedded proof of a document with one of them names.
fn embedded(credential: &Value) -> Result<String, NotHeld> {
    match integrity::proof(credential) {
        Ok(proof) => Ok(proof.verification_method),
        Err(Unproven::None) => wrong("It is not signed, so anybody may have written it."),
        Err(_) => {
            let proof = each(&credential["proof"]).into_iter().next().cloned().unwrap_or_default();
            let suite = proof["cryptosuite"].as_str().or_else(|| proof["type"].as_str()).unwrap_or("unknown");
            match proof["proofPurpose"].as_str() {
                Some("assertionMethod") if !integrity::is_known(&proof) => {
                    Err(NotHeld::Unknown(format!("It is signed in a way that cannot be checked here ({suite}).")))
                }
                Some("assertionMethod") if integrity::builds_on_another(&proof) => {
                    Err(NotHeld::Unknown("It covers another signature too, which cannot be checked here.".to_owned()))
                }
                Some("assertionMethod") => wrong("Its signature is not written as its standard asks."),
                _ => wrong("Its signature was not made to say that this is true, but for something else."),
            }
        }
    }
}

/// Whether the signature of a credential holds under a key; how it was made.
fn signature(given: &Given, named: &str, key: &PublicKey) -> Result<String, NotHeld> {
    if let Some(token) = given.token {
        jws::verify(token, &[KnownKey::of(named, key.clone())], None).map_err(|why| NotHeld::Wrong(sentence(&why)))?;
        return Ok(format!("JSON Web Signature, {}", token.algorithm.name()));
    }
    match integrity::holds(given.credential, key) {
        Ok(proof) => Ok(format!("embedded proof, {}", proof.suite.name())),
        Err(Unproven::Undefined(Undefined::Context(context))) => {
            Err(NotHeld::Unknown(format!("The signature covers words that are defined at {context}, not known here.")))
        }
        Err(why @ Unproven::Curve) => Err(NotHeld::Unknown(sentence(&why))),
        Err(why) => wrong(sentence(&why)),
    }
}

/// Whether every proof of a document holds, each by a key of its issuer.
pub fn all_hold(asking: &mut Asking, document: &Value, issuer: &str) -> Result<bool, Refusal> {
    let several = integrity::apart(document);
    if several.len() > MOST {
        return Ok(false);
    }
    for alone in &several {
        let Ok(named) = embedded(alone) else { return Ok(false) };
        let Ok(found) = known::find(asking, &named, issuer)? else { return Ok(false) };
        if found.belongs.is_err() || signature(&Given::json(alone, &[]), &named, &found.key).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the holder of a credential may leave out parts of it.
pub fn may_hide(credential: &Value) -> bool {
    integrity::apart(credential)
        .iter()
        .any(|one| integrity::proof(one).is_ok_and(|proof| proof.suite == Suite::EcdsaSd2023))
}

/// A reason as a sentence.
pub fn sentence(why: &impl ToString) -> String {
    let why = why.to_string();
    let mut signs = why.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}
