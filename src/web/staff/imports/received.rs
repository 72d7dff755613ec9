//! A record as it was received: another publisher's, which is only shown and given out as it came, or one of our own from
//! an older system.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    clr::v1::{read, taken, wire},
    models::{Clr, Profile, clr, import::known, profile},
    registrar::import_clr,
    values::{Id, Iri, Origin},
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::{May, ReadRecords},
    },
};

/// An award of a received record.
struct Shown {
    told: wire::Assertion,
    /// Its page, where it has one.
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/received.html")]
struct ReceivedPage {
    frame: Frame,
    record: Clr,
    learner: Profile,
    told: wire::Clr,
    awards: Vec<Shown>,
    is_signed: bool,
}

/// `GET /admin/clrs/{id}/received`
pub async fn show(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Clr>>,
) -> Result<HttpResponse, Error> {
    let shown = state
        .db
        .read(move |conn| {
            let record = clr::find(conn, &id)?;
            let found = import_clr::received(&record)?.ok_or(Error::NotFound)?;
            let signed = found.signed.iter().map(|(_, told, _)| told.clone());
            let mut awards = Vec::new();
            for told in found.clr.assertions.iter().cloned().chain(signed) {
                let known = match Iri::parse(&told.id) {
                    Ok(iri) => known::assertion(conn, &iri)?,
                    Err(_) => None,
                };
                awards.push(Shown { told, address: known.map(|one| format!("/admin/assertions/{}", one.id)) });
            }
            let learner = profile::find(conn, &record.learner_id)?;
            let is_signed = record.media_type.as_deref() == Some(read::JWS);
            Ok::<_, Error>(ReceivedPage { frame: may.frame, record, learner, told: found.clr, awards, is_signed })
        })
        .await?;
    page(&shown)
}

/// `GET /admin/clrs/{id}/received.json`: another publisher's byte for byte; our own as it is true now.
pub async fn json(_: May<ReadRecords>, state: web::Data<State>, id: web::Path<Id<Clr>>) -> Result<HttpResponse, Error> {
    let (bytes, media_type) = state
        .db
        .read(move |conn| {
            let record = clr::find(conn, &id)?;
            import_clr::again(conn, &record)?.ok_or(Error::NotFound)
        })
        .await?;
    let name = if media_type == read::JWS { "record.jws" } else { "record.json" };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(bytes))
}

impl ReceivedPage {
    fn is_foreign(&self) -> bool {
        self.record.origin == Origin::Foreign
    }

    fn publisher(&self) -> String {
        taken::name(&self.told.publisher)
    }

    fn name(&self) -> String {
        self.record.name.as_ref().map_or_else(|| "Learner record".to_owned(), ToString::to_string)
    }

    fn issued(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        taken::instant(Some(&self.told.issued_on))
    }

    fn date_of(&self, told: &wire::Assertion) -> Option<chrono::NaiveDate> {
        taken::conferral_date(told)
    }

    fn title_of(&self, told: &wire::Assertion) -> String {
        let name = told.achievement.as_ref().map(|one| one.name.trim()).filter(|name| !name.is_empty());
        name.unwrap_or(told.id.as_str()).to_owned()
    }

    fn kind_of(&self, told: &wire::Assertion) -> String {
        told.achievement.as_ref().map(|one| taken::achievement_type(one).shown()).unwrap_or_default()
    }

    /// What was reached, in words.
    fn results_of(&self, told: &wire::Assertion) -> String {
        let described = |id: &str| {
            let all = told.achievement.iter().flat_map(|one| &one.result_descriptions);
            all.into_iter().find(|one| one.id == id).map(|one| one.name.as_str()).unwrap_or_default()
        };
        let reached = told.results.iter().map(|one| {
            let value = one.value.as_deref().or(one.status.as_deref()).unwrap_or_default();
            let what = described(&one.result_description);
            if what.is_empty() { value.to_owned() } else { format!("{what}: {value}") }
        });
        reached.collect::<Vec<_>>().join(" · ")
    }
}
