//! What was typed or scanned and meant nobody for certain: the list, of one event or of all, and settling each.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Event, ParkedAttendance,
        page::Query,
        parked_attendance::{self, count, search},
    },
    registrar::{Refusal, attend::settle},
    values::{Id, Line, Name},
    web::{
        State,
        error::Error,
        filters,
        forms::{
            Errors, Submitted, error_of,
            picker::{self, Picker, What},
        },
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, ChangeProfiles, May, Permission, ReadEvents},
        occasion::Occasion,
        table::{Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Typed or scanned", sort: None },
    Column { label: "Event", sort: None },
    Column { label: "Why it waits", sort: None },
    Column { label: "How", sort: None },
    Column { label: "Came in", sort: Some("recorded") },
];

#[derive(Template)]
#[template(path = "attendance/parked.html")]
struct ParkedPage {
    frame: Frame,
    table: Table,
}

#[derive(Template)]
#[template(path = "attendance/parked_of_event.html")]
struct ParkedOfEventPage {
    frame: Frame,
    shown: Occasion,
    tab: &'static str,
    may_change: bool,
    table: Table,
}

fn chosen(address: &str) -> Vec<Filter> {
    let states = vec![("settled".to_owned(), "Settled".to_owned())];
    vec![Filter::new("state", "State", states, address).as_scopes().with_nothing("Waiting")]
}

/// `GET /admin/attendance/parked`: of all events; an office's staff see what their office hosts.
pub async fn index(
    may: May<ReadEvents>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = Query { office: may.by.office.clone(), ..asked.query(COLUMNS, "-recorded", &filters) };
    let table = listed(&state, "/admin/attendance/parked".to_owned(), query).await?;
    let table = table.narrowed(filters, &asked);
    page(&ParkedPage { frame: may.frame, table })
}

/// `GET /admin/events/{id}/attendance/parked`
pub async fn of_event(
    may: May<ReadEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (own, by) = (id.clone(), may.by.clone());
    let shown = state.db.read(move |conn| Occasion::read(conn, &own, &by)).await?;
    let filters = chosen(request.query_string());
    let mut query = asked.query(COLUMNS, "-recorded", &filters);
    query.filters.push(("event".to_owned(), id.to_string()));
    let table = listed(&state, format!("{}/attendance/parked", shown.address()), query).await?;
    let table = table.narrowed(filters, &asked);
    let may_change = may.frame.may::<ChangeEvents>();
    page(&ParkedOfEventPage { may_change, frame: may.frame, shown, tab: "parked", table })
}

async fn listed(state: &State, address: String, query: Query) -> Result<Table, Error> {
    state
        .db
        .read(move |conn| {
            let mut table = Table::new(address, COLUMNS, &query, search(conn, &query)?, cells);
            table.matching = count(conn, &query)?;
            Ok(table)
        })
        .await
}

fn cells((parked, event, title): (ParkedAttendance, Event, Name)) -> Vec<Cell> {
    let (tone, icon, text, below) = match (&parked.settled_at, &parked.dismissed_reason) {
        (None, _) => ("warn", "question", parked.why.label(), String::new()),
        (Some(_), None) => ("ok", "check", "Resolved", settled_by(&parked)),
        (Some(_), Some(why)) => ("mute", "cross", "Dismissed", format!("{why} {}", settled_by(&parked))),
    };
    let address = format!("/admin/attendance/parked/{}", parked.id);
    vec![
        Cell::Name { address, text: parked.typed, below: parked.status.label().to_owned() },
        Cell::Text(format!("{title} ({})", event.code)),
        Cell::State { tone, icon, text, below },
        Cell::Text(format!("{}, {}", parked.source.label(), parked.recorded_by)),
        Cell::Date(parked.recorded_at.date()),
    ]
}

fn settled_by(parked: &ParkedAttendance) -> String {
    parked.settled_by.as_ref().map(|who| format!("by {who}")).unwrap_or_default()
}

/// What was entered to settle one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    learner: Option<String>,
    learner_id: String,
    remember: bool,
    reason: String,
}

#[derive(Template)]
#[template(path = "attendance/parked_one.html")]
struct OnePage {
    frame: Frame,
    shown: Occasion,
    parked: ParkedAttendance,
    picker: Picker,
    may_change: bool,
    may_remember: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl OnePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

type One = web::Path<Id<ParkedAttendance>>;

/// `GET /admin/attendance/parked/{id}`
pub async fn show(may: May<ReadEvents>, state: web::Data<State>, id: One) -> Result<HttpResponse, Error> {
    page(&built(may, &state, id.into_inner(), Entered::default(), Errors::default()).await?)
}

async fn built<P: Permission>(
    may: May<P>,
    state: &State,
    id: Id<ParkedAttendance>,
    entered: Entered,
    errors: Errors,
) -> Result<OnePage, Error> {
    let (by, typed) = (may.by, entered.clone());
    let (shown, parked, picker) = state
        .db
        .read(move |conn| {
            let parked = parked_attendance::find(conn, &id)?;
            let shown = Occasion::read(conn, &parked.event_id, &by)?;
            let picker = Picker::new(
                What::Learner,
                "learner",
                "Learner",
                "Name, student number, e-mail address or id of the learner who is meant.",
            );
            let picker = picker.shown(conn, (&typed.learner, &typed.learner_id), &by)?.only_known();
            Ok::<_, Error>((shown, parked, picker))
        })
        .await?;
    Ok(OnePage {
        may_change: may.frame.may::<ChangeEvents>(),
        may_remember: may.frame.may::<ChangeProfiles>(),
        frame: may.frame,
        shown,
        parked,
        picker,
        entered,
        errors: errors.0,
    })
}

/// `POST /admin/attendance/parked/{id}`: it means this learner.
pub async fn resolve(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: One,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let (by, typed, own) = (may.by.clone(), form.0.clone(), id.clone());
    let (learner, errors, event) = state
        .db
        .read(move |conn| {
            let mut errors = Errors::default();
            let parked = settle::waiting(conn, &own, &by)?;
            let learner = picker::read_learner(conn, (&typed.learner, &typed.learner_id), &by, &mut errors)?;
            Ok::<_, Error>((learner, errors, parked.event_id))
        })
        .await?;
    let Some(learner) = learner else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, form.0, errors).await?);
    };
    let remember = form.0.remember && may.frame.may::<ChangeProfiles>();
    let by = may.by;
    state.db.write(move |conn| settle::resolve(conn, &id, &learner.id, remember, &by)).await?;
    Ok(see(format!("/admin/events/{event}/attendance/parked")))
}

/// `POST /admin/attendance/parked/{id}/dismissal`: it means nobody.
pub async fn dismiss(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: One,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let reason = errors.check("reason", Line::parse(&form.0.reason).map_err(|why| why.wanting("why it means nobody")));
    let Some(reason) = reason else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, form.0, errors).await?);
    };
    let by = may.by;
    let event = state
        .db
        .write(move |conn| {
            let event = settle::waiting(conn, &id, &by)?.event_id;
            settle::dismiss(conn, &id, &reason, &by)?;
            Ok::<_, Refusal>(event)
        })
        .await?;
    Ok(see(format!("/admin/events/{event}/attendance/parked")))
}
