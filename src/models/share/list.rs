//! The list of shares, with how often each was opened.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::Share;
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{disclosure, profile, share},
    },
    models::{
        Profile,
        disclosed::{self, Opened},
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    },
    values::Id,
};

/// A share with its learner and how often it was opened.
pub type Row = (Share, Profile, Opened);

#[diesel::dsl::auto_type]
fn joined() -> _ {
    share::table.inner_join(profile::table.on(profile::id.eq(share::learner_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(query: &Query) -> Rows<'a> {
    let now = clock::now().naive_utc();
    let mut rows = joined().into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    let opened = disclosure::table.filter(disclosure::share_id.eq(share::id));
    rows = match query.filter("opened") {
        Some("yes") => rows.filter(exists(opened)),
        Some("no") => rows.filter(not(exists(opened))),
        _ => rows,
    };
    let has_time = share::expires_at.is_null().or(share::expires_at.gt(now));
    match query.filter("state") {
        Some("on") => rows.filter(share::off_at.is_null()).filter(has_time),
        Some("over") => rows.filter(share::off_at.is_null()).filter(share::expires_at.le(now)),
        Some("off") => rows.filter(share::off_at.is_not_null()),
        _ => rows,
    }
}

/// A page of shares by when they were made; filters by `state` and `opened`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Row>> {
    let rows = matching(query).select((Share::as_select(), Profile::as_select()));
    let rows: Vec<(Share, Profile)> = keyset!(rows, query, share::created_at, share::id, NaiveDateTime).load(conn)?;
    let found = Page::of(rows, query, |(share, _)| Cursor::at(&share.created_at, share.id.as_str()));
    let ids: Vec<Id<Share>> = found.rows.iter().map(|(share, _)| share.id.clone()).collect();
    let opened = disclosed::opened(conn, &ids)?;
    Ok(found.map(|(share, learner)| {
        let opened = opened.get(share.id.as_str()).copied().unwrap_or_default();
        (share, learner, opened)
    }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Share>> = matching(query).select(share::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}
