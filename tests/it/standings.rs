//! How a credential stands: changed once, and told the same at every address in the next request.

mod addresses;
mod corrections;

use serde_json::Value;
use testamur::{
    models::outbox,
    values::{HoldKind, Role},
};

use crate::app::App;
use addresses::{Told, everywhere, shown, shown_through};

#[actix_web::test]
async fn what_is_revoked_suspended_and_lifted_says_so_everywhere_in_the_next_request() {
    let app = App::start().await;
    let shown = shown(&app).await;
    let page = format!("/admin/assertions/{}", shown.award);
    everywhere(&app, &shown, &Told::Valid).await;
    let step = |noun: &str| format!("{page}/{noun}");

    let reason = [("reason", "review"), ("internal_note", "Ask the instructor")];
    shown.staff.submit(&step("suspension"), &step("suspension"), &reason).await.expect(303);
    everywhere(&app, &shown, &Told::Suspended("It is under review")).await;
    shown.staff.get(&step("suspension")).await.expect(409).says("already suspended");
    shown.staff.get(&step("revocation")).await.expect(200).says("Leave it suspended").never_says("Leave it valid");

    shown.staff.submit(&step("reinstatement"), &step("reinstatement"), &[]).await.expect(303);
    everywhere(&app, &shown, &Told::Valid).await;
    shown.staff.get(&step("reinstatement")).await.expect(409).says("not suspended");
    shown.staff.get(&step("revocation")).await.expect(200).says("Leave it valid");
    // Pages say it in words; the files that are taken out say it as it is stored.
    shown.staff.get(&page).await.expect(200).says("<ins><bdi>in force</bdi></ins>").never_says("in_force");
    let auditor = app.signed_in(Role::Auditor).await;
    let trail = auditor.get("/admin/audit?kind=assertion").await.expect(200);
    trail.says("<del><bdi>suspended</bdi></del>").says("<ins><bdi>in force</bdi></ins>").never_says("<bdi>in_force");
    auditor.get("/admin/audit.ndjson?kind=assertion").await.expect(200).says("in_force");

    let reason = [("reason", "error"), ("public_reason", "Conferred on the wrong day"), ("notify", "true")];
    shown.staff.submit(&step("revocation"), &step("revocation"), &reason).await.expect(303);
    everywhere(&app, &shown, &Told::Revoked("Conferred on the wrong day")).await;
    for noun in ["revocation", "suspension", "reinstatement", "correction"] {
        shown.staff.get(&step(noun)).await.expect(409);
    }
    shown
        .staff
        .get(&page)
        .await
        .says("suspended it")
        .says("lifted the suspension of it")
        .says("revoked it")
        .says("Ask the");
    let mails = app.read(|conn| Ok(outbox::latest(conn, 10)?)).await;
    assert_eq!(mails.len(), 1, "only who wished it is told");
    assert!(mails[0].text_body.contains("Conferred on the wrong day") && mails[0].kind == outbox::STATUS);
}

#[actix_web::test]
async fn a_correction_replaces_everywhere_and_names_the_new_code() {
    let app = App::start().await;
    let shown = shown(&app).await;
    let correction = format!("/admin/assertions/{}/correction", shown.award);
    let changed = [("term", "Fall 2019"), ("reason", "error"), ("notify", "true")];
    let made = shown.staff.submit(&correction, &correction, &changed).await.expect(303).location();
    let newest = corrections::code_on(&shown.staff, &made).await;
    everywhere(&app, &shown, &Told::Replaced(&newest)).await;
    // What was corrected is one award, and its reason ends before the next sentence begins.
    let record = shown.learner.get("/record").await.expect(200).says("One award, ");
    record.says("A clerical error was corrected. In its place stands");
    shown
        .learner
        .get("/record/published/1")
        .await
        .expect(200)
        .says("A clerical error was corrected. In its place stands");
    app.browser().get(&shown.share).await.expect(200).says("A clerical error was corrected. In its place stands");
    let mails = app.deliver().await;
    assert!(mails[0].contains(&newest) && mails[0].contains(&shown.code), "{mails:?}");
}

