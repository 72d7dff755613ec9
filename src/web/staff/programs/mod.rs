//! What programs have beyond the seven pages: the rule in force, who stands how, and the pages of their own files.

pub mod conferral;
pub mod learner;
pub mod report;
pub mod trial;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Profile, Program, achievement,
        program::{
            self,
            progress::{Progress, count, search},
        },
    },
    registrar::evaluate,
    values::{Code, Id, ProgressState},
    web::{
        State, csv,
        error::Error,
        forms::{Empty, Submitted},
        frame::{Frame, page, see},
        guards::{ChangeAchievements, May, ReadAwards},
        objects::{Managed, existing},
        table::{AS_CSV, Asked, Cell, Column, Filter, Table},
    },
};

/// Which rule is put in force; none switches the program off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    rule: String,
    revision: i32,
}

/// `POST /admin/programs/{id}/rule`: puts the newest rule in force, or none.
pub async fn put_in_force(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    form: Submitted<Wanted>,
) -> Result<HttpResponse, Error> {
    let (by, Wanted { rule, revision }) = (may.by, form.0);
    let wanted = match rule.trim() {
        "" => None,
        number => Some(number.parse().map_err(|_| Error::BadRequest("a rule has a number"))?),
    };
    let address = state
        .db
        .write(move |conn| {
            let known = Program { revision, ..existing::<Program>(conn, &id, &by)? };
            if wanted.is_some_and(|number| number != known.newest_rule) {
                return Err(Error::Conflict("Another rule is the newest by now. Look at it again.".to_owned()));
            }
            evaluate::put_in_force(conn, &known, wanted, &by)?;
            Ok(known.address())
        })
        .await?;
    Ok(see(address))
}

/// `POST /admin/programs/{id}/evaluation`: everybody is looked at again.
pub async fn evaluate_again(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let address = state
        .db
        .write(move |conn| {
            let known = existing::<Program>(conn, &id, &by)?;
            program::evaluate_again(conn, &known.id, &by)?;
            Ok::<_, Error>(known.address())
        })
        .await?;
    Ok(see(address))
}

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: Some("name") },
    Column { label: "Stands", sort: None },
    Column { label: "Events that count", sort: None },
    Column { label: "What is lacking", sort: None },
];

#[derive(Template)]
#[template(path = "programs/learners.html")]
struct LearnersPage {
    frame: Frame,
    address: String,
    name: String,
    sentence: String,
    is_counting: bool,
    table: Table,
}

fn chosen(address: &str) -> Vec<Filter> {
    let mut choices: Vec<(String, String)> =
        ProgressState::ALL.iter().map(|one| (one.to_string(), one.label().to_owned())).collect();
    choices.push(("held".to_owned(), "Held".to_owned()));
    vec![Filter::new("state", "Stands", choices, address).as_scopes()]
}

/// `GET /admin/programs/{id}/learners`
pub async fn learners(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked.query(COLUMNS, "name", &filters);
    let is_held = filters.iter().any(|filter| filter.chosen == "held");
    let by = may.by;
    let (known, name, sentence, is_counting, table) = state
        .db
        .read(move |conn| {
            let known = existing::<Program>(conn, &id, &by)?;
            let name = achievement::find(conn, &known.achievement_id)?.name.to_string();
            let number = known.rule_in_force.unwrap_or(known.newest_rule);
            let sentence = program::rule_of(conn, &known.id, number)?.rule.get().sentence();
            let is_counting = known.evaluated_at.is_none() || program::progress::marked(conn)? > 0;
            let address = known.address();
            let found = search(conn, &known.id, &query)?;
            let own = |row| cells(row, &address, is_held);
            let mut table = Table::new(format!("{address}/learners"), COLUMNS, &query, found, own);
            table.matching = count(conn, &known.id, &query)?;
            Ok::<_, Error>((known, name, sentence, is_counting, table))
        })
        .await?;
    let mut table = table.narrowed(filters, &asked);
    table.exports = vec![AS_CSV];
    page(&LearnersPage { frame: may.frame, address: known.address(), name, sentence, is_counting, table })
}

/// `GET /admin/programs/{id}/learners.csv`
pub async fn learners_csv(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Program>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked.query(COLUMNS, "name", &filters);
    let is_held = filters.iter().any(|filter| filter.chosen == "held");
    let (by, own, counted) = (may.by.clone(), id.clone(), query.clone());
    let (known, name, matching) = state
        .db
        .read(move |conn| {
            let known = existing::<Program>(conn, &own, &by)?;
            let name = achievement::find(conn, &known.achievement_id)?.name.to_string();
            let matching = count(conn, &known.id, &counted)?;
            Ok::<_, Error>((known, name, matching))
        })
        .await?;
    let (id, address) = (id.into_inner(), known.address());
    let list = csv::List {
        title: "Progress",
        name: "progress",
        columns: COLUMNS,
        chosen: format!("{name}: {}", csv::in_words(&asked.q, &filters)),
        matching,
        query,
        read: Arc::new(move |conn, query| Ok(search(conn, &id, query)?.map(|row| cells(row, &address, is_held)))),
    };
    csv::answer(&request, state, list, may.by).await
}

fn cells((row, learner): (Progress, Profile), address: &str, is_held: bool) -> Vec<Cell> {
    let (tone, icon, text) = if is_held { ("warn", "lock", "Held") } else { standing(row.state) };
    vec![
        Cell::Name {
            address: format!("{address}/learners/{}", learner.id),
            text: learner.name.to_string(),
            below: learner.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
        },
        Cell::State { tone, icon, text, below: String::new() },
        Cell::Text(row.counted.to_string()),
        Cell::Text(row.detail),
    ]
}

/// Style class, icon and word of how somebody stands.
pub fn standing(state: ProgressState) -> (&'static str, &'static str, &'static str) {
    let (tone, icon) = match state {
        ProgressState::Earned => ("ok", "check"),
        ProgressState::OneShort => ("info", "hourglass"),
        ProgressState::OnTheWay => ("mute", "clock"),
        ProgressState::Awarded => ("ok", "rosette"),
    };
    (tone, icon, state.label())
}
