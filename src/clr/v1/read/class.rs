//! The classes of CLR 1.0 as the reader knows them: their members and what kind of value each holds (final, January
//! 2021), and what the candidate of May 2020 and real systems call some of them.

/// What a member holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    /// Text.
    Text,
    /// An identifier.
    Id,
    /// A list of texts.
    Texts,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A calendar date.
    Day,
    /// A date and time.
    Instant,
    /// A term of an extensible vocabulary.
    Term(&'static [&'static str]),
    /// A term of a closed vocabulary.
    Closed(&'static [&'static str]),
    /// An object.
    One(&'static Class),
    /// A list of objects.
    Many(&'static Class),
}

/// A class.
#[derive(Debug)]
pub(super) struct Class {
    /// Its name, as `type` has it.
    pub(super) name: &'static str,
    /// Its members.
    pub(super) members: &'static [(&'static str, Holds)],
    /// Members it had in the candidate, or that real systems write, and what they are now.
    pub(super) once: &'static [(&'static str, &'static str)],
    /// The member that a bare text in the place of the object stands for.
    pub(super) bare: Option<&'static str>,
    /// Members without which a row or a document cannot be made.
    pub(super) needed: &'static [&'static str],
}

impl Class {
    /// What a member holds.
    pub(super) fn holds(&self, member: &str) -> Option<Holds> {
        self.members.iter().find(|(name, _)| *name == member).map(|(_, holds)| *holds)
    }

    /// What a member is called now.
    pub(super) fn renamed(&self, member: &str) -> Option<&'static str> {
        let everywhere = [("@type", "type"), ("@id", "id")];
        self.once.iter().chain(&everywhere).find(|(once, _)| *once == member).map(|(_, now)| *now)
    }
}

