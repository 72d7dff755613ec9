//! What belongs to an award and has pages of its own: evidence with its files, results, endorsements. It is changed with
//! the draft, frozen with the award, and shown as long as the award may be shown.

use diesel::connection::SimpleConnection;
use testamur::{
    models::{Endorsement, endorsement, result},
    values::{Id, Role},
};

use crate::app::{App, Browser, between, organization, shared};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n\x00\xff\xfe binary";

async fn token(browser: &Browser) -> String {
    browser.get("/admin/evidence/new").await.expect(200).token()
}

/// The public id of the first file on a page.
fn file_on(page: &str) -> String {
    between(page, "/admin/files/", "\"").expect("the page links to a file")
}

#[actix_web::test]
async fn a_file_that_was_handed_in_is_served_byte_for_byte_once_the_award_is_issued() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Zoë Łukasiewicz").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let fields = [("csrf", &*token(&browser).await), ("name", "The report")];
    let files = [("Bericht über Zoë.pdf", PDF), ("drawing.svg", b"<svg onload='alert(1)'/>".as_slice())];
    let handed = browser.hand_in(&format!("{page}/files"), &fields, &files).await.expect(303);
    assert!(handed.location().starts_with(&page), "{}", handed.location());
    let shown = browser.get(&page).await.expect(200).says("The report").says("drawing.svg");
    let id = file_on(&shown.text());
    let address = format!("/files/{id}");

    // Of a draft, only staff see it.
    let visitor = app.browser();
    visitor.get(&address).await.expect(404);
    visitor.get(&format!("/admin/files/{id}")).await.expect(303);
    let staff = browser.get(&format!("/admin/files/{id}")).await.expect(200);
    assert_eq!(staff.bytes, PDF);

    let issued = app.issue(&draft.assertion.id).await;
    let file = visitor.get(&address).await.expect(200);
    assert_eq!(file.bytes, PDF);
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-disposition").starts_with("attachment"), "{}", file.header("content-disposition"));
    assert!(file.header("content-security-policy").contains("sandbox"));
    // The same address stands in the document and on the page.
    let whole = format!("{}{address}", app.base_url);
    visitor.get(&format!("/c/{}.json", issued.cedid)).await.expect(200).says(&whole);
    visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200).says(&whole).says("The report");

    // What is not there, and what can't be an id, looks the same.
    let unknown = visitor.get(&format!("/files/{}", testamur::clock::public_id())).await.expect(404);
    let nonsense = visitor.get("/files/nonsense").await.expect(404);
    assert_eq!(unknown.text().len(), nonsense.text().len());
}

#[actix_web::test]
async fn nothing_that_was_issued_is_added_changed_moved_or_deleted() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let csrf = token(&browser).await;
    let evidence = [("csrf", csrf.as_str()), ("assertion_id", draft.assertion.id.as_str()), ("name", "The report")];
    let made = browser.post_raw("/admin/evidence", &evidence).await.expect(303).location();
    let (_, id) = made.split_once("#p-").unwrap();
    let own = format!("/admin/evidence/{id}");
    browser
        .hand_in(&format!("{page}/files"), &[("csrf", &csrf), ("evidence", id)], &[("a.pdf", PDF)])
        .await
        .expect(303);
    app.issue(&draft.assertion.id).await;

    browser.get(&page).await.expect(200).says("The report").never_says("/edit").never_says("Hand in files");
    browser.get(&own).await.expect(200).says("The report").never_says("Hand in files");
    browser.get(&format!("{own}/edit")).await.expect(409);
    browser.post_raw("/admin/evidence", &evidence).await.expect(422).says("was issued");
    let edit = [("csrf", csrf.as_str()), ("revision", "2"), ("name", "Another report")];
    browser.post_raw(&own, &edit).await.expect(409).says("Another report");
    browser.post_raw(&format!("{own}/move"), &[("csrf", &csrf), ("up", "true")]).await.expect(409);
    browser.post_raw(&format!("{own}/deletion"), &[("csrf", &csrf)]).await.expect(409);
    browser.hand_in(&format!("{page}/files"), &[("csrf", &csrf)], &[("b.pdf", PDF)]).await.expect(409);
    // Not even behind the portal's back.
    for change in ["DELETE FROM evidence_file", "UPDATE evidence_file SET name = 'x'"] {
        let refused =
            app.db.write(move |conn| Ok::<_, testamur::registrar::Refusal>(conn.batch_execute(change)?)).await;
        assert!(refused.is_err(), "{change}");
    }
}

