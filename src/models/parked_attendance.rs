//! What was typed or scanned at an event and meant nobody for certain. It waits until somebody says whom it means, or that
//! it means nobody; it is never dropped.

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Event, Profile,
    audit::Actor,
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, event, parked_attendance},
    },
    values::{AttendanceDoubt, AttendanceSource, AttendanceStatus, Id, Line, Name},
};

/// An entry that waits, or that was settled.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = parked_attendance, treat_none_as_default_value = false)]
pub struct ParkedAttendance {
    /// Row id.
    pub id: Id<ParkedAttendance>,
    /// Where.
    pub event_id: Id<Event>,
    /// What was typed or scanned.
    pub typed: String,
    /// What it says of whoever is meant.
    pub status: AttendanceStatus,
    /// How it came in.
    pub source: AttendanceSource,
    /// When it was scanned, where that was told.
    pub happened_at: Option<NaiveDateTime>,
    /// Who recorded it.
    pub recorded_by: String,
    /// Their row id, where there is one.
    pub recorded_by_id: Option<String>,
    /// When.
    pub recorded_at: NaiveDateTime,
    /// Chosen by whoever sent it.
    pub entry_key: Option<String>,
    /// When it was settled.
    pub settled_at: Option<NaiveDateTime>,
    /// By whom.
    pub settled_by: Option<String>,
    /// Whom it meant.
    pub learner_id: Option<Id<Profile>>,
    /// Why it means nobody.
    pub dismissed_reason: Option<Line>,
    /// Why it waits.
    pub why: AttendanceDoubt,
}

impl ParkedAttendance {
    /// Writes it down; `false` when an entry of the same key is there already.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<bool> {
        let row = self.clone();
        // Two arms, because the connection to either has no word for a conflict.
        let written = match conn {
            Conn::Sqlite(inner) => {
                diesel::insert_into(parked_attendance::table).values(row).on_conflict_do_nothing().execute(inner)
            }
            Conn::Postgres(inner) => {
                diesel::insert_into(parked_attendance::table).values(row).on_conflict_do_nothing().execute(inner)
            }
        };
        Ok(written? == 1)
    }

    /// Settles it, and whatever else waits that was typed the same at the same event. The caller writes the audit entry.
    pub fn settle(&self, conn: &mut Conn, as_what: Settled<'_>, by: &Actor) -> QueryResult<usize> {
        let (learner, reason) = match as_what {
            Settled::Means(learner) => (Some(learner), None),
            Settled::Nobody(reason) => (None, Some(reason)),
        };
        let same = parked_attendance::table
            .filter(parked_attendance::event_id.eq(&self.event_id))
            .filter(parked_attendance::typed.eq(&self.typed))
            .filter(parked_attendance::settled_at.is_null());
        diesel::update(same)
            .set((
                parked_attendance::settled_at.eq(Some(clock::now().naive_utc())),
                parked_attendance::settled_by.eq(Some(&by.name)),
                parked_attendance::learner_id.eq(learner),
                parked_attendance::dismissed_reason.eq(reason),
            ))
            .execute(conn)
    }
}

/// As what an entry is settled.
#[derive(Debug, Clone, Copy)]
pub enum Settled<'a> {
    /// It means this learner.
    Means(&'a Id<Profile>),
    /// It means nobody, for a reason.
    Nobody(&'a Line),
}

/// One entry.
pub fn find(conn: &mut Conn, id: &Id<ParkedAttendance>) -> QueryResult<ParkedAttendance> {
    parked_attendance::table.find(id).select(ParkedAttendance::as_select()).first(conn)
}

/// Whether an entry with this key was parked before.
pub fn was_sent(conn: &mut Conn, key: &str) -> QueryResult<bool> {
    let same = parked_attendance::table.filter(parked_attendance::entry_key.eq(key));
    diesel::select(exists(same)).get_result(conn)
}

/// Whether the same waits at this event already.
pub fn waits(conn: &mut Conn, of: &Id<Event>, typed: &str) -> QueryResult<bool> {
    let same = parked_attendance::table
        .filter(parked_attendance::event_id.eq(of))
        .filter(parked_attendance::typed.eq(typed))
        .filter(parked_attendance::settled_at.is_null());
    diesel::select(exists(same)).get_result(conn)
}

/// How many entries wait at an event.
pub fn waiting_at(conn: &mut Conn, of: &Id<Event>) -> QueryResult<i64> {
    let here = parked_attendance::table.filter(parked_attendance::event_id.eq(of));
    here.filter(parked_attendance::settled_at.is_null()).count().get_result(conn)
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    parked_attendance::table
        .inner_join(event::table.on(event::id.eq(parked_attendance::event_id)))
        .inner_join(achievement::table.on(achievement::id.eq(event::achievement_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

/// Filters by `state` (`settled`; what waits without it) and `event`; an office's staff see what their office hosts.
fn matching<'a>(query: &Query) -> Rows<'a> {
    let mut rows = joined().into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(parked_attendance::typed.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(event::host_id.eq(office.clone()));
    }
    if let Some(of) = query.filter("event").and_then(|id| id.parse::<Id<Event>>().ok()) {
        rows = rows.filter(parked_attendance::event_id.eq(of));
    }
    match query.filter("state") {
        Some("settled") => rows.filter(parked_attendance::settled_at.is_not_null()),
        _ => rows.filter(parked_attendance::settled_at.is_null()),
    }
}

/// A page of entries, each with its event and what that is called, by when they came in.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<(ParkedAttendance, Event, Name)>> {
    let rows = matching(query).select((ParkedAttendance::as_select(), Event::as_select(), achievement::name));
    let rows: Vec<(ParkedAttendance, Event, Name)> =
        keyset!(rows, query, parked_attendance::recorded_at, parked_attendance::id, NaiveDateTime).load(conn)?;
    Ok(Page::of(rows, query, |(row, ..)| Cursor::at(&row.recorded_at, row.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<ParkedAttendance>> =
        matching(query).select(parked_attendance::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}
