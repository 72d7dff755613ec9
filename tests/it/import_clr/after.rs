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

#[actix_web::test]
async fn a_correction_of_an_award_that_was_brought_in_keeps_what_its_form_has_no_field_for() {
    let app = App::start().await;
    claim(&app, "https://else.example/").await;
    let mut document = small();
    let award = &mut document["assertions"][0];
    award["image"] = "data:image/png;base64,iVBORw0KGgo=".into();
    award["expires"] = "2099-01-02T03:04:05Z".into();
    award["role"] = "Swimmer".into();
    award["results"][0]["id"] = "urn:x:result".into();
    award["results"][0]["ndt:scale"] = json!([1, {"a": null}]);
    award["evidence"] = json!([{"id": "urn:x:dive", "name": "The dive", "ndt:depth": 12}]);
    award["achievement"]["ndt:hours"] = 40.into();
    award["endorsements"] = json!([{
        "id": "urn:x:said", "claim": {"id": "https://else.example/assertions/1", "endorsementComment": "Sound"},
        "issuer": {"id": "https://board.example/", "name": "The Board"}, "issuedOn": "2021-06-02T00:00:00Z",
        "verification": {"type": "Hosted"}
    }]);
    brought(&app, "d.json", bytes(&document), false).await.unwrap();
    let told = &document["assertions"][0];

    let browser = app.signed_in(Role::Registrar).await;
    let row = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1"))).await;
    let correction = format!("/admin/assertions/{}/correction", row.id);
    let form = browser.get(&correction).await.expect(200).text();
    // As a browser sends it: what stands in the form, with another role and another grade.
    let mut fields = sent_by(&form);
    assert!(fields.iter().any(|(_, value)| value == "Swimmer"), "{fields:?}");
    for (name, value) in &mut fields {
        match value.as_str() {
            "Swimmer" => *value = "Diver".to_owned(),
            "A" if name.contains("value") => *value = "A-".to_owned(),
            _ => {}
        }
    }
    fields.push(("reason".to_owned(), "error".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.submit(&correction, &correction, &fields).await.expect(303).location();
    let code = between(&browser.get(&page).await.expect(200).text(), "<code class=\"cedid\">", "</code>").unwrap();
    assert_ne!(code, "19FD-D80S-A9TU");
    let public = app.browser().get(&format!("/c/{code}.json")).await.expect(200);
    let public: Value = serde_json::from_slice(&public.bytes).unwrap();
    let here = &public["assertions"][0];
    for member in ["expires", "image", "ndt:note", "achievement"] {
        assert_eq!(here[member], told[member], "{member}");
    }
    assert_eq!((&here["role"], &here["results"][0]["value"]), (&json!("Diver"), &json!("A-")));
    assert_eq!(here["results"][0]["ndt:scale"], told["results"][0]["ndt:scale"]);
    assert_eq!(here["evidence"][0]["ndt:depth"], 12);
    // It is another award, with parts and a code of its own; what others said was of the earlier one.
    assert_eq!((&here["testamur:cedid"], &here["licenseNumber"]), (&json!(code), &json!(code)));
    assert_ne!(here["id"], told["id"]);
    assert_ne!(here["results"][0]["id"], told["results"][0]["id"]);
    assert_ne!(here["evidence"][0]["id"], told["evidence"][0]["id"]);
    assert!(here["endorsements"].is_null(), "{here:#}");
    crate::verifying::is_valid(&crate::verifying::verified(&app, public.to_string()).await);

    // And once more, from the corrected one.
    let correction = format!("{page}/correction");
    let again = [("term", "Spring 2021"), ("keep-0", "true"), ("name-0", "The dive"), ("reason", "error")];
    let page = browser.submit(&correction, &correction, &again).await.expect(303).location();
    let code = between(&browser.get(&page).await.expect(200).text(), "<code class=\"cedid\">", "</code>").unwrap();
    let public = app.browser().get(&format!("/c/{code}.json")).await.expect(200);
    let public: Value = serde_json::from_slice(&public.bytes).unwrap();
    assert_eq!(public["assertions"][0]["ndt:note"], told["ndt:note"]);
    assert_eq!(public["assertions"][0]["term"], "Spring 2021");
}

/// What a browser would send of a form as it stands: of its text fields, what was chosen, and what is ticked.
fn sent_by(page: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once("/correction\" method=\"post\"").unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| between(tag, &format!(" {name}=\""), "\"");
    let unescaped = |text: &str| text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&");
    let mut sent = Vec::new();
    for tag in form.split("<input").skip(1).map(|tag| tag.split('>').next().unwrap()) {
        let kind = attribute(tag, "type").unwrap_or_else(|| "text".to_owned());
        let Some(name) = attribute(tag, "name").filter(|name| name != "csrf" && name != "reason") else { continue };
        let is_sent = match kind.as_str() {
            "checkbox" | "radio" => tag.contains(" checked"),
            "submit" | "button" | "file" => false,
            _ => true,
        };
        if is_sent {
            sent.push((name, unescaped(&attribute(tag, "value").unwrap_or_default())));
        }
    }
    for area in form.split("<textarea").skip(1) {
        let (tag, rest) = area.split_once('>').unwrap();
        let text = rest.split("</textarea>").next().unwrap();
        sent.extend(attribute(tag, "name").map(|name| (name, unescaped(text.trim_start_matches('\n')))));
    }
    for select in form.split("<select").skip(1) {
        let (tag, rest) = select.split_once('>').unwrap();
        let options = rest.split("</select>").next().unwrap();
        let chosen = options.split("<option").find(|option| option.split('>').next().unwrap().contains(" selected"));
        let value = chosen.and_then(|option| attribute(option, "value")).unwrap_or_default();
        sent.extend(attribute(tag, "name").filter(|name| name != "reason").map(|name| (name, unescaped(&value))));
    }
    sent
}

#[actix_web::test]
async fn an_import_of_which_an_award_was_shared_or_a_learner_is_held_is_not_taken_back() {
    use testamur::{
        models::Profile,
        registrar::{hold, share::Lasts},
        values::HoldKind,
    };
    let app = App::start().await;
    claim(&app, "https://else.example/").await;
    let browser = app.signed_in(Role::Registrar).await;
    let upload = brought(&app, "a.json", bytes(&small()), false).await.unwrap();
    let page = format!("/admin/imports/{}", upload.id);
    let tried = async |why: &str| {
        browser.get(&page).await.expect(200).says(why);
        let before = counts(&app).await;
        let token = browser.get("/admin").await.token();
        browser.post_raw(&format!("{page}/reversal"), &[("csrf", &token)]).await.expect(409).says(why);
        assert_eq!(counts(&app).await, before);
    };
    let (learner, award): (Profile, _) = app
        .read(|conn| {
            let row = find_assertion(conn, "https://else.example/assertions/1");
            let award = testamur::models::credential::of_assertion(conn, &row.id)?.unwrap();
            Ok((testamur::models::profile::find(conn, &row.learner_id)?, award))
        })
        .await;

    let id = learner.id.clone();
    let terms = crate::holds::terms(HoldKind::Privacy);
    app.write(move |conn| hold::place(conn, &id, &terms, &by())).await;
    tried("1 hold was placed on a learner of it").await;

    let (_, link) = crate::shares::shared(&app, &learner, &[&award], Lasts::UntilOff).await;
    app.browser().get(&link).await.expect(200);
    tried("1 award of it was shared by its learner").await;
    app.browser().get(&link).await.expect(200).says("Underwater Basketry");
}

#[actix_web::test]
async fn the_trail_names_the_file_of_an_import() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Administrator).await;
    let upload = brought(&app, "transcripts of May.json", bytes(&small()), false).await.unwrap();
    for page in ["/admin", "/admin/audit"] {
        let shown = browser.get(page).await.expect(200).says("the file transcripts of May.json");
        shown.never_says("an import<");
    }
    taken_back(&app, &upload.id).await.unwrap();
    let shown = browser.get("/admin/audit").await.expect(200).text();
    let words: Vec<&str> = shown.split(['<', '>']).map(str::trim).filter(|text| !text.is_empty()).collect();
    assert!(words.windows(3).any(|part| part[0].ends_with("took back") && part[2].contains("transcripts of May")));
}
