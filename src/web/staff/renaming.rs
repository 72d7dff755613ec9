//! A learner's name changed: the awards that were issued under an earlier one, chosen and issued again under the present.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::correction::{Reason, reasons};
use crate::{
    models::{Assertion, Credential, Profile, profile},
    registrar::correct::{self, BATCH, Why},
    values::Id,
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        kept,
    },
};

#[derive(Template)]
#[template(path = "standing/renaming.html")]
struct RenamingPage {
    frame: Frame,
    address: String,
    learner: Profile,
    /// Awards under another name, with that name.
    named: Vec<(Credential, String)>,
    reasons: Vec<(String, String)>,
    mail_is_on: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    award: Vec<String>,
    reason: String,
    public_reason: String,
    internal_note: String,
    notify: bool,
}

impl RenamingPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn id_of<'a>(&self, credential: &'a Credential) -> &'a str {
        credential.assertion_id.as_ref().map_or("", Id::as_str)
    }

    fn is_chosen(&self, credential: &Credential) -> bool {
        self.entered.award.iter().any(|id| id == self.id_of(credential))
    }
}

/// `GET /admin/learners/{id}/renaming`
pub async fn ask(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let kept = kept::form(&state, &request, &may.by).await?;
    page(&built(may, &state, id.into_inner(), kept, Errors::default()).await?)
}

async fn built(
    may: May<Revoke>,
    state: &State,
    id: Id<Profile>,
    entered: Option<Entered>,
    errors: Errors,
) -> Result<RenamingPage, Error> {
    let address = format!("/admin/learners/{id}");
    let (learner, named) = state
        .db
        .read(move |conn| {
            let learner = Some(profile::find(conn, &id)?).filter(Profile::is_person).ok_or(Error::NotFound)?;
            let named = correct::candidates(conn, &learner)?;
            Ok::<_, Error>((learner, named))
        })
        .await?;
    let all = || named.iter().filter_map(|(one, _)| one.assertion_id.as_ref().map(Id::to_string)).collect();
    let fresh = || Entered { award: all(), reason: "name".to_owned(), notify: true, ..Entered::default() };
    Ok(RenamingPage {
        frame: may.frame,
        address,
        entered: entered.unwrap_or_else(fresh),
        learner,
        named,
        reasons: reasons(),
        mail_is_on: state.config.smtp_url.is_some(),
        errors: errors.0,
    })
}

/// `POST /admin/learners/{id}/renaming`: in batches, each whole. What one batch did stands when a later one is refused.
pub async fn submit(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let (chosen, why) = match parsed(&form.0) {
        Ok(parsed) => parsed,
        Err(errors) => {
            let page = built(may, &state, id, Some(form.0), errors).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    for (batch, awards) in chosen.chunks(BATCH).enumerate() {
        // One mail is enough, however many awards there are.
        let why = Why { notify: why.notify && batch == 0, ..why.clone() };
        let (awards, portal, by, id) = (awards.to_vec(), state.portal.clone(), may.by.clone(), id.clone());
        state.db.write(move |conn| correct::rename(conn, (&id, &awards), &why, &portal, &by)).await?;
    }
    Ok(see(format!("/admin/learners/{id}")))
}

fn parsed(entered: &Entered) -> Result<(Vec<Id<Assertion>>, Why), Errors> {
    let mut errors = Errors::default();
    let chosen: Vec<Id<Assertion>> = entered.award.iter().filter_map(|id| id.parse().ok()).collect();
    if chosen.is_empty() {
        errors.add("award", "Choose at least one award");
    }
    let reason = Reason {
        reason: &entered.reason,
        public_reason: &entered.public_reason,
        internal_note: &entered.internal_note,
        notify: entered.notify,
    };
    let why = reason.parse(&mut errors);
    why.filter(|_| errors.is_empty()).map(|why| (chosen, why)).ok_or(errors)
}
