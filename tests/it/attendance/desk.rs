//! The check-in desk: as a plain form, and as its script sends what waited.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testamur::{
    models::Event,
    values::{AttendanceStatus, Role},
};

use super::{cancel, counts, entries, event, learners, waiting};
use crate::app::{Answer, App, Browser};

/// Key, what was scanned, and how many milliseconds before sending.
pub type Scan = (String, String, i64);

/// Sends what waited as the script does.
pub async fn send(browser: &Browser, event: &Event, scans: &[Scan]) -> Answer {
    let token = browser.get(&format!("/admin/events/{}/desk", event.id)).await.expect(200).token();
    send_with(browser, event, scans, &token).await
}

async fn send_with(browser: &Browser, event: &Event, scans: &[Scan], token: &str) -> Answer {
    // A clock that is an hour slow.
    let now = testamur::clock::now().timestamp_millis() - 3_600_000;
    let scans: Vec<Value> =
        scans.iter().map(|(key, typed, ago)| json!({"key": key, "typed": typed, "at": now - ago})).collect();
    post(browser, event, &json!({"sent_at": now, "entries": scans}).to_string(), token).await
}

async fn post(browser: &Browser, event: &Event, body: &str, token: &str) -> Answer {
    let address = browser.address(&format!("/admin/events/{}/desk/entries", event.id));
    let request = browser.client().post(address).header("content-type", "application/json");
    let answer = request.header("x-form-token", token).body(body.to_owned()).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

fn scan(key: &str, typed: &str) -> Scan {
    (format!("{key:0>16}"), typed.to_owned(), 0)
}

fn outcomes(answer: &Answer) -> Vec<(String, String)> {
    let told: Value = serde_json::from_slice(&answer.bytes).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    told["outcomes"].as_array().unwrap().iter().map(|one| (text(one, "word"), text(one, "who"))).collect()
}

#[actix_web::test]
async fn the_desk_works_as_a_plain_form() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Host).await;
    let office = app.read(|conn| Ok(testamur::models::staff::all(conn)?)).await.remove(0).office_id.unwrap();
    let office = app.read(move |conn| Ok(testamur::models::profile::find(conn, &office)?)).await;
    let (event, people) = (event(&app, "Game night", Some(office), 0).await, learners(&app, 2).await);
    let desk = format!("/admin/events/{}/desk", event.id);
    for (typed, says, who) in [
        ("0000000001", "Checked in", "Ann Number001"),
        (";0000000002?\r\n", "Checked in", "Ann Number002"),
        ("0000000001@iu.example", "Already checked in", "Ann Number001"),
        ("555", "Not known", ""),
    ] {
        let sent = browser.submit(&desk, &desk, &[("typed", typed)]).await.expect(303);
        browser.get(&sent.location()).await.expect(200).says(says).says(who);
    }
    assert_eq!((counts(&app, &event).await.attended, waiting(&app, &event).await), (2, 1));
    browser.submit(&desk, &desk, &[("typed", "  ")]).await.expect(422).says("Not recorded");
    // The same form twice is one entry.
    let shown = browser.get(&desk).await;
    let key = crate::app::between(&shown.text(), "name=\"key\" value=\"", "\"").unwrap();
    let token = shown.token();
    let fields = [("csrf", token.as_str()), ("key", key.as_str()), ("typed", "556")];
    for _ in 0..2 {
        browser.post_raw(&desk, &fields).await.expect(303);
    }
    assert_eq!(waiting(&app, &event).await, 2);
    assert_eq!(entries(&app, &event, &people[0]).await.len(), 1);
}

