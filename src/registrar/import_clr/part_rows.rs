//! The parts of an achievement and of an assertion that came in: each becomes a row, so that it can be seen and found. An
//! id that another row has already is replaced; the document keeps it.

use std::collections::HashMap;

use super::{Refusal, rows};
use crate::{
    clock,
    clr::v1::wire,
    db::Conn,
    models::{
        Achievement, Assertion, Association, Level, ResultDescription, Rubric,
        import::known::{self, Part},
        issued::IssuedAssertion,
        result, result_description, rubric_criterion_level,
    },
    values::{AssociationType, Id, Iri, Json},
};

/// The id of a part, unless another one has it.
fn free(conn: &mut Conn, part: Part, wanted: Iri) -> Result<Iri, Refusal> {
    Ok(if known::is_taken(conn, part, wanted.as_str())? { Iri::fresh() } else { wanted })
}

/// The parts of an achievement.
pub fn of_achievement(conn: &mut Conn, told: &wire::Achievement, of: &Achievement) -> Result<(), Refusal> {
    for (at, one) in (0..).zip(&told.alignments) {
        if let Some(row) = rows::alignment(one, &rows::On::Achievement(of), at) {
            row.insert(conn)?;
        }
    }
    for (at, one) in (0..).zip(&told.associations) {
        association(conn, one, of, at)?;
    }
    let mut rubrics: HashMap<String, Rubric> = HashMap::new();
    for (at, one) in (0..).zip(&told.result_descriptions) {
        let rubric = one.extensions.get("testamur:rubric").and_then(serde_json::Value::as_str);
        if let Some(name) = rubric.filter(|name| !rubrics.contains_key(*name)) {
            let made = Rubric::new(of.id.clone(), rows::name(name), i32::try_from(rubrics.len()).unwrap_or(0));
            made.insert(conn)?;
            rubrics.insert(name.to_owned(), made);
        }
        description(conn, one, of, (rubric.and_then(|name| rubrics.get(name)), at))?;
    }
    Ok(())
}

fn association(conn: &mut Conn, told: &wire::Association, of: &Achievement, position: i32) -> Result<(), Refusal> {
    let (Ok(kind), Ok(target)) = (AssociationType::parse(&told.association_type), Iri::parse(&told.target_id)) else {
        return Ok(());
    };
    let known = known::achievement(conn, &target)?;
    let title = rows::name(if told.title.trim().is_empty() { &told.target_id } else { &told.title });
    let mut tie = Association::new(of.id.clone(), kind, (target, title), position);
    tie.target_id = known.map(|one| one.id);
    tie.extensions = Json::new(told.extensions.clone());
    Ok(tie.insert(conn)?)
}

fn description(
    conn: &mut Conn,
    told: &wire::ResultDescription,
    of: &Achievement,
    (rubric, position): (Option<&Rubric>, i32),
) -> Result<(), Refusal> {
    let mut row = rows::description(told, of, rubric, position);
    row.iri = free(conn, Part::Description, row.iri)?;
    let mut levels = Vec::new();
    for (at, one) in (0..).zip(&told.rubric_criterion_levels) {
        let mut level = rows::level(one, &row, at);
        if told.required_level.as_deref() == Some(one.id.as_str()) {
            row.required_level_id = Some(level.id.clone());
        }
        level.iri = free(conn, Part::Level, level.iri)?;
        levels.push((level, one));
    }
    row.insert(conn)?;
    for (at, one) in (0..).zip(&told.alignments) {
        if let Some(alignment) = rows::alignment(one, &rows::On::Description(&row), at) {
            alignment.insert(conn)?;
        }
    }
    for (level, told) in levels {
        level.insert(conn)?;
        for (at, one) in (0..).zip(&told.alignments) {
            if let Some(alignment) = rows::alignment(one, &rows::On::Level(&level), at) {
                alignment.insert(conn)?;
            }
        }
    }
    Ok(())
}

/// The results and the evidence of an assertion. A result of a description that the achievement does not have stays in
/// the document.
pub fn of_assertion(
    conn: &mut Conn,
    frozen: &IssuedAssertion,
    told: &wire::Achievement,
    of: &Assertion,
) -> Result<(), Refusal> {
    let descriptions = result_description::of_achievement(conn, &of.achievement_id)?;
    let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
    let now = clock::now().naive_utc();
    let mut results = Vec::new();
    for (at, one) in (0..).zip(&frozen.results) {
        let Some(described) = described(&descriptions, told, &one.result_description) else { continue };
        let reached = one.achieved_level.as_deref().and_then(|id| level(&levels, described, told, id));
        let mut row = rows::result(one, &of.id, &described.id, reached, (at, now));
        row.iri = free(conn, Part::Result, row.iri)?;
        results.push(row);
    }
    result::replace(conn, &of.id, &results)?;
    for (at, one) in (0..).zip(&frozen.evidence) {
        let mut one = one.clone();
        one.id = free(conn, Part::Evidence, rows::iri(&one.id))?.to_string();
        crate::models::evidence::add(conn, &of.id, &one, at)?;
    }
    Ok(())
}

/// The row of a result description: by its id, or by its place where the id was another one's already.
fn described<'a>(
    descriptions: &'a [ResultDescription],
    told: &wire::Achievement,
    id: &str,
) -> Option<&'a ResultDescription> {
    descriptions.iter().find(|one| one.iri.as_str() == id).or_else(|| {
        let place = told.result_descriptions.iter().position(|one| one.id == id)?;
        descriptions.get(place)
    })
}

fn level(levels: &[Level], of: &ResultDescription, told: &wire::Achievement, id: &str) -> Option<Id<Level>> {
    let own: Vec<&Level> = levels.iter().filter(|one| one.result_description_id == of.id).collect();
    let by_id = own.iter().find(|one| one.iri.as_str() == id);
    let by_place = || {
        let described = told.result_descriptions.get(usize::try_from(of.position).ok()?)?;
        own.get(described.rubric_criterion_levels.iter().position(|one| one.id == id)?)
    };
    by_id.or_else(by_place).map(|one| one.id.clone())
}
