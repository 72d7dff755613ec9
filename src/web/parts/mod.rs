//! The parts of achievements on the web: where a part belongs, how it is moved, and how a page shows them in place.

pub mod place;
pub mod shown;

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{
    State,
    error::Error,
    forms::Submitted,
    frame::see,
    guards::{ChangeAchievements, May},
    objects::{self, Managed},
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
}

/// `POST /admin/KIND/{id}/position`
async fn shift<T: Part>(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<T>>,
    form: Submitted<Way>,
) -> Result<HttpResponse, Error> {
    let (by, asked) = (may.by.clone(), form.0);
    let address = state
        .db
        .write(move |conn| {
            let found = objects::existing::<T>(conn, &id, &by)?;
            let up = match asked.way.as_str() {
                "up" => true,
                "down" => false,
                _ => return Err(Error::BadRequest("a part moves up or down")),
            };
            if let Some(why) = found.locked(conn)? {
                return Err(Error::Conflict(why.to_owned()));
            }
            if let Some(why) = found.keeps_place(conn, up)? {
                return Err(Error::Conflict(why));
            }
            found.shift(conn, up, &by)?;
            Ok(format!("{}#p-{}", achievement_page(&found.achievement(conn)?), found.id()))
        })
        .await?;
    Ok(see(address))
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
