//! A received record, out again: another publisher's byte for byte, our own with what is true of it now.

use crate::{
    clock,
    clr::v1::{self, read},
    db::Conn,
    models::{Assertion, Clr, credential, import::known, record::Award},
    registrar::Refusal,
    values::{Id, Iri, Origin},
};

/// The bytes of a record as they are given out again, and what they are. `None` for a record that was not received.
pub fn again(conn: &mut Conn, record: &Clr) -> Result<Option<(Vec<u8>, String)>, Refusal> {
    let (Some(bytes), Some(media_type)) = (record.document.clone(), record.media_type.clone()) else { return Ok(None) };
    if record.origin == Origin::Foreign {
        return Ok(Some((bytes, media_type)));
    }
    let Some(found) = received(record)? else { return Ok(None) };
    let mut awards: Vec<Award> = Vec::new();
    for told in &found.clr.assertions {
        let Ok(iri) = Iri::parse(&told.id) else { continue };
        let Some(assertion) = known::assertion(conn, &iri)? else { continue };
        awards.extend(award(conn, &assertion.id)?);
    }
    let written = v1::received_record(&found.json, &awards);
    Ok(written.map(|bytes| (bytes, read::JSON.to_owned())))
}

fn award(conn: &mut Conn, id: &Id<Assertion>) -> Result<Option<Award>, Refusal> {
    let Some(issued) = credential::of_assertion(conn, id)? else { return Ok(None) };
    Ok(Some(credential::award(conn, &issued, clock::now())?))
}

/// What a received record says.
pub fn received(record: &Clr) -> Result<Option<read::Record>, Refusal> {
    let Some(bytes) = &record.document else { return Ok(None) };
    let reading = read::read(bytes).map_err(|why| Refusal::Defect(why.to_string()))?;
    Ok(reading.records.into_iter().find(|one| one.clr.id == record.iri.as_str()))
}
