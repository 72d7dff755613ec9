//! Open Badges 2.0: an assertion at its address, or signed as a token.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Asking,
    clr1::{Lying, listed},
    report::{At, NotHeld, Outcome, Report, wrong},
    vc::sentence,
};
use crate::{
    clr::v2::checks::types,
    registrar::Refusal,
    sign::{
        PublicKey,
        jws::{self, KnownKey, Token},
    },
};

/// Whether a document is an assertion of Open Badges 2.0.
pub fn is_one(value: &Value) -> bool {
    !value["badge"].is_null() && (!value["recipient"].is_null() || types(value).contains(&"Assertion"))
}

/// Checks an assertion.
pub fn report(asking: &mut Asking, value: &Value, token: Option<&Token>, report: &mut Report) -> Result<(), Refusal> {
    report.kind = "Open Badges 2.0 assertion".to_owned();
    let badge = &value["badge"];
    if let Some(name) = badge["name"].as_str() {
        report.facts.push(("credential", name.to_owned()));
    }
    if let Some(issuer) = badge["issuer"]["name"].as_str() {
        report.facts.push(("issuer", issuer.to_owned()));
    }
    let mut at = report.at("");
    at.passed("structure", "It can be read.");
    let missing = ["id", "recipient", "badge", "issuedOn"].into_iter().filter(|member| value[*member].is_null());
    let missing: Vec<String> = missing.map(|member| format!("/{member} is missing")).collect();
    at.none_of(
        "schema",
        missing,
        "Everything that the standard requires is there.",
        "Something that the standard requires is missing.",
    );
    let verification = if value["verification"].is_null() { &value["verify"] } else { &value["verification"] };
    let issuer = resolved(asking, badge).and_then(|badge| resolved(asking, &badge["issuer"]));
    match token {
        Some(token) => {
            let found = signed(asking, token, verification, &issuer);
            report.at("").found("signature", found);
        }
        None => {
            let owner = owner(badge, &issuer);
            let lying = Lying {
                id: value["id"].as_str().unwrap_or_default(),
                owner: &owner,
                verification: None,
                copy: Some(value),
            };
            lying.report(asking, "", report);
        }
    }
    let status = match (value["revoked"].as_bool(), token, issuer) {
        (Some(true), ..) => wrong("It says of itself that it was revoked."),
        (_, None, _) => Ok("It does not say of itself that it was revoked.".to_owned()),
        (_, _, Err(why)) => Err(why),
        // Unlike CLR 1.0, an issuer that revoked nothing needs no list.
        (_, _, Ok(issuer)) if issuer["revocationList"].is_null() => {
            Ok("Its issuer keeps no list of what was revoked, so it names none.".to_owned())
        }
        (_, _, Ok(issuer)) => {
            let ids: Vec<&str> = [&value["id"], &value["uid"]].into_iter().filter_map(Value::as_str).collect();
            listed(asking, &issuer, &ids)
        }
    };
    let mut at = report.at("");
    at.found("status", status);
    expiration(asking.now, value, &mut at);
    Ok(())
}

fn expiration(now: DateTime<Utc>, value: &Value, at: &mut At<'_>) {
    match value["expires"].as_str().map(DateTime::parse_from_rfc3339) {
        Some(Ok(until)) if until < now => {
            at.failed("expiration", format!("It expired on {}.", until.format("%-d %B %Y")))
        }
        Some(Err(_)) => {
            at.note("expiration", Outcome::Failed, "The day on which it expires cannot be read.", Vec::new())
        }
        _ => at.passed("expiration", "It has not expired."),
    }
}

/// A part of an assertion: as it stands in it, or as it lies at the address that stands there.
fn resolved(asking: &mut Asking, part: &Value) -> Result<Value, NotHeld> {
    match part {
        Value::String(address) => asking.outside.json(address),
        part => Ok(part.clone()),
    }
}

/// Whoever issued it, by name or at least by the address of what was awarded.
fn owner(badge: &Value, issuer: &Result<Value, NotHeld>) -> String {
    let known = issuer.as_ref().ok().and_then(|issuer| issuer["id"].as_str());
    let said = badge["issuer"]["id"].as_str().or_else(|| badge["issuer"].as_str());
    known.or(said).or_else(|| badge.as_str()).unwrap_or_default().to_owned()
}

/// Whether the token holds under the key that the assertion names, and that key is its issuer's.
fn signed(
    asking: &mut Asking,
    token: &Token,
    verification: &Value,
    issuer: &Result<Value, NotHeld>,
) -> Result<String, NotHeld> {
    let Some(creator) = verification["creator"].as_str().or_else(|| verification["url"].as_str()) else {
        return wrong("It does not name the key that it was signed with.");
    };
    let document = asking.outside.json(creator)?;
    let issuer = issuer.as_ref().map_err(Clone::clone)?;
    if document["owner"].is_null() || document["owner"] != issuer["id"] {
        return wrong("The key that it was signed with is somebody else’s than its issuer’s.");
    }
    let key = PublicKey::from_pem(document["publicKeyPem"].as_str().unwrap_or_default());
    let key = key.map_err(|_| NotHeld::Wrong("The key that it names cannot be read.".to_owned()))?;
    let named = token.kid().unwrap_or(creator).to_owned();
    match jws::verify(token, &[KnownKey::of(named, key)], None) {
        Ok(_) => Ok("The signature holds: nothing was changed since it was signed.".to_owned()),
        Err(why) => wrong(sentence(&why)),
    }
}
