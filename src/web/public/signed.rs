//! What was signed of a credential, as it was signed, and where its status is told. What a visitor may not see answers
//! as if it were not there; what was revoked keeps its bytes, and the lists tell of it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    credential::the_one,
    validate::{self, Opened},
};
use crate::{
    models::{
        credential, credential_document,
        record::Award,
        signed_form::{self, DATA_INTEGRITY},
        status_list::StatusList,
    },
    registrar::{Refusal, proof},
    values::Id,
    web::{State, drawn, error::Error, guards::Anyone},
};

/// `GET /c/{cedid}.vc.json`: Open Badges 3.0. A record's own credential goes to the learner and to staff.
pub async fn vc(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(Opened::Award(award)) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let name = format!("credential-{}.vc.json", award.issued.assertion.cedid);
    match signed(&state, &award).await? {
        Some(content) => Ok(drawn::file("application/json", &name, content)),
        None => Err(Error::NotFound),
    }
}

/// `GET /c/{cedid}.jwt`: the same as JWT.
pub async fn jwt(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    typed: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(Opened::Award(award)) = the_one(&state, &request, &typed).await? else {
        return validate::unknown(anyone.frame, &typed);
    };
    let name = format!("credential-{}.jwt", award.issued.assertion.cedid);
    signed(&state, &award).await?;
    match proof::jwt(&state.db, &state.portal.only_signing(), &award.issued.assertion.id).await? {
        Some(content) => Ok(drawn::file("text/plain; charset=utf-8", &name, content)),
        None => Err(Error::NotFound),
    }
}

/// The signed credential of an award. One from before there were signatures, or that was brought in from another system,
/// is signed now, and its issuer's Ed25519 key is made now, which takes no time: made sooner, it would tie down an import
/// that can still be taken back. Queued work makes the key for JWS then.
pub async fn signed(state: &State, award: &Award) -> Result<Option<Vec<u8>>, Error> {
    let id = award.issued.assertion.id.clone();
    let find = move |conn: &mut _| Ok::<_, Refusal>(signed_form::find(conn, &id, DATA_INTEGRITY)?);
    if let Some(form) = state.db.read(find.clone()).await? {
        return Ok(Some(form.content.into_inner()));
    }
    let (code, portal) = (award.issued.assertion.cedid.clone(), state.portal.clone());
    let form = state
        .db
        .write(move |conn| {
            if let Some(own) = credential::by_cedid(conn, &code)? {
                let issued = credential_document::issued(conn, &own.id)?;
                proof::sign_award(conn, &portal, &own.id, &issued)?;
            }
            find(conn)
        })
        .await?;
    Ok(form.map(|form| form.content.into_inner()))
}

/// `GET /status/{id}`: a Bitstring Status List credential.
pub async fn status(_: Anyone, state: web::Data<State>, id: web::Path<Id<StatusList>>) -> Result<HttpResponse, Error> {
    let content = proof::status_list(&state.db, &state.portal.only_signing(), id.into_inner()).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(content))
}

/// `GET /revocations/{id}`: the 1EdTech revocation list of the same credentials.
pub async fn revocations(
    _: Anyone,
    state: web::Data<State>,
    id: web::Path<Id<StatusList>>,
) -> Result<HttpResponse, Error> {
    let portal = state.portal.only_signing();
    let content = state.db.read(move |conn| proof::revocation_list(conn, &portal, &id)).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(content))
}

/// `GET /refresh/{secret}`: the newest published record of the learner whose older one names this address.
pub async fn refresh(_: Anyone, state: web::Data<State>, secret: web::Path<String>) -> Result<HttpResponse, Error> {
    match state.db.read(move |conn| proof::newest(conn, &secret)).await? {
        Some(form) => Ok(HttpResponse::Ok().content_type("application/json").body(form.content.into_inner())),
        None => Err(Error::NotFound),
    }
}
