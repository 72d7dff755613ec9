//! Published records as the publisher signed them in CLR 1.0: what their code opens, the whole for the learner and staff,
//! in exports, and read back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use testamur::{
    clr::v1::read,
    models::{Clr, Credential, Profile, credential, profile},
    registrar::{
        publish::{How, publish},
        revoke::{Reason, revoke},
        sign_in,
        verify::{self, Outcome, Report, Verdict},
    },
    values::{Line, Role},
};

use crate::app::{App, Browser, by};

async fn verified(app: &App, document: impl Into<Vec<u8>>) -> Report {
    verify::verify(Some(&app.db), &app.portal(), &[], document.into()).await.unwrap()
}

/// Publishes all awards of a learner: the record's address for staff, and its credential.
async fn published(app: &App, learner: &Profile) -> (String, Credential) {
    let (own, portal) = (learner.clone(), app.portal());
    let made = app.write(move |conn| {
        let publisher = profile::publisher(conn)?.unwrap();
        let record = Clr::new(&own, publisher.id);
        record.insert(conn, &[], &by())?;
        publish(conn, &record.id, &portal, &How { notify: false, previewed: None }, &by())?;
        Ok((format!("/admin/clrs/{}", record.id), credential::of_clr(conn, &record.id)?.unwrap()))
    });
    let made = made.await;
    // As queued work does soon after.
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    made
}

async fn signed_in(app: &App, learner: &Profile) -> Browser {
    let (id, portal) = (learner.id.clone(), app.portal());
    let link = app.write(move |conn| sign_in::link_lasting(conn, &id, &portal, chrono::TimeDelta::hours(1))).await;
    let (browser, path) = (app.browser(), link.strip_prefix(&app.base_url).unwrap().to_owned());
    browser.submit(&path, &path, &[]).await.expect(303);
    browser
}

fn payload(token: &[u8]) -> Value {
    let part = token.split(|byte| *byte == b'.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn is_valid(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Valid, "{:#?}", report.checks);
}

#[actix_web::test]
async fn a_published_record_is_signed_whole_for_the_learner_and_as_a_cover_for_whoever_has_its_code() {
    let app = App::start().await;
    let (draft, award) = app.award("李小龍").await;
    app.issue(&app.another_draft(&draft).await.id).await;
    let (page, record) = published(&app, &draft.learner).await;
    let (visitor, staff) = (app.browser(), app.signed_in(Role::Registrar).await);
    let learner = signed_in(&app, &draft.learner).await;

    let cover = visitor.get(&format!("/c/{}.jws", record.cedid)).await.expect(200);
    assert!(cover.header("content-disposition").contains(".jws"));
    let said = payload(&cover.bytes);
    assert_eq!((&said["partial"], said.get("assertions"), said.get("signedAssertions")), (&json!(true), None, None));
    assert!(!said.to_string().contains(&award.cedid.to_string()), "no award of it");
    assert_eq!(said["verification"]["type"], "Signed");
    is_valid(&verified(&app, cover.bytes.clone()).await);

    let whole = learner.get("/record/published/1.jws").await.expect(200).bytes;
    assert_eq!(staff.get(&format!("{page}/record.jws")).await.expect(200).bytes, whole, "signed once");
    assert_eq!(visitor.get(&format!("/c/{}.jws", record.cedid)).await.bytes, cover.bytes);
    let said = payload(&whole);
    assert_eq!(said["signedAssertions"].as_array().unwrap().len(), 2);
    assert_eq!(said["id"], payload(&cover.bytes)["id"]);
    let own = visitor.get(&format!("/c/{}.jws", award.cedid)).await.expect(200).bytes;
    assert!(
        payload(&own)["signedAssertions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| { said["signedAssertions"].as_array().unwrap().contains(one) }),
        "an assertion is signed once, wherever it stands"
    );
    let report = verified(&app, whole.clone()).await;
    is_valid(&report);
    assert_eq!(report.checks.iter().filter(|check| check.id == "signature").count(), 3);

    learner.get("/record/published/1").await.says("/record/published/1.jws");
    staff.get(&page).await.says(&format!("{page}/record.jws")).says(&format!("{page}/record.vc.json"));
    visitor.get(&format!("/c/{}", record.cedid)).await.says(&format!("/c/{}.jws", record.cedid));
    staff.get(&format!("{page}/record.vc.json")).await.expect(200);
    signed_in(&app, &app.draft("Ann Lee").await.learner).await.get("/record/published/1.jws").await.expect(404);
    for another in ["record.jws", "record.vc.json"] {
        visitor.get(&format!("{page}/{another}")).await.expect(303);
    }
    let (id, own) = (draft.learner.clone(), draft.learner.clone());
    let unpublished = app
        .write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let record = Clr::new(&id, publisher.id);
            record.insert(conn, &[], &by())?;
            Ok(record.id)
        })
        .await;
    staff.get(&format!("/admin/clrs/{unpublished}/record.jws")).await.expect(404);
    drop(own);
}

