//! `/verify` and `testamur verify`: what is genuine is told so, and every attack is refused for its own reason.

mod attacks;
mod fixtures;
mod made_up;
mod records;

use serde_json::{Value, json};
use testamur::{
    models::{Clr, Credential, Profile, credential, profile, signed_form},
    registrar::{
        keys,
        publish::{How, publish},
        verify::{self, Outcome, Report, Verdict},
    },
    values::Role,
};

use crate::{
    app::{Answer, App, Browser, by},
    cli::{out, run},
};

/// Verifies as the page does, without its limits.
pub async fn verified(app: &App, document: impl Into<Vec<u8>>) -> Report {
    verify::verify(Some(&app.db), &app.portal(), &[], document.into()).await.unwrap()
}

/// Verifies as somebody else's portal would, which knows nothing of us.
async fn elsewhere(app: &App, document: impl Into<Vec<u8>>) -> Report {
    verify::verify(None, &app.portal(), &[], document.into()).await.unwrap()
}

/// What was found wrong, in order.
pub fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.id).collect()
}

/// What is said of a check.
fn detail(report: &Report, id: &str, outcome: Outcome) -> String {
    let found = report.checks.iter().find(|check| check.id == id && check.outcome == outcome);
    found.map(|check| check.detail.clone()).unwrap_or_else(|| panic!("{id} is not {outcome:?}: {report:#?}"))
}

pub fn is_valid(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Valid, "{:#?}", report.checks);
}

async fn forms(app: &App, issued: &Credential) -> Vec<(&'static str, Vec<u8>)> {
    let visitor = app.browser();
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let mut forms = Vec::new();
    for form in ["vc.json", "jwt", "json", "jws", "pdf"] {
        forms.push((form, visitor.get(&format!("/c/{}.{form}", issued.cedid)).await.expect(200).bytes));
    }
    forms
}

async fn post(app: &App, visitor: &Browser, accept: &str, body: Vec<u8>) -> (u16, String) {
    let answer = visitor
        .client()
        .post(format!("{}/verify", app.base_url))
        .header("accept", accept)
        .header("content-type", "application/octet-stream")
        .body(body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[actix_web::test]
async fn whatever_we_issue_is_valid_in_every_form_it_comes_in() {
    let app = App::start().await;
    let (_, issued) = app.award("李小龍").await;
    for (form, content) in forms(&app, &issued).await {
        let report = verified(&app, content.clone()).await;
        assert_eq!(report.verdict(), Verdict::Valid, "{form}: {:#?}", report.checks);
        // Beside the verdict, before anything that a reader may pass over: the pages of a PDF are not what was signed.
        let (_, shown) = post(&app, &app.browser(), "text/html", content).await;
        let verdict = shown.split("What was checked").next().unwrap();
        assert_eq!(verdict.contains("only that was checked: compare the name"), form == "pdf", "{form}: {verdict}");
    }
}

#[actix_web::test]
async fn a_copy_in_the_clear_stays_true_when_keys_are_made_and_rotated() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let visitor = app.browser();
    let address = format!("/c/{}.json", issued.cedid);
    let before_any_key = visitor.get(&address).await.expect(200).bytes;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    visitor.get(&format!("/c/{}.jws", issued.cedid)).await.expect(200);
    let with_the_first = visitor.get(&address).await.expect(200).bytes;
    keys::rotate(&app.db, &app.portal(), None, &by()).await.unwrap();
    keys::rotate(&app.db, &app.portal(), None, &by()).await.unwrap();
    let with_another = visitor.get(&address).await.expect(200).bytes;
    assert_ne!(before_any_key, with_the_first);
    assert_ne!(with_the_first, with_another);
    for copy in [before_any_key, with_the_first.clone(), with_another] {
        is_valid(&verified(&app, copy).await);
    }
    let mut changed: Value = serde_json::from_slice(&with_the_first).unwrap();
    changed["publisher"]["publicKey"]["publicKeyPem"] = json!("a key of somebody else");
    assert_eq!(failed(&verified(&app, changed.to_string()).await), ["record"]);
}

#[actix_web::test]
async fn an_older_record_is_refused_once_there_is_a_newer_one() {
    let app = App::start().await;
    let (draft, _) = app.award("Mara Vell").await;
    let older = published(&app, &draft.learner).await;
    is_valid(&verified(&app, older.clone()).await);
    let newer = published(&app, &draft.learner).await;
    is_valid(&verified(&app, newer).await);
    let report = verified(&app, older).await;
    assert_eq!((report.verdict(), failed(&report)), (Verdict::Invalid, vec!["newest"]));
    assert!(detail(&report, "newest", Outcome::Failed).contains("an older record"));
}

/// Publishes all awards of a learner; the envelope as it was signed.
async fn published(app: &App, learner: &Profile) -> Vec<u8> {
    let (own, portal) = (learner.clone(), app.portal());
    app.write(move |conn| {
        let publisher = profile::publisher(conn)?.unwrap();
        let record = Clr::new(&own, publisher.id);
        record.insert(conn, &[], &by())?;
        publish(conn, &record.id, &portal, &How { notify: false, previewed: None }, &by())?;
        let credential = credential::of_clr(conn, &record.id)?.unwrap();
        let forms = signed_form::of(conn, &credential.id)?;
        Ok(forms.into_iter().find(|form| form.form == signed_form::DATA_INTEGRITY).unwrap().content.into_inner())
    })
    .await
}

#[actix_web::test]
async fn the_command_ends_with_1_for_what_could_not_be_checked_and_2_for_nothing() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("award.vc.json");
    std::fs::write(&file, app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.expect(200).bytes).unwrap();
    let file = file.to_str().unwrap();
    // No database is there, so nothing is known of it; its status list is on a host that may not be asked.
    let unchecked = run(folder.path(), &[], &["verify", "--json", file]);
    let told: Value = serde_json::from_str(&out(&unchecked)).unwrap();
    assert_eq!((told["verdict"].as_str(), unchecked.status.code()), (Some("unchecked"), Some(1)), "{told:#}");
    let missing = run(folder.path(), &[], &["verify", "no-such-file"]);
    assert_eq!(missing.status.code(), Some(1));
    let nothing = run(folder.path(), &[], &["verify"]);
    assert_eq!(nothing.status.code(), Some(2));
}

