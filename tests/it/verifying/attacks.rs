//! What somebody tries who has a genuine credential and wants another.

use std::net::TcpListener;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use testamur::{
    models::{credential, signing_key},
    registrar::{
        clr1, keys,
        revoke::{Reason, revoke},
        share::Lasts,
        verify::{self, Outcome, Verdict},
    },
    sign::{Ed25519Secret, RsaSecret, Secret, integrity, jws},
    values::{Line, Purpose},
};

use super::{detail, failed, is_valid, verified};
use crate::app::{App, by};

/// Every leaf of a document, as a JSON pointer.
fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| {
                leaves(inner, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found)
            });
        }
        Value::Array(several) => {
            several.iter().enumerate().for_each(|(place, inner)| leaves(inner, format!("{at}/{place}"), found));
        }
        _ => found.push(at),
    }
}

#[actix_web::test]
async fn a_document_with_any_one_leaf_changed_is_refused() {
    let app = App::start().await;
    let (_, issued) = app.award("李小龍").await;
    for form in ["vc.json", "json"] {
        let content = app.browser().get(&format!("/c/{}.{form}", issued.cedid)).await.expect(200).bytes;
        let document: Value = serde_json::from_slice(&content).unwrap();
        let mut all = Vec::new();
        leaves(&document, String::new(), &mut all);
        for leaf in all {
            let mut changed = document.clone();
            let value = changed.pointer_mut(&leaf).unwrap();
            *value = match &*value {
                Value::String(text) => json!(format!("{text}x")),
                Value::Bool(truth) => json!(!*truth),
                Value::Number(number) => json!(number.as_f64().unwrap() + 1.0),
                _ => json!("x"),
            };
            let report = verified(&app, changed.to_string()).await;
            assert_ne!(report.verdict(), Verdict::Valid, "{form} {leaf}");
        }
    }
}

#[actix_web::test]
async fn a_token_with_any_byte_changed_or_another_header_is_refused() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    for form in ["jwt", "jws"] {
        let token = app.browser().get(&format!("/c/{}.{form}", issued.cedid)).await.expect(200).text();
        for at in (0..token.len()).step_by(token.len() / 60) {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_ne!(verified(&app, changed).await.verdict(), Verdict::Valid, "{form} {at}");
        }
        let parts: Vec<&str> = token.trim().split('.').collect();
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        let own = RsaSecret::generate().unwrap();
        let jwk = own.public().unwrap().to_jwk().unwrap();
        for (header, reason) in [
            (json!({"alg": "none"}), "not signed at all"),
            (json!({"alg": "HS256", "kid": header["kid"]}), "shared secret"),
            (json!({"alg": "RS256", "jwk": jwk}), "brings its own key"),
            (json!({"alg": "RS256", "kid": header["kid"], "jku": "https://evil.example/"}), "brings its own key"),
            (json!({"alg": "ES256", "kid": header["kid"]}), "does not fit"),
        ] {
            let forged = format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), parts[1], parts[2]);
            let report = verified(&app, forged).await;
            assert!(detail(&report, "signature", Outcome::Failed).contains(reason), "{reason}: {report:#?}");
        }
        let payload = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let kid = header["kid"].as_str().unwrap();
        let forged = jws::sign(&payload, &Secret::Rsa(own), kid, None).unwrap();
        assert!(detail(&verified(&app, forged).await, "signature", Outcome::Failed).contains("does not hold"));
    }
}

/// Everything we sign for one learner: an award in each signed form, a published record in both, and a share.
async fn all_signed(app: &App) -> Vec<(&'static str, Vec<u8>)> {
    let own = crate::shares::sharing(app, "李小龍").await;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let visitor = app.browser();
    let mut all = Vec::new();
    for form in ["vc.json", "jwt", "jws"] {
        all.push((form, visitor.get(&format!("/c/{}.{form}", own.first.cedid)).await.expect(200).bytes));
    }
    let (_, share) = crate::shares::shared(app, &own.learner, &[&own.first, &own.second], Lasts::UntilOff).await;
    all.push(("a share", visitor.get(&format!("{share}.vc.json")).await.expect(200).bytes));
    all.push(("a record, CLR 2.0", super::published(app, &own.learner).await));
    let learner = own.learner.id.clone();
    let code = app.read(move |conn| Ok(credential::records_of(conn, &learner)?.remove(0).cedid)).await;
    let token = clr1::signed(&app.db, &app.portal(), &code, clr1::Extent::Whole).await.unwrap();
    all.push(("a record, CLR 1.0", token));
    for (form, whole) in &all {
        let report = verified(app, whole.clone()).await;
        assert_eq!(report.verdict(), Verdict::Valid, "{form}: {:#?}", report.checks);
    }
    all
}

/// How many bits are flipped, each in one of the forms.
const FLIPS: u32 = 400;

#[test]
fn what_we_signed_is_never_valid_with_any_one_bit_flipped() {
    let system = actix_web::rt::System::new();
    let (app, all) = system.block_on(async {
        let app = App::start().await;
        let all = all_signed(&app).await;
        (app, all)
    });
    let (portal, runtime) = (app.portal(), tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(FLIPS) });
    let flip = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8_u8);
    let done = runner.run(&flip, |(which, byte, bit)| {
        let (form, whole) = which.get(&all);
        let (at, mut changed) = (byte.index(whole.len()), whole.clone());
        changed[at] ^= 1 << bit;
        let report = runtime.block_on(verify::verify(Some(&app.db), &portal, &[], changed)).unwrap();
        prop_assert_ne!(report.verdict(), Verdict::Valid, "{}, byte {}, bit {}", form, at, bit);
        Ok(())
    });
    done.unwrap();
}

