//! What a visitor sees, without an account, a session or a cookie: the front page, the verdict on a code, a credential
//! and its documents.

pub mod achievement;
pub mod badge;
pub mod cover;
pub mod credential;
pub mod event;
pub mod files;
pub mod health;
pub mod home;
pub mod hosted;
pub mod keys;
pub mod qr;
pub mod results;
pub mod share;
pub mod signed;
pub mod terms;
pub mod validate;
pub mod verdict;
pub mod verify;

use actix_web::{HttpRequest, HttpResponse};

use super::{error::Error, routes};

/// Any address that has no route.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}

/// An address that has a route, but not for this method: 405 with the methods it has (RFC 9110, 15.5.6).
pub async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let pattern = request.match_pattern().unwrap_or_default();
    let mut methods: Vec<String> = Vec::new();
    for mounted in routes::table().into_iter().filter(|mounted| mounted.path == pattern) {
        methods.push(mounted.method.to_string());
        if mounted.method == actix_web::http::Method::GET {
            methods.push("HEAD".to_owned());
        }
    }
    HttpResponse::MethodNotAllowed().insert_header(("Allow", methods.join(", "))).finish()
}
