//! Signing in with e-mail and password, and signing out.

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    registrar::sign_in::{Attempt, with_password},
    values::Email,
    web::{
        State,
        error::Error,
        forms::{Empty, Submitted},
        frame::{Frame, page, page_with, see},
        guards::Stranger,
        limits, sessions,
    },
};

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage {
    frame: Frame,
    email: String,
    next: String,
    errors: Vec<(&'static str, String)>,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What was entered.
#[derive(Deserialize)]
pub struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// An address of ours, or the dashboard: nobody is sent elsewhere by a link to this page. Only printable signs: a browser
/// drops a tab or a line end and would read what is left.
fn safe(next: &str) -> String {
    let first = next.split(['/', '?']).nth(1).unwrap_or_default();
    let ours = next.starts_with('/') && matches!(first, "admin" | "record") && !next.contains('\\');
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic());
    if ours && plain && next.len() < 2000 { next.to_owned() } else { "/admin".to_owned() }
}

/// `GET /sign-in`
pub async fn show(stranger: Stranger, next: web::Query<Next>) -> Result<HttpResponse, Error> {
    page(&SignInPage { frame: stranger.frame, email: String::new(), next: next.next.clone(), errors: Vec::new() })
}

/// `POST /sign-in`
pub async fn submit(
    stranger: Stranger,
    state: web::Data<State>,
    session: Session,
    request: HttpRequest,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let address = limits::address(&request, &state);
    state.limits.sign_in(address)?;
    let Entered { email, password, next } = form.0;
    let account = email.trim().to_owned();
    state.limits.attempt(&account, address)?;
    let request_id = Some(stranger.frame.request_id.clone());
    match with_password(&state.db, Email::parse(&email).ok(), password, request_id).await? {
        Attempt::Welcome(staff) => {
            state.limits.right_password(&account, address);
            sessions::begin_staff(&session, &staff.id)?;
            Ok(see(safe(&next)))
        }
        Attempt::Wrong => {
            let wrong = stranger.frame.words.get("sign-in-wrong");
            let page = SignInPage { frame: stranger.frame, email, next, errors: vec![("email", wrong)] };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `POST /sign-out`: the session ends here, not only in the browser.
pub async fn sign_out(_: Stranger, session: Session, _: Submitted<Empty>) -> HttpResponse {
    let was_learner = sessions::learner_id(&session).is_some();
    session.purge();
    see(if was_learner { "/" } else { "/sign-in" })
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn signing_in_never_leads_elsewhere() {
        for elsewhere in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "/a\r\nX: y",
            "/\t/evil.example",
            "/\n/evil.example",
            "/admin\t",
            "/administrator",
            "/ /evil.example",
        ] {
            assert_eq!(safe(elsewhere), "/admin", "{elsewhere}");
        }
        assert_eq!(safe("/admin/profiles?q=x"), "/admin/profiles?q=x");
    }
}
