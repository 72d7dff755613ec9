//! Signing keys: made on demand, rotated with an overlap, wiped when they end, and never without the master key.

use chrono::TimeDelta;
use testamur::{
    clock,
    models::{
        Assertion, Credential, SigningKey, audit, credential, profile, signed_form,
        signing_key::{self, KeyState, Purpose},
    },
    registrar::{
        Portal,
        keys::{self, Keyring},
    },
    sign::{
        Algorithm, MasterKey,
        jws::{self, Distrust, KnownKey, Token},
    },
    values::{Id, Iri, Line},
};

use crate::app::{App, PASSWORD, by};

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

fn json(answer: &crate::app::Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.bytes).unwrap()
}

#[actix_web::test]
async fn public_keys_are_served_in_every_form_and_for_ever() {
    let app = App::with(&[("BASE_URL", "https://records.example.edu")]).await;
    let id = publisher(&app).await;
    let key = keys::make_ready(&app.db, &app.portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    keys::make_ready(&app.db, &app.portal, &id, Purpose::Jws).await.unwrap();
    let office = app.write(|conn| Ok(crate::app::organization(conn, "Enrollment Management")?.id)).await;
    let browser = app.browser();
    browser.get(&format!("/issuers/{office}/did.json")).await.expect(404);
    keys::make_ready(&app.db, &app.portal, &office, Purpose::DataIntegrity).await.unwrap();
    keys::rotate(&app.db, &app.portal, Some(id), &by()).await.unwrap();
    let reason = Line::parse("Lost").unwrap();
    keys::mark_compromised(&app.db, &app.portal, &key.id, (clock::now(), reason), &by()).await.unwrap();

    let answer = browser.get("/.well-known/did.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/did+json");
    let did = json(&answer);
    assert_eq!(did["id"], "did:web:records.example.edu");
    let methods = did["verificationMethod"].as_array().unwrap();
    assert_eq!(methods.len(), 6, "two purposes, each with a past, a present and a next key: {did}");
    assert_eq!(methods[0]["id"], "did:web:records.example.edu#key-1");
    assert!(methods[0]["publicKeyMultibase"].as_str().unwrap().starts_with("z6Mk"));
    assert!(methods[0]["revoked"].is_string());
    assert_eq!(methods[2]["publicKeyJwk"]["kty"], "RSA");
    assert!(methods[2]["publicKeyJwk"]["d"].is_null());
    let asserting = did["assertionMethod"].as_array().unwrap();
    assert_eq!(asserting.len(), 5);
    assert!(!asserting.contains(&methods[0]["id"]), "a compromised key asserts nothing");

    let issuer = json(&browser.get(&format!("/issuers/{office}/did.json")).await.expect(200));
    assert_eq!(issuer["id"], format!("did:web:records.example.edu:issuers:{office}"));
    let set = json(&browser.get("/.well-known/jwks.json").await.expect(200));
    assert_eq!(set["keys"].as_array().unwrap().len(), 8);
    assert_eq!(set["keys"][0]["testamur_state"], "compromised");

    let path = format!("/keys/{}", key.id);
    let jwk = json(&browser.get(&path).await.expect(200));
    assert_eq!(jwk["kid"], format!("https://records.example.edu{path}"));
    assert_eq!(jwk["kty"], "OKP");
    for (accept, member) in
        [("application/ld+json", "publicKeyPem"), ("application/multikey+json", "publicKeyMultibase")]
    {
        let address = format!("{}{path}", app.base_url);
        let answer = browser.client().get(address).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], accept);
        let found: serde_json::Value = answer.json().await.unwrap();
        assert!(found[member].is_string(), "{found}");
    }
    browser.get(&format!("/keys/{}", clock::public_id())).await.expect(404);
}

