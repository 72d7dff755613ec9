//! What stays when something goes again: the code of an award whose import was taken back, what others use of a record
//! that is removed, and what a draft said for which the form has no field.

use serde_json::json;
use testamur::{
    models::{Assertion, Endorsement, audit, endorsement::Endorsed, import},
    values::Role,
};

use super::*;

/// An award of ours under another id, with the same code.
fn another_with_the_code() -> Value {
    let mut other = small();
    other["id"] = "https://else.example/clrs/2".into();
    other["assertions"][0]["id"] = "https://else.example/assertions/9".into();
    other
}

async fn code_of(app: &App, iri: &'static str) -> String {
    app.read(move |conn| {
        let award = find_assertion(conn, iri);
        Ok(testamur::models::credential::of_assertion(conn, &award.id)?.unwrap().cedid.to_string())
    })
    .await
}

#[actix_web::test]
async fn a_code_that_was_public_before_its_import_was_taken_back_opens_nothing_and_is_given_to_no_other() {
    let app = App::start().await;
    claim(&app, "https://else.example/").await;
    let visitor = app.browser();
    let never = visitor.get("/c/29FD-D80S-A9TU").await;
    let first = brought(&app, "a.json", bytes(&small()), false).await.unwrap();
    visitor.get("/c/19FD-D80S-A9TU").await.expect(200);
    taken_back(&app, &first.id).await.unwrap();

    // To the public it is as a code that never was; staff see why.
    let gone = visitor.get("/c/19FD-D80S-A9TU").await.expect(never.status.as_u16());
    assert_eq!(gone.text().replace("19FD", "29FD").len(), never.text().len());
    let registrar = app.signed_in(Role::Registrar).await;
    let told = registrar.get("/admin/search?q=19fd+d80s+a9tu").await.expect(200);
    told.says("was the code of an award that came with an import").says("given to no other");

    // Neither an import nor a draft takes it for another award.
    let second = brought(&app, "b.json", bytes(&another_with_the_code()), false).await.unwrap();
    assert_ne!(code_of(&app, "https://else.example/assertions/9").await, "19FD-D80S-A9TU");
    taken_back(&app, &second.id).await.unwrap();
    let draft = app.draft("Ann Lee").await;
    let fields = [
        ("learner_id", draft.learner.id.as_str()),
        ("achievement_id", draft.achievement.id.as_str()),
        ("conferral_date", "2026-05-09"),
        ("kept_cedid", "19FD-D80S-A9TU"),
    ];
    let refused = registrar.submit("/admin/assertions/new", "/admin/assertions", &fields).await;
    refused.expect(422).says("Another credential has or had this CeDiD");

    // The award it was for has it again when it comes again.
    brought(&app, "a.json", bytes(&small()), false).await.unwrap();
    visitor.get("/c/19FD-D80S-A9TU").await.expect(200).says("Underwater Basketry");
    for sql in ["DELETE FROM tombstone", "UPDATE tombstone SET iri = 'x'"] {
        let done = app.db.write(move |conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute(sql).map_err(Refusal::from)
        });
        assert!(done.await.is_err(), "{sql}");
    }
}

#[actix_web::test]
async fn another_publishers_record_is_removed_with_what_came_with_it_and_nothing_else_uses() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let before = counts(&app).await;
    // Two records of one learner in one file: they share learner, publisher and achievement.
    let mut second = small();
    second["id"] = "https://else.example/clrs/2".into();
    second["assertions"][0]["id"] = "https://else.example/assertions/2".into();
    second["assertions"][0]["achievement"]["id"] = "https://else.example/achievements/2".into();
    second["endorsements"] = json!([{
        "id": "urn:x:said", "claim": {"id": "https://else.example/clrs/2", "endorsementComment": "Sound"},
        "issuer": {"id": "https://board.example/", "name": "The Board"}, "issuedOn": "2021-06-02T00:00:00Z",
        "verification": {"type": "Hosted"}
    }]);
    let both = json!({"@context": small()["@context"], "id": "urn:x:set", "type": "ClrSet", "clrs": [small(), second]});
    let upload = brought(&app, "both.json", bytes(&both), false).await.unwrap();
    let (one, two) =
        (record(&app, "https://else.example/clrs/1").await, record(&app, "https://else.example/clrs/2").await);
    let page = format!("/admin/clrs/{}", two.id);
    browser.get(&page).await.expect(200).says("Remove…");

    // Whoever uses it is named, and then it stays.
    let said = format!("https://else.example/clrs/{}", 2);
    // The form takes nothing foreign; a portal that ran before it refused that may still have such a word.
    let about = Endorsed::Clr(two.id.clone());
    let word = app
        .write(move |conn| {
            let board = crate::app::organization(conn, "Senate")?;
            let word = Endorsement::new(about.clone(), &board, testamur::clock::now().naive_utc());
            word.insert(conn, &by())?;
            Ok(format!("/admin/endorsements/{}", word.id))
        })
        .await;
    let deletion = format!("{page}/deletion");
    browser.get(&deletion).await.expect(200).says("1 other endorsement concerns an award of it");
    let token = browser.get("/admin").await.token();
    browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(409);
    browser.post_raw(&format!("{word}/deletion"), &[("csrf", &token)]).await.expect(303);

    let asked = browser.get(&deletion).await.expect(200);
    asked.says("Its document goes with it").says("1 assertion, 1 achievement, 1 profile");
    browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(303);
    browser.get(&page).await.expect(404);
    browser.get(&format!("/admin/clrs/{}", one.id)).await.expect(200);
    let id = two.id.clone();
    let entry = app.read(move |conn| Ok(audit::history(conn, "clr", id.as_str())?.remove(0))).await;
    assert_eq!(entry.action, "removed");
    assert!(entry.changes.get().iter().any(|change| change.before.as_deref() == Some(said.as_str())));
    let after = counts(&app).await;
    assert_eq!((after["clr"], after["assertion"], after["achievement"], after["endorsement"]), (1, 1, 1, 0));

    // With the last one all goes, and the same file can come again.
    let deletion = format!("/admin/clrs/{}/deletion", one.id);
    app.signed_in(Role::Auditor).await.post_raw(&deletion, &[("csrf", &token)]).await.expect(403);
    browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(303);
    let mut after = counts(&app).await;
    let mut expected = before.clone();
    assert_eq!(after["profile"], before["profile"] + 1, "but for the Senate");
    for table in ["profile", "profile_search", "search_entry"] {
        after.remove(table);
        expected.remove(table);
    }
    assert_eq!(after, expected);
    assert!(app.read(move |conn| Ok(import::objects(conn, &upload.id)?)).await.is_empty());
    brought(&app, "both.json", bytes(&both), false).await.unwrap();
}

