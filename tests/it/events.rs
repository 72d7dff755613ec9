//! Events: planned on the clock of their place, by the office that hosts them; copied, cancelled and put on again.

use testamur::{
    models::{Attendance, achievement, attendance, event},
    registrar::demonstration,
    values::{AttendanceStatus, Code, Role},
};

use crate::app::{Answer, App, Browser, by, organization, person};

const ZONE: &str = "America/Indiana/Indianapolis";

async fn plan(browser: &Browser, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("name", "Culture Fest"),
        ("code", code),
        ("starts", "2030-08-30T18:00"),
        ("ends", "2030-08-30T20:00"),
        ("time_zone", ZONE),
        ("place", "IU Auditorium"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
    fields.extend_from_slice(more);
    browser.submit("/admin/events/new", "/admin/events", &fields).await
}

async fn planned(browser: &Browser, code: &str, more: &[(&str, &str)]) -> String {
    plan(browser, code, more).await.expect(303).location()
}

#[actix_web::test]
async fn an_office_plans_its_own_events_and_sees_no_others() {
    let app = App::start().await;
    let offices =
        app.write(|conn| Ok((organization(conn, "First Year Experience")?, organization(conn, "Athletics")?))).await;
    let host = app.sign_in(&app.staff(Role::Host, Some(offices.0.id.clone())).await).await;
    let other = app.sign_in(&app.staff(Role::Host, Some(offices.1.id.clone())).await).await;
    // Whoever's id is sent along, an office plans its own.
    let page = planned(&host, "FYE-1", &[("host_id", offices.1.id.as_str())]).await;
    host.get(&page).await.expect(200).says("First Year Experience").says("30 August 2030, 18:00–20:00").says(ZONE);
    host.get("/admin/events").await.expect(200).says("Culture Fest").says("FYE-1");
    other.get("/admin/events").await.expect(200).never_says("Culture Fest");
    other.get(&page).await.expect(404);
    other.get(&format!("{page}/edit")).await.expect(404);
    other.get(&format!("{page}/cancellation")).await.expect(404);
    other.get("/admin/events/calendar?month=2030-08").await.expect(200).never_says("Culture Fest");
    app.signed_in(Role::Issuer).await.get("/admin/events").await.expect(403);
    let auditor = app.signed_in(Role::Auditor).await;
    auditor.get(&page).await.expect(200).never_says("Cancel it");
    auditor.get("/admin/events/new").await.expect(403);
}

#[actix_web::test]
async fn what_cannot_be_is_refused_beside_its_field() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    planned(&host, "FYE-1", &[]).await;
    plan(&host, "FYE-1", &[]).await.expect(422).says("Another event already has this code").says("Culture Fest");
    plan(&host, "FYE-2", &[("ends", "2030-08-30T17:00")]).await.expect(422).says("It cannot end before it begins");
    plan(&host, "FYE-2", &[("ends", "2031-08-30T20:00")]).await.expect(422).says("at most 31 days");
    plan(&host, "FYE-2", &[("starts", "soon")]).await.expect(422).says("Enter a day and a time");
    plan(&host, "FYE-2", &[("time_zone", "Mars/Olympus")]).await.expect(422).says("Choose a time zone of the list");
    plan(&host, "FYE-2", &[("capacity", "many")]).await.expect(422).says("as a whole number");
    // The clocks go forward at two in the morning of 10 March 2030.
    let skipped = [("starts", "2030-03-10T02:30"), ("ends", "2030-03-10T05:00")];
    plan(&host, "FYE-2", &skipped).await.expect(422).says("this time does not exist").says("2030-03-10T02:30");
    let registrar = app.signed_in(Role::Registrar).await;
    plan(&registrar, "FYE-2", &[]).await.expect(422).says("Choose the office that hosts it");
    assert_eq!(app.read(|conn| Ok(event::codes(conn)?)).await, ["FYE-1"]);
}

#[actix_web::test]
async fn an_event_is_copied_without_its_day_and_its_code() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    let page =
        planned(&host, "FYE-1", &[("description", "Food and music of all continents."), ("public", "yes")]).await;
    let id = page.rsplit('/').next().unwrap().to_owned();
    let form = host.get(&format!("/admin/events/new?copy={id}")).await.expect(200);
    let form = form.says("Culture Fest").says("Food and music of all continents.").says("IU Auditorium");
    form.never_says("FYE-1").never_says("2030-08-30").never_says("value=\"yes\" checked");
    let stranger = app.signed_in(Role::Host).await;
    stranger.get(&format!("/admin/events/new?copy={id}")).await.expect(200).never_says("Culture Fest");
}

