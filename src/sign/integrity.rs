//! Data-integrity proofs with the suite `eddsa-rdfc-2022` (W3C VC-DI-EdDSA): the signature of a credential stands in the
//! credential, and covers what it says and not how it is written.

use base64::Engine as _;
use chrono::{DateTime, SecondsFormat, Utc};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{canonical::canonical, literal, quads::statements};

pub use super::quads::Undefined;

#[cfg(test)]
mod tests;

const SUITE: &str = "eddsa-rdfc-2022";
const KIND: &str = "DataIntegrityProof";
const PURPOSE: &str = "assertionMethod";
const INSTANT: &str = "http://www.w3.org/2001/XMLSchema#dateTime";

/// A proof as it stands in a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    r#type: String,
    /// When it was made.
    pub created: String,
    /// The key that made it.
    pub verification_method: String,
    cryptosuite: String,
    proof_purpose: String,
    /// The signature.
    pub proof_value: String,
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
    /// Its signature is of something else, or by another key.
    #[error("its signature does not fit what it says")]
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
    let created = created.to_rfc3339_opts(SecondsFormat::Secs, true);
    let signed = to_sign(&canonical_form(&parsed)?, &created, verification_method);
    let proof = Proof {
        r#type: KIND.to_owned(),
        created,
        verification_method: verification_method.to_owned(),
        cryptosuite: SUITE.to_owned(),
        proof_purpose: PURPOSE.to_owned(),
        proof_value: format!("z{}", bs58::encode(sign(&signed)).into_string()),
    };
    let proof = serde_json::to_string(&proof).map_err(|error| Undefined::Value(error.to_string()))?;
    let open = document.trim_end().strip_suffix('}').ok_or_else(|| Undefined::Value("the document".to_owned()))?;
    Ok(format!("{open},\"proof\":{proof}}}"))
}

/// What is signed: the hash of the proof's own facts and that of the document.
fn to_sign(canonical: &str, created: &str, verification_method: &str) -> Vec<u8> {
    let facts = proof_facts(created, verification_method);
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

/// The one proof of a document.
pub fn proof(document: &Value) -> Result<Proof, Unproven> {
    let found = match document.get("proof") {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        Some(one @ Value::Object(_)) => Some(one),
        _ => None,
    };
    let proof: Proof = serde_json::from_value(found.ok_or(Unproven::None)?.clone()).map_err(|_| Unproven::Foreign)?;
    let is_known = proof.r#type == KIND && proof.cryptosuite == SUITE && proof.proof_purpose == PURPOSE;
    if is_known { Ok(proof) } else { Err(Unproven::Foreign) }
}

/// Whether the proof of a document was made by this key (32 bytes) and fits every leaf of it.
pub fn check(document: &Value, key: &[u8; 32]) -> Result<(), Unproven> {
    let proof = proof(document)?;
    let mut bare = document.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("proof");
    }
    let signed = to_sign(&canonical_form(&bare)?, &proof.created, &proof.verification_method);
    let value = proof.proof_value.strip_prefix('z').ok_or(Unproven::Foreign)?;
    let value = bs58::decode(value).into_vec().map_err(|_| Unproven::Wrong)?;
    let signature = Signature::from_slice(&value).map_err(|_| Unproven::Wrong)?;
    let key = VerifyingKey::from_bytes(key).map_err(|_| Unproven::Wrong)?;
    key.verify_strict(&signed, &signature).map_err(|_| Unproven::Wrong)
}

/// Bytes as base64url without padding, the form of JWTs and of status lists.
pub fn base64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
