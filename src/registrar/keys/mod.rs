//! Signing keys: made on demand, rotated with an overlap, retired, marked as compromised.
//!
//! A signing profile has for each purpose one active key and one next key, which is published as soon as it is made, so
//! that verifiers know it before it signs. Rotating lets the next key sign, ends the one before and makes another next
//! one, all in one transaction. Keys are made before the transaction begins: an RSA key takes too long for one.

mod addresses;
pub mod published;
mod ring;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::{
    addresses::{
        did_web, has_did_web, issuer_did, issuer_did_web, key_id, key_url, named, public, publisher_did_web,
        verification_method,
    },
    ring::Keyring,
};
use super::{Portal, Refusal};
use crate::{
    clock,
    db::{Conn, Db},
    models::{
        Actor, Profile, SigningKey, audit, setting, signed_form,
        signing_key::{self, KeyState, Purpose},
    },
    sign::{Ed25519Secret, RsaSecret, Secret},
    values::{Id, Line},
};

/// How long others may keep a copy of our public keys: a next key younger than this may be unknown to some.
pub const PUBLISHED_FOR: TimeDelta = TimeDelta::minutes(5);

/// A key that is ready to sign.
#[derive(Clone)]
pub struct Signer {
    /// The key.
    pub key: SigningKey,
    /// Its private half.
    pub secret: Arc<Secret>,
}

/// Keys that were made ahead, outside the transaction that stores them.
#[derive(Clone, Default)]
pub struct Supply(Vec<(Purpose, Secret)>);

impl Supply {
    /// So many keys of a purpose more.
    pub fn with(mut self, purpose: Purpose, count: usize) -> Result<Self, Refusal> {
        for _ in 0..count {
            self.0.push((purpose, made(purpose)?));
        }
        Ok(self)
    }

    /// A key of the purpose; made now, where none was made ahead.
    fn take(&mut self, purpose: Purpose) -> Result<Secret, Refusal> {
        match self.0.iter().position(|(of, _)| *of == purpose) {
            Some(place) => Ok(self.0.swap_remove(place).1),
            None => made(purpose),
        }
    }
}

fn made(purpose: Purpose) -> Result<Secret, Refusal> {
    Ok(match purpose {
        Purpose::DataIntegrity => Secret::Ed25519(Ed25519Secret::generate()),
        Purpose::Jws => Secret::Rsa(RsaSecret::generate()?),
    })
}

/// The key that signs for a profile, made now where there is none. Ed25519 takes no time; for [`Purpose::Jws`] call
/// [`make_ready`] before the transaction begins.
pub fn ensure(conn: &mut Conn, portal: &Portal, id: &Id<Profile>, purpose: Purpose) -> Result<Signer, Refusal> {
    ensure_from(conn, portal, (id, purpose), &mut Supply::default())
}

fn ensure_from(
    conn: &mut Conn,
    portal: &Portal,
    (id, purpose): (&Id<Profile>, Purpose),
    supply: &mut Supply,
) -> Result<Signer, Refusal> {
    if let Some(signer) = signer(conn, portal, id, purpose)? {
        return Ok(signer);
    }
    if !portal.makes_keys {
        return Err(Refusal::NotReady);
    }
    complete(conn, portal, (id, purpose), supply, &Actor::system())?;
    signer(conn, portal, id, purpose)?.ok_or_else(|| Refusal::Defect("a key that was made is not there".to_owned()))
}

/// The key that signs for a profile, if there is one already.
pub fn signer(conn: &mut Conn, portal: &Portal, id: &Id<Profile>, purpose: Purpose) -> Result<Option<Signer>, Refusal> {
    let Some(key) = signing_key::active_for(conn, id, purpose)? else { return Ok(None) };
    Ok(Some(Signer { secret: portal.keys.open(&key)?, key }))
}

/// Sees to it that a profile can sign, with keys made outside the transaction. A portal that makes none waits a little for
/// queued work, which makes them within seconds after somebody first signed.
pub async fn make_ready(db: &Db, portal: &Portal, id: &Id<Profile>, purpose: Purpose) -> Result<Signer, Refusal> {
    if !portal.makes_keys {
        return wait_for(db, portal, id, purpose).await;
    }
    let (of, ring) = (id.clone(), portal.clone());
    // A thread for blocking work is what making a key wants, too.
    let ready = db
        .read(move |conn| match signer(conn, &ring, &of, purpose)? {
            Some(signer) => Ok::<_, Refusal>(Ok(signer)),
            None => Ok(Err(Supply::default().with(purpose, 2)?)),
        })
        .await?;
    match ready {
        Ok(signer) => Ok(signer),
        Err(supply) => {
            let (of, ring) = (id.clone(), portal.clone());
            db.write(move |conn| ensure_from(conn, &ring, (&of, purpose), &mut supply.clone())).await
        }
    }
}

