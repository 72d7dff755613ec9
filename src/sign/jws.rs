//! JSON Web Signatures in their compact form (RFC 7515): three parts in base64url with dots between them.
//!
//! Verifying takes the key from whoever asks, never from the token: a header that brings a key, or an address of one, is
//! refused, and so is an algorithm that is not made for that kind of key. Each refusal has its own reason.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::{Algorithm, KeyError, PublicKey, Secret};

/// The most bytes of a token that are looked at: as much as any file that may be handed in to be checked.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Members of a header that bring a key, or say where to get one.
const KEYS_OF_THEIR_OWN: [&str; 5] = ["jwk", "jku", "x5c", "x5u", "x5t"];

/// Signs a payload, as it is. The header names the algorithm and the key, and nothing else but a type where one is asked.
pub fn sign(payload: &[u8], secret: &Secret, kid: &str, kind: Option<&str>) -> Result<String, KeyError> {
    let mut header = json!({"alg": secret.algorithm().name(), "kid": kid});
    if let (Some(kind), Some(members)) = (kind, header.as_object_mut()) {
        members.insert("typ".to_owned(), kind.into());
    }
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(payload));
    let signature = secret.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", encoded(&signature)))
}

/// A token that was taken apart, and not yet believed.
#[derive(Debug, Clone)]
pub struct Token {
    /// The header.
    pub header: Value,
    /// The payload, as it was signed.
    pub payload: Vec<u8>,
    /// The algorithm that the header names.
    pub algorithm: Algorithm,
    signed: String,
    signature: Vec<u8>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It is longer than anything that is signed.
    #[error("the token is too long")]
    TooLong,
    /// It does not have three parts.
    #[error("the token is cut short: a signed token has three parts")]
    Truncated,
    /// A part is not base64url, or the header no JSON object.
    #[error("the token cannot be read: a part of it is damaged")]
    Damaged,
    /// `alg: none`.
    #[error("the token is not signed at all: its algorithm is none")]
    Unsigned,
    /// An HMAC, which needs a shared secret. With a public key in the secret's place anybody could have made it.
    #[error("the token is signed with a shared secret, which proves nothing to anybody else")]
    SharedSecret,
    /// An algorithm that we do not know.
    #[error("the token is signed in a way that is not accepted")]
    UnknownAlgorithm,
    /// The header brings its own key.
    #[error("the token brings its own key, so anybody could have signed it")]
    BringsItsKey,
    /// The header wants something to be understood that we do not understand (RFC 7515, 4.1.11).
    #[error("the token must be read in a way that is not known here")]
    Critical,
    /// The key is not one of the signer's.
    #[error("the key is not one of whoever should have signed")]
    WrongSigner,
    /// The algorithm is not made for this kind of key.
    #[error("the token names an algorithm that does not fit the signer’s key")]
    WrongAlgorithm,
    /// The signature does not hold.
    #[error("the signature does not hold: what was signed is something else, or somebody else signed it")]
    WrongSignature,
    /// The key was compromised when it was signed.
    #[error("it was signed with a key after that key was compromised")]
    Compromised,
    /// It was signed before the key was in use, or after it was retired.
    #[error("it was signed at a time at which the key was not in use")]
    OutOfUse,
}

impl Token {
    /// Takes a token apart. Nothing in it is to be believed before [`verify`].
    pub fn read(token: &str) -> Result<Self, Distrust> {
        let token = token.trim();
        if token.len() > MOST_BYTES {
            return Err(Distrust::TooLong);
        }
        let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            return Err(Distrust::Truncated);
        };
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Distrust::Damaged);
        let members: Value = serde_json::from_slice(&decoded(header)?).map_err(|_| Distrust::Damaged)?;
        let algorithm = algorithm(&members)?;
        if signature.is_empty() {
            return Err(Distrust::Truncated);
        }
        Ok(Self {
            algorithm,
            signed: format!("{header}.{payload}"),
            payload: decoded(payload)?,
            signature: decoded(signature)?,
            header: members,
        })
    }

    /// The `kid` of the header: which key it says it was signed with.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }
}

/// The name of the algorithm that a token says it is signed with, whether it is known here or not; at most twenty signs.
pub fn algorithm_named(token: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(token.trim().split('.').next()?).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    Some(header["alg"].as_str()?.chars().filter(|sign| !sign.is_control()).take(20).collect())
}

