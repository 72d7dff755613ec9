//! Issuing and revoking: one credential however often it is clicked, all of it or nothing, and the learner is told.

use diesel::{RunQueryDsl, connection::SimpleConnection};
use testamur::{
    models::{audit, credential, outbox},
    registrar::{
        Refusal,
        issue::{How, issue},
    },
    values::{CeDiD, Role, Status},
};

use crate::app::{App, by};

#[actix_web::test]
async fn an_award_is_drafted_checked_issued_and_revoked_in_the_browser() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Zoë Łukasiewicz").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let issue = format!("{page}/issue");
    browser.get(&page).await.expect(200).says("Draft");
    browser
        .get(&issue)
        .await
        .expect(200)
        .says("Zoë Łukasiewicz")
        .says("7 November 2019")
        .says("given when it is issued");
    browser.submit(&issue, &issue, &[("notify", "true"), ("revision", "1")]).await.expect(303);
    let shown = browser.get(&page).await.expect(200).says("Issued");
    let code = crate::app::between(&shown.text(), "<code class=\"cedid\">", "</code>").unwrap();
    assert!(CeDiD::parse(&code).unwrap().check_symbol_fits());
    app.browser().get(&format!("/c/{code}")).await.expect(200).says("Zoë Łukasiewicz");

    // What was issued is not edited and not deleted.
    browser.get(&format!("{page}/edit")).await.expect(409).says("never changed");
    browser.get(&format!("{page}/deletion")).await.expect(200).says("nothing issued is deleted");

    let mails = app.read(|conn| Ok(outbox::latest(conn, 10)?)).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text_body.contains(&code) && mails[0].recipient.as_str().ends_with("@iu.example"));

    let revocation = format!("{page}/revocation");
    let refused = browser.submit(&revocation, &revocation, &[("internal_note", "kept")]).await.expect(422);
    refused.says("Enter the reason that the public is told").says("kept");
    let reason = [("public_reason", "Conferred in error"), ("internal_note", "Wrong student")];
    browser.submit(&revocation, &revocation, &reason).await.expect(303);
    browser.get(&page).await.expect(200).says("Revoked").says("Wrong student");
    app.browser().get(&format!("/c/{code}")).await.expect(200).says("Conferred in error").never_says("Wrong student");
    browser.get(&revocation).await.expect(409);
    browser.get(&page).await.expect(200).says("issued it").says("revoked it");
}

#[actix_web::test]
async fn ten_clicks_at_once_issue_once() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let issue = format!("/admin/assertions/{}/issue", draft.assertion.id);
    let token = browser.get(&issue).await.expect(200).token();
    let clicks = (0..10).map(|_| {
        let (browser, issue, token) = (browser.clone(), issue.clone(), token.clone());
        actix_web::rt::spawn(async move {
            browser.post_raw(&issue, &[("csrf", &token), ("notify", "true"), ("revision", "1")]).await.status.as_u16()
        })
    });
    let mut answers = Vec::new();
    for click in clicks.collect::<Vec<_>>() {
        answers.push(click.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [vec![303], vec![409; 9]].concat());
    assert_eq!(app.read(|conn| Ok(credential::count(conn)?)).await, 1);
    assert_eq!(app.read(|conn| Ok(outbox::latest(conn, 10)?)).await.len(), 1);
}

/// A trigger of the database makes exactly one INSERT fail, for each table that issuing writes to; afterwards nothing is
/// half-done, and without the trigger it works.
#[actix_web::test]
async fn issuing_is_all_or_nothing_whichever_write_fails() {
    let app = App::start().await;
    for table in ["credential", "achievement_version", "outbox", "audit_entry"] {
        let draft = app.draft("Ann Lee").await;
        let before = counts(&app).await;
        app.write(move |conn| Ok(conn.batch_execute(&failing(table))?)).await;
        let (id, portal) = (draft.assertion.id.clone(), app.portal());
        let again = id.clone();
        let refused = app.db.write(move |conn| issue(conn, &id, &portal, &How::now_with_mail(), &by())).await;
        assert!(matches!(refused, Err(Refusal::Database(_))), "{table}: {refused:?}");
        app.write(move |conn| Ok(conn.batch_execute(&working(table))?)).await;
        assert_eq!(counts(&app).await, before, "something was left of a failed issue ({table})");
        assert!(!app.assertion(&again).await.is_issued(), "{table}");
        app.issue(&again).await;
    }
}

