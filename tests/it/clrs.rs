//! Records: put together, looked at, published, superseded, revoked. What a record's code opens, and what it does not.

use diesel::prelude::*;
use serde_json::{Value, json};
use testamur::{
    db::schema::outbox,
    models::{
        Achievement, Assertion, Association, Clr, Credential, Profile, assertion, clr, credential, pathway, profile,
        result::{self, AwardResult},
    },
    registrar::{
        issue::freeze,
        publish::{How, publish},
        revoke::{Reason, revoke},
    },
    values::{AchievementType, AssociationType, CeDiD, Id, Iri, Json, Line, Name, ResultType, Role},
};

use crate::{
    app::{Answer, App, Browser, Draft, between, by, organization},
    demonstration::{holds_under, validators},
};

fn json_of(answer: Answer) -> Value {
    serde_json::from_slice(&answer.expect(200).bytes).unwrap()
}

/// Another achievement of the same office.
async fn achievement(app: &App, of: &Draft, name: &str) -> Achievement {
    let (office, name) = (of.office.id.clone(), name.to_owned());
    app.write(move |conn| {
        let kind = AchievementType::parse("Course").unwrap();
        let made = Achievement::new(Name::parse(&name).unwrap(), kind, office.clone());
        made.insert(conn, &by())?;
        Ok(made)
    })
    .await
}

/// An award of an achievement, issued to a learner.
async fn awarded(app: &App, learner: &Profile, achievement: &Achievement) -> (Assertion, Credential) {
    let (learner, achievement) = (learner.clone(), achievement.clone());
    let drafted = app
        .write(move |conn| {
            let date = chrono::NaiveDate::from_ymd_opt(2026, 5, 9).unwrap();
            let draft = Assertion::new(Iri::fresh(), &learner, &achievement, date);
            draft.insert(conn, &by())?;
            Ok(draft)
        })
        .await;
    let credential = app.issue(&drafted.id).await;
    (drafted, credential)
}

async fn tie(app: &App, from: &Achievement, kind: AssociationType, to: &Achievement) {
    let (from, to) = (from.id.clone(), to.clone());
    app.write(move |conn| Ok(Association::to(from.clone(), kind, &to).insert(conn)?)).await;
}

async fn take_back(app: &App, award: &Assertion) {
    let id = award.id.clone();
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &id, &reason, &by())
    })
    .await;
}

/// A draft for a learner, made in the browser; its page.
pub async fn drafted(browser: &Browser, learner: &Profile, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("learner_id", learner.id.as_str()), ("takes", "all")];
    all.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
    all.extend_from_slice(fields);
    browser.submit("/admin/clrs/new", "/admin/clrs", &all).await.expect(303).location()
}

/// What the page with the preview sends.
fn previewed(page: &Answer) -> Vec<(String, String)> {
    let value = |name: &str| between(&page.text(), &format!("name=\"{name}\" value=\""), "\"").unwrap();
    ["csrf", "revision", "digest"].map(|name| (name.to_owned(), value(name))).into()
}

async fn send(browser: &Browser, address: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_raw(address, &fields).await
}

/// Looks at a draft and publishes it; the code.
pub async fn published(app: &App, browser: &Browser, page: &str) -> CeDiD {
    let publication = format!("{page}/publication");
    let preview = browser.get(&publication).await.expect(200);
    send(browser, &publication, &previewed(&preview)).await.expect(303);
    code_of(app, page).await
}

async fn code_of(app: &App, page: &str) -> CeDiD {
    let id: Id<Clr> = page.rsplit('/').next().unwrap().parse().unwrap();
    app.read(move |conn| Ok(credential::of_clr(conn, &id)?.unwrap().cedid)).await
}

