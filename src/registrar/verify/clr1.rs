//! CLR 1.0 in every wrapping: a record in the clear or signed, a set, or within a credential. Our own in the clear is
//! compared with what this portal serves now; what was signed, with its signature and our record of it.

mod keys_named;
mod others;
mod ours;

use std::collections::BTreeSet;

use serde_json::Value;

pub use self::others::{Lying, listed};
use super::{
    Asking, known,
    record::{self, NOT_SHOWN},
    report::{NotHeld, Outcome, Report},
    vc::sentence,
};
use crate::{
    clr::v1::{
        checks,
        read::{self, JWS, Record},
        wire,
    },
    db::Conn,
    models::{
        credential,
        signed_form::{self, CLR1_COVER_JWS, CLR1_JWS, SignedForm},
    },
    registrar::Refusal,
    sign::jws::{self, KnownKey, Token},
};

/// The most records of a document that are checked here.
const MOST_RECORDS: usize = 50;

/// Whether a credential wraps a CLR 1.0.
pub fn is_wrapped(value: &Value) -> bool {
    let subject = &value["credentialSubject"];
    ["clrs", "signedClrs", "clr", "signedClr", "learner", "publisher", "assertions"]
        .iter()
        .any(|member| !subject[*member].is_null())
}

/// Checks every record of a document.
pub fn report(asking: &mut Asking, file: &[u8], value: &Value, report: &mut Report) -> Result<(), Refusal> {
    let reading = match read::read(file) {
        Ok(reading) => reading,
        Err(why) => {
            report.at("").failed("structure", sentence(&why));
            return Ok(());
        }
    };
    report.kind = format!("CLR 1.0: {}", reading.shape.shown());
    if reading.records.len() > MOST_RECORDS {
        report.at("").failed("structure", "It holds more records than can be checked at once; check them one by one.");
        return Ok(());
    }
    let lenient: Vec<String> = reading
        .warnings
        .iter()
        .filter(|warning| !is_about_signing(&warning.message))
        .map(|warning| format!("{}: {}", warning.place, warning.message))
        .collect();
    let mut at = report.at("");
    at.passed("structure", "It can be read.");
    match lenient.is_empty() {
        true => at.passed("schema", "It is written as the standard asks."),
        false => at.note("schema", Outcome::Unchecked, "It is not written quite as the standard asks.", lenient),
    }
    if is_wrapped(value) {
        wrapper(value, report);
    }
    for one in &reading.records {
        let is_whole = reading.records.len() == 1 && one.place.is_empty() && !is_wrapped(value);
        record(asking, one, is_whole.then_some(value), report)?;
    }
    Ok(())
}

/// What reading tells of signatures, which are checked here.
fn is_about_signing(message: &str) -> bool {
    message.starts_with("a signed assertion")
        || message.starts_with("it is signed;")
        || message.contains("kept as “received:@context”")
}

/// The signature of a credential around records is of a kind that differs from issuer to issuer.
fn wrapper(value: &Value, report: &mut Report) {
    let mut at = report.at("");
    if value["proof"].is_null() {
        at.unchecked("signature", "The credential around the record is not signed in itself.");
    } else {
        let kind = value["proof"]["cryptosuite"].as_str().or_else(|| value["proof"]["type"].as_str());
        let kind = kind.unwrap_or("unknown");
        // The context of CLR 1.0 loses members, so that a signature by statements would not cover them.
        at.unchecked(
            "signature",
            format!("The credential around the record is signed in a way that is not relied on for CLR 1.0 ({kind})."),
        );
    }
}

