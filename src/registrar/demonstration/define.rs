//! Turns a definition of the catalogue into an achievement with its parts, and chooses results that fit it.

use super::{
    Choice,
    catalogue::{Definition, LEVELS, Reached},
    fixed,
};
use crate::{
    db::Conn,
    models::{Achievement, Actor, Assertion, AwardResult, Level, Profile, ResultDescription, Rubric},
    registrar::Refusal,
    values::{AchievementType, HumanCode, Id, Json, Line, Name, Prose, ResultStatus, ResultType},
};

/// An achievement that was recorded, with what can be reached in it.
#[derive(Debug, Clone)]
pub struct Defined {
    /// Where it comes from.
    pub definition: &'static Definition,
    /// The achievement.
    pub achievement: Achievement,
    /// Its descriptions, each with its levels low to high.
    pub descriptions: Vec<(ResultDescription, Vec<Level>)>,
}

/// Records an achievement of the catalogue.
pub fn define(
    conn: &mut Conn,
    definition: &'static Definition,
    office: &Profile,
    by: &Actor,
) -> Result<Defined, Refusal> {
    let kind = fixed(AchievementType::parse(definition.kind))?;
    let mut achievement = Achievement::new(fixed(Name::parse(definition.name))?, kind, office.id.clone());
    achievement.code = Some(fixed(HumanCode::parse(definition.code))?);
    achievement.description = Some(fixed(Prose::parse(definition.description))?);
    achievement.criteria = Some(fixed(Prose::parse(definition.criteria))?);
    achievement.credits_available = definition.credits;
    achievement.tags = Json::new(definition.tags.iter().map(|tag| (*tag).to_owned()).collect());
    achievement.refold();
    achievement.insert(conn, by)?;
    let descriptions = describe(conn, definition, &achievement)?;
    Ok(Defined { definition, achievement, descriptions })
}

fn describe(
    conn: &mut Conn,
    definition: &Definition,
    achievement: &Achievement,
) -> Result<Vec<(ResultDescription, Vec<Level>)>, Refusal> {
    match definition.reached {
        Reached::Nothing => Ok(Vec::new()),
        Reached::Value(name, kind, values) => {
            let kind = fixed(ResultType::parse(kind))?;
            let mut described =
                ResultDescription::new(achievement.id.clone(), fixed(Name::parse(name))?, kind.clone(), 0);
            if matches!(kind.as_str(), "LetterGrade" | "Status") {
                described.allowed_values = Json::new(values.iter().map(|value| (*value).to_owned()).collect());
            }
            described.insert(conn)?;
            Ok(vec![(described, Vec::new())])
        }
        Reached::Rubric(name, criteria) => {
            let rubric = Rubric::new(achievement.id.clone(), fixed(Name::parse(name))?, 0);
            rubric.insert(conn)?;
            (0..).zip(criteria).map(|(place, told)| criterion(conn, &rubric, place, told)).collect()
        }
    }
}

/// One criterion of a rubric, with its four levels of one to four points.
fn criterion(
    conn: &mut Conn,
    rubric: &Rubric,
    place: i32,
    (name, does): &(&str, &str),
) -> Result<(ResultDescription, Vec<Level>), Refusal> {
    let kind = fixed(ResultType::parse("RubricCriterion"))?;
    let mut described = ResultDescription::new(rubric.achievement_id.clone(), fixed(Name::parse(name))?, kind, place);
    described.rubric_id = Some(rubric.id.clone());
    let mut levels = Vec::new();
    for (points, (level_name, how)) in (1..).zip(LEVELS) {
        let mut level = Level::new(described.id.clone(), fixed(Name::parse(level_name))?, points - 1);
        level.description = Some(fixed(Prose::parse(&format!("{how} {does}.")))?);
        level.level = Some(fixed(Line::parse(&points.to_string()))?);
        level.points = Some(fixed(Line::parse(&points.to_string()))?);
        levels.push(level);
    }
    described.required_level_id = levels.get(1).map(|level| level.id.clone());
    described.insert(conn)?;
    for level in &levels {
        level.insert(conn)?;
    }
    Ok((described, levels))
}

/// Results that an award of it may have.
pub fn results(defined: &Defined, assertion: &Id<Assertion>, choice: &mut Choice) -> Result<Vec<AwardResult>, Refusal> {
    (0..)
        .zip(&defined.descriptions)
        .map(|(position, (described, levels))| {
            // From the second level on: who stays below is not awarded.
            let level = choice.of(levels.get(1..).unwrap_or_default());
            // A level says it all: its points stand in the rubric.
            let value = match defined.definition.reached {
                Reached::Value(_, _, values) => choice.of(values).copied(),
                _ => None,
            };
            Ok(AwardResult {
                achieved_level_id: level.map(|level| level.id.clone()),
                value: value.map(|value| fixed(Line::parse(value))).transpose()?,
                // A result of a Status says in a term of the standard what its value says in words.
                status: (described.result_type.as_str() == "Status").then_some(ResultStatus::Completed),
                ..AwardResult::new(assertion.clone(), described.id.clone(), position)
            })
        })
        .collect()
}
