//! Attendance, by whatever is at hand: nothing is lost, nothing counts twice, and each bad input has its answer.

mod command;
mod desk;
mod self_check_in;

use chrono::{NaiveDateTime, TimeDelta};
use testamur::{
    models::{
        Achievement, Attendance, Event, Profile, attendance,
        attendance::roster::{self, Counts},
        learner_card, parked_attendance,
    },
    values::{AchievementType, AttendanceStatus, Code, Id, Line, Name, Role},
};

use crate::app::{App, Browser, by, organization, person};

/// An event of an office, from so many minutes from now on, for an hour.
pub async fn event(app: &App, name: &'static str, host: Option<Profile>, minutes: i64) -> Event {
    app.write(move |conn| {
        let host = match &host {
            Some(host) => host.clone(),
            None => organization(conn, "Office of Student Life")?,
        };
        let kind = AchievementType::parse("ext:Event").unwrap();
        let own = Achievement::new(Name::parse(name).unwrap(), kind, host.id.clone());
        own.insert(conn, &by())?;
        let code = Code::parse(&format!("EV-{}", &Id::<Event>::fresh().to_string()[24..])).unwrap();
        let starts: NaiveDateTime = testamur::clock::now().naive_utc() + TimeDelta::minutes(minutes);
        let made = Event::new(&own, code, (starts, starts + TimeDelta::hours(1)));
        made.insert(conn, &by())?;
        Ok(made)
    })
    .await
}

/// So many learners, with the student numbers 0000000001 and so on.
pub async fn learners(app: &App, number: usize) -> Vec<Profile> {
    app.write(move |conn| {
        (1..=number).map(|nth| person(conn, &format!("Ann Number{nth:03}"), &format!("{nth:010}"))).collect()
    })
    .await
}

pub async fn counts(app: &App, event: &Event) -> Counts {
    let id = event.id.clone();
    app.read(move |conn| Ok(roster::counts(conn, &id)?)).await
}

pub async fn entries(app: &App, event: &Event, learner: &Profile) -> Vec<Attendance> {
    let (event, learner) = (event.id.clone(), learner.id.clone());
    app.read(move |conn| Ok(attendance::entries(conn, &event, &learner)?)).await
}

pub async fn waiting(app: &App, event: &Event) -> i64 {
    let id = event.id.clone();
    app.read(move |conn| Ok(parked_attendance::waiting_at(conn, &id)?)).await
}

async fn paste(browser: &Browser, event: &Event, text: &str, more: &[(&str, &str)]) -> crate::app::Answer {
    let page = format!("/admin/events/{}/attendance/paste", event.id);
    let mut fields = vec![("learners", text), ("status", "attended")];
    fields.extend_from_slice(more);
    browser.submit(&page, &page, &fields).await
}

#[actix_web::test]
async fn a_pasted_list_counts_everybody_once_and_keeps_what_means_nobody() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, 0).await, learners(&app, 4).await);
    let other = people[3].id.to_string();
    // A number, an address in capitals, a card as a scanner types it, our id, a repetition, and what is not ours.
    let text = format!(
        "0000000001\r\n0000000002@IU.EXAMPLE\n;0000000003?\n{other}\n 0000000001 \nu0987654@purdue.example\n12"
    );
    let looked = paste(&browser, &event, &text, &[("step", "look")]).await.expect(200);
    looked.says("4 · To be recorded").says("counted once").says("2 · To be kept and resolved");
    assert_eq!(counts(&app, &event).await, Counts::default(), "looking recorded something");
    assert_eq!(waiting(&app, &event).await, 0);
    let done = paste(&browser, &event, &text, &[("step", "record")]).await.expect(200);
    done.says("4 · Recorded")
        .says("1 · Stood so already")
        .says("2 · Kept to be resolved")
        .says("u0987654@purdue.example");
    assert_eq!(counts(&app, &event).await.attended, 4);
    assert_eq!(waiting(&app, &event).await, 2);
    // A second time nothing is new.
    let again = paste(&browser, &event, &text, &[("step", "record")]).await.expect(200);
    again.says("5 · Stood so already").never_says("· Recorded");
    assert_eq!(counts(&app, &event).await.attended, 4);
    assert_eq!(waiting(&app, &event).await, 2);
    for person in &people {
        assert_eq!(entries(&app, &event, person).await.len(), 1);
    }
    let roster = browser.get(&format!("/admin/events/{}/attendance?q=number002", event.id)).await.expect(200);
    roster.says("Ann Number002").never_says("Ann Number001");
    let csv = browser.get(&format!("/admin/events/{}/attendance.csv?status=attended", event.id)).await.expect(200);
    assert_eq!(csv.text().lines().count(), 5, "{}", csv.text());
    paste(&browser, &event, "", &[("step", "look")]).await.expect(422).says("Enter at least one learner");
}