#[actix_web::test]
async fn a_record_is_drafted_previewed_and_published_exactly_as_it_was_previewed() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, award) = app.award("Zoë Łukasiewicz").await;
    let page = drafted(&browser, &draft.learner, &[("name", "For graduate school")]).await;
    browser.get(&format!("/admin/profiles/{}/deletion", draft.learner.id)).await.expect(200).says("1 record names it");
    browser.get(&page).await.expect(200).says("Draft").says("Whole: everything known");
    let publication = format!("{page}/publication");
    let preview = browser.get(&publication).await.expect(200).says("Publish record 1 of Zoë Łukasiewicz");
    let before = (
        browser.get(&format!("{page}/record.json")).await.expect(200).text(),
        browser.get(&format!("{page}/record.pdf")).await.expect(200).bytes,
    );
    let mut fields = previewed(&preview);
    fields.push(("notify".to_owned(), "true".to_owned()));
    send(&browser, &publication, &fields).await.expect(303);
    let code = code_of(&app, &page).await;
    let shown = browser.get(&page).await.expect(200).says("Record 1: For graduate school").says(&code.to_string());
    let main = |page: &Answer| {
        let text = page.text().replace(&code.to_string(), "0000-0000-0000");
        between(&text, "aria-labelledby=\"awards\"", "</section>").unwrap()
    };
    assert_eq!(main(&preview), main(&shown), "the page is not what the preview showed");

    // The JSON: all but the code and the time.
    let settled = |text: &str| {
        let mut document: Value = serde_json::from_str(text).unwrap();
        document["issuedOn"] = Value::Null;
        document["learner"]["testamur:cedid"] = Value::Null;
        document
    };
    let json = browser.get(&format!("{page}/record.json")).await.expect(200);
    assert_eq!(settled(&before.0), settled(&json.text()));
    let pdf = browser.get(&format!("{page}/record.pdf")).await.expect(200).bytes;
    assert!(before.1.starts_with(b"%PDF") && pdf.starts_with(b"%PDF"));
    assert!(before.1.len().abs_diff(pdf.len()) < 2_000, "the PDF is not what the preview showed");
    let document = json_of(json);
    assert_eq!(document["name"], "For graduate school");
    assert_eq!(document["partial"], false);
    assert_eq!(document["learner"]["testamur:number"], "1");
    assert_eq!(document["learner"]["studentId"], draft.learner.student_id.as_ref().unwrap().as_str());
    assert_eq!(document["assertions"][0]["testamur:cedid"], award.cedid.to_string());
    assert!(document["id"].as_str().unwrap().starts_with(&format!("{}/ims/clr/v1p0/clrs/", app.base_url)));
    holds_under(&validators(), &document);

    // Nobody edits or deletes it, and the trail says who published it.
    browser.get(&format!("{page}/edit")).await.expect(409).says("never changed");
    browser.get(&format!("{page}/deletion")).await.expect(200).says("nothing published is deleted");
    browser.get(&publication).await.expect(409).says("already published");
    shown.says("published it");
    browser.get(&format!("/admin/search?q={code}")).await.expect(303);
    browser.get("/admin/clrs?status=published").await.expect(200).says("For graduate school").says(&code.to_string());
    let kinds: Vec<String> = app.read(|conn| Ok(outbox::table.select(outbox::kind).load(conn)?)).await;
    assert_eq!(kinds, ["record"]);
    let mails = app.deliver().await;
    assert!(mails[0].contains(&code.to_string()) && mails[0].contains("/record"), "{}", mails[0]);
    assert!(!mails[0].contains(&award.cedid.to_string()), "the letter names an award");
}

#[actix_web::test]
async fn of_two_clicks_one_publishes_and_what_changed_meanwhile_is_looked_at_again() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, _) = app.award("Ann Lee").await;
    let page = drafted(&browser, &draft.learner, &[]).await;
    let publication = format!("{page}/publication");
    let stale = previewed(&browser.get(&publication).await.expect(200));
    // Another award is issued after the preview: the record would say something that nobody looked at.
    let other = app.another_draft(&draft).await;
    app.issue(&other.id).await;
    send(&browser, &publication, &stale).await.expect(409).says("Look at it again");
    // So is a draft that somebody changed.
    let edited = previewed(&browser.get(&publication).await.expect(200));
    let fields = [("revision", "1"), ("takes", "all"), ("name", "Renamed")];
    browser.submit(&format!("{page}/edit"), &page, &fields).await.expect(303);
    send(&browser, &publication, &edited).await.expect(409).says("Look at it again");

    let fresh = previewed(&browser.get(&publication).await.expect(200));
    let clicks = futures_util::future::join_all((0..4).map(|_| send(&browser, &publication, &fresh))).await;
    let mut statuses: Vec<u16> = clicks.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort();
    assert_eq!(statuses, [303, 409, 409, 409]);
    let learner = draft.learner.id.clone();
    let records = app.read(move |conn| Ok(credential::records_of(conn, &learner)?)).await;
    assert_eq!(records.len(), 1);
}

