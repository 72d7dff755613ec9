//! Search and tick: learners are found by name, number or address, and several are added at once.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{
    answered::{Group, groups},
    statuses,
};
use crate::{
    db::Conn,
    models::{Actor, Event, Profile, attendance, page::Query, profile},
    registrar::attend::{Entry, Way},
    values::{AttendanceSource, AttendanceStatus, Id, Line, fold_words, optional},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with},
        guards::{ChangeEvents, May, ReadRecords},
        occasion::Occasion,
    },
};

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// What was ticked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Ticked {
    q: String,
    learner: Vec<String>,
    status: String,
    reason: String,
}

/// A learner who was found, and how they stand here.
struct Found {
    learner: Profile,
    stands: Option<AttendanceStatus>,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "attendance/add.html")]
struct AddPage {
    frame: Frame,
    shown: Occasion,
    tab: &'static str,
    may_change: bool,
    q: String,
    found: Vec<Found>,
    entered: Ticked,
    statuses: Vec<(String, String)>,
    groups: Vec<Group>,
    done: bool,
    errors: Vec<(&'static str, String)>,
}

impl AddPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/events/{id}/attendance/add`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let status = AttendanceStatus::Attended.to_string();
    let entered = Ticked { q: asked.into_inner().q, status, ..Ticked::default() };
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    entered: Ticked,
    errors: Errors,
) -> Result<AddPage, Error> {
    let sees_all = may.frame.may::<ReadRecords>();
    let (by, q, ticked) = (may.by, entered.q.trim().to_owned(), entered.learner.clone());
    let (shown, found) = state
        .db
        .read(move |conn| {
            let shown = Occasion::read(conn, &id, &by)?;
            let learners = learners(conn, &q, sees_all)?;
            let found = learners.into_iter().map(|learner| {
                let stands = attendance::standing(conn, &id, &learner.id)?.map(|standing| standing.status);
                let ticked = ticked.iter().any(|one| one == learner.id.as_str());
                Ok::<_, Error>(Found { learner, stands, ticked })
            });
            let found = found.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>((shown, found))
        })
        .await?;
    Ok(AddPage {
        frame: may.frame,
        shown,
        tab: "add",
        may_change: true,
        q: entered.q.clone(),
        found,
        entered,
        statuses: statuses(),
        groups: Vec::new(),
        done: false,
        errors: errors.0,
    })
}

/// Who fits. An office finds learners, a few at a time, and has no list of all.
fn learners(conn: &mut Conn, q: &str, sees_all: bool) -> Result<Vec<Profile>, Error> {
    if fold_words(q).iter().all(|word| word.chars().count() < 2) {
        return Ok(Vec::new());
    }
    if !sees_all {
        return Ok(profile::candidates(conn, q)?);
    }
    let filters = vec![("kind".to_owned(), "person".to_owned()), ("origin".to_owned(), "own".to_owned())];
    Ok(profile::search(conn, &Query { filters, ..Query::search(q) })?.rows)
}

/// `POST /admin/events/{id}/attendance`
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Ticked>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let Some(entries) = form.0.entries(&mut errors) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, form.0, errors).await?);
    };
    let way = Way { event: id.clone(), source: AttendanceSource::Roster };
    let by: Actor = may.by.clone();
    let answered = super::paste::through(&state, way, entries, by, true).await?;
    let mut shown = built(may, &state, id, Ticked { q: String::new(), ..form.0 }, errors).await?;
    shown.groups = groups(&answered, true);
    shown.done = true;
    page(&shown)
}

impl Ticked {
    fn entries(&self, errors: &mut Errors) -> Option<Vec<Entry>> {
        let ids: Vec<Id<Profile>> = self.learner.iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            errors.add("learner", "Tick at least one learner");
        }
        let status = errors.check("status", AttendanceStatus::parse(&self.status));
        let reason = errors.check("reason", optional(&self.reason, Line::parse)).flatten();
        let status = status.filter(|_| errors.is_empty())?;
        Some(ids.iter().map(|id| Entry::of(id, status).because(reason.clone())).collect())
    }
}
