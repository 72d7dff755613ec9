//! The rubric criterion level: one step of a result description (CLR 1.0 `RubricCriterionLevel`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{ResultDescription, issued::Extensions};
use crate::{
    clock,
    db::{Conn, schema::rubric_criterion_level},
    values::{Id, Iri, Json, Line, Name, Prose, fold},
};

/// One level of a criterion (CLR 1.0 `RubricCriterionLevel`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rubric_criterion_level, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Level::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// Since when it is no longer part of the definition, though scores of an earlier version point at it.
    pub removed_at: Option<NaiveDateTime>,
}

impl Level {
    /// A new level at a place.
    pub fn new(result_description_id: Id<ResultDescription>, name: Name, position: i32) -> Self {
        let created_at = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            result_description_id,
            name,
            description: None,
            level: None,
            points: None,
            position,
            created_at,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: created_at,
            removed_at: None,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the name and the level.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let level = self.level.as_ref().map_or("", Line::as_str);
        self.search_text = fold(&[self.name.as_str(), level, self.iri.as_str()].join(" "));
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(rubric_criterion_level::table).values(row).execute(conn).map(|_| ())
    }
}

/// The levels of all descriptions of an achievement, low to high within each.
pub fn of_descriptions(conn: &mut Conn, descriptions: &[ResultDescription]) -> QueryResult<Vec<Level>> {
    let ids: Vec<&Id<ResultDescription>> = descriptions.iter().map(|description| &description.id).collect();
    rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(ids))
        .filter(rubric_criterion_level::removed_at.is_null())
        .order((rubric_criterion_level::position, rubric_criterion_level::id))
        .select(Level::as_select())
        .load(conn)
}
