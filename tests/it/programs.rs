//! From attendance to award: a program is made, tried and switched on; who earned its award is found, awarded once, and
//! flagged when what it rests on is taken back.

mod afterwards;
mod conferring;
mod earning;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use testamur::{
    models::{
        Achievement, Attendance, Conferral, Event, Profile, Program, ResultDescription, conferral, event,
        program::{
            self,
            progress::{self, Counts, Progress},
            rule::{Rule, Window},
        },
        setting,
    },
    registrar::{attend, confer, evaluate},
    values::{
        AchievementType, AttendanceSource, AttendanceStatus, Code, HumanCode, Id, Json, Line, Name, ResultType,
        TimeZone,
    },
};

use crate::app::{App, Browser, by, organization, person};

pub const ZONE: &str = "America/Indiana/Indianapolis";

/// A program's award with four events of the spring of 2026 that count for it, one an area, and so many learners.
pub struct Ground {
    pub award: Achievement,
    pub events: Vec<Event>,
    pub learners: Vec<Profile>,
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn noon(date: NaiveDate) -> NaiveDateTime {
    date.and_hms_opt(17, 0, 0).unwrap()
}

/// Lays the ground; the n-th event takes place on the n-th of March.
pub async fn ground(app: &App, events: u32, learners: usize) -> Ground {
    app.write(move |conn| {
        setting::set(conn, setting::TIME_ZONE, ZONE)?;
        setting::set(conn, setting::AREAS, "Arts\nCareers\nCommunity\nEquity")?;
        let office = organization(conn, "Office of First Year Programs")?;
        let kind = AchievementType::parse("Award").unwrap();
        let mut award = Achievement::new(Name::parse("FYE Hoosier Experience").unwrap(), kind, office.id.clone());
        award.code = Some(HumanCode::parse(&format!("FYE-{}", &award.id.to_string()[24..])).unwrap());
        award.insert(conn, &by())?;
        let result = ResultType::parse("Result").unwrap();
        ResultDescription::new(award.id.clone(), Name::parse("Result").unwrap(), result, 0).insert(conn)?;
        let made = (1..=events)
            .map(|nth| {
                let area = ["Arts", "Careers", "Community", "Equity"][(nth as usize - 1) % 4];
                insert_event(conn, &award, &format!("Event {nth}"), area, noon(day(2026, 3, nth)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let learners = (1..=learners)
            .map(|nth| person(conn, &format!("Ann Number{nth:03}"), &format!("{nth:010}")))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Ground { award, events: made, learners })
    })
    .await
}

fn insert_event(
    conn: &mut testamur::db::Conn,
    award: &Achievement,
    name: &str,
    area: &str,
    starts_at: NaiveDateTime,
) -> Result<Event, testamur::registrar::Refusal> {
    let own = Achievement::new(Name::parse(name).unwrap(), AchievementType::event(), award.issuer_id.clone());
    own.insert(conn, &by())?;
    let code = Code::parse(&format!("EV-{}", &own.id.to_string()[24..])).unwrap();
    let mut made = Event::new(&own, code, (starts_at, starts_at + TimeDelta::hours(2)));
    made.areas = Json::new(vec![area.to_owned()]);
    made.time_zone = TimeZone::parse(ZONE).unwrap();
    made.insert(conn, &by())?;
    event::set_programs(conn, &own.id, std::slice::from_ref(&award.id), &by())?;
    Ok(made)
}

/// Another event that counts.
pub async fn another_event(app: &App, award: &Achievement, name: &'static str, starts_at: NaiveDateTime) -> Event {
    let award = award.clone();
    app.write(move |conn| insert_event(conn, &award, name, "Arts", starts_at)).await
}

/// The program, switched on; everybody is looked at.
pub async fn program(app: &App, award: &Achievement, rule: Rule) -> Program {
    let award = award.clone();
    let made = app
        .write(move |conn| {
            let mut new = Program::new(&award);
            new.result_value = Some(Line::parse("Awarded").unwrap());
            new.insert(conn, &rule, &by())?;
            evaluate::put_in_force(conn, &new, Some(1), &by())?;
            Ok(program::find(conn, &new.id)?)
        })
        .await;
    count(app).await;
    made
}

/// At least so many different events of the spring of 2026.
pub fn at_least(events: u32) -> Rule {
    let window = Window::Days { name: Some("Spring 2026".to_owned()), from: day(2026, 1, 12), to: day(2026, 5, 8) };
    Rule { events, spread: None, minutes: 0, window, held: Vec::new() }
}

/// What queued work does.
pub async fn count(app: &App) {
    evaluate::whole(&app.db).await.unwrap();
    while evaluate::marked(&app.db).await.unwrap() > 0 {}
}

/// Records how a learner stands at an event, as a correction where they stood otherwise.
pub async fn stands(app: &App, event: &Event, learner: &Profile, status: AttendanceStatus) {
    let (event, learner) = (event.id.clone(), learner.id.clone());
    app.write(move |conn| {
        let way = attend::Way { event: event.clone(), source: AttendanceSource::Correction };
        let entry = attend::Entry::of(&learner, status).because(Line::parse("As the host says").ok());
        attend::record(conn, &way, &[entry], &mut attend::Seen::new(), &by())
    })
    .await;
}

pub async fn attended(app: &App, event: &Event, learner: &Profile) {
    let (event, learner) = (event.id.clone(), learner.id.clone());
    app.write(move |conn| Ok(Attendance::new(&event, &learner, AttendanceStatus::Attended, &by()).record(conn)?)).await;
}

pub async fn counts(app: &App, program: &Program) -> Counts {
    let id = program.id.clone();
    app.read(move |conn| Ok(progress::counts(conn, &id)?)).await
}

pub async fn progress_of(app: &App, program: &Program, learner: &Profile) -> Option<Progress> {
    let (program, learner) = (program.id.clone(), learner.id.clone());
    app.read(move |conn| Ok(progress::of(conn, &program, &learner)?)).await
}

/// Prepares a conferral through its form, and returns its page.
pub async fn prepare(browser: &Browser, program: &Program, expected: i64) -> String {
    let page = format!("/admin/programs/{}/conferral", program.id);
    let expected = expected.to_string();
    let fields = [("date", "2026-05-15"), ("term", "Spring 2026"), ("notify", "true"), ("expected", &expected)];
    browser.submit(&page, &page, &fields).await.expect(303).location()
}

pub async fn approve(browser: &Browser, page: &str) {
    let action = format!("{page}/decision");
    browser.submit(page, &action, &[("decision", "approve")]).await.expect(303);
}

/// Confers on all who earned it.
pub async fn confer_all(app: &App, browser: &Browser, program: &Program, expected: i64) -> Conferral {
    let page = prepare(browser, program, expected).await;
    approve(browser, &page).await;
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    confer::due(&app.db, &app.portal()).await.unwrap();
    count(app).await;
    let id: Id<Conferral> = page.rsplit('/').next().unwrap().parse().unwrap();
    app.read(move |conn| Ok(conferral::find(conn, &id)?)).await
}
