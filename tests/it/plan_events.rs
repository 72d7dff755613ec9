//! Events from a file: looked at row by row, brought in whole or not at all, and the same file twice changes nothing.

use testamur::{
    models::{Achievement, Event, achievement, audit, event, setting},
    values::{AchievementType, HumanCode, Name, Role},
};

use crate::app::{Answer, App, Browser, by, organization};

const ZONE: &str = "America/Indiana/Indianapolis";
pub const PAGE: &str = "/admin/events/import";

/// A portal whose clock and areas are set.
pub async fn app() -> App {
    let app = App::start().await;
    app.write(|conn| {
        setting::set(conn, setting::TIME_ZONE, ZONE)?;
        setting::set(conn, setting::AREAS, "Arts & Humanities\nCommunity")?;
        Ok(())
    })
    .await;
    app
}

pub async fn hand_in(browser: &Browser, name: &str, content: &[u8]) -> Answer {
    let token = browser.get(PAGE).await.expect(200).token();
    browser.hand_in_as("file", PAGE, &[("csrf", token.as_str())], &[(name, content)]).await
}

/// What the page after a file was handed in sends on, as it proposes it.
fn proposed(page: &str) -> Vec<(String, String)> {
    let unescaped = |text: &str| {
        let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
        text.replace("&#38;", "&").replace("&amp;", "&")
    };
    let value = |name: &str| {
        let found = crate::app::between(page, &format!("name=\"{name}\" value=\""), "\"").unwrap_or_default();
        (name.to_owned(), unescaped(&found))
    };
    let mut fields = vec![value("csrf"), value("content"), value("written")];
    if page.contains("name=\"headed\" value=\"true\" checked") || page.contains("type=\"hidden\" name=\"headed\"") {
        fields.push(("headed".to_owned(), "true".to_owned()));
    }
    for part in page.split("name=\"column\"").skip(1) {
        let part = part.split_once("</select>").map_or(part, |(part, _)| part);
        let hidden = part.strip_prefix(" value=\"").and_then(|rest| rest.split('"').next());
        let selected = part.split("<option value=\"").find(|option| option.contains("\" selected")).unwrap_or("\"");
        let chosen = hidden.unwrap_or_else(|| selected.split('"').next().unwrap());
        fields.push(("column".to_owned(), chosen.to_owned()));
    }
    fields
}

/// Hands a file in and sends what the page proposes, with these fields.
pub async fn send(browser: &Browser, name: &str, content: &[u8], more: &[(&str, &str)]) -> Answer {
    let fields = proposed(&hand_in(browser, name, content).await.expect(200).text());
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend_from_slice(more);
    browser.post_raw(&format!("{PAGE}/rows"), &fields).await
}

async fn found(app: &App, code: &'static str) -> Option<Event> {
    app.read(move |conn| Ok(event::by_code(conn, code)?)).await
}

async fn codes(app: &App) -> Vec<String> {
    app.read(|conn| Ok(event::codes(conn)?)).await
}

const LIST: &str = "Event code;Title;Date;Start time;End time;Location;Areas;Capacity\r\n\
    FYE-1;Culture Fest;2030-08-30;18:00;8:00 PM;IU Auditorium;Arts & Humanities;400\r\n\
    FYE-2;\"Talk; with questions\";31 August 2030;6 pm;19:30;;;\r\n";

