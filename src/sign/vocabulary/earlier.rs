//! Earlier versions of the contexts, as far as credentials in circulation name them: W3C Verifiable Credentials 1.1 with
//! the suite of 2020, and what the versions of Open Badges 3.0 before the present one say otherwise.
//!
//! A version is written as its differences from the present table. Nothing of ours is written in these words; they are
//! only read.

use super::{CREDENTIALS_1, Class, DATA_INTEGRITY_1, ED25519, Of, RECORDS_1, Term, Together, address, text, typed};

macro_rules! cred {
    ($term:literal) => {
        concat!("https://www.w3.org/2018/credentials#", $term)
    };
}
macro_rules! sec {
    ($term:literal) => {
        concat!("https://w3id.org/security#", $term)
    };
}
macro_rules! ob {
    ($term:literal) => {
        concat!("https://purl.imsglobal.org/spec/vc/ob/vocab.html#", $term)
    };
}
macro_rules! clr {
    ($term:literal) => {
        concat!("https://purl.imsglobal.org/spec/vc/clr/vocab.html#", $term)
    };
}
macro_rules! xml {
    ($term:literal) => {
        concat!("https://www.w3.org/2001/XMLSchema#", $term)
    };
}

const INSTANT: &str = "http://www.w3.org/2001/XMLSchema#dateTime";
const MULTIBASE: &str = sec!("multibase");
/// The datatype of plain text in the versions that give it one.
const STRING: &str = xml!("string");

const fn class(name: &'static str, iri: &'static str, known: u16, terms: &'static [Term]) -> Class {
    Class { name, iri, terms, known }
}

const PURPOSE: Term =
    Term { name: "proofPurpose", iri: sec!("proofPurpose"), of: Of::Purpose, together: Together::Set };

/// Classes that only earlier contexts have, or that say something else in them.
pub const CLASSES: &[Class] = &[
    class(
        "VerifiableCredential",
        cred!("VerifiableCredential"),
        CREDENTIALS_1,
        &[
            address("credentialSchema", cred!("credentialSchema")),
            address("credentialStatus", cred!("credentialStatus")),
            address("credentialSubject", cred!("credentialSubject")),
            address("evidence", cred!("evidence")),
            typed("expirationDate", cred!("expirationDate"), INSTANT),
            address("holder", cred!("holder")),
            typed("issued", cred!("issued"), INSTANT),
            address("issuer", cred!("issuer")),
            typed("issuanceDate", cred!("issuanceDate"), INSTANT),
            Term { name: "proof", iri: sec!("proof"), of: Of::Address, together: Together::Graph },
            address("refreshService", cred!("refreshService")),
            address("termsOfUse", cred!("termsOfUse")),
            typed("validFrom", cred!("validFrom"), INSTANT),
            typed("validUntil", cred!("validUntil"), INSTANT),
        ],
    ),
    class(
        "Ed25519Signature2020",
        sec!("Ed25519Signature2020"),
        ED25519,
        &[
            text("challenge", sec!("challenge")),
            typed("created", "http://purl.org/dc/terms/created", INSTANT),
            text("domain", sec!("domain")),
            typed("expires", sec!("expiration"), INSTANT),
            text("nonce", sec!("nonce")),
            PURPOSE,
            typed("proofValue", sec!("proofValue"), MULTIBASE),
            address("verificationMethod", sec!("verificationMethod")),
        ],
    ),
    class(
        "DataIntegrityProof",
        sec!("DataIntegrityProof"),
        DATA_INTEGRITY_1,
        &[
            text("challenge", sec!("challenge")),
            typed("created", "http://purl.org/dc/terms/created", INSTANT),
            text("cryptosuite", sec!("cryptosuite")),
            text("domain", sec!("domain")),
            typed("expires", sec!("expiration"), INSTANT),
            text("nonce", sec!("nonce")),
            PURPOSE,
            typed("proofValue", sec!("proofValue"), MULTIBASE),
            address("verificationMethod", sec!("verificationMethod")),
        ],
    ),
    class("JsonSchemaValidator2018", cred!("JsonSchemaValidator2018"), CREDENTIALS_1, &[]),
    class("ClrCredential", clr!("ClrCredential"), RECORDS_1, &[]),
    class(
        "ClrSubject",
        clr!("ClrSubject"),
        RECORDS_1,
        &[
            typed("achievement", clr!("achievement"), "https://purl.imsglobal.org/spec/ob/v3p0/vocab.html#Achievement"),
            typed("association", clr!("association"), clr!("Association")),
            typed("verifiableCredential", clr!("verifiableCredential"), cred!("verifiableCredential")),
        ],
    ),
];

