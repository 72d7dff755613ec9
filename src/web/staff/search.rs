//! One box everywhere: a CeDiD leads straight to its award; anything else is looked for among learners, achievements and
//! assertions.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::findings::page_of;
use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Profile, achievement,
        assertion::{self, Listed},
        credential,
        page::Query,
        profile,
        tombstone::{self, Tombstone},
    },
    values::{CeDiD, Typed},
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page, see},
        guards::{May, ReadAwards, ReadRecords, SeeDashboard},
        objects::Managed,
        table::Asked,
    },
};

const MOST: usize = 8;

#[derive(Template)]
#[template(path = "staff/search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    learners: Vec<Profile>,
    achievements: Vec<Achievement>,
    assertions: Vec<Listed>,
    /// What the code that was typed was, where it opens nothing any more.
    buried: Option<Tombstone>,
}

/// What a search came to.
enum Found {
    Exactly(String),
    Some(Vec<Profile>, Vec<Achievement>, Vec<Listed>),
    Buried(Tombstone),
}

/// `GET /admin/search?q=`
pub async fn show(
    may: May<SeeDashboard>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let (by, frame, q) = (may.by.clone(), may.frame.clone(), asked.q.clone());
    match state.db.read(move |conn| find(conn, &q, &frame, &by)).await? {
        Found::Exactly(address) => Ok(see(address)),
        Found::Some(learners, achievements, assertions) => {
            page(&SearchPage { learners, achievements, assertions, ..SearchPage::empty(may.frame, &asked.q) })
        }
        Found::Buried(one) => page(&SearchPage { buried: Some(one), ..SearchPage::empty(may.frame, &asked.q) }),
    }
}

fn find(conn: &mut Conn, q: &str, frame: &Frame, by: &Actor) -> Result<Found, Error> {
    if let Some(address) = award_with_code(conn, q, frame, by)? {
        return Ok(Found::Exactly(address));
    }
    if let Typed::Code(code) = CeDiD::read(q)
        && frame.may::<ReadRecords>()
        && let Some(buried) = tombstone::of(conn, &code)?
    {
        return Ok(Found::Buried(buried));
    }
    let query = Query { office: by.office.clone(), ..Query::search(q) };
    if query.words.is_empty() {
        return Ok(Found::Some(Vec::new(), Vec::new(), Vec::new()));
    }
    let persons = Query { filters: vec![("kind".to_owned(), "person".to_owned())], ..query.clone() };
    let mut learners = match by.office {
        None => profile::search(conn, &persons)?.rows,
        Some(_) if query.words.iter().all(|word| word.chars().count() < 2) => Vec::new(),
        Some(_) => profile::candidates(conn, q)?,
    };
    let (mut achievements, mut assertions) = (Vec::new(), Vec::new());
    if frame.may::<ReadAwards>() {
        achievements = achievement::search(conn, &query)?.rows;
        assertions = assertion::search(conn, &Query { descending: true, ..query })?.rows;
    }
    learners.truncate(MOST);
    achievements.truncate(MOST);
    assertions.truncate(MOST);
    Ok(Found::Some(learners, achievements, assertions))
}

fn award_with_code(conn: &mut Conn, q: &str, frame: &Frame, by: &Actor) -> Result<Option<String>, Error> {
    let Typed::Code(code) = CeDiD::read(q) else { return Ok(None) };
    if !frame.may::<ReadAwards>() {
        return Ok(None);
    }
    let Some(found) = credential::by_cedid(conn, &code)? else { return Ok(None) };
    if let Some(record) = &found.clr_id {
        return Ok(frame.may::<ReadRecords>().then(|| page_of(record)));
    }
    let Some(id) = found.assertion_id else {
        // A code that was erased leads to its tombstone.
        return Ok(frame.may::<ReadRecords>().then(|| format!("/admin/learners/{}", found.learner_id)));
    };
    let found = assertion::find(conn, &id)?;
    Ok(found.exists_for(conn, by)?.then(|| found.address()))
}

impl SearchPage {
    fn empty(frame: Frame, q: &str) -> Self {
        let (learners, achievements, assertions) = (Vec::new(), Vec::new(), Vec::new());
        Self { frame, q: q.to_owned(), learners, achievements, assertions, buried: None }
    }

    fn found_nothing(&self) -> bool {
        self.learners.is_empty() && self.achievements.is_empty() && self.assertions.is_empty()
    }
}
