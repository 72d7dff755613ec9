//! Endorsements: what others say of an award, of what was awarded, of its issuer.
//!
//! Each is hosted: its id is the address under which the portal serves it to everybody, as [`document`] writes it, and
//! what is served is the truth. One that came signed from elsewhere travels as it came.

use super::document::CONTEXT;
use super::profile::{postal, system_identifier};
use super::wire::{CompactJws, Context, Document, Endorsement, EndorsementClaim, EndorsementProfile, Verification};
use super::write::{bytes, extensions, instant, kind, uri};
use crate::models::issued::{Endorser, IssuedEndorsement};

/// What the address of an endorsement answers (OpenAPI `getEndorsement`).
pub fn document(issued: &IssuedEndorsement) -> Vec<u8> {
    bytes(&Document { context: Context::One(CONTEXT.to_owned()), body: endorsement(issued) })
}

/// Those that are hosted here, and those that travel signed.
pub(super) fn endorsements(issued: &[IssuedEndorsement]) -> (Vec<Endorsement>, Vec<CompactJws>) {
    let (signed, hosted): (Vec<_>, Vec<_>) = issued.iter().partition(|one| one.signed.is_some());
    (hosted.into_iter().map(endorsement).collect(), signed.into_iter().filter_map(|one| one.signed.clone()).collect())
}

fn endorsement(issued: &IssuedEndorsement) -> Endorsement {
    let IssuedEndorsement { id, endorsed, comment, issued_on, endorser, signed: _, extensions: foreign, revoked } =
        issued;
    Endorsement {
        id: id.clone(),
        r#type: kind("Endorsement"),
        claim: EndorsementClaim {
            id: endorsed.clone(),
            r#type: kind("EndorsementClaim"),
            endorsement_comment: comment.clone(),
            ..EndorsementClaim::default()
        },
        issued_on: instant(issued_on),
        issuer: profile(endorser),
        revocation_reason: revoked.clone(),
        revoked: revoked.is_some().then_some(true),
        verification: Verification { r#type: "Hosted".to_owned(), ..Verification::default() },
        extensions: extensions(foreign),
    }
}

fn profile(endorser: &Endorser) -> EndorsementProfile {
    let Endorser {
        id,
        name,
        given_name,
        additional_name,
        family_name,
        description,
        url,
        telephone,
        email,
        image,
        official,
        address,
        identifiers,
    } = endorser;
    EndorsementProfile {
        id: id.clone(),
        r#type: kind("Profile"),
        additional_name: additional_name.clone(),
        address: postal(address),
        description: description.clone(),
        email: email.clone(),
        family_name: family_name.clone(),
        given_name: given_name.clone(),
        identifiers: identifiers.iter().map(system_identifier).collect(),
        image: image.clone(),
        name: Some(name.clone()),
        official: official.clone(),
        telephone: telephone.clone(),
        url: url.as_deref().map(uri),
        ..EndorsementProfile::default()
    }
}
