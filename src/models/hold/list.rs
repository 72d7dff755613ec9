//! The list of holds.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Hold, SOON_DAYS, in_force};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{hold, profile},
    },
    models::{
        Profile,
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    },
    values::{HoldKind, Id},
};

#[diesel::dsl::auto_type]
fn joined() -> _ {
    hold::table.inner_join(profile::table.on(profile::id.eq(hold::learner_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(query: &Query) -> Rows<'a> {
    let now = clock::now().naive_utc();
    let mut rows = joined().into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    if let Some(kind) = query.filter("kind").and_then(HoldKind::parse) {
        rows = rows.filter(hold::kind.eq(kind));
    }
    match query.filter("state") {
        Some("active") => rows.filter(in_force(now)),
        Some("soon") => rows.filter(in_force(now)).filter(hold::ends_at.le(now + TimeDelta::days(SOON_DAYS))),
        Some("planned") => rows.filter(hold::lifted_at.is_null()).filter(hold::starts_at.gt(now)),
        Some("over") => rows.filter(hold::lifted_at.is_not_null().or(hold::ends_at.lt(now))),
        _ => rows,
    }
}

/// A page of holds with their learners, by when they were placed; filters by `kind` and `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<(Hold, Profile)>> {
    let rows = matching(query).select((Hold::as_select(), Profile::as_select()));
    let rows: Vec<(Hold, Profile)> = keyset!(rows, query, hold::placed_at, hold::id, NaiveDateTime).load(conn)?;
    Ok(Page::of(rows, query, |(hold, _)| Cursor::at(&hold.placed_at, hold.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Hold>> = matching(query).select(hold::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}
