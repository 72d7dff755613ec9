//! The result description: what can be reached with an achievement (CLR 1.0 `ResultDescription`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Alignment, Level, Rubric,
    alignment::issued_alignment,
    issued::{Extensions, IssuedLevel, IssuedResultDescription},
    rubric, rubric_criterion_level,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{alignment, result_description},
    },
    values::{Id, Iri, Json, Line, Name, Prose, ResultType, fold},
};

/// What can be reached (CLR 1.0 `ResultDescription`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = result_description, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ResultDescription {
    /// Row id.
    pub id: Id<ResultDescription>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// The rubric it is a criterion of.
    pub rubric_id: Option<Id<Rubric>>,
    /// Name.
    pub name: Name,
    /// Type.
    pub result_type: ResultType,
    /// Allowed values, low to high.
    pub allowed_values: Json<Vec<String>>,
    /// The lowest value that passes.
    pub required_value: Option<Line>,
    /// The lowest level that passes.
    pub required_level_id: Option<Id<Level>>,
    /// Smallest value.
    pub value_min: Option<Line>,
    /// Largest value.
    pub value_max: Option<Line>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`ResultDescription::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// Since when it is no longer part of the definition, though scores of an earlier version point at it.
    pub removed_at: Option<NaiveDateTime>,
}

impl ResultDescription {
    /// A new description at a place.
    pub fn new(achievement_id: Id<Achievement>, name: Name, result_type: ResultType, position: i32) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            achievement_id,
            rubric_id: None,
            name,
            result_type,
            allowed_values: Json::new(Vec::new()),
            required_value: None,
            required_level_id: None,
            value_min: None,
            value_max: None,
            position,
            created_at: now,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
            removed_at: None,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the name and the type.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let words = [self.name.as_str(), self.result_type.as_str(), &self.result_type.shown(), self.iri.as_str()];
        self.search_text = fold(&words.join(" "));
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(result_description::table).values(row).execute(conn).map(|_| ())
    }
}

/// The result descriptions of an achievement, in their order.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<ResultDescription>> {
    result_description::table
        .filter(result_description::achievement_id.eq(id))
        .filter(result_description::removed_at.is_null())
        .order((result_description::position, result_description::id))
        .select(ResultDescription::as_select())
        .load(conn)
}

/// The result descriptions with their levels, rubric names and alignments, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedResultDescription>> {
    let descriptions = of_achievement(conn, id)?;
    let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
    let rubrics = rubric::of_achievement(conn, id)?;
    let description_ids: Vec<_> = descriptions.iter().map(|description| &description.id).collect();
    let level_ids: Vec<_> = levels.iter().map(|level| &level.id).collect();
    let alignments: Vec<Alignment> = alignment::table
        .filter(
            alignment::result_description_id
                .eq_any(description_ids)
                .or(alignment::rubric_criterion_level_id.eq_any(level_ids)),
        )
        .order((alignment::position, alignment::id))
        .select(Alignment::as_select())
        .load(conn)?;
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    let aligned =
        |of: &dyn Fn(&Alignment) -> bool| alignments.iter().filter(|one| of(one)).map(issued_alignment).collect();
    let level_iri = |id: &Id<Level>| levels.iter().find(|level| &level.id == id).map(|level| level.iri.to_string());
    Ok(descriptions
        .iter()
        .map(|description| IssuedResultDescription {
            id: description.iri.to_string(),
            name: description.name.to_string(),
            result_type: description.result_type.clone(),
            rubric: rubrics
                .iter()
                .find(|rubric| Some(&rubric.id) == description.rubric_id.as_ref())
                .map(|rubric| rubric.name.to_string()),
            allowed_values: description.allowed_values.get().clone(),
            required_value: text(&description.required_value),
            required_level: description.required_level_id.as_ref().and_then(level_iri),
            value_min: text(&description.value_min),
            value_max: text(&description.value_max),
            levels: levels
                .iter()
                .filter(|level| level.result_description_id == description.id)
                .map(|level| IssuedLevel {
                    id: level.iri.to_string(),
                    name: level.name.to_string(),
                    description: level.description.as_ref().map(Prose::to_string),
                    level: text(&level.level),
                    points: text(&level.points),
                    alignments: aligned(&|one| one.rubric_criterion_level_id.as_ref() == Some(&level.id)),
                })
                .collect(),
            alignments: aligned(&|one| one.result_description_id.as_ref() == Some(&description.id)),
        })
        .collect())
}
