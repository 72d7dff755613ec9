//! Data-integrity proofs: the signature of a credential stands in the credential, and covers what it says and not how it is
//! written. We write the suite `eddsa-rdfc-2022` (W3C VC-DI-EdDSA); read are also those of others that stand in credentials
//! in circulation.

use base64::Engine as _;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Algorithm, PublicKey, canonical::canonical, literal, quads::statements, vocabulary::RECENT};

pub use super::quads::Undefined;

mod derived;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

const SUITE: &str = "eddsa-rdfc-2022";
const KIND: &str = "DataIntegrityProof";
const PURPOSE: &str = "assertionMethod";
const INSTANT: &str = "http://www.w3.org/2001/XMLSchema#dateTime";

/// How a proof was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// `eddsa-rdfc-2022`, the only one that we write, and `eddsa-2022`, its name in drafts.
    EddsaRdfc2022,
    /// `ecdsa-rdfc-2019` with a key on P-256.
    EcdsaRdfc2019,
    /// `ecdsa-sd-2023`: a holder left parts out of what was signed.
    EcdsaSd2023,
    /// `Ed25519Signature2020`, in credentials of VCDM 1.1.
    Ed25519Signature2020,
}

impl Suite {
    fn of(proof: &Value) -> Option<Self> {
        match (proof["type"].as_str()?, proof["cryptosuite"].as_str()) {
            (KIND, Some(SUITE | "eddsa-2022")) => Some(Self::EddsaRdfc2022),
            (KIND, Some("ecdsa-rdfc-2019")) => Some(Self::EcdsaRdfc2019),
            (KIND, Some("ecdsa-sd-2023")) => Some(Self::EcdsaSd2023),
            ("Ed25519Signature2020", None) => Some(Self::Ed25519Signature2020),
            _ => None,
        }
    }

    /// The name by which people who know it call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => SUITE,
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::Ed25519Signature2020 => "Ed25519Signature2020",
        }
    }
}

/// A proof as it is written into a credential.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    r#type: &'a str,
    created: String,
    verification_method: &'a str,
    cryptosuite: &'a str,
    proof_purpose: &'a str,
    proof_value: String,
}

/// A proof as it stands in a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How it was made.
    pub suite: Suite,
    /// When it was made, where it says so.
    pub created: Option<DateTime<Utc>>,
    /// When it ends, where it does.
    pub expires: Option<DateTime<Utc>>,
    /// The key that made it.
    pub verification_method: String,
    /// The signature.
    value: String,
    /// Everything it says but the signature.
    facts: Value,
}

/// Why a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is none, or not exactly one.
    #[error("it carries no proof that can be checked here")]
    None,
    /// Not the suite, the purpose or the form that we know.
    #[error("its proof is of a kind that cannot be checked here")]
    Foreign,
    /// It holds something undefined.
    #[error(transparent)]
    Undefined(#[from] Undefined),
    /// The key is on a curve with which proofs are not checked here.
    #[error("its proof is made with a key on P-384, which is read in tokens only")]
    Curve,
    /// The key is not of the kind that the suite has.
    #[error("its key is not of the kind that its proof needs")]
    WrongKey,
    /// Its signature is of something else, or by another key.
    #[error("it was changed after it was signed, or somebody else signed it: its signature does not fit what it says")]
    Wrong,
}

/// The canonical form of a document without its proof.
pub fn canonical_form(document: &Value) -> Result<String, Undefined> {
    canonical(&statements(document)?)
}

/// A document with a proof by this key: the bytes of the document stay as they are. Refused where the document holds
/// something undefined or a relative address, which a reader would take for unsigned.
pub fn prove(
    document: &str,
    verification_method: &str,
    created: DateTime<Utc>,
    sign: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<String, Undefined> {
    let parsed: Value = serde_json::from_str(document).map_err(|error| Undefined::Value(error.to_string()))?;
    if let Some(recent) = recent(&parsed) {
        return Err(Undefined::Term(recent.to_owned()));
    }
    let created = created.to_rfc3339_opts(SecondsFormat::Secs, true);
    let signed = to_sign(&proof_facts(&created, verification_method), &canonical_form(&parsed)?);
    let proof = Written {
        r#type: KIND,
        created,
        verification_method,
        cryptosuite: SUITE,
        proof_purpose: PURPOSE,
        proof_value: format!("z{}", bs58::encode(sign(&signed)).into_string()),
    };
    let proof = serde_json::to_string(&proof).map_err(|error| Undefined::Value(error.to_string()))?;
    let open = document.trim_end().strip_suffix('}').ok_or_else(|| Undefined::Value("the document".to_owned()))?;
    Ok(format!("{open},\"proof\":{proof}}}"))
}

/// A term in a document that other programs may not know, so that they would find another canonical form.
fn recent(document: &Value) -> Option<&'static str> {
    match document {
        Value::Object(members) => {
            let named = RECENT.into_iter().find(|recent| members.contains_key(*recent));
            named.or_else(|| members.values().find_map(recent))
        }
        Value::Array(several) => several.iter().find_map(recent),
        _ => None,
    }
}

/// What is signed: the hash of the proof's own facts and that of the document.
fn to_sign(facts: &str, canonical: &str) -> Vec<u8> {
    [Sha256::digest(facts).as_slice(), Sha256::digest(canonical).as_slice()].concat()
}

