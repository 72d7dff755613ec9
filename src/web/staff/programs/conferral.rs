//! Conferring a program's award: who has earned it, and the go that is prepared.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Program, achievement,
        program::{progress, progress::Counts},
        setting, term,
    },
    registrar::confer::{self, Wanted},
    values::{Id, Line, optional, parse_date},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{Award, May},
        objects::{Managed, existing},
    },
};

/// What was entered about a conferral.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    date: String,
    term: String,
    notify: bool,
    expected: i64,
}

#[derive(Template)]
#[template(path = "conferrals/new.html")]
struct NewPage {
    frame: Frame,
    address: String,
    name: String,
    counts: Counts,
    two_people: bool,
    mail_is_on: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl NewPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/programs/{id}/conferral`: today, the term that it is in, and the learners are told.
pub async fn ask(may: May<Award>, state: web::Data<State>, id: web::Path<Id<Program>>) -> Result<HttpResponse, Error> {
    let entered = state
        .db
        .read(|conn| {
            let today = setting::time_zone(conn)?.day(crate::clock::now());
            let term = term::on(conn, today)?.map(|one| one.name.to_string()).unwrap_or_default();
            Ok::<_, Error>(Entered { date: today.to_string(), term, notify: true, expected: 0 })
        })
        .await?;
    page(&built(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(
    may: May<Award>,
    state: &State,
    id: Id<Program>,
    entered: Entered,
    errors: Errors,
) -> Result<NewPage, Error> {
    let by = may.by;
    let (known, name, counts, two_people) = state
        .db
        .read(move |conn| {
            let known = existing::<Program>(conn, &id, &by)?;
            let name = achievement::find(conn, &known.achievement_id)?.shown_title().to_owned();
            let counts = progress::counts(conn, &known.id)?;
            Ok::<_, Error>((known, name, counts, setting::two_people_confer(conn)?))
        })
        .await?;
    Ok(NewPage {
        frame: may.frame,
        address: known.address(),
        name,
        counts,
        two_people,
        mail_is_on: state.config.smtp_url.is_some(),
        entered,
        errors: errors.0,
    })
}

/// `POST /admin/programs/{id}/conferral`: freezes who is meant; nothing is issued yet.
pub async fn prepare(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, id, mut errors) = (form.0, id.into_inner(), Errors::default());
    let date = errors.check("date", parse_date(&entered.date));
    let term = errors.check("term", optional(&entered.term, Line::parse));
    if let (Some(date), Some(term)) = (date, term) {
        let wanted = Wanted { date, term, notify: entered.notify, expected: entered.expected };
        let (own, by) = (id.clone(), may.by.clone());
        let made = state
            .db
            .write(move |conn| {
                let program = existing::<Program>(conn, &own, &by)?;
                Ok(confer::prepare(conn, &program, &wanted, &by)?)
            })
            .await;
        match made {
            Ok(made) => return Ok(see(format!("/admin/conferrals/{}", made.id))),
            Err(Error::Conflict(why)) => errors.add("date", why),
            Err(other) => return Err(other),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, entered, errors).await?)
}
