//! Holds: the list, placing one on a learner, changing its last day and lifting it. Many at once are in [`many`].

pub mod entered;
pub mod many;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use self::entered::Entered;
use crate::{
    models::{
        Hold, Profile,
        hold::{
            self as nouns, HoldState,
            list::{count, search},
        },
        page::Query,
        profile,
    },
    registrar::hold,
    values::{Code, Id, Line, optional, parse_date},
    web::{
        State, csv,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, PlaceHolds, ReadHolds},
        kept,
        table::{AS_CSV, Asked, Cell, Column, Filter, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: None },
    Column { label: "Hold", sort: None },
    Column { label: "Reason", sort: None },
    Column { label: "State", sort: None },
    Column { label: "Placed", sort: Some("placed") },
    Column { label: "Until", sort: None },
];

#[derive(Template)]
#[template(path = "holds/index.html")]
struct IndexPage {
    frame: Frame,
    table: Table,
    may_place: bool,
}

fn chosen(address: &str) -> Vec<Filter> {
    let choices =
        |all: &[(&str, &str)]| all.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect();
    let states = [("active", "On now"), ("soon", "End soon"), ("planned", "Planned"), ("over", "Lifted or over")];
    let kinds = [("privacy", "Privacy"), ("administrative", "Administrative")];
    vec![
        Filter::new("state", "State", choices(&states), address).as_scopes(),
        Filter::new("kind", "Kind", choices(&kinds), address),
    ]
}

fn asked_for(asked: &Asked, filters: &[Filter]) -> Query {
    asked.query(COLUMNS, "-placed", filters)
}

/// `GET /admin/holds`
pub async fn index(
    may: May<ReadHolds>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let query = asked_for(&asked, &filters);
    let table = state
        .db
        .read(move |conn| {
            let found = search(conn, &query)?;
            let mut table = Table::new("/admin/holds".to_owned(), COLUMNS, &query, found, cells);
            table.matching = count(conn, &query)?;
            Ok::<_, Error>(table)
        })
        .await?;
    let mut table = table.narrowed(filters, &asked);
    table.exports = vec![AS_CSV];
    page(&IndexPage { may_place: may.frame.may::<PlaceHolds>(), frame: may.frame, table })
}

/// `GET /admin/holds.csv`
pub async fn csv(
    may: May<ReadHolds>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let (query, counted) = (asked_for(&asked, &filters), asked_for(&asked, &filters));
    let list = csv::List {
        title: "Holds",
        name: "holds",
        columns: COLUMNS,
        chosen: csv::in_words(&asked.q, &filters),
        matching: state.db.read(move |conn| count(conn, &counted).map_err(Error::from)).await?,
        query,
        read: Arc::new(|conn, query| Ok(search(conn, query)?.map(cells))),
    };
    csv::answer(&request, state, list, may.by).await
}

fn cells((hold, learner): (Hold, Profile)) -> Vec<Cell> {
    let (tone, icon, text) = shown_state(&hold);
    vec![
        Cell::Name {
            address: format!("/admin/holds/{}", hold.id),
            text: learner.name.to_string(),
            below: learner.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
        },
        Cell::Text(hold.kind.label().to_owned()),
        Cell::Text(hold.shown_reason()),
        Cell::State { tone, icon, text, below: String::new() },
        Cell::Date(hold.placed_at.date()),
        hold.ends_at.map_or(Cell::Text("lifted by the office".to_owned()), |last| Cell::Date(last.date())),
    ]
}

/// Style class, icon and word of how a hold stands.
fn shown_state(hold: &Hold) -> (&'static str, &'static str, &'static str) {
    match hold.state() {
        HoldState::Active => ("warn", "lock", "On"),
        HoldState::Planned => ("info", "hourglass", "Planned"),
        HoldState::Ended => ("mute", "clock", "Over"),
        HoldState::Lifted => ("mute", "check", "Lifted"),
    }
}

