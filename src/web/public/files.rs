//! What hangs on a credential and has an address of its own: files that were handed in as evidence, and endorsements.
//! Their ids can't be guessed, and they are shown as long as the credential may be shown: what is unknown, not issued or
//! withheld answers the same.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use crate::{
    clr,
    models::{disclosure, endorsement, evidence_file},
    values::Iri,
    web::{State, drawn, error::Error, guards::Anyone},
};

/// `GET /files/{id}`
pub async fn show(_: Anyone, state: web::Data<State>, id: web::Path<Uuid>) -> Result<HttpResponse, Error> {
    let (about, content) = state
        .db
        .read(move |conn| {
            let about = disclosure::file(conn, &id.to_string())?.ok_or(Error::NotFound)?;
            let content = evidence_file::content(conn, &about.public_id)?;
            Ok::<_, Error>((about, content))
        })
        .await?;
    Ok(drawn::handed_in(&about.name, &about.media_type, content))
}

/// `GET /ims/clr/v1p0/endorsements/{id}` (CLR 1.0, OpenAPI `getEndorsement`): hosted, so this is the truth about it.
pub async fn endorsement(_: Anyone, state: web::Data<State>, id: web::Path<Uuid>) -> Result<HttpResponse, Error> {
    let found = state
        .db
        .read(move |conn| {
            let iri = Iri::parse(&format!("urn:uuid:{id}")).map_err(|_| Error::NotFound)?;
            let own = disclosure::endorsement(conn, &iri)?.ok_or(Error::NotFound)?;
            endorsement::published(conn, &own)?.ok_or(Error::NotFound)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("application/ld+json").body(clr::v1::endorsement(&found)))
}