/// Defines classes: `NAME "Name" { member: Kind, … }`, and what else there is to know.
macro_rules! classes {
    ($($constant:ident $name:literal [$($needed:literal)*] $(bare $bare:literal)? $(once $($once:literal => $now:literal),+)? {
        $($member:literal: $holds:expr),+ $(,)?
    })+) => {$(
        pub(super) static $constant: Class = Class {
            name: $name,
            members: &[("type", Text), $(($member, $holds)),+],
            once: &[$($(($once, $now)),+)?],
            bare: { #[allow(unused_mut, unused_assignments)] { let mut bare = None; $(bare = Some($bare);)? bare } },
            needed: &[$($needed),*],
        };
    )+};
}

use Holds::{Closed, Day, Flag, Id, Instant, Many, Number, One, Term, Text, Texts};

const ACHIEVEMENT_TYPES: &[&str] = crate::values::AchievementType::STANDARD;
const RESULT_TYPES: &[&str] = crate::values::ResultType::STANDARD;
const STATUSES: &[&str] = &["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Withdrew"];
const TIES: &[&str] = &[
    "exactMatchOf",
    "exemplar",
    "hasSkillLevel",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
];
const VERIFICATIONS: &[&str] = &["Hosted", "Signed", "Verification"];

classes! {
    CLR "Clr" ["id"] {
        "id": Id, "achievements": Many(&ACHIEVEMENT), "assertions": Many(&ASSERTION), "endorsements": Many(&ENDORSEMENT),
        "issuedOn": Instant, "learner": One(&PROFILE), "name": Text, "partial": Flag, "publisher": One(&PROFILE),
        "revocationReason": Text, "revoked": Flag, "signedAssertions": Texts, "signedEndorsements": Texts,
        "verification": One(&VERIFICATION),
    }
    ASSERTION "Assertion" ["id"] once "endDate" => "expires" {
        "id": Id, "achievement": One(&ACHIEVEMENT), "activityEndDate": Instant, "activityStartDate": Instant,
        "creditsEarned": Number, "endorsements": Many(&ENDORSEMENT), "evidence": Many(&EVIDENCE), "expires": Instant,
        "image": Text, "issuedOn": Instant, "licenseNumber": Text, "narrative": Text, "recipient": One(&IDENTITY),
        "results": Many(&RESULT), "revocationReason": Text, "revoked": Flag, "role": Text, "signedEndorsements": Texts,
        "source": One(&PROFILE), "term": Text, "verification": One(&VERIFICATION),
    }
    ACHIEVEMENT "Achievement" ["id"] bare "id" {
        "id": Id, "achievementType": Term(ACHIEVEMENT_TYPES), "alignments": Many(&ALIGNMENT),
        "associations": Many(&ASSOCIATION), "creditsAvailable": Number, "description": Text,
        "endorsements": Many(&ENDORSEMENT), "humanCode": Text, "identifiers": Many(&IDENTIFIER), "name": Text,
        "fieldOfStudy": Text, "image": Text, "issuer": One(&PROFILE), "level": Text, "requirement": One(&CRITERIA),
        "resultDescriptions": Many(&DESCRIPTION), "signedEndorsements": Texts, "specialization": Text, "tags": Texts,
    }
    PROFILE "Profile" ["id"] bare "id" once "birthdate" => "birthDate" {
        "id": Id, "address": One(&ADDRESS), "additionalName": Text, "birthDate": Day, "description": Text, "email": Text,
        "endorsements": Many(&ENDORSEMENT), "familyName": Text, "givenName": Text, "identifiers": Many(&IDENTIFIER),
        "image": Text, "name": Text, "official": Text, "parentOrg": One(&PROFILE), "publicKey": One(&KEY),
        "revocationList": Text, "signedEndorsements": Texts, "sourcedId": Text, "studentId": Text, "telephone": Text,
        "url": Text, "verification": One(&VERIFICATION),
    }
    ENDORSEMENT "Endorsement" ["id"] {
        "id": Id, "claim": One(&CLAIM), "issuedOn": Instant, "issuer": One(&PROFILE), "revocationReason": Text,
        "revoked": Flag, "verification": One(&VERIFICATION),
    }
    CLAIM "EndorsementClaim" [] bare "id" { "id": Id, "endorsementComment": Text }
    IDENTITY "Identity" [] bare "identity" {
        "id": Id, "identity": Text, "hashed": Flag, "salt": Text,
    }
    DESCRIPTION "ResultDescription" ["id"] {
        "id": Id, "alignments": Many(&ALIGNMENT), "allowedValues": Texts, "name": Text, "requiredLevel": Id,
        "requiredValue": Text, "resultType": Term(RESULT_TYPES), "rubricCriterionLevels": Many(&LEVEL), "valueMax": Text,
        "valueMin": Text,
    }
    LEVEL "RubricCriterionLevel" ["id"] {
        "id": Id, "alignments": Many(&ALIGNMENT), "description": Text, "level": Text, "name": Text, "points": Text,
    }
    RESULT "Result" [] {
        "id": Id, "achievedLevel": Id, "alignments": Many(&ALIGNMENT), "resultDescription": Id,
        "status": Closed(STATUSES), "value": Text,
    }
    ALIGNMENT "Alignment" [] once "educationalFramework" => "targetFramework" {
        "id": Id, "targetCode": Text, "targetDescription": Text, "targetName": Text, "targetFramework": Text,
        "targetType": Text, "targetUrl": Text,
    }
    ASSOCIATION "Association" [] { "associationType": Closed(TIES), "targetId": Id, "title": Text }
    EVIDENCE "Evidence" [] {
        "id": Id, "artifacts": Many(&ARTIFACT), "audience": Text, "description": Text, "genre": Text, "name": Text,
        "narrative": Text,
    }
    ARTIFACT "Artifact" [] bare "url" { "description": Text, "name": Text, "url": Text }
    CRITERIA "Criteria" [] bare "narrative" { "id": Id, "narrative": Text }
    ADDRESS "Address" [] bare "streetAddress" {
        "id": Id, "addressCountry": Text, "addressLocality": Text, "addressRegion": Text, "postalCode": Text,
        "postOfficeBoxNumber": Text, "streetAddress": Text,
    }
    KEY "CryptographicKey" [] bare "id" { "id": Id, "owner": Id, "publicKeyPem": Text }
    VERIFICATION "Verification" [] bare "type" {
        "id": Id, "allowedOrigins": Texts, "creator": Id, "startsWith": Texts, "verificationProperty": Text,
    }
    IDENTIFIER "SystemIdentifier" [] bare "identifier" { "identifier": Text, "identifierType": Text }
}

/// The classes whose `type` is not their own name but a term that says something.
pub(super) fn type_terms(class: &Class) -> Option<&'static [&'static str]> {
    match class.name {
        "Verification" => Some(VERIFICATIONS),
        "Identity" => Some(&["id", "email", "url", "telephone", "sourcedId", "studentId"]),
        _ => None,
    }
}
