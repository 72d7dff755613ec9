//! Deleting an object: who uses it, what goes with it, and the button.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{Begins, Kind, Managed, Shared, existing};
use crate::{
    db::Conn,
    models::Actor,
    values::Id,
    web::{
        error::Error,
        forms::Submitted,
        frame::{Frame, page, page_with, see},
        guards::May,
    },
};

#[derive(Template)]
#[template(path = "objects/deletion.html")]
struct DeletionPage {
    frame: Frame,
    kind: Kind,
    asked: Asked,
    /// Whether it was sent without agreeing to the version that it begins.
    not_agreed: bool,
}

/// What is told before anything is deleted.
struct Asked {
    address: String,
    label: String,
    uses: Vec<String>,
    where_used: Vec<(&'static str, String)>,
    keepers: Option<String>,
    begins: Option<Begins>,
}

impl Asked {
    fn of<T: Managed>(conn: &mut Conn, id: &Id<T>, by: &Actor) -> Result<Self, Error> {
        let found = existing::<T>(conn, id, by)?;
        Ok(Self {
            address: found.address(),
            label: found.label(conn)?,
            uses: T::uses(conn, id)?,
            where_used: found.where_used(),
            keepers: T::keepers(conn, id)?,
            begins: found.begins(conn)?,
        })
    }
}

/// Whether it was agreed that a rubric which awards were scored with gets a new version.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Agreed {
    new_version: String,
}

/// `GET /admin/KIND/{id}/deletion`: who uses it, or the button.
pub(super) async fn ask<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let asked = state.db.read(move |conn| Asked::of::<T>(conn, &id, &by)).await?;
    page(&DeletionPage { frame: may.frame, kind: T::KIND, asked, not_agreed: false })
}

/// `POST /admin/KIND/{id}/deletion`
pub(super) async fn submit<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    form: Submitted<Agreed>,
) -> Result<HttpResponse, Error> {
    let (by, agrees) = (may.by.clone(), form.0.new_version == "true");
    let done = state.db.write(move |conn| try_delete::<T>(conn, &id, agrees, &by)).await?;
    state.site.forget();
    match done {
        Ok(next) => Ok(see(next)),
        Err(asked) => {
            let again = DeletionPage { frame: may.frame, kind: T::KIND, asked, not_agreed: true };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

/// Where one goes on, or what has to be agreed to first.
fn try_delete<T: Managed>(
    conn: &mut Conn,
    id: &Id<T>,
    agrees: bool,
    by: &Actor,
) -> Result<Result<String, Asked>, Error> {
    let found = existing::<T>(conn, id, by)?;
    let (uses, next) = (T::uses(conn, id)?, found.after_deletion(conn)?);
    if !uses.is_empty() {
        return Err(Error::Conflict(format!("{} cannot be deleted: {}.", found.label(conn)?, uses.join("; "))));
    }
    if !agrees && found.begins(conn)?.is_some_and(|begins| begins.must_agree) {
        return Ok(Err(Asked::of(conn, id, by)?));
    }
    T::delete(conn, id, by)?;
    Ok(Ok(next))
}
