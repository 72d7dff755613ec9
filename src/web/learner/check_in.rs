//! Self check-in on a learner's own telephone. Opening the address changes nothing; the button does. Who has to sign in
//! first gets a link by mail that leads back here, and counts as having come when the code was scanned.

use std::time::Duration;

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    clock,
    db::Conn,
    models::{Actor, Event, Profile, achievement, event, profile},
    registrar::{
        Refusal,
        check_in::{self, ARRIVAL_MINUTES, Away, CheckIn},
        sign_in::{self, LINK_MINUTES},
    },
    sign::passing_code,
    values::{Code, Email, Id},
    web::{
        State,
        error::Error,
        forms::Submitted,
        frame::{Frame, page, page_with, see},
        guards::Stranger,
        limits,
        occasion::when,
        sessions,
    },
    words,
};

/// How long asking for a link takes at least, so that the time does not tell whether the address is known.
const ALIKE: Duration = Duration::from_millis(300);

#[derive(Template)]
#[template(path = "learner/check_in.html")]
struct CheckInPage {
    frame: Frame,
    title: String,
    when: String,
    place: String,
    /// Whether somebody is signed in as a learner; others are asked for their address.
    signed_in: bool,
    email: String,
    errors: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "learner/checked_in.html")]
struct CheckedInPage {
    frame: Frame,
    tone: &'static str,
    icon: &'static str,
    heading: String,
    text: String,
}

#[derive(Template)]
#[template(path = "learner/check_in_code.html")]
struct CodePage {
    frame: Frame,
    event: String,
    code: String,
    errors: Vec<(&'static str, String)>,
}

/// The event's code and the screen's, typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    event: String,
    code: String,
}

/// `GET /check-in`: for those who cannot scan. With both codes it leads to the event.
pub async fn code(
    stranger: Stranger,
    state: web::Data<State>,
    typed: web::Query<Typed>,
) -> Result<HttpResponse, Error> {
    let (frame, Typed { event, code }) = (stranger.frame, typed.into_inner());
    if event.trim().is_empty() && code.trim().is_empty() {
        return page(&CodePage { frame, event, code, errors: Vec::new() });
    }
    let (named, entered) = (event.clone(), passing_code::typed(&code));
    let found = match Code::parse(&named) {
        Ok(named) => state.db.read(move |conn| event::by_code(conn, named.as_str()).map_err(Error::from)).await?,
        Err(_) => None,
    };
    match found {
        Some(event) if !entered.is_empty() => Ok(see(format!("/check-in/{}/{entered}", event.id))),
        found => {
            let (field, key) =
                if found.is_none() { ("event", "check-in-no-event") } else { ("code", "check-in-no-code") };
            let errors = vec![(field, frame.words.get(key))];
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { frame, event, code, errors })
        }
    }
}

/// The learner who is signed in, if one is.
async fn signed_in(request: &HttpRequest, state: &State, frame: &mut Frame) -> Result<Option<Profile>, Error> {
    let Some(id) = sessions::learner_id(&request.get_session()) else { return Ok(None) };
    let learner = state.db.read(move |conn| profile::find(conn, &id).map_err(Error::from)).await;
    let learner = match learner {
        Err(Error::NotFound) => None,
        other => Some(other?),
    };
    frame.learner = learner.as_ref().map(|learner| learner.name.to_string());
    Ok(learner)
}

/// `GET /check-in/{id}/{code}`
pub async fn show(
    stranger: Stranger,
    state: web::Data<State>,
    place: web::Path<(Id<Event>, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut frame = stranger.frame;
    let learner = signed_in(&request, &state, &mut frame).await?;
    asked(frame, &state, place.into_inner(), (learner, String::new()), Vec::new()).await
}

/// The page with its button, or why there is none.
async fn asked(
    frame: Frame,
    state: &State,
    (id, code): (Id<Event>, String),
    (learner, email): (Option<Profile>, String),
    errors: Vec<(&'static str, String)>,
) -> Result<HttpResponse, Error> {
    let (codes, own) = (state.check_in.clone(), learner.as_ref().map(|learner| learner.id.clone()));
    let (event, title, admitted) = state
        .db
        .read(move |conn| {
            let (event, admitted) = check_in::admitted(conn, &codes, (&id, &code), own.as_ref())?;
            let title = title(conn, &event)?;
            Ok::<_, Error>((event, title, admitted))
        })
        .await?;
    if let Err(away) = admitted {
        return sent_away(frame, &event, &away);
    }
    let (when, place) = (when(&frame.words, &event), event.place.map(String::from).unwrap_or_default());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &CheckInPage { signed_in: learner.is_some(), frame, title, when, place, email, errors })
}

fn title(conn: &mut Conn, event: &Event) -> Result<String, Error> {
    Ok(achievement::find(conn, &event.achievement_id)?.name.to_string())
}

/// What was entered: nothing but the button, or an address for a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    email: String,
}