#[actix_web::test]
async fn partial_is_found_out_and_never_chosen() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, first) = app.award("Ann Lee").await;
    let (other, second) = awarded(&app, &draft.learner, &draft.achievement).await;
    let (chosen, all) = (draft.assertion.id.as_str(), other.id.as_str());

    let none = browser
        .submit("/admin/clrs/new", "/admin/clrs", &[("learner_id", draft.learner.id.as_str()), ("takes", "chosen")])
        .await;
    none.expect(422).says("Choose at least one award").says(&first.cedid.to_string()).says(&second.cedid.to_string());
    let somebody_elses = app.award("Somebody Else").await.0.assertion.id;
    let wrong = [
        ("learner_id", draft.learner.id.as_str()),
        ("takes", "chosen"),
        ("assertion", chosen),
        ("assertion", somebody_elses.as_str()),
    ];
    let refused = browser.submit("/admin/clrs/new", "/admin/clrs", &wrong).await;
    refused.expect(422).says("Choose among the awards of this learner");

    let part = drafted(&browser, &draft.learner, &[("takes", "chosen"), ("assertion", chosen)]).await;
    browser.get(&format!("{part}/edit")).await.expect(200).says(&format!("value=\"{chosen}\" checked"));
    browser.get(&part).await.expect(200).says("A part: something that is known").says("Not chosen.");
    published(&app, &browser, &part).await;
    let document = json_of(browser.get(&format!("{part}/record.json")).await);
    assert_eq!((document["partial"].clone(), document["assertions"].as_array().unwrap().len()), (json!(true), 1));

    // Everything there is, though each of it was chosen, is the whole.
    let fields = [("takes", "chosen"), ("assertion", chosen), ("assertion", all)];
    let whole = drafted(&browser, &draft.learner, &fields).await;
    published(&app, &browser, &whole).await;
    assert_eq!(json_of(browser.get(&format!("{whole}/record.json")).await)["partial"], false);

    // A suspended award is known and is not in it.
    let suspended = second.cedid.clone();
    app.write(move |conn| {
        use testamur::{models::credential::StatusChange, values::Status};
        let one = credential::by_cedid(conn, &suspended)?.unwrap();
        let change =
            StatusChange { status: Status::Suspended, listed_reason: None, public_reason: None, internal_note: None };
        assert!(credential::set_status(conn, &one, change, &by())?);
        Ok(())
    })
    .await;
    let now = drafted(&browser, &draft.learner, &[]).await;
    browser.get(&now).await.expect(200).says("Left out while it is suspended");
    published(&app, &browser, &now).await;
    assert_eq!(json_of(browser.get(&format!("{now}/record.json")).await)["partial"], true);
}

