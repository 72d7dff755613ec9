//! The result: what a learner reached in one of the achievement's result descriptions (CLR 1.0 `Result`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Assertion, Level, ResultDescription, issued::IssuedResult};
use crate::{
    db::{
        Conn,
        schema::{result, result_description, rubric_criterion_level},
    },
    values::{Id, Iri, Line, Name, ResultStatus},
};

/// What was reached (CLR 1.0 `Result`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = result, treat_none_as_default_value = false)]
pub struct AwardResult {
    /// Row id.
    pub id: Id<AwardResult>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub assertion_id: Id<Assertion>,
    /// What it is a result of.
    pub result_description_id: Id<ResultDescription>,
    /// The level reached.
    pub achieved_level_id: Option<Id<Level>>,
    /// Value, as text.
    pub value: Option<Line>,
    /// Status.
    pub status: Option<ResultStatus>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

/// The results of an assertion in words: what was reached in what.
pub fn in_words(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<String> {
    type Row = (String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = result::table
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .left_join(
            rubric_criterion_level::table.on(result::achieved_level_id.eq(rubric_criterion_level::id.nullable())),
        )
        .filter(result::assertion_id.eq(id))
        .order((result::position, result::id))
        .select((result_description::name, rubric_criterion_level::name.nullable(), result::value, result::status))
        .load(conn)?;
    let reached = |(name, level, value, status): Row| {
        format!("{name}: {}", [level, value, status].into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    Ok(rows.into_iter().map(reached).collect::<Vec<_>>().join("; "))
}

/// "2 drafts have results in it: Ann Lee, Zoë Łukasiewicz", naming three at most; nothing without drafts.
pub(super) fn drafts_in_words(learners: &[Name], one: &str, many: &str) -> Vec<String> {
    let named = learners.iter().take(3).map(Name::to_string).collect::<Vec<_>>().join(", ");
    match learners.len() {
        0 => Vec::new(),
        1 => vec![format!("1 draft {one}: {named}")],
        number => vec![format!("{number} drafts {many}: {named}{}", if number > 3 { " …" } else { "" })],
    }
}

/// "3 issued awards have a result in it and keep it as it was."
pub(super) fn keepers_in_words(awards: i64) -> Option<String> {
    match awards {
        0 => None,
        1 => Some("1 issued award has a result in it, and keeps it as it was.".to_owned()),
        _ => Some(format!("{awards} issued awards have a result in it, and keep it as it was.")),
    }
}

/// Puts these results in place of those a draft had.
pub fn replace(conn: &mut Conn, id: &Id<Assertion>, results: &[AwardResult]) -> QueryResult<()> {
    diesel::delete(result::table.filter(result::assertion_id.eq(id))).execute(conn)?;
    for one in results {
        diesel::insert_into(result::table).values(one.clone()).execute(conn)?;
    }
    Ok(())
}

/// The results as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<IssuedResult>> {
    type Row = (Iri, Iri, Option<Iri>, Option<Line>, Option<ResultStatus>);
    let rows: Vec<Row> = result::table
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .left_join(
            rubric_criterion_level::table.on(result::achieved_level_id.eq(rubric_criterion_level::id.nullable())),
        )
        .filter(result::assertion_id.eq(id))
        .order((result::position, result::id))
        .select((
            result::iri,
            result_description::iri,
            rubric_criterion_level::iri.nullable(),
            result::value,
            result::status,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, description, level, value, status)| IssuedResult {
            id: id.to_string(),
            result_description: description.to_string(),
            achieved_level: level.map(String::from),
            value: value.map(String::from),
            status,
        })
        .collect())
}
