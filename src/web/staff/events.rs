//! What events have beyond the seven pages: cancelling, and the calendar; many at once in files of their own.

pub mod import;
pub mod repeat;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

use crate::{
    clock,
    models::{
        Event, achievement, attendance,
        event::list::{self, Listed},
        setting,
    },
    values::{Id, Line},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, May, ReadEvents},
        objects::{Managed, existing},
    },
};

#[derive(Template)]
#[template(path = "events/cancellation.html")]
struct CancellationPage {
    frame: Frame,
    event: Event,
    name: String,
    attended: i64,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl CancellationPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    reason: String,
    revision: i32,
    /// Set where it is put on again.
    on_again: String,
}

async fn shown(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    (entered, errors): (Entered, Errors),
) -> Result<CancellationPage, Error> {
    let by = may.by.clone();
    let (event, name, attended) = state
        .db
        .read(move |conn| {
            let event = existing::<Event>(conn, &id, &by)?;
            let own = achievement::find(conn, &event.achievement_id)?;
            let attended = attendance::attended(conn, &event.id)?;
            Ok::<_, Error>((event, own.name.to_string(), attended))
        })
        .await?;
    Ok(CancellationPage { frame: may.frame, event, name, attended, entered, errors: errors.0 })
}

/// `GET /admin/events/{id}/cancellation`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
) -> Result<HttpResponse, Error> {
    page(&shown(may, &state, id.into_inner(), Default::default()).await?)
}

/// `POST /admin/events/{id}/cancellation`: cancels it for a reason, or puts it on again.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, id) = (form.0, id.into_inner());
    let mut errors = Errors::default();
    let reason = match entered.on_again.is_empty() {
        true => errors.check("reason", Line::parse(&entered.reason).map_err(|why| why.wanting("why it is cancelled"))),
        false => None,
    };
    if !errors.is_empty() {
        let shown = shown(may, &state, id, (entered, errors)).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let (by, revision) = (may.by, entered.revision);
    let address = state
        .db
        .write(move |conn| {
            let event = Event { revision, ..existing::<Event>(conn, &id, &by)? };
            if event.cancelled_at.is_some() == reason.is_some() {
                return Err(Error::Conflict(
                    "Somebody cancelled it, or put it on again, meanwhile. Look at it again.".to_owned(),
                ));
            }
            if !event.cancel(conn, reason.as_ref(), &by)? {
                return Err(Error::Conflict("Somebody changed this event meanwhile. Look at it again.".to_owned()));
            }
            Ok(event.address())
        })
        .await?;
    Ok(see(address))
}

/// A day of the calendar.
struct Day {
    date: NaiveDate,
    /// Whether it belongs to the month.
    inside: bool,
    events: Vec<Entry>,
}

/// An event on its day.
struct Entry {
    address: String,
    time: String,
    name: String,
    cancelled: bool,
}

#[derive(Template)]
#[template(path = "events/calendar.html")]
struct CalendarPage {
    frame: Frame,
    month: String,
    before: String,
    after: String,
    weeks: Vec<Vec<Day>>,
    may_change: bool,
}

/// Which month: `2026-11`; the present one, without.
#[derive(Debug, Deserialize)]
pub struct Month {
    #[serde(default)]
    month: String,
}

/// `GET /admin/events/calendar`
pub async fn calendar(
    may: May<ReadEvents>,
    state: web::Data<State>,
    asked: web::Query<Month>,
) -> Result<HttpResponse, Error> {
    let (office, wanted) = (may.by.office.clone(), format!("{}-01", asked.month.trim()));
    let (first, events) = state
        .db
        .read(move |conn| {
            let zone = setting::time_zone(conn)?;
            let today = zone.day(clock::now());
            let first = wanted.parse().ok().filter(|day: &NaiveDate| (1900..=2200).contains(&day.year()));
            let first = first.or(today.with_day(1)).unwrap_or(today);
            // A day more on each side: what is the first of the month elsewhere may be the last of the one before here.
            let (from, to) = span(first);
            let bounds = (zone.day_begins(from - Days::new(1)), zone.day_begins(to + Days::new(2)));
            Ok::<_, Error>((first, list::between(conn, bounds, office.as_ref())?))
        })
        .await?;
    let month = |day: Option<NaiveDate>| day.map(|day| day.format("%Y-%m").to_string()).unwrap_or_default();
    page(&CalendarPage {
        may_change: may.frame.may::<ChangeEvents>(),
        frame: may.frame,
        month: first.format("%B %Y").to_string(),
        before: month(first.checked_sub_months(Months::new(1))),
        after: month(first.checked_add_months(Months::new(1))),
        weeks: weeks(first, events),
    })
}

/// The Monday on or before the first of a month, and the Sunday on or after its last day.
fn span(first: NaiveDate) -> (NaiveDate, NaiveDate) {
    let last = first.checked_add_months(Months::new(1)).unwrap_or(first) - Days::new(1);
    let from = first - Days::new(u64::from(first.weekday().num_days_from_monday()));
    (from, last + Days::new(6 - u64::from(last.weekday().num_days_from_monday())))
}

fn weeks(first: NaiveDate, events: Vec<Listed>) -> Vec<Vec<Day>> {
    let (from, to) = span(first);
    let mut days: Vec<Day> = from
        .iter_days()
        .take_while(|day| *day <= to)
        .map(|date| Day { date, inside: date.month() == first.month(), events: Vec::new() })
        .collect();
    for one in events {
        let begins = one.event.time_zone.wall_clock(one.event.starts_at);
        let Some(day) = days.iter_mut().find(|day| day.date == begins.date()) else { continue };
        day.events.push(Entry {
            address: one.event.address(),
            time: begins.format("%H:%M").to_string(),
            name: one.name,
            cancelled: one.event.cancelled_at.is_some(),
        });
    }
    let mut weeks = Vec::new();
    let mut rest = days.into_iter().peekable();
    while rest.peek().is_some() {
        weeks.push(rest.by_ref().take(7).collect());
    }
    weeks
}