/// `POST /check-in/{id}/{code}`: checks in who is signed in, and sends a link to who is not.
pub async fn submit(
    stranger: Stranger,
    state: web::Data<State>,
    place: web::Path<(Id<Event>, String)>,
    request: HttpRequest,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let mut frame = stranger.frame;
    let (id, code) = place.into_inner();
    let Some(learner) = signed_in(&request, &state, &mut frame).await? else {
        return send_link(frame, &state, (id, code), form.0.email, &request).await;
    };
    let by = Actor::learner(&learner, Some(frame.request_id.clone()));
    let codes = state.check_in.clone();
    let (event, title, done) = state
        .db
        .write(move |conn| {
            let done = check_in::check_in(conn, &codes, (&id, &code), &learner, &by)?;
            let event = event::find(conn, &id)?;
            let title = achievement::find(conn, &event.achievement_id)?.name.to_string();
            Ok::<_, Refusal>((event, title, done))
        })
        .await?;
    let words = frame.words.clone();
    let (heading, text) = match done {
        CheckIn::Away(away) => return sent_away(frame, &event, &away),
        CheckIn::Done => (words.get("check-in-done"), words.with("check-in-done-text", "event", title)),
        CheckIn::Before(at) => {
            let time = event.time_zone.wall_clock(at).format("%H:%M").to_string();
            (words.get("check-in-before"), words.with("check-in-before-text", "time", time))
        }
    };
    page(&CheckedInPage { frame, tone: "ok", icon: "check", heading, text })
}

/// Sends a link that leads back here, while the code holds. Whether the address is known is not told.
async fn send_link(
    frame: Frame,
    state: &State,
    (id, code): (Id<Event>, String),
    typed: String,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    let Ok(email) = Email::parse(&typed) else {
        let wrong = if typed.trim().is_empty() { "email-missing" } else { "email-malformed" };
        let errors = vec![("email", frame.words.get(wrong))];
        return asked(frame, state, (id, code), (None, typed), errors).await;
    };
    state.limits.sign_in(limits::address(request, state))?;
    let (codes, portal, own) = (state.check_in.clone(), state.portal.clone(), id.clone());
    let sending = state.db.write(move |conn| {
        let (event, admitted) = check_in::admitted(conn, &codes, (&own, &code), None)?;
        if admitted.is_ok() {
            let next = |learner: &Id<Profile>| {
                Some(format!("/check-in/{}/{}", event.id, codes.arrival(&event.id, learner, clock::now())))
            };
            sign_in::request_link(conn, &email, &portal, next)?;
        }
        Ok::<_, Refusal>((event, admitted.err()))
    });
    let (sent, ()) = tokio::join!(sending, tokio::time::sleep(ALIKE));
    let (event, away) = sent?;
    if let Some(away) = away {
        return sent_away(frame, &event, &away);
    }
    let heading = frame.words.get("sent-heading");
    let text = frame.words.with("check-in-sent", "minutes", ARRIVAL_MINUTES.min(LINK_MINUTES));
    page(&CheckedInPage { frame, tone: "info", icon: "mail", heading, text })
}

/// Why somebody can't be checked in: 410 for what is over, 422 for the rest.
fn sent_away(frame: Frame, event: &Event, away: &Away) -> Result<HttpResponse, Error> {
    let words = &frame.words;
    let local = |at| {
        let at = event.time_zone.wall_clock(at);
        format!("{}, {}", words::date(words, at.date()), at.format("%H:%M"))
    };
    let (status, key, text) = match away {
        Away::NotYet(opens) => (422, "not-yet", words.with("check-in-not-yet-text", "time", local(*opens))),
        Away::Closed => (410, "closed", words.get("check-in-closed-text")),
        Away::Cancelled => (410, "cancelled", words.get("check-in-cancelled-text")),
        Away::Old => (410, "old", words.get("check-in-old-text")),
        Away::Elsewhere => (422, "elsewhere", words.get("check-in-elsewhere-text")),
        Away::Unknown => (422, "unknown", words.get("check-in-unknown-text")),
        Away::Otherwise(_) => (422, "otherwise", words.get("check-in-otherwise-text")),
        Away::Barred => (422, "barred", words.get("check-in-barred-text")),
    };
    let heading = words.get(&format!("check-in-{key}"));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    page_with(status, &CheckedInPage { frame, tone: "bad", icon: "cross", heading, text })
}