fn record(asking: &mut Asking, one: &Record, whole: Option<&Value>, report: &mut Report) -> Result<(), Refusal> {
    let (clr, about) = (&one.clr, one.place.as_str());
    if report.facts.is_empty() {
        report.facts = facts(clr);
    }
    report.named(about, clr.name.clone());
    for (at, assertion) in clr.assertions.iter().enumerate() {
        let name = assertion.achievement.as_ref().map(|achievement| achievement.name.clone());
        report.named(&format!("{about}/assertions/{at}"), name);
    }
    for (place, assertion, _) in &one.signed {
        report.named(place, assertion.achievement.as_ref().map(|achievement| achievement.name.clone()));
    }
    defined(one, report);
    if one.media_type == JWS {
        let text = String::from_utf8_lossy(&one.bytes).into_owned();
        if !signed(asking, &text, (&clr.id, &clr.publisher.id), about, report)? {
            others::told(asking.now, clr.revoked, None, about, report);
            in_the_clear(asking, one, false, report);
        }
    } else if !ours::report(asking, one, whole, report)? {
        let lying =
            Lying { id: &clr.id, owner: &clr.publisher.id, verification: clr.verification.as_ref(), copy: whole };
        lying.report(asking, about, report);
        others::told(asking.now, clr.revoked, None, about, report);
        in_the_clear(asking, one, true, report);
    }
    for (at, (place, assertion, json)) in one.signed.iter().enumerate() {
        let issuer = assertion.achievement.as_ref().map_or("", |achievement| achievement.issuer.id.as_str());
        let Some(token) = clr.signed_assertions.get(at) else { continue };
        signed(asking, token, (&assertion.id, issuer), place, report)?;
        of_learner(assertion, &clr.learner, place, report);
        others::told(asking.now, assertion.revoked, assertion.expires.as_deref(), place, report);
        others::endorsements(asking, json, place, report)?;
    }
    if clr.signed_assertions.len() != one.signed.len() {
        report.at(about).failed("signature", "A signed assertion in it is damaged.");
    }
    others::endorsements(asking, &one.json, about, report)
}

/// Assertions of others that stand in a record as they are, some of them at an address of their own too.
fn in_the_clear(asking: &mut Asking, one: &Record, may_be_hosted: bool, report: &mut Report) {
    // As it came: what is tidied for reading would differ from what lies elsewhere.
    let raw: Value = serde_json::from_slice(&one.bytes).unwrap_or_default();
    for (at, assertion) in one.clr.assertions.iter().enumerate() {
        let place = format!("{}/assertions/{at}", one.place);
        let verification = assertion.verification.as_ref().filter(|one| one.r#type == "Hosted");
        if may_be_hosted && verification.is_some() {
            let owner = assertion.achievement.as_ref().map_or("", |achievement| achievement.issuer.id.as_str());
            let copy = raw["assertions"].get(at);
            Lying { id: &assertion.id, owner, verification, copy }.report(asking, &place, report);
        }
        others::told(asking.now, assertion.revoked, assertion.expires.as_deref(), &place, report);
    }
}

fn facts(clr: &wire::Clr) -> Vec<(&'static str, String)> {
    let name = |profile: &wire::Profile| profile.name.clone().unwrap_or_else(|| profile.id.clone());
    let mut facts = Vec::new();
    facts.extend(clr.name.clone().map(|name| ("credential", name)));
    facts.push(("holder", name(&clr.learner)));
    facts.push(("issuer", name(&clr.publisher)));
    facts.push(("issued", clr.issued_on.clone()));
    facts
}

/// References that lead nowhere, values out of range, somebody else's assertions.
fn defined(one: &Record, report: &mut Report) {
    let findings = checks::check(&one.clr);
    let (of_recipient, others): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.property.starts_with("recipient"));
    let lines = |findings: Vec<&checks::Finding>| findings.iter().map(ToString::to_string).collect();
    let mut at = report.at(&one.place);
    at.none_of(
        "references",
        lines(others),
        "Everything it refers to is in it, and its values lie where they may.",
        "It refers to something that is not in it, or a value lies where it may not.",
    );
    at.none_of(
        "recipient",
        lines(of_recipient),
        "Everything in it was awarded to its learner.",
        "Something in it was awarded to somebody else, or to nobody.",
    );
}

fn of_learner(assertion: &wire::Assertion, learner: &wire::Profile, place: &str, report: &mut Report) {
    let recipient = assertion.recipient.as_ref();
    let mut at = report.at(place);
    match recipient {
        Some(one) if one.identity == learner.id => {
            at.passed("recipient", "It was awarded to the learner of this record.")
        }
        Some(one) if one.r#type == "id" && checks::is_former_id(&one.identity, learner) => at.passed(
            "recipient",
            "It was awarded to the learner of this record, under an id that the record names too.",
        ),
        Some(one) if one.r#type == "id" => {
            at.failed("recipient", "It was awarded to somebody else than the learner of this record.");
        }
        _ => at.unchecked("recipient", "It does not say in the same way as the record to whom it was awarded."),
    }
}

