//! The keys that a copy names. Which key a profile shows changes when keys are made and rotated, and a copy in the clear
//! from before stays a true copy: so a key of ours counts as named whichever it was, and no key as none yet.

use serde_json::{Map, Value};

use crate::{
    clr::v1::{proof::Proof, wire::Profile},
    db::Conn,
    models::{profile, signing_key},
    registrar::{Portal, Refusal, keys::published},
    values::Iri,
};

/// The members by which a profile says how its signatures are checked.
const MEMBERS: [&str; 3] = ["publicKey", "revocationList", "verification"];

/// The copy without what its profiles rightly say of their keys. What they say wrongly stays, and differs.
pub fn taken_out(conn: &mut Conn, portal: &Portal, proof: &Proof, copy: &Value) -> Result<Value, Refusal> {
    let mut copy = copy.clone();
    take_out(conn, portal, proof, &mut copy)?;
    Ok(copy)
}

fn take_out(conn: &mut Conn, portal: &Portal, proof: &Proof, value: &mut Value) -> Result<(), Refusal> {
    match value {
        Value::Array(all) => all.iter_mut().try_for_each(|one| take_out(conn, portal, proof, one)),
        Value::Object(members) => {
            if is_right(conn, portal, proof, members)? {
                MEMBERS.iter().for_each(|member| drop(members.remove(*member)));
            }
            members.values_mut().try_for_each(|one| take_out(conn, portal, proof, one))
        }
        _ => Ok(()),
    }
}

/// Whether it is a profile that signs here, and says of its key what it says now, or said with an earlier key.
fn is_right(conn: &mut Conn, portal: &Portal, proof: &Proof, members: &Map<String, Value>) -> Result<bool, Refusal> {
    let Some(id) = members.get("id").and_then(Value::as_str) else { return Ok(false) };
    let now = said(proof, id);
    let is_as_now = |member: &str| members.get(member) == now.get(member);
    let Some(key) = members.get("publicKey") else { return Ok(false) };
    if !is_as_now("revocationList") || !is_as_now("verification") {
        return Ok(false);
    }
    Ok(is_as_now("publicKey") || is_earlier(conn, portal, id, key)?)
}

/// What a profile says of its key now.
fn said(proof: &Proof, id: &str) -> Value {
    let mut own = Profile { id: id.to_owned(), ..Profile::default() };
    proof.profile(&mut own);
    serde_json::to_value(own).unwrap_or_default()
}

fn is_earlier(conn: &mut Conn, portal: &Portal, id: &str, key: &Value) -> Result<bool, Refusal> {
    let Ok(iri) = Iri::parse(id) else { return Ok(false) };
    let Some(owner) = profile::by_iri(conn, &iri)? else { return Ok(false) };
    for own in signing_key::of(conn, &owner.id)? {
        let mut shown = published::cryptographic_key(conn, portal, &own)?;
        shown.as_object_mut().map(|members| members.remove("@context"));
        if shown == *key {
            return Ok(true);
        }
    }
    Ok(false)
}
