//! Signing in as a learner: a link is mailed, a page opens it, a button uses it up.
//!
//! Whoever asks for a link never learns whether the address is known: one answer, in the same time. Opening the link
//! changes nothing, because mail scanners open links; only the button does.

use std::time::Duration;

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::kept_form,
    registrar::{Refusal, sign_in},
    values::Email,
    web::{
        State,
        error::Error,
        forms::{Empty, Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::Stranger,
        kept, limits, sessions,
    },
};

/// How long asking for a link takes at least: longer than writing a mail down, so that the time tells nothing.
const ALIKE: Duration = Duration::from_millis(300);

/// The form that asks for a link.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct LinkForm {
    /// E-mail address, as typed.
    #[serde(default)]
    email: String,
}

#[derive(Template)]
#[template(path = "learner/ask.html")]
struct AskPage {
    frame: Frame,
    form: LinkForm,
    errors: Errors,
    /// Whether this portal can send mail at all.
    can_send: bool,
}

#[derive(Template)]
#[template(path = "learner/sent.html")]
struct SentPage {
    frame: Frame,
    minutes: i64,
    can_send: bool,
}

#[derive(Template)]
#[template(path = "learner/confirm.html")]
struct ConfirmPage {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "learner/used.html")]
struct UsedPage {
    frame: Frame,
}

/// `GET /sign-in/link`: the form; with `?sent` what to do next.
pub async fn ask(stranger: Stranger, state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (frame, can_send) = (stranger.frame, state.config.smtp_url.is_some());
    if request.query_string().split('&').any(|pair| pair == "sent") {
        return page(&SentPage { frame, minutes: sign_in::LINK_MINUTES, can_send });
    }
    page(&AskPage { frame, form: LinkForm::default(), errors: Errors::default(), can_send })
}

/// `POST /sign-in/link`
pub async fn send(
    stranger: Stranger,
    state: web::Data<State>,
    request: HttpRequest,
    form: Submitted<LinkForm>,
) -> Result<HttpResponse, Error> {
    let Ok(email) = Email::parse(&form.0.email) else {
        let wrong = if form.0.email.trim().is_empty() { "email-missing" } else { "email-malformed" };
        let mut errors = Errors::default();
        errors.add("email", stranger.frame.words.get(wrong));
        let can_send = state.config.smtp_url.is_some();
        let again = AskPage { frame: stranger.frame, form: form.0, errors, can_send };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    state.limits.sign_in(limits::address(&request, &state))?;
    let portal = state.portal.clone();
    let sending = state.db.write(move |conn| sign_in::request_link(conn, &email, &portal, |_| None));
    let (sent, ()) = tokio::join!(sending, tokio::time::sleep(ALIKE));
    sent?;
    Ok(see("/sign-in/link?sent"))
}

/// `GET /sign-in/link/{secret}`: a button, whether the link can still be used or not.
pub async fn confirm(stranger: Stranger) -> Result<HttpResponse, Error> {
    page(&ConfirmPage { frame: stranger.frame })
}

/// The page of a learner's that the link leads to; the record where it names none.
fn next(query: &str) -> String {
    let named = query.split('&').find_map(|pair| pair.strip_prefix("next=")).unwrap_or_default();
    let plain = named.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.'));
    let ours = named.starts_with("/check-in/") && !named.contains("//") && named.len() < 200;
    if ours && plain { named.to_owned() } else { "/record".to_owned() }
}

/// `POST /sign-in/link/{secret}`: uses the link up and opens the record, or the page for which it was sent.
pub async fn consume(
    stranger: Stranger,
    state: web::Data<State>,
    request: HttpRequest,
    secret: web::Path<String>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    state.limits.sign_in(limits::address(&request, &state))?;
    let secret = secret.into_inner();
    match state.db.write(move |conn| sign_in::with_link(conn, &secret)).await {
        Ok(learner) => {
            sessions::begin_learner(&request.get_session(), &learner.id)?;
            let kept = state.db.read(move |conn| kept_form::of_learner(conn, &learner.id).map_err(Error::from)).await?;
            let next = next(request.query_string());
            Ok(see(if kept.is_some() { kept::OF_LEARNERS.1.to_owned() } else { next }))
        }
        Err(Refusal::NotFound) => page_with(StatusCode::GONE, &UsedPage { frame: stranger.frame }),
        Err(other) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn a_link_leads_to_a_page_of_the_learner_and_nowhere_else() {
        assert_eq!(next("next=/check-in/01a2/17.ab"), "/check-in/01a2/17.ab");
        for elsewhere in
            ["", "next=//evil.example", "next=/admin", "next=/check-in//evil.example", "next=/check-in/%0d"]
        {
            assert_eq!(next(elsewhere), "/record", "{elsewhere}");
        }
    }
}
