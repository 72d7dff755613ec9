//! The form of a rubric: a grid of criteria by levels, and what belongs to the whole.
//!
//! Buttons such as "Add a criterion" send the form too: it comes back with everything that was typed and another shape,
//! and nothing is saved until it is saved.

mod checked;
mod shape;
mod shown;

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form};
use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Rubric, achievement, achievement_version,
        rubric::{self, Listed},
        rubric_grid::{self, Criterion},
    },
    values::{Id, Name, Points, ResultType},
    web::{
        error::Error,
        grid::{Grid, Row},
    },
};

/// What was entered about a rubric.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "rubrics/form.html")]
#[serde(default)]
pub struct RubricForm {
    name: String,
    achievement: String,
    /// Whether a new version of the achievement may be begun for it.
    new_version: bool,
    /// The rubric to copy criteria from.
    copy: String,
    /// Whether the sum of points is kept as a result of its own.
    total: bool,
    total_name: String,
    total_required: String,
    revision: i32,
    /// How many criteria and levels the grid has.
    criteria: String,
    levels: String,
    /// The button that was pressed; none saves.
    #[serde(rename = "do")]
    pressed: String,
    /// The fields of the grid, see [`Grid::read`].
    #[serde(flatten)]
    entered: BTreeMap<String, String>,
    #[serde(skip)]
    grid: Grid,
    /// What is edited, until its grid was filled in.
    #[serde(skip)]
    filled_from: Option<Id<Rubric>>,
    #[serde(skip)]
    is_read: bool,
    /// The field to go on in, after a button.
    #[serde(skip)]
    focus: String,
    /// What a button did.
    #[serde(skip)]
    said: String,
    #[serde(skip)]
    achievements: Vec<(String, String)>,
    #[serde(skip)]
    rubrics: Vec<Listed>,
    /// The version that would have to be begun.
    #[serde(skip)]
    next_version: Option<(i32, String)>,
    #[serde(skip)]
    parsed: Vec<Criterion>,
    /// What was wrong in the grid: the field's id and a sentence.
    #[serde(skip)]
    wrong: Vec<(String, String)>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for RubricForm {}

/// The types that a criterion can have; another one that it has already is kept.
const TYPES: [&str; 3] = ["RubricCriterion", "RubricCriterionLevel", "PerformanceLevel"];

impl RubricForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(own, _)| own == field).map(|(_, sentence)| sentence.as_str())
    }

    fn is_focused(&self, field: &str) -> bool {
        self.focus == field
    }

    /// What a column is called, in the names of its buttons.
    fn column_name(&self, column: &usize) -> String {
        let name = self.grid.columns.get(*column).map_or("", |name| name.trim());
        if name.is_empty() { format!("level {}", column + 1) } else { name.to_owned() }
    }

    /// What a criterion is called, in the names of its fields.
    fn row_name(&self, row: &usize) -> String {
        let name = self.grid.rows.get(*row).map_or("", |row| row.name.trim());
        if name.is_empty() { format!("criterion {}", row + 1) } else { name.to_owned() }
    }

    /// What a level of a criterion is called.
    fn level_name(&self, row: &Row, column: &usize) -> String {
        let own = row.cells.get(*column).map_or("", |cell| self.grid.level_name(cell, *column));
        if own.is_empty() { self.column_name(column) } else { own.to_owned() }
    }

    fn types(&self, kind: &str) -> Vec<(String, String)> {
        let own = (!TYPES.contains(&kind) && !kind.is_empty()).then_some(kind);
        let shown = |term: &str| ResultType::parse(term).map(|term| term.shown()).unwrap_or(term.to_owned());
        TYPES.into_iter().chain(own).map(|term| (term.to_owned(), shown(term))).collect()
    }

    /// The most points that can be reached, as far as points are numbers.
    fn best(&self) -> Option<String> {
        let points = |row: &Row| {
            row.cells.iter().filter(|cell| !cell.left_out).filter_map(|cell| Points::parse(&cell.points).ok()).max()
        };
        let best: Vec<Points> = self.grid.rows.iter().filter_map(points).collect();
        (!best.is_empty()).then(|| best.into_iter().sum::<Points>().to_string())
    }

    fn read_grid(&mut self, conn: &mut Conn) -> Result<(), Error> {
        if self.is_read {
            return Ok(());
        }
        self.is_read = true;
        match self.filled_from.take() {
            Some(id) => self.fill_grid(&rubric_grid::of_rubric(conn, &id)?),
            None if self.criteria.is_empty() => self.grid = Grid::to_begin_with(),
            None => self.grid = Grid::read(&self.entered, &self.criteria, &self.levels),
        }
        Ok(())
    }

    fn fill_grid(&mut self, criteria: &[Criterion]) {
        self.grid = Grid::of(criteria);
        if self.grid.rows.is_empty() {
            self.grid = Grid::to_begin_with();
        }
        if let Some(total) = criteria.iter().find(|one| one.is_total()).map(|one| &one.description) {
            self.total = true;
            self.total_name = total.name.to_string();
            self.total_required = total.required_value.as_ref().map(ToString::to_string).unwrap_or_default();
        }
    }

    /// The achievement that a new rubric is for; one that was awarded needs a new version, which has to be wanted.
    fn owner(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Achievement>, Error> {
        let chosen = self.achievement.trim().parse::<Id<Achievement>>().ok();
        let found = chosen.and_then(|id| achievement::find(conn, &id).ok());
        let ours = found.filter(|one| by.office.as_ref().is_none_or(|office| *office == one.issuer_id));
        let Some(own) = ours else {
            self.errors.add("achievement", "Choose the achievement it belongs to");
            return Ok(None);
        };
        if own.origin != crate::values::Origin::Own {
            self.errors.add("achievement", "This achievement is another publisher’s; it stays as it came");
        } else if achievement_version::is_frozen(conn, &own.id, own.version)? && !self.new_version {
            self.errors.add(
                "new_version",
                format!(
                    "Version {} of {} was awarded as it is. Begin a new version for the rubric.",
                    own.version, own.name
                ),
            );
        }
        Ok(Some(own))
    }

    fn offer_version(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let Ok(id) = self.achievement.trim().parse::<Id<Achievement>>() else { return Ok(()) };
        let Ok(own) = achievement::find(conn, &id) else { return Ok(()) };
        let next = achievement_version::number_after_edit(conn, &own)?;
        self.next_version = (self.is_new() && next != own.version).then(|| (next, own.name.to_string()));
        Ok(())
    }
}