#[actix_web::test]
async fn a_foreign_portal_says_what_it_could_not_ask_and_never_valid() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    for (form, content) in forms(&app, &issued).await {
        let report = elsewhere(&app, content).await;
        assert_eq!(report.verdict(), Verdict::Unchecked, "{form}: {:#?}", report.checks);
    }
    let vc = app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.bytes;
    let report = elsewhere(&app, vc).await;
    assert!(detail(&report, "signature", Outcome::Passed).contains("holds"), "did:key needs nobody to be asked");
}

#[actix_web::test]
async fn a_whole_record_is_checked_with_each_award_in_it() {
    let app = App::start().await;
    let (draft, issued) = app.award("Mara Vell").await;
    let staff = app.signed_in(Role::Registrar).await;
    let learner = &issued.learner_id;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let of = |ending: &str| format!("/admin/learners/{learner}/record.{ending}");
    let json = staff.get(&of("json")).await.expect(200).bytes;
    is_valid(&verified(&app, json.clone()).await);
    let envelope = staff.get(&of("vc.json")).await.expect(200).bytes;
    is_valid(&verified(&app, envelope.clone()).await);

    // A record tells whole seconds: what is issued in the same one belongs to it.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let another = app.another_draft(&draft).await;
    app.issue(&another.id).await;
    is_valid(&verified(&app, json.clone()).await);
    let mut changed: Value = serde_json::from_slice(&json).unwrap();
    changed["learner"]["name"] = json!("Somebody Else");
    assert_eq!(failed(&verified(&app, changed.to_string()).await), ["record"]);
    let mut changed: Value = serde_json::from_slice(&envelope).unwrap();
    changed["credentialSubject"]["verifiableCredential"][0]["name"] = json!("Another name");
    let report = verified(&app, changed.to_string()).await;
    assert!(failed(&report).contains(&"signature"), "{report:#?}");
}

#[actix_web::test]
async fn the_page_takes_a_file_or_a_text_and_sets_no_cookie() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let visitor = app.browser();
    visitor.get("/verify").await.expect(200).says("Check a credential that you were sent");
    visitor.get("/").await.says("href=\"/verify\"");
    visitor.get("/validate").await.says("href=\"/verify\"");
    let vc = visitor.get(&format!("/c/{}.vc.json", issued.cedid)).await.bytes;
    let told = |answer: Answer| {
        assert_eq!(answer.header("set-cookie"), "");
        answer.expect(200).says("It is genuine and valid").says("Mara Vell");
    };
    told(visitor.hand_in("/verify", &[("pasted", "")], &[("file", &vc)]).await);
    let text = String::from_utf8(vc.clone()).unwrap();
    told(visitor.hand_in("/verify", &[("pasted", &text)], &[("file", b"")]).await);
    told(visitor.post_raw("/verify", &[("pasted", &text)]).await);
    visitor.post_raw("/verify", &[("pasted", " ")]).await.expect(422).says("Choose a file, or paste its text");

    let (status, told) = post(&app, &visitor, "application/json", vc).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["verdict"]), (200, &json!("valid")));
    let check = &told["checks"][0];
    assert!(check["id"].is_string() && check["outcome"] == "passed" && check["detail"].is_string());
}

