//! What was shown of a learner's record through shares: when, to whom, in which form. The newest first.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        disclosed::{self, Disclosed},
        page::ROWS,
    },
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::Learned,
    },
};

#[derive(Template)]
#[template(path = "learner/disclosures.html")]
struct DisclosuresPage {
    frame: Frame,
    disclosures: Vec<Disclosed>,
    /// Where the older ones begin.
    older: Option<i64>,
}

/// Where the list begins.
#[derive(Debug, Default, Deserialize)]
pub struct Place {
    #[serde(default)]
    from: i64,
}

/// `GET /record/disclosures`
pub async fn show(learned: Learned, state: web::Data<State>, place: web::Query<Place>) -> Result<HttpResponse, Error> {
    let (learner, from, rows) = (learned.learner.id, place.from.clamp(0, i64::from(i32::MAX)), ROWS as i64);
    let mut disclosures =
        state.db.read(move |conn| disclosed::of_learner(conn, &learner, (from, rows + 1)).map_err(Error::from)).await?;
    let older = (disclosures.len() > ROWS).then_some(from + rows);
    disclosures.truncate(ROWS);
    page(&DisclosuresPage { frame: learned.frame, disclosures, older })
}
