//! One file, or a text pasted in its place, that a form hands in. Like [`super::Submitted`], reading it checks the session's
//! token, before a byte of the file is kept: the token is the first field of the form.

use std::{future::Future, pin::Pin};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use futures_util::TryStreamExt;

use crate::{
    clr::v1::read::MOST_BYTES,
    web::{State, error::Error, kept, sessions},
};

/// What is read of a file that is too large, so that the browser shows the answer.
const MOST_READ: usize = 3 * MOST_BYTES;

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
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let http = request.clone();
        let is_taken = request.extensions().contains::<kept::BodyIsTaken>();
        let parts = (!is_taken).then(|| Multipart::from_request(request, payload));
        Box::pin(async move {
            let Some(parts) = parts else {
                // The gate is about to refuse this request, see `Submitted`.
                return std::future::pending().await;
            };
            // What came instead of a form with a file has no token either.
            read(&http, parts.await.map_err(|_| Error::WrongToken)?).await
        })
    }
}

async fn read(http: &HttpRequest, mut parts: Multipart) -> Result<Document, Error> {
    const UNREADABLE: Error = Error::BadRequest("the form cannot be read");
    let token = match parts.try_next().await.map_err(|_| Error::WrongToken)? {
        Some(part) if part.name() == Some("csrf") => bytes(part, 1024).await?.0,
        _ => return Err(Error::WrongToken),
    };
    let token = String::from_utf8(token).map_err(|_| Error::WrongToken)?;
    let state = http.app_data::<web::Data<State>>();
    if !state.is_some_and(|state| sessions::token_fits(http, state, &token)) {
        return Err(Error::WrongToken);
    }
    let mut document = Document::default();
    while let Some(part) = parts.try_next().await.map_err(|_| UNREADABLE)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|about| about.get_filename()).map(str::to_owned);
        let (content, too_large) = bytes(part, MOST_BYTES).await?;
        document.too_large |= too_large;
        match name.as_str() {
            "file" if !content.is_empty() || too_large => {
                document.name = plain_name(file.as_deref().unwrap_or_default());
                document.content = content;
            }
            "pasted" => document.pasted = String::from_utf8_lossy(&content).into_owned(),
            _ => {}
        }
    }
    Ok(document)
}

/// The bytes of a part, and whether there were more than are taken.
async fn bytes(mut part: Field, most: usize) -> Result<(Vec<u8>, bool), Error> {
    let (mut bytes, mut read) = (Vec::new(), 0);
    while let Some(chunk) = part.try_next().await.map_err(|_| Error::BadRequest("the file cannot be read"))? {
        read += chunk.len();
        if read > MOST_READ {
            return Err(Error::TooLarge);
        }
        if read <= most {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(if read > most { (Vec::new(), true) } else { (bytes, false) })
}

/// The last part of a path, as some browsers send one.
fn plain_name(raw: &str) -> String {
    raw.rsplit(['/', '\\']).next().unwrap_or(raw).chars().filter(|c| !c.is_control()).take(120).collect()
}
