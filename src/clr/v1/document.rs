//! Whole documents: what a CeDiD alone opens, and a learner's whole record.

use sha2::{Digest, Sha256};

use super::wire::{Clr, Context, Document};
use super::write::{bytes, instant, kind};
use super::{assertion, profile};
use crate::models::record::{Award, Record};

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

/// The CLR of a learner's whole record.
pub fn record_clr(record: &Record) -> Clr {
    let Record { id, learner, publisher, awards, as_of, partial } = record;
    Clr {
        id: id.clone(),
        r#type: kind("Clr"),
        assertions: awards.iter().flat_map(assertion::assertions).collect(),
        issued_on: instant(as_of),
        learner: profile::learner(learner),
        partial: Some(*partial),
        publisher: profile::organization(publisher),
        ..Clr::default()
    }
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
pub(super) fn derived_id(of: &str) -> String {
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
