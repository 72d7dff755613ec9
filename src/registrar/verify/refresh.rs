//! The newest version of what others issued, where its `refreshService` names an address that may be asked (1EdTech
//! Credential Refresh). It is asked once, after the proof, as the public validator does; what comes is believed only when
//! the same issuer signed it for the same holder, and where nothing comes, the credential is checked as it was handed in.

use serde_json::Value;

use super::{
    Asking,
    report::Report,
    vc::{self, Given},
};
use crate::{
    clr::v2::checks::{self, Kind, each, types},
    registrar::Refusal,
};

const KIND: &str = "1EdTechCredentialRefresh";

/// The newest version; nothing where the one that was handed in is to be checked.
pub fn followed(asking: &mut Asking, given: &Given, report: &mut Report) -> Result<Option<Value>, Refusal> {
    let services = each(&given.credential["refreshService"]);
    let Some(service) = services.into_iter().find(|one| types(one).contains(&KIND)) else { return Ok(None) };
    let address = service["id"].as_str().unwrap_or_default();
    if !asking.outside.may_ask(address) {
        report.at("").unchecked("newest", "Its issuer may have a newer version, and was not asked: this portal asks only where its administrator allowed it.");
        return Ok(None);
    }
    let Ok(newest) = asking.outside.json(address) else {
        report.at("").passed("newest", "No newer version could be had from its issuer, so this one was checked.");
        return Ok(None);
    };
    if same_but_for_proof(&newest, given.credential) {
        report.at("").passed("newest", "Its issuer says that this is the newest version.");
        return Ok(None);
    }
    if !is_believed(asking, given.credential, &newest)? {
        report.at("").passed(
            "newest",
            "What its issuer gave as a newer version is none that the same issuer signed for the same holder, so this one \
             was checked.",
        );
        return Ok(None);
    }
    report.facts = checks::facts(&newest);
    report
        .at("")
        .passed("newest", "Its issuer gave a newer version. What follows is of that one, and so is what it says.");
    Ok(Some(newest))
}

fn same_but_for_proof(one: &Value, other: &Value) -> bool {
    let bare = |value: &Value| {
        let mut members = value.as_object().cloned().unwrap_or_default();
        members.remove("proof");
        members
    };
    bare(one) == bare(other)
}

/// Whether it is of the same kind, about the same holder, by the same issuer, and signed with a key of that issuer.
fn is_believed(asking: &mut Asking, given: &Value, newest: &Value) -> Result<bool, Refusal> {
    let issuer = checks::issuer_id(newest).unwrap_or_default().to_owned();
    let holder = &newest["credentialSubject"]["id"];
    let is_alike = Kind::of(newest) == Kind::of(given)
        && checks::issuer_id(given) == Some(&*issuer)
        && *holder == given["credentialSubject"]["id"]
        && !holder.is_null();
    Ok(is_alike && vc::proofs::all_hold(asking, newest, &issuer)?)
}
