//! How a credential stands: changed once, and told the same at every address in the next request.

mod addresses;
mod corrections;

use serde_json::Value;
use testamur::{models::outbox, values::Role};

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

    shown.staff.submit(&step("reinstatement"), &step("reinstatement"), &[]).await.expect(303);
    everywhere(&app, &shown, &Told::Valid).await;
    shown.staff.get(&step("reinstatement")).await.expect(409).says("not suspended");

    let reason = [("reason", "error"), ("public_reason", "Conferred on the wrong day"), ("notify", "true")];
    shown.staff.submit(&step("revocation"), &step("revocation"), &reason).await.expect(303);
    everywhere(&app, &shown, &Told::Revoked("Conferred on the wrong day")).await;
    for noun in ["revocation", "suspension", "reinstatement", "correction"] {
        shown.staff.get(&step(noun)).await.expect(409);
    }
    shown.staff.get(&page).await.says("suspended it").says("put in force it").says("revoked it").says("Ask the");
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
    let mails = app.deliver().await;
    assert!(mails[0].contains(&newest) && mails[0].contains(&shown.code), "{mails:?}");
}

#[actix_web::test]
async fn what_has_expired_says_so_everywhere_and_is_in_no_list_of_revoked_ones() {
    let app = App::start().await;
    let shown = shown_through(&app, chrono::NaiveDate::from_ymd_opt(2020, 11, 7)).await;
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
    shown.staff.submit(&suspension, &suspension, &[("reason", "records")]).await.expect(303);
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