#[actix_web::test]
async fn what_was_taken_back_stays_as_an_id_where_an_earlier_record_had_it() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, _) = app.award("Ann Lee").await;
    let (known, taken) = awarded(&app, &draft.learner, &draft.achievement).await;
    let first = drafted(&browser, &draft.learner, &[]).await;
    let earlier_code = published(&app, &browser, &first).await;
    let (never_told, untold) = awarded(&app, &draft.learner, &draft.achievement).await;
    take_back(&app, &known).await;
    take_back(&app, &never_told).await;

    // The earlier record tells in the next request how its awards stand, and is otherwise what it was.
    let document = json_of(browser.get(&format!("{first}/record.json")).await);
    let told = document["assertions"].as_array().unwrap().iter().filter(|one| one["revoked"] == true).count();
    assert_eq!((document["assertions"].as_array().unwrap().len(), told), (2, 1));

    let second = drafted(&browser, &draft.learner, &[]).await;
    let code = published(&app, &browser, &second).await;
    let document = json_of(browser.get(&format!("{second}/record.json")).await);
    holds_under(&validators(), &document);
    let assertions = document["assertions"].as_array().unwrap();
    let stubs: Vec<&Value> = assertions.iter().filter(|one| one["revoked"] == true).collect();
    let id = app.assertion(&known.id).await.iri.to_string();
    assert_eq!(stubs, [&json!({"id": id, "type": "Assertion", "revoked": true})]);
    assert_eq!((assertions.len(), document["partial"].clone()), (2, json!(false)));
    // People read what it is called and its code; ids are for machines.
    let shown = browser.get(&second).await.expect(200).says("Taken back since an earlier record").never_says(&id);
    let line = format!("<li><bdi>{}</bdi> · <code>{}</code></li>", draft.achievement.shown_title(), taken.cedid);
    shown.says(&line).never_says(&format!(" · <code>{}</code></li>", untold.cedid));

    // The earlier one says that there is a newer one, and stands all the same.
    let visitor = app.browser();
    for address in [format!("/c/{earlier_code}"), format!("/validate?cedid={earlier_code}")] {
        let page = visitor.get(&address).await.expect(200).says("A newer record of this learner was published on");
        page.says("it is valid").never_says(&code.to_string());
    }
    visitor.get(&format!("/c/{code}")).await.expect(200).never_says("A newer record");
    browser.get(&first).await.expect(200).says("A newer record of this learner").says("Record 2");
    let learner = browser.get(&format!("/admin/learners/{}", draft.learner.id)).await.expect(200);
    learner.says("Record 1").says("Record 2").says(&code.to_string());

    // Revoking the newer one revives nothing and takes nothing else away.
    let revocation = format!("{second}/revocation");
    browser.submit(&revocation, &revocation, &[("public_reason", "")]).await.expect(422).says("Enter the reason");
    let entered = [("public_reason", "Published too early"), ("internal_note", "See the file")];
    browser.submit(&revocation, &revocation, &entered).await.expect(303);
    for address in [format!("/c/{code}"), format!("/validate?cedid={code}")] {
        let page = visitor.get(&address).await.expect(200).says("This record has been revoked");
        page.says("Published too early").never_says("See the file");
    }
    let document = json_of(visitor.get(&format!("/c/{code}.json")).await);
    assert_eq!(
        (document["revoked"].clone(), document["revocationReason"].clone()),
        (json!(true), json!("Published too early"))
    );
    holds_under(&validators(), &document);
    let document = json_of(browser.get(&format!("{second}/record.json")).await);
    assert_eq!(document["revoked"], true);
    browser.get(&revocation).await.expect(409);
    browser.get(&second).await.expect(200).says("See the file");
    visitor.get(&format!("/c/{earlier_code}")).await.expect(200).says("it is valid").never_says("A newer record");
}

#[actix_web::test]
async fn a_records_code_names_the_holder_and_the_profile_id_and_no_award() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, award) = app.award("Zoë Łukasiewicz").await;
    let id = draft.learner.id.clone();
    app.write(move |conn| {
        let mut learner = profile::find(conn, &id)?;
        learner.telephone = Line::parse("555-PRIVATE").ok();
        learner.birth_date = chrono::NaiveDate::from_ymd_opt(2001, 2, 3);
        assert!(learner.update(conn, &by())?);
        Ok(())
    })
    .await;
    let page = drafted(&browser, &draft.learner, &[("name", "A name of the office")]).await;
    let code = published(&app, &browser, &page).await;
    let visitor = app.browser();
    let secret = [
        draft.learner.student_id.as_ref().unwrap().to_string(),
        draft.learner.email.as_ref().unwrap().to_string(),
        "PRIVATE".to_owned(),
        "2001-02-03".to_owned(),
        "3 February 2001".to_owned(),
        "Hoosier Experience".to_owned(),
        award.cedid.to_string(),
        draft.office.name.to_string(),
        "A name of the office".to_owned(),
    ];
    let addresses =
        [format!("/c/{code}"), format!("/c/{code}.json"), format!("/c/{code}.pdf"), format!("/validate?cedid={code}")];
    for address in &addresses {
        let answer = visitor.get(address).await.expect(200);
        for secret in &secret {
            assert!(!answer.text().contains(secret.as_str()), "{address} holds {secret}");
        }
        if !address.ends_with(".pdf") {
            answer.says("Zoë Łukasiewicz");
        }
    }
    visitor.get(&addresses[0]).await.says("Official record of one award, published on").says("number 1");
    visitor.get(&addresses[3]).await.says("Official record of one award, published on");
    let iri = draft.learner.iri.to_string();
    visitor.get(&addresses[0]).await.says(&iri);
    let document = json_of(visitor.get(&addresses[1]).await);
    assert_eq!(document["learner"]["id"], iri.as_str());
    assert_eq!((document["partial"].clone(), document.get("assertions")), (json!(true), None));
    assert_eq!(document["learner"]["testamur:awards"], "1");
    holds_under(&validators(), &document);
    visitor.get(&format!("/c/{code}/certificate.pdf")).await.expect(404);
    visitor.get(&format!("{page}/record.json")).await.expect(303);

    // Later edits of the learner change nothing of it.
    let before = visitor.get(&addresses[1]).await.bytes;
    let whole = browser.get(&format!("{page}/record.json")).await.expect(200).bytes;
    let id = draft.learner.id.clone();
    app.write(move |conn| {
        let mut learner = profile::find(conn, &id)?;
        learner.name = Name::parse("CHANGED").unwrap();
        assert!(learner.update(conn, &by())?);
        Ok(())
    })
    .await;
    assert_eq!(visitor.get(&addresses[1]).await.bytes, before);
    assert_eq!(browser.get(&format!("{page}/record.json")).await.bytes, whole);
}