/// The algorithm of a header that may be looked at.
fn algorithm(header: &Value) -> Result<Algorithm, Distrust> {
    if !header.is_object() {
        return Err(Distrust::Damaged);
    }
    let name = header.get("alg").and_then(Value::as_str).ok_or(Distrust::Damaged)?;
    if name.eq_ignore_ascii_case("none") {
        return Err(Distrust::Unsigned);
    }
    if name.starts_with("HS") {
        return Err(Distrust::SharedSecret);
    }
    if KEYS_OF_THEIR_OWN.iter().any(|member| header.get(member).is_some()) {
        return Err(Distrust::BringsItsKey);
    }
    if header.get("crit").is_some() {
        return Err(Distrust::Critical);
    }
    Algorithm::named(name).ok_or(Distrust::UnknownAlgorithm)
}

/// A key that whoever verifies knows from elsewhere, and what is known of it.
#[derive(Debug, Clone)]
pub struct KnownKey {
    /// Its id, as a `kid` names it.
    pub id: String,
    /// Its public half.
    pub key: PublicKey,
    /// When it began to sign; unknown for keys of others.
    pub from: Option<NaiveDateTime>,
    /// When it signed for the last time.
    pub until: Option<NaiveDateTime>,
    /// From when on it is not believed.
    pub compromised_since: Option<NaiveDateTime>,
}

impl KnownKey {
    /// A key of which nothing but its id is known.
    pub fn of(id: impl Into<String>, key: PublicKey) -> Self {
        Self { id: id.into(), key, from: None, until: None, compromised_since: None }
    }

    /// Whether what it signed at a time is believed.
    fn at(&self, signed_at: NaiveDateTime) -> Result<(), Distrust> {
        if self.compromised_since.is_some_and(|since| signed_at >= since) {
            Err(Distrust::Compromised)
        } else if self.from.is_some_and(|from| signed_at < from) || self.until.is_some_and(|until| signed_at > until) {
            Err(Distrust::OutOfUse)
        } else {
            Ok(())
        }
    }
}

