//! What a picker suggests while somebody types: the questions that the form itself asks, with the same rules, as JSON.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::{
    models::Actor,
    values::fold_words,
    web::{
        State,
        error::Error,
        forms::picker::What,
        guards::{FindLearners, May, ReadAwards, ReadRecords},
    },
};

/// What was typed so far.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

type Query = web::Query<Asked>;

async fn suggest(by: Actor, state: web::Data<State>, asked: Query, what: What) -> Result<HttpResponse, Error> {
    // Nobody pages through everybody by single letters.
    let says_enough = fold_words(&asked.q).iter().any(|word| word.chars().count() >= 2);
    if !says_enough {
        return Ok(HttpResponse::Ok().json(Vec::<()>::new()));
    }
    let q = asked.into_inner().q;
    let found = state.db.read(move |conn| what.named(conn, &q, &by)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// `GET /admin/suggestions/learners`
pub async fn learners(may: May<FindLearners>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Learner).await
}

/// `GET /admin/suggestions/organizations`
pub async fn organizations(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Organization).await
}

/// `GET /admin/suggestions/profiles`
pub async fn profiles(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Profile).await
}

/// `GET /admin/suggestions/awardable`
pub async fn awardable(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Awardable).await
}

/// `GET /admin/suggestions/achievements`
pub async fn achievements(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Achievement).await
}

/// `GET /admin/suggestions/drafts`
pub async fn drafts(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Draft).await
}

/// `GET /admin/suggestions/assertions`
pub async fn assertions(may: May<ReadAwards>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Assertion).await
}

/// `GET /admin/suggestions/clrs`
pub async fn clrs(may: May<ReadRecords>, state: web::Data<State>, asked: Query) -> Result<HttpResponse, Error> {
    suggest(may.by, state, asked, What::Clr).await
}