#[actix_web::test]
async fn an_administrator_rotates_retires_and_condemns_and_others_look_on() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let key = keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    let browser = app.signed_in(testamur::values::Role::Administrator).await;
    let page = format!("/admin/keys/{}", key.id);
    let confirmed = ("password", PASSWORD);
    browser.submit("/admin/keys", "/admin/keys/rotation", &[confirmed]).await.expect(303);
    browser.get("/admin/keys").await.expect(200).says("Retired").says("Next").says("did:key");
    let form = format!("{page}/compromise");
    let refused = browser.submit(&form, &form, &[("since", "yesterday"), ("reason", "")]).await.expect(422);
    let refused = refused.says("Enter a day or a time in UTC").says("Enter what happened");
    refused.says("value=\"yesterday\"");
    let to_come = browser.submit(&form, &form, &[("since", "2199-01-01"), ("reason", "x")]).await.expect(422);
    to_come.says("Enter a time that is past");
    let marked = browser.submit(&form, &form, &[("since", "2020-01-01 10:30"), ("reason", "Stolen"), confirmed]).await;
    assert_eq!(marked.expect(303).location(), page);
    browser.get(&page).await.expect(200).says("Compromised").says("Stolen").says("this key signed nothing since then");
    let active = all(&app).await.into_iter().find(|key| key.state == KeyState::Active).unwrap();
    let page = format!("/admin/keys/{}", active.id);
    browser.submit(&page, &format!("{page}/retirement"), &[confirmed]).await.expect(303);
    assert_eq!(all(&app).await.iter().filter(|key| key.state == KeyState::Active).count(), 1);

    let auditor = app.signed_in(testamur::values::Role::Auditor).await;
    auditor.get(&page).await.expect(200).never_says("Mark as compromised");
    auditor.get(&form).await.expect(403);
}

#[actix_web::test]
async fn what_a_lost_key_signed_is_told_where_it_stands_and_issued_again_at_one_press() {
    let app = App::start().await;
    let (draft, first) = app.award("Ana Lima").await;
    let second = app.another_draft(&draft).await;
    let second = app.issue(&second.id).await;
    let held_back = app.another_draft(&draft).await;
    let held_back = app.issue(&held_back.id).await;
    let anyone = app.browser();
    anyone.get(&format!("/c/{}", first.cedid)).await.expect(200).never_says("in other hands");

    let key = all(&app).await.into_iter().find(|key| key.state == KeyState::Active && key.number == 1).unwrap();
    let key = match key.purpose {
        Purpose::DataIntegrity => key,
        Purpose::Jws => all(&app).await.into_iter().find(|key| key.purpose == Purpose::DataIntegrity).unwrap(),
    };
    let staff = app.signed_in(testamur::values::Role::Administrator).await;
    let suspension = format!("/admin/assertions/{}/suspension", held_back.assertion_id.as_ref().unwrap());
    staff.submit(&suspension, &suspension, &[("reason", "review")]).await.expect(303);
    let page = format!("/admin/keys/{}", key.id);
    let compromise = format!("{page}/compromise");
    let what = [("since", "2020-01-01 10:30"), ("reason", "Stolen"), ("password", PASSWORD)];
    staff.submit(&compromise, &compromise, &what).await.expect(303);

    // The record stands and the page says so; what the key signed is not to be relied on.
    let shown = anyone.get(&format!("/c/{}", first.cedid)).await.expect(200);
    shown.says("Valid").says("in other hands");
    staff.get(&page).await.expect(200).says("Reissue 2 awards").says(first.cedid.to_string().as_str());

    let reissue = format!("{page}/reissue");
    let said = ("public_reason", "Signed again");
    staff.submit(&page, &reissue, &[said]).await.expect(422).says("Enter your password").says("value=\"Signed again\"");
    let unsaid = [("public_reason", " "), ("password", PASSWORD)];
    staff.submit(&page, &reissue, &unsaid).await.expect(422).says("what the public is told");
    staff.submit(&page, &reissue, &[said, ("password", PASSWORD)]).await.expect(303);
    staff.get(&page).await.expect(200).never_says("Issue them again").says("in force among them: 0.");
    for old in [&first, &second] {
        let replaced = anyone.get(&format!("/c/{}", old.cedid)).await.expect(200);
        replaced.says("Replaced").says("Signed again");
        let code = old.cedid.clone();
        let newest = app
            .read(move |conn| {
                let old = credential::by_cedid(conn, &code)?.unwrap();
                Ok(credential::find(conn, old.replaced_by_id.as_ref().unwrap())?)
            })
            .await;
        assert_eq!(newest.conferral_date, old.conferral_date);
        anyone.get(&format!("/c/{}", newest.cedid)).await.expect(200).says("Valid").never_says("in other hands");
        let proof = anyone.get(&format!("/c/{}.vc.json", newest.cedid)).await.expect(200).text();
        let report = anyone.client().post(format!("{}/verify", app.base_url)).header("accept", "application/json");
        let report: serde_json::Value = report.body(proof).send().await.unwrap().json().await.unwrap();
        assert_eq!(report["verdict"], "valid", "{report}");
    }
    // What is suspended stays suspended, and is not lifted by the way.
    anyone.get(&format!("/c/{}", held_back.cedid)).await.expect(200).says("Suspended");

    let registrar = app.signed_in(testamur::values::Role::Registrar).await;
    registrar.submit("/admin", &reissue, &[said, ("password", PASSWORD)]).await.expect(403);
}

