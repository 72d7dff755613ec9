//! Classes and terms of Open Badges 3.0, CLR 2.0 and the extensions of 1EdTech.
//!
//! Some datatypes look wrong and are as published: `https` in XML Schema's address, and `xsd:` that was never declared as
//! a prefix. The canonical form depends on them.

use super::{ANY_BADGES, Class, EXTENSIONS, Of, RECORDS, RECORDS_1, Term, Together, address, text, typed};

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
macro_rules! schema {
    ($term:literal) => {
        concat!("https://schema.org/", $term)
    };
}
macro_rules! xml {
    ($term:literal) => {
        concat!("https://www.w3.org/2001/XMLSchema#", $term)
    };
}

const IMAGE: Term = address("image", ob!("image"));
const OTHER_IDENTIFIER: Term = text("otherIdentifier", ob!("otherIdentifier"));
const VERSION: Term = text("version", ob!("version"));
const LANGUAGE: Term = text("inLanguage", schema!("inLanguage"));

/// Terms that are known within every class.
pub const EVERYWHERE: &[Term] = &[
    text("alignment", ob!("alignment")),
    text("description", schema!("description")),
    text("endorsement", ob!("endorsement")),
    IMAGE,
    LANGUAGE,
    text("name", schema!("name")),
    text("narrative", ob!("narrative")),
    typed("url", schema!("url"), xml!("anyURI")),
    typed("awardedDate", ob!("awardedDate"), "xsd:dateTime"),
    text(super::RECENT[0], ob!("endorsementJwt")),
    address(super::RECENT[1], "https://www.iana.org/assignments/jwt#jti"),
];

const fn badge(name: &'static str, iri: &'static str, terms: &'static [Term]) -> Class {
    Class { name, iri, terms, known: ANY_BADGES }
}

const fn record(name: &'static str, iri: &'static str, terms: &'static [Term]) -> Class {
    Class { name, iri, terms, known: RECORDS }
}

const fn extension(name: &'static str, iri: &'static str) -> Class {
    Class { name, iri, terms: &[], known: EXTENSIONS }
}