#[actix_web::test]
async fn the_learner_sees_the_own_published_records_and_nobody_elses() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (draft, award) = app.award("Ann Lee").await;
    let first = drafted(&staff, &draft.learner, &[]).await;
    published(&app, &staff, &first).await;
    let second = drafted(&staff, &draft.learner, &[("name", "Newest")]).await;
    let code = published(&app, &staff, &second).await;
    let learner = signed_in(&app, &draft.learner).await;
    let record = learner.get("/record").await.expect(200).says("Published records").says("Record 2").says("Newest");
    record.says("/record/published/1.pdf").says("/record/published/2.json").says(&code.to_string());
    learner.get("/record/published/2").await.expect(200).says(&award.cedid.to_string());
    let own = learner.get("/record/published/2.json").await.expect(200).bytes;
    assert_eq!(own, staff.get(&format!("{second}/record.json")).await.bytes);
    learner.get("/record/published/2.pdf").await.expect(200);
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let token = learner.get("/record/published/2.jwt").await.expect(200).bytes;
    assert_eq!(learner.get("/record/published/2.jwt").await.expect(200).bytes, token, "signed once");
    let payload = token.split(|byte| *byte == b'.').nth(1).unwrap();
    let payload = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    let mut envelope: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    let signed = learner.get("/record/published/2.vc.json").await.expect(200).bytes;
    let mut signed: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    assert_eq!((&envelope["iss"], &envelope["jti"]), (&signed["issuer"]["id"], &signed["id"]));
    for added in ["iss", "jti", "nbf", "sub"] {
        assert!(envelope.as_object_mut().unwrap().remove(added).is_some(), "{added}");
    }
    signed.as_object_mut().unwrap().remove("proof");
    assert_eq!(envelope, signed, "the same, member for member");
    for nothing in
        ["/record/published/3", "/record/published/0.json", "/record/published/x", "/record/published/-1.pdf"]
    {
        learner.get(nothing).await.expect(404);
    }
    // "As of now" stays what it was: no number, no pathway.
    let now = json_of(learner.get("/record.json").await);
    assert!(now["learner"].get("testamur:number").is_none() && now.get("achievements").is_none());
    let (other, _) = app.award("Somebody Else").await;
    let stranger = signed_in(&app, &other.learner).await;
    stranger.get("/record/published/2.json").await.expect(404);
    stranger.get("/record/published/2.jwt").await.expect(404);
    stranger.get("/record").await.expect(200).never_says("Published records");
}

pub async fn signed_in(app: &App, learner: &Profile) -> Browser {
    let (id, portal) = (learner.id.clone(), app.portal());
    let link = app
        .write(move |conn| {
            let hours = chrono::TimeDelta::hours(1);
            testamur::registrar::sign_in::link_lasting(conn, &id, &portal, hours)
        })
        .await;
    let browser = app.browser();
    let path = link.replace(&app.base_url, "");
    browser.submit(&path, &path, &[]).await.expect(303);
    browser
}

