//! The classes of CLR 1.0 as they travel, members in the standard's own order.
//!
//! Writing is strict by construction of the exporters; reading is lenient, as real records need: what is absent or
//! `null` reads as nothing, nothing is not written, and a member that the class does not have is kept among its
//! extensions. Vocabulary terms and times are text here; judging them is not this file's affair.

use serde::{Deserialize, Deserializer, Serialize};

pub use crate::models::issued::Extensions;

/// A document: a class with its `@context` (`getClr` gives a `Document<Clr>`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document<T> {
    /// The JSON-LD context.
    #[serde(rename = "@context")]
    pub context: Context,
    /// The object itself.
    #[serde(flatten)]
    pub body: T,
}

/// A JSON-LD context: one address or several. Contexts written out in place are not part of the standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Context {
    /// One address.
    One(String),
    /// Several addresses.
    Several(Vec<String>),
}

/// A compact JWS.
pub type CompactJws = String;

/// Whether a member says nothing and is left out when written.
trait Absent {
    fn is_absent(&self) -> bool;
}
impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}
impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Real records have `null` where a list or a text belongs.
fn or_nothing<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Defines a class of the standard: its members, and a place for `prefix:term` extensions.
macro_rules! class {
    ($(#[$about:meta])* $class:ident { $($member:ident: $type:ty),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(missing_docs)] // The members are the standard's; it says what they mean.
        pub struct $class {
            $(
                #[serde(default, deserialize_with = "or_nothing", skip_serializing_if = "Absent::is_absent")]
                pub $member: $type,
            )+
            /// `prefix:term` members, and when read, whatever else stood there.
            #[serde(flatten)]
            pub extensions: Extensions,
        }
        impl Absent for $class {
            fn is_absent(&self) -> bool {
                *self == Self::default()
            }
        }
    };
}

class! {
    /// A learner's record.
    Clr {
        id: String,
        r#type: Option<String>,
        achievements: Vec<Achievement>,
        assertions: Vec<Assertion>,
        endorsements: Vec<Endorsement>,
        issued_on: String,
        learner: Profile,
        name: Option<String>,
        partial: Option<bool>,
        publisher: Profile,
        revocation_reason: Option<String>,
        revoked: Option<bool>,
        signed_assertions: Vec<CompactJws>,
        signed_endorsements: Vec<CompactJws>,
        verification: Option<Verification>,
    }
}

class! {
    /// One achievement awarded to one learner.
    Assertion {
        id: String,
        r#type: Option<String>,
        achievement: Option<Achievement>,
        activity_end_date: Option<String>,
        activity_start_date: Option<String>,
        credits_earned: Option<f64>,
        endorsements: Vec<Endorsement>,
        evidence: Vec<Evidence>,
        expires: Option<String>,
        image: Option<String>,
        issued_on: Option<String>,
        license_number: Option<String>,
        narrative: Option<String>,
        recipient: Option<Identity>,
        results: Vec<AwardResult>,
        revocation_reason: Option<String>,
        revoked: Option<bool>,
        role: Option<String>,
        signed_endorsements: Vec<CompactJws>,
        source: Option<Profile>,
        term: Option<String>,
        verification: Option<Verification>,
    }
}

class! {
    /// What can be awarded.
    Achievement {
        id: String,
        r#type: Option<String>,
        achievement_type: Option<String>,
        alignments: Vec<Alignment>,
        associations: Vec<Association>,
        credits_available: Option<f64>,
        description: Option<String>,
        endorsements: Vec<Endorsement>,
        human_code: Option<String>,
        identifiers: Vec<SystemIdentifier>,
        name: String,
        field_of_study: Option<String>,
        image: Option<String>,
        issuer: Profile,
        level: Option<String>,
        requirement: Option<Criteria>,
        result_descriptions: Vec<ResultDescription>,
        signed_endorsements: Vec<CompactJws>,
        specialization: Option<String>,
        tags: Vec<String>,
    }
}

class! {
    /// A person or an organisation.
    Profile {
        id: String,
        r#type: Option<String>,
        address: Option<Address>,
        additional_name: Option<String>,
        birth_date: Option<String>,
        description: Option<String>,
        email: Option<String>,
        endorsements: Vec<Endorsement>,
        family_name: Option<String>,
        given_name: Option<String>,
        identifiers: Vec<SystemIdentifier>,
        image: Option<String>,
        name: Option<String>,
        official: Option<String>,
        parent_org: Option<Box<Profile>>,
        public_key: Option<CryptographicKey>,
        revocation_list: Option<String>,
        signed_endorsements: Vec<CompactJws>,
        sourced_id: Option<String>,
        student_id: Option<String>,
        telephone: Option<String>,
        url: Option<String>,
        verification: Option<Verification>,
    }
}

class! {
    /// Who endorses: a profile that is not itself endorsed.
    EndorsementProfile {
        id: String,
        r#type: Option<String>,
        additional_name: Option<String>,
        address: Option<Address>,
        description: Option<String>,
        email: Option<String>,
        family_name: Option<String>,
        given_name: Option<String>,
        identifiers: Vec<SystemIdentifier>,
        image: Option<String>,
        name: Option<String>,
        official: Option<String>,
        public_key: Option<CryptographicKey>,
        revocation_list: Option<String>,
        sourced_id: Option<String>,
        student_id: Option<String>,
        telephone: Option<String>,
        url: Option<String>,
        verification: Option<Verification>,
    }
}

class! {
    /// Somebody's word for a profile, an achievement, an assertion or a record.
    Endorsement {
        id: String,
        r#type: Option<String>,
        claim: EndorsementClaim,
        issued_on: String,
        issuer: EndorsementProfile,
        revocation_reason: Option<String>,
        revoked: Option<bool>,
        verification: Verification,
    }
}

class! {
    /// What is endorsed, and the words.
    EndorsementClaim { id: String, r#type: Option<String>, endorsement_comment: Option<String> }
}

class! {
    /// The recipient; `type` names the member of the learner's profile that `identity` repeats.
    Identity { id: Option<String>, r#type: String, identity: String, hashed: Option<bool>, salt: Option<String> }
}

class! {
    /// What can be reached; with levels, one criterion of a rubric.
    ResultDescription {
        id: String,
        r#type: Option<String>,
        alignments: Vec<Alignment>,
        allowed_values: Vec<String>,
        name: String,
        required_level: Option<String>,
        required_value: Option<String>,
        result_type: String,
        rubric_criterion_levels: Vec<RubricCriterionLevel>,
        value_max: Option<String>,
        value_min: Option<String>,
    }
}

class! {
    /// One level of a criterion; its points are text.
    RubricCriterionLevel {
        id: String,
        r#type: Option<String>,
        alignments: Vec<Alignment>,
        description: Option<String>,
        level: Option<String>,
        name: String,
        points: Option<String>,
    }
}

class! {
    /// What was reached (the standard's `Result`).
    AwardResult {
        id: Option<String>,
        r#type: Option<String>,
        achieved_level: Option<String>,
        alignments: Vec<Alignment>,
        result_description: String,
        status: Option<String>,
        value: Option<String>,
    }
}

class! {
    /// A node of a framework.
    Alignment {
        id: Option<String>,
        r#type: Option<String>,
        target_code: Option<String>,
        target_description: Option<String>,
        target_name: String,
        target_framework: Option<String>,
        target_type: Option<String>,
        target_url: String,
    }
}

class! {
    /// A tie to another achievement.
    Association { association_type: String, target_id: String, title: String }
}

class! {
    /// What an award rests on.
    Evidence {
        id: Option<String>,
        r#type: Option<String>,
        artifacts: Vec<Artifact>,
        audience: Option<String>,
        description: Option<String>,
        genre: Option<String>,
        name: String,
        narrative: Option<String>,
    }
}

class! {
    /// A file or link of evidence.
    Artifact { r#type: Option<String>, description: Option<String>, name: Option<String>, url: Option<String> }
}

class! {
    /// How an achievement is earned.
    Criteria { id: Option<String>, r#type: Option<String>, narrative: Option<String> }
}

class! {
    /// A postal address.
    Address {
        id: Option<String>,
        r#type: Option<String>,
        address_country: Option<String>,
        address_locality: Option<String>,
        address_region: Option<String>,
        postal_code: Option<String>,
        post_office_box_number: Option<String>,
        street_address: Option<String>,
    }
}

class! {
    /// A public key.
    CryptographicKey { id: String, r#type: Option<String>, owner: String, public_key_pem: String }
}

class! {
    /// How an object can be verified.
    Verification {
        id: Option<String>,
        r#type: String,
        allowed_origins: Vec<String>,
        creator: Option<String>,
        starts_with: Vec<String>,
        verification_property: Option<String>,
    }
}

class! {
    /// An identifier of another system.
    SystemIdentifier { r#type: Option<String>, identifier: String, identifier_type: String }
}
