//! Reading CLR 1.0 as real systems write it: bytes in, records and a list of what was doubtful out. Pure: nothing is
//! looked up, nothing is fetched, no signature is checked (that is another room's), and nothing hostile makes it panic.
//!
//! It takes a CLR, a ClrSet, a signed CLR, a credential (W3C) whose subject is one of these, a payload of `postClr`, and a
//! list of any of them; of the final standard (January 2021) and of the candidate (May 2020). What comes out is in the
//! final standard's terms. Every leniency is a [`Warning`] that names its place as a JSON pointer (RFC 6901).

mod bytes;
mod class;
mod shape;
mod tidy;
mod time;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::wire;
use tidy::Notes;

pub use shape::Shape;
pub use tidy::RECEIVED;

/// The largest file that is read.
pub const MOST_BYTES: usize = 25 * 1024 * 1024;
/// Records of one file.
const MOST_RECORDS: usize = 10_000;
/// Assertions of one record.
const MOST_ASSERTIONS: usize = 20_000;

/// The media type of a document in the clear.
pub const JSON: &str = "application/ld+json";
/// The media type of a signed one.
pub const JWS: &str = "application/jose";

/// Something that was read leniently, or looks wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// Where, as a JSON pointer.
    pub place: String,
    /// What, as a sentence.
    pub message: String,
}

/// A file that was read.
#[derive(Debug)]
pub struct Reading {
    /// What it is.
    pub shape: Shape,
    /// The records in it, each once.
    pub records: Vec<Record>,
    /// How many records stood in it a second time.
    pub duplicates: usize,
    /// What was read leniently.
    pub warnings: Vec<Warning>,
    /// Warnings beyond those listed.
    pub further: usize,
}

/// One record of a file.
#[derive(Debug, Clone)]
pub struct Record {
    /// The record in the standard's classes.
    pub clr: wire::Clr,
    /// The same as it was put in order, with everything it said.
    pub json: Map<String, Value>,
    /// Exactly what it came as.
    pub bytes: Vec<u8>,
    /// What these bytes are: [`JSON`] or [`JWS`].
    pub media_type: &'static str,
    /// Where it stands in the file.
    pub place: String,
    /// Assertions that came signed, with the place of each; their signatures are not checked here.
    pub signed: Vec<(String, wire::Assertion, Map<String, Value>)>,
}

/// Why a file cannot be read at all, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Reads a file.
pub fn read(file: &[u8]) -> Result<Reading, Unreadable> {
    if file.len() > MOST_BYTES {
        return Err(Unreadable("The file is larger than 25 MB".to_owned()));
    }
    let mut notes = Notes::default();
    let (shape, found) = shape::found(file, &mut notes)?;
    if found.is_empty() {
        return Err(Unreadable("It holds no record".to_owned()));
    }
    if found.len() > MOST_RECORDS {
        return Err(Unreadable(format!("It holds more than {MOST_RECORDS} records; split it into several files")));
    }
    let mut records: Vec<Record> = Vec::new();
    let mut duplicates = 0;
    let mut places = std::collections::HashMap::new();
    for one in found {
        let record = record(one, &mut notes)?;
        match places.get(&record.clr.id) {
            Some(first) => {
                duplicates += 1;
                let told = format!("the same record as at {first}, by its id; it is taken once");
                notes.warn(&record.place, told);
            }
            None => {
                places.insert(record.clr.id.clone(), record.place.clone());
                records.push(record);
            }
        }
    }
    if let ([only], Shape::Clr | Shape::Credential) = (records.as_mut_slice(), shape) {
        // One record alone keeps the whole file, with whatever was wrapped around it.
        only.bytes = file.to_vec();
    }
    Ok(Reading { shape, records, duplicates, warnings: notes.warnings, further: notes.further })
}

fn record(found: shape::Found, notes: &mut Notes) -> Result<Record, Unreadable> {
    let shape::Found { value, bytes, media_type, place } = found;
    let nothing = || shape::not_a_record(&place);
    let tidy = tidy::object(value, &class::CLR, &place, notes).ok_or_else(nothing)?;
    let Value::Object(json) = tidy else { return Err(nothing()) };
    let clr: wire::Clr = understood(&json, &place)?;
    if clr.assertions.len() + clr.signed_assertions.len() > MOST_ASSERTIONS {
        return Err(Unreadable(format!("{} holds more than {MOST_ASSERTIONS} assertions", named(&place))));
    }
    for (member, told) in [("learner", clr.learner.id.is_empty()), ("publisher", clr.publisher.id.is_empty())] {
        if told {
            return Err(Unreadable(format!("{} names no {member}", named(&place))));
        }
    }
    let signed = clr.signed_assertions.iter().enumerate();
    let signed = signed.filter_map(|(at, jws)| signed_assertion(jws, &format!("{place}/signedAssertions/{at}"), notes));
    Ok(Record { signed: signed.collect(), clr, json, bytes, media_type, place })
}

/// The record in a sentence: with its place, unless it is the whole file.
fn named(place: &str) -> String {
    if place.is_empty() { "The record".to_owned() } else { format!("The record at {place}") }
}

/// A tidied object in its class. Tidying leaves nothing that does not fit; should it, this is a refusal and not a panic.
fn understood<T: serde::de::DeserializeOwned>(json: &Map<String, Value>, place: &str) -> Result<T, Unreadable> {
    serde_json::from_value(Value::Object(json.clone()))
        .map_err(|why| Unreadable(format!("{} cannot be understood: {why}", named(place))))
}

fn signed_assertion(
    jws: &str,
    place: &str,
    notes: &mut Notes,
) -> Option<(String, wire::Assertion, Map<String, Value>)> {
    let Some(payload) = shape::payload(jws) else {
        notes.warn(place, "what is signed here cannot be read; it is kept as it is");
        return None;
    };
    notes.warn(place, "a signed assertion; its signature is kept and was not checked");
    let Value::Object(json) = tidy::object(payload, &class::ASSERTION, place, notes)? else { return None };
    let assertion = understood(&json, place).ok()?;
    Some((place.to_owned(), assertion, json))
}

/// What a signed endorsement says; its signature is not checked here.
pub fn signed_endorsement(jws: &str) -> Option<wire::Endorsement> {
    let tidy = tidy::object(shape::payload(jws)?, &class::ENDORSEMENT, "", &mut Notes::default())?;
    serde_json::from_value(tidy).ok()
}
