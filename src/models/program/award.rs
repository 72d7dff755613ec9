//! What was conferred by a program: each learner once, under which rule, resting on which events.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Program;
use crate::{
    db::{Conn, schema::program_award},
    models::{Assertion, Conferral, Profile},
    values::{Id, Json},
};

/// An award that was conferred.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = program_award)]
pub struct ProgramAward {
    /// The program.
    pub program_id: Id<Program>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// The award; after a correction, the newest.
    pub assertion_id: Id<Assertion>,
    /// The go in which it was conferred.
    pub conferral_id: Id<Conferral>,
    /// The rule it was earned under.
    pub rule_number: i32,
    /// Row ids of the events it rests on.
    pub events: Json<Vec<String>>,
    /// When.
    pub awarded_at: NaiveDateTime,
}

impl ProgramAward {
    /// Writes it down. A second one for the same learner fails on the table's key.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(program_award::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// What was conferred on a learner by a program.
pub fn of(conn: &mut Conn, program: &Id<Program>, learner: &Id<Profile>) -> QueryResult<Option<ProgramAward>> {
    program_award::table.find((program, learner)).select(ProgramAward::as_select()).first(conn).optional()
}

/// The conferral behind an award.
pub fn of_assertion(conn: &mut Conn, assertion: &Id<Assertion>) -> QueryResult<Option<ProgramAward>> {
    program_award::table
        .filter(program_award::assertion_id.eq(assertion))
        .select(ProgramAward::as_select())
        .first(conn)
        .optional()
}

/// A correction takes the place of an award: it rests on the same conferral, and on these events from now on.
pub fn superseded(
    conn: &mut Conn,
    earlier: &Id<Assertion>,
    newer: &Id<Assertion>,
    events: Option<Vec<String>>,
) -> QueryResult<()> {
    let own = program_award::table.filter(program_award::assertion_id.eq(earlier));
    if let Some(events) = events {
        diesel::update(own).set(program_award::events.eq(Json::new(events))).execute(conn)?;
    }
    diesel::update(own).set(program_award::assertion_id.eq(newer)).execute(conn).map(|_| ())
}