/// The canonical form of a proof without its value: always these five statements.
pub fn proof_facts(created: &str, verification_method: &str) -> String {
    let created = literal::typed(created, INSTANT);
    let suite = literal::typed(SUITE, "https://w3id.org/security#cryptosuiteString");
    format!(
        "_:c14n0 <http://purl.org/dc/terms/created> {created} .\n\
         _:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#{KIND}> .\n\
         _:c14n0 <https://w3id.org/security#cryptosuite> {suite} .\n\
         _:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#{PURPOSE}> .\n\
         _:c14n0 <https://w3id.org/security#verificationMethod> <{verification_method}> .\n"
    )
}

/// The one proof of a document, where it was made in a way that can be checked here.
pub fn proof(document: &Value) -> Result<Proof, Unproven> {
    let found = match document.get("proof") {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        Some(one @ Value::Object(_)) => Some(one),
        _ => None,
    };
    let mut facts = found.and_then(Value::as_object).ok_or(Unproven::None)?.clone();
    let text = |name: &str| facts.get(name).and_then(Value::as_str);
    let instant = |name: &str| Some(DateTime::parse_from_rfc3339(text(name)?).ok()?.to_utc());
    let suite = found.and_then(Suite::of).filter(|_| text("proofPurpose") == Some(PURPOSE)).ok_or(Unproven::Foreign)?;
    let (created, expires) = (instant("created"), instant("expires"));
    let has_odd_time =
        created.is_none() && facts.contains_key("created") || expires.is_none() && facts.contains_key("expires");
    // A proof that builds on another one, or explains its own words, is none that we know.
    if has_odd_time || facts.contains_key("previousProof") || facts.contains_key("@context") {
        return Err(Unproven::Foreign);
    }
    let verification_method = text("verificationMethod").ok_or(Unproven::Foreign)?.to_owned();
    let value = facts.remove("proofValue").and_then(|value| Some(value.as_str()?.to_owned()));
    let value = value.ok_or(Unproven::Foreign)?;
    facts.insert("@context".to_owned(), document["@context"].clone());
    Ok(Proof { suite, created, expires, verification_method, value, facts: Value::Object(facts) })
}

/// The document under each of its proofs, as if there were no other: in a set of proofs each is of the document without any
/// (VC-DI, 2.1.1). The document itself, where it has one proof or none.
pub fn apart(document: &Value) -> Vec<std::borrow::Cow<'_, Value>> {
    let Some(several) = document["proof"].as_array().filter(|several| several.len() > 1) else {
        return vec![std::borrow::Cow::Borrowed(document)];
    };
    let mut bare = document.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("proof");
    }
    let under = |proof: &Value| {
        let mut one = bare.clone();
        one["proof"] = proof.clone();
        std::borrow::Cow::Owned(one)
    };
    several.iter().map(under).collect()
}

/// Whether a proof is one of a chain: it covers another proof too, which is a form that nobody here can check.
pub fn builds_on_another(proof: &Value) -> bool {
    !proof["previousProof"].is_null()
}

/// Whether a proof is of a suite that can be checked here, whatever else is wrong with it.
pub fn is_known(proof: &Value) -> bool {
    Suite::of(proof).is_some()
}

/// Whether the proof of a document was made by this Ed25519 key (32 bytes) and fits every leaf of it.
pub fn check(document: &Value, key: &[u8; 32]) -> Result<(), Unproven> {
    holds(document, &PublicKey::from_ed25519(key).map_err(|_| Unproven::Wrong)?).map(drop)
}

/// Whether the proof of a document was made by this key and fits every leaf of it.
pub fn holds(document: &Value, key: &PublicKey) -> Result<Proof, Unproven> {
    let proof = proof(document)?;
    let mut bare = document.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("proof");
    }
    let facts = canonical_form(&proof.facts)?;
    let canonical = canonical_form(&bare)?;
    let algorithm = match (proof.suite, key) {
        (Suite::EddsaRdfc2022 | Suite::Ed25519Signature2020, PublicKey::Ed25519(_)) => Algorithm::EdDsa,
        (Suite::EcdsaRdfc2019 | Suite::EcdsaSd2023, PublicKey::P256(_)) => Algorithm::Es256,
        // With such a key the canonical form is another one too (VC-DI-ECDSA, 3: made with SHA-384).
        (Suite::EcdsaRdfc2019 | Suite::EcdsaSd2023, PublicKey::P384(_)) => return Err(Unproven::Curve),
        _ => return Err(Unproven::WrongKey),
    };
    if proof.suite == Suite::EcdsaSd2023 {
        return derived::holds(&proof.value, (&facts, &canonical), key).map(|()| proof);
    }
    let value = proof.value.strip_prefix('z').ok_or(Unproven::Foreign)?;
    let signature = bs58::decode(value).into_vec().map_err(|_| Unproven::Wrong)?;
    match key.verify(algorithm, &to_sign(&facts, &canonical), &signature) {
        true => Ok(proof),
        false => Err(Unproven::Wrong),
    }
}

/// Bytes as base64url without padding, the form of JWTs and of status lists.
pub fn base64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
