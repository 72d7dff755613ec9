//! Endorsements: credentials of their own, which their endorsers sign and which stand in what they endorse.

use super::wire::{Credential, EndorsementSubject, Signed};
use super::{BADGES, CREDENTIALS, Signing, profile, terms};
use crate::clr::v1::write::instant;
use crate::models::issued::{Issued, IssuedEndorsement};

/// The endorsements that stand in an award, of which each is to be signed by its endorser.
pub fn endorsements(issued: &Issued) -> Vec<&IssuedEndorsement> {
    let achievements = std::iter::once(&issued.achievement).chain(issued.events.iter().map(|one| &one.achievement));
    let of_achievements = achievements.flat_map(|one| one.endorsements.iter().chain(&one.issuer.endorsements));
    let all = issued.assertion.endorsements.iter().chain(of_achievements).chain(&issued.publisher.endorsements);
    all.filter(|one| one.signed.is_none()).collect()
}

/// An endorsement as a credential, to be signed under this id.
pub fn endorsement(issued: &IssuedEndorsement, endorser: &str, signing: &Signing) -> String {
    let IssuedEndorsement { id, endorsed, comment, issued_on, endorser: who, signed: _, extensions: _, revoked: _ } =
        issued;
    let credential = Credential {
        context: vec![CREDENTIALS, BADGES],
        id: terms::credential_id("Endorsement credential", id),
        r#type: vec!["VerifiableCredential", "EndorsementCredential"],
        name: Some(format!("Endorsement by {}", who.name)),
        description: None,
        image: None,
        partial: None,
        issuer: profile::endorser(who, endorser),
        valid_from: instant(issued_on),
        valid_until: None,
        awarded_date: None,
        credential_subject: EndorsementSubject {
            id: endorsed_id(endorsed, signing),
            r#type: vec!["EndorsementSubject"],
            endorsement_comment: comment.clone(),
        },
        evidence: Vec::new(),
        endorsement: Vec::new(),
        credential_status: None,
        refresh_service: None,
    };
    credential.written()
}

/// What is endorsed, by the id that it has in these standards. An award is meant by the address of its assertion: under the
/// id of the credential that holds the endorsement, verifiers would take the endorsement for a second description of it.
fn endorsed_id(id: &str, signing: &Signing) -> String {
    match signing.issuers.get(id) {
        Some(profile) => profile.clone(),
        None => signing.achievement_id(id),
    }
}

/// The signed forms of those that were signed.
pub fn signed(endorsements: &[IssuedEndorsement], signing: &Signing) -> Vec<Signed> {
    endorsements.iter().filter_map(|one| signing.endorsements.get(&one.id).cloned()).collect()
}
