//! Files as answers, and PDFs, which cost processor time: drawn on a thread for blocking work, few at once.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web,
};

use super::{State, error::Error, guards::encode};
use crate::{
    models::record::Award,
    pdf::{self, Badge, Fonts, Links},
    values::CeDiD,
};

/// The type of a signed document in its compact form (RFC 7515, 9.2.1).
pub const JWS: &str = "application/jose";

/// A file to keep. Always an attachment: nothing that was made from other people's words is opened inside our pages.
pub fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// A file that somebody handed in, byte for byte. It is never opened inside our pages, and should a browser open it all
/// the same, nothing in it runs.
pub fn handed_in(name: &str, kind: &str, bytes: Vec<u8>) -> HttpResponse {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let whole = encode(name).replace('/', "_");
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")))
        .insert_header(("Content-Security-Policy", "default-src 'none'; sandbox"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(bytes)
}

/// A picture that somebody may have handed in: kept as a file, and should a browser open it all the same, nothing in it
/// runs and nothing is fetched.
pub fn picture(kind: &'static str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    let mut answer = file(kind, name, bytes);
    let policy = HeaderValue::from_static("default-src 'none'; img-src data:; sandbox");
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    answer
}

/// The drawn badge of an award, once there is room to draw it, as a file of either kind.
pub async fn badge<T: Send + 'static>(
    state: &web::Data<State>,
    award: Award,
    draw: impl FnOnce(&Badge) -> Option<T> + Send + 'static,
) -> Result<T, Error> {
    let own = state.clone();
    let _turn = state.drawing.acquire().await.map_err(|error| Error::Defect(error.to_string()))?;
    let failed = |why: &str| Error::Defect(format!("a badge could not be drawn: {why}"));
    let drawing = web::block(move || draw(&pdf::badge(&award.issued, &own.fonts)));
    drawing.await.map_err(|error| failed(&error.to_string()))?.ok_or_else(|| failed("it has no room"))
}

/// The PDF of a learner's record, once there is room to draw it.
pub async fn pdf(
    state: web::Data<State>,
    name: &str,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let links = links(&state, "record", "learner-record.json");
    in_turn(state, links, name, draw).await
}

/// The PDF of what a share shows, once there is room to draw it. Its address is the share's.
pub async fn pdf_of_share(
    token: &str,
    state: web::Data<State>,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let links = links(&state, &format!("s/{token}"), "shared-record.json");
    in_turn(state, links, "shared-record.pdf", draw).await
}

/// A PDF of one credential, once there is room to draw it.
pub async fn pdf_of(
    code: &CeDiD,
    state: web::Data<State>,
    name: &str,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let links = links(&state, &format!("c/{code}"), &json_name(code));
    in_turn(state, links, name, draw).await
}

/// The PDF of a published record, or of one as it would be, once there is room to draw it.
pub async fn pdf_of_record(
    code: &CeDiD,
    state: web::Data<State>,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let links = links(&state, &format!("c/{code}"), &record_json_name(code));
    in_turn(state, links, &format!("record-{code}.pdf"), draw).await
}

/// The name of a published record's JSON, as a file and inside its PDF.
pub fn record_json_name(code: &CeDiD) -> String {
    format!("record-{code}.json")
}

/// The name of a credential's JSON, as a file and inside its PDF.
pub fn json_name(code: &CeDiD) -> String {
    format!("clr-{code}.json")
}

fn links(state: &State, page: &str, json_name: &str) -> Links {
    let base = &state.config.base_url;
    Links {
        page: format!("{base}/{page}"),
        validation: format!("{base}/"),
        codes: format!("{base}/c/"),
        json_name: json_name.to_owned(),
    }
}

async fn in_turn(
    state: web::Data<State>,
    links: Links,
    name: &str,
    draw: impl FnOnce(&Links, &Fonts) -> Result<Vec<u8>, pdf::Error> + Send + 'static,
) -> Result<HttpResponse, Error> {
    let own = state.clone();
    let _turn = state.drawing.acquire().await.map_err(|error| Error::Defect(error.to_string()))?;
    let failed = |why: &dyn std::fmt::Display| Error::Defect(format!("a PDF could not be drawn: {why}"));
    let drawing = web::block(move || draw(&links, &own.fonts)).await.map_err(|error| failed(&error))?;
    Ok(file("application/pdf", name, drawing.map_err(|error| failed(&error))?))
}
