//! Conferring: previewed, approved, issued to all, once.

use testamur::{
    db::Error,
    models::{Profile, assertion, audit, conferral, credential, credential_document, erasure, program::award},
    registrar::{confer, erase, hold},
    values::{ConferralState, HoldKind, Id, Line, Role},
};

use super::{approve, at_least, attended, confer_all, count, counts, ground, prepare, program, progress_of};
use crate::{
    app::{App, by, on_postgres},
    holds,
};

/// Everybody attended the first so many events.
async fn all_attended(app: &App, ground: &super::Ground, events: usize) {
    for learner in &ground.learners {
        for event in &ground.events[..events] {
            attended(app, event, learner).await;
        }
    }
    count(app).await;
}

#[actix_web::test]
async fn what_was_earned_is_conferred_once_with_its_events() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 4, 3).await;
    let program = program(&app, &ground.award, at_least(3)).await;
    all_attended(&app, &ground, 3).await;
    let form = format!("/admin/programs/{}/conferral", program.id);
    browser.get(&form).await.expect(200).says("3 learners</strong> have earned it");
    let stale = [("date", "2026-05-15"), ("expected", "2")];
    browser.submit(&form, &form, &stale).await.expect(422).says("Meanwhile 3 learners have earned it, and not 2");
    let undated = [("date", ""), ("expected", "3")];
    browser.submit(&form, &form, &undated).await.expect(422).says("Enter a date");

    let done = confer_all(&app, &browser, &program, 3).await;
    assert_eq!(done.state, ConferralState::Done);
    let after = counts(&app, &program).await;
    assert_eq!((after.earned, after.awarded), (0, 3));
    let (learner, award_id) = (ground.learners[0].id.clone(), program.id.clone());
    let (credential, issued, conferred) = app
        .read(move |conn| {
            let all = credential::of_learner(conn, &learner)?;
            assert_eq!(all.len(), 1);
            let issued = credential_document::issued(conn, &all[0].id)?;
            Ok((all[0].clone(), issued, award::of(conn, &award_id, &learner)?.unwrap()))
        })
        .await;
    let names: Vec<&str> = issued.events.iter().map(|event| event.achievement.name.as_str()).collect();
    assert_eq!(names, ["Event 1", "Event 2", "Event 3"]);
    assert_eq!(issued.assertion.results[0].value.as_deref(), Some("Awarded"));
    assert_eq!(issued.assertion.term.as_deref(), Some("Spring 2026"));
    let evidence = &issued.assertion.evidence[0];
    assert_eq!(evidence.name, "Attendance");
    assert!(evidence.narrative.as_deref().unwrap().starts_with("Earned under rule 1: A learner earns"));
    assert_eq!((conferred.rule_number, conferred.events.get().len()), (1, 3));
    app.browser().get(&format!("/c/{}", credential.cedid)).await.expect(200).says("Event 2").says("Attendance");
    assert_eq!(app.deliver().await.len(), 3);

    let report = browser.get("/admin/reports/programs").await.expect(200);
    report.says("value=\"100\"");
    let csv = browser.get("/admin/reports/programs.csv").await.expect(200).text();
    assert!(csv.lines().nth(1).unwrap().starts_with("FYE Hoosier Experience,3,0,3,3"), "{csv}");

    // A second time nothing is there to confer, and nobody is awarded twice.
    let page = format!("/admin/conferrals/{}", done.id);
    browser.get(&page).await.expect(200).says("3 awards were issued");
    let action = format!("{page}/decision");
    browser.submit(&form, &action, &[("decision", "approve")]).await.expect(422).says("Somebody decided");
    browser.get(&form).await.expect(200).says("there is nothing to confer now");
    browser
        .submit(&form, &form, &[("date", "2026-05-15"), ("expected", "0")])
        .await
        .expect(422)
        .says("Nobody has earned");
    assert_eq!(confer::due(&app.db, &app.portal()).await.unwrap(), 0);
}

#[actix_web::test]
async fn two_programs_at_once_and_one_that_was_interrupted_award_everybody_once() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 1, 60).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    all_attended(&app, &ground, 1).await;
    let page = prepare(&browser, &program, 60).await;
    approve(&browser, &page).await;
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    // One is cut off in the middle; two go on at the same time.
    let (first, portal) = (app.db.clone(), app.portal());
    let cut = tokio::spawn(async move { confer::due(&first, &portal).await });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    cut.abort();
    let portal = app.portal();
    let (one, other) = tokio::join!(confer::due(&app.db, &portal), confer::due(&app.db, &portal));
    one.unwrap();
    other.unwrap();
    // Whoever found it in the hands of another one left it; queued work looks again.
    until_finished(&app).await;
    count(&app).await;
    let learners: Vec<_> = ground.learners.iter().map(|one| one.id.clone()).collect();
    let numbers = app
        .read(move |conn| {
            learners.iter().map(|id| Ok(credential::of_learner(conn, id)?.len())).collect::<Result<Vec<_>, _>>()
        })
        .await;
    assert!(numbers.iter().all(|number| *number == 1), "{numbers:?}");
    browser.get(&page).await.expect(200).says("60 awards were issued");
}

