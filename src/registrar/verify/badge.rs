//! Open Badges 2.0: an assertion at its address, or signed as a token.

use chrono::DateTime;
use serde_json::Value;

use super::{
    Asking,
    report::{NotHeld, Outcome, Report, unknown, wrong},
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
    match token {
        Some(token) => {
            let found = signed(asking, token, verification, badge);
            report.at("").found("signature", found);
        }
        None => {
            let found = hosted(asking, value);
            report.at("").found("hosted", found);
        }
    }
    let mut at = report.at("");
    match value["revoked"].as_bool() {
        Some(true) => at.failed("status", "It says of itself that it was revoked."),
        _ if token.is_some() => at.unchecked("status", "The list of what its issuer revoked was not asked for."),
        _ => at.passed("status", "It does not say of itself that it was revoked."),
    }
    let now = asking.now;
    match value["expires"].as_str().map(DateTime::parse_from_rfc3339) {
        Some(Ok(until)) if until < now => {
            at.failed("expiration", format!("It expired on {}.", until.format("%-d %B %Y")))
        }
        Some(Err(_)) => {
            at.note("expiration", Outcome::Failed, "The day on which it expires cannot be read.", Vec::new())
        }
        _ => at.passed("expiration", "It has not expired."),
    }
    Ok(())
}

/// What lies at the assertion's own address is the truth about it.
fn hosted(asking: &mut Asking, value: &Value) -> Result<String, NotHeld> {
    let id = value["id"].as_str().unwrap_or_default();
    let there = asking.outside.json(id)?;
    let issuer = value["badge"]["issuer"]["id"].as_str().or_else(|| value["badge"]["issuer"].as_str());
    let of_issuer = issuer.or_else(|| value["badge"].as_str()).and_then(super::outside::host);
    if there != *value {
        return wrong("What lies at its own address says something else.");
    }
    if of_issuer.is_some() && of_issuer == super::outside::host(id) {
        Ok("The same lies at its own address, at its issuer’s host.".to_owned())
    } else {
        unknown("The same lies at its own address, but nothing shows that this is its issuer’s.")
    }
}

fn signed(asking: &mut Asking, token: &Token, verification: &Value, badge: &Value) -> Result<String, NotHeld> {
    let Some(creator) = verification["creator"].as_str().or_else(|| verification["url"].as_str()) else {
        return wrong("It does not name the key that it was signed with.");
    };
    let document = asking.outside.json(creator)?;
    let issuer = badge["issuer"]["id"].as_str().or_else(|| badge["issuer"].as_str()).unwrap_or_default();
    if document["owner"] != issuer {
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
