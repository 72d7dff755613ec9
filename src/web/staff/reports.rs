//! Reports: who came, in numbers, as a table with a picture of it and as a table file. Staff of an office see their own.

mod bars;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use self::bars::{Bar, bars};
use crate::{
    clock,
    db::Conn,
    models::{
        Actor,
        attendance::report::{self, Line, MOST_EVENTS, Span},
        setting,
    },
    registrar::export,
    values::{TimeZone, optional, parse_date},
    web::{
        State, csv, download,
        error::Error,
        filters,
        forms::{Errors, error_of},
        frame::{Frame, page_with},
        guards::{May, ReadEvents, encode},
    },
};

/// Lines that the page shows; the file has more.
const SHOWN: usize = 200;

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    by: String,
    from: Option<String>,
    to: Option<String>,
}

/// What the lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Event,
    Area,
    Office,
    Term,
}

impl By {
    const ALL: [(By, &str, &str); 4] = [
        (By::Area, "area", "Area"),
        (By::Event, "event", "Event"),
        (By::Office, "office", "Office"),
        (By::Term, "term", "Term"),
    ];

    /// What an address names; by area without.
    fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, own, _)| *own == name).map_or(By::Area, |(by, ..)| *by)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(by, ..)| *by == self).map_or("", |(_, name, _)| name)
    }

    fn label(self) -> &'static str {
        Self::ALL.iter().find(|(by, ..)| *by == self).map_or("", |(.., label)| label)
    }
}

/// A report as it was asked for.
struct Report {
    by: By,
    from: String,
    to: String,
    lines: Vec<Line>,
    total: Line,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "reports/attendance.html")]
struct ReportPage {
    frame: Frame,
    report: Report,
    bars: Vec<Bar>,
    /// Lines of the report.
    lines: i64,
    /// Of these, how many the page leaves out.
    further: i64,
    errors: Vec<(&'static str, String)>,
}

impl ReportPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn shown(&self) -> &[Line] {
        &self.report.lines[..self.report.lines.len().min(SHOWN)]
    }

    /// Whether there may be events that the report leaves out.
    fn is_cut(&self) -> bool {
        self.lines >= MOST_EVENTS
    }

    fn ways(&self) -> Vec<(String, &'static str, bool)> {
        let way = |(by, name, label): (By, &str, &'static str)| (self.address(name), label, by == self.report.by);
        By::ALL.map(way).to_vec()
    }

    fn address(&self, by: &str) -> String {
        let Report { from, to, .. } = &self.report;
        format!("/admin/reports/attendance?by={by}&from={}&to={}", encode(from), encode(to))
    }

    fn file(&self) -> String {
        self.address(self.report.by.name()).replacen("attendance?", "attendance.csv?", 1)
    }
}

/// `GET /admin/reports/attendance?by=event|area|office|term&from&to`
pub async fn attendance(
    may: May<ReadEvents>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let (asked, by) = (asked.into_inner(), may.by);
    let report = state.db.read(move |conn| read(conn, asked, &by)).await?;
    let status = if report.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (bars, errors) = (bars(&report.lines), report.errors.0.clone());
    let (lines, further) = (report.lines.len() as i64, report.lines.len().saturating_sub(SHOWN) as i64);
    page_with(status, &ReportPage { frame: may.frame, report, bars, lines, further, errors })
}

/// `GET /admin/reports/attendance.csv`
pub async fn csv(
    may: May<ReadEvents>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (asked, by) = (asked.into_inner(), may.by.clone());
    let report = state.db.read(move |conn| read(conn, asked, &by)).await?;
    if !report.errors.is_empty() {
        return Err(Error::BadRequest("a day cannot be read"));
    }
    let mut answer = download::attachment("text/csv; charset=utf-8", "attendance-report.csv");
    if request.method() == actix_web::http::Method::HEAD {
        return Ok(answer.finish());
    }
    let chosen = format!("by {}, from {} to {}", report.by.name(), told(&report.from), told(&report.to));
    let facts = [
        ("What", "the report of attendance, as CSV".to_owned()),
        ("Chosen by", chosen),
        ("Rows", report.lines.len().to_string()),
    ];
    state.db.write(move |conn| export::note(conn, &facts, &may.by)).await?;
    let heads = [report.by.label(), "Further", "Events held", "Attended", "Absent", "Excused", "Different learners"];
    let mut text = format!("\u{feff}{}", csv::line(heads.into_iter().map(str::to_owned)));
    for line in report.lines.iter().chain([&report.total]) {
        let numbers = [line.held, line.attended, line.absent, line.excused, line.learners];
        let words = [line.label.clone(), line.below.clone()].into_iter();
        text.push_str(&csv::line(words.chain(numbers.map(|number| number.to_string()))));
    }
    Ok(answer.body(text))
}

fn told(day: &str) -> &str {
    if day.is_empty() { "any day" } else { day }
}

/// The report. Without days it is of the twelve months up to today; a day that is none is told, and nothing is counted.
fn read(conn: &mut Conn, asked: Asked, by: &Actor) -> Result<Report, Error> {
    let zone = setting::time_zone(conn)?;
    let today = zone.day(clock::now());
    let before = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    let mut errors = Errors::default();
    let is_fresh = asked.from.is_none() && asked.to.is_none();
    let usual = |day: NaiveDate| if is_fresh { day.to_string() } else { String::new() };
    let (from, to) = (asked.from.unwrap_or_else(|| usual(before)), asked.to.unwrap_or_else(|| usual(today)));
    let begins = errors.check("from", optional(&from, parse_date)).flatten();
    let ends = errors.check("to", optional(&to, parse_date)).flatten();
    if begins.zip(ends).is_some_and(|(begins, ends)| ends < begins) {
        errors.add("to", "The last day comes before the first");
    }
    let span = span(begins, ends, zone, by);
    let (way, areas) = (By::named(&asked.by), setting::areas(conn)?);
    let (lines, total) = match (errors.is_empty(), way) {
        (false, _) => Default::default(),
        (true, By::Event) => (report::by_event(conn, &span)?, report::total(conn, &span)?),
        (true, By::Area) => (report::by_area(conn, &span, &areas)?, report::total(conn, &span)?),
        (true, By::Office) => (report::by_office(conn, &span)?, report::total(conn, &span)?),
        (true, By::Term) => (report::by_term(conn, &span, zone)?, report::total(conn, &span)?),
    };
    Ok(Report { by: way, from, to, lines, total, errors })
}

/// From the first instant of one day to the last of another, on the institution's clock.
fn span(from: Option<NaiveDate>, to: Option<NaiveDate>, zone: TimeZone, by: &Actor) -> Span {
    let after = to.map(|day| zone.day_begins(day.succ_opt().unwrap_or(day)));
    Span::new(from.map(|day| zone.day_begins(day)), after, by.office.clone())
}
