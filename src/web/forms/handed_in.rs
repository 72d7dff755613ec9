//! Files that a form hands in (`multipart/form-data`). Like [`super::Submitted`], reading the body checks the session's
//! token, so no handler can forget it; here before a single file is read, as the token is the first field of the form.

use std::{future::Future, pin::Pin};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use futures_util::{StreamExt, TryStreamExt};

use crate::{
    models::evidence_file::MOST_BYTES,
    web::{State, error::Error, kept, sessions},
};

/// Most bytes of files that are taken at once.
const MOST_AT_ONCE: usize = 50 * 1024 * 1024;
/// Most bytes of a field that is not a file.
const MOST_OF_TEXT: usize = 64 * 1024;
/// Most bytes that are read at all; what is too much is read to its end, so that the browser shows the answer.
const MOST_READ: usize = 256 * 1024 * 1024;
/// Most parts of a form.
const MOST_PARTS: usize = 100;

/// A file as it came.
#[derive(Debug)]
pub struct File {
    /// The name it has on the sender's machine, without a path.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A form with files, sent from a page of this session.
#[derive(Debug, Default)]
pub struct HandedIn {
    fields: Vec<(String, String)>,
    /// The files, in their order.
    pub files: Vec<File>,
    /// Files that were too large, by name.
    pub too_large: Vec<String>,
    /// Bytes of the files.
    taken: usize,
    read: usize,
}

impl HandedIn {
    /// A field that is not a file.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }
}

impl FromRequest for HandedIn {
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
            let parts = parts.await.map_err(|_| Error::WrongToken)?;
            read(&http, parts).await
        })
    }
}

async fn read(http: &HttpRequest, mut parts: Multipart) -> Result<HandedIn, Error> {
    let mut form = HandedIn::default();
    let mut is_ours = false;
    let mut count = 0;
    while let Some(part) = parts.next().await {
        // What is no such form has no token either.
        let unread = if is_ours { Error::BadRequest("the form cannot be read") } else { Error::WrongToken };
        let part = part.map_err(|_| unread)?;
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::TooLarge);
        }
        let name = part.name().unwrap_or_default().to_owned();
        if is_ours {
            form.take(name, part).await?;
            continue;
        }
        let token = if name == "csrf" { text(part).await.map_err(|_| Error::WrongToken)? } else { String::new() };
        let state = http.app_data::<web::Data<State>>();
        if !state.is_some_and(|state| sessions::token_fits(http, state, &token)) {
            return Err(Error::WrongToken);
        }
        is_ours = true;
    }
    if is_ours { Ok(form) } else { Err(Error::WrongToken) }
}

async fn text(mut part: Field) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(|_| Error::BadRequest("the form cannot be read"))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_OF_TEXT {
            return Err(Error::TooLarge);
        }
    }
    String::from_utf8(bytes).map_err(|_| Error::BadRequest("the form is not UTF-8"))
}

impl HandedIn {
    async fn take(&mut self, name: String, part: Field) -> Result<(), Error> {
        let file = part.content_disposition().and_then(|about| about.get_filename()).map(plain_name);
        match file {
            None => {
                let value = text(part).await?;
                self.fields.push((name, value));
                Ok(())
            }
            Some(file) => self.take_file(file, part).await,
        }
    }

    async fn take_file(&mut self, name: String, mut part: Field) -> Result<(), Error> {
        let mut content = Vec::new();
        let mut fits = true;
        while let Some(chunk) = part.try_next().await.map_err(|_| Error::BadRequest("a file cannot be read"))? {
            self.read += chunk.len();
            if self.read > MOST_READ {
                return Err(Error::TooLarge);
            }
            fits = fits && content.len() + chunk.len() <= MOST_BYTES && self.taken + chunk.len() <= MOST_AT_ONCE;
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
