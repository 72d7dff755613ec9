//! Public keys, for whoever verifies: DID documents, the JWK Set, one key in the form that was asked for. Anybody's page may
//! read them, and may keep a copy for as long as a next key is published before it signs.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use crate::{
    models::{Profile, SigningKey, signing_key},
    registrar::{Refusal, keys::published},
    values::Id,
    web::{State, error::Error, guards::Anyone},
};

/// `GET /.well-known/did.json`
pub async fn publisher(_: Anyone, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let found = state.db.read(move |conn| published::publisher_document(conn, &portal)).await?;
    Ok(document("application/did+json", &found))
}

/// `GET /issuers/{id}/did.json`
pub async fn issuer(_: Anyone, state: web::Data<State>, id: web::Path<Id<Profile>>) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let found = state.db.read(move |conn| published::issuer_document(conn, &portal, &id)).await?;
    Ok(document("application/did+json", &found))
}

/// `GET /.well-known/jwks.json`
pub async fn jwk_set(_: Anyone, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let found = state.db.read(move |conn| published::jwk_set(conn, &portal)).await?;
    Ok(document("application/jwk-set+json", &found))
}

/// `GET /keys/{id}`: the JWK; the CLR 1.0 CryptographicKey or the Multikey where that was asked for.
pub async fn show(
    _: Anyone,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    one(&state, id.into_inner(), Form::asked(&request)).await
}

/// `GET /ims/clr/v1p0/keys/{id}` (CLR 1.0, OpenAPI `getKey`)
pub async fn cryptographic(
    _: Anyone,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
) -> Result<HttpResponse, Error> {
    one(&state, id.into_inner(), Form::CryptographicKey).await
}

async fn one(state: &State, id: Id<SigningKey>, form: Form) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let found = state
        .db
        .read(move |conn| {
            let key = signing_key::find(conn, &id)?;
            match form {
                Form::Jwk => published::jwk(&portal, &key),
                Form::Multikey => published::as_multikey(&portal, &key),
                Form::CryptographicKey => published::cryptographic_key(conn, &portal, &key),
            }
        })
        .await
        .map_err(|refusal: Refusal| Error::from(refusal))?;
    let mut answer = document(form.media_type(), &found);
    answer
        .headers_mut()
        .append(actix_web::http::header::VARY, actix_web::http::header::HeaderValue::from_static("Accept"));
    Ok(answer)
}

/// The forms of a key.
#[derive(Debug, Clone, Copy)]
enum Form {
    Jwk,
    CryptographicKey,
    Multikey,
}

impl Form {
    /// The first of the media types that were asked for which is one of ours; a JWK for everybody else.
    fn asked(request: &HttpRequest) -> Self {
        let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kinds =
            accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let form = |kind: String| match kind.as_str() {
            "application/ld+json" => Some(Form::CryptographicKey),
            "application/multikey+json" | "application/did+json" | "application/did" => Some(Form::Multikey),
            "application/jwk+json" | "application/json" => Some(Form::Jwk),
            _ => None,
        };
        kinds.filter_map(form).next().unwrap_or(Form::Jwk)
    }

    fn media_type(self) -> &'static str {
        match self {
            Form::Jwk => "application/jwk+json",
            Form::CryptographicKey => "application/ld+json",
            Form::Multikey => "application/multikey+json",
        }
    }
}

fn document(kind: &'static str, content: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Cache-Control", "public, max-age=300"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .body(content.to_string())
}