#[actix_web::test]
async fn a_pathway_shows_what_is_done_and_what_is_open_and_is_frozen() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let degree = achievement(&app, &draft, "The Degree").await;
    let (done, open, retired, unrelated) = (
        achievement(&app, &draft, "Course that was done").await,
        achievement(&app, &draft, "Course still open").await,
        achievement(&app, &draft, "Course given up").await,
        achievement(&app, &draft, "Something else").await,
    );
    for part in [&done, &open, &retired] {
        tie(&app, part, AssociationType::IsPartOf, &degree).await;
    }
    // A circle, and a neighbour of a neighbour that leads elsewhere.
    tie(&app, &degree, AssociationType::Precedes, &done).await;
    tie(&app, &open, AssociationType::IsPartOf, &unrelated).await;
    let id = retired.id.clone();
    app.write(move |conn| {
        let mut gone = testamur::models::achievement::find(conn, &id)?;
        gone.retired_at = Some(testamur::clock::now().naive_utc());
        assert!(gone.update(conn, &by())?);
        Ok(())
    })
    .await;
    awarded(&app, &draft.learner, &done).await;
    let page = drafted(&browser, &draft.learner, &[]).await;
    let preview = browser.get(&format!("{page}/publication")).await.expect(200).says("Pathway").says("The Degree");
    preview.says("Course still open").says("not earned in this record").never_says("Course given up");
    published(&app, &browser, &page).await;
    let document = json_of(browser.get(&format!("{page}/record.json")).await);
    holds_under(&validators(), &document);
    let mut names: Vec<&str> =
        document["achievements"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["Course still open", "Course that was done", "The Degree"]);
    let copy = document["achievements"].as_array().unwrap().iter().find(|one| one["id"] == done.iri.as_str()).unwrap();
    assert_eq!(*copy, document["assertions"][0]["achievement"], "the copies are not the same");

    // The definitions go on; the record says what it said.
    let id = done.id.clone();
    app.write(move |conn| {
        let mut edited = testamur::models::achievement::find(conn, &id)?;
        edited.name = Name::parse("Renamed since").unwrap();
        edited.refold();
        assert!(edited.update(conn, &by())?);
        Ok(())
    })
    .await;
    assert_eq!(json_of(browser.get(&format!("{page}/record.json")).await), document);
    // A later record takes what was awarded as it was issued, and the rest as it is.
    let later = drafted(&browser, &draft.learner, &[]).await;
    published(&app, &browser, &later).await;
    let document = json_of(browser.get(&format!("{later}/record.json")).await);
    assert!(!document.to_string().contains("Renamed since"));
    holds_under(&validators(), &document);
}

#[actix_web::test]
async fn a_pathway_comes_to_an_end_however_much_hangs_together() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let (top, learner) = (draft.achievement.clone(), draft.learner.clone());
    app.issue(&draft.assertion.id).await;
    let office = draft.office.id.clone();
    app.write(move |conn| {
        let mut last = top.clone();
        for number in 0..pathway::MOST as i32 + 80 {
            let kind = AchievementType::parse("Course").unwrap();
            let name = Name::parse(&format!("Step {number:03}")).unwrap();
            let step = Achievement::new(name, kind, office.clone());
            step.insert(conn, &by())?;
            // Wide and deep, and each tied back to the top.
            Association::to(step.id.clone(), AssociationType::IsPartOf, &top).insert(conn)?;
            Association::to(step.id.clone(), AssociationType::Precedes, &last).insert(conn)?;
            last = step;
        }
        Ok(())
    })
    .await;
    let portal = app.portal();
    let content = app
        .write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let record = Clr::new(&learner, publisher.id);
            record.insert(conn, &[], &by())?;
            let how = How { notify: false, previewed: None };
            let credential = publish(conn, &record.id, &portal, &how, &by())?;
            Ok(testamur::models::published::record(conn, &credential, testamur::clock::now())?)
        })
        .await;
    // What was awarded has no association of its own, so it stands in the pathway beside those that lead to it.
    assert_eq!(content.pathway.len(), pathway::MOST + 1);
    let steps = pathway::steps(&content);
    assert_eq!(steps.len(), content.pathway.len());
    assert!(steps[0].award.is_some() && steps[0].depth == 0);
    assert!(testamur::clr::v1::checks::check(&testamur::clr::v1::record_clr(&content)).is_empty());
}

