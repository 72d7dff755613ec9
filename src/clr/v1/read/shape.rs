//! What a file is, and where its records stand in it.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use std::ops::Range;

use super::{
    JSON, JWS, Unreadable,
    bytes::{elements, member, refuse_too_heavy},
    tidy::{Notes, under},
};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One CLR.
    Clr,
    /// A ClrSet.
    ClrSet,
    /// A signed CLR.
    Signed,
    /// A credential whose subject is a CLR or a set.
    Credential,
    /// A list of records.
    List,
}

impl Shape {
    /// What it is, for people.
    pub fn shown(self) -> &'static str {
        match self {
            Shape::Clr => "a CLR",
            Shape::ClrSet => "a set of CLRs",
            Shape::Signed => "a signed CLR",
            Shape::Credential => "a credential that wraps a CLR",
            Shape::List => "a list of CLRs",
        }
    }
}

/// A record where it stands.
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: &'static str,
    pub(super) place: String,
}

/// The records of a file.
pub(super) fn found(file: &[u8], notes: &mut Notes) -> Result<(Shape, Vec<Found>), Unreadable> {
    let text = std::str::from_utf8(file).map_err(|_| Unreadable("The file is not UTF-8 text".to_owned()))?;
    let text =
        text.strip_prefix('\u{feff}').inspect(|_| notes.warn("", "a byte order mark stands before it")).unwrap_or(text);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Unreadable("The file is empty".to_owned()));
    }
    if let Some(payload) = payload(trimmed) {
        let mut records = Vec::new();
        let jws = trimmed.as_bytes().to_vec();
        signed(payload, jws, "", &mut records, notes)?;
        return Ok((Shape::Signed, records));
    }
    refuse_too_heavy(text.as_bytes()).map_err(Unreadable)?;
    let value: Value = serde_json::from_str(text).map_err(|why| {
        Unreadable(format!("It is neither JSON nor a signed document: line {}, column {}", why.line(), why.column()))
    })?;
    let mut records = Vec::new();
    let shape = gather(value, (text.as_bytes(), 0..text.len()), "", &mut records, notes)?;
    Ok((shape, records))
}

/// The payload of a compact JWS.
pub(super) fn payload(text: &str) -> Option<Value> {
    let mut parts = text.trim().split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || text.len() > super::MOST_BYTES {
        return None;
    }
    let decoded = |part: &str| {
        let part = part.trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(part).or_else(|_| STANDARD_NO_PAD.decode(part)).ok()
    };
    serde_json::from_slice::<Value>(&decoded(header)?).ok().filter(Value::is_object)?;
    let payload = decoded(payload)?;
    refuse_too_heavy(&payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

type Bytes<'a> = (&'a [u8], Range<usize>);

fn gather(
    value: Value,
    (bytes, range): Bytes,
    place: &str,
    into: &mut Vec<Found>,
    notes: &mut Notes,
) -> Result<Shape, Unreadable> {
    match value {
        Value::Array(values) => {
            if values.is_empty() {
                return Err(Unreadable("The list is empty".to_owned()));
            }
            for ((at, value), range) in values.into_iter().enumerate().zip(elements(bytes, range)) {
                gather(value, (bytes, range), &under(place, &at.to_string()), into, notes)?;
            }
            Ok(Shape::List)
        }
        Value::String(text) => {
            let payload = payload(&text).ok_or_else(|| not_a_record(place))?;
            signed(payload, text.into_bytes(), place, into, notes)?;
            Ok(Shape::Signed)
        }
        Value::Object(members) => {
            let has = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
            if has("credentialSubject") || has("vc") {
                let name = if has("credentialSubject") { "credentialSubject" } else { "vc" };
                descend(members, name, (bytes, range), place, (into, notes))?;
                return Ok(Shape::Credential);
            }
            if has("clrs") || has("signedClrs") {
                for name in ["clrs", "signedClrs"] {
                    if has(name) {
                        descend(members.clone(), name, (bytes, range.clone()), place, (into, notes))?;
                    }
                }
                return Ok(Shape::ClrSet);
            }
            for name in ["clr", "signedClr"] {
                if has(name) && !has("learner") {
                    descend(members, name, (bytes, range), place, (into, notes))?;
                    return Ok(Shape::Clr);
                }
            }
            if !has("learner") && !has("publisher") && !has("assertions") {
                return Err(not_a_clr(&Value::Object(members), place));
            }
            if place.is_empty() && !has("@context") {
                notes.warn("", "it has no “@context”");
            }
            let own = bytes.get(range).unwrap_or_default().to_vec();
            into.push(Found { value: Value::Object(members), bytes: own, media_type: JSON, place: place.to_owned() });
            Ok(Shape::Clr)
        }
        _ => Err(not_a_record(place)),
    }
}

fn descend(
    mut members: serde_json::Map<String, Value>,
    name: &str,
    (bytes, range): Bytes,
    place: &str,
    (into, notes): (&mut Vec<Found>, &mut Notes),
) -> Result<(), Unreadable> {
    let within = member(bytes, range, name).unwrap_or(0..0);
    let value = members.remove(name).unwrap_or_default();
    if matches!(&value, Value::Array(values) if values.is_empty()) {
        return Ok(());
    }
    gather(value, (bytes, within), &under(place, name), into, notes).map(|_| ())
}

/// A signed document: what it says is taken, its own text is kept, and that nobody checked the signature is noted.
fn signed(
    payload: Value,
    jws: Vec<u8>,
    place: &str,
    into: &mut Vec<Found>,
    notes: &mut Notes,
) -> Result<(), Unreadable> {
    notes.warn(place, "it is signed; the signature is kept and was not checked");
    let text = payload.to_string();
    let before = into.len();
    gather(payload, (text.as_bytes(), 0..text.len()), place, into, notes)?;
    for one in into.iter_mut().skip(before) {
        (one.bytes, one.media_type) = (jws.clone(), JWS);
    }
    Ok(())
}

pub(super) fn not_a_record(place: &str) -> Unreadable {
    Unreadable(match place {
        "" => "This is not a CLR".to_owned(),
        place => format!("What stands at {place} is not a CLR"),
    })
}

/// Says what it is instead, where that can be told. Whoever brings a file in reads it, and whoever has one checked.
fn not_a_clr(value: &Value, place: &str) -> Unreadable {
    let told = |name: &str| value.get(name).map(Value::to_string).unwrap_or_default();
    let (types, context) = (told("type"), told("@context"));
    let instead =
        if types.contains("OpenBadge") || types.contains("AchievementSubject") || context.contains("/ob/v3p0/") {
            "It is an Open Badge, and not a CLR 1.0 document"
        } else if context.contains("/clr/v2p0/") || types.contains("ClrSubject") {
            "It is a CLR 2.0 document, and not one of CLR 1.0"
        } else {
            return not_a_record(place);
        };
    Unreadable(instead.to_owned())
}