#[actix_web::test]
async fn a_list_is_looked_at_brought_in_and_the_second_time_changes_nothing() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    host.get("/admin/events").await.expect(200).says("From a file");
    let looked = send(&host, "plan.csv", LIST.as_bytes(), &[("area", "Community"), ("step", "look")]).await.expect(200);
    looked.says("2 · New").says("Culture Fest").says("30 August 2030, 18:00–20:00").says("Bring these in");
    assert!(codes(&app).await.is_empty(), "looking brought something in");
    let bring = [("area", "Community"), ("step", "bring")];
    let done = send(&host, "plan.csv", LIST.as_bytes(), &bring).await.expect(303).location();
    host.get(&done).await.expect(200).says("2 planned, 0 changed, 0 known already");
    let first = found(&app, "FYE-1").await.unwrap();
    assert_eq!(first.time_zone.as_str(), ZONE);
    assert_eq!(first.starts_at.to_string(), "2030-08-30 22:00:00");
    assert_eq!((first.areas.get().join(","), first.capacity), ("Arts & Humanities".to_owned(), Some(400)));
    // What a row leaves empty is what was chosen for all.
    assert_eq!(found(&app, "FYE-2").await.unwrap().areas.get().join(","), "Community");
    let entries = app
        .read(|conn| {
            let mut entries = Vec::new();
            for code in ["FYE-1", "FYE-2"] {
                let id = event::by_code(conn, code)?.unwrap().id;
                entries.push(audit::history(conn, event::KIND, id.as_str())?.len());
            }
            Ok(entries)
        })
        .await;
    assert_eq!(entries, [1, 1], "each event has its own entry");
    let again = send(&host, "plan.csv", LIST.as_bytes(), &[("step", "look")]).await.expect(200);
    again.says("2 · Already known").says("nothing to bring in").never_says("Bring these in");
    send(&host, "plan.csv", LIST.as_bytes(), &bring).await.expect(303);
    assert_eq!(found(&app, "FYE-1").await.unwrap().revision, first.revision);
    // What differs is named, and changed; what the row does not say stays.
    let changed = LIST.replace("IU Auditorium", "Willkie").replace("18:00", "18:30").replace(";400", ";");
    let looked = send(&host, "plan.csv", changed.as_bytes(), &[("step", "look")]).await.expect(200);
    looked
        .says("1 · Different")
        .says("Place: “IU Auditorium” becomes “Willkie”")
        .says("18:30")
        .says("1 · Already known");
    send(&host, "plan.csv", changed.as_bytes(), &bring).await.expect(303);
    let first = found(&app, "FYE-1").await.unwrap();
    assert_eq!((first.place.unwrap().to_string(), first.capacity), ("Willkie".to_owned(), Some(400)));
    assert_eq!(first.areas.get().join(","), "Arts & Humanities");
}

#[actix_web::test]
async fn one_wrong_row_keeps_everything_out_until_it_is_left_out() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    let huge = "x".repeat(300);
    let list = format!(
        "code,name,starts,ends,time zone,areas,counts for\n\
         OK-1,Fine,2030-08-30 18:00,2030-08-30 20:00,,,\n\
         A 1,Bad code,2030-08-30 18:00,2030-08-30 20:00,,,\n\
         B-1,Backwards,2030-08-30 18:00,2030-08-30 17:00,,,\n\
         B-2,No such day,2030-02-30 18:00,2030-02-30 20:00,,,\n\
         B-3,Skipped hour,2030-03-10 02:30,2030-03-10 05:00,,,\n\
         B-4,Elsewhere,2030-08-30 18:00,2030-08-30 20:00,Mars/Olympus,,\n\
         B-5,{huge},2030-08-30 18:00,2030-08-30 20:00,,,\n\
         B-6,Which day,9/10/2030 18:00,9/10/2030 20:00,,,\n\
         B-7,,2030-08-30 18:00,,,,\n\
         OK-1,Twice,2030-08-30 18:00,2030-08-30 20:00,,,\n\
         B-8,Area,2030-08-30 18:00,2030-08-30 20:00,,Sports,\n\
         B-9,Award,2030-08-30 18:00,2030-08-30 20:00,,,NONE-7\n"
    );
    let looked = send(&host, "plan.csv", list.as_bytes(), &[("step", "look")]).await.expect(200);
    let looked =
        looked.says("1 · New").says("11 · Wrong").says("Use letters, digits").says("cannot end before it begins");
    let looked =
        looked.says("Enter a real day").says("this time does not exist").says("Choose a time zone of the list");
    let looked = looked.says("255 characters or fewer").says("can mean two days").says("Enter a name");
    let looked = looked.says("Enter when it ends").says("stands further up already").says("no area “Sports”");
    looked.says("no award with the code “NONE-7”").says("line 3");
    let refused = send(&host, "plan.csv", list.as_bytes(), &[("step", "bring")]).await.expect(422);
    refused.says("nothing was brought in").says("11 · Wrong").says("Leave out the rows that are wrong");
    assert!(codes(&app).await.is_empty());
    let wrong = send(&host, "plan.csv", list.as_bytes(), &[("step", "rejected")]).await.expect(200);
    assert_eq!(wrong.headers["content-disposition"], "attachment; filename=\"events.rejected.csv\"");
    let wrong = wrong.text();
    assert_eq!(wrong.lines().count(), 12, "{wrong}");
    assert!(wrong.starts_with("\u{feff}code,name,starts,ends,time zone,areas,counts for,reason\n"), "{wrong}");
    assert!(wrong.contains("B-1,Backwards,") && !wrong.contains("Fine"), "{wrong}");
    let month_first = [("slashes", "month"), ("leave_wrong_out", "true"), ("step", "bring")];
    let done = send(&host, "plan.csv", list.as_bytes(), &month_first).await.expect(303).location();
    host.get(&done).await.expect(200).says("2 planned").says("10 left out");
    assert_eq!(codes(&app).await, ["B-6", "OK-1"]);
    assert_eq!(found(&app, "B-6").await.unwrap().starts_at.to_string(), "2030-09-10 22:00:00");
}

