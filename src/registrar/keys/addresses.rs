//! What a key and whoever signs with it are called in public: the DID of the signer, the verification method of a proof,
//! the address of a key.
//!
//! With a public https address a signer is did:web, whose keys can be rotated. Without one nobody could look it up, and the
//! signer is did:key: the public key itself, so that a rotation changes the name; old credentials keep theirs.

use crate::{
    db::Conn,
    models::{
        Profile, SigningKey,
        signing_key::{self, Purpose},
    },
    registrar::{Portal, Refusal},
    sign::PublicKey,
    values::Id,
};

/// Whether the public address is one that did:web can be resolved at.
pub fn has_did_web(portal: &Portal) -> bool {
    portal.base_url.starts_with("https://")
}

/// `did:web:HOST`, a port written as `%3A`.
pub fn publisher_did_web(portal: &Portal) -> String {
    let host = portal.base_url.split_once("://").map_or(portal.base_url.as_str(), |(_, host)| host);
    format!("did:web:{}", host.to_ascii_lowercase().replace(':', "%3A"))
}

/// `did:web:HOST:issuers:ID`.
pub fn issuer_did_web(portal: &Portal, id: &Id<Profile>) -> String {
    format!("{}:issuers:{id}", publisher_did_web(portal))
}

/// The did:web of whom a key was made for.
pub fn did_web(portal: &Portal, key: &SigningKey) -> String {
    if key.of_publisher { publisher_did_web(portal) } else { issuer_did_web(portal, &key.profile_id) }
}

/// The public half of a key.
pub fn public(key: &SigningKey) -> Result<PublicKey, Refusal> {
    Ok(PublicKey::from_der(&key.public_key)?)
}

/// The id of whoever signs with a key: did:web, or did:key where there is no public https address.
pub fn issuer_did(portal: &Portal, key: &SigningKey) -> Result<String, Refusal> {
    if has_did_web(portal) { Ok(did_web(portal, key)) } else { Ok(format!("did:key:{}", public(key)?.to_multikey()?)) }
}

/// What a proof names as its `verificationMethod`: `did:web:…#key-N`, or `did:key:z…#z…`.
pub fn verification_method(portal: &Portal, key: &SigningKey) -> Result<String, Refusal> {
    if has_did_web(portal) {
        Ok(format!("{}#{}", did_web(portal, key), key.fragment()))
    } else {
        let multikey = public(key)?.to_multikey()?;
        Ok(format!("did:key:{multikey}#{multikey}"))
    }
}

/// What a JWS names as its `kid`, and where the key can be got: one JWK, not a set.
pub fn key_url(portal: &Portal, key: &SigningKey) -> String {
    format!("{}/keys/{}", portal.base_url, key.id)
}

/// What signatures name the key by: `verificationMethod` of a proof, `kid` of a JWS.
pub fn key_id(portal: &Portal, key: &SigningKey) -> Result<String, Refusal> {
    match key.purpose {
        Purpose::DataIntegrity => verification_method(portal, key),
        Purpose::Jws => Ok(key_url(portal, key)),
    }
}

/// The key that a person means: by what signatures name it by, by its address, its bare id, or `key-N`.
pub fn named(conn: &mut Conn, portal: &Portal, named: &str) -> Result<SigningKey, Refusal> {
    for key in signing_key::all(conn)? {
        let names = [verification_method(portal, &key)?, key_url(portal, &key), key.fragment(), key.id.to_string()];
        let did_web = format!("{}#{}", did_web(portal, &key), key.fragment());
        if names.iter().chain([&did_web]).any(|name| name == named.trim()) {
            return Ok(key);
        }
    }
    Err(Refusal::conflict(format!("there is no key {named:?}; `testamur keys list` names them")))
}
