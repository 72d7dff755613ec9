//! Signing keys in memory: Ed25519 for data-integrity proofs, RSA for JSON Web Signatures, and the public halves of both
//! (and of P-256 and P-384, which others sign with) in every form that a verifier asks for.
//!
//! Ed25519 is pure Rust. RSA is OpenSSL's: it makes a key of 3,072 bits in a fraction of a second and signs in constant
//! time, and it is in the program anyway, below libpq.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey, PointConversionForm},
    ecdsa::EcdsaSig,
    error::ErrorStack,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private, Public},
    rsa::Rsa,
    sign::{Signer, Verifier},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::clock;

/// Bits of an RSA key of ours.
const RSA_BITS: u32 = 3072;
/// The least bits of an RSA key that a signature of somebody else is believed under.
const LEAST_RSA_BITS: u32 = 2048;

/// What was wrong with a key or with signing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no key of a kind that we know.
    #[error("this is not a key of a known kind: {0}")]
    Unknown(&'static str),
    /// The library for cryptography failed.
    #[error("the key could not be used: {0}")]
    Library(String),
}

impl From<ErrorStack> for KeyError {
    fn from(error: ErrorStack) -> Self {
        KeyError::Library(error.to_string())
    }
}

/// How a signature is made, by its name in a JWS header (RFC 7518, RFC 8037). There is no `none` and no HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// The same with SHA-384.
    Rs384,
    /// The same with SHA-512, which other issuers use.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 6] =
        [Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Es256, Algorithm::Es384];

    /// The name in a JWS header.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
        }
    }

    /// The algorithm of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    fn digest(self) -> MessageDigest {
        match self {
            Algorithm::Rs384 | Algorithm::Es384 => MessageDigest::sha384(),
            Algorithm::Rs512 => MessageDigest::sha512(),
            Algorithm::EdDsa | Algorithm::Rs256 | Algorithm::Es256 => MessageDigest::sha256(),
        }
    }
}

/// An Ed25519 key. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Ed25519Secret(Box<SigningKey>);

impl Ed25519Secret {
    /// A new key, from the cryptographic generator.
    pub fn generate() -> Self {
        Self::from_seed(&Zeroizing::new(clock::random_bytes()))
    }

    /// The key of a seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new(SigningKey::from_bytes(seed)))
    }

    /// The 64 bytes of the signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::Ed25519(self.0.verifying_key())
    }
}

/// An RSA key of 3,072 bits. OpenSSL wipes it when it is dropped.
#[derive(Clone)]
pub struct RsaSecret(PKey<Private>);

impl RsaSecret {
    /// A new key, from OpenSSL's own generator. Takes some tenths of a second: never in a write transaction.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self(PKey::from_rsa(Rsa::generate(RSA_BITS)?)?))
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let key = PKey::private_key_from_pkcs8(der)?;
        key.rsa()?;
        Ok(Self(key))
    }

    /// The signature, RSASSA-PKCS1-v1_5 with SHA-256 (`RS256`).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(Signer::new(MessageDigest::sha256(), &self.0)?.sign_oneshot_to_vec(message)?)
    }

    /// The public half.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_der(&self.0.public_key_to_der()?)
    }
}

/// A private key of ours, of either kind.
#[derive(Clone)]
pub enum Secret {
    /// For data-integrity proofs.
    Ed25519(Ed25519Secret),
    /// For JSON Web Signatures.
    Rsa(RsaSecret),
}

impl Secret {
    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Secret::Ed25519(_) => Algorithm::EdDsa,
            Secret::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Secret::Ed25519(key) => Ok(key.sign(message).to_vec()),
            Secret::Rsa(key) => key.sign(message),
        }
    }

    /// The public half.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        match self {
            Secret::Ed25519(key) => Ok(key.public()),
            Secret::Rsa(key) => key.public(),
        }
    }

    /// What is wrapped: a seed, or PKCS #8.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match self {
            Secret::Ed25519(key) => Ok(Zeroizing::new(key.0.to_bytes().to_vec())),
            Secret::Rsa(key) => Ok(Zeroizing::new(key.0.private_key_to_pkcs8()?)),
        }
    }

    /// The key that was wrapped.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::EdDsa => {
                let seed =
                    Zeroizing::new(bytes.try_into().map_err(|_| KeyError::Unknown("an Ed25519 seed has 32 bytes"))?);
                Ok(Secret::Ed25519(Ed25519Secret::from_seed(&seed)))
            }
            Algorithm::Rs256 => Ok(Secret::Rsa(RsaSecret::from_pkcs8(bytes)?)),
            _ => Err(KeyError::Unknown("we sign with Ed25519 and RS256 only")),
        }
    }
}

/// The public half of a key, ours or somebody else's.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// Ed25519.
    Ed25519(VerifyingKey),
    /// RSA of at least 2,048 bits.
    Rsa(Arc<PKey<Public>>),
    /// ECDSA on P-256.
    P256(Arc<PKey<Public>>),
    /// ECDSA on P-384.
    P384(Arc<PKey<Public>>),
}