#[actix_web::test]
async fn what_reaches_far_asks_for_the_password_again_and_keeps_what_was_typed() {
    let app = App::start().await;
    let (id, portal) = (publisher(&app).await, app.portal());
    let key = keys::make_ready(&app.db, &portal, &id, Purpose::DataIntegrity).await.unwrap().key;
    let browser = app.signed_in(testamur::values::Role::Administrator).await;
    let page = format!("/admin/keys/{}", key.id);
    let (compromise, before) = (format!("{page}/compromise"), states(&all(&app).await));
    let retirement = format!("{page}/retirement");
    let forms: [(&str, &str); 3] =
        [("/admin/keys", "/admin/keys/rotation"), (&page, &retirement), (&compromise, &compromise)];
    let typed = [("since", "2020-01-01 10:30"), ("reason", "Stolen")];
    for (form, action) in forms {
        browser.submit(form, action, &typed).await.expect(422).says("Enter your password");
        browser.get("/admin/keys").await.expect(200);
    }
    let wrong = [typed[0], typed[1], ("password", "not the password")];
    let (form, action) = forms[2];
    let refused = browser.submit(form, action, &wrong).await.expect(422).says("This is not your password");
    refused.says("value=\"Stolen\"").says("value=\"2020-01-01 10:30\"").never_says("not the password");
    browser.submit("/admin/keys", "/admin/keys/rotation", &wrong).await.expect(422);
    browser.submit(&page, &format!("{page}/retirement"), &wrong).await.expect(422).says("This is not your password");
    // The third wrong one in a row has to be waited for, as at signing in; the form stays.
    let mut waits = browser.submit(form, action, &wrong).await;
    for _ in 0..5 {
        if waits.status == 429 {
            break;
        }
        waits = browser.submit(form, action, &wrong).await;
    }
    let waits = waits.expect(429).says("value=\"Stolen\"").says("Too many wrong passwords");
    assert!(waits.header("retry-after").parse::<u64>().is_ok());
    assert_eq!(states(&all(&app).await), before, "nothing was done");
}

#[actix_web::test]
async fn whoever_asks_for_a_document_makes_no_keys() {
    let app = App::start().await;
    let (_, credential) = app.award("Ana Lima").await;
    let before = all(&app).await;
    let purposes: Vec<_> = before.iter().map(|key| key.purpose).collect();
    assert!(!purposes.contains(&Purpose::Jws), "{purposes:?}");
    let visitor = app.browser();
    let path = format!("/c/{}.jwt", credential.cedid);
    let answer = visitor.get(&path).await.expect(503);
    assert_eq!(answer.header("retry-after"), "5");
    answer.says("This is being signed for the first time");
    assert_eq!(all(&app).await.len(), before.len());
    // Asked for while queued work makes the keys, it waits for them.
    let (asked, made) = tokio::join!(visitor.get(&path), keys::make_signers_ready(&app.db, &app.portal));
    made.unwrap();
    asked.expect(200);
}

#[actix_web::test]
async fn queued_work_makes_the_keys_for_what_was_issued_before_there_were_signatures() {
    let app = App::start().await;
    let (_, credential) = app.award("Ana Lima").await;
    let id = credential.id.clone();
    app.write(move |conn| {
        use diesel::connection::SimpleConnection;
        let guards: &[&str] = if crate::app::on_postgres() {
            &["ALTER TABLE signed_form DISABLE TRIGGER ALL", "ALTER TABLE signing_key DISABLE TRIGGER ALL"]
        } else {
            &["DROP TRIGGER IF EXISTS signed_form_no_delete", "DROP TRIGGER IF EXISTS signing_key_no_delete"]
        };
        guards.iter().try_for_each(|guard| conn.batch_execute(guard))?;
        conn.batch_execute(&format!("DELETE FROM signed_form WHERE credential_id = '{id}'"))?;
        Ok(conn.batch_execute("DELETE FROM signed_form; DELETE FROM signing_key")?)
    })
    .await;
    let path = format!("/c/{}.vc.json", credential.cedid);
    assert!(all(&app).await.is_empty());
    keys::make_older_ready(&app.db, &app.portal).await.unwrap();
    assert!(!all(&app).await.is_empty());
    app.browser().get(&path).await.expect(200);
}

