//! The classes of Open Badges 3.0 and CLR 2.0 as they are written. What is absent is left out.

use serde::Serialize;
use serde_json::{Number, value::RawValue};

/// A signed credential, byte for byte.
pub type Signed = Box<RawValue>;

/// Whether there is nothing to write.
trait Absent {
    fn is_absent(&self) -> bool;
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

impl Absent for String {
    fn is_absent(&self) -> bool {
        false
    }
}

impl Absent for bool {
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Box<T> {
    fn is_absent(&self) -> bool {
        false
    }
}

/// Structs whose members are left out where they are absent.
macro_rules! classes {
    ($($(#[$of:meta])* $class:ident { $($member:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$of])*
        #[derive(Debug, Clone, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $class {$(
            #[serde(skip_serializing_if = "Absent::is_absent")]
            pub $member: $kind,
        )*}
    )*};
}

type Types = Vec<&'static str>;

classes! {
    /// An organisation or person.
    #[derive(Default)]
    Profile {
        id: String, r#type: Types, name: Option<String>, url: Option<String>, phone: Option<String>,
        description: Option<String>, endorsement: Vec<Signed>, image: Option<Image>, email: Option<String>,
        address: Option<Address>, other_identifier: Vec<IdentifierEntry>, official: Option<String>,
        parent_org: Option<Box<Profile>>, given_name: Option<String>, additional_name: Option<String>,
        family_name: Option<String>,
    }
    Image { id: String, r#type: String }
    Address {
        r#type: Types, address_country: Option<String>, address_region: Option<String>,
        address_locality: Option<String>, street_address: Option<String>, post_office_box_number: Option<String>,
        postal_code: Option<String>,
    }
    IdentifierEntry { r#type: String, identifier: String, identifier_type: String }
    IdentityObject { r#type: String, hashed: bool, identity_hash: String, identity_type: String }
    Achievement {
        id: String, r#type: Types, name: String, description: String, criteria: Box<Criteria>,
        achievement_type: Option<String>, creator: Option<Profile>, credits_available: Option<Number>,
        field_of_study: Option<String>, human_code: Option<String>, image: Option<Image>,
        specialization: Option<String>, tag: Vec<String>, version: Option<String>,
        other_identifier: Vec<IdentifierEntry>, alignment: Vec<Alignment>,
        result_description: Vec<ResultDescription>, endorsement: Vec<Signed>,
    }
    Criteria { id: Option<String>, r#type: Types, narrative: Option<String> }
    Alignment {
        r#type: Types, target_name: String, target_url: String, target_code: Option<String>,
        target_description: Option<String>, target_framework: Option<String>, target_type: Option<String>,
    }
    ResultDescription {
        id: String, r#type: Types, name: String, result_type: String, allowed_value: Vec<String>,
        required_level: Option<String>, required_value: Option<String>, value_max: Option<String>,
        value_min: Option<String>, rubric_criterion_level: Vec<RubricCriterionLevel>, alignment: Vec<Alignment>,
    }
    RubricCriterionLevel {
        id: String, r#type: Types, name: String, description: Option<String>, level: Option<String>,
        points: Option<String>, alignment: Vec<Alignment>,
    }
    AwardResult {
        r#type: Types, result_description: String, achieved_level: Option<String>, status: Option<String>,
        value: Option<String>, alignment: Vec<Alignment>,
    }
    Evidence {
        id: Option<String>, r#type: Types, name: Option<String>, description: Option<String>,
        narrative: Option<String>, genre: Option<String>, audience: Option<String>,
    }
    AchievementSubject {
        id: String, r#type: Types, identifier: Vec<IdentityObject>, achievement: Box<Achievement>,
        activity_start_date: Option<String>, activity_end_date: Option<String>, credits_earned: Option<Number>,
        license_number: Option<String>, narrative: Option<String>, role: Option<String>, term: Option<String>,
        image: Option<Image>, source: Option<Profile>, result: Vec<AwardResult>,
    }
    EndorsementSubject { id: String, r#type: Types, endorsement_comment: Option<String> }
    ClrSubject {
        id: String, r#type: Types, identifier: Vec<IdentityObject>, achievement: Vec<Achievement>,
        association: Vec<Association>, verifiable_credential: Vec<Signed>,
    }
    Association { r#type: String, association_type: String, source_id: String, target_id: String }
    RefreshService { id: String, r#type: String }
    Status {
        id: String, r#type: String, status_purpose: Option<String>, status_list_index: Option<String>,
        status_list_credential: Option<String>,
    }
    BitstringStatusList { id: String, r#type: String, status_purpose: String, encoded_list: String }
}

/// A credential before it is signed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential<Subject> {
    #[serde(rename = "@context")]
    pub context: Vec<&'static str>,
    pub id: String,
    pub r#type: Types,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub image: Option<Image>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub partial: Option<bool>,
    pub issuer: Profile,
    pub valid_from: String,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub valid_until: Option<String>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub awarded_date: Option<String>,
    pub credential_subject: Subject,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub evidence: Vec<Evidence>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub endorsement: Vec<Signed>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub credential_status: Option<Status>,
    #[serde(skip_serializing_if = "Absent::is_absent")]
    pub refresh_service: Option<RefreshService>,
}

impl<Subject: Serialize> Credential<Subject> {
    /// As it is signed.
    pub fn written(&self) -> String {
        // Writing fails only for a map whose keys are not text; no class has one.
        #[allow(clippy::expect_used)]
        serde_json::to_string(self).expect("every class of Open Badges 3.0 can be written as JSON")
    }
}

/// A Bitstring Status List credential at an address, before it is signed.
pub fn list(address: &str, issuer: &str, valid_from: &chrono::DateTime<chrono::Utc>, encoded: String) -> String {
    let list = BitstringStatusList {
        id: format!("{address}#list"),
        r#type: "BitstringStatusList".to_owned(),
        status_purpose: "revocation".to_owned(),
        encoded_list: encoded,
    };
    let issuer = Issuer { id: issuer };
    let list = List {
        context: [super::CREDENTIALS],
        id: address,
        r#type: ["VerifiableCredential", "BitstringStatusListCredential"],
        issuer,
        valid_from: crate::clr::v1::write::instant(valid_from),
        credential_subject: list,
    };
    #[allow(clippy::expect_used)] // As above.
    serde_json::to_string(&list).expect("a status list can be written as JSON")
}

#[derive(Serialize)]
struct Issuer<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    #[serde(rename = "@context")]
    context: [&'static str; 1],
    id: &'a str,
    r#type: [&'static str; 2],
    issuer: Issuer<'a>,
    valid_from: String,
    credential_subject: BitstringStatusList,
}
