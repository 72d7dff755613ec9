//! The learner's own record: every award that was issued, as it stands now, with its documents.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    held::{self, Held},
    published,
};
use crate::{
    clock, clr,
    models::{
        Profile, attendance,
        clr::Listed,
        record::{self, Award, Record},
        signed_form,
    },
    pdf,
    registrar::{
        clr1,
        evaluate::{self, Underway},
        proof,
    },
    values::{CeDiD, Reading, Status},
    web::{
        State, drawn,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::Learned,
    },
};

#[derive(Template)]
#[template(path = "learner/record.html")]
struct RecordPage {
    frame: Frame,
    record: Record,
    records: Vec<Listed>,
    held: Held,
    /// Programs that did not give their award yet.
    underway: Vec<Underway>,
    /// At how many events something is recorded.
    attended: i64,
    /// The codes of awards and published records whose signed files are not to be relied on any more.
    not_believed: HashSet<CeDiD>,
}

impl RecordPage {
    fn codes_open(&self) -> bool {
        self.held == Held::No
    }

    /// The awards whose signed files are not to be relied on any more, but for those that were taken back or issued again.
    fn not_believed(&self) -> Vec<&Award> {
        let stands = |award: &&Award| !matches!(award.standing.reading, Reading::Revoked | Reading::Replaced);
        let awards =
            self.record.awards.iter().filter(|award| self.not_believed.contains(&award.issued.assertion.cedid));
        awards.filter(stands).collect()
    }

    /// The numbers of published records in force of which the same is true.
    fn not_believed_records(&self) -> Vec<i32> {
        let stands = |one: &&Listed| {
            let published = one.published.as_ref();
            published.is_some_and(|(code, status, _)| *status == Status::InForce && self.not_believed.contains(code))
        };
        self.records.iter().filter(stands).filter_map(|one| one.clr.number).collect()
    }

    /// The number of the newest published record that stands.
    fn latest(&self) -> Option<&i32> {
        let stands = |one: &&Listed| matches!(one.published, Some((_, Status::InForce, _)));
        self.records.iter().find(stands)?.clr.number.as_ref()
    }
}

/// `GET /record`
pub async fn show(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let own = learned.learner.id.clone();
    let held = held::of(&state, &own).await?;
    let (records, underway, attended, not_believed) = state
        .db
        .read(move |conn| {
            let records = published::of(conn, &own)?;
            let not_believed = signed_form::not_believed_of(conn, &own)?;
            let (underway, attended) = (evaluate::underway(conn, &own)?, attendance::count_of(conn, &own)?);
            Ok::<_, Error>((records, underway, attended, not_believed))
        })
        .await?;
    let record = assembled(&state, learned.learner, &learned.frame).await?;
    page(&RecordPage { frame: learned.frame, record, records, held, underway, attended, not_believed })
}

/// `GET /record.json`: CLR 1.0.
pub async fn json(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let record = assembled(&state, learned.learner, &learned.frame).await?;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    Ok(drawn::file("application/json", "learner-record.json", json))
}

/// `GET /record.vc.json`: CLR 2.0, signed for this answer.
pub async fn vc(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let record = assembled(&state, learned.learner, &learned.frame).await?;
    let portal = state.portal.only_signing();
    let signed = state.db.write(move |conn| proof::enveloped(conn, &portal, record.clone())).await?;
    match signed {
        Some(signed) => Ok(drawn::file("application/json", "learner-record.vc.json", signed.into_bytes())),
        None => Err(Error::Conflict(learned.frame.words.get("record-unsigned"))),
    }
}

/// `GET /record.pdf`
pub async fn pdf(learned: Learned, state: web::Data<State>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let record = assembled(&state, learned.learner, &learned.frame).await?;
    let words = learned.frame.words;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    drawn::pdf(state, "learner-record.pdf", move |links, fonts| {
        Ok(pdf::record(&record, links, &words, fonts, &json)?.bytes)
    })
    .await
}

async fn assembled(state: &State, learner: Profile, frame: &Frame) -> Result<Record, Error> {
    let (base_url, now) = (state.config.base_url.clone(), clock::now());
    let record =
        state.db.read(move |conn| record::assemble(conn, &learner, &base_url, now).map_err(Error::from)).await?;
    record.ok_or_else(|| Error::Conflict(frame.words.get("record-no-publisher")))
}