#[actix_web::test]
async fn what_does_not_hold_is_refused_with_the_object_and_a_link_to_it() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (achievement, assertion) = (draft.achievement.id.clone(), draft.assertion.id.clone());
    app.write(move |conn| {
        let kind = ResultType::parse("RawScore").unwrap();
        let mut described =
            testamur::models::ResultDescription::new(achievement.clone(), Name::parse("Final score").unwrap(), kind, 0);
        (described.value_min, described.value_max) = (Line::parse("0").ok(), Line::parse("100").ok());
        described.insert(conn)?;
        let mut result = AwardResult::new(assertion.clone(), described.id, 0);
        result.value = Line::parse("101").ok();
        Ok(result::replace(conn, &assertion, &[result])?)
    })
    .await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let issue = format!("{page}/issue");
    let preview = browser.get(&issue).await.expect(200).says("It cannot be issued yet").says("Final score");
    preview.says(&format!("href=\"{page}\"")).never_says("Issue this award");
    let token = browser.get("/admin/assertions/new").await.token();
    let refused = browser.post_raw(&issue, &[("csrf", &token), ("revision", "1")]).await.expect(409);
    refused.says("Final score").says("“101” is not between").says(&format!("href=\"{page}\""));
    assert!(!app.assertion(&draft.assertion.id).await.is_issued());

    // One that was issued before anybody checked: the office's export and a record that takes it are refused too.
    issued_unchecked(&app, &draft).await;
    let export = browser.get(&format!("/admin/learners/{}/record.json", draft.learner.id)).await.expect(409);
    export.says("Final score").says(&format!("href=\"{page}\""));
    let record = drafted(&browser, &draft.learner, &[]).await;
    browser.get(&format!("{record}/publication")).await.expect(200).says("It cannot be published yet");
    browser.get(&format!("{record}/record.json")).await.expect(409).says("Final score");
    let fields = previewed(&browser.get(&format!("{record}/publication")).await);
    send(&browser, &format!("{record}/publication"), &fields).await.expect(409).says("Final score");
    // The learner is not the one who can mend it, and gets what there is.
    signed_in(&app, &draft.learner).await.get("/record.json").await.expect(200);
}

/// Issues a draft as it stands, past all checks.
async fn issued_unchecked(app: &App, draft: &Draft) {
    let (draft, portal) = (draft.clone(), app.portal());
    let other = app.award("Somebody Else").await.1;
    app.write(move |conn| {
        let given = (CeDiD::fresh(), testamur::clock::now());
        let issued = freeze(conn, &draft.assertion, &draft.learner, &portal, given)?;
        let cedid = issued.assertion.cedid.clone();
        let credential = Credential {
            id: Id::fresh(),
            assertion_id: Some(draft.assertion.id.clone()),
            learner_id: draft.learner.id.clone(),
            cedid_folded: cedid.folded(),
            cedid,
            ..other.clone()
        };
        credential.insert(conn, &issued)?;
        assert!(assertion::mark_issued(conn, &draft.assertion, &credential, &issued.assertion.id)?);
        Ok(())
    })
    .await;
}

