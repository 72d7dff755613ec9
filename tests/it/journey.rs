//! From an empty portal to a checked credential: the first administrator, the registrar, the learner, the stranger.

use diesel::{RunQueryDsl, connection::SimpleConnection};
use testamur::{
    models::outbox,
    registrar::staff_account::{self, NewAccount},
    values::{Email, Name, Role},
};

use crate::app::{App, PASSWORD, between, by};

#[actix_web::test]
async fn a_new_account_is_set_up_by_a_link_that_works_once() {
    let app = App::start().await;
    let portal = app.portal();
    let (account, link) = app
        .write(move |conn| {
            let new = NewAccount {
                email: Email::parse("dana@iu.example").unwrap(),
                name: Name::parse("Dana Whitcomb").unwrap(),
                role: Role::Administrator,
                office: None,
                notify: false,
            };
            staff_account::add(conn, &new, &portal, &by())
        })
        .await;
    let browser = app.browser();
    // Without a password of one's own nobody gets in.
    let fields = [("email", account.email.as_str()), ("password", "")];
    browser.submit("/sign-in", "/sign-in", &fields).await.expect(422).says("is wrong");
    let path = link.strip_prefix(&app.base_url).unwrap().to_owned();
    browser.get(&path).await.expect(200).says("Dana Whitcomb");
    browser.get(&path).await.expect(200);
    for (password, again, why) in [
        ("short", "short", "12 characters"),
        (PASSWORD, "another", "differ"),
        ("dana@iu.example", "dana@iu.example", "too easy"),
    ] {
        browser.submit(&path, &path, &[("password", password), ("again", again)]).await.expect(422).says(why);
    }
    browser.submit(&path, &path, &[("password", PASSWORD), ("again", PASSWORD)]).await.expect(303);
    browser.get(&path).await.expect(410);
    browser.submit("/sign-in", "/sign-in", &[("email", "DANA@iu.example"), ("password", PASSWORD)]).await.expect(303);
    browser.get("/admin/staff").await.expect(200).says("Dana Whitcomb");
    let token = browser.get("/admin/staff").await.token();
    browser.post_raw("/sign-out", &[("csrf", &token)]).await.expect(303);
    browser.get("/admin/staff").await.expect(303);
}

#[actix_web::test]
async fn unknown_account_and_wrong_password_get_one_answer_and_wrong_ones_slow_down() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let strip = |text: String| {
        between(&text, "<main", "</main>")
            .unwrap()
            .replace(account.email.as_str(), "X")
            .replace("nobody@iu.example", "X")
    };
    let token_free = |text: String| {
        let token = between(&text, "name=\"csrf\" value=\"", "\"").unwrap();
        text.replace(&token, "T")
    };
    let browser = app.browser();
    let known = browser
        .submit("/sign-in", "/sign-in", &[("email", account.email.as_str()), ("password", "wrong")])
        .await
        .expect(422);
    let unknown = browser
        .submit("/sign-in", "/sign-in", &[("email", "nobody@iu.example"), ("password", "wrong")])
        .await
        .expect(422);
    assert_eq!(strip(token_free(known.text())), strip(token_free(unknown.text())));
    let mut slowed = false;
    for _ in 0..9 {
        let answer =
            browser.submit("/sign-in", "/sign-in", &[("email", account.email.as_str()), ("password", "wrong")]).await;
        if answer.status.as_u16() == 429 {
            assert!(!answer.header("retry-after").is_empty());
            slowed = true;
            break;
        }
        answer.expect(422);
    }
    assert!(slowed, "nine wrong passwords in a row were all tried");
}

#[actix_web::test]
async fn a_learner_opens_the_record_by_a_mailed_link_that_works_once() {
    let app = App::start().await;
    let (draft, issued) = app.award("Nguyễn Thị Ánh").await;
    let browser = app.browser();
    let email = draft.learner.email.clone().unwrap();
    let known = browser.submit("/sign-in/link", "/sign-in/link", &[("email", email.as_str())]).await.expect(303);
    let unknown = browser.submit("/sign-in/link", "/sign-in/link", &[("email", "nobody@iu.example")]).await.expect(303);
    assert_eq!(known.location(), unknown.location());
    browser.get(&known.location()).await.expect(200);
    let mails = app.read(|conn| Ok(outbox::latest(conn, 10)?)).await;
    assert_eq!(mails.len(), 1);
    let written = &mails[0];
    assert!(written.text_body.contains(outbox::PLACE_OF_SECRET), "the outbox itself holds a link: {written:?}");
    let mailed = app.deliver().await;
    let secret = between(&mailed[0].replace(['\r', '\n'], " "), "/sign-in/link/", " ").unwrap();
    assert_ne!(secret, outbox::PLACE_OF_SECRET);
    let path = format!("/sign-in/link/{secret}");

    browser.get("/record").await.expect(303);
    // Opening the link, as mail scanners do, uses nothing up.
    browser.get(&path).await.expect(200);
    browser.submit(&path, &path, &[]).await.expect(303);
    let record = browser.get("/record").await.expect(200).says("Nguyễn Thị Ánh").says("Hoosier Experience");
    record.says(&issued.cedid.to_string());
    let json: serde_json::Value = serde_json::from_slice(&browser.get("/record.json").await.expect(200).bytes).unwrap();
    assert_eq!(json["learner"]["email"], email.as_str());
    assert!(browser.get("/record.pdf").await.expect(200).bytes.starts_with(b"%PDF-"));
    // A second time it opens nothing.
    let other = app.browser();
    other.submit(&path, &path, &[]).await.expect(410);
    other.get("/record").await.expect(303);
    // A learner is no member of staff.
    browser.get("/admin").await.expect(303);
    let token = browser.get("/record").await.token();
    browser.post_raw("/sign-out", &[("csrf", &token)]).await.expect(303);
    browser.get("/record").await.expect(303);
}