/// The classes.
pub const CLASSES: &[Class] = &[
    badge("OpenBadgeCredential", ob!("OpenBadgeCredential"), &[]),
    badge("AchievementCredential", ob!("OpenBadgeCredential"), &[]),
    badge("EndorsementCredential", ob!("EndorsementCredential"), &[]),
    badge(
        "Achievement",
        ob!("Achievement"),
        &[
            text("achievementType", ob!("achievementType")),
            text("alignment", ob!("alignment")),
            text("creator", ob!("creator")),
            typed("creditsAvailable", ob!("creditsAvailable"), xml!("float")),
            address("criteria", ob!("Criteria")),
            text("fieldOfStudy", ob!("fieldOfStudy")),
            text("humanCode", ob!("humanCode")),
            IMAGE,
            OTHER_IDENTIFIER,
            text("related", ob!("related")),
            text("resultDescription", ob!("resultDescription")),
            text("specialization", ob!("specialization")),
            text("tag", schema!("keywords")),
            VERSION,
            LANGUAGE,
        ],
    ),
    badge(
        "AchievementSubject",
        ob!("AchievementSubject"),
        &[
            text("achievement", ob!("achievement")),
            typed("activityEndDate", ob!("activityEndDate"), xml!("date")),
            typed("activityStartDate", ob!("activityStartDate"), xml!("date")),
            typed("creditsEarned", ob!("creditsEarned"), xml!("float")),
            text("identifier", ob!("identifier")),
            IMAGE,
            text("licenseNumber", ob!("licenseNumber")),
            text("result", ob!("result")),
            text("role", ob!("role")),
            address("source", ob!("source")),
            text("term", ob!("term")),
        ],
    ),
    badge(
        "Address",
        ob!("Address"),
        &[
            text("addressCountry", schema!("addressCountry")),
            text("addressCountryCode", ob!("CountryCode")),
            text("addressLocality", schema!("addressLocality")),
            text("addressRegion", schema!("addressRegion")),
            text("geo", ob!("GeoCoordinates")),
            text("postOfficeBoxNumber", schema!("postOfficeBoxNumber")),
            text("postalCode", schema!("postalCode")),
            text("streetAddress", schema!("streetAddress")),
        ],
    ),
    badge(
        "Alignment",
        schema!("AlignmentObject"),
        &[
            text("targetCode", ob!("targetCode")),
            text("targetDescription", schema!("targetDescription")),
            text("targetFramework", schema!("targetFramework")),
            text("targetName", schema!("targetName")),
            text("targetType", ob!("targetType")),
            typed("targetUrl", schema!("targetUrl"), xml!("anyURI")),
        ],
    ),
    badge("Criteria", ob!("Criteria"), &[]),
    badge("EndorsementSubject", ob!("EndorsementSubject"), &[text("endorsementComment", ob!("endorsementComment"))]),
    badge("Evidence", ob!("Evidence"), &[text("audience", schema!("audience")), text("genre", schema!("genre"))]),
    badge(
        "GeoCoordinates",
        ob!("GeoCoordinates"),
        &[text("latitude", schema!("latitude")), text("longitude", schema!("longitude"))],
    ),
    badge(
        "IdentifierEntry",
        ob!("IdentifierEntry"),
        &[text("identifier", ob!("identifier")), text("identifierType", ob!("identifierType"))],
    ),
    badge(
        "IdentityObject",
        ob!("IdentityObject"),
        &[
            typed("hashed", ob!("hashed"), xml!("boolean")),
            text("identityHash", ob!("identityHash")),
            text("identityType", ob!("identityType")),
            text("salt", ob!("salt")),
        ],
    ),
    badge("Image", ob!("Image"), &[text("caption", schema!("caption"))]),
    badge(
        "Profile",
        ob!("Profile"),
        &[
            text("additionalName", schema!("additionalName")),
            address("address", ob!("address")),
            typed("dateOfBirth", ob!("dateOfBirth"), xml!("date")),
            text("email", schema!("email")),
            text("familyName", schema!("familyName")),
            text("familyNamePrefix", ob!("familyNamePrefix")),
            text("givenName", schema!("givenName")),
            text("honorificPrefix", schema!("honorificPrefix")),
            text("honorificSuffix", schema!("honorificSuffix")),
            IMAGE,
            OTHER_IDENTIFIER,
            address("parentOrg", ob!("parentOrg")),
            text("patronymicName", ob!("patronymicName")),
            text("phone", ob!("phone")),
            text("official", ob!("official")),
        ],
    ),
    badge("Related", ob!("Related"), &[VERSION, LANGUAGE]),
    badge(
        "Result",
        ob!("Result"),
        &[
            typed("achievedLevel", ob!("achievedLevel"), xml!("anyURI")),
            typed("resultDescription", ob!("resultDescription"), xml!("anyURI")),
            text("status", ob!("status")),
            text("value", schema!("value")),
        ],
    ),
    badge(
        "ResultDescription",
        ob!("ResultDescription"),
        &[
            Term { name: "allowedValue", iri: ob!("allowedValue"), of: Of::Text, together: Together::List },
            typed("requiredLevel", ob!("requiredLevel"), xml!("anyURI")),
            text("requiredValue", ob!("requiredValue")),
            text("resultType", ob!("resultType")),
            text("rubricCriterionLevel", ob!("rubricCriterionLevel")),
            text("valueMax", ob!("valueMax")),
            text("valueMin", ob!("valueMin")),
        ],
    ),
    badge(
        "RubricCriterionLevel",
        ob!("RubricCriterionLevel"),
        &[text("level", ob!("level")), text("points", ob!("points"))],
    ),
    record("ClrCredential", clr!("ClrCredential"), &[typed("partial", clr!("partial"), "xsd:boolean")]),
    record(
        "ClrSubject",
        clr!("ClrSubject"),
        &[
            typed("achievement", clr!("achievement"), ob!("Achievement")),
            typed("association", clr!("association"), clr!("Association")),
            typed(
                "verifiableCredential",
                clr!("verifiableCredential"),
                "https://www.w3.org/2018/credentials#verifiableCredential",
            ),
            typed("identifier", clr!("identifier-1"), ob!("Identifier")),
        ],
    ),
    Class {
        name: "Association",
        iri: clr!("Association"),
        terms: &[
            text("associationType", clr!("AssociationType")),
            typed("sourceId", clr!("sourceId"), "xsd:anyURI"),
            typed("targetId", clr!("targetId"), "xsd:anyURI"),
        ],
        known: RECORDS | RECORDS_1,
    },
    extension(
        "1EdTechJsonSchemaValidator2019",
        "https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019",
    ),
    extension("1EdTechRevocationList", "https://purl.imsglobal.org/spec/vcrl/v1p0/context.json#1EdTechRevocationList"),
    extension(
        "1EdTechCredentialRefresh",
        "https://purl.imsglobal.org/spec/vccr/v1p0/context.json#1EdTechCredentialRefresh",
    ),
];
