//! Attendance: who came. What was recorded stays; a correction is a further entry, with who and why. How a learner stands
//! at an event is the latest entry ([`Presence`]), so an event counts once however often somebody was scanned.

pub mod report;
pub mod roster;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::{prelude::*, sql_types};

use super::{Actor, Event, Profile, progress_mark};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement, attendance, event, presence},
    },
    values::{AttendanceSource, AttendanceStatus, Id, Line},
};

/// An entry of the log.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = attendance, treat_none_as_default_value = false)]
pub struct Attendance {
    /// Row id.
    pub id: Id<Attendance>,
    /// Where.
    pub event_id: Id<Event>,
    /// Who.
    pub learner_id: Id<Profile>,
    /// Whether they came.
    pub status: AttendanceStatus,
    /// How it came to be recorded.
    pub source: AttendanceSource,
    /// Why, where it corrects an earlier entry.
    pub reason: Option<Line>,
    /// When they were seen, where that was told: a desk that was offline sends it later.
    pub happened_at: Option<NaiveDateTime>,
    /// Who recorded it.
    pub recorded_by: String,
    /// Their row id, where there is one.
    pub recorded_by_id: Option<String>,
    /// When it was recorded.
    pub recorded_at: NaiveDateTime,
    /// Chosen by whoever sent it, so that an entry that is sent again is not recorded again.
    pub entry_key: Option<String>,
}

/// How a learner stands at an event.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = presence)]
pub struct Presence {
    /// The event.
    pub event_id: Id<Event>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// Whether they came.
    pub status: AttendanceStatus,
    /// The entry that says so.
    pub attendance_id: Id<Attendance>,
    /// When it was recorded.
    pub recorded_at: NaiveDateTime,
}

/// What recording an entry did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is the first about this learner at this event.
    New,
    /// It changes what an earlier one said.
    Changed(AttendanceStatus),
    /// The learner stood so already; nothing was written.
    Known,
    /// It was sent before; nothing was written.
    Repeated,
}

impl Attendance {
    /// An entry of now.
    pub fn new(event: &Id<Event>, learner: &Id<Profile>, status: AttendanceStatus, by: &Actor) -> Self {
        Self {
            id: Id::fresh(),
            event_id: event.clone(),
            learner_id: learner.clone(),
            status,
            source: AttendanceSource::Import,
            reason: None,
            happened_at: None,
            recorded_by: by.name.clone(),
            recorded_by_id: by.id.clone(),
            recorded_at: clock::now().naive_utc(),
            entry_key: None,
        }
    }

    /// Writes it down, and marks the learner's progress. The caller writes one audit entry for all that it records.
    pub fn record(&self, conn: &mut Conn) -> QueryResult<Recorded> {
        take_turn(conn, &self.event_id, &self.learner_id)?;
        if let Some(key) = &self.entry_key
            && was_sent(conn, key)?
        {
            return Ok(Recorded::Repeated);
        }
        let before = standing(conn, &self.event_id, &self.learner_id)?;
        if before.as_ref().is_some_and(|known| known.status == self.status) {
            return Ok(Recorded::Known);
        }
        diesel::insert_into(attendance::table).values(self.clone()).execute(conn)?;
        match &before {
            None => diesel::insert_into(presence::table).values(self.standing()).execute(conn)?,
            Some(_) => diesel::update(presence::table.find((&self.event_id, &self.learner_id)))
                .set((
                    presence::status.eq(self.status),
                    presence::attendance_id.eq(&self.id),
                    presence::recorded_at.eq(self.recorded_at),
                ))
                .execute(conn)?,
        };
        progress_mark::mark(conn, &self.learner_id)?;
        Ok(before.map_or(Recorded::New, |known| Recorded::Changed(known.status)))
    }

    /// How the learner stands by this entry.
    pub(super) fn standing(&self) -> Presence {
        Presence {
            event_id: self.event_id.clone(),
            learner_id: self.learner_id.clone(),
            status: self.status,
            attendance_id: self.id.clone(),
            recorded_at: self.recorded_at,
        }
    }
}

/// Two desks that scan the same learner take turns. Writers of SQLite take turns anyway.
pub fn take_turn(conn: &mut Conn, event: &Id<Event>, learner: &Id<Profile>) -> QueryResult<()> {
    if let Conn::Postgres(postgres) = conn {
        // Raw: an advisory lock is a function call that the query builder has no word for.
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 5))")
            .bind::<sql_types::Text, _>(format!("{event} {learner}"))
            .execute(postgres)?;
    }
    Ok(())
}

/// Whether an entry with this key was recorded before.
pub fn was_sent(conn: &mut Conn, key: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(attendance::table.filter(attendance::entry_key.eq(key)))).get_result(conn)
}

/// How a learner stands at an event.
pub fn standing(conn: &mut Conn, event: &Id<Event>, learner: &Id<Profile>) -> QueryResult<Option<Presence>> {
    presence::table.find((event, learner)).select(Presence::as_select()).first(conn).optional()
}

/// The entries about a learner at an event, oldest first.
pub fn entries(conn: &mut Conn, event: &Id<Event>, learner: &Id<Profile>) -> QueryResult<Vec<Attendance>> {
    attendance::table
        .filter(attendance::event_id.eq(event))
        .filter(attendance::learner_id.eq(learner))
        .order((attendance::recorded_at, attendance::id))
        .select(Attendance::as_select())
        .load(conn)
}

/// How a learner stands at every event that anything is recorded of, with its name; the latest first, at most so many.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>, most: i64) -> QueryResult<Vec<(Presence, Event, String)>> {
    presence::table
        .inner_join(event::table)
        .inner_join(achievement::table.on(achievement::id.eq(event::achievement_id)))
        .filter(presence::learner_id.eq(learner))
        .order((event::starts_at.desc(), event::id.desc()))
        .limit(most)
        .select((Presence::as_select(), Event::as_select(), achievement::name))
        .load(conn)
}

/// At how many events something is recorded of a learner.
pub fn count_of(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<i64> {
    presence::table.filter(presence::learner_id.eq(learner)).count().get_result(conn)
}

/// How many attended an event.
pub fn attended(conn: &mut Conn, event: &Id<Event>) -> QueryResult<i64> {
    let here = presence::table.filter(presence::event_id.eq(event));
    here.filter(presence::status.eq(AttendanceStatus::Attended)).count().get_result(conn)
}

/// Events that take place about now, by their ids; at most fifty.
pub fn events_around(conn: &mut Conn, now: NaiveDateTime, margin: TimeDelta) -> QueryResult<Vec<Id<Event>>> {
    event::table
        .filter(event::starts_at.le(now + margin))
        .filter(event::ends_at.ge(now - margin))
        .order((event::starts_at.desc(), event::id))
        .limit(50)
        .select(event::id)
        .load(conn)
}