#[actix_web::test]
async fn files_that_are_not_taken_are_refused_in_words_and_nothing_is_stored() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let (action, csrf) = (format!("{page}/files"), token(&browser).await);
    let fields = [("csrf", csrf.as_str())];
    let large = vec![b'%'; 10 * 1024 * 1024 + 1];
    browser.hand_in(&action, &fields, &[]).await.expect(422).says("Choose the files");
    browser.hand_in(&action, &fields, &[("a.pdf", PDF), ("page.html", b"<html>")]).await.expect(422).says("not taken");
    browser.hand_in(&action, &fields, &[("a.pdf", b"MZ not a pdf")]).await.expect(422).says("not what its name says");
    browser.hand_in(&action, &fields, &[("a.pdf", &large)]).await.expect(422).says("too large");
    let many: Vec<(&str, &[u8])> = (0..21).map(|_| ("a.pdf", PDF)).collect();
    browser.hand_in(&action, &fields, &many).await.expect(422).says("at most 20");
    browser.get(&page).await.expect(200).says("Nothing was handed in yet");
}

#[actix_web::test]
async fn a_form_with_files_needs_the_token_of_its_session_too() {
    let app = App::start().await;
    let (mine, yours) = (app.signed_in(Role::Registrar).await, app.signed_in(Role::Registrar).await);
    let draft = app.draft("Ann Lee").await;
    let action = format!("/admin/assertions/{}/files", draft.assertion.id);
    let stolen = token(&yours).await;
    let own = token(&mine).await;
    for fields in [vec![], vec![("csrf", stolen.as_str())], vec![("name", "first"), ("csrf", own.as_str())]] {
        mine.hand_in(&action, &fields, &[("a.pdf", PDF)]).await.expect(403);
    }
    // What was typed beside the files is kept for whoever typed it; the files have to be chosen again.
    let typed = [("csrf", "of-yesterday"), ("evidence", ""), ("name", "Report of the dig")];
    let refused = mine.hand_in(&action, &typed, &[("a.pdf", PDF)]).await.expect(403).says("opened in another session");
    let kept = crate::app::between(&refused.text(), "class=\"btn primary\" href=\"", "\"").unwrap();
    assert!(kept.starts_with(&format!("{action}?kept=")), "{kept}");
    let form = mine.get(&kept).await.expect(200).says("Report of the dig").says("files have to be chosen again");
    form.never_says("of-yesterday");
    yours.get(&kept).await.expect(200).never_says("Report of the dig");
    app.browser().hand_in(&action, &typed, &[("a.pdf", PDF)]).await.expect(303);
    mine.hand_in(&action, &[("csrf", "of-yesterday"), ("name", " ")], &[("a.pdf", PDF)])
        .await
        .expect(403)
        .never_says("kept=");
    app.browser().hand_in(&action, &[("csrf", own.as_str())], &[("a.pdf", PDF)]).await.expect(303);
    // What is refused for another reason stands in its form again.
    let named = [("csrf", own.as_str()), ("name", "Report of the dig")];
    mine.hand_in(&action, &named, &[]).await.expect(422).says("Choose the files").says("value=\"Report of the dig\"");
    mine.get(&format!("/admin/assertions/{}", draft.assertion.id)).await.expect(200).says("Nothing was handed in yet");
}

