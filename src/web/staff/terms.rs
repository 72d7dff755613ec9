//! Terms and academic years: the days that rules and reports are about.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{Term, term},
    values::{Id, Line, TermKind, parse_date},
    web::{
        State,
        error::Error,
        forms::{Empty, Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ChangeAchievements, May, Permission, ReadEvents},
    },
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    name: String,
    kind: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "terms/index.html")]
struct TermsPage {
    frame: Frame,
    terms: Vec<Term>,
    kinds: Vec<(String, String)>,
    may_change: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl TermsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/terms`
pub async fn index(may: May<ReadEvents>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    page(&built(may, &state, Entered::default(), Errors::default()).await?)
}

async fn built<P: Permission>(
    may: May<P>,
    state: &State,
    entered: Entered,
    errors: Errors,
) -> Result<TermsPage, Error> {
    let terms = state.db.read(|conn| term::all(conn).map_err(Error::from)).await?;
    Ok(TermsPage {
        may_change: may.frame.may::<ChangeAchievements>(),
        frame: may.frame,
        terms,
        kinds: TermKind::ALL.iter().map(|one| (one.to_string(), one.label().to_owned())).collect(),
        entered,
        errors: errors.0,
    })
}

/// `POST /admin/terms`
pub async fn create(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, mut errors) = (form.0, Errors::default());
    let name = errors.check("name", Line::parse(&entered.name).map_err(|why| why.wanting("a name")));
    let kind = errors.check("kind", TermKind::parse(&entered.kind));
    let from = errors.check("from", parse_date(&entered.from));
    let to = errors.check("to", parse_date(&entered.to));
    if let (Some(name), Some(kind), Some(from), Some(to)) = (name, kind, from, to) {
        if to < from {
            errors.add("to", "The last day cannot come before the first");
        } else {
            let by = may.by.clone();
            let made = state
                .db
                .write(move |conn| {
                    if term::is_taken(conn, &name)? {
                        return Ok::<_, Error>(false);
                    }
                    Term::new(name.clone(), kind, (from, to)).insert(conn, &by)?;
                    Ok(true)
                })
                .await?;
            if made {
                return Ok(see("/admin/terms"));
            }
            errors.add("name", "Another term has this name already");
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, entered, errors).await?)
}

/// `POST /admin/terms/{id}/removal`
pub async fn remove(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Term>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    state.db.write(move |conn| Ok::<_, Error>(term::delete(conn, &id, &by)?)).await?;
    Ok(see("/admin/terms"))
}
