//! Whose a key is: one of ours by the record, a did:key by itself, and others by what their host says.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    Asking,
    report::{NotHeld, unknown, wrong},
};
use crate::{
    clr::v2::checks::each,
    models::{SigningKey, profile, signing_key},
    registrar::{Refusal, keys},
    sign::PublicKey,
};

/// A key that was found by its name.
pub struct Found {
    /// Its public half.
    pub key: PublicKey,
    /// Our record of it, where it is ours.
    pub ours: Option<SigningKey>,
    /// Whether it belongs to whoever is named as the issuer.
    pub belongs: Result<String, NotHeld>,
}

/// The key of a name, and whether it is the issuer's. Fails with what is wrong with the name, or with why it could not be
/// looked up.
pub fn find(asking: &mut Asking, named: &str, issuer: &str) -> Result<Result<Found, NotHeld>, Refusal> {
    if let Some(own) = ours(asking, named)? {
        let key = keys::public(&own)?;
        let belongs = if names(asking, &own)?.iter().any(|name| name == issuer) {
            Ok("The key is one of the issuer’s, by the record of this portal.".to_owned())
        } else {
            wrong(format!("The key belongs to somebody else than {issuer}, by the record of this portal."))
        };
        return Ok(Ok(Found { key, ours: Some(own), belongs }));
    }
    if asking.is_our_address(named) {
        return Ok(wrong("It names a key of this portal that this portal never had."));
    }
    Ok(foreign(asking, named, issuer))
}

/// Our key of a name.
fn ours(asking: &mut Asking, named: &str) -> Result<Option<SigningKey>, Refusal> {
    let portal = asking.portal.clone();
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(None) };
    for key in signing_key::all(conn)? {
        let multikey = keys::public(&key)?.to_multikey()?;
        let names = [
            format!("{}#{}", keys::did_web(&portal, &key), key.fragment()),
            format!("did:key:{multikey}#{multikey}"),
            format!("did:key:{multikey}"),
            keys::key_url(&portal, &key),
        ];
        if names.iter().any(|name| name == named) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Every name that the owner of a key of ours issues under, in the past too.
fn names(asking: &mut Asking, own: &SigningKey) -> Result<Vec<String>, Refusal> {
    let portal = asking.portal.clone();
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(Vec::new()) };
    let mut names = vec![profile::find(conn, &own.profile_id)?.iri.to_string()];
    for key in signing_key::of(conn, &own.profile_id)? {
        names.push(keys::did_web(&portal, &key));
        names.push(format!("did:key:{}", keys::public(&key)?.to_multikey()?));
    }
    Ok(names)
}

/// What our record says of the time at which a key of ours signed.
pub fn state(own: &SigningKey, signed_at: Option<NaiveDateTime>) -> Result<String, NotHeld> {
    match (own.compromised_since, signed_at) {
        (Some(_), None) => wrong(
            "The key was compromised, and this portal has no record of when this was signed: anybody who had the key \
             may have made it.",
        ),
        (Some(since), Some(at)) if at >= since => {
            wrong(format!("The key was compromised on {}; this was signed after that.", since.format("%-d %B %Y")))
        }
        _ if own.activated_at.is_none_or(|from| signed_at.is_some_and(|at| at < from)) => {
            wrong("It was signed at a time at which the key was not in use.")
        }
        _ => match (own.retired_at, signed_at) {
            (Some(until), Some(at)) if at > until => wrong("It was signed after the key was retired."),
            (Some(_), None) => unknown("The key was retired, and this portal has no record of when this was signed."),
            _ => Ok("The key was in use when this was signed, and was not compromised then.".to_owned()),
        },
    }
}