/// Checks a token whose signer is known from what it signs; whether it is ours.
fn signed(
    asking: &mut Asking,
    text: &str,
    (id, signer): (&str, &str),
    about: &str,
    report: &mut Report,
) -> Result<bool, Refusal> {
    let token = match Token::read(text) {
        Ok(token) => token,
        Err(why) => {
            report.at(about).failed("signature", sentence(&why));
            return Ok(false);
        }
    };
    let payload: Value = serde_json::from_slice(&token.payload).unwrap_or_default();
    let profile = profile_of(&payload, signer);
    let creator = payload["verification"]["creator"].as_str();
    // Older systems write a number of theirs where the key's address belongs.
    let kid = token.kid().filter(|kid| kid.contains(':'));
    let named = kid.or(creator).or_else(|| profile["publicKey"]["id"].as_str()).unwrap_or_default().to_owned();
    let found = match known::find(asking, &named, signer)? {
        Ok(found) => found,
        Err(NotHeld::Unknown(why)) => {
            let why = format!("The key it was signed with could not be had. {why}");
            report.at(about).note("signature", Outcome::Unchecked, why, vec![format!("key {named}")]);
            return Ok(false);
        }
        Err(NotHeld::Wrong(why)) => {
            report.at(about).note("signature", Outcome::Failed, why, vec![format!("key {named}")]);
            return Ok(false);
        }
    };
    let mut at = report.at(about);
    match jws::verify(&token, &[KnownKey::of(token.kid().unwrap_or(&named), found.key)], None) {
        Ok(_) => at.passed("signature", "The signature holds: nothing was changed since it was signed."),
        Err(why) => at.failed("signature", sentence(&why)),
    }
    at.found("key", found.belongs);
    if creator.is_some_and(|creator| creator != named) {
        at.failed("key", "It names one key in its header and another in what it signs.");
    }
    match found.ours {
        Some(own) => kept(asking, (id, text, &own), about, report).map(|()| true),
        None => {
            let found = others::listed(asking, profile, &[id]);
            report.at(about).found("status", found);
            Ok(false)
        }
    }
}

/// The profile of whoever signed something, as it says itself: of a record its publisher, of an assertion the issuer of
/// its achievement, of an endorsement its issuer.
fn profile_of<'a>(payload: &'a Value, signer: &str) -> &'a Value {
    let named = [&payload["publisher"], &payload["achievement"]["issuer"], &payload["issuer"]];
    named.into_iter().find(|one| one["id"] == signer).unwrap_or(&Value::Null)
}

/// What our record says of a token of ours.
fn kept(
    asking: &mut Asking,
    (id, text, own): (&str, &str, &crate::models::SigningKey),
    about: &str,
    report: &mut Report,
) -> Result<(), Refusal> {
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(()) };
    let form = the_form(conn, id, text)?;
    let credential = match form.as_ref().and_then(|form| form.credential_id.as_ref()) {
        Some(of) => Some(credential::find(conn, of)?),
        None => None,
    };
    let credential = match credential {
        Some(found) if record::is_open(conn, &found)? => found,
        _ => {
            let mut at = report.at(about);
            at.unchecked("record", NOT_SHOWN);
            at.unchecked("status", NOT_SHOWN);
            at.found("key-state", known::state(own, None));
            return Ok(());
        }
    };
    let is_it = form.as_ref().is_some_and(|form| form.content.get().trim_ascii() == text.trim().as_bytes());
    let mut at = report.at(about);
    match is_it {
        true => at.passed("record", "It is, byte for byte, what the record of this portal holds as signed."),
        false => at.failed("record", "The record of this portal holds something else as signed under this id."),
    }
    let signed_at = form.filter(|_| is_it).map(|form| form.signed_at);
    at.found("key-state", known::state(own, signed_at));
    record::standing(asking, &credential, about, report)
}

/// The form under which something of ours was signed: a published record was signed whole, and apart from that as what its
/// code opens. Where neither is this text, the first.
fn the_form(conn: &mut Conn, id: &str, text: &str) -> Result<Option<SignedForm>, Refusal> {
    let forms = [signed_form::find(conn, id, CLR1_JWS)?, signed_form::find(conn, id, CLR1_COVER_JWS)?];
    let mut forms: Vec<SignedForm> = forms.into_iter().flatten().collect();
    let at = forms.iter().position(|form| form.content.get().trim_ascii() == text.trim().as_bytes());
    Ok(if forms.is_empty() { None } else { Some(forms.swap_remove(at.unwrap_or(0))) })
}

/// Those whose keys stand in a record.
fn signers(clr: &wire::Clr) -> BTreeSet<String> {
    crate::clr::v1::proof::signers(clr)
}
