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
            || self.result.is_some_and(|result| !result.alignments.is_empty())
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issued() -> Issued {
        let office = json!({"id": "urn:o", "name": "Office"});
        let criterion = |id: &str| {
            let level = json!({"id": format!("{id}-2"), "name": "Accomplished", "points": "15"});
            json!({"id": id, "name": id, "result_type": "RubricCriterion", "rubric": "Leadership", "levels": [level]})
        };
        let descriptions = json!([criterion("Teamwork"), {"id": "grade", "name": "Grade", "result_type": "LetterGrade"}, criterion("Reflection")]);
        let results = json!([
            {"id": "r1", "result_description": "Teamwork", "achieved_level": "Teamwork-2"},
            {"id": "r2", "result_description": "grade", "value": "A"},
            {"id": "r3", "result_description": "nothing", "value": "B"},
        ]);
        serde_json::from_value(json!({
            "format": 1,
            "assertion": {"id": "urn:a", "cedid": "19FD-D80S-A9TU", "issued_on": "2020-03-12T13:12:45Z", "conferral_date": "2019-11-07", "results": results},
            "holder": {"id": "urn:h", "name": "Allison"},
            "achievement": {"id": "urn:b", "achievement_type": "Award", "name": "Award", "issuer": office, "result_descriptions": descriptions},
            "publisher": office,
        }))
        .unwrap()
    }

    #[test]
    fn the_criteria_of_a_rubric_stand_together_and_nothing_is_left_out() {
        let issued = issued();
        let results = Results::of(&issued);
        let rubric: Vec<Option<&str>> = results.rubrics[0].rows.iter().map(Row::reached).collect();
        assert_eq!((results.rubrics.len(), results.rubrics[0].name), (1, "Leadership"));
        assert_eq!(rubric, [Some("Accomplished"), None]);
        let single: Vec<Option<&str>> = results.single.iter().map(Row::reached).collect();
        assert_eq!(single, [Some("A"), Some("B")]);
        assert!(!results.has_more());
    }
}