/// Multicodec prefixes of public keys: Ed25519, RSA (PKCS #1), P-256 and P-384 (compressed points).
const ED25519_PREFIX: [u8; 2] = [0xed, 0x01];
const RSA_PREFIX: [u8; 2] = [0x85, 0x24];
const P256_PREFIX: [u8; 2] = [0x80, 0x24];
const P384_PREFIX: [u8; 2] = [0x81, 0x24];
/// Bytes of a number in a signature, and of a coordinate.
const P256_BYTES: usize = 32;
const P384_BYTES: usize = 48;
/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl PublicKey {
    /// An Ed25519 key of its 32 bytes.
    pub fn from_ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::Unknown("an Ed25519 key has 32 bytes"))?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Unknown("not a point of the curve"))?;
        if key.is_weak() { Err(KeyError::Unknown("a weak Ed25519 key")) } else { Ok(Self::Ed25519(key)) }
    }

    /// A key of its SubjectPublicKeyInfo.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        match der.strip_prefix(&ED25519_SPKI) {
            Some(bytes) => Self::from_ed25519(bytes),
            None => Self::of_openssl(PKey::public_key_from_der(der)?),
        }
    }

    /// A key in PEM: SubjectPublicKeyInfo, or PKCS #1 as older issuers write it.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.contains("BEGIN RSA PUBLIC KEY") {
            return Self::of_openssl(PKey::from_rsa(Rsa::public_key_from_pem_pkcs1(pem.as_bytes())?)?);
        }
        let key = PKey::public_key_from_pem(pem.as_bytes())?;
        Self::from_der(&key.public_key_to_der()?)
    }

    /// A JSON Web Key (RFC 7517). Never one with a private member: somebody lost a secret there.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        if jwk.get("d").is_some() {
            return Err(KeyError::Unknown("this JWK holds the private key, so it can no longer be trusted"));
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        let bytes =
            |name: &'static str| URL_SAFE_NO_PAD.decode(text(name)).map_err(|_| KeyError::Unknown("not base64url"));
        match (text("kty"), text("crv")) {
            ("OKP", "Ed25519") => Self::from_ed25519(&bytes("x")?),
            ("RSA", _) => {
                let (n, e) = (BigNum::from_slice(&bytes("n")?)?, BigNum::from_slice(&bytes("e")?)?);
                Self::of_openssl(PKey::from_rsa(Rsa::from_public_components(n, e)?)?)
            }
            ("EC", curve @ ("P-256" | "P-384")) => {
                let (x, y) = (BigNum::from_slice(&bytes("x")?)?, BigNum::from_slice(&bytes("y")?)?);
                let nid = if curve == "P-256" { Nid::X9_62_PRIME256V1 } else { Nid::SECP384R1 };
                let group = EcGroup::from_curve_name(nid)?;
                Self::of_openssl(PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)?)
            }
            _ => Err(KeyError::Unknown("the JWK is neither RSA, P-256, P-384 nor Ed25519")),
        }
    }

    /// A Multikey: `z`, then base58btc of the multicodec prefix and the key.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        let encoded = text.strip_prefix('z').ok_or(KeyError::Unknown("a Multikey begins with z"))?;
        let bytes = bs58::decode(encoded).into_vec().map_err(|_| KeyError::Unknown("not base58btc"))?;
        if let Some(key) = bytes.strip_prefix(&ED25519_PREFIX) {
            Self::from_ed25519(key)
        } else if let Some(key) = bytes.strip_prefix(&RSA_PREFIX) {
            Self::of_openssl(PKey::from_rsa(Rsa::public_key_from_der_pkcs1(key)?)?)
        } else if let Some(point) = bytes.strip_prefix(&P256_PREFIX) {
            Self::of_point(Nid::X9_62_PRIME256V1, point)
        } else if let Some(point) = bytes.strip_prefix(&P384_PREFIX) {
            Self::of_point(Nid::SECP384R1, point)
        } else {
            Err(KeyError::Unknown("the Multikey is neither Ed25519, RSA, P-256 nor P-384"))
        }
    }

    fn of_point(curve: Nid, point: &[u8]) -> Result<Self, KeyError> {
        let group = EcGroup::from_curve_name(curve)?;
        let point = openssl::ec::EcPoint::from_bytes(&group, point, &mut *BigNumContext::new()?)?;
        Self::of_openssl(PKey::from_ec_key(EcKey::from_public_key(&group, &point)?)?)
    }

    fn of_openssl(key: PKey<Public>) -> Result<Self, KeyError> {
        if let Ok(rsa) = key.rsa() {
            return if rsa.size() * 8 < LEAST_RSA_BITS {
                Err(KeyError::Unknown("an RSA key of less than 2,048 bits proves nothing"))
            } else {
                Ok(Self::Rsa(Arc::new(key)))
            };
        }
        const OTHER: KeyError = KeyError::Unknown("neither RSA, P-256 nor P-384");
        let ec = key.ec_key().map_err(|_| OTHER)?;
        ec.check_key()?;
        match ec.group().curve_name() {
            Some(Nid::X9_62_PRIME256V1) => Ok(Self::P256(Arc::new(key))),
            Some(Nid::SECP384R1) => Ok(Self::P384(Arc::new(key))),
            _ => Err(OTHER),
        }
    }

    /// SubjectPublicKeyInfo.
    pub fn to_der(&self) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Ed25519(key) => Ok([&ED25519_SPKI[..], key.as_bytes()].concat()),
            Self::Rsa(key) | Self::P256(key) | Self::P384(key) => Ok(key.public_key_to_der()?),
        }
    }

    /// SubjectPublicKeyInfo in PEM.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = PKey::public_key_from_der(&self.to_der()?)?.public_key_to_pem()?;
        String::from_utf8(pem).map_err(|_| KeyError::Unknown("PEM is text"))
    }

    /// The JSON Web Key, without a `kid`.
    pub fn to_jwk(&self) -> Result<Value, KeyError> {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ed25519(key) => Ok(json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(key.as_bytes())})),
            Self::Rsa(key) => {
                let rsa = key.rsa()?;
                Ok(json!({"kty": "RSA", "n": encoded(&rsa.n().to_vec()), "e": encoded(&rsa.e().to_vec())}))
            }
            Self::P256(key) | Self::P384(key) => {
                let (mut x, mut y, ec) = (BigNum::new()?, BigNum::new()?, key.ec_key()?);
                ec.public_key().affine_coordinates(ec.group(), &mut x, &mut y, &mut *BigNumContext::new()?)?;
                let (curve, bytes) = match self {
                    Self::P384(_) => ("P-384", P384_BYTES as i32),
                    _ => ("P-256", P256_BYTES as i32),
                };
                let (x, y) = (x.to_vec_padded(bytes)?, y.to_vec_padded(bytes)?);
                Ok(json!({"kty": "EC", "crv": curve, "x": encoded(&x), "y": encoded(&y)}))
            }
        }
    }

    /// The Multikey: `z6Mk…` for Ed25519.
    pub fn to_multikey(&self) -> Result<String, KeyError> {
        let bytes = match self {
            Self::Ed25519(key) => [&ED25519_PREFIX[..], key.as_bytes()].concat(),
            Self::Rsa(key) => [&RSA_PREFIX[..], &key.rsa()?.public_key_to_der_pkcs1()?].concat(),
            Self::P256(key) | Self::P384(key) => {
                let ec = key.ec_key()?;
                let form = PointConversionForm::COMPRESSED;
                let point = ec.public_key().to_bytes(ec.group(), form, &mut *BigNumContext::new()?)?;
                let prefix = if matches!(self, Self::P384(_)) { P384_PREFIX } else { P256_PREFIX };
                [&prefix[..], &point].concat()
            }
        };
        Ok(format!("z{}", bs58::encode(bytes).into_string()))
    }

    /// Whether an algorithm is made for this kind of key.
    pub fn takes(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Ed25519(_) => algorithm == Algorithm::EdDsa,
            Self::Rsa(_) => matches!(algorithm, Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512),
            Self::P256(_) => algorithm == Algorithm::Es256,
            Self::P384(_) => algorithm == Algorithm::Es384,
        }
    }

    /// Whether a signature holds under this key. An algorithm of another kind of key never does: that is how a public
    /// RSA key would be taken for an HMAC secret.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Ed25519(key), Algorithm::EdDsa) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            (Self::Rsa(key), Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512) => {
                holds(key, algorithm, message, signature).unwrap_or(false)
            }
            (Self::P256(key), Algorithm::Es256) => on_curve(key, P256_BYTES, algorithm, (message, signature)),
            (Self::P384(key), Algorithm::Es384) => on_curve(key, P384_BYTES, algorithm, (message, signature)),
            _ => false,
        }
    }
}

fn holds(key: &PKey<Public>, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<bool, KeyError> {
    Ok(Verifier::new(algorithm.digest(), key)?.verify_oneshot(signature, message)?)
}

fn on_curve(key: &PKey<Public>, bytes: usize, algorithm: Algorithm, (message, signature): (&[u8], &[u8])) -> bool {
    as_der(signature, bytes).and_then(|der| holds(key, algorithm, message, &der)).unwrap_or(false)
}

/// A JWS writes the two numbers of an ECDSA signature one after the other, each in so many bytes; OpenSSL reads them as
/// DER.
fn as_der(signature: &[u8], bytes: usize) -> Result<Vec<u8>, KeyError> {
    if signature.len() != 2 * bytes {
        return Err(KeyError::Unknown("an ECDSA signature is two numbers of the curve’s length"));
    }
    let (r, s) = signature.split_at(bytes);
    Ok(EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der()?)
}
