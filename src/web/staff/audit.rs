//! The audit trail, newest first.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::{
        audit::{self, AuditEntry},
        audit_names::{self, Names},
    },
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
    names: Names,
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
    let (entries, names) = state
        .db
        .read(move |conn| {
            let entries = audit::before(conn, before, ROWS as i64)?;
            let names = audit_names::of(conn, &entries)?;
            Ok::<_, Error>((entries, names))
        })
        .await?;
    let older = (entries.len() == ROWS).then(|| entries.last().map(|entry| entry.seq)).flatten();
    page(&AuditPage { frame: may.frame, entries, names, older })
}

/// Where an entry's object can be looked at.
pub fn address_of(entry: &AuditEntry) -> Option<String> {
    let plural = match entry.object_kind.as_str() {
        "profile" => "profiles",
        "achievement" => "achievements",
        "assertion" => "assertions",
        "clr" => "clrs",
        "signing key" => "keys",
        _ => return None,
    };
    Some(format!("/admin/{plural}/{}", entry.object_id))
}

impl AuditPage {
    fn address(&self, entry: &AuditEntry) -> Option<String> {
        address_of(entry)
    }
}
