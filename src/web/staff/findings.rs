//! What stands in the way of issuing, publishing or exporting, each finding with a link to where it is mended.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::{
    clr::v1::checks::{Class, Finding},
    db::{Conn, QueryError},
    models::{achievement, assertion, clr},
    values::{Id, Iri},
    web::{
        State,
        error::Error,
        frame::{Frame, page_with},
        objects::Managed,
    },
};

#[derive(Template)]
#[template(path = "staff/findings.html")]
struct FindingsPage {
    frame: Frame,
    found: Vec<Found>,
    /// Where it was asked for.
    back: String,
}

/// A finding, and the page of the object that it is about.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is wrong.
    pub finding: Finding,
    /// Where it can be looked at, where it is known here.
    pub address: Option<String>,
}

/// The refusal: 409, with every finding.
pub async fn refused(frame: Frame, state: &State, findings: Vec<Finding>, back: String) -> Result<HttpResponse, Error> {
    let found = state.db.read(move |conn| located(conn, findings).map_err(Error::from)).await?;
    page_with(StatusCode::CONFLICT, &FindingsPage { frame, found, back })
}

/// Findings with the pages of what they are about.
pub fn located(conn: &mut Conn, findings: Vec<Finding>) -> Result<Vec<Found>, QueryError> {
    findings.into_iter().map(|finding| Ok(Found { address: address(conn, &finding)?, finding })).collect()
}

fn address(conn: &mut Conn, finding: &Finding) -> Result<Option<String>, QueryError> {
    let Some((class, id)) = &finding.within else { return Ok(None) };
    let Ok(iri) = Iri::parse(id) else { return Ok(None) };
    let to = |path: &str, id: &str| Some(format!("/admin/{path}/{id}"));
    Ok(match class {
        Class::Achievement => achievement::by_iri(conn, &iri)?.and_then(|one| to("achievements", one.id.as_str())),
        Class::Assertion => assertion::by_iri(conn, &iri)?.and_then(|one| to("assertions", one.id.as_str())),
        Class::Clr => clr::by_iri(conn, &iri)?.map(|one| one.address()),
        _ => None,
    })
}

/// The row id in the address of a page, for links between pages of the same object.
pub fn page_of<T: Managed>(id: &Id<T>) -> String {
    format!("/admin/{}/{id}", T::KIND.path)
}
