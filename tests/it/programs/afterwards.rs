//! After the fact: attendance that is taken back flags an award; learners see their progress and dispute an absence.

use testamur::{
    models::{
        Assertion, AwardFlag, Profile, Program, award_flag, credential, credential_document, page::Query,
        program::award,
    },
    values::{AttendanceStatus, FlagDecision, Id, ProgressState, Role, Status},
};

use super::{at_least, attended, confer_all, count, ground, program, progress_of, stands};
use crate::app::{App, Browser, between};

async fn flags(app: &App, state: &'static str) -> Vec<AwardFlag> {
    let query = Query {
        filters: vec![("state".to_owned(), state.to_owned())],
        sort: "raised".to_owned(),
        descending: true,
        ..Query::default()
    };
    app.read(move |conn| Ok(award_flag::search(conn, &query)?.rows.into_iter().map(|one| one.flag).collect())).await
}

async fn awarded(app: &App, program: &Program, learner: &Profile) -> Id<Assertion> {
    let (program, learner) = (program.id.clone(), learner.id.clone());
    app.read(move |conn| Ok(award::of(conn, &program, &learner)?.unwrap().assertion_id)).await
}

async fn status(app: &App, assertion: &Id<Assertion>) -> Status {
    let id = assertion.clone();
    app.read(move |conn| Ok(credential::of_assertion(conn, &id)?.unwrap().status)).await
}

#[actix_web::test]
async fn attendance_taken_back_asks_for_a_decision_and_revokes_nothing() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 3, 3).await;
    let program = program(&app, &ground.award, at_least(2)).await;
    for learner in &ground.learners {
        attended(&app, &ground.events[0], learner).await;
        attended(&app, &ground.events[1], learner).await;
    }
    attended(&app, &ground.events[2], &ground.learners[2]).await;
    count(&app).await;
    confer_all(&app, &browser, &program, 3).await;
    assert!(flags(&app, "").await.is_empty());

    for learner in &ground.learners {
        stands(&app, &ground.events[1], learner, AttendanceStatus::Absent).await;
    }
    count(&app).await;
    let open = flags(&app, "").await;
    assert_eq!(open.len(), 3);
    assert!(open.iter().all(|flag| flag.what == "“Event 2”: the learner was absent"), "{open:?}");
    assert_eq!(open.iter().filter(|flag| flag.still_earned).count(), 1, "the third attended another one");
    for learner in &ground.learners {
        assert_eq!(status(&app, &awarded(&app, &program, learner).await).await, Status::InForce);
        assert_eq!(progress_of(&app, &program, learner).await.unwrap().state, ProgressState::Awarded);
    }
    browser.get("/admin").await.expect(200).says("3 awards to decide about");
    browser.get("/admin/flags").await.expect(200).says("No longer earned").says("Still earned by other events");

    // The first: put right again, so nothing is left to decide.
    stands(&app, &ground.events[1], &ground.learners[0], AttendanceStatus::Attended).await;
    count(&app).await;
    let of = |flags: &[AwardFlag], learner: &Profile| flags.iter().find(|one| one.learner_id == learner.id).cloned();
    let settled = flags(&app, "settled").await;
    assert_eq!(of(&settled, &ground.learners[0]).unwrap().decision, Some(FlagDecision::Restored));

    // The second: kept for a reason; not asked again for the same, but for more.
    let flag = of(&open, &ground.learners[1]).unwrap();
    let page = format!("/admin/flags/{}", flag.id);
    browser.get(&page).await.expect(200).says("Revoke it, or keep it as it is").never_says("Correct…");
    browser.submit(&page, &page, &[("reason", "")]).await.expect(422).says("why the award is kept");
    browser.submit(&page, &page, &[("reason", "The host confirms it")]).await.expect(303);
    browser.get(&page).await.expect(200).says("The award was kept").says("The host confirms it");
    attended(&app, &ground.events[2], &ground.learners[1]).await;
    count(&app).await;
    assert!(of(&flags(&app, "").await, &ground.learners[1]).is_none());
    stands(&app, &ground.events[0], &ground.learners[1], AttendanceStatus::Absent).await;
    count(&app).await;
    let again = of(&flags(&app, "").await, &ground.learners[1]).unwrap();
    assert!(again.what.contains("“Event 1”") && again.what.contains("“Event 2”"), "{}", again.what);
    let award = awarded(&app, &program, &ground.learners[1]).await;
    let revocation = format!("/admin/assertions/{award}/revocation");
    browser.submit(&revocation, &revocation, &[("reason", "requirements")]).await.expect(303);
    assert!(of(&flags(&app, "").await, &ground.learners[1]).is_none());
    // What was revoked is not asked about again, whatever changes.
    stands(&app, &ground.events[0], &ground.learners[1], AttendanceStatus::Excused).await;
    count(&app).await;
    assert!(of(&flags(&app, "").await, &ground.learners[1]).is_none());

    // The third: corrected, so that it names the events that count now.
    let flag = of(&open, &ground.learners[2]).unwrap();
    let shown = browser.get(&format!("/admin/flags/{}", flag.id)).await.expect(200);
    let correction = format!("/admin/assertions/{}/correction", flag.assertion_id);
    let shown = shown.says(&format!("{correction}?events=now"));
    drop(shown);
    let form = browser.get(&format!("{correction}?events=now")).await.expect(200);
    form.says("those that count now").says("Event 1; Event 3");
    let fields =
        [("events", "now"), ("reason", "error"), ("keep-0", "true"), ("name-0", "Attendance"), ("value-0", "Awarded")];
    browser.submit(&correction, &correction, &fields).await.expect(303);
    count(&app).await;
    assert!(flags(&app, "").await.is_empty());
    let newest = awarded(&app, &program, &ground.learners[2]).await;
    assert_ne!(newest, flag.assertion_id);
    let issued = app
        .read(move |conn| {
            let credential = credential::of_assertion(conn, &newest)?.unwrap();
            Ok(credential_document::issued(conn, &credential.id)?)
        })
        .await;
    let names: Vec<&str> = issued.events.iter().map(|event| event.achievement.name.as_str()).collect();
    assert_eq!(names, ["Event 1", "Event 3"]);
}

