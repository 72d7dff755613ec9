//! Publishing a record: look at it exactly as it will be, as page, JSON and PDF, then one button that says what it does.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::findings::{self, Found};
use crate::{
    clock, clr,
    models::{Clr, Credential, Profile, credential, profile, published, record::Record},
    pdf,
    registrar::{
        Portal, Refusal,
        clr1::{self, Extent},
        proof,
        publish::{Composed, How, compose, publish, refuse_if_no_draft, stand_in},
    },
    values::{CeDiD, Id},
    web::{
        State, drawn,
        error::Error,
        filters,
        forms::Submitted,
        frame::{Frame, page, see},
        guards::{May, PublishRecords, ReadRecords},
    },
};

#[derive(Template)]
#[template(path = "clrs/publication.html")]
struct PublicationPage {
    frame: Frame,
    address: String,
    record: Record,
    left_out: usize,
    found: Vec<Found>,
    /// The revision of the draft, and what would be published: only this is.
    revision: i32,
    digest: String,
    learner: Profile,
    /// Characters that no font of the PDF can draw.
    missing: Vec<char>,
    mail_is_on: bool,
    holds: Vec<crate::models::Hold>,
    may_see_holds: bool,
}

impl PublicationPage {
    fn codes_open(&self) -> bool {
        self.holds.is_empty()
    }
}

/// What was chosen.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    notify: bool,
    #[serde(default)]
    revision: i32,
    #[serde(default)]
    digest: String,
}

/// `GET /admin/clrs/{id}/publication`
pub async fn preview(
    may: May<PublishRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    let address = findings::page_of(&id);
    let (draft, learner, composed, found, holds) = state
        .db
        .read(move |conn| {
            let (draft, composed) = composed(conn, &id, &portal)?;
            let found = findings::located(conn, composed.findings())?;
            let learner = profile::find(conn, &draft.learner_id)?;
            let holds = crate::models::hold::active(conn, &learner.id)?;
            Ok::<_, Error>((draft, learner, composed, found, holds))
        })
        .await?;
    let record = composed.record();
    let drawn: String = record.awards.iter().map(|one| one.issued.achievement.shown_title()).collect();
    let drawn = format!("{} {drawn}", record.learner.holder.name);
    let fonts = state.fonts.clone();
    let missing = web::block(move || fonts.missing(&drawn)).await.unwrap_or_default();
    page(&PublicationPage {
        may_see_holds: may.frame.may::<crate::web::guards::ReadHolds>(),
        holds,
        frame: may.frame,
        address,
        left_out: composed.left_out.iter().filter(|one| one.is_missed).count(),
        digest: composed.digest(),
        revision: draft.revision,
        record,
        found,
        learner,
        missing,
        mail_is_on: state.config.smtp_url.is_some(),
    })
}

/// A draft as it would be published now, under the code that stands in for its own.
fn composed(conn: &mut crate::db::Conn, id: &Id<Clr>, portal: &Portal) -> Result<(Clr, Composed), Error> {
    let draft = crate::models::clr::find(conn, id)?;
    refuse_if_no_draft(&draft)?;
    let composed = compose(conn, &draft, portal, (stand_in(), clock::now()))?;
    Ok((draft, composed))
}

/// `POST /admin/clrs/{id}/publication`
pub async fn submit(
    may: May<PublishRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
    chosen: Submitted<Chosen>,
) -> Result<HttpResponse, Error> {
    let how = How { notify: chosen.0.notify, previewed: Some((chosen.0.revision, chosen.0.digest)) };
    let (by, portal, address) = (may.by, state.portal.clone(), findings::page_of(&id));
    let outcome = state.db.write(move |conn| publish(conn, &id, &portal, &how, &by)).await;
    match outcome {
        Ok(_) => Ok(see(address)),
        Err(Refusal::Findings(found)) => findings::refused(may.frame, &state, found, address).await,
        Err(other) => Err(other.into()),
    }
}

/// What a record's own documents are made of.
enum Source {
    Ours(Box<Record>, CeDiD),
    /// The bytes and the media type of a foreign one.
    Foreign(Vec<u8>, String),
}

async fn source(state: &State, id: Id<Clr>) -> Result<Source, Error> {
    let portal = state.portal.clone();
    state
        .db
        .read(move |conn| {
            let found = crate::models::clr::find(conn, &id)?;
            if let Some(bytes) = found.document {
                let kind = found.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                return Ok(Source::Foreign(bytes, kind));
            }
            let published: Option<Credential> = credential::of_clr(conn, &id)?;
            Ok::<_, Error>(match published {
                Some(one) => Source::Ours(Box::new(published::record(conn, &one, clock::now())?), one.cedid),
                None => Source::Ours(Box::new(composed(conn, &id, &portal)?.1.record()), stand_in()),
            })
        })
        .await
}

/// `GET /admin/clrs/{id}/record.json`: as it was published, as it would be, or as it came.
pub async fn json(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
) -> Result<HttpResponse, Error> {
    let address = findings::page_of(&id);
    match source(&state, id.into_inner()).await? {
        Source::Ours(record, code) => {
            let found = clr::v1::checks::check(&clr::v1::record_clr(&record));
            if !found.is_empty() {
                return findings::refused(may.frame, &state, found, address).await;
            }
            let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
            Ok(drawn::file("application/json", &drawn::record_json_name(&code), json))
        }
        Source::Foreign(bytes, kind) => {
            // The type that it was received under is told only where a browser does nothing with it.
            let kind = if kind.contains("json") { "application/json" } else { "application/octet-stream" };
            Ok(drawn::file(kind, "record-as-it-came.json", bytes))
        }
    }
}

/// `GET /admin/clrs/{id}/record.vc.json`: CLR 2.0, as it was signed.
pub async fn vc(may: May<ReadRecords>, state: web::Data<State>, id: web::Path<Id<Clr>>) -> Result<HttpResponse, Error> {
    let (record, code) = signed(&state, id.into_inner()).await?;
    let (own, portal) = (code.clone(), state.portal.clone());
    let form = state.db.write(move |conn| proof::record_form(conn, &portal, &own, &record)).await?;
    let form = form.ok_or_else(|| Error::Conflict(may.frame.words.get("record-unsigned")))?;
    Ok(drawn::file("application/json", &format!("record-{code}.vc.json"), form.content.into_inner()))
}

/// `GET /admin/clrs/{id}/record.jws`: CLR 1.0, as the publisher signed it.
pub async fn jws(_: May<ReadRecords>, state: web::Data<State>, id: web::Path<Id<Clr>>) -> Result<HttpResponse, Error> {
    let (_, code) = signed(&state, id.into_inner()).await?;
    let token = clr1::signed(&state.db, &state.portal.only_signing(), &code, Extent::Whole).await?;
    Ok(drawn::file(drawn::JWS, &format!("record-{code}.jws"), token))
}

/// A record that was published: a draft and another publisher's have nothing signed here.
async fn signed(state: &State, id: Id<Clr>) -> Result<(Box<Record>, CeDiD), Error> {
    match source(state, id).await? {
        Source::Ours(record, code) if code != stand_in() => Ok((record, code)),
        _ => Err(Error::NotFound),
    }
}

/// `GET /admin/clrs/{id}/record.pdf`
pub async fn pdf(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
) -> Result<HttpResponse, Error> {
    let Source::Ours(record, code) = source(&state, id.into_inner()).await? else { return Err(Error::NotFound) };
    let words = may.frame.words;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    drawn::pdf_of_record(&code, state, move |links, fonts| Ok(pdf::record(&record, links, &words, fonts, &json)?.bytes))
        .await
}
