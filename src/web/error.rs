//! One error for all handlers, and the one place that picks status codes.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

use crate::{
    db::{self, AsDatabaseError},
    registrar::Refusal,
};

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such page or object, or not for this person's office.
    #[error("not found")]
    NotFound,
    /// This person may not.
    #[error("not allowed")]
    NotAllowed,
    /// The form did not come from this session's page.
    #[error("wrong or missing form token")]
    WrongToken,
    /// The form was given to another session; what was typed in it waits at this address.
    #[error("the form is another session's")]
    OldForm(String),
    /// What was sent cannot be read.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// More was sent than is taken.
    #[error("too large")]
    TooLarge,
    /// Too many requests; try again after so many seconds.
    #[error("too many requests")]
    TooMany(u64),
    /// Nobody is signed in; go there first.
    #[error("not signed in")]
    SignInFirst(String),
    /// It does not stand as the request needs it, as a sentence.
    #[error("{0}")]
    Conflict(String),
    /// The storage is full or read-only.
    #[error("storage is full or read-only")]
    NoRoom,
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What was asked for is being made.
    #[error("it is being made")]
    NotReady,
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Unavailable(why) => Error::Unavailable(why),
            db::Error::NoRoom => Error::NoRoom,
            db::Error::Query(db::QueryError::NotFound) => Error::NotFound,
            clash if clash.is_clash() => {
                Error::Conflict("Somebody else has just saved the same. Look at it and try again.".to_owned())
            }
            db::Error::Query(other) => Error::Defect(other.to_string()),
        }
    }
}

impl From<db::QueryError> for Error {
    fn from(error: db::QueryError) -> Self {
        db::Error::from(error).into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Error::NotFound,
            Refusal::Conflict(sentence) => Error::Conflict(sentence),
            // Pages that can lead to what is wrong do; elsewhere it is told in sentences.
            Refusal::Findings(_) => Error::Conflict(refusal.to_string()),
            Refusal::NotReady => Error::NotReady,
            Refusal::Defect(what) => Error::Defect(what),
            Refusal::Database(error) => error.into(),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Error::Defect(format!("a page could not be drawn: {error}"))
    }
}

impl Error {
    /// What a middleware failed with: the session's database, mostly.
    pub fn from_within(error: actix_web::Error) -> Self {
        let text = error.to_string();
        let status = error.as_response_error().status_code();
        match status {
            StatusCode::NOT_FOUND => Error::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            status if status.is_client_error() => Error::BadRequest("the request cannot be read"),
            _ if text.contains("cannot be reached") => Error::Unavailable(text),
            _ => Error::Defect(text),
        }
    }
}

impl AsDatabaseError for Error {
    // A web error has already been told apart from the database's; what may be repeated is repeated below, in verbs.
    fn as_database_error(&self) -> Option<&db::Error> {
        None
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::NotAllowed | Error::WrongToken | Error::OldForm(_) => StatusCode::FORBIDDEN,
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::SignInFirst(_) => StatusCode::SEE_OTHER,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            Error::Unavailable(_) | Error::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Error::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare answer; `headers::finish` puts the page around it, in the visitor's language.
    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Error::SignInFirst(next) => {
                answer.insert_header(("Location", next.as_str()));
            }
            Error::TooMany(seconds) => {
                answer.insert_header(("Retry-After", seconds.to_string()));
            }
            Error::Unavailable(_) | Error::NotReady => {
                answer.insert_header(("Retry-After", "5"));
            }
            _ => {}
        }
        answer.finish()
    }
}
