//! Self check-in: the code on the screen, the learner's telephone, and every code that is none.

use chrono::TimeDelta;
use testamur::{
    clock,
    models::Profile,
    registrar::sign_in,
    values::{AttendanceSource, Role},
};

use super::{cancel, counts, entries, event, learners};
use crate::app::{App, Browser, between};

/// A browser in which a learner is signed in.
pub async fn signed_in(app: &App, learner: &Profile) -> Browser {
    let (id, portal) = (learner.id.clone(), app.portal());
    let link = app.write(move |conn| sign_in::link_for(conn, &id, &portal)).await;
    let path = link.strip_prefix(&app.base_url).unwrap().to_owned();
    let browser = app.browser_at(&format!("10.9.{}.{}", clock::random_below(250), clock::random_below(250)));
    browser.submit(&path, &path, &[]).await.expect(303);
    browser
}

#[actix_web::test]
async fn a_learner_checks_in_with_the_code_on_the_screen_once() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let (event, people) = (event(&app, "Game night", None, 10).await, learners(&app, 1).await);
    let host = app.signed_in(Role::Registrar).await;
    let screen = host.get(&format!("/admin/events/{}/screen", event.id)).await.expect(200);
    let seconds: i64 = between(&screen.text(), "http-equiv=\"refresh\" content=\"", "\"").unwrap().parse().unwrap();
    assert!((2..=31).contains(&seconds));
    let code = between(&screen.text(), "class=\"code\">", "<").unwrap();
    let phone = signed_in(&app, &people[0]).await;
    // Typed, for want of a camera.
    let typed = phone.get(&format!("/check-in?event={}&code={}", event.code, code.to_lowercase())).await.expect(303);
    let page = typed.location();
    phone.get(&page).await.expect(200).says("Game night").says("I am here");
    assert_eq!(counts(&app, &event).await.attended, 0, "opening the page recorded something");
    phone.submit(&page, &page, &[]).await.expect(200).says("You are checked in");
    phone.submit(&page, &page, &[]).await.expect(200).says("You were checked in already");
    let log = entries(&app, &event, &people[0]).await;
    assert_eq!((log.len(), log[0].source), (1, AttendanceSource::CheckedIn));
    assert_eq!(log[0].recorded_by, "Ann Number001");
    phone.get("/check-in?event=NOPE&code=12345678").await.expect(422).says("No event has this code");
    phone.get("/check-in").await.expect(200);
}

#[actix_web::test]
async fn every_code_that_is_none_has_its_own_answer() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let (own, other) = (event(&app, "Game night", None, 10).await, event(&app, "Museum tour", None, 10).await);
    let (early, late) = (event(&app, "Next week", None, 9_000).await, event(&app, "Last week", None, -9_000).await);
    let people = learners(&app, 2).await;
    let phone = signed_in(&app, &people[0]).await;
    let now = clock::now();
    let ask = async |event: &testamur::models::Event, code: &str, status: u16, says: &str| {
        let page = format!("/check-in/{}/{code}", event.id);
        phone.get(&page).await.expect(status).says(says);
        let good = format!("/check-in/{}/{}", own.id, app.codes.at(&own.id, clock::now()).0);
        phone.submit(&good, &page, &[]).await.expect(status).says(says);
    };
    let at = |event: &testamur::models::Event, seconds| app.codes.at(&event.id, now + TimeDelta::seconds(seconds)).0;
    ask(&own, &at(&other, 0), 422, "is for another event").await;
    ask(&own, &at(&own, -600), 410, "has run out").await;
    ask(&own, &at(&own, 600), 422, "not one of ours").await;
    ask(&own, "AAAAAAAA", 422, "not one of ours").await;
    ask(&own, "%20", 422, "not one of ours").await;
    ask(&early, &at(&early, 0), 422, "not open yet").await;
    ask(&late, &at(&late, 0), 410, "is closed").await;
    // Clocks differ: the step before and the step after are taken.
    for seconds in [-30, 30] {
        let beside = app.codes.at(&own.id, clock::now() + TimeDelta::seconds(seconds)).0;
        phone.get(&format!("/check-in/{}/{beside}", own.id)).await.expect(200);
    }
    // An arrival is its learner's own, and holds for a quarter of an hour.
    let arrival = |nth: usize, minutes| app.codes.arrival(&own.id, &people[nth].id, now - TimeDelta::minutes(minutes));
    ask(&own, &arrival(1, 0), 422, "not one of ours").await;
    ask(&own, &arrival(0, 16), 410, "has run out").await;
    ask(&own, &format!("{}0", arrival(0, 0)), 422, "not one of ours").await;
    assert_eq!(counts(&app, &own).await.attended, 0);
    phone.get(&format!("/check-in/{}/AAAAAAAA", clock::row_id())).await.expect(404);
    // The office said otherwise: that is the office's to change.
    let registrar = app.signed_in(Role::Registrar).await;
    let paste = format!("/admin/events/{}/attendance/paste", own.id);
    let fields = [("learners", "0000000001"), ("status", "absent"), ("step", "record")];
    registrar.submit(&paste, &paste, &fields).await.expect(200);
    let page = format!("/check-in/{}/{}", own.id, app.codes.at(&own.id, clock::now()).0);
    phone.submit(&page, &page, &[]).await.expect(422).says("recorded you otherwise");
    cancel(&app, &own).await;
    phone.get(&page).await.expect(410).says("is cancelled");
}

#[actix_web::test]
async fn who_is_not_signed_in_is_remembered_through_the_mailed_link() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let (event, people) = (event(&app, "Game night", None, 10).await, learners(&app, 1).await);
    let phone = app.browser();
    let page = format!("/check-in/{}/{}", event.id, app.codes.at(&event.id, clock::now()).0);
    phone.get(&page).await.expect(200).says("not signed in");
    phone.submit(&page, &page, &[("email", "nonsense")]).await.expect(422).says("Enter an e-mail address");
    let known = phone.submit(&page, &page, &[("email", "0000000001@iu.example")]).await.expect(200);
    let unknown = phone.submit(&page, &page, &[("email", "nobody@iu.example")]).await.expect(200);
    let main = |text: String| between(&text, "<main", "</main>").unwrap();
    assert_eq!(main(known.text()), main(unknown.text()));
    assert_eq!(counts(&app, &event).await.attended, 0);
    let mailed = app.deliver().await;
    assert_eq!(mailed.len(), 1);
    let link = between(&mailed[0].replace(['\r', '\n'], " "), "/sign-in/link/", " ").unwrap();
    let path = format!("/sign-in/link/{link}");
    let signed_in = phone.submit(&path, &path, &[]).await.expect(303);
    let arrived = signed_in.location();
    assert!(arrived.starts_with(&format!("/check-in/{}/", event.id)), "{arrived}");
    phone.submit(&arrived, &arrived, &[]).await.expect(200).says("You are checked in");
    assert_eq!(entries(&app, &event, &people[0]).await.len(), 1);
    // The same link in other hands signs nobody in.
    app.browser().submit(&path, &path, &[]).await.expect(410);
}
