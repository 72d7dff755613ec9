//! Revoking: who is affected, what the public is told, what stays in the office.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    clock,
    models::{Assertion, assertion, credential, record::Award},
    registrar::{
        issue::refuse_if_not_ours,
        revoke::{Reason, revoke},
    },
    values::{Id, Invalid, Line, Prose, Status, optional},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        kept,
    },
};

#[derive(Template)]
#[template(path = "assertions/revocation.html")]
struct RevocationPage {
    frame: Frame,
    address: String,
    award: Award,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    /// What the public is told.
    #[serde(default)]
    pub public_reason: String,
    /// What stays in the office.
    #[serde(default)]
    pub internal_note: String,
}

/// `GET /admin/assertions/{id}/revocation`
pub async fn ask(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<Revoke>,
    state: &State,
    id: Id<Assertion>,
    entered: Entered,
    errors: Errors,
) -> Result<RevocationPage, Error> {
    let by = may.by.clone();
    let address = format!("/admin/assertions/{id}");
    let award = state
        .db
        .read(move |conn| {
            let found = assertion::find(conn, &id)?;
            refuse_if_not_ours(conn, &found, &by)?;
            let issued = credential::of_assertion(conn, &id)?
                .ok_or_else(|| Error::Conflict("This award was not issued yet.".to_owned()))?;
            if !matches!(issued.status, Status::InForce | Status::Suspended) {
                return Err(Error::Conflict(
                    "This award can no longer be revoked: it was revoked or replaced.".to_owned(),
                ));
            }
            Ok::<_, Error>(credential::award(conn, &issued, clock::now())?)
        })
        .await?;
    Ok(RevocationPage { frame: may.frame, address, award, entered, errors: errors.0 })
}

/// `POST /admin/assertions/{id}/revocation`
pub async fn submit(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let reason = match reason(&form.0) {
        Ok(reason) => reason,
        Err(errors) => {
            let page = built(may, &state, id.into_inner(), form.0, errors).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let (by, address) = (may.by, format!("/admin/assertions/{id}"));
    state.db.write(move |conn| revoke(conn, &id, &reason, &by)).await?;
    Ok(see(address))
}

/// The reason that was entered, or what was wrong with it.
pub fn reason(entered: &Entered) -> Result<Reason, Errors> {
    let mut errors = Errors::default();
    let public = errors.check(
        "public_reason",
        Line::parse(&entered.public_reason).map_err(|why| match why {
            Invalid::Missing(_) => Invalid::Missing("the reason that the public is told"),
            other => other,
        }),
    );
    let internal = errors.check("internal_note", optional(&entered.internal_note, Prose::parse)).flatten();
    match public {
        Some(public) if errors.is_empty() => Ok(Reason { public, internal }),
        _ => Err(errors),
    }
}

impl RevocationPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }
}