#[actix_web::test]
async fn a_change_needs_a_reason_and_stands_beside_what_was_said_before() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, 0).await, learners(&app, 2).await);
    paste(&browser, &event, "0000000001\n0000000002", &[("step", "record")]).await.expect(200);
    // Without a reason a list changes nobody; with one it does.
    let absent = [("status", "absent"), ("step", "record")];
    let page = format!("/admin/events/{}/attendance/paste", event.id);
    let list = |reason| vec![("learners", "0000000001"), ("reason", reason), absent[0], absent[1]];
    browser.submit(&page, &page, &list("")).await.expect(200).says("say why");
    assert_eq!(counts(&app, &event).await.attended, 2);
    browser.submit(&page, &page, &list("Signed for a friend")).await.expect(200).says("was attended");
    assert_eq!(counts(&app, &event).await, Counts { attended: 1, absent: 1, excused: 0 });
    // One by one, on the learner's page.
    let own = format!("/admin/events/{}/learners/{}", event.id, people[1].id);
    browser.submit(&own, &own, &[("status", "excused"), ("reason", "")]).await.expect(422).says("why it is corrected");
    browser.submit(&own, &own, &[("status", "attended"), ("reason", "x")]).await.expect(422).says("stands so already");
    browser.submit(&own, &own, &[("status", "excused"), ("reason", "Doctor’s note")]).await.expect(303);
    browser.get(&own).await.expect(200).says("Doctor’s note").says("Pasted list").says("By hand");
    let log = entries(&app, &event, &people[1]).await;
    assert_eq!(log.len(), 2);
    assert_eq!((log[0].status, log[0].reason.clone()), (AttendanceStatus::Attended, None));
    assert_eq!(log[1].reason.as_ref().map(Line::as_str), Some("Doctor’s note"));
    assert!(log[1].recorded_by.contains("registrar"));
}

#[actix_web::test]
async fn who_is_ticked_is_recorded_and_nobody_from_elsewhere() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, 0).await, learners(&app, 3).await);
    let base = format!("/admin/events/{}/attendance", event.id);
    browser.get(&format!("{base}/add?q=number")).await.expect(200).says("Ann Number003");
    let page = format!("{base}/add?q=number");
    let ids: Vec<String> = people.iter().map(|one| one.id.to_string()).collect();
    let fields = [("q", "number"), ("learner", ids[0].as_str()), ("learner", ids[2].as_str()), ("status", "excused")];
    browser.submit(&page, &base, &fields).await.expect(200).says("2 · Recorded");
    assert_eq!(counts(&app, &event).await.excused, 2);
    browser
        .submit(&page, &base, &[("q", "number"), ("status", "attended")])
        .await
        .expect(422)
        .says("Tick at least one");
    // Another publisher's learner, and one whose data was erased.
    let (foreign, erased) = (people[0].id.clone(), people[1].clone());
    let number = erased.student_id.as_ref().unwrap().to_string();
    let erasure = format!("/admin/learners/{}/erasure", erased.id);
    browser.submit(&erasure, &erasure, &[("reason", "Request"), ("sure", &number)]).await.expect(303);
    let fields = [("q", "number"), ("learner", erased.id.as_str()), ("status", "attended")];
    browser.submit(&page, &base, &fields).await.expect(200).says("was erased");
    assert!(entries(&app, &event, &erased).await.is_empty());
    // Erasing a learner takes what was recorded of them along.
    let number = people[0].student_id.as_ref().unwrap().to_string();
    let erasure = format!("/admin/learners/{foreign}/erasure");
    browser.submit(&erasure, &erasure, &[("reason", "Request"), ("sure", &number)]).await.expect(303);
    assert_eq!(counts(&app, &event).await.excused, 1);
}

