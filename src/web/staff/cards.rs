//! The cards of a learner: what a scanner reads of them, where that is no number the office knows.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        LearnerCard, Profile, erasure,
        learner_card::{self, Added},
        profile,
    },
    registrar::Refusal,
    values::{Id, Invalid, Line, Origin, scanned},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ChangeProfiles, May, Permission, ReadRecords},
    },
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    card: String,
}

#[derive(Template)]
#[template(path = "attendance/cards.html")]
struct CardsPage {
    frame: Frame,
    learner: Profile,
    cards: Vec<LearnerCard>,
    may_change: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl CardsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

type Whose = web::Path<Id<Profile>>;

/// `GET /admin/learners/{id}/cards`
pub async fn show(may: May<ReadRecords>, state: web::Data<State>, id: Whose) -> Result<HttpResponse, Error> {
    page(&built(may, &state, id.into_inner(), Entered::default(), Errors::default()).await?)
}

async fn built<P: Permission>(
    may: May<P>,
    state: &State,
    id: Id<Profile>,
    entered: Entered,
    errors: Errors,
) -> Result<CardsPage, Error> {
    let (learner, cards, is_erased) = state
        .db
        .read(move |conn| {
            let learner = ours(profile::find(conn, &id)?)?;
            Ok::<_, Error>((learner, learner_card::of(conn, &id)?, erasure::of(conn, &id)?.is_some()))
        })
        .await?;
    let may_change = !is_erased && may.frame.may::<ChangeProfiles>();
    Ok(CardsPage { may_change, frame: may.frame, learner, cards, entered, errors: errors.0 })
}

fn ours(learner: Profile) -> Result<Profile, Refusal> {
    if learner.is_person() && learner.origin == Origin::Own { Ok(learner) } else { Err(Refusal::NotFound) }
}

/// `POST /admin/learners/{id}/cards`
pub async fn add(
    may: May<ChangeProfiles>,
    state: web::Data<State>,
    id: Whose,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let card = errors.check("card", parsed(&form.0.card));
    if let Some(card) = card {
        let (own, by) = (id.clone(), may.by.clone());
        let added = state
            .db
            .write(move |conn| {
                ours(profile::find(conn, &own)?)?;
                if erasure::of(conn, &own)?.is_some() {
                    return Err(Refusal::conflict("The data of this learner was erased; nothing new can be recorded"));
                }
                let added = learner_card::add(conn, &own, &card, &by)?;
                Ok(match added {
                    Added::Taken(other) => Some(profile::find(conn, &other)?.name),
                    Added::New | Added::Known => None,
                })
            })
            .await?;
        match added {
            None => return Ok(see(format!("/admin/learners/{id}/cards"))),
            Some(whose) => errors.add("card", format!("This is the card of {whose} already. Take it from them first")),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, form.0, errors).await?)
}

fn parsed(raw: &str) -> Result<Line, Invalid> {
    match scanned::core(raw).is_empty() {
        true => Err(Invalid::Missing("the card")),
        false => Line::parse(&scanned::clean(raw)),
    }
}

/// `POST /admin/learners/{id}/cards/removal`
pub async fn remove(
    may: May<ChangeProfiles>,
    state: web::Data<State>,
    id: Whose,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (own, by, card) = (id.clone(), may.by, form.0.card);
    let gone = state.db.write(move |conn| Ok::<_, Refusal>(learner_card::remove(conn, &own, &card, &by)?)).await?;
    if gone { Ok(see(format!("/admin/learners/{id}/cards"))) } else { Err(Error::NotFound) }
}
