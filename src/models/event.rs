//! Events. Each owns one achievement (type `ext:Event`, part of the achievements it counts for); an attendance becomes an
//! assertion inside an award when the award is issued.

pub mod known;
pub mod list;
pub mod series;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Association, Profile, achievement, association as ties,
    audit::{self, Actor, Change, Facts},
    issued::IssuedEvent,
    progress_mark,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement as achievements, association, attendance, event, parked_attendance, presence},
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

    /// What people read of it, beside what its own achievement says. Times are those of the place.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let at = |instant| self.time_zone.wall_clock(instant).format("%-d %B %Y, %H:%M").to_string();
        vec![
            ("Code", self.code.to_string()),
            ("Host", self.host_id.to_string()),
            ("Areas", self.areas.get().join(", ")),
            ("Place", line(&self.place)),
            ("Begins", at(self.starts_at)),
            ("Ends", at(self.ends_at)),
            ("Time zone", self.time_zone.to_string()),
            ("Capacity", self.capacity.map(|number| number.to_string()).unwrap_or_default()),
            ("Series", line(&self.series)),
            ("Public page", if self.is_public { "yes".to_owned() } else { String::new() }),
        ]
    }

    /// Whether it exists for this person: staff of an office see what their office hosts.
    pub fn exists_for(&self, by: &Actor) -> bool {
        by.office.as_ref().is_none_or(|office| *office == self.host_id)
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(event::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change. Nothing is written when somebody else changed it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision = event::table.find(&self.id).filter(event::revision.eq(self.revision));
        if diesel::update(same_revision).set(after.clone()).execute(conn)? == 0 {
            return Ok(false);
        }
        mark_all(conn, &self.id)?;
        let changes = audit::differences(&before.facts(), &after.facts());
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }

    /// Cancels it for a reason, or puts it on again. `false` when somebody else changed it since it was read.
    pub fn cancel(&self, conn: &mut Conn, reason: Option<&Line>, by: &Actor) -> QueryResult<bool> {
        let now = clock::now().naive_utc();
        let same_revision = event::table.find(&self.id).filter(event::revision.eq(self.revision));
        let changed = diesel::update(same_revision)
            .set((
                event::cancelled_at.eq(reason.map(|_| now)),
                event::cancelled_reason.eq(reason),
                event::revision.eq(self.revision + 1),
                event::updated_at.eq(now),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        mark_all(conn, &self.id)?;
        let text = |line: Option<&Line>| line.map(Line::to_string);
        let (before, after) = (text(self.cancelled_reason.as_ref()), text(reason));
        let why = Change { field: "Reason".to_owned(), before, after };
        let action = if reason.is_some() { "cancelled" } else { "put on again" };
        audit::write(conn, by, action, (KIND, self.id.as_str()), vec![why])?;
        Ok(true)
    }
}

/// Whoever stands on an event's list is looked at again.
fn mark_all(conn: &mut Conn, id: &Id<Event>) -> QueryResult<()> {
    let here = presence::table.filter(presence::event_id.eq(id)).select(presence::learner_id);
    let learners: Vec<Id<Profile>> = here.load(conn)?;
    learners.iter().try_for_each(|learner| progress_mark::mark(conn, learner))
}

/// After a change of what an achievement is part of: where it is an event's own, whoever stands on the event's list is
/// looked at again.
pub fn counts_otherwise(conn: &mut Conn, own: &Id<Achievement>) -> QueryResult<()> {
    let id: Option<Id<Event>> =
        event::table.filter(event::achievement_id.eq(own)).select(event::id).first(conn).optional()?;
    id.map_or(Ok(()), |id| mark_all(conn, &id))
}

/// One event.
pub fn find(conn: &mut Conn, id: &Id<Event>) -> QueryResult<Event> {
    event::table.find(id).select(Event::as_select()).first(conn)
}

/// The event with this code, in any case.
pub fn by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<Event>> {
    event::table.filter(event::code.eq(code.trim())).select(Event::as_select()).first(conn).optional()
}

/// Deletes an event that nobody attended, with its own achievement.
pub fn delete(conn: &mut Conn, id: &Id<Event>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    diesel::delete(event::table.find(id)).execute(conn)?;
    achievement::delete(conn, &gone.achievement_id, by)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Event>) -> QueryResult<Vec<String>> {
    let entries: i64 = attendance::table.filter(attendance::event_id.eq(id)).count().get_result(conn)?;
    let parked: i64 = parked_attendance::table.filter(parked_attendance::event_id.eq(id)).count().get_result(conn)?;
    Ok([
        (entries, "entry about attendance is of it", "entries about attendance are of it"),
        (parked, "scan waits to be settled", "scans wait to be settled"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
    .collect())
}

/// What an event counts for: the achievements that its own one is part of.
pub fn counts_for(conn: &mut Conn, own: &Id<Achievement>) -> QueryResult<Vec<Achievement>> {
    association::table
        .inner_join(achievements::table.on(association::target_id.eq(achievements::id.nullable())))
        .filter(association::achievement_id.eq(own))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .order((achievements::sort_name, achievements::id))
        .select(Achievement::as_select())
        .load(conn)
}

/// Every achievement that some event counts for.
pub fn programs(conn: &mut Conn) -> QueryResult<Vec<Achievement>> {
    let targets = association::table
        .inner_join(event::table.on(association::achievement_id.eq(event::achievement_id)))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .select(association::target_id);
    let ids: Vec<Option<Id<Achievement>>> = targets.distinct().load(conn)?;
    let ids: Vec<Id<Achievement>> = ids.into_iter().flatten().collect();
    achievements::table
        .filter(achievements::id.eq_any(ids))
        .order((achievements::sort_name, achievements::id))
        .select(Achievement::as_select())
        .load(conn)
}

/// Sets what an event counts for; each change is an edit of its own achievement.
pub fn set_programs(conn: &mut Conn, own: &Id<Achievement>, wanted: &[Id<Achievement>], by: &Actor) -> QueryResult<()> {
    let part_of = AssociationType::IsPartOf;
    let ties = ties::of_achievement(conn, own)?.into_iter().filter(|tie| tie.association_type == part_of);
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for tie in ties {
        match &tie.target_id {
            Some(target) if wanted.contains(target) => kept.push(target.clone()),
            Some(_) => gone.push(tie.id),
            None => {}
        }
    }
    gone.iter().try_for_each(|tie| ties::delete(conn, tie, by))?;
    for target in wanted.iter().filter(|target| !kept.contains(target)) {
        let program = achievement::find(conn, target)?;
        Association::to(own.clone(), part_of, &program).add(conn, by)?;
    }
    Ok(())
}

/// The events of a program that a learner attended, in the order in which they took place, as they are frozen into the
/// award. An event counts once, however often the learner was scanned; a cancelled one does not. Where a program's rule
/// says which events count, only those are among them.
pub fn attended(
    conn: &mut Conn,
    (learner, program): (&Id<Profile>, &Id<Achievement>),
    only: Option<&[Id<Event>]>,
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
        .filter(|event| only.is_none_or(|only| only.contains(&event.id)))
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

/// The next events of an achievement that were not cancelled, with their names; at most so many.
pub fn coming_for(conn: &mut Conn, program: &Id<Achievement>, most: i64) -> QueryResult<Vec<(Event, String)>> {
    event::table
        .inner_join(association::table.on(association::achievement_id.eq(event::achievement_id)))
        .inner_join(achievements::table.on(achievements::id.eq(event::achievement_id)))
        .filter(association::target_id.eq(program))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .filter(event::cancelled_at.is_null())
        .filter(event::starts_at.gt(clock::now().naive_utc()))
        .order((event::starts_at, event::id))
        .limit(most)
        .select((Event::as_select(), achievements::name))
        .load(conn)
}

/// All codes of events, for the demonstration to name them.
pub fn codes(conn: &mut Conn) -> QueryResult<Vec<String>> {
    event::table.order(event::code).select(event::code).load(conn)
}
