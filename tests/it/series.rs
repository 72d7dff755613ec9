//! Series: planned from one event, on the clock of its place, and found again as a whole.

use testamur::{
    models::{Event, achievement, event},
    values::Role,
};

use crate::app::{App, Browser};

/// A weekly talk that is planned in the week before the clocks go forward in Indiana, at half past two in the morning.
async fn planned(browser: &Browser, code: &str, starts: &str, ends: &str) -> String {
    let fields = [
        ("name", "Night sky"),
        ("code", code),
        ("starts", starts),
        ("ends", ends),
        ("time_zone", "America/Indiana/Indianapolis"),
        ("place", "Kirkwood Observatory"),
        ("description", "Stars."),
        ("capacity", "40"),
        ("area", "Community"),
    ];
    browser.submit("/admin/events/new", "/admin/events", &fields).await.expect(303).location()
}

async fn all(app: &App) -> Vec<Event> {
    app.read(|conn| {
        let codes = event::codes(conn)?;
        let mut all = Vec::new();
        for code in codes {
            all.extend(event::by_code(conn, &code)?);
        }
        all.sort_by_key(|event| event.starts_at);
        Ok(all)
    })
    .await
}

#[actix_web::test]
async fn a_weekly_series_keeps_the_time_of_day_and_tells_what_summer_time_skips() {
    let app = crate::plan_events::app().await;
    let host = app.signed_in(Role::Host).await;
    let page = planned(&host, "SKY", "2030-02-24T02:30", "2030-02-24T04:00").await;
    let repeat = format!("{page}/repeat");
    host.get(&page).await.expect(200).says("Plan a series");
    host.get(&repeat).await.expect(200).says("SKY-").says("Every week");
    let fields = |step| {
        [
            ("rhythm", "weekly"),
            ("times", "3"),
            ("every", ""),
            ("dates", ""),
            ("series", "Night skies"),
            ("begins", "SKY-"),
            ("step", step),
        ]
    };
    let looked = host.submit(&repeat, &repeat, &fields("look")).await.expect(200);
    // On 10 March the clocks leave out the hour from two to three.
    let looked = looked.says("2 events would be planned").says("Sunday, 3 March 2030, 02:30–04:00").says("SKY-2");
    looked.says("this time does not exist").says("Left out").says("Sunday, 17 March 2030, 02:30–04:00").says("SKY-3");
    assert_eq!(all(&app).await.len(), 1, "looking planned something");
    let list = host.submit(&repeat, &repeat, &fields("plan")).await.expect(303).location();
    host.get(&list).await.expect(200).says("SKY-2").says("SKY-3").says("Night skies");
    let events = all(&app).await;
    let at: Vec<String> = events.iter().map(|event| event.starts_at.to_string()).collect();
    // An hour earlier in universal time once the clocks have gone forward.
    assert_eq!(at, ["2030-02-24 07:30:00", "2030-03-03 07:30:00", "2030-03-17 06:30:00"]);
    for event in &events {
        assert_eq!(event.series.as_ref().unwrap().as_str(), "Night skies");
        assert_eq!((event.capacity, event.areas.get().join(",")), (Some(40), "Community".to_owned()));
        let own = event.achievement_id.clone();
        let own = app.read(move |conn| Ok(achievement::find(conn, &own)?)).await;
        assert_eq!((own.name.as_str(), own.description.unwrap().as_str()), ("Night sky", "Stars."));
    }
    host.get(&page).await.expect(200).says("Others of its series").says("SKY-2").says("3 March 2030, 02:30–04:00");
    // Once more: those that are there are told, and numbers that are taken are passed over.
    let again = host.submit(&repeat, &repeat, &fields("look")).await.expect(200);
    again.says("There already").says("0 events would be planned").never_says("Plan these");
    host.submit(&repeat, &repeat, &fields("plan")).await.expect(409).says("Nothing would be planned");
    let more = [
        ("rhythm", "dates"),
        ("dates", "2030-04-01; 2 April 2030\n2030-04-01"),
        ("series", "Night skies"),
        ("begins", "SKY-"),
        ("step", "plan"),
    ];
    host.submit(&repeat, &repeat, &more).await.expect(303);
    let codes = app.read(|conn| Ok(event::codes(conn)?)).await;
    assert_eq!(codes, ["SKY", "SKY-2", "SKY-3", "SKY-4", "SKY-5"]);
}

#[actix_web::test]
async fn a_series_is_filtered_and_what_cannot_be_is_refused_beside_its_field() {
    let app = crate::plan_events::app().await;
    let host = app.signed_in(Role::Host).await;
    let page = planned(&host, "SKY", "2030-09-01T20:00", "2030-09-01T22:00").await;
    planned(&host, "ALONE", "2030-09-02T20:00", "2030-09-02T22:00").await;
    let repeat = format!("{page}/repeat");
    let send = async |more: &[(&str, &str)]| {
        let mut fields = vec![
            ("rhythm", "days"),
            ("times", "4"),
            ("every", "10"),
            ("series", "A & B"),
            ("begins", "SKY-"),
            ("step", "plan"),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
        fields.extend_from_slice(more);
        host.submit(&repeat, &repeat, &fields).await
    };
    send(&[("times", "61")]).await.expect(422).says("from 1 to 60").says("A &#38; B");
    send(&[("times", "many")]).await.expect(422).says("from 1 to 60");
    send(&[("every", "0")]).await.expect(422).says("from 1 to 366");
    send(&[("series", " ")]).await.expect(422).says("the series’ name");
    send(&[("begins", "no spaces ")]).await.expect(422).says("Use letters, digits");
    send(&[("rhythm", "dates"), ("dates", "")]).await.expect(422).says("the days, one a line");
    send(&[("rhythm", "dates"), ("dates", "2030-09-31")]).await.expect(422).says("Enter a real date");
    let many = "2030-09-03\n".repeat(61);
    send(&[("rhythm", "dates"), ("dates", &many)]).await.expect(422).says("at most 60 days");
    assert_eq!(all(&app).await.len(), 2);
    let list = send(&[]).await.expect(303).location();
    assert_eq!(list, "/admin/events?when=all&series=A%20%26%20B");
    host.get(&list).await.expect(200).says("SKY-5").never_says("ALONE");
    // Another office has no such series, and this event does not exist for it.
    let other = app.signed_in(Role::Host).await;
    other.get(&repeat).await.expect(404);
    other.get("/admin/events?when=all").await.expect(200).never_says("A &#38; B");
    app.signed_in(Role::Auditor).await.get(&repeat).await.expect(403);
}
