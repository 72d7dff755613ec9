//! The grid, checked cell by cell, as criteria with levels. What was wrong stands at its cell.

use super::RubricForm;
use crate::{
    db::Conn,
    models::{
        Level, ResultDescription, Rubric,
        rubric_grid::{self, Criterion, TOTAL},
        rubric_score,
    },
    values::{Id, Invalid, Line, Name, Points, Prose, ResultType, fold, optional},
    web::{
        error::Error,
        grid::{Cell, MOST_CRITERIA, MOST_LEVELS, Row},
    },
};

/// A place behind everything that is there: storing gives the real one.
const LAST: i32 = i32::MAX;

impl RubricForm {
    /// The criteria as typed, as far as they are right. Ids are kept where a criterion or level was there before.
    pub(super) fn check_grid(&mut self, rubric: &Rubric, before: &[Criterion]) -> Vec<Criterion> {
        if self.grid.rows.len() > MOST_CRITERIA {
            self.errors.add("grid", format!("A rubric has at most {MOST_CRITERIA} criteria; take some out"));
        }
        if self.grid.columns.len() > MOST_LEVELS {
            self.errors.add("grid", format!("A criterion has at most {MOST_LEVELS} levels; take some out"));
        }
        let rows = self.grid.rows.clone();
        let has_typed = rows.iter().any(|row| !row.is_empty());
        let mut made: Vec<Criterion> = Vec::new();
        for (place, row) in rows.iter().enumerate().filter(|(_, row)| !has_typed || !row.is_empty()) {
            let is_free = |one: &&Criterion| !made.iter().any(|used| used.description.id == one.description.id);
            let old = before.iter().find(|one| one.description.id.as_str() == row.id).filter(is_free);
            if let Some(criterion) = self.check_row(place, row, (rubric, old)) {
                let name = fold(criterion.description.name.as_str());
                if made.iter().any(|one| fold(one.description.name.as_str()) == name) {
                    self.note(format!("name-{place}"), format!("“{}” is there twice", criterion.description.name));
                }
                made.push(criterion);
            }
        }
        if rows.is_empty() {
            self.errors.add("grid", "Add a criterion");
        }
        made.extend(self.check_total(rubric, before, &made));
        made
    }

    fn note(&mut self, field: String, sentence: impl ToString) {
        if self.wrong(&field).is_none() {
            self.wrong.push((field, sentence.to_string()));
        }
    }

