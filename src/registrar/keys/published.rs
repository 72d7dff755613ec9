//! Public keys as others fetch them: DID documents, a JWK Set, one key as JWK or as CLR 1.0 CryptographicKey. Keys stay in
//! them for ever, whatever their state: what they signed must stay verifiable. A compromised key no longer stands for its
//! owner, so a DID document keeps it among the methods and takes it out of those that assert.

use serde_json::{Value, json};

use super::{Portal, did_web, issuer_did_web, key_url, public, publisher_did_web, verification_method};
use crate::{
    clr::v1,
    db::Conn,
    models::{
        Profile, SigningKey, profile,
        signing_key::{self, KeyState, Purpose},
    },
    registrar::Refusal,
    values::Id,
};

/// The publisher's DID document.
pub fn publisher_document(conn: &mut Conn, portal: &Portal) -> Result<Value, Refusal> {
    let keys = signing_key::of_publisher(conn)?;
    document(&publisher_did_web(portal), portal, &keys)
}

/// Another signing profile's DID document; there is one as soon as it has keys.
pub fn issuer_document(conn: &mut Conn, portal: &Portal, id: &Id<Profile>) -> Result<Value, Refusal> {
    let keys = signing_key::of(conn, id)?.into_iter().filter(|key| !key.of_publisher).collect::<Vec<_>>();
    if keys.is_empty() { Err(Refusal::NotFound) } else { document(&issuer_did_web(portal, id), portal, &keys) }
}

fn document(did: &str, portal: &Portal, keys: &[SigningKey]) -> Result<Value, Refusal> {
    let methods = keys.iter().map(|key| method(portal, key)).collect::<Result<Vec<_>, _>>()?;
    let believed = keys.iter().filter(|key| key.state != KeyState::Compromised);
    let asserting: Vec<String> = believed.map(|key| method_id(portal, key)).collect();
    Ok(json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        // As strings, and absolute: verifiers compare them letter by letter.
        "assertionMethod": asserting,
    }))
}

/// `did:web:…#key-N`, also where proofs name did:key.
fn method_id(portal: &Portal, key: &SigningKey) -> String {
    format!("{}#{}", did_web(portal, key), key.fragment())
}

fn method(portal: &Portal, key: &SigningKey) -> Result<Value, Refusal> {
    let (id, controller) = (method_id(portal, key), did_web(portal, key));
    let mut method = match key.purpose {
        Purpose::DataIntegrity => multikey(key, &id, &controller)?,
        Purpose::Jws => json!({
            "id": id, "type": "JsonWebKey2020", "controller": controller, "publicKeyJwk": jwk(portal, key)?,
        }),
    };
    if let (Some(since), Some(members)) = (key.compromised_since, method.as_object_mut()) {
        // The Multikey of the W3C has a member for it; of other forms readers ignore what they do not know.
        members.insert("revoked".to_owned(), instant(since).into());
    }
    Ok(method)
}

fn multikey(key: &SigningKey, id: &str, controller: &str) -> Result<Value, Refusal> {
    let multibase = public(key)?.to_multikey()?;
    Ok(json!({"id": id, "type": "Multikey", "controller": controller, "publicKeyMultibase": multibase}))
}

/// One key as JWK (RFC 7517), with its address as `kid`.
pub fn jwk(portal: &Portal, key: &SigningKey) -> Result<Value, Refusal> {
    let mut jwk = public(key)?.to_jwk()?;
    if let Some(members) = jwk.as_object_mut() {
        members.insert("kid".to_owned(), key_url(portal, key).into());
        members.insert("alg".to_owned(), key.algorithm.clone().into());
        members.insert("use".to_owned(), "sig".into());
        members.insert("testamur_state".to_owned(), key.state.as_str().into());
        if let Some(since) = key.compromised_since {
            members.insert("testamur_compromised_since".to_owned(), instant(since).into());
        }
    }
    Ok(jwk)
}

/// All keys as a JWK Set.
pub fn jwk_set(conn: &mut Conn, portal: &Portal) -> Result<Value, Refusal> {
    let keys = signing_key::all(conn)?;
    let keys = keys.iter().map(|key| jwk(portal, key)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"keys": keys}))
}

/// One key as Multikey, with the id that proofs name.
pub fn as_multikey(portal: &Portal, key: &SigningKey) -> Result<Value, Refusal> {
    let method = verification_method(portal, key)?;
    let controller = method.split('#').next().unwrap_or_default().to_owned();
    let mut found = multikey(key, &method, &controller)?;
    if let Some(members) = found.as_object_mut() {
        members.insert("@context".to_owned(), "https://w3id.org/security/multikey/v1".into());
        if let Some(since) = key.compromised_since {
            members.insert("revoked".to_owned(), instant(since).into());
        }
    }
    Ok(found)
}

/// One key as CLR 1.0 CryptographicKey (OpenAPI `getKey`).
pub fn cryptographic_key(conn: &mut Conn, portal: &Portal, key: &SigningKey) -> Result<Value, Refusal> {
    let owner = profile::find(conn, &key.profile_id)?;
    Ok(json!({
        "@context": v1::CONTEXT,
        "id": key_url(portal, key),
        "type": "CryptographicKey",
        "owner": owner.iri.as_str(),
        "publicKeyPem": public(key)?.to_pem()?,
    }))
}

/// An instant as documents write it.
fn instant(at: chrono::NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