#[actix_web::test]
async fn parts_of_another_offices_award_do_not_exist_for_an_issuer() {
    let app = App::start().await;
    let (own, other) = (app.draft("Own Learner").await, app.draft("Other Learner").await);
    let registrar = app.signed_in(Role::Registrar).await;
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let issuer = app.sign_in(&account).await;
    let csrf = token(&registrar).await;
    let mut pages = Vec::new();
    for draft in [&own, &other] {
        let description = app.described(draft, "Grade", "LetterGrade").await;
        let id = draft.assertion.id.as_str();
        let told = format!("Secret of {}", draft.learner.name);
        let evidence = [("csrf", csrf.as_str()), ("assertion_id", id), ("name", told.as_str())];
        let result = [
            ("csrf", csrf.as_str()),
            ("assertion_id", id),
            ("result_description", description.as_str()),
            ("value", told.as_str()),
        ];
        let endorsement = [
            ("csrf", csrf.as_str()),
            ("award_id", id),
            ("issuer_id", draft.office.id.as_str()),
            ("issued_on", "2026-01-01"),
            ("comment", told.as_str()),
        ];
        for (list, fields) in
            [("evidence", &evidence[..]), ("results", &result[..]), ("endorsements", &endorsement[..])]
        {
            let made = registrar.post_raw(&format!("/admin/{list}"), fields).await.expect(303).location();
            let id = made.rsplit(['#', '/']).next().unwrap().trim_start_matches("p-").to_owned();
            pages.push((draft.learner.name.to_string(), list, format!("/admin/{list}/{id}")));
        }
    }
    let own_token = token(&issuer).await;
    for (whose, list, page) in &pages {
        let status = if whose == "Own Learner" { 200 } else { 404 };
        issuer.get(page).await.expect(status);
        issuer.get(&format!("{page}/edit")).await.expect(status);
        if status == 404 {
            let fields = [("csrf", own_token.as_str()), ("revision", "1"), ("name", "Mine")];
            issuer.post_raw(page, &fields).await.expect(404);
            issuer.post_raw(&format!("{page}/deletion"), &fields).await.expect(404);
        }
        let listed = issuer.get(&format!("/admin/{list}")).await.expect(200);
        listed.says("Own Learner").never_says("Other Learner");
    }
    let other_award = format!("/admin/assertions/{}/files", other.assertion.id);
    issuer.hand_in(&other_award, &[("csrf", &own_token)], &[("a.pdf", PDF)]).await.expect(404);
    let stranger = [("csrf", own_token.as_str()), ("assertion_id", other.assertion.id.as_str()), ("name", "Mine")];
    issuer.post_raw("/admin/evidence", &stranger).await.expect(422).says("Choose the award");
}

#[actix_web::test]
async fn parts_are_put_in_order_and_the_award_remembers_each_change() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let csrf = token(&browser).await;
    let mut ids = Vec::new();
    for name in ["First piece", "Second piece"] {
        let fields = [("csrf", csrf.as_str()), ("assertion_id", draft.assertion.id.as_str()), ("name", name)];
        let made = browser.post_raw("/admin/evidence", &fields).await.expect(303).location();
        ids.push(made.rsplit("#p-").next().unwrap().to_owned());
    }
    let before = app.assertion(&draft.assertion.id).await.revision;
    let second = format!("/admin/evidence/{}/move", ids[1]);
    browser.post_raw(&second, &[("csrf", &csrf), ("up", "true")]).await.expect(303);
    let shown = browser.get(&page).await.expect(200).text();
    let list = between(&shown, "id=\"evidence\"", "Hand in files").unwrap();
    assert!(list.find("Second piece").unwrap() < list.find("First piece").unwrap());
    assert_eq!(app.assertion(&draft.assertion.id).await.revision, before + 1, "whoever looked before must look again");
    browser.get(&page).await.expect(200).says("Order of the evidence");
}