#[actix_web::test]
async fn what_is_parked_counts_once_somebody_says_whom_it_means() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, people) = (event(&app, "Game night", None, 0).await, learners(&app, 2).await);
    paste(&browser, &event, ";600123=4912?\n99", &[("step", "record")]).await.expect(200);
    let ids = app
        .read(|conn| {
            let all = parked_attendance::search(conn, &testamur::models::page::Query::default())?.rows;
            Ok(all.into_iter().map(|(one, ..)| (one.typed, one.id)).collect::<Vec<_>>())
        })
        .await;
    let find = |typed: &str| ids.iter().find(|(own, _)| own.contains(typed)).unwrap().1.clone();
    let (card, nobody) = (find("600123"), find("99"));
    browser.get("/admin/attendance/parked").await.expect(200).says("600123=4912").says("Game night");
    let page = format!("/admin/attendance/parked/{card}");
    // A doubtful entry comes back with the candidates.
    browser.submit(&page, &page, &[("learner", "number")]).await.expect(422).says("type=\"radio\"");
    browser.submit(&page, &page, &[("learner", "")]).await.expect(422).says("Enter the learner’s");
    let fields = [("learner", "0000000001"), ("remember", "true")];
    browser.submit(&page, &page, &fields).await.expect(303);
    assert_eq!(counts(&app, &event).await.attended, 1);
    let log = entries(&app, &event, &people[0]).await;
    assert!(log[0].reason.as_ref().unwrap().as_str().contains("600123"), "{log:?}");
    let settled = browser.get(&page).await.expect(200);
    settled.never_says("Count this learner");
    // From now on the card is known, however it is scanned.
    let owner = app.read(|conn| Ok(learner_card::owner(conn, "600123")?)).await;
    assert_eq!(owner, Some(people[0].id.clone()));
    paste(&browser, &event, "600123", &[("step", "record")]).await.expect(200).says("Stood so already");
    let page = format!("/admin/attendance/parked/{nobody}");
    let away = format!("{page}/dismissal");
    browser.submit(&page, &away, &[("reason", "")]).await.expect(422).says("why it means nobody");
    browser.submit(&page, &away, &[("reason", "A visitor’s bus pass")]).await.expect(303);
    assert_eq!(waiting(&app, &event).await, 0);
    browser.get("/admin/attendance/parked?state=settled").await.expect(200).says("A visitor’s bus pass");
}

#[actix_web::test]
async fn cards_are_added_and_taken_away_and_belong_to_one_learner() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let people = learners(&app, 2).await;
    let page = |nth: usize| format!("/admin/learners/{}/cards", people[nth].id);
    browser.submit(&page(0), &page(0), &[("card", "%600124?")]).await.expect(303);
    browser.get(&page(0)).await.expect(200).says("600124");
    browser.submit(&page(1), &page(1), &[("card", "600124")]).await.expect(422).says("Ann Number001");
    browser.submit(&page(1), &page(1), &[("card", ";?")]).await.expect(422).says("Enter the card");
    browser.submit(&page(0), &format!("{}/removal", page(0)), &[("card", "%600124?")]).await.expect(303);
    browser.submit(&page(1), &page(1), &[("card", "600124")]).await.expect(303);
}

