//! The page of an object.

use actix_web::{HttpResponse, web};
use askama::{Template, filters::HtmlSafe};

use super::{Kind, Managed, Shared, existing};
use crate::{
    models::audit::{self, AuditEntry},
    values::Id,
    web::{
        error::Error,
        filters,
        frame::{Frame, page},
        guards::May,
    },
};

#[derive(Template)]
#[template(path = "objects/show.html")]
struct ShowPage<D: Template + HtmlSafe> {
    frame: Frame,
    kind: Kind,
    address: String,
    label: String,
    details: D,
    history: Vec<AuditEntry>,
    may_change: bool,
    locked: Option<&'static str>,
}

/// `GET /admin/KIND/{id}`
pub(super) async fn show<T: Managed>(
    may: May<T::Read>,
    state: Shared,
    id: web::Path<Id<T>>,
) -> Result<HttpResponse, Error> {
    let (by, frame) = (may.by.clone(), may.frame.clone());
    let (found, label, locked, details, history) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let details = found.details(conn, &frame)?;
            let history = audit::history(conn, T::KIND.audit, id.as_str())?;
            let (label, locked) = (found.label(conn)?, found.locked(conn)?);
            Ok::<_, Error>((found, label, locked, details, history))
        })
        .await?;
    page(&ShowPage {
        may_change: may.frame.may::<T::Change>(),
        frame: may.frame,
        kind: T::KIND,
        address: found.address(),
        label,
        locked,
        details,
        history,
    })
}
