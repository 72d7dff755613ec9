//! The public page of an achievement, which signed credentials name it by, and the hosted addresses of awards.

use reqwest::header::ACCEPT;
use serde_json::Value;
use testamur::{
    clock,
    models::{achievement, profile},
    values::{Prose, Role},
};

use crate::app::{App, by};

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The id of what was awarded, in the signed credential.
async fn named(app: &App, cedid: &str) -> String {
    let signed = app.browser().get(&format!("/c/{cedid}.vc.json")).await.expect(200).bytes;
    json(&signed)["credentialSubject"]["achievement"]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_signed_credential_names_a_page_that_shows_what_was_awarded_in_each_version() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    app.described(&draft, "Overall grade", "LetterGrade").await;
    let id = draft.achievement.id.clone();
    let describe = |text: &'static str| {
        let id = id.clone();
        app.write(move |conn| {
            let mut one = achievement::find(conn, &id)?;
            one.version = testamur::models::achievement_version::number_after_edit(conn, &one)?;
            one.criteria = Some(Prose::parse(text).unwrap());
            assert!(one.update(conn, &by())?);
            Ok(())
        })
    };
    describe("Attend **ten** events <script>alert(1)</script>").await;
    let own = draft.achievement.iri.as_str().strip_prefix("urn:uuid:").unwrap();
    let page = format!("/achievements/{own}");
    let visitor = app.browser();
    visitor.get(&page).await.expect(404);

    let first = app.issue(&draft.assertion.id).await;
    assert_eq!(named(&app, first.cedid.as_str()).await, format!("{}{page}", app.base_url));
    let shown = visitor.get(&page).await.expect(200).says("<strong>ten</strong>").says("Overall grade").text();
    assert!(!shown.contains("<script>alert"));
    visitor.get(&format!("/c/{}", first.cedid)).await.expect(200).says(&format!("{page}?version=1"));

    describe("Attend eleven events").await;
    visitor.get(&page).await.expect(200).says("<strong>ten</strong>");
    visitor.get(&format!("{page}?version=2")).await.expect(404);
    let again = app.another_draft(&draft).await;
    let second = app.issue(&again.id).await;
    assert_eq!(named(&app, second.cedid.as_str()).await, format!("{}{page}", app.base_url));
    visitor.get(&page).await.expect(200).says("eleven").says("?version=1");
    visitor.get(&format!("{page}?version=1")).await.expect(200).says("<strong>ten</strong>");
    for missing in [format!("{page}?version=3"), format!("/achievements/{}", clock::public_id())] {
        visitor.get(&missing).await.expect(404);
    }
}

#[actix_web::test]
async fn the_page_answers_the_definition_as_it_stands_in_the_signed_credential() {
    let app = App::start().await;
    let (_, issued) = app.award("Ann Lee").await;
    let address = named(&app, issued.cedid.as_str()).await;
    let signed = json(&app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.expect(200).bytes);
    let client = reqwest::Client::new();
    for asked in ["application/ld+json", "application/json, text/html;q=0.5"] {
        let answer = client.get(&address).header(ACCEPT, asked).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/ld+json");
        let mut definition = json(&answer.bytes().await.unwrap());
        let context = definition.as_object_mut().unwrap().remove("@context").unwrap();
        assert_eq!(context, signed["@context"]);
        assert_eq!(definition, signed["credentialSubject"]["achievement"]);
    }
}

#[actix_web::test]
async fn an_award_made_in_the_portal_gets_a_hosted_address_and_keeps_it() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let staff = app.signed_in(Role::Registrar).await;
    let board = app.write(|conn| Ok(profile::publisher(conn)?.unwrap().id)).await;
    let csrf = staff.get("/admin/endorsements/new").await.expect(200).token();
    let endorsement = [
        ("csrf", csrf.as_str()),
        ("award_id", draft.assertion.id.as_str()),
        ("issuer_id", board.as_str()),
        ("issued_on", "2019-10-01"),
        ("comment", "Sound."),
    ];
    staff.post_raw("/admin/endorsements", &endorsement).await.expect(303);
    let issued = app.issue(&draft.assertion.id).await;
    let record = json(&app.browser().get(&format!("/c/{}.json", issued.cedid)).await.expect(200).bytes);
    let award = &record["assertions"][0];
    let own = draft.assertion.iri.as_str().strip_prefix("urn:uuid:").unwrap();
    assert_eq!(award["id"], format!("{}/ims/clr/v1p0/assertions/{own}", app.base_url));
    assert_eq!(award["verification"]["type"], "Hosted");
    let mut hosted = json(&app.browser().get(award["id"].as_str().unwrap()).await.expect(200).bytes);
    hosted.as_object_mut().unwrap().remove("@context");
    assert_eq!(&hosted, award);
    assert_eq!(award["endorsements"][0]["claim"]["id"], award["id"], "what is endorsed has the same id");
    let signed = json(&app.browser().get(&format!("/c/{}.vc.json", issued.cedid)).await.expect(200).bytes);
    assert_eq!(signed["endorsement"][0]["credentialSubject"]["id"], award["id"]);
    // Found by its new id, too.
    staff.get(&format!("/admin/assertions?q={own}")).await.expect(200).says(draft.assertion.id.as_str());
}
