//! Conferring a program's award: who has earned it, the go that is prepared, its approval, and how it gets on.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Actor, Conferral, Profile, Program, achievement,
        conferral::{self, Member, Outcomes, count, members},
        program::{self, progress, progress::Counts},
        setting, term,
    },
    registrar::{
        Refusal,
        confer::{self, Wanted},
    },
    values::{Code, ConferralOutcome, ConferralState, Id, Line, optional, parse_date},
    web::{
        State, csv,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{Award, May, ReadAwards},
        objects::{Managed, existing},
        table::{Asked, Cell, Column, Filter, Table},
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
                let program = program::find(conn, &own)?;
                if !program.exists_for(&by) {
                    return Err(Refusal::NotFound);
                }
                confer::prepare(conn, &program, &wanted, &by)
            })
            .await;
        match made {
            Ok(made) => return Ok(see(format!("/admin/conferrals/{}", made.id))),
            Err(why) => errors.add("date", super::told(why)?),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, entered, errors).await?)
}

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
    let (one, program, name, sentence, outcomes, mut table) = state
        .db
        .read(move |conn| {
            let one = conferral::find(conn, &id)?;
            let (program, name) = confer::title(conn, &one)?;
            if !program.exists_for(&who) {
                return Err(Error::NotFound);
            }
            let sentence = program::rule_of(conn, &program.id, one.rule_number)?.rule.get().sentence();
            let outcomes = conferral::outcomes(conn, &one.id)?;
            let found = members(conn, &one.id, &query)?;
            let at = program.address();
            let mut table =
                Table::new(format!("/admin/conferrals/{}", one.id), COLUMNS, &query, found, |row| cells(row, &at));
            table.matching = count(conn, &one.id, &query)?;
            Ok((one, at, name, sentence, outcomes, table))
        })
        .await?;
    table.filters = filters;
    table.q = asked.q.trim().to_owned();
    table.exports = vec![("csv", "Export what is filtered (CSV)")];
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
            let one = conferral::find(conn, &own)?;
            let (program, name) = confer::title(conn, &one)?;
            if !program.exists_for(&by) {
                return Err(Error::NotFound);
            }
            Ok((name, program.address(), count(conn, &one.id, &counted)?))
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
                let one = conferral::find(conn, &own)?;
                if !program::find(conn, &one.program_id)?.exists_for(&by) {
                    return Err(Refusal::NotFound);
                }
                confer::decide(conn, &one, refusal.as_ref(), &by)
            })
            .await;
        match decided {
            Ok(()) => return Ok(see(format!("/admin/conferrals/{id}"))),
            Err(why) => errors.add("reason", super::told(why)?),
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