#[derive(Template)]
#[template(path = "holds/new.html")]
struct NewPage {
    frame: Frame,
    learner: Profile,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl NewPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// For whom a hold is to be placed.
#[derive(Debug, Deserialize)]
pub struct ForWhom {
    #[serde(default)]
    learner: String,
}

/// `GET /admin/holds/new?learner=`; without a learner it leads to the list of learners.
pub async fn new(
    may: May<PlaceHolds>,
    state: web::Data<State>,
    whom: web::Query<ForWhom>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    if whom.learner.is_empty() {
        return Ok(see("/admin/holds/many"));
    }
    let entered: Entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    let entered = Entered { learner: whom.into_inner().learner, ..entered };
    page(&asked_again(may.frame, &state, entered, Errors::default()).await?)
}

async fn asked_again(frame: Frame, state: &State, entered: Entered, errors: Errors) -> Result<NewPage, Error> {
    let id: Id<Profile> = entered.learner.parse().map_err(|_| Error::NotFound)?;
    let learner = state.db.read(move |conn| hold::holdable(conn, &id)).await?;
    Ok(NewPage { frame, learner, entered, errors: errors.0 })
}

/// `POST /admin/holds`
pub async fn create(
    may: May<PlaceHolds>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let mut errors = Errors::default();
    let Some(terms) = form.0.parse(&mut errors) else {
        let page = asked_again(may.frame, &state, form.0, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let learner: Id<Profile> = form.0.learner.parse().map_err(|_| Error::NotFound)?;
    let by = may.by;
    let id = state.db.write(move |conn| hold::place(conn, &learner, &terms, &by)).await?;
    Ok(see(format!("/admin/holds/{id}")))
}

#[derive(Template)]
#[template(path = "holds/show.html")]
struct HoldPage {
    frame: Frame,
    hold: Hold,
    learner: Profile,
    may_place: bool,
    until: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

impl HoldPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn state(&self) -> (&'static str, &'static str, &'static str) {
        shown_state(&self.hold)
    }

    fn stands(&self) -> bool {
        matches!(self.hold.state(), HoldState::Active | HoldState::Planned)
    }
}

/// What was entered to change or lift a hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Changed {
    until: String,
    reason: String,
    revision: i32,
}

/// `GET /admin/holds/{id}`
pub async fn show(
    may: May<ReadHolds>,
    state: web::Data<State>,
    id: web::Path<Id<Hold>>,
) -> Result<HttpResponse, Error> {
    page(&built(may.frame, &state, id.into_inner(), None, Errors::default()).await?)
}

async fn built(
    frame: Frame,
    state: &State,
    id: Id<Hold>,
    typed: Option<Changed>,
    errors: Errors,
) -> Result<HoldPage, Error> {
    let (hold, learner) = state
        .db
        .read(move |conn| {
            let hold = nouns::find(conn, &id)?;
            let learner = profile::find(conn, &hold.learner_id)?;
            Ok::<_, Error>((hold, learner))
        })
        .await?;
    let last = hold.ends_at.map(|last| last.date().to_string()).unwrap_or_default();
    let (until, reason) = typed.map_or((last, String::new()), |typed| (typed.until, typed.reason));
    Ok(HoldPage { may_place: frame.may::<PlaceHolds>(), frame, hold, learner, until, reason, errors: errors.0 })
}

/// `POST /admin/holds/{id}/end`: another last day, or none.
pub async fn end(
    may: May<PlaceHolds>,
    state: web::Data<State>,
    id: web::Path<Id<Hold>>,
    form: Submitted<Changed>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let until = errors.check("until", optional(&form.0.until, parse_date)).flatten();
    entered::refuse_past(until, &mut errors);
    if !errors.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, id, Some(form.0), errors).await?);
    }
    let (by, revision, own) = (may.by, form.0.revision, id.clone());
    state.db.write(move |conn| hold::end_on(conn, &own, (until, revision), &by)).await?;
    Ok(see(format!("/admin/holds/{id}")))
}

/// `POST /admin/holds/{id}/lifting`
pub async fn lift(
    may: May<PlaceHolds>,
    state: web::Data<State>,
    id: web::Path<Id<Hold>>,
    form: Submitted<Changed>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let reason = errors.check("reason", Line::parse(&form.0.reason).map_err(|why| why.wanting("why it is lifted")));
    let Some(reason) = reason else {
        let typed = Changed { until: String::new(), ..form.0 };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, id, Some(typed), errors).await?);
    };
    let (by, revision, own) = (may.by, form.0.revision, id.clone());
    state.db.write(move |conn| hold::lift(conn, &own, (&reason, revision), &by)).await?;
    Ok(see(format!("/admin/holds/{id}")))
}