#[actix_web::test]
async fn one_learner_never_sees_the_record_of_another() {
    let app = App::start().await;
    let (first, _) = app.award("First Learner").await;
    app.award("Second Learner").await;
    let (id, portal) = (first.learner.id.clone(), app.portal());
    let link = app.write(move |conn| testamur::registrar::sign_in::link_for(conn, &id, &portal)).await;
    let path = link.strip_prefix(&app.base_url).unwrap().to_owned();
    let browser = app.browser();
    browser.submit(&path, &path, &[]).await.expect(303);
    browser.get("/record").await.expect(200).says("First Learner").never_says("Second Learner");
    browser.get("/record.json").await.expect(200).never_says("Second");
}

#[actix_web::test]
async fn staff_export_the_record_that_the_learner_sees_valid_under_both_schemas() {
    let app = App::start().await;
    let (draft, issued) = app.award("Дмитрий Шостакович").await;
    let browser = app.signed_in(Role::Registrar).await;
    let page = format!("/admin/learners/{}", draft.learner.id);
    browser.get(&page).await.expect(200).says("Дмитрий Шостакович").says(&issued.cedid.to_string());
    assert!(browser.get(&format!("{page}/record.pdf")).await.expect(200).bytes.starts_with(b"%PDF-"));
    let record = browser.get(&format!("{page}/record.json")).await.expect(200).bytes;
    let credential = app.browser().get(&format!("/c/{}.json", issued.cedid)).await.expect(200).bytes;
    let validators = crate::demonstration::validators();
    for document in [&record, &credential] {
        crate::demonstration::holds_under(&validators, &serde_json::from_slice(document).unwrap());
    }
}

#[actix_web::test]
async fn what_was_typed_when_the_session_ended_is_shown_again_to_the_same_person_only() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let browser = app.sign_in(&account).await;
    let token = browser.get("/admin/profiles/new").await.expect(200).token();
    app.write(|conn| Ok(conn.batch_execute("UPDATE session SET seen_at = '2026-01-01 00:00:00'")?)).await;
    let typed = [("csrf", token.as_str()), ("kind", "organization"), ("name", "Typed before the session ended")];
    let sent = browser.post_raw("/admin/profiles", &typed).await.expect(303);
    let next = between(&sent.location(), "next=", "\0")
        .unwrap_or_else(|| sent.location().split_once("next=").unwrap().1.to_owned());
    let next = next.replace("%3F", "?").replace("%3D", "=");
    assert!(next.starts_with("/admin/profiles/new?kept="), "{next}");

    let fields = [("email", account.email.as_str()), ("password", PASSWORD), ("next", next.as_str())];
    let back = browser.submit("/sign-in", "/sign-in", &fields).await.expect(303);
    browser.get(&back.location()).await.expect(200).says("Typed before the session ended").says("not saved yet");
    browser.get("/admin/profiles?q=typed").await.expect(200).says("Nothing fits");

    let other = app.signed_in(Role::Registrar).await;
    other.get(&next).await.expect(200).never_says("Typed before the session ended");
}

#[actix_web::test]
async fn wrong_passwords_slow_down_alike_whether_there_is_such_an_account() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let mut answers = Vec::new();
    for email in [account.email.as_str(), "nobody@iu.example"] {
        let browser = app.browser();
        let token = browser.get("/sign-in").await.expect(200).token();
        let mut seen = Vec::new();
        for _ in 0..4 {
            let fields = [("csrf", token.as_str()), ("email", email), ("password", "wrong")];
            seen.push(browser.post_raw("/sign-in", &fields).await.status.as_u16());
        }
        answers.push(seen);
    }
    assert_eq!(answers[0], [422, 422, 422, 429]);
    assert_eq!(answers[0], answers[1]);
}

#[actix_web::test]
async fn a_tab_in_the_way_back_leads_nowhere_else() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let browser = app.browser();
    let fields = [("email", account.email.as_str()), ("password", PASSWORD), ("next", "/\t/evil.example")];
    let answer = browser.submit("/sign-in", "/sign-in", &fields).await.expect(303);
    assert_eq!(answer.location(), "/admin");
}

