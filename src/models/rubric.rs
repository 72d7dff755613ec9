//! The rubric: a name over result descriptions of one achievement. One criterion is one description with its own ordered
//! levels; the standard has no class for the whole.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Achievement;
use crate::{
    clock,
    db::{Conn, schema::rubric},
    values::{Id, Name},
};

/// A rubric: a name over result descriptions of one achievement; one criterion is one description.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubric, treat_none_as_default_value = false)]
pub struct Rubric {
    /// Row id.
    pub id: Id<Rubric>,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// Name.
    pub name: Name,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl Rubric {
    /// A new rubric at a place.
    pub fn new(achievement_id: Id<Achievement>, name: Name, position: i32) -> Self {
        Self { id: Id::fresh(), achievement_id, name, position, created_at: clock::now().naive_utc() }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(rubric::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// The rubrics of an achievement.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<Rubric>> {
    rubric::table
        .filter(rubric::achievement_id.eq(id))
        .order((rubric::position, rubric::id))
        .select(Rubric::as_select())
        .load(conn)
}