/// A genuine credential without its proof.
async fn unsigned(app: &App) -> Value {
    let (_, issued) = app.award("Mara Vell").await;
    let vc = app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.expect(200).bytes;
    let mut document: Value = serde_json::from_slice(&vc).unwrap();
    document.as_object_mut().unwrap().remove("proof");
    document
}

#[actix_web::test]
async fn a_credential_that_another_key_signed_is_refused_by_whose_key_it_is() {
    let app = App::start().await;
    let mut document = unsigned(&app).await;
    let thief = Ed25519Secret::generate();
    let multikey = thief.public().to_multikey().unwrap();
    let method = format!("did:key:{multikey}#{multikey}");
    let made = testamur::clock::now();
    let forged = integrity::prove(&document.to_string(), &method, made, |bytes| thief.sign(bytes)).unwrap();
    assert!(failed(&verified(&app, forged).await).contains(&"key"));

    document["issuer"]["id"] = json!(format!("did:key:{multikey}"));
    let forged = integrity::prove(&document.to_string(), &method, made, |bytes| thief.sign(bytes)).unwrap();
    assert_ne!(verified(&app, forged).await.verdict(), Verdict::Valid, "a key of one’s own is nobody we know");

    document["invented"] = json!("term");
    assert!(failed(&verified(&app, document.to_string()).await).contains(&"defined"));
}

#[actix_web::test]
async fn a_key_is_believed_until_the_instant_from_which_it_was_compromised() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let vc = app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.expect(200).bytes;
    let key = app
        .read(|conn| {
            Ok(signing_key::all(conn)?
                .into_iter()
                .filter(|key| key.purpose == Purpose::DataIntegrity)
                .collect::<Vec<_>>())
        })
        .await;
    let now = testamur::clock::now();
    let mark = async |at| {
        let why = (at, Line::parse("The machine was lost").unwrap());
        keys::mark_compromised(&app.db, &app.portal(), &key[0].id, why, &by()).await.unwrap();
    };
    // It was signed before this instant, so it is still believed …
    mark(now).await;
    is_valid(&verified(&app, vc.clone()).await);
    // … and not once it turns out that the key was lost earlier.
    mark(now - chrono::TimeDelta::days(1)).await;
    let report = verified(&app, vc).await;
    assert!(failed(&report).contains(&"key-state"), "{report:#?}");
    assert!(detail(&report, "key-state", Outcome::Failed).contains("compromised"));
}

#[actix_web::test]
async fn what_was_revoked_says_when_and_why() {
    let app = App::start().await;
    let (draft, issued) = app.award("Mara Vell").await;
    let forms = super::forms(&app, &issued).await;
    let id = draft.assertion.id.clone();
    is_valid(&verified(&app, forms[0].1.clone()).await);
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &id, &reason, &by())
    })
    .await;
    for (form, content) in forms {
        let report = verified(&app, content).await;
        assert_eq!(report.verdict(), Verdict::Invalid, "{form}");
        if form != "json" && form != "pdf" {
            assert!(detail(&report, "status", Outcome::Failed).contains("Conferred in error"), "{form}");
        }
    }
}

/// Addresses that lead inside, in all the ways of writing them.
fn inside(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "localhost.localdomain",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "user@127.0.0.1",
        "example.edu@127.0.0.1",
        "127.0.0.1#example.edu",
        "127.0.0.1?example.edu",
        "127.0.0.1\\@example.edu",
        "127.0.0.1%00.example.edu",
        "metadata.internal",
    ];
    let mut all = Vec::new();
    for host in hosts {
        all.push(format!("https://{host}:{port}/"));
        all.push(format!("http://{host}:{port}/"));
    }
    for scheme in ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "//127.0.0.1/", "dict://127.0.0.1/"]
    {
        all.push(scheme.to_owned());
    }
    all
}

#[actix_web::test]
async fn no_address_in_a_document_leads_inside() {
    let app = App::start().await;
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let allowed: Vec<String> =
        ["127.0.0.1", "localhost", "localhost.localdomain", "127.1", "2130706433", "example.edu", "metadata.internal"]
            .map(str::to_owned)
            .into();
    let addresses = inside(canary.local_addr().unwrap().port());
    assert!(addresses.len() > 60);
    let document = unsigned(&app).await;
    for address in addresses {
        let mut document = document.clone();
        document["id"] = json!("urn:uuid:6f3f0a3e-0000-4000-8000-000000000000");
        document["issuer"]["id"] = json!(address);
        document["credentialStatus"] = json!({"id": address, "type": "1EdTechRevocationList"});
        document["proof"] = json!({"type": "DataIntegrityProof", "created": "2026-01-01T00:00:00Z",
            "verificationMethod": format!("{address}#key"), "cryptosuite": "eddsa-rdfc-2022",
            "proofPurpose": "assertionMethod", "proofValue": "z1"});
        let report = verify::verify(None, &app.portal(), &allowed, document.to_string().into_bytes()).await.unwrap();
        assert_ne!(report.verdict(), Verdict::Valid);
        assert!(canary.accept().is_err(), "{address}");
    }
}