#[actix_web::test]
async fn a_draft_that_nobody_changed_is_issued_with_all_that_it_said_and_a_revoked_award_is_no_draft() {
    let app = App::start().await;
    claim(&app, "https://else.example/").await;
    let mut document = small();
    let award = &mut document["assertions"][0];
    award["expires"] = "2099-01-02T03:04:05Z".into();
    award["activityStartDate"] = "2020-09-01T08:30:00Z".into();
    award["image"] = "data:image/png;base64,iVBORw0KGgo=".into();
    award["results"][0]["ndt:scale"] = json!([1, {"a": null}]);
    let mut changed = award.clone();
    changed["id"] = "https://else.example/assertions/2".into();
    changed.as_object_mut().unwrap().remove("licenseNumber");
    let mut gone = changed.clone();
    gone["id"] = "https://else.example/assertions/3".into();
    gone["revoked"] = true.into();
    gone["revocationReason"] = "Issued in error".into();
    document["assertions"].as_array_mut().unwrap().extend([changed, gone]);
    brought(&app, "d.json", bytes(&document), true).await.unwrap();

    let kept = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1"))).await;
    let code = app.issue(&kept.id).await.cedid;
    let public = app.browser().get(&format!("/c/{code}.json")).await.expect(200);
    let public: Value = serde_json::from_slice(&public.bytes).unwrap();
    let (told, here) = (&document["assertions"][0], &public["assertions"][0]);
    for member in ["id", "expires", "activityStartDate", "image", "ndt:note", "results", "licenseNumber"] {
        assert_eq!(here[member], told[member], "{member}");
    }
    assert_ne!(here["issuedOn"], told["issuedOn"]);
    assert_eq!(here["testamur:cedid"], "19FD-D80S-A9TU");

    // Whoever changes a draft changes what the form shows, and the rest is said as it came.
    let other: Assertion = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/2"))).await;
    let browser = app.signed_in(Role::Registrar).await;
    let page = format!("/admin/assertions/{}", other.id);
    let id = other.id.clone();
    let grade = app.read(move |conn| Ok(testamur::models::result::of(conn, &id)?.remove(0))).await;
    let grade = format!("value-{}", grade.result_description_id);
    let fields = [
        ("learner_id", other.learner_id.as_str()),
        ("achievement_id", other.achievement_id.as_str()),
        ("conferral_date", "2021-05-15"),
        ("expires_on", "2099-01-02"),
        ("role", "Diver"),
        (grade.as_str(), "A-"),
        ("revision", "1"),
    ];
    browser.submit(&format!("{page}/edit"), &page, &fields).await.expect(303);
    let code = app.issue(&other.id).await.cedid;
    let public = app.browser().get(&format!("/c/{code}.json")).await.expect(200);
    let public: Value = serde_json::from_slice(&public.bytes).unwrap();
    let (told, here) = (&document["assertions"][1], &public["assertions"][0]);
    for member in ["id", "expires", "image", "ndt:note", "achievement"] {
        assert_eq!(here[member], told[member], "{member}");
    }
    assert_eq!((&here["role"], &here["results"][0]["value"]), (&json!("Diver"), &json!("A-")));
    assert_eq!(here["results"][0]["ndt:scale"], told["results"][0]["ndt:scale"]);
    assert!(here["activityStartDate"].is_null(), "the form showed a day, and it was taken out");

    let gone = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/3").id)).await;
    browser.get(&format!("/admin/assertions/{gone}")).await.expect(200).says("Revoked").says("Issued in error");
}
