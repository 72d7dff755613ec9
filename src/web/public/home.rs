//! The front page, and what the portal says about privacy and accessibility.

use actix_web::HttpResponse;
use askama::Template;

use crate::web::{
    error::Error,
    frame::{Frame, page},
    guards::Anyone,
};

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    frame: Frame,
    /// What the box of the form holds: nothing yet.
    typed: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "public/privacy.html")]
struct PrivacyPage {
    frame: Frame,
}

/// `GET /`: sets no cookie, and is the one page for search engines.
pub async fn show(anyone: Anyone) -> Result<HttpResponse, Error> {
    let mut answer = page(&HomePage { frame: anyone.frame, typed: String::new(), problem: None })?;
    let for_all = actix_web::http::header::HeaderValue::from_static("all");
    answer.headers_mut().insert(actix_web::http::header::HeaderName::from_static("x-robots-tag"), for_all);
    Ok(answer)
}

/// `GET /privacy`
pub async fn privacy(anyone: Anyone) -> Result<HttpResponse, Error> {
    page(&PrivacyPage { frame: anyone.frame })
}
