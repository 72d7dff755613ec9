//! The hold: a learner's documents are withheld. Whether it is on is computed from the clock, never by a job.

pub mod list;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{
    Actor, Profile,
    audit::{self, Change},
    profile,
};
use crate::{
    clock,
    db::{Conn, schema::hold},
    values::{HoldKind, Id, Line, OTHER_REASON, Prose},
};

/// Holds that end within so many days are told on the dashboard.
pub const SOON_DAYS: i64 = 14;

/// A hold.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = hold, treat_none_as_default_value = false)]
pub struct Hold {
    /// Row id.
    pub id: Id<Hold>,
    /// Whose documents are withheld.
    pub learner_id: Id<Profile>,
    /// From whom.
    pub kind: HoldKind,
    /// One of the reasons of its kind.
    pub reason_code: String,
    /// The reason in words.
    pub reason: Option<Line>,
    /// What stays in the office.
    pub internal_note: Option<Prose>,
    /// From when it is on.
    pub starts_at: NaiveDateTime,
    /// The last instant at which it is on.
    pub ends_at: Option<NaiveDateTime>,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    pub placed_at: NaiveDateTime,
    /// When it was lifted.
    pub lifted_at: Option<NaiveDateTime>,
    /// By whom.
    pub lifted_by: Option<String>,
    /// Why.
    pub lifted_reason: Option<Line>,
    /// Counts the changes.
    pub revision: i32,
}

/// How a hold stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    /// It begins later.
    Planned,
    /// It is on.
    Active,
    /// Its last day is over.
    Ended,
    /// It was lifted.
    Lifted,
}

/// Whether a hold is on at an instant.
#[diesel::dsl::auto_type]
pub(super) fn in_force(now: NaiveDateTime) -> _ {
    hold::lifted_at.is_null().and(hold::starts_at.le(now)).and(hold::ends_at.is_null().or(hold::ends_at.ge(now)))
}

impl Hold {
    /// How it stands now.
    pub fn state(&self) -> HoldState {
        let now = clock::now().naive_utc();
        if self.lifted_at.is_some() {
            HoldState::Lifted
        } else if self.ends_at.is_some_and(|last| last < now) {
            HoldState::Ended
        } else if self.starts_at > now {
            HoldState::Planned
        } else {
            HoldState::Active
        }
    }

    /// The reason as staff read it.
    pub fn shown_reason(&self) -> String {
        let listed = self.kind.reasons().iter().find(|(key, _)| *key == self.reason_code && *key != OTHER_REASON);
        let parts = [listed.map(|(_, label)| (*label).to_owned()), self.reason.as_ref().map(Line::to_string)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }

    /// `31 December 2026`: the last day, for pages of staff.
    pub fn last_day(&self) -> Option<String> {
        self.ends_at.map(|last| last.format("%-d %B %Y").to_string())
    }

    fn facts(&self) -> Vec<Change> {
        let fact = |field: &str, after: Option<String>| {
            after.map(|after| Change { field: field.to_owned(), before: None, after: Some(after) })
        };
        let facts = [
            fact("Kind", Some(self.kind.label().to_owned())),
            fact("Reason", Some(self.shown_reason())),
            fact("Internal note", self.internal_note.as_ref().map(Prose::to_string)),
            fact("From", Some(at(&self.starts_at))),
            fact("Until", self.ends_at.as_ref().map(at)),
        ];
        facts.into_iter().flatten().collect()
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(hold::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "placed a hold on", (profile::KIND, self.learner_id.as_str()), self.facts())
    }

    /// Gives it another end. `false` when somebody changed it meanwhile.
    pub fn end_at(&self, conn: &mut Conn, ends_at: Option<NaiveDateTime>, by: &Actor) -> QueryResult<bool> {
        let unchanged = hold::table.find(&self.id).filter(hold::revision.eq(self.revision));
        let changed = diesel::update(unchanged)
            .set((hold::ends_at.eq(ends_at), hold::revision.eq(self.revision + 1)))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let kind = Change { field: "Kind".to_owned(), before: None, after: Some(self.kind.label().to_owned()) };
        let until = Change {
            field: "Until".to_owned(),
            before: self.ends_at.as_ref().map(at),
            after: ends_at.as_ref().map(at),
        };
        let learner = (profile::KIND, self.learner_id.as_str());
        audit::write(conn, by, "changed a hold on", learner, vec![kind, until])?;
        Ok(true)
    }

    /// Lifts it. `false` when somebody changed it meanwhile.
    pub fn lift(&self, conn: &mut Conn, reason: &Line, by: &Actor) -> QueryResult<bool> {
        let unchanged = hold::table.find(&self.id).filter(hold::revision.eq(self.revision));
        let changed = diesel::update(unchanged)
            .set((
                hold::lifted_at.eq(Some(clock::now().naive_utc())),
                hold::lifted_by.eq(Some(&by.name)),
                hold::lifted_reason.eq(Some(reason)),
                hold::revision.eq(self.revision + 1),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let fact = |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
        let changes = vec![fact("Kind", self.kind.label().to_owned()), fact("Reason", reason.to_string())];
        audit::write(conn, by, "lifted a hold on", (profile::KIND, self.learner_id.as_str()), changes)?;
        Ok(true)
    }
}

fn at(instant: &NaiveDateTime) -> String {
    instant.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// One hold.
pub fn find(conn: &mut Conn, id: &Id<Hold>) -> QueryResult<Hold> {
    hold::table.find(id).select(Hold::as_select()).first(conn)
}

/// All holds of a learner, the newest first.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Hold>> {
    hold::table
        .filter(hold::learner_id.eq(learner))
        .order((hold::placed_at.desc(), hold::id.desc()))
        .select(Hold::as_select())
        .load(conn)
}

/// The holds of a learner that are on now.
pub fn active(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Hold>> {
    Ok(of_learner(conn, learner)?.into_iter().filter(|one| one.state() == HoldState::Active).collect())
}

/// Whether a hold of either kind is on now: then the learner's codes open nothing.
pub fn is_on(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<bool> {
    let held = hold::table.filter(hold::learner_id.eq(learner)).filter(in_force(clock::now().naive_utc()));
    diesel::select(diesel::dsl::exists(held)).get_result(conn)
}

/// Whether the learner's own official documents are withheld now.
pub fn withholds_documents(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<bool> {
    let held = hold::table
        .filter(hold::learner_id.eq(learner))
        .filter(hold::kind.eq(HoldKind::Administrative))
        .filter(in_force(clock::now().naive_utc()));
    diesel::select(diesel::dsl::exists(held)).get_result(conn)
}

/// How many holds that are on end within [`SOON_DAYS`].
pub fn ending_soon(conn: &mut Conn) -> QueryResult<i64> {
    let now = clock::now().naive_utc();
    hold::table
        .filter(in_force(now))
        .filter(hold::ends_at.le(now + TimeDelta::days(SOON_DAYS)))
        .count()
        .get_result(conn)
}
