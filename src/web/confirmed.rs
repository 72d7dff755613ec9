//! Asking for the password again, before something that cannot be undone or that reaches far: a session that was left open
//! is not enough for it. A wrong one counts like a wrong one at signing in, and what was typed besides stays.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

use super::{State, error::Error, frame::page_with, limits};
use crate::{
    models::{Actor, staff},
    registrar::password,
    values::Id,
};

/// The field of the password, on every form that asks for it again.
pub const FIELD: &str = "password";

/// Why the password was not accepted, as a sentence beside its field.
#[derive(Debug)]
pub struct Unconfirmed {
    /// The sentence.
    pub sentence: String,
    /// Seconds to wait, where too many were wrong.
    wait: Option<u64>,
}

impl Unconfirmed {
    /// The form once more.
    pub fn page(&self, template: &impl Template) -> Result<HttpResponse, Error> {
        let status = if self.wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut answer = page_with(status, template)?;
        if let Some(seconds) = self.wait {
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        Ok(answer)
    }
}

/// Whether this is the password of who is signed in.
pub async fn password(
    state: &State,
    request: &HttpRequest,
    by: &Actor,
    entered: &str,
) -> Result<Result<(), Unconfirmed>, Error> {
    let not = |sentence: &str| Ok(Err(Unconfirmed { sentence: sentence.to_owned(), wait: None }));
    if entered.is_empty() {
        return not("Enter your password");
    }
    let Some(id) = by.id.as_deref().and_then(|id| id.parse::<Id<_>>().ok()) else { return Err(Error::NotAllowed) };
    let account = state.db.read(move |conn| staff::find(conn, &id).map_err(Error::from)).await?;
    let address = limits::address(request, state);
    let counted = state.limits.sign_in(address).and_then(|()| state.limits.attempt(account.email.as_str(), address));
    match counted {
        Ok(()) => {}
        Err(Error::TooMany(seconds)) => {
            let sentence = format!("Too many wrong passwords. Wait {seconds} s, then try again");
            return Ok(Err(Unconfirmed { sentence, wait: Some(seconds) }));
        }
        Err(other) => return Err(other),
    }
    if !password::fits(entered.to_owned(), account.password_hash).await {
        tracing::warn!(staff = %account.id, path = %request.path(), "a wrong password was entered to confirm");
        return not("This is not your password");
    }
    state.limits.right_password(account.email.as_str(), address);
    Ok(Ok(()))
}
