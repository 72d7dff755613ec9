//! Checking a file or a pasted text: no account, no cookie. What is handed in is looked at and forgotten; nothing of it is
//! kept, and what other hosts say is asked for only where an administrator allowed it.

use actix_multipart::Multipart;
use actix_web::{FromRequest, HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;

use crate::{
    clock,
    registrar::verify::{self, Check, MOST_BYTES, Outcome, Report, Verdict},
    values::{CeDiD, Typed},
    web::{
        State,
        error::Error,
        filters,
        forms::handed_in::{HandedIn, Most},
        frame::{Frame, page, page_with, see},
        guards::Anyone,
        limits,
    },
};

/// What is read of a file that is too large, so that the browser shows the answer.
pub const MOST_READ: usize = MOST_BYTES + MOST_BYTES / 2;
const MOST: Most = Most { file: MOST_BYTES, at_once: MOST_BYTES, text: MOST_BYTES, read: MOST_READ };

#[derive(Template)]
#[template(path = "public/verify.html")]
struct FormPage {
    frame: Frame,
    pasted: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "public/verified.html")]
struct ReportPage {
    frame: Frame,
    report: Report,
    parts: Vec<Part>,
    checked_at: DateTime<Utc>,
}

/// The checks of one credential of the document.
struct Part {
    about: String,
    number: usize,
    checks: Vec<Check>,
}

impl Part {
    fn outcome(&self) -> Outcome {
        let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        [Outcome::Failed, Outcome::Unchecked].into_iter().find(|one| any(*one)).unwrap_or(Outcome::Passed)
    }
}

impl ReportPage {
    fn of(frame: Frame, report: Report) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for check in &report.checks {
            match parts.iter_mut().find(|part| part.about == check.about) {
                Some(part) => part.checks.push(check.clone()),
                None => {
                    parts.push(Part { about: check.about.clone(), number: parts.len(), checks: vec![check.clone()] })
                }
            }
        }
        Self { frame, report, parts, checked_at: clock::now() }
    }

    /// Tone and icon of the whole.
    fn tone(&self) -> (&'static str, &'static str) {
        match (self.report.headline(), self.report.verdict()) {
            ("nothing" | "older", _) | (_, Verdict::Unchecked) => ("mute", "question"),
            (_, Verdict::Valid) => ("ok", "check"),
            (_, Verdict::Invalid) => ("bad", "cross"),
        }
    }

    /// What speaks against it, in short: what failed, else what could not be checked.
    fn against(&self) -> Vec<&str> {
        let of = |outcome| self.report.checks.iter().filter(move |check| check.outcome == outcome);
        let failed = of(Outcome::Failed).map(|check| check.detail.as_str());
        let mut against: Vec<&str> = match self.report.verdict() {
            Verdict::Invalid => failed.collect(),
            _ => of(Outcome::Unchecked).map(|check| check.detail.as_str()).collect(),
        };
        let mut seen = std::collections::HashSet::new();
        against.retain(|detail| seen.insert(*detail));
        against.truncate(3);
        against
    }

    /// What a part is called: by its name, where it has one.
    fn title(&self, part: &Part) -> String {
        let number = part.number.to_string();
        match self.report.names.iter().find(|(about, _)| *about == part.about) {
            Some((_, name)) => {
                let facts = [("number", number.into()), ("name", name.clone().into())];
                self.frame.words.with_all("verify-part-named", facts)
            }
            None => self.frame.words.with("verify-part", "number", number),
        }
    }

    /// A message about what was found.
    fn say(&self, what: &str, name: &str) -> String {
        self.frame.words.get(&format!("verify-{what}-{name}"))
    }

    fn icon(&self, outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Passed => "check",
            Outcome::Failed => "cross",
            Outcome::Unchecked => "question",
        }
    }
}

/// `GET /verify`
pub async fn form(anyone: Anyone) -> Result<HttpResponse, Error> {
    page(&FormPage { frame: anyone.frame, pasted: String::new(), problem: None })
}

/// What was handed in.
#[derive(Default)]
struct Handed {
    file: Vec<u8>,
    pasted: String,
    too_large: bool,
}

/// `POST /verify`: a form with a file or a text, or the document itself as the body.
pub async fn check(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    state.limits.verification(limits::address(&request, &state))?;
    // The place is taken before the body is read, so that many large files do not fill the memory.
    let _one = state.verifying.acquire().await.map_err(|_| Error::Defect("the portal is ending".to_owned()))?;
    let handed = read(&request, body).await?;
    let wants_json = wants_json(&request);
    let frame = anyone.frame;
    let problem = match (&handed, handed.file.is_empty() && handed.pasted.trim().is_empty()) {
        (Handed { too_large: true, .. }, _) => Some("verify-too-large"),
        (_, true) => Some("verify-missing"),
        _ => None,
    };
    if let Some(key) = problem
        && !wants_json
    {
        let problem = Some(frame.words.get(key));
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &FormPage { frame, pasted: String::new(), problem });
    }
    if !wants_json
        && handed.file.is_empty()
        && let Typed::Code(code) = CeDiD::read(&handed.pasted)
    {
        // A code is no document; it is looked up, which answers what its owner wanted to know.
        return Ok(see(format!("/validate?cedid={code}")));
    }
    let text = handed.pasted.into_bytes();
    let document = if handed.file.is_empty() { text } else { handed.file };
    let report = match handed.too_large {
        true => Report::of_nothing(frame.words.get("verify-too-large")),
        false => verify::verify(Some(&state.db), &state.portal, &state.config.fetch_allow, document).await?,
    };
    if wants_json {
        return Ok(HttpResponse::Ok().insert_header(("Vary", "Accept")).json(report.to_json()));
    }
    page(&ReportPage::of(frame, report))
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accept.split(',').next().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    first.eq_ignore_ascii_case("application/json")
}

async fn read(request: &HttpRequest, body: web::Payload) -> Result<Handed, Error> {
    let kind = request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut body = body.into_inner();
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        const UNREADABLE: Error = Error::BadRequest("the form cannot be read");
        let parts = Multipart::from_request(request, &mut body).await.map_err(|_| UNREADABLE)?;
        return of_form(parts).await;
    }
    let (mut file, mut read, mut too_large) = (Vec::new(), 0, false);
    while let Some(chunk) = body.try_next().await.map_err(|_| Error::BadRequest("the body cannot be read"))? {
        read += chunk.len();
        if read > MOST_READ {
            return Err(Error::TooLarge);
        }
        too_large |= read > MOST_BYTES;
        if !too_large {
            file.extend_from_slice(&chunk);
        }
    }
    if kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&file).unwrap_or_default();
        let pasted = pairs.into_iter().find(|(name, _)| name == "pasted").map(|(_, text)| text).unwrap_or_default();
        return Ok(Handed { pasted, too_large, ..Handed::default() });
    }
    Ok(Handed { file, too_large, ..Handed::default() })
}

async fn of_form(parts: Multipart) -> Result<Handed, Error> {
    let form = HandedIn::of(parts, MOST).await?;
    let (pasted, too_large) = (form.field("pasted").to_owned(), !form.too_large.is_empty());
    // A program may send the document as a field with no file name.
    let written = form.field("file").as_bytes().to_vec();
    let file = form.files.into_iter().map(|file| file.content).find(|content| !content.is_empty());
    Ok(Handed { file: file.unwrap_or(written), pasted, too_large })
}