#[actix_web::test]
async fn an_office_imports_its_own_events_and_no_others() {
    let app = app().await;
    let (ours, theirs, award) = app
        .write(|conn| {
            let (ours, theirs) = (organization(conn, "First Year Experience")?, organization(conn, "Athletics")?);
            let kind = AchievementType::parse("Award").unwrap();
            let mut award = Achievement::new(Name::parse("Hoosier Experience").unwrap(), kind, ours.id.clone());
            award.code = Some(HumanCode::parse("HX").unwrap());
            award.insert(conn, &by())?;
            Ok((ours, theirs, award))
        })
        .await;
    let registrar = app.signed_in(Role::Registrar).await;
    let list = "code,name,starts,ends,counts for\nA-1,Game,2030-08-30 18:00,2030-08-30 20:00,HX\n";
    // Whoever is of no office says whose they are.
    send(&registrar, "a.csv", list.as_bytes(), &[("step", "look")])
        .await
        .expect(422)
        .says("Choose the office that hosts it");
    let host_id = theirs.id.to_string();
    send(&registrar, "a.csv", list.as_bytes(), &[("host_id", &host_id), ("step", "bring")]).await.expect(303);
    let made = found(&app, "A-1").await.unwrap();
    assert_eq!(made.host_id, theirs.id);
    let programs = app.read(move |conn| Ok(event::counts_for(conn, &made.achievement_id)?)).await;
    assert_eq!(programs[0].id, award.id);
    // An event of another office is none of theirs, whatever office is sent along.
    let host = app.sign_in(&app.staff(Role::Host, Some(ours.id.clone())).await).await;
    let list = "code,name,starts,ends\nA-1,Stolen,2030-08-30 18:00,2030-08-30 20:00\nA-2,Own,2030-08-30 18:00,2030-08-30 20:00\n";
    let looked = send(&host, "a.csv", list.as_bytes(), &[("host_id", &host_id), ("step", "look")]).await.expect(200);
    looked.says("Another event already has this code").never_says("Game").says("1 · New");
    let leave = [("host_id", host_id.as_str()), ("leave_wrong_out", "true"), ("step", "bring")];
    send(&host, "a.csv", list.as_bytes(), &leave).await.expect(303);
    assert_eq!(found(&app, "A-2").await.unwrap().host_id, ours.id);
    let game = found(&app, "A-1").await.unwrap();
    let name = app.read(move |conn| Ok(achievement::find(conn, &game.achievement_id)?.name)).await;
    assert_eq!(name.as_str(), "Game");
    app.signed_in(Role::Auditor).await.get(PAGE).await.expect(403);
    app.signed_in(Role::Auditor).await.get("/admin/events").await.expect(200).never_says("From a file");
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_in_words() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    let many = "code,name\n".to_owned() + &"A,B\n".repeat(50_000);
    for (content, says) in [
        (&b""[..], "Choose a file"),
        (b"\xff\xfes\0t\0", "UTF-16"),
        (b"\x81\x8d\x8f", "neither in UTF-8 nor"),
        (b"code,name\n", "only headings"),
        (many.as_bytes(), "has 50000 events. Take at most 500"),
        (&[b'x'; 1_100_000], "too large"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n", "calendar can\u{2019}t be read"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "no event in this calendar"),
    ] {
        hand_in(&host, "plan.csv", content).await.expect(422).says(says);
    }
    let page =
        hand_in(&host, "plan.csv", b"code;title;start;end\nZ\xfcri-1;Z\xfcrich;2030-08-30 18:00;2030-08-30 19:00\n")
            .await;
    page.expect(200).says("Windows-1252").says("Zürich");
    // Without the column of codes nothing can be told apart; what was chosen is kept.
    let list = "x,y\nA-1,Game\n";
    let refused = send(&host, "plan.csv", list.as_bytes(), &[("place", "1"), ("step", "look")]).await.expect(422);
    refused.says("Choose the column that holds the codes").says("A-1");
}

#[actix_web::test]
async fn a_calendar_comes_in_on_the_clock_that_each_entry_names() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    let entry = |uid: &str, lines: &str| {
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Event {uid}\r\n{lines}END:VEVENT\r\n")
    };
    let calendar =
        |entries: &str| format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Campus//EN\r\n{entries}END:VCALENDAR\r\n");
    let good = [
        entry("zoned", "DTSTART;TZID=America/Chicago:20300830T180000\r\nDTEND;TZID=America/Chicago:20300830T200000\r\nLOCATION:Hall A\\, first floor\r\n"),
        entry("utc@campus.example", "DTSTART:20300830T220000Z\r\nDURATION:PT1H30M\r\nDESCRIPTION:One\\nTwo\r\n"),
        entry("floating", "DTSTART:20300830T180000\r\nDTEND:20300830T200000\r\n"),
        entry("off", "DTSTART:20300830T180000\r\nDTEND:20300830T200000\r\nSTATUS:CANCELLED\r\n"),
    ]
    .concat();
    let bad = [
        entry("weekly", "DTSTART:20300830T180000\r\nDTEND:20300830T200000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\n"),
        entry("endless", "DTSTART:20300830T180000\r\n"),
        entry("mars", "DTSTART;TZID=Mars/Olympus:20300830T180000\r\nDTEND;TZID=Mars/Olympus:20300830T200000\r\n"),
    ]
    .concat();
    let all = calendar(&format!("{good}{bad}"));
    let looked = send(&host, "campus.ics", all.as_bytes(), &[("step", "look")]).await.expect(200);
    let looked =
        looked.says("3 · New").says("1 · Cancelled").says("it is not planned").says("3 · Wrong").says("entry 5");
    looked.says("It repeats. Plan it once here").says("Enter when it ends").says("Choose a time zone of the list");
    send(&host, "campus.ics", all.as_bytes(), &[("step", "bring")]).await.expect(422);
    assert!(codes(&app).await.is_empty());
    let good = calendar(&good);
    send(&host, "campus.ics", good.as_bytes(), &[("step", "bring")]).await.expect(303);
    assert_eq!(codes(&app).await, ["floating", "utc", "zoned"]);
    let zoned = found(&app, "zoned").await.unwrap();
    assert_eq!(
        (zoned.starts_at.to_string(), zoned.time_zone.as_str()),
        ("2030-08-30 23:00:00".to_owned(), "America/Chicago")
    );
    assert_eq!(zoned.place.unwrap().as_str(), "Hall A, first floor");
    let utc = found(&app, "utc").await.unwrap();
    let times = (utc.starts_at.to_string(), utc.ends_at.to_string(), utc.time_zone.as_str());
    assert_eq!(times, ("2030-08-30 22:00:00".to_owned(), "2030-08-30 23:30:00".to_owned(), ZONE));
    assert_eq!(found(&app, "floating").await.unwrap().starts_at.to_string(), "2030-08-30 22:00:00");
    let again = send(&host, "campus.ics", good.as_bytes(), &[("step", "look")]).await.expect(200);
    again.says("3 · Already known").says("1 · Cancelled").says("nothing to bring in");
    // An event that is known here and cancelled there is told, and nothing happens to it.
    let off = calendar(&entry("zoned", "DTSTART:20300830T180000\r\nDTEND:20300830T200000\r\nSTATUS:CANCELLED\r\n"));
    let looked = send(&host, "campus.ics", off.as_bytes(), &[("step", "look")]).await.expect(200);
    looked.says("cancel it on its page").never_says("Bring these in");
    assert!(found(&app, "zoned").await.unwrap().cancelled_at.is_none());
}
