//! Planning a series of an event: weekly, every so many days, or on the days of a list; looked at first.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::Event,
    registrar::{
        Refusal,
        plan::repeat::{self, Left, MOST, Occurrence, Plan, Rhythm},
    },
    values::{Code, Id, Invalid, Line, parse_date},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted, error_of, event::series_address},
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, May},
        occasion::{Occasion, span},
    },
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// `weekly`, `days`, `dates`.
    rhythm: String,
    every: String,
    times: String,
    dates: String,
    series: String,
    begins: String,
    public: String,
    step: String,
}

/// A day as the page shows it.
struct Day {
    says: String,
    below: String,
    tone: &'static str,
    icon: &'static str,
    word: &'static str,
}

#[derive(Template)]
#[template(path = "events/repeat.html")]
struct RepeatPage {
    frame: Frame,
    shown: Occasion,
    entered: Entered,
    days: Vec<Day>,
    planned: usize,
    errors: Vec<(&'static str, String)>,
}

impl RepeatPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/events/{id}/repeat`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
) -> Result<HttpResponse, Error> {
    let shown = occasion(&may, &state, id.into_inner()).await?;
    let event = &shown.event;
    let entered = Entered {
        rhythm: "weekly".to_owned(),
        every: "14".to_owned(),
        times: "10".to_owned(),
        series: event.series.as_ref().map_or(shown.title.clone(), Line::to_string),
        begins: format!("{}-", event.code),
        public: if event.is_public { "yes".to_owned() } else { String::new() },
        ..Entered::default()
    };
    page(&RepeatPage { frame: may.frame, shown, entered, days: Vec::new(), planned: 0, errors: Vec::new() })
}

async fn occasion(may: &May<ChangeEvents>, state: &State, id: Id<Event>) -> Result<Occasion, Error> {
    let by = may.by.clone();
    state.db.read(move |conn| Occasion::read(conn, &id, &by)).await
}

/// `POST /admin/events/{id}/repeat`: looks at the days, or plans them.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, mut errors) = (form.0, Errors::default());
    let shown = occasion(&may, &state, id.into_inner()).await?;
    let mut page_of = RepeatPage { frame: may.frame, shown, entered, days: Vec::new(), planned: 0, errors: Vec::new() };
    let Some(plan) = page_of.entered.plan(&mut errors) else {
        page_of.errors = errors.0;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page_of);
    };
    if page_of.entered.step == "plan" {
        let (event, by, own) = (page_of.shown.event.clone(), may.by, plan.clone());
        match state.db.write(move |conn| repeat::repeat(conn, &event, &own, &by)).await {
            Ok(_) => return Ok(see(series_address(&plan.series))),
            Err(Refusal::Conflict(why)) => errors.add("rhythm", why),
            Err(other) => return Err(other.into()),
        }
    }
    let event = page_of.shown.event.clone();
    let days = state.db.read(move |conn| repeat::look(conn, &event, &plan)).await?;
    page_of.planned = days.iter().filter(|day| day.planned.is_ok()).count();
    page_of.days = days.iter().map(|day| told(&page_of.frame, &page_of.shown.event, day)).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    page_of.errors = errors.0;
    page_with(status, &page_of)
}

fn told(frame: &Frame, event: &Event, day: &Occurrence) -> Day {
    let weekday = day.day.format("%A");
    let (says, below, tone, icon, word) = match &day.planned {
        Ok((times, code)) => {
            let when = span(&frame.words, event.time_zone, *times);
            (when, code.to_string(), "ok", "plus", "Planned")
        }
        Err(Left::Known) => (day.day.to_string(), String::new(), "mute", "check", "There already"),
        Err(Left::Wrong(why)) => (day.day.to_string(), why.to_string(), "warn", "alert", "Left out"),
    };
    Day { says: format!("{weekday}, {says}"), below, tone, icon, word }
}

impl Entered {
    fn plan(&self, errors: &mut Errors) -> Option<Plan> {
        let rhythm = match self.rhythm.as_str() {
            "dates" => Rhythm::On(errors.check("dates", days(&self.dates))?),
            "days" => Rhythm::Every(self.number("every", &self.every, 366, errors)?, self.times(errors)?),
            _ => Rhythm::Every(7, self.times(errors)?),
        };
        let series = errors.check("series", Line::parse(&self.series).map_err(|why| why.wanting("the series’ name")));
        let begins = self.begins.trim().to_owned();
        // A number of three digits follows at most.
        if let Err(why) = Code::parse(&format!("{begins}999")) {
            errors.add("begins", why);
        }
        let is_public = !self.public.is_empty();
        Some(Plan { rhythm, series: series?, begins, is_public }).filter(|_| errors.is_empty())
    }

    fn times(&self, errors: &mut Errors) -> Option<usize> {
        self.number("times", &self.times, MOST as u64, errors).map(|times| times as usize)
    }

    fn number(&self, field: &'static str, raw: &str, most: u64, errors: &mut Errors) -> Option<u64> {
        let number = raw.trim().parse::<u64>().ok().filter(|number| (1..=most).contains(number));
        if number.is_none() {
            errors.add(field, format!("Enter a whole number from 1 to {most}"));
        }
        number
    }
}

/// Days, one a line or with semicolons between them.
fn days(raw: &str) -> Result<Vec<chrono::NaiveDate>, Invalid> {
    const TOO_MANY: Invalid = Invalid::Malformed("Enter at most 60 days at once");
    let parts: Vec<&str> = raw.split(['\n', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.len() {
        0 => Err(Invalid::Missing("the days, one a line")),
        many if many > MOST => Err(TOO_MANY),
        _ => parts.into_iter().map(parse_date).collect(),
    }
}
