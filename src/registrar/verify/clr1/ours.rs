//! CLR 1.0 of ours in the clear: compared, leaf by leaf, with what this portal serves now.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    super::{
        Asking,
        record::{self, NOT_SHOWN},
        report::Report,
    },
    keys_named, signers,
};
use crate::{
    clr::v1::{self, proof::Proof, read::Record, wire::Clr},
    db::Conn,
    models::{
        Credential, clr,
        credential::{self, Disclosed},
        erasure, hold, profile, published,
        record::{Award, Record as Growing, assemble},
    },
    registrar::{Refusal, clr1, share},
    values::{CeDiD, Iri, Origin, Reading},
};

/// An award of ours that a record names by its code.
struct Named {
    credential: Credential,
    award: Award,
}

/// Writes down what our record says of a record in the clear; `false` where it is none of ours.
pub fn report(asking: &mut Asking, one: &Record, whole: Option<&Value>, report: &mut Report) -> Result<bool, Refusal> {
    let (portal, now) = (asking.portal.clone(), asking.now);
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(false) };
    let publisher = Iri::parse(&one.clr.publisher.id).ok().map(|iri| profile::by_iri(conn, &iri)).transpose()?;
    if !publisher.flatten().is_some_and(|publisher| publisher.origin == Origin::Own) {
        return Ok(false);
    }
    let proof = clr1::known(conn, &portal, &signers(&one.clr))?;
    let awards = named(conn, one, now)?;
    let published = published_as(conn, &one.clr)?;
    let given = whole.cloned().unwrap_or_else(|| Value::Object(one.json.clone()));
    let given = keys_named::taken_out(conn, &portal, &proof, &given)?;
    let proof = Proof { keys: HashMap::new(), ..proof };
    let mut served = Vec::new();
    if let ([only], None) = (awards.as_slice(), &published) {
        served.push(v1::credential_clr(&only.award));
    }
    if let Some(credential) = &published {
        served.push(v1::record_clr(&published::record(conn, credential, now)?));
        served.push(v1::cover_clr(&published::cover(conn, credential, now)?));
    }
    let growing = growing(conn, &one.clr, published.is_some(), (&portal.base_url, now))?;
    served.extend(growing.iter().map(v1::record_clr));
    let holds =
        served.iter().any(|clr| is_same(&given, clr, &proof)) || is_older_copy(&given, &growing, &awards, &proof);
    let is_known = published.is_some() || !awards.is_empty();
    let mut at = report.at(&one.place);
    match (is_known, holds) {
        (_, true) => at.passed("record", "It says, leaf by leaf, what the record of this portal says now."),
        (true, false) => at.failed("record", "The record of this portal says something else now."),
        (false, false) => {
            at.unchecked("record", NOT_SHOWN);
            at.unchecked("status", NOT_SHOWN);
        }
    }
    if let Some(credential) = &published {
        record::standing(asking, credential, &one.place, report)?;
    }
    let is_alone = awards.len() == 1 && published.is_none();
    let stands = awards.iter().any(|one| one.award.standing.reading == Reading::Valid);
    for (place, found) in places(&one.clr, &awards) {
        let about = if is_alone { one.place.clone() } else { format!("{}{place}", one.place) };
        // A record that says of one of its awards what is so, that another took its place or that it expired, is right.
        let reading = found.award.standing.reading;
        if holds && stands && !is_alone && matches!(reading, Reading::Replaced | Reading::Expired) {
            let told = record::told(&found.award.standing).1;
            report.at(&about).passed("status", format!("{told} The record says so itself."));
        } else {
            record::standing(asking, &found.credential, &about, report)?;
        }
    }
    Ok(true)
}

/// The records under the id of this one that hold what was awarded so far: the learner's own, which nobody published, and
/// what was shared. Of a learner who is held or was erased there are none.
fn growing(
    conn: &mut Conn,
    given: &Clr,
    is_published: bool,
    (base_url, now): (&str, DateTime<Utc>),
) -> Result<Vec<Growing>, Refusal> {
    let mut growing = share::under(conn, &given.id)?;
    if !is_published
        && let Ok(learner) = Iri::parse(&given.learner.id)
        && let Some(person) = profile::by_iri(conn, &learner)?
        && !hold::is_on(conn, &person.id)?
        && erasure::of(conn, &person.id)?.is_none()
    {
        growing.extend(assemble(conn, &person, base_url, now)?);
    }
    Ok(growing)
}