#[actix_web::test]
async fn an_event_is_cancelled_for_a_reason_and_put_on_again() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    let page = planned(&host, "FYE-1", &[("public", "yes")]).await;
    let code = Code::parse("FYE-1").unwrap();
    let (id, learner) = app
        .write(move |conn| {
            let found = event::by_code(conn, code.as_str())?.unwrap();
            let learner = person(conn, "Zoë Łukasiewicz", "0004104417")?;
            Attendance::new(&found.id, &learner.id, AttendanceStatus::Attended, &by()).record(conn)?;
            Ok((found.id, learner))
        })
        .await;
    let cancel = format!("{page}/cancellation");
    host.get(&cancel).await.expect(200).says("One learner is recorded to have come");
    host.submit(&cancel, &cancel, &[("reason", " "), ("revision", "1")]).await.expect(422).says("why it is cancelled");
    host.submit(&cancel, &cancel, &[("reason", "Storm"), ("revision", "7")]).await.expect(409);
    host.submit(&cancel, &cancel, &[("reason", "Storm"), ("revision", "1")]).await.expect(303);
    host.get(&page).await.expect(200).says("Cancelled: Storm").says("Put it on again");
    app.browser().get("/events/FYE-1").await.expect(200).says("This event is cancelled.").says("Storm");
    host.get("/admin/events").await.expect(200).never_says("Culture Fest");
    host.get("/admin/events?when=cancelled").await.expect(200).says("Culture Fest");
    host.submit(&page, &cancel, &[("on_again", "yes"), ("revision", "2")]).await.expect(303);
    host.get(&page).await.expect(200).says("Coming").never_says("Cancelled: Storm");
    // What was recorded is still there, and an event that somebody attended is not deleted.
    let standing = app.read(move |conn| Ok(attendance::standing(conn, &id, &learner.id)?)).await;
    assert_eq!(standing.unwrap().status, AttendanceStatus::Attended);
    let deletion = format!("{page}/deletion");
    host.get(&deletion).await.expect(200).says("1 entry about attendance is of it");
    host.submit(&page, &deletion, &[]).await.expect(409);
}

#[actix_web::test]
async fn the_public_sees_an_event_only_where_the_office_wants_it() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    planned(&host, "FYE-1", &[]).await;
    planned(&host, "FYE-2", &[("public", "yes"), ("ends", "2030-08-31T01:00"), ("description", "<b>Food</b>")]).await;
    let stranger = app.browser();
    stranger.get("/events/FYE-1").await.expect(404);
    stranger.get("/events/none").await.expect(404);
    let page = stranger.get("/events/FYE-2").await.expect(200);
    let page = page.says("Culture Fest").says("30 August 2030, 18:00 – 31 August 2030, 01:00").says("IU Auditorium");
    let page = page.says("2030-08-30T18:00:00-04:00").never_says("<b>Food").never_says("Came");
    assert_eq!(page.header("set-cookie"), "");
}

#[actix_web::test]
async fn the_calendar_shows_each_event_on_the_day_of_its_place() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    // Late in the evening there, already the next day in universal time.
    planned(&host, "FYE-1", &[("starts", "2030-08-31T22:00"), ("ends", "2030-08-31T23:30")]).await;
    let august = host.get("/admin/events/calendar?month=2030-08").await.expect(200);
    august.says("August 2030").says("22:00").says("Culture Fest").says("month=2030-07").says("month=2030-09");
    host.get("/admin/events/calendar?month=2030-07").await.expect(200).never_says("Culture Fest");
    host.get("/admin/events/calendar?month=nonsense").await.expect(200);
    host.get("/admin/events/calendar?month=9999999-01").await.expect(200);
}

#[actix_web::test]
async fn renaming_an_event_changes_what_it_will_be_on_the_record() {
    let app = App::start().await;
    let host = app.signed_in(Role::Host).await;
    let page = planned(&host, "FYE-1", &[]).await;
    let edit = format!("{page}/edit");
    host.get(&edit).await.expect(200).says("Culture Fest").says("2030-08-30T18:00");
    let fields = [
        ("name", "Festival of Cultures"),
        ("code", "FYE-1"),
        ("starts", "2030-08-30T18:00"),
        ("ends", "2030-08-30T20:00"),
        ("time_zone", ZONE),
        ("revision", "1"),
    ];
    host.submit(&edit, &page, &fields).await.expect(303);
    let own = app
        .read(|conn| {
            let found = event::by_code(conn, "FYE-1")?.unwrap();
            Ok(achievement::find(conn, &found.achievement_id)?)
        })
        .await;
    assert_eq!(own.name.as_str(), "Festival of Cultures");
    assert_eq!(own.achievement_type.as_str(), "ext:Event");
    host.get("/admin/events?q=festival").await.expect(200).says("Festival of Cultures");
}

#[actix_web::test]
async fn the_events_of_the_demonstration_can_be_filtered() {
    let app = App::start().await;
    demonstration::fill(&app.db, &app.portal(), demonstration::passwords().await.unwrap()).await.unwrap();
    let registrar = app.signed_in(Role::Registrar).await;
    let past = registrar.get("/admin/events?when=past").await.expect(200).says("Student Involvement Fair");
    past.says("26 Aug 2019, 12:00").says("Community &#38; Engagement");
    let area = "/admin/events?when=past&area=Arts+%26+Humanities";
    registrar.get(area).await.expect(200).says("Opera Dress Rehearsal").never_says("Student Involvement Fair");
    registrar.get("/admin/events.csv?when=past&q=culture").await.expect(200).says("Culture Fest");
}
