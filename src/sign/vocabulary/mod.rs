//! The vocabulary table: what each term of a W3C credential, an Open Badge 3.0 or a CLR 2.0 stands for.
//!
//! These are facts about the standards in our own arrangement: the address a term stands for, what its value is, whether
//! several values form a list or a graph. A term that does not stand here is undefined for us, and a document that holds
//! one is neither signed nor accepted. Tests compare the canonical form that comes of this table with the one that a
//! JSON-LD library makes of the official contexts (`sign::tests`).
//!
//! `endorsementJwt` and `jti` were added to a context that was published already, so programs that keep the older copy come
//! to another canonical form: they are read, and never signed ([`RECENT`]).

mod credentials;
mod earlier;
mod records;

/// What the value of a term is when it is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Text.
    Text,
    /// An address.
    Address,
    /// A purpose of a proof.
    Purpose,
    /// A value of this datatype.
    Typed(&'static str),
}

/// What several values of a term come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// A set.
    Set,
    /// A list, whose order counts.
    List,
    /// Each is a graph of its own.
    Graph,
}

/// A term: its name, what it stands for, and what its values are.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    name: &'static str,
    /// The address it stands for.
    pub iri: &'static str,
    /// What its values are.
    pub of: Of,
    /// What several of them come to.
    pub together: Together,
}

/// A class: its name, what it stands for, and the terms that are known within it alone.
#[derive(Debug)]
pub struct Class {
    name: &'static str,
    /// The address it stands for.
    pub iri: &'static str,
    terms: &'static [Term],
    known: u16,
}

/// Terms that not every program knows yet.
pub const RECENT: [&str; 2] = ["endorsementJwt", "jti"];

/// A term that an example made up.
pub const ANYTHING: Term = text("", "");

/// Contexts, by the addresses under which documents name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contexts(u16);

const CREDENTIALS: u16 = 1;
const BADGES: u16 = 2;
const RECORDS: u16 = 4;
const EXTENSIONS: u16 = 8;
const EXAMPLES: u16 = 16;
const CREDENTIALS_1: u16 = 32;
const BADGES_FIRST: u16 = 64;
const BADGES_ONE: u16 = 128;
const BADGES_TWO: u16 = 256;
const RECORDS_1: u16 = 512;
const ED25519: u16 = 1024;
const DATA_INTEGRITY_1: u16 = 2048;
const DATA_INTEGRITY: u16 = 4096;
const STATUS: u16 = 8192;

/// Versions of the same, of which a document names one: what it means to name two differs between processors.
const VERSIONS: [u16; 6] = [
    CREDENTIALS | CREDENTIALS_1,
    BADGES | BADGES_FIRST | BADGES_ONE | BADGES_TWO,
    RECORDS | RECORDS_1,
    DATA_INTEGRITY | DATA_INTEGRITY_1,
    // These say otherwise what a name is, which the credentials of 2.0 do not allow.
    CREDENTIALS | BADGES_FIRST,
    CREDENTIALS | BADGES_ONE,
];

/// The contexts that are known here, each by its address.
const KNOWN: [(&str, u16); 15] = [
    ("https://www.w3.org/ns/credentials/v2", CREDENTIALS),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", BADGES),
    ("https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", RECORDS),
    ("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", EXTENSIONS),
    // What W3C's own examples use; there every term is defined.
    ("https://www.w3.org/ns/credentials/examples/v2", EXAMPLES),
    ("https://www.w3.org/2018/credentials/v1", CREDENTIALS_1),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context.json", BADGES_FIRST),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld", BADGES_FIRST),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", BADGES_ONE),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", BADGES_TWO),
    ("https://purl.imsglobal.org/spec/clr/v2p0/context.json", RECORDS_1),
    ("https://w3id.org/security/suites/ed25519-2020/v1", ED25519),
    ("https://w3id.org/security/data-integrity/v1", DATA_INTEGRITY_1),
    ("https://w3id.org/security/data-integrity/v2", DATA_INTEGRITY),
    ("https://www.w3.org/ns/credentials/status/v1", STATUS),
];

/// Where a term of an example points.
pub const EXAMPLES_VOCABULARY: &str = "https://www.w3.org/ns/credentials/examples#";