/// The awards that a record names by their codes, as far as the public may see them.
fn named(conn: &mut Conn, one: &Record, now: DateTime<Utc>) -> Result<Vec<Named>, Refusal> {
    let mut found = Vec::new();
    for assertion in &one.clr.assertions {
        let Some(code) = assertion.extensions.get("testamur:cedid").and_then(Value::as_str) else { continue };
        let Ok(code) = CeDiD::parse(code) else { continue };
        if let Disclosed::One(credential) = credential::disclosed(conn, &code)?
            && credential.clr_id.is_none()
            && credential.cedid == code
        {
            let award = credential::award(conn, &credential, now)?;
            found.push(Named { credential: *credential, award });
        }
    }
    Ok(found)
}

/// The credential that a record was published as, where the public may see it.
fn published_as(conn: &mut Conn, given: &Clr) -> Result<Option<Credential>, Refusal> {
    let Ok(iri) = Iri::parse(&given.id) else { return Ok(None) };
    let Some(row) = clr::by_iri(conn, &iri)? else { return Ok(None) };
    let Some(found) = credential::of_clr(conn, &row.id)? else { return Ok(None) };
    Ok(record::is_open(conn, &found)?.then_some(found))
}

fn places<'a>(given: &Clr, awards: &'a [Named]) -> Vec<(String, &'a Named)> {
    let mut places = Vec::new();
    for (at, assertion) in given.assertions.iter().enumerate() {
        let code = assertion.extensions.get("testamur:cedid").and_then(Value::as_str);
        let found = awards.iter().find(|one| code.is_some_and(|code| one.credential.cedid.to_string() == code));
        places.extend(found.map(|found| (format!("/assertions/{at}"), found)));
    }
    places
}

/// A CLR as this portal would write it.
fn written(clr: &Clr, proof: &Proof) -> Value {
    serde_json::from_slice(&proof.document(clr.clone())).unwrap_or_default()
}

fn is_same(given: &Value, clr: &Clr, proof: &Proof) -> bool {
    let written = written(clr, proof);
    bare(given) == bare(&written) && has_context_of(given, &written)
}

/// A record in a set has no context of its own.
fn has_context_of(given: &Value, written: &Value) -> bool {
    given["@context"].is_null() || given["@context"] == written["@context"]
}

/// A record without its context.
fn bare(value: &Value) -> Map<String, Value> {
    let mut members = value.as_object().cloned().unwrap_or_default();
    members.remove("@context");
    members
}

/// Whether it is a copy of a record from before more was awarded: everything in it still stands there as it is, nothing is
/// missing that had been issued by then, and it says the same of learner and publisher.
fn is_older_copy(given: &Value, growing: &[Growing], awards: &[Named], proof: &Proof) -> bool {
    let Some(record) = growing.iter().find(|one| one.id == given["id"].as_str().unwrap_or_default()) else {
        return false;
    };
    let now = v1::record_clr(record);
    let of_awards = awards.iter().flat_map(|one| proof.clr(v1::credential_clr(&one.award)).assertions);
    let of_record = proof.clr(now.clone()).assertions;
    let stands: BTreeMap<String, Value> = of_awards
        .chain(of_record)
        .filter_map(|assertion| Some((assertion.id.clone(), serde_json::to_value(&assertion).ok()?)))
        .collect();
    let times: Vec<String> = std::iter::once(now.issued_on.clone())
        .chain(awards.iter().map(|one| v1::credential_clr(&one.award).issued_on))
        .chain(stands.values().filter_map(|one| one["issuedOn"].as_str().map(str::to_owned)))
        .collect();
    let all = given["assertions"].as_array().cloned().unwrap_or_default();
    let is_time = given["issuedOn"].as_str().is_some_and(|time| times.iter().any(|one| one == time));
    let written = written(&now, proof);
    let related = given["achievements"].as_array().cloned().unwrap_or_default();
    let are_related = related.iter().all(|one| written["achievements"].as_array().is_some_and(|all| all.contains(one)));
    let others = |value: &Value| {
        let mut members = bare(value);
        ["assertions", "achievements", "issuedOn"].iter().for_each(|member| drop(members.remove(*member)));
        members
    };
    let ids: Vec<&str> = all.iter().filter_map(|one| one["id"].as_str()).collect();
    let until = given["issuedOn"].as_str().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
    let is_whole = record
        .awards
        .iter()
        .filter(|one| until.is_some_and(|at| one.issued.assertion.issued_on.timestamp() <= at.timestamp()))
        .all(|one| one.issued.assertion_ids().all(|id| ids.contains(&id)));
    let every = |assertion: &Value| assertion["id"].as_str().and_then(|id| stands.get(id)) == Some(assertion);
    !all.is_empty()
        && has_context_of(given, &written)
        && is_time
        && are_related
        && all.iter().all(every)
        && is_whole
        && others(given) == others(&written)
}
