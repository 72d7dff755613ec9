//! Profiles: who issues, who published, who endorses, and whose credential it is.

use super::wire::{Address, IdentifierEntry, IdentityObject, Image, Profile, Signed};
use super::{Signing, endorsement, terms};
use crate::clr::v1::write::uri;
use crate::models::issued::{Endorser, Holder, Organization};
use crate::models::record::Learner;
use crate::values::{self, SystemIdentifier};

/// An organisation whole, under the id by which it signs.
pub fn organization(organization: &Organization, signing: &Signing) -> Profile {
    let Organization {
        id,
        name,
        url,
        telephone,
        email,
        description,
        image: logo,
        official,
        address,
        identifiers,
        extensions: _,
        parent,
        endorsements,
    } = organization;
    Profile {
        id: signing.id(id).into_owned(),
        r#type: vec!["Profile"],
        name: Some(name.clone()),
        url: url.as_deref().map(uri),
        phone: telephone.clone(),
        description: description.clone(),
        endorsement: said(endorsements, signing),
        image: image(logo.as_deref()),
        email: email.clone(),
        address: postal(address),
        other_identifier: identifiers.iter().map(identifier).collect(),
        official: official.clone(),
        parent_org: parent.as_deref().map(|parent| Box::new(self::organization(parent, signing))),
        ..Profile::default()
    }
}

/// An organisation that is described elsewhere in the document.
pub fn named(organization: &Organization, signing: &Signing) -> Profile {
    Profile {
        id: signing.id(&organization.id).into_owned(),
        r#type: vec!["Profile"],
        name: Some(organization.name.clone()),
        ..Profile::default()
    }
}

/// Who endorses.
pub fn endorser(endorser: &Endorser, id: &str) -> Profile {
    let Endorser {
        id: _,
        name,
        given_name,
        additional_name,
        family_name,
        description,
        url,
        telephone,
        email,
        image: logo,
        official,
        address,
        identifiers,
    } = endorser;
    Profile {
        id: id.to_owned(),
        r#type: vec!["Profile"],
        name: Some(name.clone()),
        url: url.as_deref().map(uri),
        phone: telephone.clone(),
        description: description.clone(),
        image: image(logo.as_deref()),
        email: email.clone(),
        address: postal(address),
        other_identifier: identifiers.iter().map(identifier).collect(),
        official: official.clone(),
        given_name: given_name.clone(),
        additional_name: additional_name.clone(),
        family_name: family_name.clone(),
        ..Profile::default()
    }
}

/// The holder: the name, in clear, beside the profile id; nothing else.
pub fn holder(holder: &Holder) -> Vec<IdentityObject> {
    vec![identity("name", &holder.name)]
}

/// The learner as the office knows her, for her own download.
pub fn learner(learner: &Learner) -> Vec<IdentityObject> {
    let known =
        [("emailAddress", &learner.email), ("ext:studentId", &learner.student_id), ("sourcedId", &learner.sourced_id)];
    let known = known.into_iter().filter_map(|(of, value)| Some(identity(of, value.as_deref()?)));
    let others =
        learner.identifiers.iter().map(|one| identity(&terms::identifier_type(&one.identifier_type), &one.identifier));
    holder(&learner.holder).into_iter().chain(known).chain(others).collect()
}

fn identity(of: &str, value: &str) -> IdentityObject {
    IdentityObject {
        r#type: "IdentityObject".to_owned(),
        hashed: false,
        identity_hash: value.to_owned(),
        identity_type: of.to_owned(),
    }
}

/// The signed ones among these.
pub fn said(endorsements: &[crate::models::issued::IssuedEndorsement], signing: &Signing) -> Vec<Signed> {
    endorsement::signed(endorsements, signing)
}

/// An image.
pub fn image(address: Option<&str>) -> Option<Image> {
    address.and_then(terms::image).map(|id| Image { id, r#type: "Image".to_owned() })
}

/// What another system calls it.
pub fn identifier(known: &SystemIdentifier) -> IdentifierEntry {
    let SystemIdentifier { identifier_type, identifier } = known;
    IdentifierEntry {
        r#type: "IdentifierEntry".to_owned(),
        identifier: identifier.clone(),
        identifier_type: terms::identifier_type(identifier_type),
    }
}

fn postal(address: &values::Address) -> Option<Address> {
    if address.is_empty() {
        return None;
    }
    let values::Address { street, post_office_box, locality, region, postal_code, country } = address;
    Some(Address {
        r#type: vec!["Address"],
        address_country: country.clone(),
        address_region: region.clone(),
        address_locality: locality.clone(),
        street_address: street.clone(),
        post_office_box_number: post_office_box.clone(),
        postal_code: postal_code.clone(),
    })
}
