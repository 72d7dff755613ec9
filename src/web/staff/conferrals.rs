//! Conferrals that were prepared: each with its learners, its approval, and how it gets on.

pub mod preview;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    db::Conn,
    models::{
        Actor, Conferral, Profile, Program,
        conferral::{self, Member, Outcomes, count, members},
        program,
    },
    registrar::confer,
    values::{Code, ConferralOutcome, ConferralState, Id, Line},
    web::{
        State, csv,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{Award, May, ReadAwards},
        objects::Managed,
        table::{AS_CSV, Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: Some("name") },
    Column { label: "Events that counted", sort: None },
    Column { label: "Outcome", sort: None },
];

#[derive(Template)]
#[template(path = "conferrals/show.html")]
struct ConferralPage {
    frame: Frame,
    one: Conferral,
    program: String,
    name: String,
    sentence: String,
    outcomes: Outcomes,
    table: Table,
    may_award: bool,
    may_approve: bool,
    entered: Decided,
    errors: Vec<(&'static str, String)>,
}

impl ConferralPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn is_prepared(&self) -> bool {
        self.one.state == ConferralState::Prepared
    }

    fn is_running(&self) -> bool {
        self.one.state == ConferralState::Approved
    }
}

/// What was decided.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Decided {
    /// `approve` or `drop`.
    decision: String,
    reason: String,
}

fn chosen(address: &str) -> Vec<Filter> {
    let choices = ConferralOutcome::ALL.iter().map(|one| (one.to_string(), one.label().to_owned())).collect();
    vec![Filter::new("outcome", "Outcome", choices, address).as_scopes()]
}

/// A conferral with its program and the name of what it confers.
fn existing(conn: &mut Conn, id: &Id<Conferral>, by: &Actor) -> Result<(Conferral, Program, String), Error> {
    let one = conferral::find(conn, id)?;
    let (program, name) = confer::title(conn, &one)?;
    if program.exists_for(by) { Ok((one, program, name)) } else { Err(Error::NotFound) }
}

/// `GET /admin/conferrals/{id}`
pub async fn show(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Conferral>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let list = (asked.into_inner(), request.query_string().to_owned());
    let (by, frame) = (may.by, may.frame);
    page(&shown((by, frame), &state, id.into_inner(), list, (Decided::default(), Errors::default())).await?)
}

async fn shown(
    (by, frame): (Actor, Frame),
    state: &State,
    id: Id<Conferral>,
    (asked, address): (Asked, String),
    (entered, errors): (Decided, Errors),
) -> Result<ConferralPage, Error> {
    let filters = chosen(&address);
    let query = asked.query(COLUMNS, "name", &filters);
    let who = by.clone();
    let (one, program, name, sentence, outcomes, table) = state
        .db
        .read(move |conn| {
            let (one, program, name) = existing(conn, &id, &who)?;
            let sentence = program::rule_of(conn, &program.id, one.rule_number)?.rule.get().sentence();
            let outcomes = conferral::outcomes(conn, &one.id)?;
            let found = members(conn, &one.id, &query)?;
            let at = program.address();
            let mut table =
                Table::new(format!("/admin/conferrals/{}", one.id), COLUMNS, &query, found, |row| cells(row, &at));
            table.matching = count(conn, &one.id, &query)?;
            Ok::<_, Error>((one, at, name, sentence, outcomes, table))
        })
        .await?;
    let mut table = table.narrowed(filters, &asked);
    table.exports = vec![AS_CSV];
    Ok(ConferralPage {
        may_award: frame.may::<Award>(),
        may_approve: one.may_be_approved_by(&by),
        frame,
        one,
        program,
        name,
        sentence,
        outcomes,
        table,
        entered,
        errors: errors.0,
    })
}

/// `GET /admin/conferrals/{id}.csv`
pub async fn table_file(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Conferral>>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked.query(COLUMNS, "name", &filters);
    let (by, own, counted) = (may.by.clone(), id.clone(), query.clone());
    let (name, at, matching) = state
        .db
        .read(move |conn| {
            let (one, program, name) = existing(conn, &own, &by)?;
            Ok::<_, Error>((name, program.address(), count(conn, &one.id, &counted)?))
        })
        .await?;
    let id = id.into_inner();
    let list = csv::List {
        title: "Conferral",
        name: "conferral",
        columns: COLUMNS,
        chosen: format!("{name}: {}", csv::in_words(&asked.q, &filters)),
        matching,
        query,
        read: Arc::new(move |conn, query| Ok(members(conn, &id, query)?.map(|row| cells(row, &at)))),
    };
    csv::answer(&request, state, list, may.by).await
}

fn cells((member, learner): (Member, Profile), program: &str) -> Vec<Cell> {
    let (tone, icon) = match member.outcome {
        ConferralOutcome::Waiting => ("info", "hourglass"),
        ConferralOutcome::Issued => ("ok", "check"),
        ConferralOutcome::LeftOut => ("warn", "alert"),
    };
    vec![
        Cell::Name {
            address: format!("{program}/learners/{}", learner.id),
            text: learner.name.to_string(),
            below: learner.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
        },
        Cell::Text(member.counted.to_string()),
        Cell::State { tone, icon, text: member.outcome.label(), below: member.why.unwrap_or_default() },
    ]
}

/// `POST /admin/conferrals/{id}/decision`: approves it, or drops it for a reason.
pub async fn decide(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Conferral>>,
    form: Submitted<Decided>,
) -> Result<HttpResponse, Error> {
    let (entered, id, mut errors) = (form.0, id.into_inner(), Errors::default());
    let refusal = match entered.decision.as_str() {
        "approve" => Some(None),
        "drop" => {
            let reason = Line::parse(&entered.reason).map_err(|why| why.wanting("why it is not conferred"));
            errors.check("reason", reason).map(Some)
        }
        _ => return Err(Error::BadRequest("it is approved or dropped")),
    };
    if let Some(refusal) = refusal {
        let (own, by) = (id.clone(), may.by.clone());
        let decided = state
            .db
            .write(move |conn| {
                let (one, ..) = existing(conn, &own, &by)?;
                Ok(confer::decide(conn, &one, refusal.as_ref(), &by)?)
            })
            .await;
        match decided {
            Ok(()) => return Ok(see(format!("/admin/conferrals/{id}"))),
            Err(Error::Conflict(why)) => errors.add("reason", why),
            Err(other) => return Err(other),
        }
    }
    let list = (Asked::default(), String::new());
    let shown = shown((may.by, may.frame), &state, id, list, (entered, errors)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

#[derive(Template)]
#[template(path = "conferrals/approvals.html")]
struct ApprovalsPage {
    frame: Frame,
    by: Actor,
    /// Each with the name of what it confers.
    waiting: Vec<(Conferral, String)>,
}

/// `GET /admin/approvals`: what is prepared and waits for somebody to approve it.
pub async fn approvals(may: May<ReadAwards>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let office = may.by.office.clone();
    let waiting = state
        .db
        .read(move |conn| {
            let all = conferral::waiting(conn, office.as_ref())?;
            let named = all.into_iter().map(|one| {
                let (_, name) = confer::title(conn, &one)?;
                Ok::<_, Error>((one, name))
            });
            named.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    page(&ApprovalsPage { frame: may.frame, by: may.by, waiting })
}
