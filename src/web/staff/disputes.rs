//! What learners say about their attendance: the list, and the answer to each.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::attendance::{standing, statuses};
use crate::{
    models::{
        Attendance, Dispute, Event, Profile, attendance,
        attendance_dispute::{self, count, search},
        page::Query,
        profile,
    },
    registrar::dispute::{self, Answer},
    values::{AttendanceStatus, Id, Prose, optional},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, May, Permission, ReadEvents},
        occasion::Occasion,
        staff::learners,
        table::{Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: None },
    Column { label: "Event", sort: None },
    Column { label: "What the learner says", sort: None },
    Column { label: "State", sort: None },
    Column { label: "Came in", sort: Some("raised") },
];

#[derive(Template)]
#[template(path = "disputes/index.html")]
struct DisputesPage {
    frame: Frame,
    table: Table,
}

/// `GET /admin/disputes`: of all events; an office's staff see what their office hosts.
pub async fn index(
    may: May<ReadEvents>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let states = vec![("answered".to_owned(), "Answered".to_owned())];
    let filters =
        vec![Filter::new("state", "State", states, request.query_string()).as_scopes().with_nothing("To answer")];
    let query = Query { office: may.by.office.clone(), ..asked.query(COLUMNS, "-raised", &filters) };
    let table = state
        .db
        .read(move |conn| {
            let mut table = Table::new("/admin/disputes".to_owned(), COLUMNS, &query, search(conn, &query)?, cells);
            table.matching = count(conn, &query)?;
            Ok::<_, Error>(table)
        })
        .await?;
    let table = table.narrowed(filters, &asked);
    page(&DisputesPage { frame: may.frame, table })
}

fn cells((one, learner, event): (Dispute, Profile, Event)) -> Vec<Cell> {
    let (tone, icon, text) = match one.granted {
        None => ("warn", "question", "To answer"),
        Some(true) => ("ok", "check", "The record was changed"),
        Some(false) => ("mute", "cross", "The record stays"),
    };
    let said: String = one.said.to_string().chars().take(160).collect();
    vec![
        Cell::Name {
            address: format!("/admin/disputes/{}", one.id),
            text: learner.name.to_string(),
            below: learner.student_id.map(String::from).unwrap_or_default(),
        },
        Cell::Text(event.code.to_string()),
        Cell::Text(said),
        Cell::State { tone, icon, text, below: String::new() },
        Cell::Date(one.raised_at.date()),
    ]
}

/// What was answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// The status that is recorded now; none leaves the record as it is.
    status: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "disputes/show.html")]
struct DisputePage {
    frame: Frame,
    one: Dispute,
    shown: Occasion,
    learner: Profile,
    /// Where the name leads, for those who may follow it.
    record: Option<String>,
    entries: Vec<Attendance>,
    may_change: bool,
    statuses: Vec<(String, String)>,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl DisputePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn stands(&self, entry: &Attendance) -> (&'static str, &'static str, &'static str) {
        standing(entry.status)
    }
}

/// `GET /admin/disputes/{id}`
pub async fn show(
    may: May<ReadEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Dispute>>,
) -> Result<HttpResponse, Error> {
    page(&built(may, &state, id.into_inner(), Entered::default(), Errors::default()).await?)
}

async fn built<P: Permission>(
    may: May<P>,
    state: &State,
    id: Id<Dispute>,
    entered: Entered,
    errors: Errors,
) -> Result<DisputePage, Error> {
    let by = may.by;
    let (one, shown, learner, entries) = state
        .db
        .read(move |conn| {
            let one = attendance_dispute::find(conn, &id)?;
            let shown = Occasion::read(conn, &one.event_id, &by)?;
            let learner = profile::find(conn, &one.learner_id)?;
            let entries = attendance::entries(conn, &one.event_id, &one.learner_id)?;
            Ok::<_, Error>((one, shown, learner, entries))
        })
        .await?;
    let record = learners::address_of(&learner, &may.frame);
    Ok(DisputePage {
        may_change: may.frame.may::<ChangeEvents>(),
        frame: may.frame,
        one,
        shown,
        learner,
        record,
        entries,
        statuses: statuses(),
        entered,
        errors: errors.0,
    })
}

/// `POST /admin/disputes/{id}`: changes the record, or leaves it with an answer.
pub async fn answer(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Dispute>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, id, mut errors) = (form.0, id.into_inner(), Errors::default());
    let status = errors.check("status", optional(&entered.status, AttendanceStatus::parse));
    let answer = errors.check("answer", optional(&entered.answer, Prose::parse));
    if let (Some(None), Some(None)) = (&status, &answer) {
        errors.add("answer", "Enter what the learner is told");
    } else if let (Some(status), Some(answer)) = (status, answer) {
        let (own, by) = (id.clone(), may.by.clone());
        let answered = Answer { status, told: answer };
        let done = state.db.write(move |conn| Ok(dispute::answer(conn, &own, &answered, &by)?)).await;
        match done {
            Ok(()) => return Ok(see("/admin/disputes")),
            Err(Error::Conflict(why)) => errors.add("status", why),
            Err(other) => return Err(other),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, entered, errors).await?)
}
