//! Making a program, and who stands how by it.

use testamur::{
    models::{
        Profile, event, profile,
        program::rule::{Needed, Rule, Window},
    },
    values::{AttendanceStatus, Line, ProgressState, Role},
};

use super::{another_event, at_least, attended, count, counts, day, ground, noon, program, progress_of, stands};
use crate::app::{App, by};

#[actix_web::test]
async fn a_program_is_composed_in_a_form_read_as_a_sentence_tried_and_switched_on() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ground = ground(&app, 4, 3).await;
    for (learner, number) in ground.learners.iter().zip([3, 2, 1]) {
        for event in &ground.events[..number] {
            attended(&app, event, learner).await;
        }
    }
    let term = [("name", "Spring 2026"), ("kind", "term"), ("from", "2026-01-12"), ("to", "2026-05-08")];
    browser.submit("/admin/terms", "/admin/terms", &term).await.expect(303);
    browser.submit("/admin/terms", "/admin/terms", &term).await.expect(422).says("has this name already");
    let backwards = [("name", "Fall"), ("kind", "term"), ("from", "2026-12-12"), ("to", "2026-08-08")];
    browser.submit("/admin/terms", "/admin/terms", &backwards).await.expect(422).says("cannot come before the first");

    let new = browser.get("/admin/programs/new").await.expect(200).text();
    let term = crate::app::between(&new, "<option value=\"", "\">In Spring 2026").unwrap();
    let term = term.rsplit("<option value=\"").next().unwrap().to_owned();
    let award = ground.award.id.to_string();
    let wrong = [("achievement_id", award.as_str()), ("events", "none"), ("window", ""), ("each", "1")];
    let refused = browser.submit("/admin/programs/new", "/admin/programs", &wrong).await.expect(422);
    refused.says("as a whole number from 1").says("Choose when events count").says("Tick the areas");
    let fields = [
        ("achievement_id", award.as_str()),
        ("events", "3"),
        ("window", term.as_str()),
        ("area", "Arts"),
        ("area", "Careers"),
        ("each", "1"),
        ("result_value", "Awarded"),
    ];
    let page = browser.submit("/admin/programs/new", "/admin/programs", &fields).await.expect(303).location();
    let sentence = "A learner earns this award by attending at least 3 different qualifying events from 12 January 2026 \
                    to 8 May 2026 (Spring 2026), at least 1 in each of the areas Arts and Careers.";
    browser.get(&page).await.expect(200).says(sentence).says("is a draft").says("nobody’s progress is counted");
    browser.submit("/admin/programs/new", "/admin/programs", &fields).await.expect(422).says("has a program already");

    // Tried on another year it is moved there; nothing is written.
    let trial = browser.get(&format!("{page}/trial?from=2026-02-01&to=2026-03-31")).await.expect(200);
    trial.says("Would have earned it</dt><dd><strong>1</strong>").says("one short</dt><dd>1</dd>");
    browser
        .get(&format!("{page}/trial?from=2025-02-01&to=2025-03-31"))
        .await
        .expect(200)
        .says("No event of this program");
    browser.get(&format!("{page}/trial?from=nonsense&to=2025-03-31")).await.expect(200).says("Enter a real date");

    browser.submit(&page, &format!("{page}/rule"), &[("rule", "1"), ("revision", "1")]).await.expect(303);
    // Whoever looked at it before that is told.
    let stale = browser.submit(&page, &format!("{page}/rule"), &[("rule", "1"), ("revision", "1")]).await;
    stale.expect(409).says("changed this program meanwhile");
    browser.get(&page).await.expect(200).says("Being counted").says("in force since");
    count(&app).await;
    let shown = browser.get(&page).await.expect(200).never_says("Being counted");
    shown.says("Confer the award on one learner");
    let list = |state: &str| format!("{page}/learners?state={state}");
    browser.get(&list("earned")).await.expect(200).says("Ann Number001").never_says("Ann Number002");
    browser.get(&list("one_short")).await.expect(200).says("Ann Number002").says("1 more event");
    browser
        .get(&list("on_the_way"))
        .await
        .expect(200)
        .says("Ann Number003")
        .says("2 more events, 1 of them in Careers");
    let csv = browser.get(&format!("{page}/learners.csv")).await.expect(200).text();
    assert_eq!(csv.lines().count(), 4, "{csv}");

    // Another rule is another number; the one in force stays until the new one is put in force.
    let changed = [("achievement_id", award.as_str()), ("events", "2"), ("window", "always"), ("revision", "2")];
    browser.submit(&format!("{page}/edit"), &page, &changed).await.expect(303);
    browser.get(&page).await.expect(200).says(sentence).says("Rule 2 is a draft");
    browser.submit(&page, &format!("{page}/rule"), &[("rule", "2"), ("revision", "3")]).await.expect(303);
    count(&app).await;
    browser.get(&list("earned")).await.expect(200).says("Ann Number001").says("Ann Number002");
    browser.get(&format!("{page}/deletion")).await.expect(200).says("rules were in force; switch it off instead");
    browser.submit(&page, &format!("{page}/rule"), &[("revision", "4")]).await.expect(303);
    browser.get(&page).await.expect(200).says("nobody’s progress is counted");
}

