//! One file, or a text pasted in its place: what a form hands in that is to be read and not stored, such as an import.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::TryFutureExt;

use super::handed_in::{self, HandedIn, Most, Reading};
use crate::{clr::v1::read::MOST_BYTES, web::error::Error};

const MOST: Most = Most { file: MOST_BYTES, at_once: MOST_BYTES, text: MOST_BYTES, read: 3 * MOST_BYTES };

/// A document: its name, and its bytes or that there were too many.
#[derive(Debug, Default)]
pub struct Document {
    /// What the file was called.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// What was pasted, where no file was chosen.
    pub pasted: String,
    /// It was larger than is taken.
    pub too_large: bool,
}

impl FromRequest for Document {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(handed_in::of_session(request, payload, MOST).map_ok(Self::from))
    }
}

impl From<HandedIn> for Document {
    fn from(form: HandedIn) -> Self {
        let (pasted, too_large) = (form.field("pasted").to_owned(), !form.too_large.is_empty());
        let file = form.files.into_iter().find(|file| !file.content.is_empty());
        let (name, content) = file.map(|file| (file.name, file.content)).unwrap_or_default();
        Self { name, content, pasted, too_large }
    }
}
