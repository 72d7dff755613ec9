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
        schema::{association, event, presence},
    },
    values::{AssociationType, AttendanceStatus, Code, Id, Iri, Json, Line, TimeZone, fold},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "event";

/// Something learners attend.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = event, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Event {
    /// Row id.
    pub id: Id<Event>,
    /// The event's own achievement, which carries its name and its description.
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
    pub starts_at: NaiveDateTime,
    /// When it ends, UTC.
    pub ends_at: NaiveDateTime,
    /// The time zone of the place.
    pub time_zone: TimeZone,
    /// How many find room.
    pub capacity: Option<i32>,
    /// The series it belongs to.
    pub series: Option<Line>,
    /// Whether the public is told of it.
    pub is_public: bool,
    /// Since when it is cancelled.
    pub cancelled_at: Option<NaiveDateTime>,
    /// Why it was cancelled.
    pub cancelled_reason: Option<Line>,
    /// What lists are sorted by: set by [`Event::refold`].
    pub sort_name: String,
    /// What is searched: set by [`Event::refold`].
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Event {
    /// A new event around its own achievement, from one instant (UTC) to another.
    pub fn new(own: &Achievement, code: Code, (starts_at, ends_at): (NaiveDateTime, NaiveDateTime)) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id: own.id.clone(),
            code,
            host_id: own.issuer_id.clone(),
            areas: Json::new(Vec::new()),
            place: None,
            starts_at,
            ends_at,
            time_zone: TimeZone::UTC,
            capacity: None,
            series: None,
            is_public: false,
            cancelled_at: None,
            cancelled_reason: None,
            sort_name: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold(own);
        new
    }

    /// Sets what is derived from names, codes and places.
    pub fn refold(&mut self, own: &Achievement) {
        self.sort_name = fold(own.name.as_str());
        let parts = [
            Some(own.name.as_str()),
            Some(self.code.as_str()),
            self.place.as_ref().map(Line::as_str),
            self.series.as_ref().map(Line::as_str),
        ];
        let areas = self.areas.get().iter().map(String::as_str);
        self.search_text = fold(&parts.into_iter().flatten().chain(areas).collect::<Vec<_>>().join(" "));
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(event::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }
}

/// The events of a program that a learner attended, in the order in which they took place, as they are frozen into the
/// award. An event counts once, however often the learner was scanned; a cancelled one does not.
pub fn attended(
    conn: &mut Conn,
    learner: &Id<Profile>,
    program: &Id<Achievement>,
    new_assertion_iri: &mut dyn FnMut() -> Iri,
) -> QueryResult<Vec<IssuedEvent>> {
    let events: Vec<Event> = presence::table
        .inner_join(event::table)
        .inner_join(association::table.on(association::achievement_id.eq(event::achievement_id)))
        .filter(presence::learner_id.eq(learner))
        .filter(presence::status.eq(AttendanceStatus::Attended))
        .filter(association::target_id.eq(program))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .filter(event::cancelled_at.is_null())
        .order((event::starts_at, event::id))
        .select(Event::as_select())
        .load(conn)?;
    events
        .into_iter()
        .map(|event| {
            let own = achievement::find(conn, &event.achievement_id)?;
            Ok(IssuedEvent {
                id: new_assertion_iri().to_string(),
                achievement: achievement::content(conn, &own)?,
                areas: event.areas.into_inner(),
                starts_at: Some(event.starts_at.and_utc()),
                ends_at: Some(event.ends_at.and_utc()),
                place: event.place.map(String::from),
            })
        })
        .collect()
}

/// All codes of events, for the demonstration to name them.
pub fn codes(conn: &mut Conn) -> QueryResult<Vec<String>> {
    event::table.order(event::code).select(event::code).load(conn)
}