#[actix_web::test]
async fn what_was_signed_of_a_record_tells_of_its_end_and_of_its_awards_and_keeps_its_bytes() {
    let app = App::start().await;
    let (draft, award) = app.award("Mara Vell").await;
    let (page, record) = published(&app, &draft.learner).await;
    let staff = app.signed_in(Role::Registrar).await;
    let whole = staff.get(&format!("{page}/record.jws")).await.expect(200).bytes;
    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &id, &reason, &by())
    })
    .await;
    let report = verified(&app, whole.clone()).await;
    assert_eq!(report.verdict(), Verdict::Invalid);
    let told = report.checks.iter().find(|check| check.outcome == Outcome::Failed).unwrap();
    assert!(told.about.ends_with("/signedAssertions/0") && told.detail.contains("Conferred in error"), "{told:?}");
    let revoked = staff.get(&format!("/c/{}.json", award.cedid)).await.expect(200).text();
    assert!(revoked.contains("\"revoked\": true"));

    // The next record names it as taken back, which is no fault of that record.
    app.issue(&app.another_draft(&draft).await.id).await;
    let (next, _) = published(&app, &draft.learner).await;
    let newer = staff.get(&format!("{next}/record.jws")).await.expect(200).bytes;
    assert_eq!(payload(&newer)["assertions"][0]["revoked"], true, "{}", payload(&newer));
    is_valid(&verified(&app, newer).await);
    let report = verified(&app, whole.clone()).await;
    assert!(report.checks.iter().any(|check| check.id == "newest" && check.outcome == Outcome::Failed));

    let address = format!("{page}/revocation");
    let fields = [("reason", "other"), ("other_reason", "Published in error"), ("public_reason", "Published in error")];
    staff.submit(&address, &address, &fields).await;
    assert_eq!(staff.get(&format!("{page}/record.jws")).await.expect(200).bytes, whole, "what was signed stays");
    let list = payload(&whole)["publisher"]["revocationList"].as_str().unwrap().to_owned();
    app.browser().get(list.strip_prefix(&app.base_url).unwrap()).await.expect(200);
    assert!(record.clr_id.is_some());
}

#[actix_web::test]
async fn an_export_carries_signed_records_in_the_standards_set_and_both_verifying_and_importing_read_it() {
    let app = App::start().await;
    let (draft, _) = app.award("Zoë Łukasiewicz").await;
    let (page, record) = published(&app, &draft.learner).await;
    let staff = app.signed_in(Role::Registrar).await;
    let form = [("what", "all"), ("q", ""), ("form", "ndjson")];
    let exported = async || staff.submit("/admin/exports", "/admin/exports", &form).await.expect(200).text();
    assert!(exported().await.contains("\"signed\":null"), "nothing is signed for an export");
    let token = staff.get(&format!("{page}/record.jws")).await.expect(200).text();
    let text = exported().await;
    let told = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let set = told.filter_map(|line| line.get("testamur:published").map(|one| one["signed"].clone())).next().unwrap();
    assert_eq!((&set["type"], &set["signedClrs"]), (&json!("ClrSet"), &json!([token])));

    is_valid(&verified(&app, set.to_string()).await);
    let reading = read::read(set.to_string().as_bytes()).unwrap();
    assert_eq!((reading.shape, reading.records.len()), (read::Shape::ClrSet, 1));
    assert_eq!(reading.records[0].media_type, read::JWS);
    assert_eq!(reading.records[0].bytes, token.as_bytes());
    assert_eq!(reading.records[0].signed.len(), 1);
    let mut changed = set.clone();
    changed["signedClrs"][0] = json!(format!("{}A", &token[..token.len() - 1]));
    assert_ne!(verified(&app, changed.to_string()).await.verdict(), Verdict::Valid);
    let mut files =
        staff.submit("/admin/exports", "/admin/exports", &[("what", "all"), ("q", ""), ("form", "zip")]).await;
    let id = record.clr_id.unwrap();
    let name = format!("published/{id}.signed.json");
    files.bytes.retain(|byte| byte.is_ascii_graphic());
    assert!(String::from_utf8_lossy(&files.bytes).contains(&name), "{name}");
}
