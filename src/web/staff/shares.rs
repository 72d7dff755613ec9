//! What learners share with whom: the list, a share, and switching it off with a reason. Staff make none and open none.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Profile, Share,
        disclosed::{self, Disclosed, Opened},
        page::Query,
        profile,
        share::{
            self as nouns, ShareState,
            list::{Row, count, search},
        },
    },
    registrar::share::{self, Shown},
    values::{Code, Id, Line},
    web::{
        State, csv,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{EndShares, May, ReadShares},
        table::{AS_CSV, Asked, Cell, Column, Filter, Table},
    },
    words,
};

/// So many openings are told on the page of a share.
const MOST_TOLD: i64 = 200;

const COLUMNS: &[Column] = &[
    Column { label: "Learner", sort: None },
    Column { label: "Recipient", sort: None },
    Column { label: "Purpose", sort: None },
    Column { label: "State", sort: None },
    Column { label: "Opened", sort: None },
    Column { label: "Last opened", sort: None },
    Column { label: "Made", sort: Some("made") },
    Column { label: "Ends", sort: None },
];

#[derive(Template)]
#[template(path = "shares/index.html")]
struct IndexPage {
    frame: Frame,
    table: Table,
}

fn chosen(address: &str) -> Vec<Filter> {
    let choices =
        |all: &[(&str, &str)]| all.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect();
    let states = [("on", "On"), ("over", "Over"), ("off", "Switched off")];
    vec![
        Filter::new("state", "State", choices(&states), address).as_scopes(),
        Filter::new("opened", "Opened", choices(&[("yes", "Opened"), ("no", "Never opened")]), address),
    ]
}

fn asked_for(asked: &Asked, filters: &[Filter]) -> Query {
    asked.query(COLUMNS, "-made", filters)
}

/// `GET /admin/shares`
pub async fn index(
    may: May<ReadShares>,
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
            let mut table = Table::new("/admin/shares".to_owned(), COLUMNS, &query, found, cells);
            table.matching = count(conn, &query)?;
            Ok::<_, Error>(table)
        })
        .await?;
    let mut table = table.narrowed(filters, &asked);
    table.exports = vec![AS_CSV];
    page(&IndexPage { frame: may.frame, table })
}

/// `GET /admin/shares.csv`
pub async fn csv(
    may: May<ReadShares>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let filters = chosen(request.query_string());
    let (query, counted) = (asked_for(&asked, &filters), asked_for(&asked, &filters));
    let list = csv::List {
        title: "Shares",
        name: "shares",
        columns: COLUMNS,
        chosen: csv::in_words(&asked.q, &filters),
        matching: state.db.read(move |conn| count(conn, &counted).map_err(Error::from)).await?,
        query,
        read: Arc::new(|conn, query| Ok(search(conn, query)?.map(cells))),
    };
    csv::answer(&request, state, list, may.by).await
}

fn cells((share, learner, opened): Row) -> Vec<Cell> {
    let (tone, icon, text) = shown_state(&share);
    vec![
        Cell::Name {
            address: format!("/admin/shares/{}", share.id),
            text: learner.name.to_string(),
            below: learner.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
        },
        Cell::Text(share.recipient.to_string()),
        Cell::Text(share.purpose.to_string()),
        Cell::State { tone, icon, text, below: String::new() },
        Cell::Text(times(&opened)),
        opened.last.map_or(Cell::Text(String::new()), |last| Cell::Date(last.date())),
        Cell::Date(share.created_at.date()),
        share.expires_at.map_or(Cell::Text("when switched off".to_owned()), |end| Cell::Date(end.date())),
    ]
}

/// `3 times`
fn times(opened: &Opened) -> String {
    match opened.times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        many => format!("{} times", words::plain_number(&words::Words::default(), many)),
    }
}

/// Style class, icon and word of how a share stands.
pub fn shown_state(share: &Share) -> (&'static str, &'static str, &'static str) {
    match share.state() {
        ShareState::On => ("ok", "link", "On"),
        ShareState::Over => ("mute", "clock", "Over"),
        ShareState::Off => ("mute", "x", "Switched off"),
    }
}

#[derive(Template)]
#[template(path = "shares/show.html")]
struct OnePage {
    frame: Frame,
    shown: Shown,
    learner: Profile,
    openings: Vec<Disclosed>,
    opened: Opened,
    entered: Entered,
    mail_is_on: bool,
    errors: Vec<(&'static str, String)>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    reason: String,
    notify: bool,
}

impl OnePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn state(&self) -> (&'static str, &'static str, &'static str) {
        shown_state(&self.shown.share)
    }

    fn may_end(&self) -> bool {
        self.shown.share.state() == ShareState::On && self.frame.may::<EndShares>()
    }

    fn times(&self) -> String {
        times(&self.opened)
    }
}

/// `GET /admin/shares/{id}`
pub async fn show(
    may: May<ReadShares>,
    state: web::Data<State>,
    id: web::Path<Id<Share>>,
) -> Result<HttpResponse, Error> {
    let entered = Entered { notify: true, ..Entered::default() };
    page(&built(may.frame, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built(frame: Frame, state: &State, id: Id<Share>, entered: Entered, errors: Errors) -> Result<OnePage, Error> {
    let (shown, learner, openings, opened) = state
        .db
        .read(move |conn| {
            let share = nouns::find(conn, &id)?;
            let learner = profile::find(conn, &share.learner_id)?;
            let opened = disclosed::opened(conn, std::slice::from_ref(&id))?.remove(id.as_str()).unwrap_or_default();
            let openings = disclosed::through(conn, &id, MOST_TOLD)?;
            Ok::<_, Error>((share::shown(conn, &share)?, learner, openings, opened))
        })
        .await?;
    let mail_is_on = state.config.smtp_url.is_some();
    Ok(OnePage { frame, shown, learner, openings, opened, entered, mail_is_on, errors: errors.0 })
}

/// `POST /admin/shares/{id}/end`: switches it off, with a reason.
pub async fn end(
    may: May<EndShares>,
    state: web::Data<State>,
    id: web::Path<Id<Share>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let reason =
        errors.check("reason", Line::parse(&form.0.reason).map_err(|why| why.wanting("why it is switched off")));
    let Some(reason) = reason else {
        let page = built(may.frame, &state, id, form.0, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let (by, portal, notify, own) = (may.by, state.portal.clone(), form.0.notify, id.clone());
    state
        .db
        .write(move |conn| {
            let share = nouns::find(conn, &own)?;
            share::switch_off(conn, &share, Some((&reason, notify)), &portal, &by)
        })
        .await?;
    Ok(see(format!("/admin/shares/{id}")))
}
