//! Scoring: an achievement's rubrics as grids to pick levels in, and what was reached as pages show it.

use crate::{
    db::Conn,
    models::{
        Achievement, AwardResult, Level, ResultDescription,
        issued::{IssuedAchievement, IssuedLevel, IssuedResult},
        result_description, rubric,
        rubric_grid::{self, Criterion},
        rubric_score,
    },
    values::{Id, Line, Points},
    web::{error::Error, grid::Grid},
};

/// A rubric to score with.
#[derive(Debug, Clone)]
pub struct Scoring {
    /// Its name.
    pub name: String,
    /// Its criteria by levels.
    pub grid: Grid,
    /// The description that keeps the total.
    pub total: Option<ResultDescription>,
    /// The most that can be reached.
    pub best: Option<String>,
}

/// What can be reached in an achievement.
pub fn criteria_of(conn: &mut Conn, id: &Id<Achievement>) -> Result<Vec<Criterion>, Error> {
    let descriptions = result_description::of_achievement(conn, id)?;
    Ok(rubric_grid::with_levels(conn, descriptions)?)
}

/// The rubrics among it.
pub fn rubrics_of(conn: &mut Conn, id: &Id<Achievement>, criteria: &[Criterion]) -> Result<Vec<Scoring>, Error> {
    let scoring = |rubric: rubric::Rubric| {
        let own = criteria.iter().filter(|one| one.description.rubric_id.as_ref() == Some(&rubric.id));
        let own: Vec<Criterion> = own.cloned().collect();
        Scoring {
            name: rubric.name.to_string(),
            grid: Grid::of(&own),
            total: own.iter().find(|one| one.is_total()).map(|one| one.description.clone()),
            best: rubric_score::best(&own).map(|points| points.to_string()),
        }
    };
    Ok(rubric::of_achievement(conn, id)?.into_iter().map(scoring).filter(|one| !one.grid.rows.is_empty()).collect())
}

/// Whether it is scored in the grid of its rubric and not by itself.
pub fn is_in_grid(criterion: &Criterion) -> bool {
    criterion.description.rubric_id.is_some()
}

/// The sum of the levels that were picked in the rubric of a total.
pub fn sum(total: &Criterion, criteria: &[Criterion], is_picked: impl Fn(&Level) -> bool) -> Option<Points> {
    let own = criteria.iter().filter(|one| one.description.rubric_id == total.description.rubric_id);
    rubric_score::total(own.flat_map(|one| &one.levels).filter(|level| is_picked(level)))
}

/// Whether a stored total is the sum of the levels that were stored with it, and not somebody's own figure.
pub fn is_the_sum(stored: &AwardResult, total: &Criterion, criteria: &[Criterion], all: &[AwardResult]) -> bool {
    let is_picked = |level: &Level| all.iter().any(|one| one.achieved_level_id.as_ref() == Some(&level.id));
    let sum = sum(total, criteria, is_picked).map(|sum| sum.to_string());
    stored.value.as_ref().map(Line::to_string) == sum
}

/// Why a value does not fit its description.
pub fn refusal(description: &ResultDescription, value: &str) -> Option<String> {
    let allowed = description.allowed_values.get();
    if !allowed.is_empty() && !allowed.iter().any(|one| one == value) {
        return Some(format!("enter one of {}", allowed.join(", ")));
    }
    let number = |line: &Option<Line>| line.as_ref().and_then(|line| line.as_str().parse::<f64>().ok());
    let (least, most) = (number(&description.value_min), number(&description.value_max));
    if least.is_none() && most.is_none() {
        return None;
    }
    match value.parse::<f64>() {
        Ok(value) if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) => None,
        _ => {
            let bound = |line: &Option<Line>| line.as_ref().map(Line::to_string);
            Some(match (bound(&description.value_min), bound(&description.value_max)) {
                (Some(least), Some(most)) => format!("enter a number from {least} to {most}"),
                (Some(least), None) => format!("enter a number of at least {least}"),
                (None, most) => format!("enter a number of at most {}", most.unwrap_or_default()),
            })
        }
    }
}

/// What was reached in a rubric, or in what stands by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The rubric's name.
    pub rubric: Option<String>,
    /// What was reached in each criterion.
    pub rows: Vec<Reached>,
    /// The sum of points.
    pub total: Option<String>,
}

/// What was reached in one criterion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// The criterion.
    pub name: String,
    /// The level, value and status.
    pub reached: Vec<String>,
    /// The points of the level.
    pub points: String,
    /// The public id of the level.
    pub level: Option<String>,
}

/// What was reached, rubric by rubric, in the order of the achievement.
pub fn outcomes(achievement: &IssuedAchievement, results: &[IssuedResult]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for description in &achievement.result_descriptions {
        let Some(result) = results.iter().find(|result| result.result_description == description.id) else { continue };
        let level = description.levels.iter().find(|level| Some(&level.id) == result.achieved_level.as_ref());
        let row = reached(&description.name, result, level);
        match outcomes.iter_mut().find(|own| own.rubric == description.rubric) {
            Some(own) => own.rows.push(row),
            None => outcomes.push(Outcome { rubric: description.rubric.clone(), rows: vec![row], total: None }),
        }
    }
    for own in outcomes.iter_mut().filter(|own| own.rubric.is_some()) {
        let points: Vec<Points> = own.rows.iter().filter_map(|row| Points::parse(&row.points).ok()).collect();
        own.total = (!points.is_empty()).then(|| points.into_iter().sum::<Points>().to_string());
    }
    outcomes
}

fn reached(name: &str, result: &IssuedResult, level: Option<&IssuedLevel>) -> Reached {
    let status = result.status.map(|status| status.as_str().to_owned());
    let level_name = level.map(|level| level.name.clone());
    Reached {
        name: name.to_owned(),
        reached: [level_name, result.value.clone(), status].into_iter().flatten().collect(),
        points: level.and_then(|level| level.points.clone()).unwrap_or_default(),
        level: level.map(|level| level.id.clone()),
    }
}