/// Queued work, until nothing that was approved is left.
async fn until_finished(app: &App) {
    for _ in 0..100 {
        confer::due(&app.db, &app.portal()).await.unwrap();
        if app.read(|conn| Ok(conferral::approved(conn)?.is_empty())).await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("a conferral is not finished");
}

/// Two programs on one database were each told of a refusal, and the second one left out whoever came next.
#[actix_web::test]
async fn who_is_refused_is_left_out_and_nobody_else_whoever_else_is_at_work() {
    use diesel::connection::SimpleConnection;
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 1, 30).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    all_attended(&app, &ground, 1).await;
    let page = prepare(&browser, &program, 30).await;
    approve(&browser, &page).await;
    let refused = ground.learners[2].id.clone();
    let foreign = format!("UPDATE profile SET origin = 'foreign' WHERE id = '{refused}'");
    app.write(move |conn| Ok(conn.batch_execute(&foreign)?)).await;
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let portal = app.portal();
    let (one, other) = tokio::join!(confer::due(&app.db, &portal), confer::due(&app.db, &portal));
    one.unwrap();
    other.unwrap();
    until_finished(&app).await;
    for learner in &ground.learners {
        let id = learner.id.clone();
        let awards = app.read(move |conn| Ok(credential::of_learner(conn, &id)?.len())).await;
        assert_eq!(awards, usize::from(learner.id != refused), "{}", learner.id);
    }
    let page = browser.get(&page).await.expect(200);
    page.says("29 awards were issued").says("known from another publisher").says("Ann Number003");
}

/// On SQLite whoever writes has the whole database in hand.
#[actix_web::test]
async fn a_conferral_that_another_program_has_in_hand_is_left_to_it() {
    if !on_postgres() {
        println!("skipped: only PostgreSQL has two writers at once");
        return;
    }
    use diesel::prelude::*;
    use testamur::db::{Conn, schema};
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 1, 2).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    all_attended(&app, &ground, 1).await;
    let page = prepare(&browser, &program, 2).await;
    approve(&browser, &page).await;
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let (db, mut tell) = (app.db.clone(), Some(tell));
    let holding = tokio::spawn(async move {
        db.write(move |conn| {
            let Conn::Postgres(inner) = conn else { panic!("not PostgreSQL") };
            schema::conferral::table.select(schema::conferral::id).for_no_key_update().load::<String>(inner)?;
            tell.take().map(|tell| tell.send(()));
            Ok::<_, testamur::registrar::Refusal>(wait.recv().is_err())
        })
        .await
    });
    told.await.unwrap();
    assert_eq!(confer::due(&app.db, &app.portal()).await.unwrap(), 0);
    assert_eq!(app.read(|conn| Ok(conferral::approved(conn)?.len())).await, 1);
    drop(done);
    assert!(holding.await.unwrap().unwrap());
    assert_eq!(confer::due(&app.db, &app.portal()).await.unwrap(), 2);
    assert!(app.read(|conn| Ok(conferral::approved(conn)?.is_empty())).await);
}

#[actix_web::test]
async fn an_award_can_be_looked_at_before_anything_is_issued_and_nothing_of_it_stays() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 2, 2).await;
    let program = program(&app, &ground.award, at_least(2)).await;
    all_attended(&app, &ground, 2).await;
    let page = prepare(&browser, &program, 2).await;
    browser.get(&page).await.expect(200).says("See an award as it will be");
    let (ids, award) = (ground.learners.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), ground.award.id.clone());
    let left_behind = || {
        let (ids, award) = (ids.clone(), award.clone());
        app.read(move |conn| {
            let drafts = ids.iter().map(|id| Ok(assertion::draft_of(conn, id, &award)?.is_some()));
            let drafts = drafts.collect::<Result<Vec<_>, Error>>()?;
            Ok((drafts, audit::latest(conn, 1)?[0].seq))
        })
    };
    let before = left_behind().await;

    let preview = format!("{page}/preview");
    let first = browser.get(&preview).await.expect(200).says("Ann Number001").says("Event 1").says("Event 2");
    let first =
        first.says("Awarded").says("Attendance of 2 events").says("given when it is issued").says("Next learner");
    first.says(&format!("{preview}?learner={}", ids[1]));
    let second = format!("{preview}?learner={}", ids[1]);
    let last = browser.get(&second).await.expect(200).says("Ann Number002").says("Event 2").text();
    assert!(!last.contains("Next learner"), "{last}");
    assert_eq!(left_behind().await, before);
    assert_eq!(before.0, [false, false]);

    let terms = holds::terms(HoldKind::Administrative);
    let held = ids[1].clone();
    app.write(move |conn| hold::place(conn, &held, &terms, &by())).await;
    browser.get(&second).await.expect(200).says("would be left out").says("An administrative hold was placed");
    browser.get(&format!("{preview}?learner={}", Id::<Profile>::fresh())).await.expect(404);
    app.browser().get(&preview).await.expect(303);
    approve(&browser, &page).await;
    browser.get(&preview).await.expect(409).says("its page says what came of it");
}

