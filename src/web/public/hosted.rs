//! The addresses of CLR 1.0 that need no account: hosted assertions, revocation lists, and a credential as it was signed.
//! Their ids can't be guessed; what is unknown, not issued or withheld answers the same.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::{
    credential::the_one,
    validate::{self, Opened},
};
use crate::{
    clock,
    models::{Profile, credential, disclosure},
    registrar::clr1::{self, Extent},
    values::{Id, Iri},
    web::{State, drawn, error::Error, guards::Anyone},
};

/// `GET /ims/clr/v1p0/assertions/{id}` (CLR 1.0, OpenAPI `getAssertion`): hosted, so this is the truth about it.
pub async fn assertion(_: Anyone, state: web::Data<State>, id: web::Path<Uuid>) -> Result<HttpResponse, Error> {
    let iri = Iri::published(&state.config.base_url, "assertions", id.into_inner());
    let of = iri.clone();
    let award = state
        .db
        .read(move |conn| {
            let open = disclosure::hosted(conn, &of)?.ok_or(Error::NotFound)?;
            Ok::<_, Error>(credential::award(conn, &open, clock::now())?)
        })
        .await?;
    let document = clr1::hosted(&state.db, &state.portal, &award, iri.as_str()).await?;
    Ok(HttpResponse::Ok().content_type("application/ld+json").body(document))
}

/// `GET /ims/clr/v1p0/revocations/{id}` (CLR 1.0, OpenAPI `getRevocationList`)
pub async fn revocations(
    _: Anyone,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let list = state.db.read(move |conn| clr1::revocation_list(conn, &portal, &id)).await?;
    Ok(HttpResponse::Ok().content_type("application/ld+json").body(list))
}

/// `GET /c/{cedid}.jws`: what the code opens, as the publisher signed it (CLR 1.0, `CompactJws`). Of a published record
/// that is what its page says: the record itself goes to the learner and to staff.
pub async fn signed(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(opened) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let code = match opened {
        Opened::Award(award) => {
            super::signed::signed(&state, &award).await?;
            award.issued.assertion.cedid
        }
        Opened::Record(cover) => cover.cedid,
    };
    let token = clr1::signed(&state.db, &state.portal.only_signing(), &code, Extent::Opened).await?;
    Ok(drawn::file(drawn::JWS, &format!("clr-{code}.jws"), token))
}