/// How often it is looked for a key that is being made, and how many times.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(300);
const LOOKS: usize = 20;

/// Waits for a key that queued work makes.
async fn wait_for(db: &Db, portal: &Portal, id: &Id<Profile>, purpose: Purpose) -> Result<Signer, Refusal> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let (of, ring) = (id.clone(), portal.clone());
        if let Some(signer) = db.read(move |conn| signer(conn, &ring, &of, purpose)).await? {
            return Ok(signer);
        }
    }
    Err(Refusal::NotReady)
}

/// Makes keys for those who have to sign what was issued before there were signatures: it is signed when it is first
/// asked for, and whoever asks makes no keys. Queued work does it once, when it begins.
pub async fn make_older_ready(db: &Db, portal: &Portal) -> Result<(), Refusal> {
    let lacking = db
        .read(|conn| match signed_form::is_any_award_unsigned(conn)? {
            true => Ok::<_, Refusal>(signing_key::voices_without(conn, Purpose::DataIntegrity)?),
            false => Ok(Vec::new()),
        })
        .await?;
    for profile in lacking {
        make_ready(db, portal, &profile, Purpose::DataIntegrity).await?;
    }
    Ok(())
}

/// Sees to it that whoever signs credentials, and the publisher, have a key for JWS too. Such a key takes long to make, so
/// it is made by queued work, soon after a profile first signed: neither while something is issued nor when somebody
/// asks for a document. Returns how many profiles got one.
pub async fn make_signers_ready(db: &Db, portal: &Portal) -> Result<usize, Refusal> {
    let (lacking, publisher) = db
        .read(|conn| {
            let lacking = signing_key::with_but_without(conn, Purpose::DataIntegrity, Purpose::Jws)?;
            let publisher = setting::publisher_id(conn)?;
            let signs = match &publisher {
                Some(id) => signing_key::active_for(conn, id, Purpose::DataIntegrity)?.is_some(),
                None => true,
            };
            Ok::<_, Refusal>((lacking, publisher.filter(|_| !signs)))
        })
        .await?;
    let lacking: Vec<_> = lacking.into_iter().chain(publisher.clone()).collect();
    if let Some(publisher) = &publisher {
        make_ready(db, portal, publisher, Purpose::DataIntegrity).await?;
    }
    for profile in &lacking {
        make_ready(db, portal, profile, Purpose::Jws).await?;
    }
    Ok(lacking.len())
}

/// Fills the places of a profile that are empty: the next key signs where none does, and another one is next.
fn complete(
    conn: &mut Conn,
    portal: &Portal,
    (id, purpose): (&Id<Profile>, Purpose),
    supply: &mut Supply,
    by: &Actor,
) -> Result<(), Refusal> {
    // Two who find a place empty at once must not both fill it.
    audit::take_turn(conn)?;
    if signing_key::active_for(conn, id, purpose)?.is_none() {
        let next = match signing_key::next_for(conn, id, purpose)? {
            Some(next) => next,
            None => insert_next(conn, portal, (id, purpose), supply, by)?,
        };
        signing_key::activate(conn, &next, by)?;
    }
    if signing_key::next_for(conn, id, purpose)?.is_none() {
        insert_next(conn, portal, (id, purpose), supply, by)?;
    }
    Ok(())
}

fn insert_next(
    conn: &mut Conn,
    portal: &Portal,
    (profile_id, purpose): (&Id<Profile>, Purpose),
    supply: &mut Supply,
    by: &Actor,
) -> Result<SigningKey, Refusal> {
    let secret = supply.take(purpose)?;
    let id = Id::from(clock::public_id());
    let key = SigningKey {
        number: signing_key::next_number(conn)?,
        of_publisher: setting::publisher_id(conn)?.as_ref() == Some(profile_id),
        profile_id: profile_id.clone(),
        purpose,
        algorithm: secret.algorithm().name().to_owned(),
        state: KeyState::Next,
        public_key: secret.public()?.to_der()?,
        wrapped: Some(portal.keys.wrap(&secret, &id)?),
        created_at: clock::now().naive_utc(),
        activated_at: None,
        retired_at: None,
        compromised_at: None,
        compromised_since: None,
        reason: None,
        id,
    };
    signing_key::insert(conn, &key, by)?;
    Ok(key)
}

/// Rotates the keys of a profile, or all keys. What the retired ones signed stays valid. Returns the keys that sign now.
pub async fn rotate(
    db: &Db,
    portal: &Portal,
    profile: Option<Id<Profile>>,
    by: &Actor,
) -> Result<Vec<SigningKey>, Refusal> {
    let supply = db
        .read(move |conn| {
            let keys = active(conn, profile.as_ref())?;
            let supply = keys.iter().try_fold(Supply::default(), |supply, key| supply.with(key.purpose, 1))?;
            Ok::<_, Refusal>((keys, supply))
        })
        .await?;
    let (portal, by) = (portal.clone(), by.clone());
    db.write(move |conn| {
        let (keys, mut supply) = supply.clone();
        if keys.is_empty() {
            return Err(Refusal::conflict("There is no key to rotate: one is made when something is first signed"));
        }
        keys.iter().map(|key| replace(conn, &portal, key, &mut supply, &by)).collect()
    })
    .await
}

