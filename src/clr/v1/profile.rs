//! Profiles: organisations, the holder as a CeDiD opens it, and the learner as the office knows her.

use super::wire::{Address, Profile, SystemIdentifier};
use super::write::{extensions, kind, uri};
use crate::models::issued::{Holder, Organization};
use crate::models::record::Learner;
use crate::values;

/// A publisher, issuer or source.
pub(super) fn organization(organization: &Organization) -> Profile {
    let Organization {
        id,
        name,
        url,
        telephone,
        email,
        description,
        image,
        official,
        address,
        identifiers,
        extensions: foreign,
        parent,
        endorsements,
    } = organization;
    let (endorsements, signed_endorsements) = super::endorsement::endorsements(endorsements);
    Profile {
        id: id.clone(),
        r#type: kind("Profile"),
        address: postal(address),
        description: description.clone(),
        email: email.clone(),
        endorsements,
        image: image.clone(),
        name: Some(name.clone()),
        official: official.clone(),
        parent_org: parent.as_deref().map(|parent| Box::new(self::organization(parent))),
        signed_endorsements,
        telephone: telephone.clone(),
        url: url.as_deref().map(uri),
        identifiers: identifiers.iter().map(system_identifier).collect(),
        extensions: extensions(foreign),
        ..Profile::default()
    }
}

/// The holder: name and profile id, nothing else.
pub(super) fn holder(holder: &Holder) -> Profile {
    let Holder { id, name, given_name, additional_name, family_name } = holder;
    Profile {
        id: id.clone(),
        r#type: kind("Profile"),
        additional_name: additional_name.clone(),
        family_name: family_name.clone(),
        given_name: given_name.clone(),
        name: Some(name.clone()),
        ..Profile::default()
    }
}

/// The learner whole, for the learner's own download and the staff's export.
pub(super) fn learner(learner: &Learner) -> Profile {
    let Learner {
        holder,
        email,
        telephone,
        url,
        student_id,
        sourced_id,
        birth_date,
        address,
        identifiers,
        extensions: foreign,
    } = learner;
    Profile {
        address: postal(address),
        birth_date: birth_date.map(|date| date.to_string()),
        email: email.clone(),
        sourced_id: sourced_id.clone(),
        student_id: student_id.clone(),
        telephone: telephone.clone(),
        url: url.as_deref().map(uri),
        identifiers: identifiers.iter().map(system_identifier).collect(),
        extensions: extensions(foreign),
        ..self::holder(holder)
    }
}

/// What another system calls it.
pub(super) fn system_identifier(known: &values::SystemIdentifier) -> SystemIdentifier {
    let values::SystemIdentifier { identifier_type, identifier } = known;
    SystemIdentifier {
        r#type: kind("SystemIdentifier"),
        identifier: identifier.to_string(),
        identifier_type: identifier_type.to_string(),
        ..SystemIdentifier::default()
    }
}

pub(super) fn postal(address: &values::Address) -> Option<Address> {
    if address.is_empty() {
        return None;
    }
    let values::Address { street, post_office_box, locality, region, postal_code, country } = address;
    Some(Address {
        r#type: kind("Address"),
        address_country: country.clone(),
        address_locality: locality.clone(),
        address_region: region.clone(),
        postal_code: postal_code.clone(),
        post_office_box_number: post_office_box.clone(),
        street_address: street.clone(),
        ..Address::default()
    })
}