#[actix_web::test]
async fn an_event_of_another_office_and_its_attendance_do_not_exist_for_a_host() {
    let app = App::start().await;
    let (ours, theirs) =
        app.write(|conn| Ok((organization(conn, "Office of Student Life")?, organization(conn, "Museum")?))).await;
    let (own, other) =
        (event(&app, "Game night", Some(ours.clone()), 0).await, event(&app, "Tour", Some(theirs), 0).await);
    learners(&app, 1).await;
    let registrar = app.signed_in(Role::Registrar).await;
    paste(&registrar, &own, "98", &[("step", "record")]).await.expect(200);
    paste(&registrar, &other, "99\n0000000001", &[("step", "record")]).await.expect(200);
    let host = app.staff(Role::Host, Some(ours.id)).await;
    let host = app.sign_in(&host).await;
    let token = host.get(&format!("/admin/events/{}/desk", own.id)).await.expect(200).token();
    for page in [
        "attendance",
        "attendance.csv",
        "attendance/add",
        "attendance/paste",
        "attendance/file",
        "attendance/parked",
        "desk",
        "screen",
        "sheet.pdf",
    ] {
        host.get(&format!("/admin/events/{}/{page}", own.id)).await.expect(200);
        host.get(&format!("/admin/events/{}/{page}", other.id)).await.expect(404);
    }
    for (page, fields) in [
        ("attendance/paste", vec![("learners", "0000000001"), ("status", "attended"), ("step", "record")]),
        ("attendance/rows", vec![("content", "0000000001"), ("usual", "attended"), ("step", "record")]),
        ("desk", vec![("typed", "0000000001")]),
    ] {
        let fields = [vec![("csrf", token.as_str())], fields].concat();
        host.post_raw(&format!("/admin/events/{}/{page}", other.id), &fields).await.expect(404);
    }
    let list = host.get("/admin/attendance/parked").await.expect(200);
    list.says("98").never_says("Tour");
    // An auditor reads and records nothing.
    let auditor = app.signed_in(Role::Auditor).await;
    auditor.get(&format!("/admin/events/{}/attendance", other.id)).await.expect(200);
    auditor.get(&format!("/admin/events/{}/desk", other.id)).await.expect(403);
}

#[actix_web::test]
async fn a_list_in_a_file_is_mapped_looked_at_and_recorded() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, _) = (event(&app, "Game night", None, 0).await, learners(&app, 3).await);
    let base = format!("/admin/events/{}/attendance", event.id);
    let hand_in = async |name: &str, content: &[u8]| {
        let token = browser.get(&format!("{base}/file")).await.token();
        browser.hand_in_as("file", &format!("{base}/file"), &[("csrf", token.as_str())], &[(name, content)]).await
    };
    for (content, says) in [
        (&b"PK\x03\x04..."[..], "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0...", "of an old kind"),
        (b"\xff\xfes\0t\0", "UTF-16"),
        (b"\x81\x8d\x8f", "neither in UTF-8 nor"),
        (b"", "Choose a file"),
        (b"\n\n", "nothing in this file"),
    ] {
        hand_in("list.csv", content).await.expect(422).says(says);
    }
    hand_in("list.csv", b"Name;Student number\nZo\xeb;0000000001\n").await.expect(200).says("Windows-1252").says("Zoë");
    let content = "\u{feff}student_id,status\r\n0000000001,attended\r\n0000000002,Excused\r\n0000000001,yes\r\n\
                   77,attended\r\n0000000003,perhaps\r\n";
    hand_in("list.csv", content.as_bytes()).await.expect(200).never_says("Windows-1252").says("1 (student_id)");
    let rows = format!("{base}/rows");
    let token = browser.get(&format!("{base}/file")).await.token();
    let text = content.trim_start_matches('\u{feff}');
    let fields = |step| {
        vec![
            ("csrf", token.as_str()),
            ("content", text),
            ("headed", "true"),
            ("who", "0"),
            ("status", "1"),
            ("usual", "attended"),
            ("step", step),
        ]
    };
    let looked = browser.post_raw(&rows, &fields("look")).await.expect(200);
    looked.says("2 · To be recorded").says("none of attended, absent and excused").says("line 6");
    assert_eq!(counts(&app, &event).await, Counts::default());
    browser.post_raw(&rows, &fields("record")).await.expect(200).says("2 · Recorded").says("1 · Kept to be resolved");
    assert_eq!(counts(&app, &event).await, Counts { attended: 1, absent: 0, excused: 1 });
    // What did not go in comes back as a file, to be mended and handed in again.
    let left = browser.post_raw(&rows, &fields("rejected")).await.expect(200);
    assert_eq!(left.headers["content-disposition"], "attachment; filename=\"attendance.rejected.csv\"");
    let expected = "\u{feff}student_id,status,reason\n77,attended,Nobody here is known by this\n\
                    0000000003,perhaps,\"The status is none of attended, absent and excused\"\n";
    assert_eq!(left.text(), expected);
    let mended = left.text().replace("perhaps", "attended").replace("77,", "0000000002,");
    hand_in("attendance.rejected.csv", mended.as_bytes()).await.expect(200).says("1 (student_id)").says("3 (reason)");
}

