//! Which publishers' ids are this institution's own. What such a publisher wrote in an older system comes in as ours.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        profile,
        publisher_claim::{self, PublisherClaim},
    },
    registrar::Refusal,
    values::Iri,
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ManageSettings, May},
    },
};

#[derive(Template)]
#[template(path = "imports/claims.html")]
struct ClaimsPage {
    frame: Frame,
    claims: Vec<PublisherClaim>,
    /// The portal's own publisher, which needs no claim.
    own: Option<(String, String)>,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    iri: String,
}

/// `GET /admin/settings/publishers`
pub async fn index(
    may: May<ManageSettings>,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered = serde_html_form::from_str(request.query_string()).unwrap_or_default();
    page(&built(may.frame, &state, entered, Errors::default()).await?)
}

async fn built(frame: Frame, state: &State, entered: Entered, errors: Errors) -> Result<ClaimsPage, Error> {
    let (claims, own) =
        state.db.read(|conn| Ok::<_, Error>((publisher_claim::all(conn)?, profile::publisher(conn)?))).await?;
    let own = own.map(|own| (own.name.to_string(), own.iri.to_string()));
    Ok(ClaimsPage { frame, claims, own, entered, errors: errors.0 })
}

/// `POST /admin/settings/publishers`: claims an id.
pub async fn claim(
    may: May<ManageSettings>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let mut errors = Errors::default();
    if let Some(iri) = errors.check("iri", Iri::parse(&form.0.iri)) {
        let by = may.by;
        let claimed = state.db.write(move |conn| Ok::<_, Refusal>(publisher_claim::claim(conn, &iri, &by)?)).await?;
        if claimed {
            return Ok(see("/admin/settings/publishers"));
        }
        errors.add("iri", "This id was claimed before");
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, form.0, errors).await?)
}

/// `POST /admin/settings/publishers/removal`: gives a claim up.
pub async fn give_up(
    may: May<ManageSettings>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let iri = Iri::parse(&form.0.iri).map_err(|_| Error::NotFound)?;
    let by = may.by;
    let gone = state.db.write(move |conn| Ok::<_, Refusal>(publisher_claim::give_up(conn, &iri, &by)?)).await?;
    if gone { Ok(see("/admin/settings/publishers")) } else { Err(Error::NotFound) }
}

impl ClaimsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}
