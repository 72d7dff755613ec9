//! Taking an endorsement back.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    db::Conn,
    models::{
        Actor, Endorsement,
        endorsement::{self, Listed},
    },
    values::{Id, Line, Origin},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        objects::Managed,
    },
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "endorsements/revocation.html")]
struct RevocationPage {
    frame: Frame,
    address: String,
    listed: Listed,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl RevocationPage {
    fn wrong(&self) -> Option<&str> {
        self.errors.first().map(|(_, sentence)| sentence.as_str())
    }
}

fn revocable(conn: &mut Conn, id: &Id<Endorsement>, by: &Actor) -> Result<Listed, Error> {
    let found = endorsement::find(conn, id)?;
    if !found.exists_for(conn, by)? {
        return Err(Error::NotFound);
    }
    if found.revoked_at.is_some() || found.origin == Origin::Foreign {
        return Err(Error::Conflict("This endorsement can’t be revoked: it was revoked, or is not ours.".to_owned()));
    }
    Ok(endorsement::listed(conn, found)?)
}

async fn built(
    may: May<Revoke>,
    state: &State,
    id: Id<Endorsement>,
    entered: Entered,
    errors: Errors,
) -> Result<RevocationPage, Error> {
    let (by, address) = (may.by, format!("/admin/endorsements/{id}"));
    let listed = state.db.read(move |conn| revocable(conn, &id, &by)).await?;
    Ok(RevocationPage { frame: may.frame, address, listed, entered, errors: errors.0 })
}

/// `GET /admin/endorsements/{id}/revocation`
pub async fn ask(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Endorsement>>,
) -> Result<HttpResponse, Error> {
    page(&built(may, &state, id.into_inner(), Entered::default(), Errors::default()).await?)
}

/// `POST /admin/endorsements/{id}/revocation`
pub async fn submit(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Endorsement>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let mut errors = Errors::default();
    let told = Line::parse(&form.0.reason).map_err(|why| why.wanting("the reason, which everybody reads"));
    let Some(reason) = errors.check("reason", told) else {
        let page = built(may, &state, id.into_inner(), form.0, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let (by, address) = (may.by, format!("/admin/endorsements/{id}"));
    state
        .db
        .write(move |conn| {
            revocable(conn, &id, &by)?;
            match endorsement::revoke(conn, &id, &reason, &by)? {
                true => Ok(()),
                false => Err(Error::Conflict("Somebody else has just revoked it.".to_owned())),
            }
        })
        .await?;
    Ok(see(address))
}
