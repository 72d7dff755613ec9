//! Setting up a new account: a link that works once, and a password of one's own.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::Staff,
    registrar::{Refusal, password, staff_account},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::Stranger,
    },
};

#[derive(Template)]
#[template(path = "staff/set_up.html")]
struct SetUpPage {
    frame: Frame,
    email: String,
    name: String,
    action: String,
    errors: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "staff/link_used.html")]
struct LinkUsedPage {
    frame: Frame,
}

/// What was entered.
#[derive(Deserialize)]
pub struct Entered {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

async fn account(state: &State, secret: &str) -> Result<Option<Staff>, Error> {
    let secret = secret.to_owned();
    match state.db.read(move |conn| staff_account::behind_link(conn, &secret)).await {
        Ok(account) => Ok(Some(account)),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// `GET /set-up/{secret}`
pub async fn show(
    stranger: Stranger,
    state: web::Data<State>,
    secret: web::Path<String>,
) -> Result<HttpResponse, Error> {
    match account(&state, &secret).await? {
        None => page_with(StatusCode::GONE, &LinkUsedPage { frame: stranger.frame }),
        Some(account) => page(&set_up_page(stranger.frame, &account, &secret, Errors::default())),
    }
}

fn set_up_page(frame: Frame, account: &Staff, secret: &str, errors: Errors) -> SetUpPage {
    SetUpPage {
        frame,
        email: account.email.to_string(),
        name: account.name.to_string(),
        action: format!("/set-up/{secret}"),
        errors: errors.0,
    }
}

/// `POST /set-up/{secret}`
pub async fn submit(
    stranger: Stranger,
    state: web::Data<State>,
    secret: web::Path<String>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let Some(account) = account(&state, &secret).await? else {
        return page_with(StatusCode::GONE, &LinkUsedPage { frame: stranger.frame });
    };
    let site = stranger.frame.site.clone();
    let mut errors = Errors::default();
    errors.check(
        "password",
        password::judge(&form.0.password, &[account.name.as_str(), account.email.as_str(), &site.institution]),
    );
    if errors.is_empty() && form.0.password != form.0.again {
        errors.add("again", "The two passwords differ");
    }
    if !errors.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &set_up_page(stranger.frame, &account, &secret, errors));
    }
    let hash =
        password::hash(form.0.password).await.ok_or_else(|| Error::Defect("a password was not hashed".to_owned()))?;
    let secret = secret.into_inner();
    match state.db.write(move |conn| staff_account::set_up(conn, &secret, &hash)).await {
        Ok(_) => Ok(see("/sign-in")),
        Err(Refusal::NotFound) => page_with(StatusCode::GONE, &LinkUsedPage { frame: stranger.frame }),
        Err(other) => Err(other.into()),
    }
}