impl Contexts {
    /// These and one more; nothing where it is not one that we know, or is another version of one that is there.
    pub fn and(self, address: &str) -> Option<Self> {
        let (_, added) = KNOWN.into_iter().find(|(known, _)| *known == address)?;
        let both = Self(self.0 | added);
        VERSIONS.iter().all(|versions| (both.0 & versions).count_ones() <= 1).then_some(both)
    }

    /// Whether a term that nobody defined stands for something all the same.
    pub fn define_everything(self) -> bool {
        self.0 & EXAMPLES != 0
    }

    /// The earlier version of Open Badges that is meant.
    fn earlier(self) -> Option<earlier::Badges> {
        match self.0 & (BADGES_FIRST | BADGES_ONE | BADGES_TWO) {
            BADGES_FIRST => Some(earlier::Badges::First),
            BADGES_ONE => Some(earlier::Badges::One),
            BADGES_TWO => Some(earlier::Badges::Two),
            _ => None,
        }
    }

    /// The class of this name.
    pub fn class(self, name: &str) -> Option<&'static Class> {
        let all = credentials::CLASSES.iter().chain(records::CLASSES).chain(earlier::CLASSES);
        all.filter(|class| class.known & self.0 != 0).find(|class| class.name == name)
    }

    /// What a class stands for.
    pub fn class_iri(self, class: &'static Class) -> &'static str {
        self.earlier().map_or(class.iri, |version| version.class_iri(class))
    }

    /// The term of this name within an object of these classes, which are in the order of their names.
    pub fn term(self, classes: &[&'static Class], name: &str) -> Option<Term> {
        let within = classes.iter().rev().find_map(|class| self.of(class.name, class.known, class.terms, name));
        within.or_else(|| {
            let everywhere = [(CREDENTIALS, credentials::EVERYWHERE), (ANY_BADGES, records::EVERYWHERE)];
            let known = everywhere.into_iter().filter(|(context, _)| context & self.0 != 0);
            known.into_iter().find_map(|(context, terms)| self.of("", context, terms, name))
        })
    }

    /// A term among those of a class, as the version has it that is meant.
    fn of(self, class: &str, known: u16, terms: &[Term], name: &str) -> Option<Term> {
        let term = *terms.iter().find(|term| term.name == name)?;
        match self.earlier() {
            Some(version) if known & ANY_BADGES != 0 => version.term(class, term),
            Some(earlier::Badges::First | earlier::Badges::One) => Some(term.with_prefix_declared()),
            _ => Some(term),
        }
    }
}

/// Any version of Open Badges 3.0.
const ANY_BADGES: u16 = VERSIONS[1];

impl Term {
    /// Where the prefix `xsd:` was declared, which it never was in the present versions, a datatype is whole.
    fn with_prefix_declared(self) -> Self {
        match self.of {
            Of::Typed("xsd:anyURI") => Self { of: Of::Typed("https://www.w3.org/2001/XMLSchema#anyURI"), ..self },
            Of::Typed("xsd:boolean") => Self { of: Of::Typed("https://www.w3.org/2001/XMLSchema#boolean"), ..self },
            _ => self,
        }
    }
}

impl Class {
    /// Its name; classes are applied in the order of these.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// What a purpose of a proof stands for.
pub fn purpose(name: &str) -> Option<&'static str> {
    Some(match name {
        "assertionMethod" => "https://w3id.org/security#assertionMethod",
        "authentication" => "https://w3id.org/security#authenticationMethod",
        "capabilityDelegation" => "https://w3id.org/security#capabilityDelegationMethod",
        "capabilityInvocation" => "https://w3id.org/security#capabilityInvocationMethod",
        "keyAgreement" => "https://w3id.org/security#keyAgreementMethod",
        _ => return None,
    })
}

const fn text(name: &'static str, iri: &'static str) -> Term {
    Term { name, iri, of: Of::Text, together: Together::Set }
}

const fn address(name: &'static str, iri: &'static str) -> Term {
    Term { name, iri, of: Of::Address, together: Together::Set }
}

const fn typed(name: &'static str, iri: &'static str, datatype: &'static str) -> Term {
    Term { name, iri, of: Of::Typed(datatype), together: Together::Set }
}
