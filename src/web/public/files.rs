//! What hangs on a credential and has an address of its own: files that were handed in as evidence, and endorsements.
//! Their ids can't be guessed, and they are shown as long as the credential may be shown: what is unknown, not issued or
//! withheld answers the same.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use crate::{
    clr,
    db::{Conn, QueryError},
    models::{
        Credential, credential,
        credential::Disclosed,
        endorsement::{self, Endorsed},
        evidence_file,
    },
    values::Iri,
    web::{State, drawn, error::Error, guards::Anyone},
};

/// `GET /files/{id}`
pub async fn show(_: Anyone, state: web::Data<State>, id: web::Path<Uuid>) -> Result<HttpResponse, Error> {
    let (about, content) = state
        .db
        .read(move |conn| {
            let about = evidence_file::about(conn, &id.to_string())?;
            let credential = evidence_file::credential_of(conn, &about)?;
            if !is_shown(conn, credential.as_ref())? {
                return Err(Error::NotFound);
            }
            let content = evidence_file::content(conn, &about.public_id)?;
            Ok((about, content))
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
            let own = endorsement::by_iri(conn, &iri)?.ok_or(Error::NotFound)?;
            let of = match own.endorsed() {
                Some(Endorsed::Assertion(award)) => Some(credential::of_assertion(conn, &award)?),
                Some(Endorsed::Clr(record)) => Some(credential::of_clr(conn, &record)?),
                // What was said of an achievement or an office is held by every credential of it.
                _ => None,
            };
            match &of {
                Some(credential) if !is_shown(conn, credential.as_ref())? => Err(Error::NotFound),
                _ => endorsement::published(conn, &own)?.ok_or(Error::NotFound),
            }
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("application/ld+json").body(clr::v1::endorsement(&found)))
}

/// Whether whoever has its code would be shown this credential.
fn is_shown(conn: &mut Conn, found: Option<&Credential>) -> Result<bool, QueryError> {
    let Some(found) = found else { return Ok(false) };
    Ok(match credential::disclosed(conn, &found.cedid)? {
        Disclosed::One(shown) => shown.id == found.id,
        Disclosed::Several(_) | Disclosed::Nothing => false,
    })
}