#[actix_web::test]
async fn the_awards_form_keeps_what_it_does_not_know_of_a_result() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let description = app.described(&draft, "Grade", "LetterGrade").await;
    let csrf = token(&browser).await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("assertion_id", draft.assertion.id.as_str()),
        ("result_description", description.as_str()),
        ("value", "B"),
        ("target_name", "Writes well"),
        ("target_url", "https://case.example/1"),
    ];
    browser.post_raw("/admin/results", &fields).await.expect(303);
    let revision = app.assertion(&draft.assertion.id).await.revision.to_string();
    let value = format!("value-{description}");
    let edited = [
        ("csrf", csrf.as_str()),
        ("revision", revision.as_str()),
        ("learner_id", draft.learner.id.as_str()),
        ("achievement_id", draft.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
        (value.as_str(), "A"),
    ];
    browser.post_raw(&format!("/admin/assertions/{}", draft.assertion.id), &edited).await.expect(303);
    let id = draft.assertion.id.clone();
    let results = app.read(move |conn| Ok(result::of(conn, &id)?)).await;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].value.as_ref().unwrap().as_str(), "A");
    assert_eq!(results[0].alignments.get().len(), 1, "the alignment was lost");
    let issued = app.issue(&draft.assertion.id).await;
    app.browser().get(&format!("/c/{}.json", issued.cedid)).await.expect(200).says("https://case.example/1");
}

/// An endorsement of something, made by the registrar.
async fn endorse(app: &App, browser: &Browser, of: (&str, &str), comment: &str) -> Id<Endorsement> {
    let board = app.write(|conn| Ok(organization(conn, "Board of Accreditation")?.id)).await;
    let csrf = token(browser).await;
    let fields =
        [("csrf", csrf.as_str()), of, ("issuer_id", board.as_str()), ("issued_on", "2019-10-01"), ("comment", comment)];
    let made = browser.post_raw("/admin/endorsements", &fields).await.expect(303).location();
    made.rsplit('/').next().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn endorsements_are_frozen_with_the_award_hosted_and_revoked_everywhere_at_once() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let achievement = ("achievement_id", draft.achievement.id.as_str());
    let of_achievement = endorse(&app, &browser, achievement, "A sound program.").await;
    let of_award = endorse(&app, &browser, ("award_id", draft.assertion.id.as_str()), "She earned it.").await;
    let of_office = endorse(&app, &browser, ("profile_id", draft.office.id.as_str()), "A good office.").await;
    let visitor = app.browser();
    let ids = [of_achievement.clone(), of_award.clone(), of_office.clone()];
    let rows = app
        .read(move |conn| Ok(ids.iter().map(|id| endorsement::find(conn, id)).collect::<Result<Vec<_>, _>>()?))
        .await;
    let hosted = |row: &Endorsement| {
        format!("/ims/clr/v1p0/endorsements/{}", row.iri.as_str().strip_prefix("urn:uuid:").unwrap())
    };
    visitor.get(&hosted(&rows[1])).await.expect(404);

    let issued = app.issue(&draft.assertion.id).await;
    let (json, page) = (format!("/c/{}.json", issued.cedid), format!("/c/{}", issued.cedid));
    let document = visitor.get(&json).await.expect(200).text();
    let shown = visitor.get(&page).await.expect(200).text();
    for (row, comment) in rows.iter().zip(["A sound program.", "She earned it.", "A good office."]) {
        assert!(document.contains(&format!("{}{}", app.base_url, hosted(row))), "{comment}\n{document}");
        assert!(shown.contains(comment), "the page does not show: {comment}");
        let answer = visitor.get(&hosted(row)).await.expect(200).says(comment).says("\"Hosted\"");
        assert_eq!(answer.header("content-type"), "application/ld+json");
    }
    if let Some(schema) =
        shared("standards/clr1/json-schema/final-2021-01/clrv1p0-getclr-200-responsepayload-schemav2p0.json")
    {
        let schema: serde_json::Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        let errors: Vec<_> =
            jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    // Frozen: neither an edit nor a deletion, nor a new name of the endorser.
    let own = format!("/admin/endorsements/{of_award}");
    browser.get(&format!("{own}/edit")).await.expect(409);
    let csrf = token(&browser).await;
    browser.post_raw(&format!("{own}/deletion"), &[("csrf", &csrf)]).await.expect(409);
    app.write(|conn| Ok(conn.batch_execute("UPDATE profile SET name = 'CHANGED' WHERE name LIKE 'Board%'")?)).await;
    assert_eq!(visitor.get(&json).await.expect(200).text(), document);
    visitor.get(&hosted(&rows[1])).await.expect(200).says("Board of Accreditation").never_says("CHANGED");

    let revocation = format!("{own}/revocation");
    browser.submit(&revocation, &revocation, &[("reason", "")]).await.expect(422).says("Enter the reason");
    browser.submit(&revocation, &revocation, &[("reason", "Given in error")]).await.expect(303);
    browser.get(&own).await.expect(200).says("Given in error");
    for address in [&json, &page, &hosted(&rows[1])] {
        visitor.get(address).await.expect(200).says("Given in error");
    }
    visitor.get(&hosted(&rows[0])).await.expect(200).never_says("Given in error");
    browser.get(&revocation).await.expect(409);
}

#[actix_web::test]
async fn an_endorsement_is_of_one_thing() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let csrf = token(&browser).await;
    let told = [("csrf", csrf.as_str()), ("issuer_id", draft.office.id.as_str()), ("issued_on", "2026-01-01")];
    browser.post_raw("/admin/endorsements", &told).await.expect(422).says("Choose what is endorsed");
    let mut two = told.to_vec();
    two.extend([("achievement_id", draft.achievement.id.as_str()), ("profile_id", draft.office.id.as_str())]);
    browser.post_raw("/admin/endorsements", &two).await.expect(422).says("Choose one thing");
}

