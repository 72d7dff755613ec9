//! The learner's own attendance: what is recorded of each event, and saying that it is wrong.

use std::collections::HashMap;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{Dispute, Event, Presence, attendance, attendance_dispute},
    registrar::{Refusal, dispute},
    values::{AttendanceStatus, Id, Prose},
    web::{
        State,
        error::Error,
        forms::Submitted,
        frame::{Frame, page, page_with, see},
        guards::Learned,
        occasion::when,
    },
};

/// Events that the page lists.
const MOST: i64 = 500;

/// An event with how the learner stands at it.
struct Attended {
    event: Event,
    title: String,
    status: AttendanceStatus,
    dispute: Option<Dispute>,
}

impl Attended {
    /// The key of the word for how the learner stands.
    fn word(&self) -> &'static str {
        match self.status {
            AttendanceStatus::Attended => "attendance-attended",
            AttendanceStatus::Absent => "attendance-absent",
            AttendanceStatus::Excused => "attendance-excused",
        }
    }

    fn tone(&self) -> (&'static str, &'static str) {
        match self.status {
            AttendanceStatus::Attended => ("ok", "check"),
            AttendanceStatus::Absent => ("bad", "cross"),
            AttendanceStatus::Excused => ("info", "info"),
        }
    }

    fn may_dispute(&self) -> bool {
        let open = self.dispute.as_ref().is_some_and(|one| one.settled_at.is_none());
        self.status != AttendanceStatus::Attended && !open
    }
}

#[derive(Template)]
#[template(path = "learner/attendance.html")]
struct AttendancePage {
    frame: Frame,
    attended: Vec<Attended>,
}

impl AttendancePage {
    fn when(&self, event: &Event) -> String {
        when(&self.frame.words, event)
    }
}

/// `GET /record/attendance`
pub async fn show(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let own = learned.learner.id;
    let attended = state
        .db
        .read(move |conn| {
            // The newest of each event comes first.
            let mut said: HashMap<Id<Event>, Dispute> = HashMap::new();
            for one in attendance_dispute::of_learner(conn, &own)? {
                said.entry(one.event_id.clone()).or_insert(one);
            }
            let all = attendance::of_learner(conn, &own, MOST)?;
            let of = |(presence, event, title): (Presence, Event, String)| Attended {
                dispute: said.remove(&event.id),
                status: presence.status,
                event,
                title,
            };
            Ok::<_, Error>(all.into_iter().map(of).collect::<Vec<_>>())
        })
        .await?;
    page(&AttendancePage { frame: learned.frame, attended })
}

/// What a learner says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    said: String,
}

#[derive(Template)]
#[template(path = "learner/dispute.html")]
struct DisputePage {
    frame: Frame,
    event: Event,
    title: String,
    word: &'static str,
    entered: Said,
    wrong: Option<String>,
}

impl DisputePage {
    fn when(&self) -> String {
        when(&self.frame.words, &self.event)
    }
}

async fn asked(
    learned: Learned,
    state: &State,
    id: Id<Event>,
    entered: Said,
    wrong: Option<String>,
) -> Result<DisputePage, Error> {
    let own = learned.learner.id;
    let attended = state
        .db
        .read(move |conn| {
            let all = attendance::of_learner(conn, &own, MOST)?;
            let found = all.into_iter().find(|(_, event, _)| event.id == id).ok_or(Error::NotFound)?;
            let (presence, event, title) = found;
            Ok::<_, Error>(Attended { event, title, status: presence.status, dispute: None })
        })
        .await?;
    if attended.status == AttendanceStatus::Attended {
        return Err(Error::NotFound);
    }
    let word = attended.word();
    let Attended { event, title, .. } = attended;
    Ok(DisputePage { frame: learned.frame, event, title, word, entered, wrong })
}

/// `GET /record/attendance/{event}`
pub async fn ask(learned: Learned, state: web::Data<State>, id: web::Path<Id<Event>>) -> Result<HttpResponse, Error> {
    page(&asked(learned, &state, id.into_inner(), Said::default(), None).await?)
}

/// `POST /record/attendance/{event}`
pub async fn submit(
    learned: Learned,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Said>,
) -> Result<HttpResponse, Error> {
    let (said, id) = (form.0, id.into_inner());
    let parsed = Prose::parse(&said.said).map_err(|why| why.wanting("what is wrong with it").to_string());
    let outcome = match parsed {
        Ok(text) => {
            let (learner, event) = (learned.learner.clone(), id.clone());
            let raised = state.db.write(move |conn| dispute::raise(conn, &learner, &event, &text)).await;
            match raised {
                Ok(()) => return Ok(see("/record/attendance")),
                Err(Refusal::Conflict(why)) => why,
                Err(other) => return Err(other.into()),
            }
        }
        Err(why) => why,
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &asked(learned, &state, id, said, Some(outcome)).await?)
}