impl Form<Rubric> for RubricForm {
    fn fill(object: &Rubric) -> Self {
        Self {
            name: object.name.to_string(),
            achievement: object.achievement_id.to_string(),
            revision: object.revision,
            filled_from: Some(object.id.clone()),
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        // A link says what to copy; in a form that was sent or kept it is only chosen.
        let is_linked = !self.is_read && self.criteria.is_empty() && !self.copy.is_empty();
        self.read_grid(conn)?;
        if is_linked {
            self.copy_from(conn, by)?;
            self.focus.clear();
        }
        if self.is_new() {
            let known = achievement::awardable(conn, by.office.as_ref())?;
            self.achievements = known.iter().map(|one| (one.id.to_string(), told_apart(one, &known))).collect();
        }
        self.offer_version(conn)?;
        self.rubrics = rubric::to_copy(conn, by.office.as_ref())?;
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Rubric>, by: &Actor) -> Result<Option<Rubric>, Error> {
        (self.errors, self.wrong, self.is_read) = (Errors::default(), Vec::new(), false);
        self.read_grid(conn)?;
        if !self.pressed.is_empty() {
            self.reshape(conn, by)?;
            return Ok(None);
        }
        let name = self.errors.check("name", Name::parse(&self.name));
        let before = match &existing {
            Some(own) => rubric_grid::of_rubric(conn, &own.id)?,
            None => Vec::new(),
        };
        let owner = match &existing {
            Some(own) => Some(achievement::find(conn, &own.achievement_id)?),
            None => self.owner(conn, by)?,
        };
        let (Some(name), Some(owner)) = (name, owner) else {
            self.check_grid(&Rubric::new(Id::fresh(), Name::unnamed(), 0), &before);
            return Ok(None);
        };
        let position = rubric::of_achievement(conn, &owner.id)?.len() as i32;
        let mut made = existing.clone().unwrap_or_else(|| Rubric::new(owner.id.clone(), name.clone(), position));
        made.name = name;
        made.revision = if existing.is_some() { self.revision } else { 1 };
        self.parsed = self.check_grid(&made, &before);
        if existing.is_some() {
            self.refuse_to_lose_scores(conn, &made, &before)?;
        }
        Ok(self.summary().is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn summary(&self) -> Vec<(String, String)> {
        let own = self.errors.0.iter().map(|(field, sentence)| ((*field).to_owned(), sentence.clone()));
        own.chain(self.wrong.iter().cloned()).collect()
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}

/// What an achievement is called in the list; with its code or its id where another one has the same name.
fn told_apart(one: &Achievement, all: &[Achievement]) -> String {
    if all.iter().filter(|other| other.name == one.name).count() < 2 {
        return one.name.to_string();
    }
    let apart = one.code.as_ref().map_or_else(|| one.iri.to_string(), |code| code.to_string());
    format!("{} ({apart})", one.name)
}
