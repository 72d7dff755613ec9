//! Signing keys: made on demand, rotated with an overlap, wiped when they end, and never without the master key.

use chrono::TimeDelta;
use testamur::{
    clock,
    models::{
        SigningKey, audit, profile,
        signing_key::{self, KeyState, Purpose},
    },
    registrar::{
        Portal,
        keys::{self, Keyring},
    },
    sign::{Algorithm, MasterKey},
    values::{Id, Line},
};

use crate::app::{App, by};

async fn publisher(app: &App) -> Id<testamur::models::Profile> {
    app.read(|conn| Ok(profile::publisher(conn)?.unwrap().id)).await
}

async fn all(app: &App) -> Vec<SigningKey> {
    app.read(|conn| Ok(signing_key::all(conn)?)).await
}

fn states(keys: &[SigningKey]) -> Vec<KeyState> {
    keys.iter().map(|key| key.state).collect()
}

#[actix_web::test]
async fn a_key_is_made_when_first_needed_and_another_is_published_as_next() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let signer = app.write(move |conn| keys::ensure(conn, &portal, &id, Purpose::DataIntegrity)).await;
    let signature = signer.secret.sign(b"message").unwrap();
    assert!(keys::public(&signer.key).unwrap().verify(Algorithm::EdDsa, b"message", &signature));
    let known = all(&app).await;
    assert_eq!(states(&known), [KeyState::Active, KeyState::Next]);
    assert_eq!(known[0].id, signer.key.id);

    let (id, portal) = (publisher(&app).await, app.portal());
    let again = app.write(move |conn| keys::ensure(conn, &portal, &id, Purpose::DataIntegrity)).await;
    assert_eq!(again.key.id, signer.key.id);
    assert_eq!(all(&app).await.len(), 2);
    let entries = app.read(|conn| Ok(audit::of_kind(conn, signing_key::KIND, 10)?)).await;
    assert_eq!(entries.len(), 3, "two made, one activated: {entries:?}");
}

#[actix_web::test]
async fn many_who_need_the_first_key_at_once_get_the_same_one() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let asked = (0..4).map(|_| keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity));
    let signers = futures_util::future::join_all(asked).await;
    let first = signers[0].as_ref().unwrap().key.id.clone();
    assert!(signers.into_iter().all(|one| one.unwrap().key.id == first));
    assert_eq!(all(&app).await.len(), 2);
}

#[actix_web::test]
async fn a_rotation_lets_the_published_key_sign_and_wipes_the_one_before() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let first = keys::make_ready(&app.db, &portal, &id, Purpose::Jws).await.unwrap();
    let before = all(&app).await;
    let now = keys::rotate(&app.db, &portal, None, &by()).await.unwrap();
    let after = all(&app).await;
    assert_eq!(states(&after), [KeyState::Retired, KeyState::Active, KeyState::Next]);
    assert_eq!(now[0].id, before[1].id, "the next key was published before it signs");
    assert!(after[0].wrapped.is_none() && after[0].retired_at.is_some());
    assert_eq!(after[0].public_key, before[0].public_key);
    assert!(portal.keys.open(&after[0]).is_err(), "a retired key signs nothing more");
    let signature = first.secret.sign(b"message").unwrap();
    assert!(keys::public(&after[0]).unwrap().verify(Algorithm::Rs256, b"message", &signature));
}

#[actix_web::test]
async fn a_compromised_key_is_believed_before_the_instant_and_not_from_it_on() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let key = keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    let since = clock::now();
    let reason = Line::parse("A laptop was stolen").unwrap();
    keys::mark_compromised(&app.db, &portal, &key.id, (since, reason.clone()), &by()).await.unwrap();
    let known = all(&app).await;
    assert_eq!(states(&known), [KeyState::Compromised, KeyState::Active, KeyState::Next]);
    assert!(known[0].is_believed_at((since - TimeDelta::seconds(1)).naive_utc()));
    assert!(!known[0].is_believed_at(since.naive_utc()));

    // Only an earlier instant says more than what is known; a time to come says nothing.
    let later = since + TimeDelta::nanoseconds(1000);
    assert!(keys::mark_compromised(&app.db, &portal, &key.id, (later, reason.clone()), &by()).await.is_err());
    let earlier = since - TimeDelta::days(1);
    keys::mark_compromised(&app.db, &portal, &key.id, (earlier, reason.clone()), &by()).await.unwrap();
    let to_come = clock::now() + TimeDelta::days(1);
    assert!(keys::mark_compromised(&app.db, &portal, &key.id, (to_come, reason), &by()).await.is_err());
}

#[actix_web::test]
async fn a_key_is_retired_once_and_another_takes_its_place() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let key = keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    let next = all(&app).await[1].clone();
    keys::retire(&app.db, &portal, &next.id, &by()).await.unwrap();
    assert_eq!(states(&all(&app).await), [KeyState::Active, KeyState::Retired, KeyState::Next]);
    keys::retire(&app.db, &portal, &key.id, &by()).await.unwrap();
    let refused = keys::retire(&app.db, &portal, &key.id, &by()).await.unwrap_err().to_string();
    assert_eq!(refused, "key-1 is retired already");
}

#[actix_web::test]
async fn without_the_right_master_key_nothing_is_signed_and_a_sentence_says_why() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap();
    for (ring, words) in [
        (Keyring::of(&MasterKey::passing()), "The master key does not open"),
        (Keyring::locked("It is away."), "It is away."),
    ] {
        let other = Portal::new(app.base_url.clone(), ring);
        let refused = keys::make_ready(&app.db, &other, &id, Purpose::DataIntegrity).await.err().unwrap();
        assert!(refused.to_string().contains(words), "{refused}");
        let refused = app.db.read(move |conn| keys::check(conn, &other)).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    app.read(move |conn| keys::check(conn, &portal)).await;
}

#[actix_web::test]
async fn signers_are_did_web_with_an_https_address_and_did_key_without() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let mut key = keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    let multikey = keys::public(&key).unwrap().to_multikey().unwrap();
    assert_eq!(keys::issuer_did(&portal, &key).unwrap(), format!("did:key:{multikey}"));
    assert_eq!(keys::verification_method(&portal, &key).unwrap(), format!("did:key:{multikey}#{multikey}"));

    let public = Portal::new("https://Records.example.edu:8443", portal.keys.clone());
    let host = "did:web:records.example.edu%3A8443";
    assert_eq!(keys::verification_method(&public, &key).unwrap(), format!("{host}#key-1"));
    key.of_publisher = false;
    assert_eq!(keys::issuer_did(&public, &key).unwrap(), format!("{host}:issuers:{id}"));
}