fn foreign(asking: &mut Asking, named: &str, issuer: &str) -> Result<Found, NotHeld> {
    let (controller, fragment) = named.split_once('#').unwrap_or((named, ""));
    let not_the_issuers = || match issuer {
        "" => wrong(format!("The key is named under {controller}, and the credential names no issuer.")),
        issuer => wrong(format!("The key is named under {controller}, and not under the issuer, {issuer}.")),
    };
    if let Some(multikey) = controller.strip_prefix("did:key:") {
        if !fragment.is_empty() && fragment != multikey {
            return wrong("The proof names two keys at once.");
        }
        let belongs = match controller == issuer {
            true => {
                Ok("The issuer’s name is the key itself (did:key). That says who signed, not who that is.".to_owned())
            }
            false => not_the_issuers(),
        };
        return Ok(Found { key: multikey_of(multikey)?, ours: None, belongs });
    }
    if let Some(address) = did_document(controller) {
        let document = asking.outside.json(&address)?;
        let key = method(&document, named, controller)?;
        let belongs = if controller == issuer {
            Ok("The issuer’s host publishes this key as the issuer’s.".to_owned())
        } else {
            not_the_issuers()
        };
        return Ok(Found { key, ours: None, belongs });
    }
    if named.starts_with("did:") {
        return wrong(format!("Keys that are named like {named} cannot be found by anybody: the method is not known."));
    }
    if fragment.starts_with('z') {
        // The document brings its key along; whether it is the issuer's only the issuer's host can say.
        let key = multikey_of(fragment)?;
        let belongs = match controller == issuer {
            true => asking.outside.json(controller).and_then(|document| {
                let published = method(&document, named, controller)?;
                let is_same = published.to_multikey().ok() == key.to_multikey().ok();
                if is_same {
                    Ok("The issuer’s host publishes this key as the issuer’s.".to_owned())
                } else {
                    not_listed()
                }
            }),
            false => not_the_issuers(),
        };
        return Ok(Found { key, ours: None, belongs });
    }
    at_address(asking, named, controller, issuer)
}

/// A key that lies at an address: a JWK, a CLR 1.0 CryptographicKey, or a document with several.
fn at_address(asking: &mut Asking, named: &str, controller: &str, issuer: &str) -> Result<Found, NotHeld> {
    let document = asking.outside.json(controller)?;
    let unreadable = |_| NotHeld::Wrong("The key at the address that it names cannot be read.".to_owned());
    if document["kty"].is_string() {
        let key = PublicKey::from_jwk(&document).map_err(unreadable)?;
        let host = super::outside::host(controller);
        let of_issuer =
            super::outside::host(issuer).or_else(|| did_document(issuer).as_deref().and_then(super::outside::host));
        let belongs = if host.is_some() && host == of_issuer {
            Ok("The key lies at the issuer’s own host.".to_owned())
        } else {
            wrong("The key lies at another host than the issuer’s.")
        };
        return Ok(Found { key, ours: None, belongs });
    }
    if let Some(pem) = document["publicKeyPem"].as_str() {
        let key = PublicKey::from_pem(pem).map_err(unreadable)?;
        let belongs = if document["owner"] == issuer {
            Ok("The key document names the issuer as its owner.".to_owned())
        } else {
            wrong("The key document names somebody else as its owner.")
        };
        return Ok(Found { key, ours: None, belongs });
    }
    let key = method(&document, named, controller)?;
    let belongs = match controller == issuer {
        true => Ok("The issuer’s host publishes this key as the issuer’s.".to_owned()),
        false => wrong("The key belongs to somebody else than the issuer."),
    };
    Ok(Found { key, ours: None, belongs })
}

fn not_listed<T>() -> Result<T, NotHeld> {
    wrong("The issuer’s own document does not name this key among those that may sign.")
}

fn multikey_of(multikey: &str) -> Result<PublicKey, NotHeld> {
    PublicKey::from_multikey(multikey).map_err(|error| NotHeld::Wrong(format!("The key cannot be read: {error}.")))
}

/// The address of the document of a did:web.
fn did_document(did: &str) -> Option<String> {
    let mut parts = did.strip_prefix("did:web:")?.split(':');
    let host = parts.next()?.replace("%3A", ":").replace("%3a", ":");
    let path: Vec<&str> = parts.collect();
    Some(match path.is_empty() {
        true => format!("https://{host}/.well-known/did.json"),
        false => format!("https://{host}/{}/did.json", path.join("/")),
    })
}

/// The key of a name in a document that lists keys, where it may sign.
fn method(document: &Value, named: &str, controller: &str) -> Result<PublicKey, NotHeld> {
    if document["id"] != controller {
        return wrong("The document of the issuer’s keys is somebody else’s.");
    }
    let may_sign = |one: &Value| *one == named || one["id"] == named;
    if !each(&document["assertionMethod"]).into_iter().any(may_sign) {
        return not_listed();
    }
    let listed = each(&document["verificationMethod"]).into_iter().chain(each(&document["assertionMethod"]));
    let Some(found) = listed.into_iter().find(|one| one["id"] == named) else { return not_listed() };
    let key = match found["publicKeyMultibase"].as_str() {
        Some(multikey) => PublicKey::from_multikey(multikey),
        None => PublicKey::from_jwk(&found["publicKeyJwk"]),
    };
    key.map_err(|error| NotHeld::Wrong(format!("The key cannot be read: {error}.")))
}