#[actix_web::test]
async fn a_cancelled_event_takes_nothing() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let event = event(&app, "Game night", None, 0).await;
    learners(&app, 1).await;
    cancel(&app, &event).await;
    paste(&browser, &event, "0000000001", &[("step", "record")]).await.expect(409).says("was cancelled on");
    let desk = format!("/admin/events/{}/desk", event.id);
    browser.submit(&desk, &desk, &[("typed", "0000000001")]).await.expect(422).says("was cancelled");
    assert_eq!(counts(&app, &event).await, Counts::default());
}

pub async fn cancel(app: &App, event: &Event) {
    let id = event.id.clone();
    app.write(move |conn| {
        use diesel::connection::SimpleConnection;
        let now = testamur::clock::now().format("%Y-%m-%d %H:%M:%S");
        Ok(conn.batch_execute(&format!("UPDATE event SET cancelled_at = '{now}' WHERE id = '{id}'"))?)
    })
    .await;
}

#[actix_web::test]
async fn the_sheet_to_sign_has_those_who_are_expected_and_empty_lines() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let event = event(&app, "Zoë’s game night – Łódź", None, 0).await;
    learners(&app, 40).await;
    let list: Vec<String> = (1..=40).map(|nth| format!("{nth:010}")).collect();
    paste(&browser, &event, &list.join("\n"), &[("step", "record")]).await.expect(200);
    let pdf = browser.get(&format!("/admin/events/{}/sheet.pdf", event.id)).await.expect(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    // 40 who are expected and at least 12 empty lines, 23 or so to a page.
    let read = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    assert_eq!(read.get_pages().len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let Ok(told) = std::process::Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output() else {
        println!("skipped: pdftotext is not installed");
        return;
    };
    let words = String::from_utf8(told.stdout).unwrap();
    assert!(words.contains("Signature") && words.contains("Number040"), "{words}");
}

/// Two desks, a list and the learners themselves, all at once: everybody counts, and counts once.
#[actix_web::test]
async fn three_ways_in_at_once_lose_nobody_and_count_nobody_twice() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let event = event(&app, "Orientation", None, 0).await;
    let people = learners(&app, 60).await;
    let numbers: Vec<String> = people.iter().map(|one| one.student_id.as_ref().unwrap().to_string()).collect();
    let mut work = Vec::new();
    for desk in 0..2 {
        let (browser, event, numbers) = (app.signed_in(Role::Registrar).await, event.clone(), numbers.clone());
        work.push(actix_web::rt::spawn(async move {
            // The desks go through the same people from either end, and send each batch twice.
            let numbers: Vec<_> = if desk == 0 { numbers } else { numbers.into_iter().rev().collect() };
            for (at, part) in numbers.chunks(7).enumerate() {
                let scans: Vec<_> =
                    part.iter().map(|typed| (format!("desk{desk}-batch{at:04}-{typed}"), typed.clone(), 0)).collect();
                for _ in 0..2 {
                    desk::send(&browser, &event, &scans).await.expect(200);
                }
            }
        }));
    }
    let (browser, own, list) = (app.signed_in(Role::Registrar).await, event.clone(), numbers.join("\n"));
    work.push(actix_web::rt::spawn(async move {
        paste(&browser, &own, &list, &[("step", "record")]).await.expect(200);
    }));
    for person in people.iter().take(12) {
        let (browser, own) = (self_check_in::signed_in(&app, person).await, event.clone());
        let code = app.codes.at(&event.id, testamur::clock::now()).0;
        work.push(actix_web::rt::spawn(async move {
            let page = format!("/check-in/{}/{code}", own.id);
            browser.submit(&page, &page, &[]).await.expect(200);
        }));
    }
    for one in work {
        one.await.unwrap();
    }
    assert_eq!(counts(&app, &event).await, Counts { attended: 60, absent: 0, excused: 0 });
    for person in &people {
        assert_eq!(entries(&app, &event, person).await.len(), 1, "{}", person.name);
    }
    assert_eq!(waiting(&app, &event).await, 0);
}
