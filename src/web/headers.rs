//! Around every answer: a request id, the security headers, the check of where a form came from, a page for each error,
//! and the last resort when a handler panics.

use std::panic::AssertUnwindSafe;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Result,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use askama::Template;
use futures_util::FutureExt;

use super::{State, error::Error, frame::Frame};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const EVERYWHERE: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

struct RequestId(String);

/// The id of this request.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// A page for an answer that is not what was asked for.
#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorPage {
    frame: Frame,
    heading: String,
    text: String,
    /// The form with what was typed in it.
    form: Option<String>,
}

/// Around each resource: a failure of what lies within, and a panic, become answers of this request. It stands inside
/// the routing, because the router needs its request to itself until it has found the way.
pub async fn settle(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>> {
    let http = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => Ok(answer.map_into_boxed_body()),
        Ok(Err(error)) => Ok(ServiceResponse::new(http, HttpResponse::from_error(Error::from_within(error)))),
        Err(_) => {
            tracing::error!(request_id = %request_id(&http), route = http.match_pattern(), "a handler panicked");
            let defect = Error::Defect("a handler panicked".to_owned());
            Ok(ServiceResponse::new(http, HttpResponse::from_error(defect)))
        }
    }
}

/// Around everything.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>> {
    let id = crate::clock::row_id().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let answer = if comes_from_elsewhere(&request) {
        request.into_response(HttpResponse::from_error(Error::WrongToken)).map_into_boxed_body()
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let http = answer.request().clone();
    let is_static = http.path().starts_with("/static/");
    let mut answer = with_page(answer, &http, &id).await;
    let https = http.app_data::<web::Data<State>>().is_some_and(|state| state.config.is_https());
    let headers = answer.headers_mut();
    for (name, value) in EVERYWHERE {
        set_unless_there(headers, name, value);
    }
    if https {
        set_unless_there(headers, "strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    if !is_static {
        set_unless_there(headers, "cache-control", "no-store");
        set_unless_there(headers, "x-robots-tag", "noindex");
        set_unless_there(headers, "vary", "Accept-Language");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(answer)
}

fn set_unless_there(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    let name = HeaderName::from_static(name);
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A form from another site: told by Fetch Metadata, or by an Origin that is not ours. The session's token is the first
/// layer; this is the second, and the only one for public forms that keep no state.
fn comes_from_elsewhere(request: &ServiceRequest) -> bool {
    if request.method().is_safe() {
        return false;
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match header("origin") {
        None => false,
        Some(origin) => {
            let own =
                request.app_data::<web::Data<State>>().map(|state| state.config.base_url.clone()).unwrap_or_default();
            let host = header("host").unwrap_or_default();
            origin != own && origin.split_once("://").map(|(_, from)| from) != Some(host)
        }
    }
}

/// Puts a page into an error's empty answer, in the visitor's words.
async fn with_page(answer: ServiceResponse<BoxBody>, http: &HttpRequest, id: &str) -> ServiceResponse<BoxBody> {
    let status = answer.status();
    let bare = matches!(
        answer.response().body().size(),
        actix_web::body::BodySize::None | actix_web::body::BodySize::Sized(0)
    );
    let ours =
        answer.response().error().map(|error| error.as_error::<Error>().map(ToString::to_string).unwrap_or_default());
    if let Some(error) = &ours
        && status.is_server_error()
    {
        tracing::error!(request_id = %id, route = http.match_pattern(), %error, %status, "a request failed");
    }
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_failure || !(bare || ours.is_some()) || *http.method() == actix_web::http::Method::HEAD {
        return answer;
    }
    let Some(state) = http.app_data::<web::Data<State>>() else { return answer };
    let frame = Frame::new(http, state.site.get(&state.db).await);
    let (key, conflict, form) = match answer.response().error().and_then(|error| error.as_error::<Error>()) {
        Some(Error::Conflict(sentence)) => (message_key(status), Some(sentence.clone()), None),
        Some(Error::OldForm(page)) => ("old-form", None, Some(page.clone())),
        Some(Error::NotReady) => ("not-ready", None, None),
        _ => (message_key(status), None, None),
    };
    let heading = frame.words.get(&format!("error-{key}-heading"));
    let text = conflict.unwrap_or_else(|| frame.words.get(&format!("error-{key}-text")));
    let Ok(body) = (ErrorPage { frame, heading, text, form }).render() else { return answer };
    let mut answer = answer.map_body(|_, _| BoxBody::new(body));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    answer.headers_mut().insert(actix_web::http::header::CONTENT_TYPE, html);
    answer
}

fn message_key(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::FORBIDDEN => "not-allowed",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::TOO_MANY_REQUESTS => "too-many",
        StatusCode::INSUFFICIENT_STORAGE => "no-room",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        other if other.is_client_error() => "bad-request",
        _ => "defect",
    }
}