    fn check<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.note(field.to_owned(), invalid)).ok()
    }

    fn check_row(
        &mut self,
        place: usize,
        row: &Row,
        (rubric, old): (&Rubric, Option<&Criterion>),
    ) -> Option<Criterion> {
        let field = format!("name-{place}");
        if row.name.trim().is_empty() {
            self.note(field.clone(), format!("Enter what criterion {} judges", place + 1));
        }
        let name = self.check(&field, Name::parse(&row.name));
        let kind = self.check(&format!("type-{place}"), ResultType::parse(&row.kind));
        let mut description = match (old, &name, &kind) {
            (Some(old), _, _) => old.description.clone(),
            (None, name, kind) => {
                let name = name.clone().unwrap_or_else(Name::unnamed);
                let kind = kind.clone().or(ResultType::parse("RubricCriterion").ok())?;
                ResultDescription::new(rubric.achievement_id.clone(), name, kind, LAST)
            }
        };
        let levels = self.check_levels(place, row, &description.id, old);
        if levels.is_empty() && row.kind != TOTAL {
            self.note(field, "This criterion has no level; leave at least one in");
        }
        let is_required =
            |column: usize| levels.iter().find(|(at, _)| *at == column).map(|(_, level)| level.id.clone());
        description.required_level_id = row.required.and_then(is_required);
        if row.required.is_some() && description.required_level_id.is_none() {
            self.note(format!("required-{place}"), "This criterion has no such level");
        }
        description.rubric_id = Some(rubric.id.clone());
        (description.name, description.result_type) = (name?, kind?);
        Some(Criterion { description, levels: levels.into_iter().map(|(_, level)| level).collect() })
    }

    /// The levels of a criterion with their columns, low to high.
    fn check_levels(
        &mut self,
        place: usize,
        row: &Row,
        description: &Id<ResultDescription>,
        old: Option<&Criterion>,
    ) -> Vec<(usize, Level)> {
        let mut levels: Vec<(usize, Level)> = Vec::new();
        let mut most: Option<Points> = None;
        for (column, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.left_out) {
            let points = self.check_points(&format!("points-{place}-{column}"), &cell.points, &mut most);
            let text = self.check(&format!("text-{place}-{column}"), optional(&cell.text, Prose::parse)).flatten();
            let Some(name) = self.check_level_name(place, column, cell) else { continue };
            if levels.iter().any(|(_, level)| fold(level.name.as_str()) == fold(name.as_str())) {
                self.note(format!("own-{place}-{column}"), format!("Two levels of this criterion are called “{name}”"));
            }
            let known = old.and_then(|old| old.levels.iter().find(|level| level.id.as_str() == cell.id));
            let is_free = |level: &&Level| !levels.iter().any(|(_, used)| used.id == level.id);
            let mut level = known
                .filter(is_free)
                .cloned()
                .unwrap_or_else(|| Level::new(description.clone(), name.clone(), column as i32));
            (level.name, level.points, level.description) = (name, points, text);
            levels.push((column, level));
        }
        levels
    }

    fn check_level_name(&mut self, place: usize, column: usize, cell: &Cell) -> Option<Name> {
        let name = self.grid.level_name(cell, column).to_owned();
        let field =
            if cell.own.trim().is_empty() { format!("level-{column}") } else { format!("own-{place}-{column}") };
        if name.is_empty() {
            self.note(field, format!("Enter what level {} is called", column + 1));
            return None;
        }
        let parsed = Name::parse(&name);
        self.check(&field, parsed)
    }

    /// Points of a level; they do not fall from low to high.
    fn check_points(&mut self, field: &str, typed: &str, most: &mut Option<Points>) -> Option<Line> {
        let points = self.check(field, optional(typed, Points::parse)).flatten()?;
        if most.is_some_and(|most| points < most) {
            self.note(field.to_owned(), "Levels go from low to high: these are fewer points than the level before has");
        }
        *most = Some(points);
        Line::parse(&points.to_string()).ok()
    }

    fn check_total(&mut self, rubric: &Rubric, before: &[Criterion], made: &[Criterion]) -> Option<Criterion> {
        let required = self.check("total_required", optional(&self.total_required, Points::parse));
        if !self.total {
            return None;
        }
        let typed = if self.total_name.trim().is_empty() { "Total" } else { self.total_name.as_str() };
        let name = self.check("total_name", Name::parse(typed));
        let best = rubric_score::best(made);
        if let (Some(Some(required)), Some(best)) = (required, best)
            && required > best
        {
            self.note("total_required".to_owned(), format!("The best total is {best}; nobody could pass"));
        }
        let kind = ResultType::parse(TOTAL).ok()?;
        let (name, line) = (name?, |points: Points| Line::parse(&points.to_string()).ok());
        let old = before.iter().find(|one| one.is_total()).map(|one| one.description.clone());
        let mut description =
            old.unwrap_or_else(|| ResultDescription::new(rubric.achievement_id.clone(), name.clone(), kind, LAST));
        description.rubric_id = Some(rubric.id.clone());
        description.name = name;
        description.required_value = required.flatten().and_then(line);
        description.value_max = best.and_then(line);
        Some(Criterion { description, levels: Vec::new() })
    }

    /// What drafts are scored by cannot be taken out from under them.
    pub(super) fn refuse_to_lose_scores(
        &mut self,
        conn: &mut Conn,
        rubric: &Rubric,
        before: &[Criterion],
    ) -> Result<(), Error> {
        if !self.wrong.is_empty() {
            return Ok(());
        }
        let is_total =
            |id: &Id<ResultDescription>| before.iter().any(|one| one.is_total() && one.description.id == *id);
        for (description, level, drafts) in rubric_grid::scored_in_drafts(conn, &rubric.id)? {
            if is_total(&description) {
                continue;
            }
            let kept = self.parsed.iter().position(|one| one.description.id == description);
            let has_level = |at: usize, id: &Id<Level>| {
                self.parsed.get(at).is_some_and(|one| one.levels.iter().any(|level| level.id == *id))
            };
            let is_lost = match (kept, &level) {
                (None, _) => true,
                (Some(at), Some(id)) => !has_level(at, id),
                (Some(_), None) => false,
            };
            if is_lost {
                let (own, name) = told(before, &description, level.as_ref());
                let many = if drafts == 1 { "1 draft is".to_owned() } else { format!("{drafts} drafts are") };
                let field = kept.filter(|_| level.is_some()).map_or("grid".to_owned(), |at| format!("name-{at}"));
                let sentence = format!("{many} scored {name}. Score them otherwise before you take it out of “{own}”");
                self.wrong.push((field, sentence));
            }
        }
        Ok(())
    }
}

fn told(before: &[Criterion], id: &Id<ResultDescription>, level: Option<&Id<Level>>) -> (String, String) {
    let old = before.iter().find(|one| one.description.id == *id);
    let own = old.map(|one| one.description.name.to_string()).unwrap_or_default();
    let level = old.zip(level).and_then(|(one, id)| one.levels.iter().find(|level| level.id == *id));
    let name = level.map_or(format!("by “{own}”"), |level| format!("“{}”", level.name));
    (own, name)
}
