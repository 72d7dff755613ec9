//! The buttons that give the grid another shape. Nothing is saved by them.

use super::RubricForm;
use crate::{
    db::Conn,
    models::{Actor, Rubric, achievement, rubric, rubric_grid},
    values::Id,
    web::{
        error::Error,
        grid::{MOST_CRITERIA, MOST_LEVELS},
    },
};

impl RubricForm {
    /// Does what the pressed button says: `add-criterion`, `up:2`, `remove-level:0`.
    pub(super) fn reshape(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let pressed = std::mem::take(&mut self.pressed);
        let (what, place) = pressed.split_once(':').unwrap_or((&pressed, ""));
        let place = place.parse::<usize>().unwrap_or(usize::MAX);
        match what {
            "add-criterion" => self.add_criterion(),
            "add-level" => self.add_level(),
            "copy" => self.copy_from(conn, by)?,
            "up" if place > 0 => self.swap_criteria(place - 1, place - 1),
            "down" => self.swap_criteria(place, place.saturating_add(1)),
            "remove" if place < self.grid.rows.len() => {
                self.grid.rows.remove(place);
                self.told(
                    "The criterion is taken out.",
                    format!("name-{}", place.min(self.grid.rows.len().saturating_sub(1))),
                );
            }
            "remove-level" if place < self.grid.columns.len() => {
                self.grid.remove_column(place);
                let left = self.grid.columns.len().saturating_sub(1);
                self.told("The level is taken out of all criteria.", format!("level-{}", place.min(left)));
            }
            "lower" if place > 0 => self.swap_levels(place - 1, place - 1),
            "higher" => self.swap_levels(place, place.saturating_add(1)),
            _ => {}
        }
        Ok(())
    }

    fn told(&mut self, what: &str, focus: String) {
        self.said = format!("{what} Nothing is saved yet.");
        self.focus = focus;
    }

    fn add_criterion(&mut self) {
        let at = self.grid.rows.len();
        if at >= MOST_CRITERIA {
            return self.errors.add("grid", format!("A rubric has at most {MOST_CRITERIA} criteria"));
        }
        self.grid.add_row();
        self.told("There is one more criterion.", format!("name-{at}"));
    }

    fn add_level(&mut self) {
        let at = self.grid.columns.len();
        if at >= MOST_LEVELS {
            return self.errors.add("grid", format!("A criterion has at most {MOST_LEVELS} levels"));
        }
        self.grid.add_column();
        self.told("There is one more level, above the others.", format!("level-{at}"));
    }

    /// Lets a criterion and the next one change places; `focus` is where the one that was moved stands then.
    fn swap_criteria(&mut self, upper: usize, focus: usize) {
        if upper.saturating_add(1) < self.grid.rows.len() {
            self.grid.rows.swap(upper, upper + 1);
            self.told("The criterion is moved.", format!("name-{focus}"));
        }
    }

    fn swap_levels(&mut self, lower: usize, focus: usize) {
        if lower.saturating_add(1) < self.grid.columns.len() {
            self.grid.swap_columns(lower);
            self.told("The level is moved, in all criteria.", format!("level-{focus}"));
        }
    }

    /// Adds copies of the criteria of the chosen rubric, if it exists for this person.
    pub(super) fn copy_from(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let chosen = std::mem::take(&mut self.copy);
        let found = chosen.parse::<Id<Rubric>>().ok().and_then(|id| rubric::find(conn, &id).ok());
        let source = match found {
            Some(own) => Some((achievement::find(conn, &own.achievement_id)?, own)),
            None => None,
        };
        let ours = source.filter(|(owner, _)| by.office.as_ref().is_none_or(|office| *office == owner.issuer_id));
        let Some((_, source)) = ours else {
            self.errors.add("copy", "Choose the rubric to copy from");
            return Ok(());
        };
        let criteria = rubric_grid::of_rubric(conn, &source.id)?;
        let mut copied = self.grid.clone();
        copied.copy(&criteria);
        if copied.rows.len() > MOST_CRITERIA || copied.columns.len() > MOST_LEVELS {
            let (rows, columns) = (copied.rows.len(), copied.columns.len());
            let sentence = format!(
                "With “{}” there would be {rows} criteria and {columns} levels; at most {MOST_CRITERIA} and {MOST_LEVELS} are possible",
                source.name
            );
            self.errors.add("copy", sentence);
            return Ok(());
        }
        let first = copied.rows.len().saturating_sub(criteria.iter().filter(|one| !one.is_total()).count());
        self.grid = copied;
        if self.name.trim().is_empty() {
            self.name = source.name.to_string();
        }
        self.told(&format!("The criteria of “{}” are copied.", source.name), format!("name-{first}"));
        Ok(())
    }
}
