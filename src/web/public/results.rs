//! What was reached, as a page shows it: single results apart from rubrics, whose criteria stand in one table each.

use crate::models::issued::{Issued, IssuedLevel, IssuedResult, IssuedResultDescription};

/// The results of an award.
#[derive(Debug, Default, PartialEq)]
pub struct Results<'a> {
    /// Those that stand by themselves, and what could be reached without a result.
    pub single: Vec<Row<'a>>,
    /// Those that belong to a rubric.
    pub rubrics: Vec<Rubric<'a>>,
}

/// A rubric with its criteria, in their order.
#[derive(Debug, PartialEq)]
pub struct Rubric<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its criteria.
    pub rows: Vec<Row<'a>>,
}

/// What could be reached, and what was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// What could be reached; unknown for a result that points to nothing.
    pub description: Option<&'a IssuedResultDescription>,
    /// What was.
    pub result: Option<&'a IssuedResult>,
}

impl<'a> Results<'a> {
    /// The results of what was issued.
    pub fn of(issued: &'a Issued) -> Self {
        let mut results = Self::default();
        let descriptions = &issued.achievement.result_descriptions;
        for description in descriptions {
            let mut reached =
                issued.assertion.results.iter().filter(|result| result.result_description == description.id).peekable();
            if reached.peek().is_none() {
                results.add(Row { description: Some(description), result: None });
            }
            for result in reached {
                results.add(Row { description: Some(description), result: Some(result) });
            }
        }
        let is_described = |result: &IssuedResult| descriptions.iter().any(|one| one.id == result.result_description);
        for result in issued.assertion.results.iter().filter(|result| !is_described(result)) {
            results.add(Row { description: None, result: Some(result) });
        }
        results
    }

    fn add(&mut self, row: Row<'a>) {
        let Some(name) = row.description.and_then(|description| description.rubric.as_deref()) else {
            return self.single.push(row);
        };
        match self.rubrics.iter_mut().find(|rubric| rubric.name == name) {
            Some(rubric) => rubric.rows.push(row),
            None => self.rubrics.push(Rubric { name, rows: vec![row] }),
        }
    }

    /// Whether there is more to say than a name and a value, so that a table is worth its room.
    pub fn has_more(&self) -> bool {
        self.single.iter().any(Row::has_more)
    }
}

impl<'a> Row<'a> {
    /// The level that was reached.
    pub fn level(&self) -> Option<&'a IssuedLevel> {
        let reached = self.result?.achieved_level.as_ref()?;
        self.description?.levels.iter().find(|level| level.id == *reached)
    }

    /// The level that has to be reached.
    pub fn required_level(&self) -> Option<&'a IssuedLevel> {
        let required = self.description?.required_level.as_ref()?;
        self.description?.levels.iter().find(|level| level.id == *required)
    }

    /// What was reached, in a word: the value, or else the level.
    pub fn reached(&self) -> Option<&'a str> {
        let value = self.result.and_then(|result| result.value.as_deref());
        value.or_else(|| self.level().map(|level| level.name.as_str()))
    }

    fn has_more(&self) -> bool {
        let Some(description) = self.description else {
            return self.result.is_some_and(|result| result.achieved_level.is_some());
        };
        !description.levels.is_empty()
            || !description.allowed_values.is_empty()
            || !description.alignments.is_empty()
            || [
                &description.required_value,
                &description.required_level,
                &description.value_min,
                &description.value_max,
            ]
            .iter()
            .any(|fact| fact.is_some())
    }
}