#[actix_web::test]
async fn what_has_expired_says_so_everywhere_and_is_in_no_list_of_revoked_ones() {
    let app = App::start().await;
    let shown = shown_through(&app, chrono::NaiveDate::from_ymd_opt(2020, 11, 7)).await;
    everywhere(&app, &shown, &Told::Expired).await;
    // Lifting a suspension does not bring the days back, and says so before.
    let step = |noun: &str| format!("/admin/assertions/{}/{noun}", shown.award);
    shown.staff.submit(&step("suspension"), &step("suspension"), &[("reason", "review")]).await.expect(303);
    let lifting = shown.staff.get(&step("reinstatement")).await.expect(200);
    lifting.says("it reads as expired everywhere").never_says("valid again everywhere");
    shown.staff.submit(&step("reinstatement"), &step("reinstatement"), &[]).await.expect(303);
    everywhere(&app, &shown, &Told::Expired).await;
}

#[actix_web::test]
async fn a_reason_is_picked_or_worded_and_what_was_typed_is_kept() {
    let app = App::start().await;
    let shown = shown(&app).await;
    let step = format!("/admin/assertions/{}/suspension", shown.award);
    let refused = shown.staff.submit(&step, &step, &[("internal_note", "keep me")]).await.expect(422);
    refused.says("Enter the reason that the public is told").says("keep me");
    let refused = shown.staff.submit(&step, &step, &[("reason", "made-up")]).await.expect(422);
    refused.says("Choose one of the reasons of the list");
}

#[actix_web::test]
async fn a_published_record_is_suspended_and_lifted_as_its_awards_are() {
    let app = App::start().await;
    let shown = shown(&app).await;
    let page = format!("/admin/clrs/{}", shown.record);
    let visitor = app.browser();
    let (suspension, lifting) = (format!("{page}/suspension"), format!("{page}/reinstatement"));
    shown.staff.submit(&suspension, &suspension, &[("reason", "records"), ("notify", "true")]).await.expect(303);
    let mail = app.read(|conn| Ok(outbox::latest(conn, 1)?.remove(0))).await;
    assert_eq!(mail.subject, "A published record of yours is suspended: record 1");
    assert!(mail.text_body.contains(&format!("/c/{}", shown.record_code)), "{}", mail.text_body);
    let cover = format!("/c/{}", shown.record_code);
    visitor.get(&cover).await.expect(200).says("This record is suspended").says("are being checked");
    shown.staff.get("/admin/clrs?status=suspended").await.expect(200).says(&shown.record_code);
    let json: Value = serde_json::from_slice(&visitor.get(&format!("{cover}.json")).await.bytes).unwrap();
    assert_eq!(json["revoked"], true, "a list of revoked records cannot tell suspended ones apart");
    shown.learner.get("/record").await.expect(200).says("Suspended");
    shown.staff.submit(&lifting, &lifting, &[]).await.expect(303);
    visitor.get(&cover).await.expect(200).says("official record, and it is valid");
    let json: Value = serde_json::from_slice(&visitor.get(&format!("{cover}.json")).await.bytes).unwrap();
    assert_eq!(json.get("revoked"), None);
}

#[actix_web::test]
async fn a_learner_whose_codes_open_nothing_is_led_to_the_record_instead() {
    let app = App::start().await;
    let shown = shown(&app).await;
    let learner = shown.learner_id.parse().unwrap();
    crate::holds::hold(&app, &learner, HoldKind::Privacy).await;
    let told = [("reason", "error"), ("notify", "true")];
    for page in [format!("/admin/assertions/{}", shown.award), format!("/admin/clrs/{}", shown.record)] {
        let step = format!("{page}/revocation");
        shown.staff.submit(&step, &step, &told).await.expect(303);
        let mail = app.read(|conn| Ok(outbox::latest(conn, 1)?.remove(0))).await;
        let text = mail.text_body.replace('\n', " ");
        assert!(mail.subject.contains("was revoked") && text.contains("It was issued in error"), "{text}");
        assert!(!text.contains("/c/") && !text.contains("checks its code"), "{text}");
        assert!(text.contains(&format!("See your record: {}/record ", app.base_url)), "{text}");
        let listed = shown.staff.get("/admin/mail").await.expect(200).says("Waiting");
        listed.says(&format!("/admin/mail/{}", mail.id));
        let one = shown.staff.get(&format!("/admin/mail/{}", mail.id)).await.expect(200);
        one.says("Waiting").says("<p class=\"letter\">Hello ").never_says("queued");
    }
}

#[actix_web::test]
async fn staff_who_may_not_revoke_change_no_standing() {
    let app = App::start().await;
    let shown = shown(&app).await;
    for role in [Role::Issuer, Role::Auditor] {
        let browser = app.signed_in(role).await;
        for noun in ["revocation", "suspension", "reinstatement", "correction"] {
            browser.get(&format!("/admin/assertions/{}/{noun}", shown.award)).await.expect(403);
        }
    }
}