#[actix_web::test]
async fn another_publishers_record_is_shown_and_never_changed() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (learner, office) = (draft.learner.clone(), draft.office.id.clone());
    let id = app
        .write(move |conn| {
            let mut foreign = Clr::new(&learner, office.clone());
            foreign.origin = testamur::values::Origin::Foreign;
            foreign.document = Some(br#"{"id":"urn:x:theirs"}"#.to_vec());
            foreign.media_type = Some("application/ld+json".to_owned());
            foreign.extensions = Json::new(serde_json::Map::new());
            foreign.insert(conn, &[], &by())?;
            Ok(foreign.id)
        })
        .await;
    let page = format!("/admin/clrs/{id}");
    browser.get(&page).await.expect(200).says("From elsewhere").says("As it came").never_says("Preview and publish");
    browser.get("/admin/clrs?status=foreign").await.expect(200).says(&page).says("From elsewhere");
    browser.get(&format!("{page}/edit")).await.expect(409).says("another publisher");
    browser.get(&format!("{page}/publication")).await.expect(409);
    browser.get(&format!("{page}/revocation")).await.expect(409);
    let as_it_came = browser.get(&format!("{page}/record.json")).await.expect(200);
    assert_eq!(as_it_came.bytes, br#"{"id":"urn:x:theirs"}"#);
    browser.get(&format!("{page}/record.pdf")).await.expect(404);
}

/// An endorsement of a record, made in the browser; its page.
async fn endorsed(app: &App, browser: &Browser, record: &str, comment: &str) -> Answer {
    let board = app.write(|conn| Ok(organization(conn, "Board of Accreditation")?.id)).await;
    let record = record.rsplit('/').next().unwrap();
    let fields = [("clr_id", record), ("issuer_id", board.as_str()), ("issued_on", "2026-05-01"), ("comment", comment)];
    browser.submit("/admin/endorsements/new", "/admin/endorsements", &fields).await
}

#[actix_web::test]
async fn what_others_say_of_a_record_is_published_with_it_hosted_and_revoked_everywhere_at_once() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, _) = app.award("Ann Lee").await;
    let page = drafted(&browser, &draft.learner, &[]).await;
    let publication = format!("{page}/publication");
    let stale = previewed(&browser.get(&publication).await.expect(200));
    let own = endorsed(&app, &browser, &page, "A record to rely on.").await.expect(303).location();
    let taken_back = endorsed(&app, &browser, &page, "Said too soon.").await.expect(303).location();
    let revoke = |page: &str| {
        let (revocation, browser) = (format!("{page}/revocation"), browser.clone());
        async move { browser.submit(&revocation, &revocation, &[("reason", "Given in error")]).await.expect(303) }
    };
    revoke(&taken_back).await;
    send(&browser, &publication, &stale).await.expect(409).says("Look at it again");
    browser.get(&publication).await.expect(200).says("A record to rely on.").never_says("Said too soon.");

    published(&app, &browser, &page).await;
    let json = format!("{page}/record.json");
    let document = json_of(browser.get(&json).await);
    holds_under(&validators(), &document);
    let said = document["endorsements"].as_array().unwrap();
    assert_eq!((said.len(), said[0]["claim"]["id"].clone()), (1, document["id"].clone()));
    assert_eq!(said[0]["claim"]["endorsementComment"], "A record to rely on.");
    browser.get(&page).await.expect(200).says("A record to rely on.").never_says("Said too soon.");
    assert!(browser.get(&format!("{page}/record.pdf")).await.expect(200).bytes.starts_with(b"%PDF"));
    let hosted = said[0]["id"].as_str().unwrap().strip_prefix(&app.base_url).unwrap().to_owned();
    let visitor = app.browser();
    let served = json_of(visitor.get(&hosted).await);
    let facts = |one: &Value| (one["id"].clone(), one["claim"].clone(), one["issuer"].clone(), one["issuedOn"].clone());
    assert_eq!(facts(&served), facts(&said[0]), "hosted, it says something else than in the record");

    // What was published never changes: neither by an edit nor by a further word; all that can happen is a revocation.
    browser.get(&format!("{own}/edit")).await.expect(409);
    browser.get(&format!("{own}/deletion")).await.expect(200).says("part of something that was issued");
    endorsed(&app, &browser, &page, "Me too.").await.expect(422).says("This record was published");
    assert_eq!(json_of(browser.get(&json).await), document);
    revoke(&own).await;
    browser.get(&page).await.expect(200).says("Taken back: Given in error");
    let document = json_of(browser.get(&json).await);
    holds_under(&validators(), &document);
    assert_eq!(document["endorsements"][0]["revocationReason"], "Given in error");
    visitor.get(&hosted).await.expect(200).says("Given in error");
}

#[actix_web::test]
async fn records_are_searched_sorted_and_paged() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Auditor).await;
    app.write(|conn| {
        let publisher = profile::publisher(conn)?.unwrap();
        for number in 0..60 {
            let learner = crate::app::person(conn, &format!("Ann Number{number:03}"), &format!("{number:010}"))?;
            Clr::new(&learner, publisher.id.clone()).insert(conn, &[], &by())?;
        }
        Ok(())
    })
    .await;
    let first = browser.get("/admin/clrs?sort=learner").await.expect(200).says("Number000").never_says("Number055");
    assert!(!first.text().contains("New record"), "an auditor changes nothing");
    let next = between(&first.text(), "rel=\"next\"", "Next").map(|_| ()).is_some();
    assert!(next);
    browser.get("/admin/clrs?sort=-learner").await.expect(200).says("Number059").never_says("Number000");
    browser.get("/admin/clrs?q=number042&status=draft").await.expect(200).says("Number042").never_says("Number041");
    let all = app.read(|conn| Ok(clr::count(conn, &testamur::models::page::Query::default())?)).await;
    assert_eq!(all, 60);
}
