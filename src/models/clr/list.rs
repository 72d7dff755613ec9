//! The list of records, and a learner's own.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{super::Profile, Clr};
use crate::{
    db::{
        Conn, MultiBackend,
        schema::{clr, credential, profile},
    },
    models::{
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
        search_index,
    },
    values::{CeDiD, Id, Status},
};

/// A line of the list: the record with whose it is and how it stands.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The record.
    pub clr: Clr,
    /// The learner's name.
    pub learner_name: String,
    /// The learner's number.
    pub student_id: Option<String>,
    /// The publisher's name.
    pub publisher_name: String,
    /// The code, the status and since when, of a published one.
    pub published: Option<(CeDiD, Status, Option<NaiveDateTime>)>,
}

/// Narrows the list. How a record stands is copied from its credential by the database, so that an index begins with it.
fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<clr::BoxedQuery<'a, MultiBackend>> {
    let mut rows = clr::table.into_boxed();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Clrs, &query.words)? {
        rows = rows.filter(clr::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(clr::search_text.like(pattern).escape('\\'));
    }
    if let Some(learner) = query.filter("learner") {
        rows = rows.filter(clr::learner_id.eq(learner.to_owned()));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(clr::origin.eq(origin));
    }
    let standing = match query.filter("status") {
        Some(own @ ("draft" | "foreign")) => own,
        Some("published") => Status::InForce.as_str(),
        Some("suspended") => Status::Suspended.as_str(),
        Some("revoked") => Status::Revoked.as_str(),
        _ => return Ok(rows),
    };
    Ok(rows.filter(clr::standing.eq(standing.to_owned())))
}

/// A page of records. Sorts by `learner` or `updated`; filters by `status` and `learner`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(conn, query)?.select(Clr::as_select());
    let page = if query.sort == "learner" {
        let rows: Vec<Clr> = keyset!(rows, query, clr::learner_sort, clr::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.learner_sort, row.id.as_str()))
    } else {
        let rows: Vec<Clr> = keyset!(rows, query, clr::updated_at, clr::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    };
    Ok(Page { rows: listed(conn, page.rows)?, next: page.next, previous: page.previous })
}

/// Adds names and standings to records, with two queries however many there are.
pub fn listed(conn: &mut Conn, rows: Vec<Clr>) -> QueryResult<Vec<Listed>> {
    let people: Vec<&Id<Profile>> = rows.iter().flat_map(|row| [&row.learner_id, &row.publisher_id]).collect();
    let people: Vec<(Id<Profile>, String, Option<String>)> = profile::table
        .filter(profile::id.eq_any(people))
        .select((profile::id, profile::name, profile::student_id))
        .load(conn)?;
    type Published = (Option<Id<Clr>>, CeDiD, Status, Option<NaiveDateTime>);
    let ids: Vec<&Id<Clr>> = rows.iter().map(|row| &row.id).collect();
    let published: Vec<Published> = credential::table
        .filter(credential::clr_id.eq_any(ids))
        .select((credential::clr_id, credential::cedid, credential::status, credential::status_since))
        .load(conn)?;
    let line = |row: Clr| {
        let person = |wanted: &Id<Profile>| people.iter().find(|(id, _, _)| id == wanted);
        let published = published.iter().find(|(id, ..)| id.as_ref() == Some(&row.id));
        Listed {
            learner_name: person(&row.learner_id).map(|(_, name, _)| name.clone()).unwrap_or_default(),
            student_id: person(&row.learner_id).and_then(|(_, _, number)| number.clone()),
            publisher_name: person(&row.publisher_id).map(|(_, name, _)| name.clone()).unwrap_or_default(),
            published: published.map(|(_, code, status, since)| (code.clone(), *status, *since)),
            clr: row,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Clr>> = matching(conn, query)?.select(clr::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// All records of a learner: the published ones from the newest on, then what others published, then drafts.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Listed>> {
    let mut rows: Vec<Clr> = clr::table
        .filter(clr::learner_id.eq(learner))
        .order((clr::updated_at.desc(), clr::id.desc()))
        .limit(200)
        .select(Clr::as_select())
        .load(conn)?;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.number), !row.is_foreign()));
    listed(conn, rows)
}
