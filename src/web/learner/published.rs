//! The learner's published records: each as it was published, with how it and its awards stand now.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::held::{self, Held};
use crate::{
    clock, clr,
    db::Conn,
    models::{Profile, clr as records, clr::Listed, credential, published, record::Record},
    pdf,
    registrar::{
        clr1::{self, Extent},
        proof,
    },
    values::{CeDiD, Id},
    web::{
        State, drawn,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::Learned,
    },
};

#[derive(Template)]
#[template(path = "learner/published.html")]
struct PublishedPage {
    frame: Frame,
    record: Record,
    number: i32,
    held: Held,
}

impl PublishedPage {
    fn codes_open(&self) -> bool {
        self.held == Held::No
    }
}

/// `GET /record/published/{number}`
pub async fn show(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    let held = held::of(&state, &learned.learner.id).await?;
    let (number, record, _) = published(&state, learned.learner, &number).await?;
    page(&PublishedPage { frame: learned.frame, record, number, held })
}

/// `GET /record/published/{number}.json`: CLR 1.0.
pub async fn json(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (_, record, code) = published(&state, learned.learner, &number).await?;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    Ok(drawn::file("application/json", &drawn::record_json_name(&code), json))
}

/// `GET /record/published/{number}.vc.json`: CLR 2.0, as it was signed.
pub async fn vc(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (_, record, code) = published(&state, learned.learner, &number).await?;
    let (own, portal) = (code.clone(), state.portal.only_signing());
    let form = state.db.write(move |conn| proof::record_form(conn, &portal, &own, &record)).await?;
    let form = form.ok_or_else(|| Error::Conflict(learned.frame.words.get("record-unsigned")))?;
    Ok(drawn::file("application/json", &format!("record-{code}.vc.json"), form.content.into_inner()))
}

/// `GET /record/published/{number}.jwt`: the same as JWT.
pub async fn jwt(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (_, record, code) = published(&state, learned.learner, &number).await?;
    let (own, portal) = (code.clone(), state.portal.only_signing());
    let form = state.db.write(move |conn| proof::record_form(conn, &portal, &own, &record)).await?;
    let unsigned = || Error::Conflict(learned.frame.words.get("record-unsigned"));
    let form = form.ok_or_else(unsigned)?;
    let token = proof::jwt(&state.db, &state.portal.only_signing(), &form.document_id).await?.ok_or_else(unsigned)?;
    Ok(drawn::file("text/plain; charset=utf-8", &format!("record-{code}.jwt"), token))
}

/// `GET /record/published/{number}.jws`: CLR 1.0, as the publisher signed it.
pub async fn jws(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (_, _, code) = published(&state, learned.learner, &number).await?;
    let token = clr1::signed(&state.db, &state.portal.only_signing(), &code, Extent::Whole).await?;
    Ok(drawn::file(drawn::JWS, &format!("record-{code}.jws"), token))
}

/// `GET /record/published/{number}.pdf`
pub async fn pdf(learned: Learned, state: web::Data<State>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (_, record, code) = published(&state, learned.learner, &number).await?;
    let words = learned.frame.words;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    drawn::pdf_of_record(&code, state, move |links, fonts| Ok(pdf::record(&record, links, &words, fonts, &json)?.bytes))
        .await
}

/// The learner's own record with this number; anything else is not there.
async fn published(state: &State, learner: Profile, number: &str) -> Result<(i32, Record, CeDiD), Error> {
    let number: i32 = number.parse().map_err(|_| Error::NotFound)?;
    state
        .db
        .read(move |conn| {
            let own = of(conn, &learner.id)?.into_iter().find(|one| one.clr.number == Some(number));
            let own = own.ok_or(Error::NotFound)?;
            let credential = credential::of_clr(conn, &own.clr.id)?.ok_or(Error::NotFound)?;
            let record = published::record(conn, &credential, clock::now())?;
            Ok::<_, Error>((number, record, credential.cedid))
        })
        .await
}

/// A learner's published records, the newest first.
pub fn of(conn: &mut Conn, learner: &Id<Profile>) -> Result<Vec<Listed>, Error> {
    Ok(records::of_learner(conn, learner)?.into_iter().filter(|one| one.published.is_some()).collect())
}