#[actix_web::test]
async fn who_lost_it_or_is_held_by_then_is_left_out_with_the_reason() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 2, 6).await;
    let program = program(&app, &ground.award, at_least(2)).await;
    all_attended(&app, &ground, 2).await;
    let terms = holds::terms(HoldKind::Administrative);
    // Held before: not meant at all.
    let (held, placed) = (ground.learners[0].id.clone(), terms.clone());
    app.write(move |conn| hold::place(conn, &held, &placed, &by())).await;
    let before = counts(&app, &program).await;
    assert_eq!((before.earned, before.held), (5, 1));
    browser.get(&format!("/admin/programs/{}/learners?state=held", program.id)).await.expect(200).says("Ann Number001");
    let page = prepare(&browser, &program, 5).await;
    // After it was prepared: held, taken back, erased, drafted.
    let later = ground.learners[1].id.clone();
    app.write(move |conn| hold::place(conn, &later, &terms, &by())).await;
    super::stands(&app, &ground.events[0], &ground.learners[2], testamur::values::AttendanceStatus::Absent).await;
    let erased = ground.learners[3].id.clone();
    app.write(move |conn| {
        erase::erase(conn, &erased, &Line::parse("On request").unwrap(), &by())?;
        assert!(erasure::of(conn, &erased)?.is_some());
        Ok(())
    })
    .await;
    let (learner, award) = (ground.learners[4].clone(), ground.award.clone());
    app.write(move |conn| {
        let iri = testamur::values::Iri::fresh();
        Ok(testamur::models::Assertion::new(iri, &learner, &award, super::day(2026, 5, 1)).insert(conn, &by())?)
    })
    .await;
    approve(&browser, &page).await;
    confer::due(&app.db, &app.portal()).await.unwrap();
    let shown = browser.get(&page).await.expect(200);
    let shown = shown.says("One award was issued").says("An administrative hold was placed on this learner");
    shown.says("No longer earned: 1 more event").says("A draft of this award waits for this learner");
    count(&app).await;
    assert_eq!(progress_of(&app, &program, &ground.learners[3]).await, None, "an erased learner has no progress");
}

#[actix_web::test]
async fn a_second_person_approves_where_the_institution_wants_it() {
    let app = App::start().await;
    let (one, other) = (app.signed_in(Role::Registrar).await, app.signed_in(Role::Administrator).await);
    let settings = other.get("/admin/settings").await.expect(200).text();
    let publisher = crate::app::between(&settings, "\" selected>", "<").unwrap_or_default();
    assert!(!publisher.is_empty(), "the settings name the publisher");
    let publisher = app.read(|conn| Ok(testamur::models::setting::publisher_id(conn)?.unwrap().to_string())).await;
    let wanted =
        [("publisher", publisher.as_str()), ("asks_two_people", "yes"), ("two_people", "yes"), ("areas", "Arts")];
    other.submit("/admin/settings", "/admin/settings", &wanted).await.expect(303);
    let ground = ground(&app, 1, 2).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    all_attended(&app, &ground, 1).await;
    let page = prepare(&one, &program, 2).await;
    one.get(&page).await.expect(200).says("another person approves it on this page");
    let action = format!("{page}/decision");
    one.submit(&page, &action, &[("decision", "approve")]).await.expect(422).says("another person has to approve it");
    one.submit(&page, &action, &[("decision", "drop"), ("reason", "")])
        .await
        .expect(422)
        .says("why it is not conferred");
    other.get("/admin").await.expect(200).says("conferral is prepared");
    // Dropped, nothing is issued, and it can be prepared anew.
    other.submit(&page, &action, &[("decision", "drop"), ("reason", "Wrong date")]).await.expect(303);
    let list = other.get(&format!("{page}.csv")).await.expect(200).text();
    assert!(list.contains("Left out") && list.contains("Wrong date") && !list.contains("To be issued"), "{list}");
    other.get(&page).await.expect(200).says("Wrong date").says("Nothing was issued");
    let page = prepare(&one, &program, 2).await;
    approve(&other, &page).await;
    confer::due(&app.db, &app.portal()).await.unwrap();
    other.get(&page).await.expect(200).says("2 awards were issued");
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    let done = app.read(move |conn| Ok(conferral::find(conn, &id)?)).await;
    assert_ne!(done.decided_by_id, done.prepared_by_id);
}

#[actix_web::test]
async fn another_offices_program_does_not_exist() {
    let app = App::start().await;
    let issuer = app.signed_in(Role::Issuer).await;
    let ground = ground(&app, 1, 1).await;
    let program = program(&app, &ground.award, at_least(1)).await;
    all_attended(&app, &ground, 1).await;
    for page in ["", "/learners", "/learners.csv", "/trial", "/conferral"] {
        issuer.get(&format!("/admin/programs/{}{page}", program.id)).await.expect(404);
    }
    let registrar = app.signed_in(Role::Registrar).await;
    let page = prepare(&registrar, &program, 1).await;
    issuer.get(&page).await.expect(404);
    issuer.get("/admin/programs").await.expect(200).never_says("FYE Hoosier");
}