/// An award whose id is an address of the portal.
async fn hosted_award(app: &App) -> Credential {
    let (of, _) = app.award("Ana Lima").await;
    let base_url = app.base_url.clone();
    let draft = app
        .write(move |conn| {
            let iri = Iri::published(&base_url, "assertions", clock::public_id());
            let draft = Assertion::new(iri, &of.learner, &of.achievement, of.assertion.conferral_date);
            draft.insert(conn, &by())?;
            Ok(draft)
        })
        .await;
    app.issue(&draft.id).await
}

/// The award's code, and what the program says of how it is verified.
async fn documents(app: &App, cedid: &testamur::values::CeDiD) -> (serde_json::Value, String) {
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let browser = app.browser();
    let clr = json(&browser.get(&format!("/c/{cedid}.json")).await.expect(200));
    let token = browser.get(&format!("/c/{cedid}.jws")).await.expect(200);
    (clr, token.text())
}

async fn known(app: &App) -> Vec<KnownKey> {
    let keys = all(app).await;
    let portal = app.portal();
    let known = |key: &SigningKey| KnownKey {
        id: keys::key_url(&portal, key),
        key: keys::public(key).unwrap(),
        from: key.activated_at,
        until: key.retired_at,
        compromised_since: key.compromised_since,
    };
    keys.iter().map(known).collect()
}

#[actix_web::test]
async fn an_award_says_how_it_is_verified_and_its_addresses_answer() {
    let app = App::start().await;
    let credential = hosted_award(&app).await;
    let (clr, token) = documents(&app, &credential.cedid).await;
    let assertion = &clr["assertions"][0];
    assert_eq!(assertion["verification"]["type"], "Hosted");
    for profile in [&clr["publisher"], &assertion["achievement"]["issuer"]] {
        assert_eq!(profile["verification"]["type"], "Verification");
        assert_eq!(profile["publicKey"]["owner"], profile["id"]);
        let browser = app.browser();
        let list = json(&browser.get(profile["revocationList"].as_str().unwrap()).await.expect(200));
        assert_eq!(list["issuer"], profile["id"]);
        assert_eq!(list["revokedAssertions"], serde_json::json!([]));
    }
    let hosted = app.browser().get(assertion["id"].as_str().unwrap()).await.expect(200);
    assert_eq!(hosted.header("content-type"), "application/ld+json");
    let mut hosted = json(&hosted);
    hosted.as_object_mut().unwrap().remove("@context");
    assert_eq!(&hosted, assertion, "the hosted copy is the one in the record");

    // Signed by the publisher, and the assertion in it by its issuer; asked for again, the same bytes.
    let signers = known(&app).await;
    let outer = Token::read(&token).unwrap();
    jws::verify(&outer, &signers, Some(clock::now().naive_utc())).unwrap();
    let signed: serde_json::Value = serde_json::from_slice(&outer.payload).unwrap();
    assert_eq!(signed["verification"]["creator"], outer.kid().unwrap());
    assert_eq!(signed["publisher"]["publicKey"]["id"], outer.kid().unwrap());
    let inner = Token::read(signed["signedAssertions"][0].as_str().unwrap()).unwrap();
    jws::verify(&inner, &signers, None).unwrap();
    let member: serde_json::Value = serde_json::from_slice(&inner.payload).unwrap();
    assert_eq!(member["achievement"]["issuer"]["publicKey"]["id"], inner.kid().unwrap());
    assert_eq!((&member["id"], &member["verification"]["type"]), (&assertion["id"], &"Signed".into()));
    assert_eq!(documents(&app, &credential.cedid).await.1, token);
    app.browser().get("/c/0000-0000-001J.jws").await.expect(404);
    app.browser().get(&format!("/ims/clr/v1p0/assertions/{}", clock::public_id())).await.expect(404);
}

