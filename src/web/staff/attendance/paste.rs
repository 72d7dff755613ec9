//! A pasted list: student numbers, e-mail addresses, ids and cards, one a line. It is looked at first, and recorded then.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{
    answered::{Group, groups},
    statuses,
};
use crate::{
    models::{Actor, Event},
    registrar::attend::{self, Answered, Entry, MOST_ENTRIES, Seen, Way},
    values::{AttendanceSource, AttendanceStatus, Id, Invalid, Line, optional},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with},
        guards::{ChangeEvents, May},
        kept,
        occasion::Occasion,
    },
};

/// What was entered.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Pasted {
    learners: String,
    status: String,
    reason: String,
    step: String,
}

impl Default for Pasted {
    fn default() -> Self {
        let status = AttendanceStatus::Attended.to_string();
        Self { learners: String::new(), status, reason: String::new(), step: String::new() }
    }
}

#[derive(Template)]
#[template(path = "attendance/paste.html")]
struct PastePage {
    frame: Frame,
    shown: Occasion,
    tab: &'static str,
    may_change: bool,
    entered: Pasted,
    statuses: Vec<(String, String)>,
    groups: Vec<Group>,
    done: bool,
    errors: Vec<(&'static str, String)>,
}

impl PastePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/events/{id}/attendance/paste`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered: Pasted = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    entered: Pasted,
    errors: Errors,
) -> Result<PastePage, Error> {
    let by = may.by;
    let shown = state.db.read(move |conn| Occasion::read(conn, &id, &by)).await?;
    Ok(PastePage {
        frame: may.frame,
        shown,
        tab: "paste",
        may_change: true,
        entered,
        statuses: statuses(),
        groups: Vec::new(),
        done: false,
        errors: errors.0,
    })
}

/// `POST /admin/events/{id}/attendance/paste`: looks at the list, or records it. Recorded twice, it counts once.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Pasted>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let Some(entries) = form.0.entries(&mut errors) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, form.0, errors).await?);
    };
    let done = form.0.step == "record";
    let way = Way { event: id.clone(), source: AttendanceSource::Pasted };
    let answered = through(&state, way, entries, may.by.clone(), done).await?;
    let mut shown = built(may, &state, id, form.0, errors).await?;
    shown.groups = groups(&answered, done);
    shown.done = done;
    page(&shown)
}

/// Looks at entries, or records them.
pub async fn through(
    state: &State,
    way: Way,
    entries: Vec<Entry>,
    by: Actor,
    record: bool,
) -> Result<Vec<Answered>, Error> {
    Ok(if record {
        attend::record_all(&state.db, way, entries, by).await?
    } else {
        state.db.read(move |conn| attend::look(conn, &way, &entries, &mut Seen::new(), &by)).await?
    })
}

impl Pasted {
    fn entries(&self, errors: &mut Errors) -> Option<Vec<Entry>> {
        let named = lines(&self.learners);
        if named.is_empty() {
            errors.add("learners", Invalid::Missing("at least one learner"));
        } else if named.len() > MOST_ENTRIES {
            errors.add("learners", format!("These are {} lines. Take at most {MOST_ENTRIES} at once", named.len()));
        }
        let status = errors.check("status", AttendanceStatus::parse(&self.status));
        let reason = errors.check("reason", optional(&self.reason, Line::parse)).flatten();
        let status = status.filter(|_| errors.is_empty())?;
        Some(named.iter().map(|typed| Entry::typed(typed, status).because(reason.clone())).collect())
    }
}

/// One a line, or apart by commas, semicolons or tabs.
fn lines(text: &str) -> Vec<String> {
    let named = text.split(['\n', '\r', ',', ';', '\t']).map(str::trim).filter(|line| !line.is_empty());
    named.map(str::to_owned).collect()
}
