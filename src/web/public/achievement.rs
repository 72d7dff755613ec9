//! An achievement's public page: what it was when it was first awarded under a version. What was never awarded is a draft
//! and answers as if it were not there; so does another publisher's.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    models::{
        Achievement, achievement,
        achievement_version::{self, Version},
        issued::{IssuedAchievement, IssuedLevel, IssuedResultDescription},
    },
    registrar::proof,
    values::{Iri, Origin},
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::Anyone,
    },
};

#[derive(Template)]
#[template(path = "public/achievement.html")]
struct AchievementPage {
    frame: Frame,
    content: IssuedAchievement,
    version: Version,
    /// Those that were awarded, the newest first.
    versions: Vec<Version>,
    retired: bool,
    /// The address of this page, without its version.
    address: String,
}

impl AchievementPage {
    fn is_needed(&self, description: &IssuedResultDescription, level: &IssuedLevel) -> bool {
        description.required_level.as_deref() == Some(level.id.as_str())
    }

    fn line(&self) -> String {
        let words = &self.frame.words;
        let date = self.version.first_awarded_at.map(|at| crate::words::date(words, at.date())).unwrap_or_default();
        let facts = [("number", self.version.number.to_string().into()), ("date", date.into())];
        words.with_all("achievement-version", facts)
    }
}

/// Which version; the newest that was awarded, without.
#[derive(Debug, Deserialize)]
pub struct Asked {
    version: Option<i32>,
}

/// `GET /achievements/{id}`: the page; the Open Badges 3.0 definition for who asks for JSON.
pub async fn show(
    anyone: Anyone,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Uuid>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let (portal, as_data, number) = (state.portal.clone(), asks_for_data(&request), asked.version);
    let (address, id) = (format!("/achievements/{id}"), id.into_inner());
    let (whole, versions, version, content, data) = state
        .db
        .read(move |conn| {
            let whole = public(conn, &portal.base_url, id)?.ok_or(Error::NotFound)?;
            let mut versions = achievement_version::list(conn, &whole)?;
            versions.retain(|version| version.first_awarded_at.is_some());
            let version = match number {
                Some(number) => versions.iter().find(|version| version.number == number),
                None => versions.first(),
            };
            let version = version.cloned().ok_or(Error::NotFound)?;
            let content = achievement_version::content(conn, &whole, version.number)?.ok_or(Error::NotFound)?;
            let data = as_data.then(|| proof::achievement_document(conn, &portal, &content)).transpose()?;
            Ok::<_, Error>((whole, versions, version, content, data))
        })
        .await?;
    let mut answer = match data {
        Some(data) => HttpResponse::Ok()
            .content_type("application/ld+json")
            .insert_header(("Access-Control-Allow-Origin", "*"))
            .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
            .body(data),
        None => page(&AchievementPage {
            frame: anyone.frame,
            content,
            version,
            versions,
            retired: whole.retired_at.is_some(),
            address,
        })?,
    };
    let vary = actix_web::http::header::HeaderValue::from_static("Accept");
    answer.headers_mut().append(actix_web::http::header::VARY, vary);
    Ok(answer)
}

/// The achievement of ours that has this page.
fn public(conn: &mut crate::db::Conn, base_url: &str, id: Uuid) -> Result<Option<Achievement>, Error> {
    let named = Iri::parse(&format!("urn:uuid:{id}")).map_err(|_| Error::NotFound)?;
    for iri in [named, Iri::published(base_url, "achievements", id)] {
        if let Some(found) = achievement::by_iri(conn, &iri)? {
            return Ok(Some(found).filter(|found| found.origin == Origin::Own));
        }
    }
    Ok(None)
}

/// Whether the first kind of answer that is asked for and that there is, is data.
fn asks_for_data(request: &HttpRequest) -> bool {
    let accept = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let known = |kind: &str| match kind {
        "application/ld+json" | "application/json" | "application/vc" | "application/vc+ld+json" => Some(true),
        "text/html" | "application/xhtml+xml" => Some(false),
        _ => None,
    };
    kinds.filter_map(known).next().unwrap_or(false)
}
