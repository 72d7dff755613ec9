//! Revoking a published record: what the public is told, what stays in the office, and what it does not touch.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    findings::page_of,
    revocation::{Entered, reason},
};
use crate::{
    clock,
    models::{Clr, credential, published, published::Cover},
    registrar::revoke::revoke_record,
    values::{Id, Status},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        kept,
    },
};

#[derive(Template)]
#[template(path = "clrs/revocation.html")]
struct RevocationPage {
    frame: Frame,
    address: String,
    cover: Cover,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl RevocationPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }
}

/// `GET /admin/clrs/{id}/revocation`
pub async fn ask(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<Revoke>,
    state: &State,
    id: Id<Clr>,
    entered: Entered,
    errors: Errors,
) -> Result<RevocationPage, Error> {
    let address = page_of(&id);
    let cover = state
        .db
        .read(move |conn| {
            crate::models::clr::find(conn, &id)?;
            let published = credential::of_clr(conn, &id)?
                .ok_or_else(|| Error::Conflict("This record was not published by us.".to_owned()))?;
            if !matches!(published.status, Status::InForce | Status::Suspended) {
                return Err(Error::Conflict("This record was revoked already.".to_owned()));
            }
            Ok::<_, Error>(published::cover(conn, &published, clock::now())?)
        })
        .await?;
    Ok(RevocationPage { frame: may.frame, address, cover, entered, errors: errors.0 })
}

/// `POST /admin/clrs/{id}/revocation`
pub async fn submit(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let reason = match reason(&form.0) {
        Ok(reason) => reason,
        Err(errors) => {
            let page = built(may, &state, id.into_inner(), form.0, errors).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let (by, address) = (may.by, page_of(&id));
    state.db.write(move |conn| revoke_record(conn, &id, &reason, &by)).await?;
    Ok(see(address))
}
