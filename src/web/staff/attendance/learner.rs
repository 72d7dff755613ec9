//! One learner at an event: every entry, who made it and why; a correction is a further one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{standing, statuses};
use crate::{
    models::{Attendance, Event, Profile, attendance, profile},
    registrar::attend::{self, Entry, Outcome, Seen, Way},
    values::{AttendanceSource, AttendanceStatus, Id, Line},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, May, ReadEvents},
        occasion::Occasion,
        staff::learners,
    },
};

/// An event and a learner, as the address names them.
type Place = web::Path<(Id<Event>, Id<Profile>)>;

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Corrected {
    status: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "attendance/learner.html")]
struct LearnerPage {
    frame: Frame,
    shown: Occasion,
    learner: Profile,
    /// Where the name leads, for those who may follow it.
    record: Option<String>,
    entries: Vec<Attendance>,
    may_change: bool,
    entered: Corrected,
    statuses: Vec<(String, String)>,
    errors: Vec<(&'static str, String)>,
}

impl LearnerPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn stands(&self, entry: &Attendance) -> (&'static str, &'static str, &'static str) {
        standing(entry.status)
    }
}

/// `GET /admin/events/{id}/learners/{learner}`
pub async fn show(may: May<ReadEvents>, state: web::Data<State>, place: Place) -> Result<HttpResponse, Error> {
    page(&built(may, &state, place.into_inner(), Corrected::default(), Errors::default()).await?)
}

async fn built<P: crate::web::guards::Permission>(
    may: May<P>,
    state: &State,
    (id, learner): (Id<Event>, Id<Profile>),
    entered: Corrected,
    errors: Errors,
) -> Result<LearnerPage, Error> {
    let by = may.by;
    let (shown, learner, entries) = state
        .db
        .read(move |conn| {
            let shown = Occasion::read(conn, &id, &by)?;
            let entries = attendance::entries(conn, &id, &learner)?;
            // Who is not on the roster is looked for elsewhere.
            if entries.is_empty() {
                return Err(Error::NotFound);
            }
            Ok((shown, profile::find(conn, &learner)?, entries))
        })
        .await?;
    let record = learners::address_of(&learner, &may.frame);
    Ok(LearnerPage {
        may_change: may.frame.may::<ChangeEvents>(),
        frame: may.frame,
        shown,
        learner,
        record,
        entries,
        entered,
        statuses: statuses(),
        errors: errors.0,
    })
}

/// `POST /admin/events/{id}/learners/{learner}`: a further entry, with a reason.
pub async fn correct(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    place: Place,
    form: Submitted<Corrected>,
) -> Result<HttpResponse, Error> {
    let (place, mut errors) = (place.into_inner(), Errors::default());
    let status = errors.check("status", AttendanceStatus::parse(&form.0.status));
    let reason = errors.check("reason", Line::parse(&form.0.reason).map_err(|why| why.wanting("why it is corrected")));
    if let (Some(status), Some(reason)) = (status, reason) {
        let ((id, learner), by) = (place.clone(), may.by.clone());
        let answered = state
            .db
            .write(move |conn| {
                if attendance::standing(conn, &id, &learner)?.is_none() {
                    return Err(crate::registrar::Refusal::NotFound);
                }
                let way = Way { event: id.clone(), source: AttendanceSource::Correction };
                let entry = Entry::of(&learner, status).because(Some(reason.clone()));
                attend::record(conn, &way, &[entry], &mut Seen::new(), &by)
            })
            .await?;
        match answered.into_iter().next().map(|one| one.outcome) {
            Some(Outcome::Changed(_) | Outcome::Recorded) => {
                return Ok(see(format!("/admin/events/{}/learners/{}", place.0, place.1)));
            }
            Some(Outcome::Refused(why)) => errors.add("status", why),
            _ => errors.add("status", "The learner stands so already"),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, place, form.0, errors).await?)
}
