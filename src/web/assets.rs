//! Style, script, icons and fonts, in the binary. Addresses carry a digest of the contents, so that a browser may keep
//! them for a year and gets the new ones after an update.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use super::{error::Error, guards::Anyone};

#[derive(RustEmbed)]
#[folder = "static"]
#[exclude = "fonts/*"]
struct Files;

/// The address of a file: `/static/app.css?v=1a2b3c4d`.
pub fn address(name: &str) -> String {
    let digest = Files::get(name).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
    let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("/static/{name}?v={short}")
}

/// The style sheet.
pub static STYLE: LazyLock<String> = LazyLock::new(|| address("app.css"));
/// The script.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| address("app.js"));
/// The script of the check-in desk.
pub static DESK: LazyLock<String> = LazyLock::new(|| address("desk.js"));
/// The icons, one symbol each.
pub static ICONS: LazyLock<String> = LazyLock::new(|| address("icons.svg"));
/// The icon of the browser's tab.
pub static FAVICON: LazyLock<String> = LazyLock::new(|| address("favicon.svg"));

/// `GET /static/{name}`.
pub async fn show(_: Anyone, name: web::Path<String>) -> Result<HttpResponse, Error> {
    let file = Files::get(&name).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(file.metadata.mimetype())
        .insert_header(("Cache-Control", "public, max-age=31536000, immutable"))
        .body(file.data))
}

/// `GET /favicon.ico`: browsers ask for it by themselves.
pub async fn favicon(_: Anyone) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", FAVICON.as_str())).finish()
}

/// `GET /robots.txt`: only the front page is for search engines.
pub async fn robots(_: Anyone) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("User-agent: *\nAllow: /$\nDisallow: /\n")
}
