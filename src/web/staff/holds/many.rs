//! The same hold on many: the list of opt-outs that the office gets each term, pasted, with a report of whom it names.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::entered::Entered;
use crate::{
    registrar::hold::{MOST_LINES, Report, place_all},
    values::Invalid,
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with},
        guards::{May, PlaceHolds},
        kept,
    },
};

#[derive(Template)]
#[template(path = "holds/many.html")]
struct ManyPage {
    frame: Frame,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl ManyPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

#[derive(Template)]
#[template(path = "holds/report.html")]
struct ReportPage {
    frame: Frame,
    report: Report,
    unknown: String,
}

/// `GET /admin/holds/many`
pub async fn ask(may: May<PlaceHolds>, state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let entered: Entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&ManyPage { frame: may.frame, entered, errors: Vec::new() })
}

/// `POST /admin/holds/many`. Sent twice, it places nothing twice: who has such a hold is told and passed over.
pub async fn submit(
    may: May<PlaceHolds>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let mut errors = Errors::default();
    let named = lines(&form.0.learners);
    if named.is_empty() {
        errors.add("learners", Invalid::Missing("at least one learner"));
    } else if named.len() > MOST_LINES {
        errors.add("learners", format!("These are {} lines. Take at most {MOST_LINES} at once", named.len()));
    }
    let Some(terms) = form.0.parse(&mut errors) else {
        let page = ManyPage { frame: may.frame, entered: form.0, errors: errors.0 };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let report = place_all(&state.db, named, terms, may.by).await?;
    page(&ReportPage { frame: may.frame, unknown: report.unknown.join("\n"), report })
}

/// One learner a line, or separated by commas, semicolons or tabs.
fn lines(text: &str) -> Vec<String> {
    let named = text.split(['\n', '\r', ',', ';', '\t']).map(str::trim).filter(|line| !line.is_empty());
    let mut all: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for line in named {
        if seen.insert(line) {
            all.push(line.chars().filter(|c| !c.is_control()).collect());
        }
    }
    all
}