#[actix_web::test]
async fn what_is_no_credential_is_told_in_words_that_fit_whoever_checks_it() {
    let app = App::start().await;
    let badge =
        br#"[{"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "type": ["OpenBadge"]}]"#;
    for (document, words) in [
        (br#"{"a": 1}"#.as_slice(), "This is not a CLR"),
        (br#"{"id": "urn:x:1", "assertions": []}"#.as_slice(), "The record names no"),
        (badge.as_slice(), "It is an Open Badge, and not a CLR 1.0 document"),
    ] {
        let (status, told) = post(&app, &app.browser(), "text/html", document.to_vec()).await;
        assert!(status == 200 && told.contains(words), "{status}: {told}");
        assert!(!told.contains("brought in") && !told.contains("at  ") && !told.contains("at / "), "{told}");
    }
}

#[actix_web::test]
async fn a_form_of_another_site_is_refused() {
    let app = App::start().await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")] {
        let sent = app.browser().client().post(format!("{}/verify", app.base_url)).header(name, value).body("{}");
        assert_eq!(sent.send().await.unwrap().status().as_u16(), 403, "{name}");
    }
}

#[actix_web::test]
async fn nothing_that_is_handed_in_makes_the_portal_fail() {
    let app = App::start().await;
    let visitor = app.browser();
    let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
    let nested = format!("{}1{}", "{\"a\":".repeat(90), "}".repeat(90));
    let bad: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"   ".to_vec(),
        b"{".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"\"a.b.c\"".to_vec(),
        b"a.b.c".to_vec(),
        b"\xff\xfe\x00\x01".to_vec(),
        b"{\"type\":[\"VerifiableCredential\",\"ClrCredential\"],\"credentialSubject\":1e999}".to_vec(),
        b"{\"type\":\"ClrCredential\",\"credentialSubject\":{\"verifiableCredential\":[1,null,\"x\",[]]}}".to_vec(),
        b"{\"type\":\"AchievementCredential\",\"validFrom\":\"9999999-01-01T00:00:00Z\",\"issuer\":7}".to_vec(),
        b"{\"type\":\"AchievementCredential\",\"credentialStatus\":{\"statusListIndex\":123456789012345678901234567890}}".to_vec(),
        b"{\"id\":\"a\",\"id\":\"b\",\"type\":\"AchievementCredential\"}".to_vec(),
        b"{\"badge\":{},\"recipient\":{}}".to_vec(),
        b"{\"clrs\":[{\"id\":\"x\",\"assertions\":\"no\"}]}".to_vec(),
        b"%PDF-1.7\n1 0 obj<</Type/EmbeddedFile/Filter/FlateDecode>>stream\nxxxx".to_vec(),
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXtopenbadges\0".to_vec(),
        b"<svg><openbadges:credential verify=".to_vec(),
        deep.into_bytes(),
        nested.into_bytes(),
        vec![b'{'; 2_000_000],
        vec![0; 1_000_000],
    ];
    for document in bad {
        let shown = String::from_utf8_lossy(&document[..document.len().min(60)]).into_owned();
        let (status, told) = post(&app, &visitor, "application/json", document).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(status, 200, "{shown}");
        assert_ne!(told["verdict"], "valid", "{shown}");
        assert!(!told["checks"].as_array().unwrap().is_empty(), "{shown}");
    }
    let (status, told) = post(&app, &visitor, "application/json", vec![b' '; 10 * 1024 * 1024 + 5]).await;
    assert!(status == 200 && told.contains("larger than 10 MB"), "{status} {told}");
    let (status, _) = post(&app, &visitor, "text/html", vec![b' '; 16 * 1024 * 1024]).await;
    assert_eq!(status, 413);
}

#[actix_web::test]
async fn of_an_erased_holder_nothing_is_told_but_the_signature() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let forms = forms(&app, &issued).await;
    let learner = issued.learner_id.clone();
    app.write(move |conn| {
        testamur::registrar::erase::erase(
            conn,
            &learner,
            &testamur::values::Line::parse("Requested").unwrap(),
            &crate::app::by(),
        )
    })
    .await;
    assert!(app.read(move |conn| Ok(credential::by_cedid(conn, &issued.cedid)?)).await.is_some());
    for (form, content) in forms {
        let report = verified(&app, content).await;
        assert_eq!(report.verdict(), Verdict::Unchecked, "{form}: {:#?}", report.checks);
        assert!(!format!("{report:?}").contains("erased"), "{form}");
    }
}