/// A version of Open Badges 3.0 before the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Badges {
    /// The one for Verifiable Credentials 1.1, without a number.
    First,
    /// 3.0.1.
    One,
    /// 3.0.2.
    Two,
}

/// Terms whose value is an object in every credential, so that they never were text.
const OF_OBJECTS: &[(&str, &str, &str)] = &[
    ("Achievement", "alignment", ob!("Alignment")),
    ("Achievement", "otherIdentifier", ob!("IdentifierEntry")),
    ("Achievement", "related", ob!("Related")),
    ("Achievement", "resultDescription", ob!("ResultDescription")),
    ("AchievementSubject", "identifier", ob!("IdentityObject")),
    ("AchievementSubject", "result", ob!("Result")),
    ("Profile", "otherIdentifier", ob!("IdentifierEntry")),
    ("ResultDescription", "rubricCriterionLevel", ob!("RubricCriterionLevel")),
    ("", "alignment", ob!("Alignment")),
    ("", "endorsement", ob!("EndorsementCredential")),
];
const UNTYPED: &[(&str, &str)] =
    &[("Achievement", "creator"), ("AchievementSubject", "achievement"), ("Address", "geo")];

impl Badges {
    /// What a class stands for in this version.
    pub fn class_iri(self, class: &Class) -> &'static str {
        match (self, class.name) {
            (Self::First, "Alignment") => "https://schema.org/Alignment",
            _ => class.iri,
        }
    }

    /// A term of a class (of every class, where that is empty) in this version; nothing where it has none there.
    pub fn term(self, class: &str, term: Term) -> Option<Term> {
        if term.name == "inLanguage" || super::RECENT.contains(&term.name) {
            return None;
        }
        match self {
            Self::First => first(class, term),
            Self::One => Some(as_text(class, second(class, one(term)))),
            Self::Two if term.name == "awardedDate" => None,
            Self::Two if term.name == "image" => Some(Term { iri: ob!("Image"), ..term }),
            Self::Two => Some(second(class, term)),
        }
    }
}

fn first(class: &str, term: Term) -> Option<Term> {
    let iri = |iri| Some(Term { iri, of: Of::Text, ..term });
    match (class, term.name) {
        ("", "awardedDate") => None,
        // The one of every class stands there too.
        ("", "image") => Some(Term { of: Of::Typed(ob!("Image")), ..term }),
        (_, "image") => None,
        ("Achievement", "creator") => iri(ob!("Profile")),
        ("AchievementSubject", "achievement") => iri(ob!("Achievement")),
        ("AchievementSubject", "source") => Some(Term { of: Of::Typed(ob!("Profile")), ..term }),
        ("Profile", "address") => iri(ob!("Address")),
        ("Profile", "parentOrg") => Some(Term { of: Of::Typed(STRING), ..term }),
        ("Profile", "phone") => Some(Term { iri: ob!("PhoneNumber"), of: Of::Typed(STRING), ..term }),
        _ => {
            let objects = OF_OBJECTS.iter().find(|(of, name, _)| *of == class && *name == term.name);
            Some(match objects {
                Some((_, _, datatype)) => Term { of: Of::Typed(datatype), ..term },
                None => as_text(class, term),
            })
        }
    }
}

fn one(term: Term) -> Term {
    match term.name {
        "awardedDate" => Term { of: Of::Typed(xml!("dateTime")), ..term },
        _ => term,
    }
}

/// What 3.0.1 and 3.0.2 have in common.
fn second(class: &str, term: Term) -> Term {
    match (class, term.name) {
        ("Achievement" | "AchievementSubject" | "Profile", "image") => Term { iri: ob!("Image"), ..term },
        ("AchievementSubject", "achievement") => Term { iri: ob!("achievement-0"), ..term },
        _ => term,
    }
}

/// Text had a datatype of its own, and allowed values no order.
fn as_text(class: &str, term: Term) -> Term {
    let is_of_objects = OF_OBJECTS.iter().any(|(of, name, _)| *of == class && *name == term.name)
        || UNTYPED.iter().any(|(of, name)| *of == class && *name == term.name);
    match term.of {
        Of::Text if !is_of_objects => Term { of: Of::Typed(STRING), together: Together::Set, ..term },
        _ => term,
    }
}
