//! The parts of an achievement as its page shows them: each with its buttons, in place.

use askama::{Template, filters::HtmlSafe};

use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Alignment, Association, Level, ResultDescription, achievement_version, alignment,
        alignment::Aligned, association, part_checks, result_description, rubric, rubric_criterion_level,
    },
    values::{Line, Origin},
    web::{frame::Frame, guards::ChangeAchievements},
};

/// The parts of an achievement, for its page.
#[derive(Template)]
#[template(path = "parts/achievement.html")]
pub struct Parts {
    frame: Frame,
    achievement: String,
    version: i32,
    /// Whether the present version was awarded, so that a change begins the next.
    awarded: bool,
    may_change: bool,
    descriptions: Vec<Described>,
    alignments: Vec<Alignment>,
    associations: Vec<Association>,
}

impl HtmlSafe for Parts {}

/// A result description with what stands below it.
pub struct Described {
    /// The description.
    pub part: ResultDescription,
    /// The rubric it is a criterion of.
    pub rubric: Option<String>,
    /// The name of the level that passes.
    pub required: Option<String>,
    /// Its levels, low to high.
    pub levels: Vec<Step>,
    /// Where it stands in frameworks.
    pub alignments: Vec<Alignment>,
}

/// A level with what stands below it.
pub struct Step {
    /// The level.
    pub part: Level,
    /// Where it stands in frameworks.
    pub alignments: Vec<Alignment>,
    /// Whether it may go before the one before it.
    pub may_rise: bool,
    /// Whether it may go behind the one behind it.
    pub may_sink: bool,
}

impl Described {
    /// Its range in words: "0 to 100", "from 0".
    pub fn range(&self) -> Option<String> {
        match (&self.part.value_min, &self.part.value_max) {
            (Some(least), Some(most)) => Some(format!("{least} to {most}")),
            (Some(least), None) => Some(format!("from {least}")),
            (None, Some(most)) => Some(format!("up to {most}")),
            (None, None) => None,
        }
    }

    /// What passes: a value or a level.
    pub fn passes(&self) -> Option<String> {
        self.required.clone().or(self.part.required_value.as_ref().map(Line::to_string))
    }
}

/// Reads the parts of an achievement with a fixed number of queries.
pub fn parts(conn: &mut Conn, of: &Achievement, frame: &Frame) -> Result<Parts, QueryError> {
    let descriptions = result_description::of_achievement(conn, &of.id)?;
    Ok(Parts {
        frame: frame.clone(),
        achievement: of.id.to_string(),
        version: of.version,
        awarded: achievement_version::is_frozen(conn, &of.id, of.version)?,
        may_change: frame.may::<ChangeAchievements>() && of.origin == Origin::Own,
        descriptions: described(conn, of, descriptions)?,
        alignments: alignment::on(conn, &Aligned::Achievement(of.id.clone()))?,
        associations: association::of_achievement(conn, &of.id)?,
    })
}

fn described(conn: &mut Conn, of: &Achievement, rows: Vec<ResultDescription>) -> Result<Vec<Described>, QueryError> {
    let levels = rubric_criterion_level::of_descriptions(conn, &rows)?;
    let alignments = alignment::on_parts(conn, &rows, &levels)?;
    let rubrics = rubric::of_achievement(conn, &of.id)?;
    let with_parts = |part: ResultDescription| {
        let own: Vec<Level> = levels.iter().filter(|level| level.result_description_id == part.id).cloned().collect();
        Described {
            rubric: rubrics.iter().find(|one| Some(&one.id) == part.rubric_id.as_ref()).map(|one| one.name.to_string()),
            required: own
                .iter()
                .find(|one| Some(&one.id) == part.required_level_id.as_ref())
                .map(|one| one.name.to_string()),
            levels: steps(own, &alignments),
            alignments: alignments
                .iter()
                .filter(|one| one.result_description_id.as_ref() == Some(&part.id))
                .cloned()
                .collect(),
            part,
        }
    };
    Ok(rows.into_iter().map(with_parts).collect())
}

/// Levels with their alignments, and whether two neighbours may change places: points never fall from low to high.
fn steps(levels: Vec<Level>, alignments: &[Alignment]) -> Vec<Step> {
    let pairs: Vec<bool> = levels
        .windows(2)
        .map(|pair| part_checks::of_order(&pair.iter().rev().cloned().collect::<Vec<_>>()).is_none())
        .collect();
    let may_swap = |before: Option<usize>| before.and_then(|at| pairs.get(at)).copied().unwrap_or(false);
    levels
        .into_iter()
        .enumerate()
        .map(|(at, part)| Step {
            may_rise: may_swap(at.checked_sub(1)),
            may_sink: may_swap(Some(at)),
            alignments: alignments
                .iter()
                .filter(|one| one.rubric_criterion_level_id.as_ref() == Some(&part.id))
                .cloned()
                .collect(),
            part,
        })
        .collect()
}
