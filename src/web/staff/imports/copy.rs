//! Another publisher's achievement, copied: theirs is never edited, the copy is ours.

use actix_web::{HttpResponse, web};

use crate::{
    models::Achievement,
    registrar::import_clr,
    values::Id,
    web::{
        State,
        error::Error,
        forms::{Empty, Submitted},
        frame::see,
        guards::{ChangeAchievements, May},
    },
};

/// `POST /admin/achievements/{id}/copy`
pub async fn submit(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    id: web::Path<Id<Achievement>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let copy = state.db.write(move |conn| import_clr::copy(conn, &id, &by)).await?;
    Ok(see(format!("/admin/achievements/{}/edit", copy.id)))
}
