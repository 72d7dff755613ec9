//! Forms: what was submitted, what was wrong with it, and the one extractor that reads a body.

pub mod achievement;
pub mod alignment;
pub mod assertion;
pub mod association;
pub mod backup_file;
pub mod clr;
pub mod endorsement;
pub mod event;
pub mod evidence;
pub mod handed_in;
pub mod identifiers;
pub mod multipart;
pub mod picker;
pub mod profile;
pub mod program;
pub mod result;
pub mod result_description;
pub mod rubric;
pub mod rubric_criterion_level;
pub mod sent;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use askama::{Template, filters::HtmlSafe};
use serde::{Deserialize, de::DeserializeOwned};

use super::{State, error::Error, kept, sessions};
use crate::{db::Conn, models::Actor, values::Invalid};

/// A form is its own template: it knows its fields, their values and what was wrong with them.
pub trait Form<T>: DeserializeOwned + Template + HtmlSafe + Clone + Default + Send + 'static {
    /// The form of an object as it stands.
    fn fill(object: &T) -> Self;
    /// Reads what the form offers to choose from.
    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error>;
    /// Parses what was entered into an object, or notes what was wrong. `existing` is what is being edited.
    fn parse(&mut self, conn: &mut Conn, existing: Option<T>, by: &Actor) -> Result<Option<T>, Error>;
    /// What was wrong.
    fn errors(&self) -> &Errors;
    /// What was wrong, each with the id of its field: the summary above the form.
    fn summary(&self) -> Vec<(String, String)> {
        self.errors().0.iter().map(|(field, sentence)| ((*field).to_owned(), sentence.clone())).collect()
    }
    /// The revision of the object that the form was made from; 0 for a new one.
    fn revision(&self) -> i32;
    /// Takes from the address of the form from which page it was opened.
    fn come_from(&mut self, _query: &str) {}
    /// Learns the portal's own address, for what must not be taken for somebody else's.
    fn stand_at(&mut self, _base_url: &str) {}
    /// The page it was opened from, where that is not the kind's own: saving and cancelling lead back to it.
    fn back(&self) -> Option<String> {
        None
    }
}

/// What was wrong with a form: a field's name and a sentence.
#[derive(Debug, Clone, Default)]
pub struct Errors(pub Vec<(&'static str, String)>);

impl Errors {
    /// Notes what is wrong with a field.
    pub fn add(&mut self, field: &'static str, sentence: impl ToString) {
        self.0.push((field, sentence.to_string()));
    }

    /// The sentence beside a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        error_of(&self.0, field)
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, or `None` and a note beside the field.
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.add(field, invalid)).ok()
    }
}

/// The sentence beside a field.
pub fn error_of<'a>(errors: &'a [(&'static str, String)], field: &str) -> Option<&'a str> {
    errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
}

/// A body that was sent by a form of this session. Reading it checks the session's token: no handler can forget it.
pub struct Submitted<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// A form with nothing but its button.
#[derive(Debug, Deserialize)]
pub struct Empty {}

impl<T: DeserializeOwned + 'static> FromRequest for Submitted<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let http = request.clone();
        let is_form = request
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"));
        let is_taken = request.extensions().contains::<kept::BodyIsTaken>();
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if is_taken {
                // The arguments of a handler are made side by side, and the gate is about to refuse this request.
                return std::future::pending().await;
            }
            let body = body.await.map_err(|_| Error::TooLarge)?;
            if !is_form && !body.is_empty() {
                return Err(Error::BadRequest("a form is expected"));
            }
            let text = std::str::from_utf8(&body).map_err(|_| Error::BadRequest("the form is not UTF-8"))?;
            let token: Token =
                serde_html_form::from_str(text).map_err(|_| Error::BadRequest("the form cannot be read"))?;
            let Some(state) = http.app_data::<web::Data<State>>() else { return Err(Error::WrongToken) };
            if !sessions::token_fits(&http, state, &token.csrf) {
                return Err(kept::then_refuse(&http, state, body.clone()).await);
            }
            serde_html_form::from_str(text).map(Submitted).map_err(|_| Error::BadRequest("the form cannot be read"))
        })
    }
}
