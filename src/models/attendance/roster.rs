//! The roster of an event: who stands how, since when, by whom.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Attendance;
use crate::{
    db::{
        Conn, MultiBackend,
        schema::{attendance, presence, profile},
    },
    models::{
        Event, Profile,
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    },
    values::{AttendanceStatus, Id},
};

/// How many stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came.
    pub attended: i64,
    /// Did not.
    pub absent: i64,
    /// Did not, with a reason.
    pub excused: i64,
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    presence::table
        .inner_join(attendance::table.on(attendance::id.eq(presence::attendance_id)))
        .inner_join(profile::table.on(profile::id.eq(presence::learner_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(event: &Id<Event>, query: &Query) -> Rows<'a> {
    let mut rows = joined().into_boxed().filter(presence::event_id.eq(event.clone()));
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    match query.filter("status").and_then(|status| AttendanceStatus::parse(status).ok()) {
        Some(status) => rows.filter(presence::status.eq(status)),
        None => rows,
    }
}

/// A page of the roster: the entry that says how each learner stands. Sorts by `name` or `recorded`; filters by `status`.
pub fn search(conn: &mut Conn, event: &Id<Event>, query: &Query) -> QueryResult<Page<(Attendance, Profile)>> {
    let rows = matching(event, query).select((Attendance::as_select(), Profile::as_select()));
    if query.sort == "recorded" {
        let rows: Vec<(Attendance, Profile)> =
            keyset!(rows, query, presence::recorded_at, presence::learner_id, NaiveDateTime).load(conn)?;
        return Ok(Page::of(rows, query, |(entry, _)| Cursor::at(&entry.recorded_at, entry.learner_id.as_str())));
    }
    let rows: Vec<(Attendance, Profile)> = keyset!(rows, query, profile::sort_name, profile::id, String).load(conn)?;
    Ok(Page::of(rows, query, |(_, learner)| Cursor::at(&learner.sort_name, learner.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, event: &Id<Event>, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Profile>> =
        matching(event, query).select(presence::learner_id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// How many stand how.
pub fn counts(conn: &mut Conn, event: &Id<Event>) -> QueryResult<Counts> {
    let mut of = |status: AttendanceStatus| -> QueryResult<i64> {
        let here = presence::table.filter(presence::event_id.eq(event));
        here.filter(presence::status.eq(status)).count().get_result(conn)
    };
    Ok(Counts {
        attended: of(AttendanceStatus::Attended)?,
        absent: of(AttendanceStatus::Absent)?,
        excused: of(AttendanceStatus::Excused)?,
    })
}

/// Everybody on the roster by name, at most so many.
pub fn learners(conn: &mut Conn, event: &Id<Event>, most: i64) -> QueryResult<Vec<Profile>> {
    joined()
        .filter(presence::event_id.eq(event))
        .order((profile::sort_name, profile::id))
        .limit(most)
        .select(Profile::as_select())
        .load(conn)
}