fn failing(table: &str) -> String {
    if crate::app::on_postgres() {
        format!(
            "CREATE FUNCTION fail_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
             CREATE TRIGGER fail_{table} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail_{table}();"
        )
    } else {
        format!("CREATE TRIGGER fail_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END;")
    }
}

fn working(table: &str) -> String {
    match crate::app::on_postgres() {
        true => format!("DROP TRIGGER fail_{table} ON {table}; DROP FUNCTION fail_{table}();"),
        false => format!("DROP TRIGGER fail_{table};"),
    }
}

#[derive(diesel::QueryableByName, Debug, PartialEq)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

async fn counts(app: &App) -> Vec<Count> {
    app.read(|conn| {
        let mut counts = Vec::new();
        for table in ["credential", "achievement_version", "outbox", "audit_entry", "assertion"] {
            counts.push(diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result(conn)?);
        }
        Ok(counts)
    })
    .await
}

#[actix_web::test]
async fn a_code_of_another_system_is_kept_and_never_given_twice() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Allison Fake Student").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let entered = [
        ("learner_id", draft.learner.id.as_str()),
        ("achievement", draft.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
        ("kept_cedid", "19fd d80s a9tu"),
        ("revision", "1"),
    ];
    browser.submit(&format!("{page}/edit"), &page, &entered).await.expect(303);
    let issued = app.issue(&draft.assertion.id).await;
    assert_eq!(issued.cedid.to_string(), "19FD-D80S-A9TU");
    let second = app.draft("Somebody Else").await;
    let page = format!("/admin/assertions/{}", second.assertion.id);
    let twice = [
        ("learner_id", second.learner.id.as_str()),
        ("achievement", second.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
        ("kept_cedid", "19FDD80SA9TU"),
        ("revision", "1"),
    ];
    browser.submit(&format!("{page}/edit"), &page, &twice).await.expect(422).says("has or had this CeDiD");
}

#[actix_web::test]
async fn every_change_is_in_the_audit_trail_which_refuses_to_be_changed() {
    let app = App::start().await;
    let (draft, issued) = app.award("Ann Lee").await;
    let id = draft.assertion.id.clone();
    let history = app.read(move |conn| Ok(audit::history(conn, "assertion", id.as_str())?)).await;
    let actions: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["issued", "drafted"]);
    let auditor = app.signed_in(Role::Auditor).await;
    for page in ["/admin", "/admin/audit"] {
        auditor.get(page).await.expect(200).says("Hoosier Experience for Ann Lee</bdi></a>");
    }
    for sql in [
        "UPDATE audit_entry SET actor_name = 'nobody'".to_owned(),
        "DELETE FROM audit_entry".to_owned(),
        "DELETE FROM credential".to_owned(),
        "DELETE FROM credential_document".to_owned(),
        format!("UPDATE credential SET facts = '{{}}' WHERE id = '{}'", issued.id),
        format!("UPDATE credential_document SET content = '' WHERE credential_id = '{}'", issued.id),
    ] {
        let told = sql.clone();
        let outcome = app.db.write(move |conn| Ok::<_, crate::app::DatabaseError>(conn.batch_execute(&sql)?)).await;
        assert!(outcome.is_err(), "{told} was allowed");
    }
    let seqs: Vec<i64> = app.read(|conn| Ok(audit::latest(conn, 1000)?)).await.iter().map(|entry| entry.seq).collect();
    let expected: Vec<i64> = (1..=seqs.len() as i64).rev().collect();
    assert_eq!(seqs, expected, "the trail has gaps");
}

