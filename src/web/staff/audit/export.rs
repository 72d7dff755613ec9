//! The trail as a file: exactly the entries that are filtered, taken as they are sent. That it was taken stands in the trail.
//!
//! The table is for people. The lines (NDJSON) hold all members that the hashes cover, so that anybody can compute the
//! chain again.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Bytes, Data, Query},
};
use futures_util::stream;
use serde_json::{Value, json};

use super::Asked;
use crate::{
    models::{
        Actor,
        audit::{self, AuditEntry},
        audit_chain::Link,
        audit_search,
    },
    registrar::{Refusal, export},
    web::{
        State, csv, download,
        error::Error,
        guards::{May, ReadAudit},
    },
};

/// Entries that are taken at a time.
const AT_ONCE: i64 = 500;

/// How an entry is written.
type Write = fn(Link) -> String;

/// `GET /admin/audit.csv`
pub async fn table(
    may: May<ReadAudit>,
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Error> {
    let head = csv::line(HEADINGS.iter().map(|heading| (*heading).to_owned()));
    let form = ("text/csv; charset=utf-8", "audit-trail.csv", "the audit trail, as CSV");
    answer(&request, state, (form, format!("\u{feff}{head}"), row as Write), asked.into_inner(), may.by).await
}

/// `GET /admin/audit.ndjson`
pub async fn lines(
    may: May<ReadAudit>,
    state: Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Error> {
    let form = ("application/x-ndjson", "audit-trail.ndjson", "the audit trail, as lines of JSON");
    answer(&request, state, (form, String::new(), object as Write), asked.into_inner(), may.by).await
}

type Form = (&'static str, &'static str, &'static str);

async fn answer(
    request: &HttpRequest,
    state: Data<State>,
    ((kind, name, what), head, write): (Form, String, Write),
    asked: Asked,
    by: Actor,
) -> Result<HttpResponse, Error> {
    if request.method() == Method::HEAD {
        return Ok(download::attachment(kind, name).finish());
    }
    let narrowed = asked.in_words();
    let wanted = state.db.read(move |conn| asked.wanted(conn)).await?;
    let Ok(wanted) = wanted else { return Err(Error::BadRequest("a day is not written as one")) };
    let facts = [("What", what.to_owned()), ("Chosen by", narrowed)];
    // Its own entry is where it begins: what is written later is not in it.
    let first = state
        .db
        .write(move |conn| {
            export::note(conn, &facts, &by)?;
            Ok::<_, Refusal>(audit::latest(conn, 1)?.first().map(|entry| entry.seq))
        })
        .await?;
    let (db, wanted) = (state.db.clone(), Arc::new(wanted));
    let steps = stream::try_unfold((first, head), move |(older_than, head)| {
        let (db, wanted) = (db.clone(), wanted.clone());
        async move {
            let Some(older_than) = older_than else { return Ok::<_, Error>(None) };
            let links = db
                .read(move |conn| Ok::<_, Error>(audit_search::page(conn, &wanted, Some(older_than), AT_ONCE)?))
                .await?;
            let next = links.last().map(|link| link.seq);
            let text = links.into_iter().fold(head, |text, link| text + &write(link));
            Ok(Some((Bytes::from(text), (next, String::new()))))
        }
    });
    Ok(download::attachment(kind, name).streaming(steps))
}

const HEADINGS: [&str; 10] =
    ["No.", "When (UTC)", "Who", "Role", "What", "Kind", "Object", "What changed", "Request", "Hash"];

fn row(link: Link) -> String {
    let hash = link.hash.clone().unwrap_or_default();
    let entry = AuditEntry::from(link);
    csv::line(
        [
            entry.seq.to_string(),
            entry.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            entry.shown_actor().to_owned(),
            entry.actor_role.clone().unwrap_or_default(),
            entry.shown_action().to_owned(),
            audit::shown_kind(&entry.object_kind),
            entry.object_id.clone(),
            entry.changes.get().iter().map(in_words).collect::<Vec<_>>().join("; "),
            entry.request_id.clone().unwrap_or_default(),
            hash,
        ]
        .into_iter(),
    )
}

fn in_words(change: &audit::Change) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{}: {before} → {after}", change.field),
        (Some(before), None) => format!("{}: {before} → nothing", change.field),
        (None, after) => format!("{}: {}", change.field, after.as_deref().unwrap_or_default()),
    }
}

/// The members by the names of the chain's description in the operator's guide. `changes` is the text that was digested.
fn object(link: Link) -> String {
    let line: Value = json!({
        "seq": link.seq,
        "at": link.at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "actor_kind": link.actor_kind,
        "actor_id": link.actor_id,
        "actor_name": link.actor_name,
        "actor_role": link.actor_role,
        "action": link.action,
        "object_kind": link.object_kind,
        "object_id": link.object_id,
        "changes": link.changes,
        "request_id": link.request_id,
        "actor_salt": link.actor_salt,
        "actor_digest": link.actor_digest,
        "changes_salt": link.changes_salt,
        "changes_digest": link.changes_digest,
        "hash": link.hash,
    });
    format!("{line}\n")
}