#[actix_web::test]
async fn what_was_revoked_stands_in_the_lists_of_its_issuer_and_of_the_publisher_at_once() {
    let app = App::start().await;
    let credential = hosted_award(&app).await;
    let (clr, token) = documents(&app, &credential.cedid).await;
    let id = credential.assertion_id.clone().unwrap();
    let reason = testamur::registrar::revoke::Reason { public: Line::parse("In error").unwrap(), internal: None };
    app.write(move |conn| testamur::registrar::revoke::revoke(conn, &id, &reason, &by())).await;
    let assertion = &clr["assertions"][0];
    for (profile, revoked) in [(&clr["publisher"], &clr["id"]), (&assertion["achievement"]["issuer"], &assertion["id"])]
    {
        let list = json(&app.browser().get(profile["revocationList"].as_str().unwrap()).await.expect(200));
        assert!(list["revokedAssertions"].as_array().unwrap().contains(revoked), "{list}");
    }
    let hosted = json(&app.browser().get(assertion["id"].as_str().unwrap()).await.expect(200));
    assert_eq!(hosted["revoked"], true);
    assert_eq!(documents(&app, &credential.cedid).await.1, token, "what was signed stays as it was signed");

    // Whoever kept a signed file learns of it after the holder was erased, too.
    let learner = credential.learner_id.clone();
    let request = Line::parse("Request of 3 May").unwrap();
    app.write(move |conn| testamur::registrar::erase::erase(conn, &learner, &request, &by())).await;
    app.browser().get(&format!("/c/{}", credential.cedid)).await.expect(404);
    for (profile, revoked) in [(&clr["publisher"], &clr["id"]), (&assertion["achievement"]["issuer"], &assertion["id"])]
    {
        let list = json(&app.browser().get(profile["revocationList"].as_str().unwrap()).await.expect(200));
        assert!(list["revokedAssertions"].as_array().unwrap().contains(revoked), "{list}");
    }
}

#[actix_web::test]
async fn ten_rotations_leave_all_valid_and_a_compromised_fifth_key_flags_exactly_what_it_signed_since() {
    let app = App::start().await;
    let (draft, first) = app.award("Ana Lima").await;
    let mut signed = vec![(first.cedid.clone(), documents(&app, &first.cedid).await.1)];
    for _ in 0..10 {
        keys::rotate(&app.db, &app.portal(), None, &by()).await.unwrap();
        let another = app.another_draft(&draft).await;
        let credential = app.issue(&another.id).await;
        signed.push((credential.cedid.clone(), documents(&app, &credential.cedid).await.1));
    }
    let signers = known(&app).await;
    for (cedid, token) in &signed {
        let token = Token::read(token).unwrap();
        jws::verify(&token, &signers, Some(signed_at(&app, cedid).await)).unwrap();
    }

    let fifth = Token::read(&signed[4].1).unwrap().kid().unwrap().to_owned();
    let portal = app.portal();
    let key = app.read(move |conn| keys::named(conn, &portal, &fifth)).await;
    let since = signed_at(&app, &signed[4].0).await.and_utc();
    let what = (since, Line::parse("Copied").unwrap());
    keys::mark_compromised(&app.db, &app.portal(), &key.id, what, &by()).await.unwrap();
    let signers = known(&app).await;
    for (place, (cedid, token)) in signed.iter().enumerate() {
        let at = signed_at(&app, cedid).await;
        let outcome = jws::verify(&Token::read(token).unwrap(), &signers, Some(at)).map(|_| ());
        let expected = if place == 4 { Err(Distrust::Compromised) } else { Ok(()) };
        assert_eq!(outcome, expected, "the credential signed after {place} rotations");
    }
    let flagged =
        app.read(move |conn| Ok(signed_form::credentials_since(conn, &key.id, since.naive_utc(), 100)?)).await;
    assert_eq!(flagged.iter().map(|one| &one.cedid).collect::<Vec<_>>(), [&signed[4].0]);
}

/// When the CLR of a credential was signed.
async fn signed_at(app: &App, cedid: &testamur::values::CeDiD) -> chrono::NaiveDateTime {
    let cedid = cedid.clone();
    app.read(move |conn| {
        let credential = credential::by_cedid(conn, &cedid)?.unwrap();
        Ok(signed_form::of(conn, &credential.id)?.iter().map(|form| form.signed_at).max().unwrap())
    })
    .await
}
