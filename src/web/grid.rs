//! A rubric as a grid: criteria by levels, as texts. The editor fills it from what was typed, the pages from what is
//! stored.
//!
//! Each criterion has its own levels; a column is only where levels of the same name stand under each other. A cell that
//! has another name than its column says so; one that is not there is left out.

use std::collections::BTreeMap;

use crate::{
    models::{Level, rubric_grid::Criterion},
    values::Prose,
};

/// Most criteria of a rubric.
pub const MOST_CRITERIA: usize = 64;
/// Most levels of a criterion.
pub const MOST_LEVELS: usize = 12;

/// The grid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// What the levels of a column are called, low to high.
    pub columns: Vec<String>,
    /// The criteria.
    pub rows: Vec<Row>,
}

/// A criterion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Row id of its result description; empty for a new one.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its result type.
    pub kind: String,
    /// The column of the lowest level that passes.
    pub required: Option<usize>,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A level of a criterion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Row id of the level; empty for a new one.
    pub id: String,
    /// Its name, where it differs from the column's.
    pub own: String,
    /// Points.
    pub points: String,
    /// Description.
    pub text: String,
    /// Whether the criterion has no such level.
    pub left_out: bool,
}

/// What stands in a form under a name.
type Entered = BTreeMap<String, String>;

impl Grid {
    /// The grid of stored criteria; a total has no place in it.
    pub fn of(criteria: &[Criterion]) -> Self {
        let criteria: Vec<&Criterion> = criteria.iter().filter(|one| !one.is_total()).collect();
        let widest = criteria.iter().rev().max_by_key(|one| one.levels.len());
        let columns = widest.map(|one| names(&one.levels)).unwrap_or_default();
        let rows = criteria.into_iter().map(|one| Row::of(one, &columns)).collect();
        Self { columns, rows }
    }

    /// A grid to begin with: one criterion, four levels.
    pub fn to_begin_with() -> Self {
        let mut grid = Self { columns: vec![String::new(); 4], rows: Vec::new() };
        grid.add_row();
        grid
    }

    /// The grid as it was typed. A little more than the limits is read, so that nothing typed is lost over them.
    pub fn read(entered: &Entered, rows: &str, columns: &str) -> Self {
        let number = |text: &str, most: usize| text.trim().parse::<usize>().unwrap_or_default().min(most);
        let width = number(columns, MOST_LEVELS * 2);
        let text = |name: String| entered.get(&name).cloned().unwrap_or_default();
        let columns = (0..width).map(|column| text(format!("level-{column}"))).collect();
        let cell = |row: usize, column: usize| Cell {
            id: text(format!("id-{row}-{column}")),
            own: text(format!("own-{row}-{column}")),
            points: text(format!("points-{row}-{column}")),
            text: text(format!("text-{row}-{column}")),
            left_out: entered.contains_key(&format!("none-{row}-{column}")),
        };
        let row = |row: usize| Row {
            id: text(format!("id-{row}")),
            name: text(format!("name-{row}")),
            kind: text(format!("type-{row}")),
            required: text(format!("required-{row}")).parse().ok().filter(|column| *column < width),
            cells: (0..width).map(|column| cell(row, column)).collect(),
        };
        Self { columns, rows: (0..number(rows, MOST_CRITERIA * 2)).map(row).collect() }
    }

    /// Adds an empty criterion.
    pub fn add_row(&mut self) {
        let cells = vec![Cell::default(); self.columns.len()];
        self.rows.push(Row { kind: "RubricCriterion".to_owned(), cells, ..Row::default() });
    }

    /// Adds a level above the others, to all criteria.
    pub fn add_column(&mut self) {
        self.columns.push(String::new());
        for row in &mut self.rows {
            row.cells.push(Cell::default());
        }
    }

    /// Takes a level away from all criteria.
    pub fn remove_column(&mut self, column: usize) {
        if column >= self.columns.len() {
            return;
        }
        self.columns.remove(column);
        for row in &mut self.rows {
            if column < row.cells.len() {
                row.cells.remove(column);
            }
            row.required =
                row.required.filter(|own| *own != column).map(|own| if own > column { own - 1 } else { own });
        }
    }

    /// Lets two levels that stand side by side change places.
    pub fn swap_columns(&mut self, left: usize) {
        let right = left + 1;
        if right >= self.columns.len() {
            return;
        }
        self.columns.swap(left, right);
        for row in self.rows.iter_mut().filter(|row| right < row.cells.len()) {
            row.cells.swap(left, right);
            row.required = row.required.map(|own| match own {
                own if own == left => right,
                own if own == right => left,
                own => own,
            });
        }
    }

    /// Adds copies of criteria, with new columns where they have more levels than there are.
    pub fn copy(&mut self, criteria: &[Criterion]) {
        self.rows.retain(|row| !row.is_empty());
        let more = Self::of(criteria);
        if self.rows.is_empty() {
            *self = more.clone();
        } else {
            for name in more.columns.iter().skip(self.columns.len()) {
                self.add_column();
                if let Some(last) = self.columns.last_mut() {
                    last.clone_from(name);
                }
                for cell in self.rows.iter_mut().filter_map(|row| row.cells.last_mut()) {
                    cell.left_out = true;
                }
            }
            let copied = criteria.iter().filter(|one| !one.is_total()).map(|one| Row::of(one, &self.columns));
            self.rows.extend(copied.collect::<Vec<_>>());
        }
        for row in self.rows.iter_mut().rev().take(more.rows.len()) {
            row.id.clear();
            row.cells.iter_mut().for_each(|cell| cell.id.clear());
        }
    }

