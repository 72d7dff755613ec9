//! Whole documents: what a CeDiD alone opens, and a learner's whole record.

use sha2::{Digest, Sha256};

use super::wire::{Assertion, Clr, Context, Document, Profile};
use super::write::{bytes, extend, instant, kind, line};
use super::{achievement, assertion, endorsement, profile};
use crate::models::published::Cover;
use crate::models::record::{Award, Record, Standing};
use crate::values::{CeDiD, Status};

/// The address of the standard's JSON-LD context.
pub const CONTEXT: &str = "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld";

/// What a CeDiD alone opens, as a `getClr` document: the award, the events behind it, and of the person the name and
/// the profile id.
pub fn credential(award: &Award) -> Vec<u8> {
    bytes(&document(credential_clr(award)))
}

/// A learner's whole record as a `getClr` document, for the learner and the staff.
pub fn record(record: &Record) -> Vec<u8> {
    bytes(&document(record_clr(record)))
}

/// The same on one line, with its line end: for files of many records.
pub fn record_line(record: &Record) -> Vec<u8> {
    line(&document(record_clr(record)))
}

/// What the code of a published record opens, as a `getClr` document.
pub fn cover(cover: &Cover) -> Vec<u8> {
    bytes(&document(cover_clr(cover)))
}

/// The CLR of one award. It is partial: the publisher may know more of the learner than this.
pub fn credential_clr(award: &Award) -> Clr {
    let issued_on = award.issued.assertion.issued_on;
    // As for a record, the latest issue or change of status in it.
    let as_of = award.standing.since.map_or(issued_on, |since| since.max(issued_on));
    Clr {
        id: clr_id(&award.issued.assertion.id),
        r#type: kind("Clr"),
        assertions: assertion::assertions(award),
        issued_on: instant(&as_of),
        learner: profile::holder(&award.issued.holder),
        name: Some(award.issued.achievement.shown_title().to_owned()),
        partial: Some(true),
        publisher: profile::organization(&award.issued.publisher),
        ..Clr::default()
    }
}

/// The CLR of a learner's whole record, as of now or as it was published.
pub fn record_clr(record: &Record) -> Clr {
    let Record {
        id,
        learner,
        publisher,
        awards,
        as_of,
        partial,
        name,
        pathway,
        withdrawn,
        taken_back: _,
        endorsements,
        publication,
    } = record;
    let standing = publication.as_ref().map(|one| &one.standing);
    let mut learner = profile::learner(learner);
    if let Some(one) = publication {
        published_as(&mut learner, &one.cedid, one.number);
    }
    let (endorsements, signed_endorsements) = endorsement::endorsements(endorsements);
    Clr {
        id: id.clone(),
        r#type: kind("Clr"),
        endorsements,
        signed_endorsements,
        achievements: pathway.iter().map(achievement::achievement).collect(),
        assertions: awards
            .iter()
            .flat_map(assertion::assertions)
            .chain(withdrawn.iter().map(|id| taken_back(id)))
            .collect(),
        issued_on: instant(as_of),
        learner,
        name: name.clone(),
        partial: Some(*partial),
        publisher: profile::organization(publisher),
        ..stands(standing)
    }
}

/// What the code of a published record opens: that it is one, whose and by whom, and no award of it; so it is partial.
pub fn cover_clr(cover: &Cover) -> Clr {
    let Cover { id, cedid, holder, publisher, number, awards, published_on, standing, newer: _ } = cover;
    let mut learner = profile::holder(holder);
    published_as(&mut learner, cedid, *number);
    extend(&mut learner.extensions, "awards", awards.to_string());
    Clr {
        id: id.clone(),
        r#type: kind("Clr"),
        issued_on: instant(published_on),
        learner,
        partial: Some(true),
        publisher: profile::organization(publisher),
        ..stands(Some(standing))
    }
}

/// The code and the number of a record stand on its learner: the standard allows no extension at the top of a document.
/// As text, for the reason given at an achievement's version.
fn published_as(learner: &mut Profile, cedid: &CeDiD, number: i32) {
    extend(&mut learner.extensions, "cedid", cedid.to_string());
    extend(&mut learner.extensions, "number", number.to_string());
}

/// How a published record stands; one that was not published stands.
fn stands(standing: Option<&Standing>) -> Clr {
    let reason = standing.filter(|one| one.status != Status::InForce).and_then(assertion::why_revoked);
    Clr { revoked: reason.is_some().then_some(true), revocation_reason: reason, ..Clr::default() }
}

/// An assertion of an earlier record that was taken back: issuers may leave nothing of it but the id and that it was.
fn taken_back(id: &str) -> Assertion {
    Assertion { id: id.to_owned(), r#type: kind("Assertion"), revoked: Some(true), ..Assertion::default() }
}

fn document(clr: Clr) -> Document<Clr> {
    Document { context: Context::One(CONTEXT.to_owned()), body: clr }
}

/// The id of the CLR that holds one assertion: `…/clrs/U` beside `…/assertions/U`. An assertion with another kind of id
/// (a `urn:uuid:`, another system's address) gives a UUID that is made from it, so that it is the same every time.
fn clr_id(assertion: &str) -> String {
    match assertion.rsplit_once("/ims/clr/v1p0/assertions/") {
        Some((base, id)) => format!("{base}/ims/clr/v1p0/clrs/{id}"),
        None => derived_id(&format!("CLR of {assertion}")),
    }
}

/// A UUID that is made of what something is, so that it is the same every time.
pub(in crate::clr) fn derived_id(of: &str) -> String {
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(of)[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(digest).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::clr_id;

    #[test]
    fn the_clr_of_one_award_has_an_id_of_its_own() {
        assert_eq!(
            clr_id("https://a.edu/ims/clr/v1p0/assertions/cdbc8423-f010-4a28-84cb-dad933798db8"),
            "https://a.edu/ims/clr/v1p0/clrs/cdbc8423-f010-4a28-84cb-dad933798db8"
        );
        let derived = clr_id("urn:uuid:cdbc8423-f010-4a28-84cb-dad933798db8");
        assert_eq!(derived, clr_id("urn:uuid:cdbc8423-f010-4a28-84cb-dad933798db8"));
        assert!(derived.starts_with("urn:uuid:") && derived.len() == 45, "{derived}");
    }
}
