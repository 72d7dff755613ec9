//! Who came to an event: the roster, its export, one learner's entries. The ways in are in files of their own.

pub mod add;
pub mod answered;
pub mod desk;
pub mod file;
pub mod learner;
pub mod parked;
pub mod paste;
pub mod screen;
pub mod sheet;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::{
    models::{
        Attendance, Event, Profile,
        attendance::roster::{count, search},
    },
    values::{AttendanceStatus, Code, Id},
    web::{
        State, csv,
        error::Error,
        frame::{Frame, page},
        guards::{ChangeEvents, May, ReadEvents},
        occasion::Occasion,
        table::{AS_CSV, Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: Some("name") },
    Column { label: "Status", sort: None },
    Column { label: "How", sort: None },
    Column { label: "By", sort: None },
    Column { label: "Recorded", sort: Some("recorded") },
];

#[derive(Template)]
#[template(path = "attendance/roster.html")]
struct RosterPage {
    frame: Frame,
    shown: Occasion,
    tab: &'static str,
    table: Table,
    may_change: bool,
}

fn chosen(address: &str) -> Vec<Filter> {
    let choices = AttendanceStatus::ALL.iter().map(|one| (one.to_string(), one.label().to_owned())).collect();
    vec![Filter::new("status", "Status", choices, address).as_scopes()]
}

/// `GET /admin/events/{id}/attendance`
pub async fn index(
    may: May<ReadEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked.query(COLUMNS, "name", &filters);
    let by = may.by;
    let (shown, table) = state
        .db
        .read(move |conn| {
            let shown = Occasion::read(conn, &id, &by)?;
            let found = search(conn, &id, &query)?;
            let address = shown.address();
            let cells = |row| cells(row, &shown);
            let mut table = Table::new(format!("{address}/attendance"), COLUMNS, &query, found, cells);
            table.matching = count(conn, &id, &query)?;
            Ok::<_, Error>((shown, table))
        })
        .await?;
    let mut table = table.narrowed(filters, &asked);
    table.exports = vec![AS_CSV];
    page(&RosterPage { may_change: may.frame.may::<ChangeEvents>(), frame: may.frame, shown, tab: "", table })
}

/// `GET /admin/events/{id}/attendance.csv`
pub async fn csv(
    may: May<ReadEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked.query(COLUMNS, "name", &filters);
    let (by, own, counted) = (may.by.clone(), id.clone(), query.clone());
    let (shown, matching) = state
        .db
        .read(move |conn| Ok::<_, Error>((Occasion::read(conn, &own, &by)?, count(conn, &own, &counted)?)))
        .await?;
    let id = id.into_inner();
    let list = csv::List {
        title: "Attendance",
        name: "attendance",
        columns: COLUMNS,
        chosen: format!("{}: {}", shown.event.code, csv::in_words(&asked.q, &filters)),
        matching,
        query,
        read: Arc::new(move |conn, query| Ok(search(conn, &id, query)?.map(|row| cells(row, &shown)))),
    };
    csv::answer(&request, state, list, may.by).await
}

fn cells((entry, learner): (Attendance, Profile), shown: &Occasion) -> Vec<Cell> {
    let (tone, icon, text) = standing(entry.status);
    let at = shown.event.time_zone.wall_clock(entry.happened_at.unwrap_or(entry.recorded_at));
    vec![
        Cell::Name {
            address: format!("{}/learners/{}", shown.address(), learner.id),
            text: learner.name.to_string(),
            below: learner.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
        },
        Cell::State { tone, icon, text, below: entry.reason.map(|why| why.to_string()).unwrap_or_default() },
        Cell::Text(entry.source.label().to_owned()),
        Cell::Text(entry.recorded_by),
        Cell::Text(at.format("%Y-%m-%d %H:%M").to_string()),
    ]
}

/// Style class, icon and word of how somebody stands.
pub fn standing(status: AttendanceStatus) -> (&'static str, &'static str, &'static str) {
    match status {
        AttendanceStatus::Attended => ("ok", "check", status.label()),
        AttendanceStatus::Absent => ("bad", "cross", status.label()),
        AttendanceStatus::Excused => ("info", "info", status.label()),
    }
}

/// The three statuses, as the choices of a field.
pub fn statuses() -> Vec<(String, String)> {
    AttendanceStatus::ALL.iter().map(|one| (one.to_string(), one.label().to_owned())).collect()
}
