//! The audit trail, newest first.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::audit::{self, AuditEntry},
    web::{
        State,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::{May, ReadAudit},
    },
};

#[derive(Template)]
#[template(path = "staff/audit.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<AuditEntry>,
    older: Option<i64>,
}

/// Where to go on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    before: Option<i64>,
}

const ROWS: usize = 100;

/// `GET /admin/audit`
pub async fn index(
    may: May<ReadAudit>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let before = asked.before.unwrap_or(i64::MAX);
    let entries = state.db.read(move |conn| audit::before(conn, before, ROWS as i64).map_err(Error::from)).await?;
    let older = (entries.len() == ROWS).then(|| entries.last().map(|entry| entry.seq)).flatten();
    page(&AuditPage { frame: may.frame, entries, older })
}

/// Where an entry's object can be looked at.
pub fn address_of(entry: &AuditEntry) -> Option<String> {
    let plural = match entry.object_kind.as_str() {
        "profile" => "profiles",
        "achievement" => "achievements",
        "assertion" => "assertions",
        "clr" => "clrs",
        _ => return None,
    };
    Some(format!("/admin/{plural}/{}", entry.object_id))
}

impl AuditPage {
    fn address(&self, entry: &AuditEntry) -> Option<String> {
        address_of(entry)
    }
}
