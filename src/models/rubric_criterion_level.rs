//! The rubric criterion level: one step of a result description (CLR 1.0 `RubricCriterionLevel`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::ResultDescription;
use crate::{
    clock,
    db::{Conn, schema::rubric_criterion_level},
    values::{Id, Iri, Line, Name, Prose},
};

/// One level of a criterion (CLR 1.0 `RubricCriterionLevel`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rubric_criterion_level, treat_none_as_default_value = false)]
pub struct Level {
    /// Row id.
    pub id: Id<Level>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub result_description_id: Id<ResultDescription>,
    /// Name.
    pub name: Name,
    /// Description.
    pub description: Option<Prose>,
    /// Level, as text.
    pub level: Option<Line>,
    /// Points, as text.
    pub points: Option<Line>,
    /// Place, low to high.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl Level {
    /// A new level at a place.
    pub fn new(result_description_id: Id<ResultDescription>, name: Name, position: i32) -> Self {
        let created_at = clock::now().naive_utc();
        Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            result_description_id,
            name,
            description: None,
            level: None,
            points: None,
            position,
            created_at,
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(rubric_criterion_level::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// The levels of all descriptions of an achievement, low to high within each.
pub fn of_descriptions(conn: &mut Conn, descriptions: &[ResultDescription]) -> QueryResult<Vec<Level>> {
    let ids: Vec<&Id<ResultDescription>> = descriptions.iter().map(|description| &description.id).collect();
    rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(ids))
        .order((rubric_criterion_level::position, rubric_criterion_level::id))
        .select(Level::as_select())
        .load(conn)
}