/// The keys that sign, of one profile or of all.
fn active(conn: &mut Conn, profile: Option<&Id<Profile>>) -> Result<Vec<SigningKey>, Refusal> {
    let keys = match profile {
        Some(id) => signing_key::of(conn, id)?,
        None => signing_key::all(conn)?,
    };
    Ok(keys.into_iter().filter(|key| key.state == KeyState::Active).collect())
}

/// Retires a key that signs, and lets the next one sign.
fn replace(
    conn: &mut Conn,
    portal: &Portal,
    key: &SigningKey,
    supply: &mut Supply,
    by: &Actor,
) -> Result<SigningKey, Refusal> {
    audit::take_turn(conn)?;
    let stands = signing_key::find(conn, &key.id)?;
    if stands.state != KeyState::Active {
        return Err(Refusal::conflict(format!("Somebody else has just rotated {}", key.fragment())));
    }
    signing_key::retire(conn, &stands, by)?;
    portal.keys.forget(&key.id);
    let place = (&key.profile_id, key.purpose);
    complete(conn, portal, place, supply, by)?;
    signing_key::active_for(conn, place.0, place.1)?
        .ok_or_else(|| Refusal::Defect("a rotation left no key that signs".to_owned()))
}

/// Ends one key before its turn. Another takes its place. Returns the key as it was.
pub async fn retire(db: &Db, portal: &Portal, id: &Id<SigningKey>, by: &Actor) -> Result<SigningKey, Refusal> {
    let (key, supply) = in_place_of(db, id).await?;
    let (portal, by) = (portal.clone(), by.clone());
    db.write(move |conn| {
        audit::take_turn(conn)?;
        let stands = signing_key::find(conn, &key.id)?;
        if !matches!(stands.state, KeyState::Next | KeyState::Active) {
            return Err(Refusal::conflict(format!("{} is {} already", key.fragment(), stands.state.as_str())));
        }
        signing_key::retire(conn, &stands, &by)?;
        portal.keys.forget(&key.id);
        complete(conn, &portal, (&key.profile_id, key.purpose), &mut supply.clone(), &by)?;
        Ok(stands)
    })
    .await
}

/// Marks a key as compromised: what it signed from an instant on is no longer believed. Returns how many signed forms
/// that is.
pub async fn mark_compromised(
    db: &Db,
    portal: &Portal,
    id: &Id<SigningKey>,
    (since, reason): (DateTime<Utc>, Line),
    by: &Actor,
) -> Result<i64, Refusal> {
    if since > clock::now() {
        return Err(Refusal::conflict("A key cannot be compromised from a time on that is still to come"));
    }
    let (key, supply) = in_place_of(db, id).await?;
    let (portal, by, since) = (portal.clone(), by.clone(), since.naive_utc());
    db.write(move |conn| {
        audit::take_turn(conn)?;
        let stands = signing_key::find(conn, &key.id)?;
        if stands.compromised_since.is_some_and(|earlier| earlier <= since) {
            return Err(Refusal::conflict(format!("{} is marked as compromised from earlier on", key.fragment())));
        }
        signing_key::mark_compromised(conn, &stands, since, &reason, &by)?;
        portal.keys.forget(&key.id);
        if matches!(stands.state, KeyState::Next | KeyState::Active) {
            complete(conn, &portal, (&key.profile_id, key.purpose), &mut supply.clone(), &by)?;
        }
        Ok(signed_form::count_since(conn, &key.id, since)?)
    })
    .await
}

/// A key, and what will take its place.
async fn in_place_of(db: &Db, id: &Id<SigningKey>) -> Result<(SigningKey, Supply), Refusal> {
    let id = id.clone();
    db.read(move |conn| {
        let key = signing_key::find(conn, &id)?;
        let supply = match key.state {
            KeyState::Next | KeyState::Active => Supply::default().with(key.purpose, 1)?,
            KeyState::Retired | KeyState::Compromised => Supply::default(),
        };
        Ok((key, supply))
    })
    .await
}

/// Whether the keys that are there can be used; a sentence where they cannot. Nothing to say where there is none yet.
pub fn check(conn: &mut Conn, portal: &Portal) -> Result<(), Refusal> {
    let wrapped = signing_key::all(conn)?.into_iter().find(|key| key.wrapped.is_some());
    wrapped.map_or(Ok(()), |key| portal.keys.unwrap(&key).map(|_| ()))
}
