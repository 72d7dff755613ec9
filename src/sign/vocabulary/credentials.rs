//! Classes and terms of W3C Verifiable Credentials 2.0 with data-integrity proofs and Bitstring Status Lists.

use super::{CREDENTIALS, Class, DATA_INTEGRITY, Of, STATUS, Term, Together, address, text, typed};

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
macro_rules! status {
    ($term:literal) => {
        concat!("https://www.w3.org/ns/credentials/status#", $term)
    };
}

const INSTANT: &str = "http://www.w3.org/2001/XMLSchema#dateTime";
const MULTIBASE: &str = sec!("multibase");

/// Terms that are known within every class.
pub const EVERYWHERE: &[Term] = &[
    text("name", "https://schema.org/name"),
    text("description", "https://schema.org/description"),
    text("mediaType", "https://schema.org/encodingFormat"),
    typed("digestMultibase", sec!("digestMultibase"), MULTIBASE),
    typed("digestSRI", cred!("digestSRI"), cred!("sriString")),
];

const fn class(name: &'static str, iri: &'static str, terms: &'static [Term]) -> Class {
    Class { name, iri, terms, known: CREDENTIALS }
}

/// A class that has a context of its own beside that of credentials, for the versions before that one had it.
const fn shared(name: &'static str, iri: &'static str, beside: u16, terms: &'static [Term]) -> Class {
    Class { name, iri, terms, known: CREDENTIALS | beside }
}

/// The classes.
pub const CLASSES: &[Class] = &[
    class(
        "VerifiableCredential",
        cred!("VerifiableCredential"),
        &[
            address("confidenceMethod", cred!("confidenceMethod")),
            address("credentialSchema", cred!("credentialSchema")),
            address("credentialStatus", cred!("credentialStatus")),
            address("credentialSubject", cred!("credentialSubject")),
            address("evidence", cred!("evidence")),
            address("issuer", cred!("issuer")),
            Term { name: "proof", iri: sec!("proof"), of: Of::Address, together: Together::Graph },
            address("refreshService", cred!("refreshService")),
            address("relatedResource", cred!("relatedResource")),
            address("renderMethod", cred!("renderMethod")),
            address("termsOfUse", cred!("termsOfUse")),
            typed("validFrom", cred!("validFrom"), INSTANT),
            typed("validUntil", cred!("validUntil"), INSTANT),
        ],
    ),
    class("JsonSchemaCredential", cred!("JsonSchemaCredential"), &[]),
    shared("BitstringStatusListCredential", status!("BitstringStatusListCredential"), STATUS, &[]),
    shared(
        "BitstringStatusList",
        status!("BitstringStatusList"),
        STATUS,
        &[
            typed("encodedList", status!("encodedList"), MULTIBASE),
            text("statusPurpose", status!("statusPurpose")),
            text("ttl", status!("ttl")),
        ],
    ),
    shared(
        "BitstringStatusListEntry",
        status!("BitstringStatusListEntry"),
        STATUS,
        &[
            address("statusListCredential", status!("statusListCredential")),
            text("statusListIndex", status!("statusListIndex")),
            text("statusPurpose", status!("statusPurpose")),
            address("statusReference", status!("statusReference")),
            typed("statusSize", status!("statusSize"), "https://www.w3.org/2001/XMLSchema#integer"),
        ],
    ),
    shared(
        "DataIntegrityProof",
        sec!("DataIntegrityProof"),
        DATA_INTEGRITY,
        &[
            text("challenge", sec!("challenge")),
            typed("created", "http://purl.org/dc/terms/created", INSTANT),
            typed("cryptosuite", sec!("cryptosuite"), sec!("cryptosuiteString")),
            text("domain", sec!("domain")),
            typed("expires", sec!("expiration"), INSTANT),
            text("nonce", sec!("nonce")),
            address("previousProof", sec!("previousProof")),
            Term { name: "proofPurpose", iri: sec!("proofPurpose"), of: Of::Purpose, together: Together::Set },
            typed("proofValue", sec!("proofValue"), MULTIBASE),
            address("verificationMethod", sec!("verificationMethod")),
        ],
    ),
];