#[actix_web::test]
async fn the_last_administrator_who_can_sign_in_stays() {
    let app = App::start().await;
    let account = app.staff(Role::Administrator, None).await;
    let portal = app.portal();
    let link = app
        .write(move |conn| {
            let new = NewAccount {
                email: Email::parse("never@iu.example").unwrap(),
                name: Name::parse("Never Set Up").unwrap(),
                role: Role::Administrator,
                office: None,
                notify: false,
            };
            staff_account::add(conn, &new, &portal, &by())
        })
        .await;
    let browser = app.sign_in(&account).await;
    let token = browser.get("/admin/staff").await.token();
    let disabling = |id: &str| format!("/admin/staff/{id}/disabling");
    browser.post_raw(&disabling(account.id.as_str()), &[("csrf", &token)]).await.expect(409).says("last administrator");

    // Whoever is switched off before setting up does not set up any more.
    browser.post_raw(&disabling(link.0.id.as_str()), &[("csrf", &token)]).await.expect(303);
    app.browser().get(link.1.strip_prefix(&app.base_url).unwrap()).await.expect(410);
    browser.post_raw(&format!("/admin/staff/{}/link", link.0.id), &[("csrf", &token)]).await.expect(409);
}

#[actix_web::test]
async fn administrators_who_switch_each_other_off_at_once_leave_one() {
    let app = App::start().await;
    for _ in 0..5 {
        let pair = [app.staff(Role::Administrator, None).await, app.staff(Role::Administrator, None).await];
        let attempts = pair.clone().map(|account| {
            let db = app.db.clone();
            actix_web::rt::spawn(async move {
                db.write(move |conn| staff_account::disable(conn, &account, &by())).await.is_ok()
            })
        });
        let mut done = 0;
        for attempt in attempts {
            done += usize::from(attempt.await.unwrap());
        }
        assert_eq!(done, 1);
        // The one that is left goes with the next pair's first.
        let left: i64 = app.read(|conn| Ok(testamur::models::staff::active_administrators(conn, None)?)).await;
        assert_eq!(left, 1);
        app.write(|conn| Ok(conn.batch_execute("UPDATE staff SET disabled_at = '2026-01-01 00:00:00'")?)).await;
    }
}

#[actix_web::test]
async fn a_learners_address_is_taken_once_however_fast_two_are() {
    let app = App::start().await;
    let attempts = (0..6).map(|number| {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            let made = db.write(move |conn| {
                let mut learner = crate::app::person(conn, "Ann Lee", &format!("{number:010}"))?;
                learner.email = Email::parse("Ann.Lee@iu.example").ok();
                learner.refold();
                Ok::<_, testamur::registrar::Refusal>(learner.update(conn, &by())?)
            });
            made.await.is_ok()
        })
    });
    let mut done = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        done += usize::from(attempt.await.unwrap());
    }
    assert_eq!(done, 1);
}

#[actix_web::test]
async fn a_link_sent_to_a_wrong_address_ends_when_the_address_is_corrected() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let (id, portal) = (draft.learner.id.clone(), app.portal());
    let link = app.write(move |conn| testamur::registrar::sign_in::link_for(conn, &id, &portal)).await;
    let path = link.strip_prefix(&app.base_url).unwrap().to_owned();
    let mut learner = draft.learner.clone();
    app.write(move |conn| {
        learner.email = Email::parse("right@iu.example").ok();
        learner.refold();
        assert!(learner.update(conn, &by())?);
        Ok(())
    })
    .await;
    app.browser().submit(&path, &path, &[]).await.expect(410);
}

#[actix_web::test]
async fn visitors_of_the_sign_in_pages_write_nothing_and_their_forms_are_guarded() {
    use testamur::db::schema::session;
    let app = App::start().await;
    for _ in 0..3 {
        for page in ["/sign-in", "/sign-in/link", "/set-up/no-such-secret", "/sign-in/link/no-such-secret"] {
            app.browser().get(page).await;
        }
    }
    let rows: i64 = app.read(|conn| Ok(diesel::QueryDsl::count(session::table).get_result(conn)?)).await;
    assert_eq!(rows, 0, "a visit wrote a session");

    let (one, other) = (app.browser(), app.browser());
    let (own, of_other) = (one.get("/sign-in").await.token(), other.get("/sign-in").await.token());
    assert_ne!(own, of_other);
    assert_eq!(one.get("/sign-in").await.token(), own, "two tabs of one browser would refuse each other");
    let with =
        |token: &str| vec![("csrf".to_owned(), token.to_owned()), ("email".to_owned(), "x@iu.example".to_owned())];
    for (token, answer) in [(of_other.as_str(), 403), ("", 403), (own.as_str(), 422)] {
        let fields = with(token);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        one.post_raw("/sign-in", &fields).await.expect(answer);
    }
    // A cookie that we did not sign is no token, whatever the form says.
    let forged = reqwest::Client::new()
        .post(format!("{}/sign-in", app.base_url))
        .header("cookie", "form=forged")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("csrf=forged&email=x%40iu.example&password=x")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);
}
