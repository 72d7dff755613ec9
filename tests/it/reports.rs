//! Attendance in numbers, by event, area, office and term, on the days of the institution.

use chrono::TimeDelta;
use testamur::{
    models::{Achievement, Attendance, Event, Profile},
    registrar::Refusal,
    values::{AchievementType, AttendanceStatus, Code, Json, Name, Role},
};

use crate::app::{App, Browser, by, organization, person};

const PAGE: &str = "/admin/reports/attendance";

/// An event of an office at an instant (UTC), with its areas.
async fn held(app: &App, (code, host): (&'static str, &Profile), at: &str, areas: &'static [&'static str]) -> Event {
    let (host, at) = (host.id.clone(), chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M").unwrap());
    app.write(move |conn| {
        let own =
            Achievement::new(Name::parse(&format!("Event {code}")).unwrap(), AchievementType::event(), host.clone());
        own.insert(conn, &by())?;
        let mut made = Event::new(&own, Code::parse(code).unwrap(), (at, at + TimeDelta::hours(2)));
        made.areas = Json::new(areas.iter().map(|area| (*area).to_owned()).collect());
        made.insert(conn, &by())?;
        Ok(made)
    })
    .await
}

async fn stood(app: &App, event: &Event, learner: &Profile, status: AttendanceStatus) {
    let (event, learner) = (event.id.clone(), learner.id.clone());
    app.write(move |conn| {
        Attendance::new(&event, &learner, status, &by()).record(conn)?;
        Ok(())
    })
    .await;
}

/// The numbers of a report's lines, as its file has them.
async fn lines(browser: &Browser, query: &str) -> Vec<String> {
    let file = browser.get(&format!("{PAGE}.csv?{query}")).await.expect(200).text();
    file.trim_start_matches('\u{feff}').lines().skip(1).map(str::to_owned).collect()
}

async fn people(app: &App) -> Vec<Profile> {
    app.write(|conn| (1..=3).map(|nth| person(conn, &format!("Ann Number{nth}"), &format!("{nth:010}"))).collect())
        .await
}

#[actix_web::test]
async fn each_way_of_counting_agrees_with_what_was_recorded() {
    use AttendanceStatus::{Absent, Attended, Excused};
    let app = crate::plan_events::app().await;
    let (student_life, museum) =
        app.write(|conn| Ok((organization(conn, "Student Life")?, organization(conn, "Museum")?))).await;
    let people = people(&app).await;
    let arts: &[&str] = &["Arts & Humanities"];
    let both: &[&str] = &["Arts & Humanities", "Community"];
    let a = held(&app, ("A", &student_life), "2024-09-10 22:00", arts).await;
    let b = held(&app, ("B", &museum), "2024-09-20 22:00", both).await;
    let c = held(&app, ("C", &museum), "2024-12-28 22:00", &[]).await;
    let off = held(&app, ("OFF", &museum), "2024-09-25 22:00", both).await;
    held(&app, ("LATER", &museum), "2199-09-25 22:00", both).await;
    for (event, who, status) in [
        (&a, 0, Attended),
        (&a, 1, Attended),
        (&a, 2, Absent),
        (&b, 0, Attended),
        (&b, 1, Excused),
        (&c, 0, Attended),
        (&off, 2, Attended),
    ] {
        stood(&app, event, &people[who], status).await;
    }
    crate::attendance::cancel(&app, &off).await;
    app.write(|conn| {
        use diesel::connection::SimpleConnection;
        let id = testamur::clock::row_id();
        Ok::<_, Refusal>(conn.batch_execute(&format!(
            "INSERT INTO term (id, name, name_folded, kind, starts_on, ends_on, created_at) VALUES \
             ('{id}', 'Fall 2024', 'fall 2024', 'term', '2024-08-26', '2024-12-20', '2024-01-01 00:00:00')"
        ))?)
    })
    .await;
    let registrar = app.signed_in(Role::Registrar).await;
    let year = "from=2024-01-01&to=2024-12-31";
    assert_eq!(
        lines(&registrar, &format!("by=area&{year}")).await,
        ["Arts & Humanities,,2,3,1,1,2", "Community,,1,1,0,1,1", "In no area,,1,1,0,0,1", "All,,3,4,1,1,2"]
    );
    assert_eq!(
        lines(&registrar, &format!("by=office&{year}")).await,
        ["Museum,,2,2,0,1,1", "Student Life,,1,2,1,0,2", "All,,3,4,1,1,2"]
    );
    let by_event =
        ["Event C,C · 28 Dec 2024,1,1,0,0,1", "Event B,B · 20 Sep 2024,1,1,0,1,1", "Event A,A · 10 Sep 2024,1,2,1,0,2"];
    assert_eq!(lines(&registrar, &format!("by=event&{year}")).await, [&by_event[..], &["All,,3,4,1,1,2"]].concat());
    assert_eq!(
        lines(&registrar, &format!("by=term&{year}")).await,
        ["Fall 2024,26 Aug 2024 – 20 Dec 2024,2,3,1,1,2", "In no term,,1,1,0,0,1", "All,,3,4,1,1,2"]
    );
    let page = registrar.get(&format!("{PAGE}?by=area&{year}")).await.expect(200);
    page.says("Attendance by area")
        .says("<svg class=\"bars\"")
        .says("Community")
        .says("3</b> events")
        .says("2</b> different learners");
    // Staff of an office see their own.
    let host = app.sign_in(&app.staff(Role::Host, Some(student_life.id.clone())).await).await;
    assert_eq!(lines(&host, &format!("by=office&{year}")).await, ["Student Life,,1,2,1,0,2", "All,,1,2,1,0,2"]);
    host.get(&format!("{PAGE}?by=event&{year}")).await.expect(200).says("Event A").never_says("Event B");
    host.get("/admin/events").await.expect(200).says("href=\"/admin/reports/attendance\"");
    app.signed_in(Role::Issuer).await.get(PAGE).await.expect(403);
}

#[actix_web::test]
async fn days_are_those_of_the_institution_and_a_wrong_one_is_told() {
    let app = crate::plan_events::app().await;
    let museum = app.write(|conn| organization(conn, "Museum")).await;
    // Late in the evening of 10 September in Indiana, the next day in universal time.
    held(&app, ("LATE", &museum), "2024-09-11 03:30", &[]).await;
    let registrar = app.signed_in(Role::Registrar).await;
    assert_eq!(lines(&registrar, "by=event&from=2024-09-10&to=2024-09-10").await.len(), 2);
    assert_eq!(lines(&registrar, "by=event&from=2024-09-11&to=2024-09-11").await.len(), 1);
    let none = registrar.get(&format!("{PAGE}?by=event&from=2024-09-11&to=")).await.expect(200);
    none.says("No event was held in these days").never_says("Event LATE");
    let wrong = registrar.get(&format!("{PAGE}?from=2024-02-30&to=soon")).await.expect(422);
    wrong.says("Enter a real date").says("value=\"2024-02-30\"").says("value=\"soon\"");
    registrar.get(&format!("{PAGE}?from=2024-09-11&to=2024-09-10")).await.expect(422).says("comes before the first");
    registrar.get(&format!("{PAGE}.csv?from=soon")).await.expect(400);
    registrar.get(&format!("{PAGE}?by=nonsense")).await.expect(200).says("Attendance by area");
    let fresh = registrar.get(PAGE).await.expect(200);
    let year = (testamur::clock::now() - TimeDelta::days(200)).format("%Y").to_string();
    fresh.says(&format!("value=\"{year}-"));
}

/// What a report asks grows with areas and terms, never with events.
#[actix_web::test]
async fn a_report_asks_as_much_of_many_events_as_of_few() {
    use testamur::models::attendance::report::{self, Span};
    let app = crate::plan_events::app().await;
    let museum = app.write(|conn| organization(conn, "Museum")).await;
    let people = people(&app).await;
    let asked = async || {
        app.read(|conn| {
            let asked = crate::plans::listened(conn);
            let span = Span::new(None, None, None);
            report::by_event(conn, &span)?;
            report::by_area(conn, &span, &["Community".to_owned()])?;
            report::by_office(conn, &span)?;
            report::by_term(conn, &span, testamur::values::TimeZone::UTC)?;
            report::total(conn, &span)?;
            Ok(asked.lock().unwrap().len())
        })
        .await
    };
    let one = held(&app, ("E-0", &museum), "2024-09-11 03:30", &["Community"]).await;
    stood(&app, &one, &people[0], AttendanceStatus::Attended).await;
    let few = asked().await;
    for code in ["E-1", "E-2", "E-3", "E-4", "E-5"] {
        let more = held(&app, (code, &museum), "2024-09-11 03:30", &["Community"]).await;
        stood(&app, &more, &people[1], AttendanceStatus::Attended).await;
    }
    assert_eq!(asked().await, few);
}
