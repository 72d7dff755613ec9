//! Events and attendance. Each event owns one achievement (type `ext:Event`, part of the program's achievement); an
//! attendance becomes an assertion inside an award when the award is issued.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Profile, achievement,
    audit::{self, Actor},
    issued::IssuedEvent,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{association, attendance, event},
    },
    values::{AssociationType, AttendanceStatus, Code, Id, Iri, Json, Line},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "event";

/// Something learners attend.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = event, treat_none_as_default_value = false)]
pub struct Event {
    /// Row id.
    pub id: Id<Event>,
    /// The event's own achievement, which carries its name.
    pub achievement_id: Id<Achievement>,
    /// The code people and imports know it by.
    pub code: Code,
    /// The office that hosts it.
    pub host_id: Id<Profile>,
    /// The areas it counts for.
    pub areas: Json<Vec<String>>,
    /// Where.
    pub place: Option<Line>,
    /// When it begins, UTC.
    pub starts_at: Option<NaiveDateTime>,
    /// When it ends, UTC.
    pub ends_at: Option<NaiveDateTime>,
    /// Since when it is cancelled.
    pub cancelled_at: Option<NaiveDateTime>,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = attendance, treat_none_as_default_value = false)]
struct Attendance<'a> {
    id: Id<Event>,
    event_id: &'a Id<Event>,
    learner_id: &'a Id<Profile>,
    status: AttendanceStatus,
    recorded_by: &'a str,
    recorded_at: NaiveDateTime,
}

impl Event {
    /// A new event around its own achievement.
    pub fn new(achievement_id: Id<Achievement>, code: Code, host_id: Id<Profile>) -> Self {
        let now = clock::now().naive_utc();
        Self {
            id: Id::fresh(),
            achievement_id,
            code,
            host_id,
            areas: Json::new(Vec::new()),
            place: None,
            starts_at: None,
            ends_at: None,
            cancelled_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(event::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }
}

/// Writes down that a learner came, or did not. Seeding and the demonstration write one audit entry for the event.
pub fn record_attendance(
    conn: &mut Conn,
    event: &Id<Event>,
    learner: &Id<Profile>,
    status: AttendanceStatus,
    by: &Actor,
) -> QueryResult<()> {
    let row = Attendance {
        id: Id::fresh(),
        event_id: event,
        learner_id: learner,
        status,
        recorded_by: &by.name,
        recorded_at: clock::now().naive_utc(),
    };
    diesel::insert_into(attendance::table).values(row).execute(conn).map(|_| ())
}

/// The events of a program that a learner attended, in the order in which they took place, as they are frozen into the
/// award. An event counts once, however often the learner was scanned; a cancelled one does not.
pub fn attended(
    conn: &mut Conn,
    learner: &Id<Profile>,
    program: &Id<Achievement>,
    new_assertion_iri: &mut dyn FnMut() -> Iri,
) -> QueryResult<Vec<IssuedEvent>> {
    let mut events: Vec<Event> = attendance::table
        .inner_join(event::table)
        .inner_join(association::table.on(association::achievement_id.eq(event::achievement_id)))
        .filter(attendance::learner_id.eq(learner))
        .filter(attendance::status.eq(AttendanceStatus::Attended))
        .filter(association::target_id.eq(program))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .filter(event::cancelled_at.is_null())
        .order((event::starts_at, event::id))
        .select(Event::as_select())
        .load(conn)?;
    events.dedup_by(|a, b| a.id == b.id);
    events
        .into_iter()
        .map(|event| {
            let own = achievement::find(conn, &event.achievement_id)?;
            Ok(IssuedEvent {
                id: new_assertion_iri().to_string(),
                achievement: achievement::content(conn, &own)?,
                areas: event.areas.into_inner(),
                starts_at: event.starts_at.map(|at| at.and_utc()),
                ends_at: event.ends_at.map(|at| at.and_utc()),
                place: event.place.map(String::from),
            })
        })
        .collect()
}

/// All codes of events, for the demonstration to name them.
pub fn codes(conn: &mut Conn) -> QueryResult<Vec<String>> {
    event::table.order(event::code).select(event::code).load(conn)
}
