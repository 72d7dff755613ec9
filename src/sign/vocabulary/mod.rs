//! The vocabulary table: what each term of a W3C credential, an Open Badge 3.0 or a CLR 2.0 stands for.
//!
//! These are facts about the standards in our own arrangement: the address a term stands for, what its value is, whether
//! several values form a list or a graph. A term that does not stand here is undefined for us, and a document that holds
//! one is neither signed nor accepted. Tests compare the canonical form that comes of this table with the one that a
//! JSON-LD library makes of the official contexts (`sign::tests`).
//!
//! Left out on purpose: `endorsementJwt` and `jti`. They were added to a context that was published already, so programs
//! that keep the older copy come to another canonical form.

mod credentials;
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
    known: u8,
}

/// A term that an example made up.
pub const ANYTHING: Term = text("", "");

/// Contexts, by the addresses under which documents name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contexts(u8);

const CREDENTIALS: u8 = 1;
const BADGES: u8 = 2;
const RECORDS: u8 = 4;
const EXTENSIONS: u8 = 8;
const EXAMPLES: u8 = 16;

/// W3C Verifiable Credentials 2.0.
const CREDENTIALS_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// Open Badges 3.0.
const BADGES_CONTEXT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// CLR 2.0.
const RECORDS_CONTEXT: &str = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";
/// The 1EdTech revocation list and refresh service.
const EXTENSIONS_CONTEXT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
/// What W3C's own examples use; there every term is defined.
const EXAMPLES_CONTEXT: &str = "https://www.w3.org/ns/credentials/examples/v2";
/// Where such a term points.
pub const EXAMPLES_VOCABULARY: &str = "https://www.w3.org/ns/credentials/examples#";

impl Contexts {
    /// These and one more; nothing where it is not one that we know.
    pub fn and(self, address: &str) -> Option<Self> {
        let added = match address {
            CREDENTIALS_CONTEXT => CREDENTIALS,
            BADGES_CONTEXT => BADGES,
            RECORDS_CONTEXT => RECORDS,
            EXTENSIONS_CONTEXT => EXTENSIONS,
            EXAMPLES_CONTEXT => EXAMPLES,
            _ => return None,
        };
        Some(Self(self.0 | added))
    }

    /// Whether a term that nobody defined stands for something all the same.
    pub fn define_everything(self) -> bool {
        self.0 & EXAMPLES != 0
    }

    /// The class of this name.
    pub fn class(self, name: &str) -> Option<&'static Class> {
        let all = credentials::CLASSES.iter().chain(records::CLASSES);
        all.filter(|class| class.known & self.0 != 0).find(|class| class.name == name)
    }

    /// The term of this name within an object of these classes, which are in the order of their names.
    pub fn term(self, classes: &[&'static Class], name: &str) -> Option<&'static Term> {
        let within = classes.iter().rev().find_map(|class| class.terms.iter().find(|term| term.name == name));
        within.or_else(|| {
            let everywhere = [(CREDENTIALS, credentials::EVERYWHERE), (BADGES, records::EVERYWHERE)];
            let known = everywhere.into_iter().filter(|(context, _)| context & self.0 != 0);
            known.flat_map(|(_, terms)| terms).find(|term| term.name == name)
        })
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
