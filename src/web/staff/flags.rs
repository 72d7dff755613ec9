//! Awards whose ground changed after they were conferred: the list, and the decision about each.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Actor, AwardFlag, Credential, Profile, Program, achievement,
        award_flag::{self, Listed, count, search},
        credential,
        page::Query,
        profile, program,
    },
    values::{FlagDecision, Id, Line},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, ReadAwards, Revoke},
        objects::Managed,
        table::{Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: None },
    Column { label: "Award", sort: None },
    Column { label: "What changed", sort: None },
    Column { label: "State", sort: None },
    Column { label: "Noticed", sort: Some("raised") },
];

#[derive(Template)]
#[template(path = "flags/index.html")]
struct FlagsPage {
    frame: Frame,
    table: Table,
}

/// `GET /admin/flags`
pub async fn index(
    may: May<ReadAwards>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let states = vec![("settled".to_owned(), "Decided".to_owned())];
    let filters =
        vec![Filter::new("state", "State", states, request.query_string()).as_scopes().with_nothing("To decide")];
    let query = Query { office: may.by.office.clone(), ..asked.query(COLUMNS, "-raised", &filters) };
    let table = state
        .db
        .read(move |conn| {
            let mut table = Table::new("/admin/flags".to_owned(), COLUMNS, &query, search(conn, &query)?, cells);
            table.matching = count(conn, &query)?;
            Ok::<_, Error>(table)
        })
        .await?;
    let table = table.narrowed(filters, &asked);
    page(&FlagsPage { frame: may.frame, table })
}

fn cells(Listed { flag, learner, awarded }: Listed) -> Vec<Cell> {
    let (tone, icon, text) = match flag.decision {
        Some(decision) => ("mute", "check", decision.label()),
        None if flag.still_earned => ("warn", "alert", "Still earned by other events"),
        None => ("bad", "alert", "No longer earned"),
    };
    let by = flag.settled_by.as_ref().map(|who| format!("by {who}")).unwrap_or_default();
    vec![
        Cell::Name {
            address: format!("/admin/flags/{}", flag.id),
            text: learner.name.to_string(),
            below: learner.student_id.map(String::from).unwrap_or_default(),
        },
        Cell::Text(awarded.shown_title().to_owned()),
        Cell::Text(flag.what),
        Cell::State { tone, icon, text, below: by },
        Cell::Date(flag.raised_at.date()),
    ]
}

/// What was decided: the award is kept, for a reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    reason: String,
}

#[derive(Template)]
#[template(path = "flags/show.html")]
struct FlagPage {
    frame: Frame,
    flag: AwardFlag,
    learner: Profile,
    program: Program,
    name: String,
    credential: Option<Credential>,
    may_decide: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl FlagPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

fn existing(conn: &mut crate::db::Conn, id: &Id<AwardFlag>, by: &Actor) -> Result<(AwardFlag, Program), Error> {
    let flag = award_flag::find(conn, id)?;
    let program = program::find(conn, &flag.program_id)?;
    if program.exists_for(by) { Ok((flag, program)) } else { Err(Error::NotFound) }
}

/// `GET /admin/flags/{id}`
pub async fn show(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<AwardFlag>>,
) -> Result<HttpResponse, Error> {
    page(&built((may.by, may.frame), &state, id.into_inner(), Entered::default(), Errors::default()).await?)
}

async fn built(
    (by, frame): (Actor, Frame),
    state: &State,
    id: Id<AwardFlag>,
    entered: Entered,
    errors: Errors,
) -> Result<FlagPage, Error> {
    let (flag, program, learner, name, credential) = state
        .db
        .read(move |conn| {
            let (flag, program) = existing(conn, &id, &by)?;
            let learner = profile::find(conn, &flag.learner_id)?;
            let name = achievement::find(conn, &program.achievement_id)?.shown_title().to_owned();
            let credential = credential::of_assertion(conn, &flag.assertion_id)?;
            Ok::<_, Error>((flag, program, learner, name, credential))
        })
        .await?;
    Ok(FlagPage {
        may_decide: frame.may::<Revoke>(),
        frame,
        flag,
        learner,
        program,
        name,
        credential,
        entered,
        errors: errors.0,
    })
}

/// `POST /admin/flags/{id}`: the award is kept as it is, for a reason. Revoking and correcting have pages of their own.
pub async fn keep(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<AwardFlag>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (entered, id, mut errors) = (form.0, id.into_inner(), Errors::default());
    let reason = Line::parse(&entered.reason).map_err(|why| why.wanting("why the award is kept"));
    let Some(reason) = errors.check("reason", reason) else {
        let shown = built((may.by, may.frame), &state, id, entered, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    let by = may.by;
    state
        .db
        .write(move |conn| {
            let (flag, _) = existing(conn, &id, &by)?;
            if !flag.settle(conn, (FlagDecision::Kept, Some(&reason)), &by)? {
                return Err(Error::Conflict(
                    "Somebody decided about this award before you. Look at it again.".to_owned(),
                ));
            }
            Ok(())
        })
        .await?;
    Ok(see("/admin/flags"))
}
