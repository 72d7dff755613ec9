//! Signed tokens: an Open Badges 3.0 or CLR 2.0 credential as JWT in the form of 1EdTech, a CLR 1.0, an Open Badge 2.0.

use serde_json::Value;

use super::{
    Asking, badge, clr1,
    report::{NotHeld, Outcome, Report},
    vc::{self, sentence},
};
use crate::{
    clr::v2::checks::{self, Kind},
    registrar::Refusal,
    sign::{
        Algorithm,
        jws::{self, Distrust, Token},
    },
};

/// Checks a token.
pub fn report(asking: &mut Asking, text: &str, report: &mut Report) -> Result<(), Refusal> {
    report.kind = "signed token".to_owned();
    let token = match Token::read(text) {
        Ok(token) => token,
        Err(why) => {
            report.at("").found("signature", Err(distrusted(text, why)));
            return Ok(());
        }
    };
    let payload = std::str::from_utf8(&token.payload).map_err(|_| "What the token signs is no text.".to_owned());
    let payload = match payload.and_then(super::parsed) {
        Ok(payload) => payload,
        Err(why) => {
            report.at("").failed("structure", why);
            return Ok(());
        }
    };
    if payload["vc"].is_object() {
        report
            .at("")
            .unchecked("structure", "It is a token of an older kind, whose claims stand beside the credential.");
        let credential = &payload["vc"];
        return vc::report(asking, &vc::Given::token(credential, text.as_bytes(), &token), "", report);
    }
    if Kind::of(&payload).is_some() {
        claims(&payload, &token, "", report);
        let credential = checks::without_claims(&payload);
        return vc::report(asking, &vc::Given::token(&credential, text.as_bytes(), &token), "", report);
    }
    if badge::is_one(&payload) {
        return badge::report(asking, &payload, Some(&token), report);
    }
    clr1::report(asking, text.as_bytes(), &payload, report)
}

/// What a JWT says beside the credential must be the same (Open Badges 3.0, 8.2.4), and its header nothing else than that
/// standard allows.
fn claims(payload: &Value, token: &Token, about: &str, report: &mut Report) {
    let instant =
        |member: &str| chrono::DateTime::parse_from_rfc3339(payload[member].as_str()?).ok().map(|at| at.timestamp());
    let mut wrong = Vec::new();
    if payload["iss"].as_str() != checks::issuer_id(payload) {
        wrong.push("iss is not the issuer".to_owned());
    }
    if payload["jti"] != payload["id"] {
        wrong.push("jti is not the id".to_owned());
    }
    if payload["sub"] != payload["credentialSubject"]["id"] {
        wrong.push("sub is not the subject".to_owned());
    }
    if payload["nbf"].as_i64().is_none() || payload["nbf"].as_i64() != instant("validFrom") {
        wrong.push("nbf is not validFrom".to_owned());
    }
    if payload["exp"].as_i64() != instant("validUntil") {
        wrong.push("exp is not validUntil".to_owned());
    }
    if !matches!(token.algorithm, Algorithm::Rs256 | Algorithm::Es256 | Algorithm::Es384) {
        wrong.push(format!("{} is not among the algorithms of this standard", token.algorithm.name()));
    }
    if !matches!(token.header["typ"].as_str(), None | Some("JWT")) {
        wrong.push("typ is not JWT".to_owned());
    }
    let outcome = if wrong.is_empty() { Outcome::Passed } else { Outcome::Failed };
    let told = match wrong.is_empty() {
        true => "The token says the same as the credential in it.",
        false => "The token says something else than the credential in it.",
    };
    report.at(about).note("claims", outcome, told, wrong);
}

/// Why a token was not even read. One that was signed in a way that is not known here may be genuine all the same.
fn distrusted(text: &str, why: Distrust) -> NotHeld {
    match why {
        Distrust::UnknownAlgorithm => {
            let named = jws::algorithm_named(text).unwrap_or_default();
            NotHeld::Unknown(format!("It is signed in a way that cannot be checked here ({named})."))
        }
        other => NotHeld::Wrong(sentence(&other)),
    }
}

/// Checks an endorsement that stands as a token in a credential, and returns it.
pub fn endorsement(
    asking: &mut Asking,
    text: &str,
    depth: usize,
    place: &str,
    report: &mut Report,
) -> Result<Option<Value>, Refusal> {
    let token = match Token::read(text) {
        Ok(token) => token,
        Err(why) => {
            report.at(place).found("signature", Err(distrusted(text, why)));
            return Ok(None);
        }
    };
    let payload = std::str::from_utf8(&token.payload).ok().and_then(|payload| super::parsed(payload).ok());
    let Some(payload) = payload.filter(|payload| Kind::of(payload) == Some(Kind::Endorsement)) else {
        report.at(place).failed("type", "It stands where an endorsement should, and is none.");
        return Ok(None);
    };
    claims(&payload, &token, place, report);
    let credential = checks::without_claims(&payload);
    vc::report(asking, &vc::Given::token(&credential, text.as_bytes(), &token).at_depth(depth), place, report)?;
    Ok(Some(credential))
}
