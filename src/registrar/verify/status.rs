//! The status of what others issued: in a Bitstring Status List, or in the revocation list of 1EdTech.

use serde_json::Value;

use super::{
    Asking,
    report::{NotHeld, Report, unknown, wrong},
};
use crate::{
    clr::v2::checks::{Kind, each, issuer_id},
    sign::{
        PublicKey, integrity,
        status_bits::{self, Unlisted},
    },
};

/// Writes down what the issuer's list says of a credential.
pub fn report(asking: &mut Asking, credential: &Value, about: &str, report: &mut Report) {
    let status = &credential["credentialStatus"];
    let mut at = report.at(about);
    if status.is_null() {
        at.passed("status", "Its issuer keeps no list of what was revoked, so it names none.");
        return;
    }
    let found = match status["type"].as_str() {
        Some("BitstringStatusListEntry") => bit(asking, credential, status),
        Some("1EdTechRevocationList") => listed(asking, credential, status),
        other => {
            unknown(format!("Its status is told in a way that is not known here ({}).", other.unwrap_or("nothing")))
        }
    };
    at.found("status", found);
}

fn bit(asking: &mut Asking, credential: &Value, status: &Value) -> Result<String, NotHeld> {
    let index = &status["statusListIndex"];
    let place = index.as_u64().or_else(|| index.as_str()?.parse().ok());
    let (Some(list), Some(place)) = (status["statusListCredential"].as_str(), place) else {
        return wrong("It does not say where its status is told.");
    };
    let purpose = status["statusPurpose"].as_str().unwrap_or_default();
    if !matches!(purpose, "revocation" | "suspension") {
        return unknown(format!("Its status list is for another purpose ({purpose})."));
    }
    let list = asking.outside.json(list)?;
    let subject = &list["credentialSubject"];
    if Kind::of(&list) != Some(Kind::StatusList) || !each(&subject["statusPurpose"]).iter().any(|one| **one == purpose)
    {
        return wrong("What its issuer names as its status list is none.");
    }
    if issuer_id(&list) != issuer_id(credential) {
        return wrong("Its status list is signed by somebody else than its issuer.");
    }
    believed(&list)?;
    match status_bits::is_set(subject["encodedList"].as_str().unwrap_or_default(), place) {
        Ok(true) if purpose == "suspension" => wrong("Its issuer suspended it."),
        Ok(true) => wrong("Its issuer revoked it."),
        Ok(false) => Ok("Its issuer has not revoked it.".to_owned()),
        Err(why @ Unlisted::Truncated) => wrong(format!("Its status cannot be relied on: {why}.")),
        Err(why) => unknown(format!("Its status could not be read: {why}.")),
    }
}

/// Whether a list carries a proof that holds. It came from the address that the signed credential names; so its key may be
/// named in it.
fn believed(list: &Value) -> Result<(), NotHeld> {
    let Ok(proof) = integrity::proof(list) else {
        return unknown("Its status list is not signed in a way that can be checked here.");
    };
    let multikey = proof.verification_method.rsplit(['#', ':']).next().unwrap_or_default();
    let Ok(key) = PublicKey::from_multikey(multikey) else {
        return unknown("The key of its status list is not named in a way that can be checked here.");
    };
    match integrity::holds(list, &key) {
        Ok(_) => Ok(()),
        Err(why) => wrong(format!("The signature of its status list does not hold: {why}.")),
    }
}

fn listed(asking: &mut Asking, credential: &Value, status: &Value) -> Result<String, NotHeld> {
    let list = asking.outside.json(status["id"].as_str().unwrap_or_default())?;
    if list["issuer"].is_string() && list["issuer"].as_str() != issuer_id(credential) {
        return wrong("Its revocation list is somebody else’s than its issuer’s.");
    }
    let found = each(&list["revokedCredential"]).into_iter().find(|one| one["id"] == credential["id"]);
    match found {
        Some(one) if one["revoked"] != false => {
            let reason = one["revocationReason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
            wrong(format!("Its issuer revoked it{reason}."))
        }
        _ => Ok("Its issuer has not revoked it.".to_owned()),
    }
}