#[actix_web::test]
async fn a_retired_achievement_is_off_the_list_and_out_of_the_pickers_until_it_is_brought_back() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/achievements/{}", draft.achievement.id);
    let retirement = format!("{page}/retirement");
    browser.submit(&page, &retirement, &[("retired", "true"), ("revision", "1")]).await.expect(303);
    browser.get(&page).await.expect(200).says("Retired").says("Bring it back").says("retired it");
    browser.get("/admin/achievements").await.expect(200).never_says("Hoosier Experience");
    browser.get("/admin/achievements?state=retired").await.expect(200).says("Hoosier Experience");
    let code = draft.achievement.code.clone().unwrap();
    let suggested = browser.get("/admin/suggestions/awardable?q=hoosier").await.expect(200);
    assert_eq!(suggested.text(), "[]");
    let award = [("learner_id", draft.learner.id.as_str()), ("achievement", code.as_str())];
    browser.submit("/admin/assertions/new", "/admin/assertions", &award).await.expect(422).says("is retired");
    browser.submit(&page, &retirement, &[("retired", "false"), ("revision", "1")]).await.expect(409);
    browser.submit(&page, &retirement, &[("retired", "false"), ("revision", "2")]).await.expect(303);
    browser.get("/admin/achievements").await.expect(200).says("Hoosier Experience");
    app.signed_in(Role::Issuer).await.get("/admin/achievements").await.expect(200).never_says("Hoosier Experience");
}

#[actix_web::test]
async fn what_was_typed_in_a_form_of_another_session_is_not_lost() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let browser = app.sign_in(&account).await;
    let draft = app.draft("Ann Lee").await;
    let of = app.described(&draft, "Grade", "LetterGrade").await;
    let page = format!("/admin/results/new?assertion={}", draft.assertion.id);
    browser.get(&page).await.expect(200);
    let fields = [
        ("csrf", "of-yesterday"),
        ("page", "/admin/results/new"),
        ("assertion_id", draft.assertion.id.as_str()),
        ("result_description", of.as_str()),
        ("value", "A with distinction"),
    ];
    let refused = browser.post_raw("/admin/results", &fields).await.expect(403).says("opened in another session");
    let text = refused.text();
    let again = crate::app::between(&text, "class=\"btn primary\" href=\"", "\"").unwrap();
    browser.get(&again).await.expect(200).says("A with distinction").says("not saved yet");
    // Nobody else gets it, and nothing was saved by itself.
    app.signed_in(Role::Administrator).await.get(&again).await.expect(200).never_says("A with distinction");
    let id = draft.assertion.id.clone();
    assert!(app.read(move |conn| Ok(testamur::models::result::of(conn, &id)?)).await.is_empty());
    // A stranger's form keeps nothing.
    app.browser().post_raw("/sign-in", &[("csrf", "wrong"), ("email", "a@b.example")]).await.expect(403);
}