#[actix_web::test]
async fn what_waited_counts_once_however_often_it_is_sent() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, 0).await, learners(&app, 3).await);
    let mut scans =
        vec![scan("a1", "0000000001"), scan("a2", "0000000002"), scan("a3", "77"), scan("a4", "0000000001")];
    scans[0].2 = 1_800_000;
    let first = send(&browser, &event, &scans).await.expect(200);
    let told: Vec<String> = outcomes(&first).into_iter().map(|(word, _)| word).collect();
    assert_eq!(told, ["Checked in", "Checked in", "Not known", "Already checked in"]);
    // The answer was lost on the way: all of it comes again, in two parts.
    let again = send(&browser, &event, &scans[..2]).await.expect(200);
    assert_eq!(outcomes(&again)[0], ("Checked in".to_owned(), "Ann Number001".to_owned()));
    send(&browser, &event, &scans[2..]).await.expect(200);
    assert_eq!((counts(&app, &event).await.attended, waiting(&app, &event).await), (2, 1));
    let log = entries(&app, &event, &people[0]).await;
    assert_eq!(log.len(), 1);
    // Half an hour ago by our clock, though the other one is an hour slow.
    let seen = testamur::clock::now().naive_utc() - log[0].happened_at.unwrap();
    assert!((1_790..1_860).contains(&seen.num_seconds()), "{seen}");
}

#[actix_web::test]
async fn bad_entries_have_each_their_answer_and_hold_up_no_other() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let event = event(&app, "Game night", None, 0).await;
    learners(&app, 1).await;
    let mut scans = vec![scan("b1", "0000000001"), scan("b2", "0000000001"), scan("b3", "0000000001")];
    scans.push(("short".to_owned(), "0000000001".to_owned(), 0));
    (scans[0].2, scans[1].2) = (-60_000, 8 * 24 * 3_600_000);
    let answer = send(&browser, &event, &scans).await.expect(200);
    answer.says("in the future").says("more than a week").says("no key").says("Checked in");
    assert_eq!(counts(&app, &event).await.attended, 1);
    let token = browser.get(&format!("/admin/events/{}/desk", event.id)).await.token();
    post(&browser, &event, "{", &token).await.expect(400);
    post(&browser, &event, "{}", "wrong").await.expect(403);
    let many: Vec<Scan> = (0..201).map(|nth| scan(&format!("c{nth}"), "x")).collect();
    send(&browser, &event, &many).await.expect(413);
    // Cancelled meanwhile: each is told so, and nothing is recorded.
    cancel(&app, &event).await;
    send(&browser, &event, &[scan("d1", "0000000001")]).await.expect(200).says("was cancelled");
}

#[actix_web::test]
async fn an_ended_session_leads_to_signing_in_and_records_nothing() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let event = event(&app, "Game night", None, 0).await;
    learners(&app, 1).await;
    let token = browser.get(&format!("/admin/events/{}/desk", event.id)).await.token();
    app.write(|conn| {
        use diesel::connection::SimpleConnection;
        Ok(conn.batch_execute("UPDATE session SET seen_at = '2020-01-01 00:00:00'")?)
    })
    .await;
    let sent = send_with(&browser, &event, &[scan("e1", "0000000001")], &token).await.expect(303);
    assert!(sent.location().starts_with("/sign-in"), "{}", sent.location());
    assert_eq!(counts(&app, &event).await.attended, 0);
}

/// A desk that comes back after an hour does not undo what the office said meanwhile: that is for somebody to decide.
#[actix_web::test]
async fn a_late_scan_never_undoes_a_later_correction() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, -30).await, learners(&app, 1).await);
    send(&browser, &event, &[scan("f1", "0000000001")]).await.expect(200);
    let own = format!("/admin/events/{}/learners/{}", event.id, people[0].id);
    browser.submit(&own, &own, &[("status", "absent"), ("reason", "Left at once")]).await.expect(303);
    let mut late = scan("f2", "0000000001");
    late.2 = TimeDelta::hours(1).num_milliseconds();
    send(&browser, &event, &[late]).await.expect(200).says("recorded otherwise since");
    assert_eq!((counts(&app, &event).await.absent, waiting(&app, &event).await), (1, 1));
    // Scanned now, they are here, and the entry says how that is known.
    send(&browser, &event, &[scan("f3", "0000000001")]).await.expect(200).says("was absent");
    let log = entries(&app, &event, &people[0]).await;
    assert_eq!(log.last().unwrap().status, AttendanceStatus::Attended);
    assert_eq!(log.last().unwrap().reason.as_ref().unwrap().as_str(), "Seen at the check-in desk");
}
