//! For whoever looks after the machine: is the process alive, is it ready to serve.

use actix_web::{HttpResponse, web};

use crate::{
    registrar::keys,
    web::{State, error::Error, guards::Anyone},
};

/// `GET /healthz`: the process is alive.
pub async fn alive(_: Anyone) -> HttpResponse {
    text(HttpResponse::Ok(), "ok\n")
}

/// `GET /readyz`: the database can be reached, is migrated and can be written to, and the keys open. Says which of it is wrong.
pub async fn ready(_: Anyone, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let wrong = match state.db.pending_migrations().await {
        Err(error) => Some(format!("the database is not ready: {error}")),
        Ok(0) => unusable(&state).await,
        Ok(pending) => Some(format!("the database lacks {pending} migrations")),
    };
    Ok(match wrong {
        None => text(HttpResponse::Ok(), "ready\n"),
        Some(why) => {
            tracing::warn!(%why, "not ready");
            text(HttpResponse::ServiceUnavailable(), "not ready: see the log or run testamur doctor\n")
        }
    })
}

/// What keeps a database that is up to date from being worked with.
async fn unusable(state: &State) -> Option<String> {
    // Nobody else writes meanwhile, however long it takes; whoever looks after the machine must not end it for that.
    if state.restoring.available_permits() == 0 {
        return None;
    }
    if let Err(error) = state.db.is_writable().await {
        return Some(format!("the database cannot be written to: {error}"));
    }
    let portal = state.portal.clone();
    state.db.read(move |conn| keys::check(conn, &portal)).await.err().map(|refusal| refusal.to_string())
}

fn text(mut answer: actix_web::HttpResponseBuilder, body: &'static str) -> HttpResponse {
    answer.content_type("text/plain; charset=utf-8").body(body)
}
