//! The verdict on a code that somebody typed.
//!
//! The code is looked up first; only when nothing is found does its check symbol decide between "not found" and "looks
//! mistyped". What must look like unknown takes the same path as what is unknown: the model tells them not apart.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{cover, verdict::Verdict};
use crate::{
    clock,
    db::Conn,
    models::{
        credential::{self, Checked, Disclosed},
        published::{self, Cover},
        record::{Award, Standing},
    },
    values::{CeDiD, Typed},
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page, page_with},
        guards::Anyone,
        limits,
    },
};

/// Signs of what was typed that a page shows again.
const MOST_SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "public/validate.html")]
struct FormPage {
    frame: Frame,
    typed: String,
    /// What was wrong with it, beside the field.
    problem: Option<String>,
    /// Whether its check symbol is what was wrong: then the page says so above everything.
    mistyped: bool,
}

#[derive(Template)]
#[template(path = "public/verdict.html")]
struct VerdictPage {
    frame: Frame,
    checked: Checked,
    standing: Standing,
    verdict: Verdict,
    /// When a newer record was published, where this is a record.
    newer: Option<DateTime<Utc>>,
    checked_at: DateTime<Utc>,
}

impl VerdictPage {
    /// What is said of a published record.
    fn record(&self) -> Option<String> {
        let record = self.checked.facts.get().record.as_ref()?;
        Some(cover::line(&self.frame, record.awards, self.checked.conferral_date, record.number))
    }

    /// The last instant at which it is valid.
    fn last(&self) -> Option<DateTime<Utc>> {
        self.checked.expires_at.map(|at| at.and_utc())
    }
}

#[derive(Template)]
#[template(path = "public/several.html")]
struct SeveralPage {
    frame: Frame,
    typed: String,
    codes: Vec<CeDiD>,
}

#[derive(Template)]
#[template(path = "public/unknown.html")]
struct UnknownPage {
    frame: Frame,
    typed: String,
}

/// `GET /validate`, `GET /validate?cedid=…`
pub async fn show(anyone: Anyone, state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let frame = anyone.frame;
    let Some(typed) = asked(request.query_string()) else {
        return page(&FormPage { frame, typed: String::new(), problem: None, mistyped: false });
    };
    let code = match CeDiD::read(&typed) {
        Typed::Code(code) => code,
        Typed::Nothing => {
            let problem = frame.words.get("cedid-missing");
            return refused(FormPage { frame, typed: String::new(), problem: Some(problem), mistyped: false });
        }
        Typed::NotACode => {
            let problem = frame.words.get("cedid-malformed");
            return refused(FormPage { frame, typed: shortened(&typed), problem: Some(problem), mistyped: false });
        }
    };
    let wanted = code.clone();
    let found = look_up(&state, &request, move |conn| match credential::checked(conn, &wanted)? {
        Disclosed::One(one) => {
            let (standing, newer) = (one.standing(conn, clock::now())?, one.newer(conn)?);
            Ok(Disclosed::One(Box::new((*one, standing, newer))))
        }
        Disclosed::Several(codes) => Ok(Disclosed::Several(codes)),
        Disclosed::Nothing => Ok(Disclosed::Nothing),
    });
    match found.await? {
        Disclosed::One(found) => {
            let (checked, standing, newer) = *found;
            let last = checked.expires_at.map(|at| at.and_utc());
            let verdict = match checked.facts.get().record {
                Some(_) => Verdict::of_record(&standing, &frame),
                None => Verdict::of(&standing, last, &frame),
            };
            page(&VerdictPage { frame, checked, standing, verdict, newer, checked_at: clock::now() })
        }
        Disclosed::Several(codes) => several(frame, &code, codes),
        Disclosed::Nothing if code.check_symbol_fits() => unknown(frame, &typed),
        Disclosed::Nothing => {
            let problem = frame.words.get("cedid-mistyped");
            refused(FormPage { frame, typed: code.to_string(), problem: Some(problem), mistyped: true })
        }
    }
}

/// What a code opens: a whole award, or of a record no more than that it is one.
pub enum Opened {
    /// An award.
    Award(Box<Award>),
    /// A published record.
    Record(Box<Cover>),
}

/// What a code opens.
pub async fn opened(state: &State, request: &HttpRequest, code: &CeDiD) -> Result<Disclosed<Opened>, Error> {
    let (code, now) = (code.clone(), clock::now());
    look_up(state, request, move |conn| {
        Ok(match credential::disclosed(conn, &code)? {
            Disclosed::One(one) if one.clr_id.is_some() => {
                Disclosed::One(Box::new(Opened::Record(Box::new(published::cover(conn, &one, now)?))))
            }
            Disclosed::One(one) => {
                Disclosed::One(Box::new(Opened::Award(Box::new(credential::award(conn, &one, now)?))))
            }
            Disclosed::Several(codes) => Disclosed::Several(codes),
            Disclosed::Nothing => Disclosed::Nothing,
        })
    })
    .await
}

/// Looks a code up, within the limits. A code that opens nothing is a miss, whatever it is.
async fn look_up<T: Send + 'static>(
    state: &State,
    request: &HttpRequest,
    question: impl FnOnce(&mut Conn) -> Result<Disclosed<T>, Error> + Send + 'static,
) -> Result<Disclosed<T>, Error> {
    let address = limits::address(request, state);
    state.limits.before_lookup(address)?;
    let found = state.db.read_at_once(question).await?;
    if matches!(found, Disclosed::Nothing) {
        state.limits.missed(address)?;
    }
    Ok(found)
}

/// The page for a code that opens nothing: 404, the same for every reason and at every address.
pub fn unknown(frame: Frame, typed: &str) -> Result<HttpResponse, Error> {
    let typed = match CeDiD::read(typed) {
        Typed::Code(code) => code.to_string(),
        _ => shortened(typed),
    };
    page_with(StatusCode::NOT_FOUND, &UnknownPage { frame, typed })
}

/// The page that offers the codes that may be meant.
pub fn several(frame: Frame, typed: &CeDiD, codes: Vec<CeDiD>) -> Result<HttpResponse, Error> {
    page(&SeveralPage { frame, typed: typed.to_string(), codes })
}

fn refused(form: FormPage) -> Result<HttpResponse, Error> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
}

/// The first `cedid` of a query; `None` without one.
fn asked(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).ok()?;
    pairs.into_iter().find(|(name, _)| name == "cedid").map(|(_, value)| value)
}

fn shortened(typed: &str) -> String {
    let typed = typed.trim();
    let mut short: String = typed.chars().filter(|c| !c.is_control()).take(MOST_SHOWN).collect();
    if short.len() < typed.len() && typed.chars().count() > MOST_SHOWN {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_whatever_stands_in_it() {
        assert_eq!(asked(""), None);
        assert_eq!(asked("lang=en"), None);
        assert_eq!(asked("cedid="), Some(String::new()));
        assert_eq!(asked("cedid=19fd+d80s%20a9tu&cedid=other"), Some("19fd d80s a9tu".to_owned()));
        assert!(asked("cedid=%ff%00").is_some());
    }

    #[test]
    fn what_was_typed_is_shown_again_at_most_sixty_signs_long() {
        assert_eq!(shortened("  <b>\u{7}x "), "<b>x");
        assert_eq!(shortened(&"é".repeat(100)).chars().count(), 61);
    }
}
