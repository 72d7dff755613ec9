//! Trying a rule on some year's attendance before it is switched on. Nothing is written.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::{
    models::{Program, achievement, program, setting, term},
    registrar::evaluate::{self, Trial},
    values::{Id, parse_date},
    web::{
        State,
        error::Error,
        forms::{Errors, error_of},
        frame::{Frame, page},
        guards::{May, ReadAwards},
        objects::{Managed, existing},
    },
};

/// What stands in the address: which rule, and which term or days.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    rule: String,
    term: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "programs/trial.html")]
struct TrialPage {
    frame: Frame,
    address: String,
    name: String,
    number: i32,
    asked: Asked,
    terms: Vec<(String, String)>,
    trial: Option<Trial>,
    errors: Vec<(&'static str, String)>,
}

impl TrialPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    /// The largest number of learners of a line, for the bars.
    fn most(&self) -> usize {
        let numbers = self.trial.iter().flat_map(|trial| trial.spread.iter().map(|(_, number)| *number));
        numbers.max().unwrap_or(1).max(1)
    }
}

/// The days that are tried: those of a term, or as typed; last year's where nothing was asked.
type Days = (Option<String>, NaiveDate, NaiveDate);

fn typed(asked: &Asked, errors: &mut Errors) -> Option<Days> {
    let from = errors.check("from", parse_date(&asked.from))?;
    let to = errors.check("to", parse_date(&asked.to))?;
    if to < from {
        errors.add("to", "The last day cannot come before the first");
        return None;
    }
    Some((None, from, to))
}

/// `GET /admin/programs/{id}/trial`
pub async fn show(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let (by, mut asked) = (may.by, asked.into_inner());
    let mut errors = Errors::default();
    let (known, name, number, terms, trial, asked, errors) = state
        .db
        .snapshot(move |conn| {
            let known = existing::<Program>(conn, &id, &by)?;
            let name = achievement::find(conn, &known.achievement_id)?.name.to_string();
            let number = asked.rule.trim().parse().unwrap_or(known.newest_rule);
            let rule = program::rule_of(conn, &known.id, number)?.rule.into_inner();
            let terms = term::all(conn)?;
            let days = if let Some(one) = terms.iter().find(|one| one.id.as_str() == asked.term) {
                Some((Some(one.name.to_string()), one.starts_on, one.ends_on))
            } else if asked.from.is_empty() && asked.to.is_empty() {
                // The year before today: what most people ask first.
                let today = setting::time_zone(conn)?.day(crate::clock::now());
                let from = today.with_year(today.year() - 1).unwrap_or(today);
                (asked.from, asked.to) = (from.to_string(), today.to_string());
                Some((None, from, today))
            } else {
                typed(&asked, &mut errors)
            };
            let trial = days.map(|days| evaluate::try_out(conn, &known, &rule, days)).transpose()?;
            Ok::<_, Error>((known, name, number, terms, trial, asked, errors))
        })
        .await?;
    page(&TrialPage {
        frame: may.frame,
        address: known.address(),
        name,
        number,
        asked,
        terms: terms.iter().map(|one| (one.id.to_string(), one.in_words())).collect(),
        trial,
        errors: errors.0,
    })
}
