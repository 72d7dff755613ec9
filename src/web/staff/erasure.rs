//! Erasing a learner's data on legal request: what goes, what stays, and a number or name typed to be sure.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Credential, Profile,
        erasure::{self, Erasure},
        profile,
    },
    registrar::erase::{erase, refuse_unless_erasable},
    values::{Code, Id, Line},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{EraseLearners, May},
        kept,
    },
};

#[derive(Template)]
#[template(path = "staff/erasure.html")]
struct ErasurePage {
    frame: Frame,
    address: String,
    learner: Profile,
    codes: usize,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What is left of an erased learner.
#[derive(Template)]
#[template(path = "staff/tombstone.html")]
struct TombstonePage {
    frame: Frame,
    erasure: Erasure,
    codes: Vec<Credential>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    reason: String,
    sure: String,
}

impl ErasurePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn typed(&self) -> String {
        word(&self.learner)
    }
}

/// What is typed to be sure: the student number, or the name where there is none.
fn word(learner: &Profile) -> String {
    learner.student_id.as_ref().map_or_else(|| learner.name.to_string(), Code::to_string)
}

/// What is left of an erased learner, as a page; nothing while the learner is not erased.
pub async fn tombstone(state: &State, id: Id<Profile>, frame: &Frame) -> Result<Option<HttpResponse>, Error> {
    let left = state.db.read(move |conn| {
        let Some(erasure) = erasure::of(conn, &id)? else { return Ok(None) };
        Ok::<_, Error>(Some((erasure, erasure::tombstones(conn, &id)?)))
    });
    let Some((erasure, codes)) = left.await? else { return Ok(None) };
    page(&TombstonePage { frame: frame.clone(), erasure, codes }).map(Some)
}

/// `GET /admin/learners/{id}/erasure`
pub async fn ask(
    may: May<EraseLearners>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<EraseLearners>,
    state: &State,
    id: Id<Profile>,
    entered: Entered,
    errors: Errors,
) -> Result<ErasurePage, Error> {
    let address = format!("/admin/learners/{id}");
    let (learner, codes) = state
        .db
        .read(move |conn| {
            let learner = profile::find(conn, &id)?;
            refuse_unless_erasable(conn, &learner)?;
            let codes = erasure::tombstones(conn, &id)?.len();
            Ok::<_, Error>((learner, codes))
        })
        .await?;
    Ok(ErasurePage { frame: may.frame, address, learner, codes, entered, errors: errors.0 })
}

/// `POST /admin/learners/{id}/erasure`
pub async fn submit(
    may: May<EraseLearners>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let wanted = id.clone();
    let learner = state.db.read(move |conn| profile::find(conn, &wanted).map_err(Error::from)).await?;
    let mut errors = Errors::default();
    let reason = Line::parse(&form.0.reason).map_err(|why| why.wanting("the reason"));
    let reason = errors.check("reason", reason);
    if form.0.sure.trim() != word(&learner) {
        errors.add("sure", format!("Type {} to be sure", word(&learner)));
    }
    let Some(reason) = reason.filter(|_| errors.is_empty()) else {
        let page = built(may, &state, id, form.0, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let (by, address) = (may.by, format!("/admin/learners/{id}"));
    state.db.write(move |conn| erase(conn, &id, &reason, &by)).await?;
    Ok(see(address))
}
