//! CLR 1.0 of others: what lies at its own address, what its issuer revoked, and what third parties signed about it. Asked
//! only of hosts that an administrator allowed.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    super::{
        Asking,
        outside::{self, Hosted},
        report::{NotHeld, Report, unknown, wrong},
    },
    signed,
};
use crate::{
    clr::{
        v1::{read, wire},
        v2::checks::each,
    },
    registrar::Refusal,
};

/// The most signed endorsements of a record that are checked.
const MOST_ENDORSEMENTS: usize = 500;

/// Something that says where it lies.
pub struct Lying<'a> {
    /// Its id, which is its address.
    pub id: &'a str,
    /// Whoever published or issued it.
    pub owner: &'a str,
    /// How it says that it is verified.
    pub verification: Option<&'a wire::Verification>,
    /// The copy that was handed in, where it can be compared.
    pub copy: Option<&'a Value>,
}

impl Lying<'_> {
    /// Of what is not signed, what lies at its own address is the truth, where that is its publisher's.
    pub fn report(&self, asking: &mut Asking, about: &str, report: &mut Report) {
        let found = self.found(asking);
        report.at(about).found("hosted", found);
    }

    fn found(&self, asking: &mut Asking) -> Result<String, NotHeld> {
        if self.verification.is_some_and(|one| one.r#type != "Hosted") {
            return unknown("It says that it is signed, and this copy of it is not.");
        }
        if outside::host(self.id).is_none() {
            return unknown(
                "It is not signed, and does not lie at an address where it could be compared: anybody may have written it.",
            );
        }
        let there = match asking.outside.hosted(self.id)? {
            Hosted::Lies(there) => there,
            Hosted::Gone => return wrong("It was taken back: its own address says that it is gone."),
        };
        if there["revoked"] == true {
            return wrong(format!("It was revoked, by what lies at its own address{}.", reason(&there)));
        }
        match self.copy {
            None => {
                return unknown(
                    "It is wrapped in something else, so it could not be compared with what lies at its address.",
                );
            }
            Some(copy) if !is_same(copy, &there) => return wrong("What lies at its own address says something else."),
            Some(_) => {}
        }
        if self.lies_at_its_owners(asking)? {
            Ok("The same lies at its own address, at its issuer’s host.".to_owned())
        } else {
            unknown("The same lies at its own address, but nothing shows that this is its issuer’s.")
        }
    }

    /// Whether the address is one of its owner's: at the same host, or where the owner's own profile says that hosted things
    /// lie (`Verification`). What the copy says of that would be its own word.
    fn lies_at_its_owners(&self, asking: &mut Asking) -> Result<bool, NotHeld> {
        let host = outside::host(self.id);
        if outside::host(self.owner) == host {
            return Ok(true);
        }
        if !asking.outside.may_ask(self.owner) {
            return Ok(false);
        }
        let profile = asking.outside.json(self.owner)?;
        let scope = &profile["verification"];
        let begins = each(&scope["startsWith"]).into_iter().filter_map(Value::as_str);
        let hosts = each(&scope["allowedOrigins"]).into_iter().filter_map(Value::as_str);
        Ok(profile["id"] == self.owner
            && (begins.into_iter().any(|begin| outside::host(begin).is_some() && self.id.starts_with(begin))
                || hosts.into_iter().any(|one| Some(one) == host.as_deref())))
    }
}

/// Whether two copies say the same; a part of a record has no context of its own.
fn is_same(copy: &Value, there: &Value) -> bool {
    let bare = |value: &Value| {
        let mut members = value.as_object().cloned().unwrap_or_default();
        members.remove("@context");
        members
    };
    let contexts = (&copy["@context"], &there["@context"]);
    bare(copy) == bare(there) && (contexts.0.is_null() || contexts.0 == contexts.1)
}

fn reason(of: &Value) -> String {
    of["revocationReason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// What something says of itself.
pub fn told(now: DateTime<Utc>, revoked: Option<bool>, expires: Option<&str>, about: &str, report: &mut Report) {
    let mut at = report.at(about);
    if revoked == Some(true) {
        at.failed("status", "It says of itself that it was revoked.");
    }
    if let Some(until) = expires.and_then(|until| DateTime::parse_from_rfc3339(until).ok()) {
        let day = until.format("%-d %B %Y");
        match until < now {
            true => at.failed("expiration", format!("It expired on {day}.")),
            false => at.passed("expiration", format!("It is valid until {day}.")),
        }
    }
}

/// What the signer's list says of something signed (CLR 1.0 `RevocationList`; Open Badges 2.0 has also objects in it).
pub fn listed(asking: &mut Asking, signer: &Value, ids: &[&str]) -> Result<String, NotHeld> {
    let Some(address) = signer["revocationList"].as_str() else {
        return unknown("Its issuer names no list of what it revoked, so nobody can tell whether it still stands.");
    };
    let list = asking.outside.json(address)?;
    if list["issuer"].as_str().or_else(|| list["issuer"]["id"].as_str()) != signer["id"].as_str() {
        return wrong("Its revocation list is somebody else’s than its issuer’s.");
    }
    let is_it = |one: &Value| {
        let named = [one.as_str(), one["id"].as_str(), one["uid"].as_str()];
        named.into_iter().flatten().any(|named| ids.contains(&named))
    };
    match each(&list["revokedAssertions"]).into_iter().find(|one| is_it(one)) {
        Some(one) => wrong(format!("Its issuer revoked it{}.", reason(one))),
        None => Ok("Its issuer has not revoked it.".to_owned()),
    }
}

/// Checks what third parties signed about anything in a record.
pub fn endorsements(
    asking: &mut Asking,
    json: &Map<String, Value>,
    place: &str,
    report: &mut Report,
) -> Result<(), Refusal> {
    let mut found = Vec::new();
    gather(json, place, 0, &mut found);
    if found.len() > MOST_ENDORSEMENTS {
        report.at(place).unchecked("endorsement", "It carries more signed endorsements than can be checked at once.");
        found.truncate(MOST_ENDORSEMENTS);
    }
    for (place, endorsed, text) in found {
        let Some(endorsement) = read::signed_endorsement(text) else {
            report.at(&place).failed("endorsement", "It stands where a signed endorsement should, and is none.");
            continue;
        };
        signed(asking, text, (&endorsement.id, &endorsement.issuer.id), &place, report)?;
        told(asking.now, endorsement.revoked, None, &place, report);
        let mut at = report.at(&place);
        match endorsement.claim.id == endorsed {
            true => at.passed("endorsement", "It is about the very thing that carries it."),
            false => at.failed("endorsement", "It is about something else than the thing that carries it."),
        }
    }
    Ok(())
}

/// Signed endorsements with their places and the id of what carries each.
fn gather<'a>(json: &'a Map<String, Value>, place: &str, depth: usize, into: &mut Vec<(String, &'a str, &'a str)>) {
    if depth > super::super::DEEPEST {
        return;
    }
    let id = json.get("id").and_then(Value::as_str).unwrap_or_default();
    for (name, value) in json {
        for (at, one) in each(value).into_iter().enumerate() {
            match (name.as_str(), one) {
                ("signedEndorsements", Value::String(text)) => into.push((format!("{place}/{name}/{at}"), id, text)),
                (_, Value::Object(members)) => gather(members, &format!("{place}/{name}/{at}"), depth + 1, into),
                _ => {}
            }
        }
    }
}
