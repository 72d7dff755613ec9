//! The parts of an achievement: rubrics, result descriptions, rubric criterion levels, alignments, associations.
//!
//! They have no life of their own: they are read with their achievement, and what issuing freezes is built here with a
//! fixed number of queries however many parts there are.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement,
    issued::{IssuedAlignment, IssuedAssociation, IssuedLevel, IssuedResultDescription},
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement, alignment, association, result_description, rubric, rubric_criterion_level},
    },
    values::{AssociationType, Id, Iri, Json, Line, Name, Prose, ResultType, WebAddress},
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

/// What can be reached (CLR 1.0 `ResultDescription`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = result_description, treat_none_as_default_value = false)]
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
}

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

/// A node of a framework (CLR 1.0 `Alignment`) on an achievement, a description or a level.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alignment, treat_none_as_default_value = false)]
pub struct Alignment {
    /// Row id.
    pub id: Id<Alignment>,
    /// On an achievement …
    pub achievement_id: Option<Id<Achievement>>,
    /// … or a description …
    pub result_description_id: Option<Id<ResultDescription>>,
    /// … or a level.
    pub rubric_criterion_level_id: Option<Id<Level>>,
    /// Name of the node.
    pub target_name: Name,
    /// Its address.
    pub target_url: WebAddress,
    /// Its code.
    pub target_code: Option<Line>,
    /// Its description.
    pub target_description: Option<Prose>,
    /// The framework.
    pub target_framework: Option<Line>,
    /// Its type.
    pub target_type: Option<Line>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

/// A tie to another achievement (CLR 1.0 `Association`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = association, treat_none_as_default_value = false)]
pub struct Association {
    /// Row id.
    pub id: Id<Association>,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// Kind of tie.
    pub association_type: AssociationType,
    /// The other achievement's public id.
    pub target_iri: Iri,
    /// The other achievement, where it is known here.
    pub target_id: Option<Id<Achievement>>,
    /// The other achievement's name.
    pub title: Name,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl ResultDescription {
    /// A new description at a place.
    pub fn new(achievement_id: Id<Achievement>, name: Name, result_type: ResultType, position: i32) -> Self {
        Self {
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
            created_at: clock::now().naive_utc(),
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(result_description::table).values(self.clone()).execute(conn).map(|_| ())
    }
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

impl Association {
    /// A tie from one achievement to another that is known here.
    pub fn to(achievement_id: Id<Achievement>, association_type: AssociationType, target: &Achievement) -> Self {
        Self {
            id: Id::fresh(),
            achievement_id,
            association_type,
            target_iri: target.iri.clone(),
            target_id: Some(target.id.clone()),
            title: target.name.clone(),
            position: 0,
            created_at: clock::now().naive_utc(),
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(association::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

impl Alignment {
    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(alignment::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// The result descriptions of an achievement, in their order.
pub fn descriptions_of(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<ResultDescription>> {
    result_description::table
        .filter(result_description::achievement_id.eq(id))
        .order((result_description::position, result_description::id))
        .select(ResultDescription::as_select())
        .load(conn)
}

/// The levels of all descriptions of an achievement, low to high within each.
pub fn levels_of(conn: &mut Conn, descriptions: &[ResultDescription]) -> QueryResult<Vec<Level>> {
    let ids: Vec<&Id<ResultDescription>> = descriptions.iter().map(|description| &description.id).collect();
    rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(ids))
        .order((rubric_criterion_level::position, rubric_criterion_level::id))
        .select(Level::as_select())
        .load(conn)
}

/// The rubrics of an achievement.
pub fn rubrics_of(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<Rubric>> {
    rubric::table
        .filter(rubric::achievement_id.eq(id))
        .order((rubric::position, rubric::id))
        .select(Rubric::as_select())
        .load(conn)
}

/// The result descriptions with their levels, rubric names and alignments, as they are frozen.
pub fn issued_descriptions(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedResultDescription>> {
    let descriptions = descriptions_of(conn, id)?;
    let levels = levels_of(conn, &descriptions)?;
    let rubrics = rubrics_of(conn, id)?;
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

/// The alignments of the achievement itself, as they are frozen.
pub fn issued_alignments(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAlignment>> {
    let own: Vec<Alignment> = alignment::table
        .filter(alignment::achievement_id.eq(id))
        .order((alignment::position, alignment::id))
        .select(Alignment::as_select())
        .load(conn)?;
    Ok(own.iter().map(issued_alignment).collect())
}

fn issued_alignment(alignment: &Alignment) -> IssuedAlignment {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    IssuedAlignment {
        target_name: alignment.target_name.to_string(),
        target_url: alignment.target_url.to_string(),
        target_code: text(&alignment.target_code),
        target_description: alignment.target_description.as_ref().map(Prose::to_string),
        target_framework: text(&alignment.target_framework),
        target_type: text(&alignment.target_type),
    }
}

/// The ties of the achievement, as they are frozen.
pub fn issued_associations(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAssociation>> {
    let own: Vec<Association> = association::table
        .filter(association::achievement_id.eq(id))
        .order((association::position, association::id))
        .select(Association::as_select())
        .load(conn)?;
    let issued = |one: Association| IssuedAssociation {
        association_type: one.association_type,
        target_id: one.target_iri.to_string(),
        title: one.title.to_string(),
    };
    Ok(own.into_iter().map(issued).collect())
}

/// Deletes all parts of an achievement; for deleting the achievement itself.
pub fn delete_all(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<()> {
    let descriptions = descriptions_of(conn, id)?;
    let levels = levels_of(conn, &descriptions)?;
    let description_ids: Vec<_> = descriptions.iter().map(|description| &description.id).collect();
    let level_ids: Vec<_> = levels.iter().map(|level| &level.id).collect();
    diesel::delete(
        alignment::table.filter(
            alignment::achievement_id
                .eq(id)
                .or(alignment::result_description_id.eq_any(&description_ids))
                .or(alignment::rubric_criterion_level_id.eq_any(&level_ids)),
        ),
    )
    .execute(conn)?;
    diesel::delete(rubric_criterion_level::table.filter(rubric_criterion_level::id.eq_any(&level_ids)))
        .execute(conn)?;
    diesel::delete(result_description::table.filter(result_description::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(rubric::table.filter(rubric::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(association::table.filter(association::achievement_id.eq(id))).execute(conn)?;
    Ok(())
}

/// The events' own achievements that are part of a program's achievement.
pub fn members_of(conn: &mut Conn, program: &Id<Achievement>) -> QueryResult<Vec<Achievement>> {
    association::table
        .inner_join(achievement::table.on(achievement::id.eq(association::achievement_id)))
        .filter(association::target_id.eq(program))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .select(Achievement::as_select())
        .load(conn)
}
