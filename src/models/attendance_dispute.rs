//! Disputes: a learner says that what is recorded of their attendance is wrong, and staff answer.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Event, Profile,
    audit::{self, Actor, Change},
    event,
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{attendance_dispute, event as events, profile},
    },
    values::{AttendanceStatus, Id, Prose},
};

/// What a learner says about their attendance of an event.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = attendance_dispute, treat_none_as_default_value = false)]
pub struct Dispute {
    /// Row id.
    pub id: Id<Dispute>,
    /// The event.
    pub event_id: Id<Event>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// What they say.
    pub said: Prose,
    /// How they stood when they said it; nothing, where nothing was recorded.
    pub status_then: Option<AttendanceStatus>,
    /// When.
    pub raised_at: NaiveDateTime,
    /// When it was answered.
    pub settled_at: Option<NaiveDateTime>,
    /// By whom.
    pub settled_by: Option<String>,
    /// Whether the record was changed.
    pub granted: Option<bool>,
    /// What the learner is told.
    pub answer: Option<Prose>,
}

impl Dispute {
    /// A learner's word about an event.
    pub fn new(event: &Id<Event>, learner: &Id<Profile>, status_then: Option<AttendanceStatus>, said: Prose) -> Self {
        Self {
            id: Id::fresh(),
            event_id: event.clone(),
            learner_id: learner.clone(),
            said,
            status_then,
            raised_at: clock::now().naive_utc(),
            settled_at: None,
            settled_by: None,
            granted: None,
            answer: None,
        }
    }

    /// Records it. What was said stays out of the audit trail: it is the learner's own text.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(attendance_dispute::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "disputed attendance at", (event::KIND, self.event_id.as_str()), Vec::new())
    }

    /// Answers it. `false` when somebody did before.
    pub fn settle(&self, conn: &mut Conn, (granted, answer): (bool, Option<&Prose>), by: &Actor) -> QueryResult<bool> {
        let open = attendance_dispute::table.find(&self.id).filter(attendance_dispute::settled_at.is_null());
        let changed = diesel::update(open)
            .set((
                attendance_dispute::settled_at.eq(Some(clock::now().naive_utc())),
                attendance_dispute::settled_by.eq(Some(&by.name)),
                attendance_dispute::granted.eq(Some(granted)),
                attendance_dispute::answer.eq(answer),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let outcome = if granted { "The record was changed" } else { "The record stays" };
        let told = Change { field: "Outcome".to_owned(), before: None, after: Some(outcome.to_owned()) };
        let about = (event::KIND, self.event_id.as_str());
        audit::write(conn, by, "answered a dispute about attendance at", about, vec![told])?;
        Ok(true)
    }
}

/// One dispute.
pub fn find(conn: &mut Conn, id: &Id<Dispute>) -> QueryResult<Dispute> {
    attendance_dispute::table.find(id).select(Dispute::as_select()).first(conn)
}

/// All disputes of a learner, the newest first.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Dispute>> {
    attendance_dispute::table
        .filter(attendance_dispute::learner_id.eq(learner))
        .order((attendance_dispute::raised_at.desc(), attendance_dispute::id.desc()))
        .select(Dispute::as_select())
        .load(conn)
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    attendance_dispute::table
        .inner_join(profile::table.on(profile::id.eq(attendance_dispute::learner_id)))
        .inner_join(events::table.on(events::id.eq(attendance_dispute::event_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(query: &Query) -> Rows<'a> {
    let mut rows = joined().into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(events::host_id.eq(office.clone()));
    }
    match query.filter("state") {
        Some("answered") => rows.filter(attendance_dispute::settled_at.is_not_null()),
        _ => rows.filter(attendance_dispute::settled_at.is_null()),
    }
}

/// A page of disputes, the newest first; filters by `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<(Dispute, Profile, Event)>> {
    let rows = matching(query).select((Dispute::as_select(), Profile::as_select(), Event::as_select()));
    let rows: Vec<(Dispute, Profile, Event)> =
        keyset!(rows, query, attendance_dispute::raised_at, attendance_dispute::id, NaiveDateTime).load(conn)?;
    Ok(Page::of(rows, query, |(row, _, _)| Cursor::at(&row.raised_at, row.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let rows = matching(query).select(attendance_dispute::id).limit(COUNT_LIMIT + 1);
    Ok(rows.load::<Id<Dispute>>(conn)?.len() as i64)
}

/// How many wait for an answer.
pub fn waiting(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<i64> {
    count(conn, &Query { office: office.cloned(), ..Query::default() })
}