#[actix_web::test]
async fn the_first_edit_after_an_issue_begins_a_new_version() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/achievements/{}", draft.achievement.id);
    let edit = |revision: &'static str, name: &'static str| {
        [("revision", revision), ("name", name), ("achievement_type", "Award"), ("issuer", draft.office.id.as_str())]
    };
    browser.submit(&format!("{page}/edit"), &page, &edit("1", "Still version one")).await.expect(303);
    browser.get(&page).await.expect(200).says("Version 1");
    let issued = app.issue(&draft.assertion.id).await;
    let id = issued.id.clone();
    let frozen = app.read(move |conn| Ok(testamur::models::credential_document::issued(conn, &id)?)).await;
    assert_eq!(frozen.achievement.version, 1);
    browser.submit(&format!("{page}/edit"), &page, &edit("2", "Now version two")).await.expect(303);
    browser.get(&page).await.expect(200).says("Version 2");
    browser.submit(&format!("{page}/edit"), &page, &edit("3", "Still version two")).await.expect(303);
    browser.get(&page).await.expect(200).says("Version 2");
    assert_eq!(issued.status, Status::InForce);
}

#[actix_web::test]
async fn without_a_publisher_nothing_is_issued_and_the_reason_is_told() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    app.write(|conn| Ok(testamur::models::setting::set(conn, testamur::models::setting::PUBLISHER, "")?)).await;
    let issue = format!("/admin/assertions/{}/issue", draft.assertion.id);
    browser.get(&issue).await.expect(409).says("Choose the publisher");
}

#[actix_web::test]
async fn only_the_draft_that_was_looked_at_is_issued() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let issue = format!("{page}/issue");
    let looked_at = browser.get(&issue).await.expect(200);
    let revision = crate::app::between(&looked_at.text(), "name=\"revision\" value=\"", "\"").unwrap();
    let changed = [
        ("learner_id", draft.learner.id.as_str()),
        ("achievement", draft.achievement.id.as_str()),
        ("conferral_date", "2001-01-01"),
        ("revision", "1"),
    ];
    browser.submit(&format!("{page}/edit"), &page, &changed).await.expect(303);
    let token = looked_at.token();
    browser
        .post_raw(&issue, &[("csrf", &token), ("revision", &revision)])
        .await
        .expect(409)
        .says("after you looked at it");
    assert!(!app.assertion(&draft.assertion.id).await.is_issued());
}

#[actix_web::test]
async fn a_draft_of_a_retired_achievement_is_not_issued() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    app.write(|conn| Ok(conn.batch_execute("UPDATE achievement SET retired_at = '2026-01-01 00:00:00'")?)).await;
    let issue = format!("/admin/assertions/{}/issue", draft.assertion.id);
    browser.submit(&issue, &issue, &[("revision", "1")]).await.expect(409).says("no longer awarded");
}

#[actix_web::test]
async fn a_changed_result_stands_in_the_audit_trail() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let achievement = draft.achievement.id.clone();
    let grade = app
        .write(move |conn| {
            use testamur::{
                models::ResultDescription,
                values::{Name, ResultType},
            };
            let (name, kind) = (Name::parse("Grade").unwrap(), ResultType::parse("LetterGrade").unwrap());
            let grade = ResultDescription::new(achievement.clone(), name, kind, 0);
            grade.insert(conn)?;
            Ok(grade.id)
        })
        .await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    for (revision, value) in [("1", "A"), ("2", "B")] {
        let key = format!("value-{grade}");
        let fields = [
            ("learner_id", draft.learner.id.as_str()),
            ("achievement", draft.achievement.id.as_str()),
            ("conferral_date", "2019-11-07"),
            ("revision", revision),
            (key.as_str(), value),
        ];
        browser.submit(&format!("{page}/edit"), &page, &fields).await.expect(303);
    }
    browser.get(&page).await.expect(200).says("Grade: A").says("Grade: B");
}
