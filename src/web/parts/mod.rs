//! The parts of achievements on the web: where a part belongs, how it is moved, and how a page shows them in place.

pub mod place;
pub mod shown;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{
    State,
    error::Error,
    forms::Submitted,
    frame::{Frame, page_with, see},
    guards::{ChangeAchievements, May},
    objects::{self, Begins, Managed},
    routes::Routes,
    table::Filter,
};
use crate::{
    db::{Conn, QueryError},
    models::{Achievement, Actor, Profile, achievement, part_place},
    values::Id,
};

/// A kind that is part of an achievement: it has a place among its siblings.
pub trait Part: Managed {
    /// The achievement it is part of.
    fn achievement(&self, conn: &mut Conn) -> Result<Id<Achievement>, QueryError>;
    /// Moves it a place up or down.
    fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> Result<(), QueryError>;
    /// Why it can't be moved there.
    fn keeps_place(&self, _conn: &mut Conn, _up: bool) -> Result<Option<String>, QueryError> {
        Ok(None)
    }
}

/// Mounts the seven pages of a part, and moving it.
pub fn mount<T: Part>(routes: &mut Routes) {
    objects::mount::<T>(routes);
    routes.post(&format!("/admin/{}/{{id}}/position", T::KIND.path), shift::<T>);
}

#[derive(Deserialize)]
struct Way {
    /// `up` or `down`.
    way: String,
    /// `true` once it is agreed that a rubric which awards were scored with gets a new version.
    #[serde(default)]
    new_version: String,
    /// `true` where it was asked whether it is agreed, so that not to agree has to be told.
    #[serde(default)]
    asked: String,
}

/// Asks before a rubric which awards were scored with gets a new version.
#[derive(Template)]
#[template(path = "parts/position.html")]
struct PositionPage {
    frame: Frame,
    label: String,
    way: &'static str,
    address: String,
    back: String,
    begins: Begins,
    not_agreed: bool,
}

/// `POST /admin/KIND/{id}/position`
async fn shift<T: Part>(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<T>>,
    form: Submitted<Way>,
) -> Result<HttpResponse, Error> {
    let (by, asked, frame) = (may.by.clone(), form.0, may.frame);
    let way = match asked.way.as_str() {
        "up" => "up",
        "down" => "down",
        _ => return Err(Error::BadRequest("a part moves up or down")),
    };
    let (agrees, not_agreed) = (asked.new_version == "true", asked.asked == "true");
    let done = state
        .db
        .write(move |conn| {
            let found = objects::existing::<T>(conn, &id, &by)?;
            let up = way == "up";
            if let Some(why) = found.locked(conn)? {
                return Err(Error::Conflict(why.to_owned()));
            }
            if let Some(why) = found.keeps_place(conn, up)? {
                return Err(Error::Conflict(why));
            }
            let back = format!("{}#p-{}", achievement_page(&found.achievement(conn)?), found.id());
            match found.begins(conn)? {
                Some(begins) if begins.must_agree && !agrees => {
                    Ok(Err((found.label(conn)?, found.address(), back, begins)))
                }
                _ => {
                    found.shift(conn, up, &by)?;
                    Ok(Ok(back))
                }
            }
        })
        .await?;
    match done {
        Ok(next) => Ok(see(next)),
        Err((label, address, back, begins)) => {
            let question = PositionPage { frame, label, way, address, back, begins, not_agreed };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &question)
        }
    }
}

/// The page of an achievement.
pub fn achievement_page(id: &Id<Achievement>) -> String {
    format!("/admin/achievements/{id}")
}

/// Whether the achievement is this person's to see.
pub fn is_theirs(conn: &mut Conn, id: &Id<Achievement>, by: &Actor) -> Result<bool, QueryError> {
    let Some(office) = &by.office else { return Ok(true) };
    Ok(achievement::find(conn, id)?.issuer_id == *office)
}

/// Why parts of this achievement can't be changed.
pub fn locked(conn: &mut Conn, id: &Id<Achievement>) -> Result<Option<&'static str>, QueryError> {
    Ok(part_place::is_foreign(conn, id)?.then_some(part_place::FOREIGN))
}

/// The filter of all lists of parts: those of one achievement.
pub fn achievement_filter(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Filter, QueryError> {
    let known = achievement::awardable(conn, office)?;
    let known = known.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
    Ok(Filter::new("achievement", "Achievement", known, address))
}