#[actix_web::test]
async fn an_event_counts_once_in_its_window_unless_it_is_cancelled() {
    let app = App::start().await;
    let ground = ground(&app, 3, 1).await;
    let learner = &ground.learners[0];
    // The last hour of the window in Bloomington, and the first of the day after.
    let last = another_event(&app, &ground.award, "Last minute", day(2026, 5, 9).and_hms_opt(3, 30, 0).unwrap()).await;
    let late = another_event(&app, &ground.award, "Too late", day(2026, 5, 9).and_hms_opt(4, 0, 0).unwrap()).await;
    let program = program(&app, &ground.award, at_least(3)).await;
    for event in [&ground.events[0], &last, &late] {
        attended(&app, event, learner).await;
        // A second scan is no second event.
        attended(&app, event, learner).await;
    }
    count(&app).await;
    let stands = progress_of(&app, &program, learner).await.unwrap();
    assert_eq!((stands.counted, stands.state), (2, ProgressState::OneShort));
    attended(&app, &ground.events[1], learner).await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, learner).await.unwrap().state, ProgressState::Earned);
    let browser = app.signed_in(Role::Registrar).await;
    let why = browser.get(&format!("/admin/programs/{}/learners/{}", program.id, learner.id)).await.expect(200);
    why.says("3 of 3").says("Last minute").says("it took place too late");
    // Cancelled afterwards, it counts for nobody; put on again, it does.
    let id = ground.events[1].id.clone();
    let cancelled = app
        .write(move |conn| {
            let known = event::find(conn, &id)?;
            known.cancel(conn, Line::parse("Storm").ok().as_ref(), &by())?;
            Ok(event::find(conn, &id)?)
        })
        .await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, learner).await.unwrap().state, ProgressState::OneShort);
    app.write(move |conn| Ok(cancelled.cancel(conn, None, &by())?)).await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, learner).await.unwrap().state, ProgressState::Earned);
}

#[actix_web::test]
async fn what_progress_rests_on_is_counted_again_when_it_changes() {
    let app = App::start().await;
    let ground = ground(&app, 2, 2).await;
    let (draft, _) = app.award("Another Person").await;
    let needed = Needed { id: draft.achievement.id.to_string(), name: "Orientation".to_owned() };
    let rule = Rule { held: vec![needed], window: Window::FirstYear, ..at_least(1) };
    let program = program(&app, &ground.award, rule).await;
    let [one, _] = &ground.learners[..] else { panic!() };
    attended(&app, &ground.events[0], one).await;
    count(&app).await;
    let stands = progress_of(&app, &program, one).await.unwrap();
    assert_eq!((stands.counted, stands.lacking), (0, 2), "{}", stands.detail);
    // The first day here becomes known.
    let learner = one.clone();
    app.write(move |conn| {
        let mut known: Profile = profile::find(conn, &learner.id)?;
        known.entered_on = Some(day(2025, 8, 25));
        Ok(known.update(conn, &by())?)
    })
    .await;
    count(&app).await;
    let stands = progress_of(&app, &program, one).await.unwrap();
    assert_eq!((stands.counted, stands.state), (1, ProgressState::OneShort), "{}", stands.detail);
    // The other award is issued, and revoked again.
    let (learner, other) = (one.clone(), draft.achievement.clone());
    let assertion = app
        .write(move |conn| {
            let row =
                testamur::models::Assertion::new(testamur::values::Iri::fresh(), &learner, &other, day(2026, 3, 1));
            row.insert(conn, &by())?;
            Ok(row)
        })
        .await;
    app.issue(&assertion.id).await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, one).await.unwrap().state, ProgressState::Earned);
    let registrar = app.signed_in(Role::Registrar).await;
    let page = format!("/admin/assertions/{}/revocation", assertion.id);
    registrar.submit(&page, &page, &[("reason", "error")]).await.expect(303);
    count(&app).await;
    assert_eq!(progress_of(&app, &program, one).await.unwrap().state, ProgressState::OneShort);
    // The event counts for the award no more, and again.
    let own = ground.events[0].achievement_id.clone();
    let award = ground.award.id.clone();
    app.write({
        let own = own.clone();
        move |conn| Ok(event::set_programs(conn, &own, &[], &by())?)
    })
    .await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, one).await, None);
    app.write(move |conn| Ok(event::set_programs(conn, &own, std::slice::from_ref(&award), &by())?)).await;
    count(&app).await;
    assert_eq!(progress_of(&app, &program, one).await.unwrap().counted, 1);
}

#[actix_web::test]
async fn looking_at_those_who_changed_comes_to_the_same_as_looking_at_everybody() {
    let app = App::start().await;
    let ground = ground(&app, 6, 20).await;
    let program = program(&app, &ground.award, at_least(3)).await;
    for (nth, learner) in ground.learners.iter().enumerate() {
        for (at, event) in ground.events.iter().enumerate() {
            if (nth * 7 + at * 3) % 5 < 3 {
                let status = if (nth + at) % 6 == 0 { AttendanceStatus::Absent } else { AttendanceStatus::Attended };
                stands(&app, event, learner, status).await;
            }
        }
        if nth % 4 == 0 {
            count(&app).await;
        }
    }
    count(&app).await;
    let bit_by_bit = counts(&app, &program).await;
    let id = program.id.clone();
    app.write(move |conn| Ok(testamur::models::program::evaluate_again(conn, &id, &by())?)).await;
    count(&app).await;
    assert_eq!(counts(&app, &program).await, bit_by_bit);
    assert!(bit_by_bit.earned > 0 && bit_by_bit.one_short + bit_by_bit.on_the_way > 0, "{bit_by_bit:?}");
    let _ = noon;
}
