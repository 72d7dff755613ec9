//! Retiring an achievement, and bringing it back: what was awarded stays valid, and nothing new is awarded.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::{
    models::{Achievement, achievement},
    values::Id,
    web::{
        State,
        error::Error,
        forms::Submitted,
        frame::see,
        guards::{ChangeAchievements, May},
        objects::Managed,
    },
};

/// Whether it is retired or brought back, and the revision that was looked at.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    retired: bool,
    #[serde(default)]
    revision: i32,
}

/// `POST /admin/achievements/{id}/retirement`
pub async fn submit(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Achievement>>,
    chosen: Submitted<Chosen>,
) -> Result<HttpResponse, Error> {
    let (by, chosen) = (may.by, chosen.0);
    let address = state
        .db
        .write(move |conn| {
            let found = achievement::find(conn, &id)?;
            if !found.exists_for(conn, &by)? {
                return Err(Error::NotFound);
            }
            if let Some(why) = found.locked(conn)? {
                return Err(Error::Conflict(why.to_owned()));
            }
            if found.revision != chosen.revision || !achievement::retire(conn, &found, chosen.retired, &by)? {
                let why = "Somebody else changed this achievement meanwhile. Look at it again.";
                return Err(Error::Conflict(why.to_owned()));
            }
            Ok(found.address())
        })
        .await?;
    Ok(see(address))
}
