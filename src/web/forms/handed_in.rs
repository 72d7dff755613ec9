//! The one reader of forms that hand files in (`multipart/form-data`). Like [`super::Submitted`], reading the body checks the
//! session's token, so no handler can forget it; here before a single file is read, as the token is the first field of the
//! form. What was typed in a form of another session is kept; its files are not.

use std::{future::Future, pin::Pin};

use actix_multipart::{Field, Multipart};
use actix_session::SessionExt;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use futures_util::TryStreamExt;

use crate::{
    models::{evidence_file, kept_form},
    web::{State, error::Error, kept, sessions},
};

/// Most parts of a form.
const MOST_PARTS: usize = 100;

/// The most bytes that are taken of a form.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Of a file.
    pub file: usize,
    /// Of all files together.
    pub at_once: usize,
    /// Of a field that is not a file.
    pub text: usize,
    /// That are read at all; what is too much is read to its end, so that the browser shows the answer.
    pub read: usize,
}

/// Files of evidence, several at once.
const OF_EVIDENCE: Most =
    Most { file: evidence_file::MOST_BYTES, at_once: 50 * 1024 * 1024, text: 64 * 1024, read: 256 * 1024 * 1024 };

/// A file as it came.
#[derive(Debug)]
pub struct File {
    /// The name it has on the sender's machine, without a path.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A form with files.
#[derive(Debug, Default)]
pub struct HandedIn {
    fields: Vec<(String, String)>,
    /// The files, in their order.
    pub files: Vec<File>,
    /// Files and texts that were too large, by name.
    pub too_large: Vec<String>,
    /// Bytes of the files.
    taken: usize,
    read: usize,
}

/// What becomes of reading a form.
pub type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl FromRequest for HandedIn {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        of_session(request, payload, OF_EVIDENCE)
    }
}

/// A form that a page of this session sent, with at most so much in it.
pub fn of_session(request: &HttpRequest, payload: &mut Payload, most: Most) -> Reading<HandedIn> {
    let parts = after_token(request, payload, most);
    Box::pin(async move { HandedIn::of(parts.await?, most).await })
}

/// The parts of a form that a page of this session sent, behind its token.
pub fn after_token(request: &HttpRequest, payload: &mut Payload, most: Most) -> Reading<Multipart> {
    let http = request.clone();
    let is_taken = request.extensions().contains::<kept::BodyIsTaken>();
    let parts = (!is_taken).then(|| Multipart::from_request(request, payload));
    Box::pin(async move {
        let Some(parts) = parts else {
            // The gate is about to refuse this request, see `Submitted`.
            return std::future::pending().await;
        };
        // What came instead of a form with a file has no token either.
        let mut parts = parts.await.map_err(|_| Error::WrongToken)?;
        let first = parts.try_next().await.map_err(|_| Error::WrongToken)?.ok_or(Error::WrongToken)?;
        let (name, token) = (named(&first), text(first, most, &mut 0).await.map_err(|_| Error::WrongToken)?);
        let token = token.unwrap_or_default();
        let state = http.app_data::<web::Data<State>>().ok_or(Error::WrongToken)?;
        if name != "csrf" || !sessions::token_fits(&http, state, &token) {
            return Err(refused(&http, state, parts, (name, token)).await);
        }
        Ok(parts)
    })
}

/// Refuses a form of another session. What somebody of staff typed in it is kept; its files are read and dropped.
async fn refused(http: &HttpRequest, state: &State, mut parts: Multipart, first: (String, String)) -> Error {
    if sessions::staff_id(&http.get_session()).is_none() {
        return Error::WrongToken;
    }
    let most = Most { file: 0, at_once: 0, text: kept_form::MOST_BYTES, ..OF_EVIDENCE };
    let mut form = HandedIn { fields: vec![first], ..HandedIn::default() };
    while let Ok(Some(part)) = parts.try_next().await {
        let typed: usize = form.fields.iter().map(|(_, value)| value.len()).sum();
        if typed > kept_form::MOST_BYTES || form.take(part, most).await.is_err() {
            break;
        }
    }
    kept::then_refuse_fields(http, state, form.fields).await
}

impl HandedIn {
    /// A field that is not a file.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }

    /// What the parts of a form hold, whoever sent it.
    pub async fn of(mut parts: Multipart, most: Most) -> Result<Self, Error> {
        let (mut form, mut count) = (Self::default(), 0);
        while let Some(part) = parts.try_next().await.map_err(|_| Error::BadRequest("the form cannot be read"))? {
            count += 1;
            if count > MOST_PARTS {
                return Err(Error::TooLarge);
            }
            form.take(part, most).await?;
        }
        Ok(form)
    }

    async fn take(&mut self, part: Field, most: Most) -> Result<(), Error> {
        let name = named(&part);
        match file_name(&part) {
            Some(file) => self.take_file(file, part, most).await,
            None => {
                match text(part, most, &mut self.read).await? {
                    Some(value) => self.fields.push((name, value)),
                    None => self.too_large.push(name),
                }
                Ok(())
            }
        }
    }

    async fn take_file(&mut self, name: String, mut part: Field, most: Most) -> Result<(), Error> {
        let mut content = Vec::new();
        let mut fits = true;
        while let Some(chunk) = part.try_next().await.map_err(|_| Error::BadRequest("a file cannot be read"))? {
            self.read += chunk.len();
            if self.read > most.read {
                return Err(Error::TooLarge);
            }
            fits = fits && content.len() + chunk.len() <= most.file && self.taken + chunk.len() <= most.at_once;
            if fits {
                self.taken += chunk.len();
                content.extend_from_slice(&chunk);
            } else {
                self.taken -= std::mem::take(&mut content).len();
            }
        }
        // A field for files in which none was chosen sends an empty one without a name.
        match (fits, name.is_empty() && content.is_empty()) {
            (_, true) => {}
            (true, _) => self.files.push(File { name, content }),
            (false, _) => self.too_large.push(name),
        }
        Ok(())
    }
}

/// What the file is called that a part holds; nothing where it holds none.
pub fn file_name(part: &Field) -> Option<String> {
    part.content_disposition().and_then(|about| about.get_filename()).map(plain_name)
}

fn named(part: &Field) -> String {
    part.name().unwrap_or_default().to_owned()
}

/// A part that is text; nothing where there is more than is taken, which is read to its end.
async fn text(mut part: Field, most: Most, read: &mut usize) -> Result<Option<String>, Error> {
    let (mut bytes, mut fits) = (Vec::new(), true);
    while let Some(chunk) = part.try_next().await.map_err(|_| Error::BadRequest("the form cannot be read"))? {
        *read += chunk.len();
        if *read > most.read {
            return Err(Error::TooLarge);
        }
        fits = fits && bytes.len() + chunk.len() <= most.text;
        if fits {
            bytes.extend_from_slice(&chunk);
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::BadRequest("the form is not UTF-8"))?;
    Ok(fits.then_some(text))
}

/// The last part of a path, as some browsers send one, on one line and not too long.
fn plain_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or(raw);
    let clean: String = last.chars().filter(|c| !c.is_control()).collect();
    let letters: Vec<char> = clean.trim().chars().collect();
    // What tells the type stands at the end.
    letters.get(letters.len().saturating_sub(120)..).unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_file_has_a_name_and_no_path() {
        assert_eq!(plain_name("C:\\Users\\ann\\Zeugnis 1.pdf"), "Zeugnis 1.pdf");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\r\nb.pdf"), "ab.pdf");
        assert!(plain_name(&format!("{}.pdf", "x".repeat(500))).ends_with(".pdf"));
    }
}