/// Signs a learner in by the mailed link.
#[actix_web::test]
async fn an_award_is_held_against_the_rule_it_was_earned_under_also_when_none_is_in_force() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 2, 1).await;
    let program = program(&app, &ground.award, at_least(2)).await;
    attended(&app, &ground.events[0], &ground.learners[0]).await;
    attended(&app, &ground.events[1], &ground.learners[0]).await;
    count(&app).await;
    confer_all(&app, &browser, &program, 1).await;
    let page = format!("/admin/programs/{}", program.id);
    let revision = program.revision.to_string();
    browser.submit(&page, &format!("{page}/rule"), &[("revision", &revision)]).await.expect(303);
    browser.get(&page).await.expect(200).says("nobody’s progress is counted");

    stands(&app, &ground.events[1], &ground.learners[0], AttendanceStatus::Absent).await;
    count(&app).await;
    let open = flags(&app, "").await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].what, "“Event 2”: the learner was absent");
    assert!(!open[0].still_earned);
    stands(&app, &ground.events[1], &ground.learners[0], AttendanceStatus::Attended).await;
    count(&app).await;
    assert_eq!(flags(&app, "settled").await[0].decision, Some(FlagDecision::Restored));
}

async fn signed_in(app: &App, learner: &Profile) -> Browser {
    let browser = app.browser();
    let email = learner.email.as_ref().unwrap().to_string();
    browser.submit("/sign-in/link", "/sign-in/link", &[("email", email.as_str())]).await.expect(303);
    let mailed = app.deliver().await;
    let secret = between(&mailed[0].replace(['\r', '\n'], " "), "/sign-in/link/", " ").unwrap();
    let path = format!("/sign-in/link/{secret}");
    browser.submit(&path, &path, &[]).await.expect(303);
    browser
}

#[actix_web::test]
async fn a_learner_sees_progress_and_disputes_an_absence() {
    let app = App::start().await;
    let ground = ground(&app, 3, 2).await;
    let [learner, other] = &ground.learners[..] else { panic!() };
    let program = program(&app, &ground.award, at_least(3)).await;
    attended(&app, &ground.events[0], learner).await;
    stands(&app, &ground.events[1], learner, AttendanceStatus::Absent).await;
    count(&app).await;
    let own = signed_in(&app, learner).await;
    own.get("/record").await.expect(200).says("FYE Hoosier Experience").says("2 more events").says("1 / 3");
    let list = own.get("/record/attendance").await.expect(200).says("Event 1").says("Absent");
    drop(list.never_says("Event 3"));
    let page = format!("/record/attendance/{}", ground.events[1].id);
    own.submit(&page, &page, &[("said", " ")]).await.expect(422).says("Enter what is wrong with it");
    own.submit(&page, &page, &[("said", "I sat in the first row <b>")]).await.expect(303);
    own.get("/record/attendance").await.expect(200).says("has not answered yet");
    own.submit("/record/attendance", &page, &[("said", "Once more")]).await;
    // What was attended, and what nothing is recorded of, cannot be disputed.
    own.get(&format!("/record/attendance/{}", ground.events[0].id)).await.expect(404);
    own.get(&format!("/record/attendance/{}", ground.events[2].id)).await.expect(404);
    let stranger = signed_in(&app, other).await;
    stranger.get("/record/attendance").await.expect(200).never_says("Event 1");
    stranger.get(&page).await.expect(404);

    let registrar = app.signed_in(Role::Registrar).await;
    registrar.get("/admin").await.expect(200).says("learner disputes attendance");
    let disputes = registrar.get("/admin/disputes").await.expect(200).says("Ann Number001").text();
    let dispute = format!("/admin/disputes/{}", between(&disputes, "href=\"/admin/disputes/", "\"").unwrap());
    registrar.get(&dispute).await.expect(200).says("I sat in the first row &#60;b&#62;");
    let host = app.signed_in(Role::Host).await;
    host.get(&dispute).await.expect(404);
    host.get("/admin/disputes").await.expect(200).never_says("Ann Number001");
    registrar
        .submit(&dispute, &dispute, &[("status", ""), ("answer", "")])
        .await
        .expect(422)
        .says("what the learner is told");
    let answer = [("status", "attended"), ("answer", "The host found the list.")];
    registrar.submit(&dispute, &dispute, &answer).await.expect(303);
    count(&app).await;
    assert_eq!(progress_of(&app, &program, learner).await.unwrap().counted, 2);
    own.get("/record/attendance")
        .await
        .expect(200)
        .says("The office changed the record")
        .says("The host found the list.");
    own.get("/record").await.expect(200).says("1 more event");
    registrar.get(&dispute).await.expect(200).says("The record was changed");
}