    /// What a cell's level is called.
    pub fn level_name<'a>(&'a self, cell: &'a Cell, column: usize) -> &'a str {
        let own = cell.own.trim();
        if own.is_empty() { self.columns.get(column).map_or("", |name| name.trim()) } else { own }
    }
}

impl Row {
    /// A criterion under columns: each level under the next column of its name, or else under the next one.
    fn of(criterion: &Criterion, columns: &[String]) -> Self {
        let mut cells = vec![Cell { left_out: true, ..Cell::default() }; columns.len()];
        let (mut next, mut required) = (0, None);
        for (nth, level) in criterion.levels.iter().enumerate() {
            // Levels that are still to come need a column each.
            let last = columns.len().saturating_sub(criterion.levels.len() - nth);
            let own_name = (next..=last).find(|at| columns.get(*at).is_some_and(|name| *name == level.name.as_str()));
            let at = own_name.unwrap_or(next);
            if criterion.requires(level) {
                required = Some(at);
            }
            if let Some(cell) = cells.get_mut(at) {
                *cell = Cell::of(level, own_name.is_some());
            }
            next = at + 1;
        }
        Self {
            id: criterion.description.id.to_string(),
            name: criterion.description.name.to_string(),
            kind: criterion.description.result_type.as_str().to_owned(),
            required,
            cells,
        }
    }

    /// Whether a column holds the lowest level that passes.
    pub fn passes_from(&self, column: &usize) -> bool {
        self.required == Some(*column)
    }

    /// Whether nothing was typed into it.
    pub fn is_empty(&self) -> bool {
        let blank = |text: &String| text.trim().is_empty();
        blank(&self.id)
            && blank(&self.name)
            && self.cells.iter().all(|cell| blank(&cell.own) && blank(&cell.points) && blank(&cell.text))
    }
}

impl Cell {
    fn of(level: &Level, is_under_its_name: bool) -> Self {
        Self {
            id: level.id.to_string(),
            own: if is_under_its_name { String::new() } else { level.name.to_string() },
            points: level.points.as_ref().map(ToString::to_string).unwrap_or_default(),
            text: level.description.as_ref().map(Prose::to_string).unwrap_or_default(),
            left_out: false,
        }
    }
}

fn names(levels: &[Level]) -> Vec<String> {
    levels.iter().map(|level| level.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        models::ResultDescription,
        values::{Id, Name, ResultType},
    };

    fn criterion(name: &str, levels: &[&str]) -> Criterion {
        let kind = ResultType::parse("RubricCriterion").unwrap();
        let description = ResultDescription::new(Id::fresh(), Name::parse(name).unwrap(), kind, 0);
        let level = |(place, name): (i32, &&str)| Level::new(description.id.clone(), Name::parse(name).unwrap(), place);
        Criterion { levels: (0..).zip(levels).map(level).collect(), description }
    }

    fn shown(grid: &Grid) -> Vec<Vec<&str>> {
        let cell = |column: usize, cell: &'_ Cell| if cell.left_out { None } else { Some(column) };
        grid.rows
            .iter()
            .map(|row| {
                let own = |(column, one)| {
                    cell(column, one).map_or("–", |column| grid.level_name(&row.cells[column], column))
                };
                row.cells.iter().enumerate().map(own).collect()
            })
            .collect()
    }

    #[test]
    fn levels_of_a_name_stand_under_each_other_and_others_keep_theirs() {
        let criteria = [
            criterion("A", &["Low", "Middle", "High"]),
            criterion("B", &["Low", "High"]),
            criterion("C", &["No", "Yes"]),
            criterion("D", &["Middle", "High", "Top"]),
        ];
        let grid = Grid::of(&criteria);
        assert_eq!(grid.columns, ["Low", "Middle", "High"]);
        let expected = [["Low", "Middle", "High"], ["Low", "–", "High"], ["No", "Yes", "–"], ["Middle", "High", "Top"]];
        assert_eq!(shown(&grid), expected);
    }

    #[test]
    fn copies_are_new_and_get_the_columns_they_need() {
        let mut grid = Grid::of(&[criterion("A", &["Low", "High"])]);
        let kept = grid.rows[0].id.clone();
        grid.copy(&[criterion("B", &["Low", "High", "Top"])]);
        assert_eq!(grid.columns, ["Low", "High", "Top"]);
        assert_eq!(shown(&grid), [["Low", "High", "–"], ["Low", "High", "Top"]]);
        assert_eq!((grid.rows[0].id.clone(), grid.rows[1].id.as_str()), (kept, ""));
        assert!(grid.rows[1].cells.iter().all(|cell| cell.id.is_empty()));
    }

    #[test]
    fn the_required_level_goes_along_when_levels_move() {
        let mut grid = Grid::to_begin_with();
        grid.rows[0].required = Some(1);
        grid.swap_columns(1);
        assert_eq!(grid.rows[0].required, Some(2));
        grid.remove_column(0);
        assert_eq!((grid.rows[0].required, grid.columns.len()), (Some(1), 3));
        grid.remove_column(1);
        assert_eq!(grid.rows[0].required, None);
    }
}