/// Verifies a token against the keys of whoever should have signed it, at the time at which it was signed. A token that
/// names a key must name one of these; one that names none may be signed with any.
pub fn verify<'a>(
    token: &Token,
    signer: &'a [KnownKey],
    signed_at: Option<NaiveDateTime>,
) -> Result<&'a KnownKey, Distrust> {
    let candidates: Vec<&KnownKey> = match token.kid() {
        Some(kid) => signer.iter().filter(|key| key.id == kid).collect(),
        None => signer.iter().collect(),
    };
    if candidates.is_empty() {
        return Err(Distrust::WrongSigner);
    }
    let (fitting, others): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|known| known.key.takes(token.algorithm));
    if fitting.is_empty() && !others.is_empty() {
        return Err(Distrust::WrongAlgorithm);
    }
    let holds = |known: &&KnownKey| known.key.verify(token.algorithm, token.signed.as_bytes(), &token.signature);
    let known = fitting.into_iter().find(holds).ok_or(Distrust::WrongSignature)?;
    signed_at.map_or(Ok(()), |at| known.at(at))?;
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::{Ed25519Secret, RsaSecret};
    use chrono::NaiveDate;
    use std::sync::OnceLock;

    const KID: &str = "https://portal.example.edu/keys/1";

    fn rsa() -> &'static Secret {
        static KEY: OnceLock<Secret> = OnceLock::new();
        KEY.get_or_init(|| Secret::Rsa(RsaSecret::generate().unwrap()))
    }

    fn known() -> KnownKey {
        KnownKey::of(KID, rsa().public().unwrap())
    }

    fn signed() -> String {
        sign(b"{\"id\":\"urn:uuid:1\"}", rsa(), KID, None).unwrap()
    }

    /// A token with another header over the same payload, signed properly with the same key.
    fn with_header(header: &Value) -> String {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(b"{}"));
        format!("{signed}.{}", encoded(&rsa().sign(signed.as_bytes()).unwrap()))
    }

    fn distrust(token: &str, keys: &[KnownKey], at: Option<NaiveDateTime>) -> Distrust {
        Token::read(token).and_then(|token| verify(&token, keys, at).map(|_| ())).unwrap_err()
    }

    fn day(day: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap().into()
    }

    #[test]
    fn what_was_signed_holds_and_the_payload_is_what_was_signed() {
        let token = Token::read(&signed()).unwrap();
        assert_eq!(token.payload, b"{\"id\":\"urn:uuid:1\"}");
        assert_eq!(token.header, json!({"alg": "RS256", "kid": KID}));
        assert_eq!(verify(&token, &[known()], None).unwrap().id, KID);
    }

    #[test]
    fn every_attack_is_refused_with_its_own_reason() {
        let keys = [known()];
        let jwk = rsa().public().unwrap().to_jwk().unwrap();
        for (header, reason) in [
            (json!({"alg": "none"}), Distrust::Unsigned),
            (json!({"alg": "NoNe", "kid": KID}), Distrust::Unsigned),
            (json!({"alg": "HS256", "kid": KID}), Distrust::SharedSecret),
            (json!({"alg": "PS256", "kid": KID}), Distrust::UnknownAlgorithm),
            (json!({"alg": "RS256", "jwk": jwk}), Distrust::BringsItsKey),
            (json!({"alg": "RS256", "jku": "https://evil.example/keys"}), Distrust::BringsItsKey),
            (json!({"alg": "RS256", "x5c": ["MIIB"]}), Distrust::BringsItsKey),
            (json!({"alg": "RS256", "kid": KID, "crit": ["b64"], "b64": false}), Distrust::Critical),
            (json!({"alg": "ES256", "kid": KID}), Distrust::WrongAlgorithm),
            (json!({"alg": "EdDSA", "kid": KID}), Distrust::WrongAlgorithm),
            (json!({"alg": "RS512", "kid": KID}), Distrust::WrongSignature),
            (json!({"alg": "RS256", "kid": "https://evil.example/keys/1"}), Distrust::WrongSigner),
            (json!({"kid": KID}), Distrust::Damaged),
            (json!(["RS256"]), Distrust::Damaged),
        ] {
            assert_eq!(distrust(&with_header(&header), &keys, None), reason, "{header}");
        }
    }

    #[test]
    fn another_signers_key_is_refused_even_under_the_right_name() {
        let other = Secret::Rsa(RsaSecret::generate().unwrap());
        let forged = sign(b"{}", &other, KID, None).unwrap();
        assert_eq!(distrust(&forged, &[known()], None), Distrust::WrongSignature);
        assert_eq!(distrust(&signed(), &[], None), Distrust::WrongSigner);
        let ed25519 = Secret::Ed25519(Ed25519Secret::generate());
        let confused = sign(b"{}", &ed25519, KID, None).unwrap();
        assert_eq!(distrust(&confused, &[known()], None), Distrust::WrongAlgorithm);
    }

    #[test]
    fn a_key_is_believed_for_the_time_in_which_it_signed() {
        let mut key = known();
        (key.from, key.until) = (Some(day(1)), Some(day(20)));
        assert_eq!(distrust(&signed(), &[key.clone()], Some(day(21))), Distrust::OutOfUse);
        key.compromised_since = Some(day(10));
        let token = Token::read(&signed()).unwrap();
        assert!(verify(&token, &[key.clone()], Some(day(9))).is_ok());
        assert_eq!(distrust(&signed(), &[key], Some(day(10))), Distrust::Compromised);
    }

    #[test]
    fn a_token_that_was_cut_or_changed_anywhere_is_refused() {
        let (token, keys) = (signed(), [known()]);
        for end in (0..token.len()).step_by(7) {
            let reason = distrust(&token[..end], &keys, None);
            assert!(
                matches!(reason, Distrust::Truncated | Distrust::Damaged | Distrust::WrongSignature),
                "{end}: {reason:?}"
            );
        }
        for place in (0..token.len()).step_by(5) {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            distrust(&String::from_utf8(changed).unwrap(), &keys, None);
        }
        assert_eq!(distrust("", &keys, None), Distrust::Truncated);
        assert_eq!(distrust(&"a".repeat(MOST_BYTES + 1), &keys, None), Distrust::TooLong);
    }
}
