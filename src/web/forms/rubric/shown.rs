//! What the seven pages need to know of rubrics: the list, and what a rubric's page shows.

use askama::{Template, filters::HtmlSafe};

use super::RubricForm;
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Profile, Rubric, achievement, achievement_version,
        page::{Page, Query},
        rubric::{self, Listed},
        rubric_grid, rubric_score,
    },
    values::{Id, ResultType},
    web::{
        error::Error,
        frame::Frame,
        grid::Grid,
        guards::{ChangeAchievements, ReadAwards},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What a rubric's page shows.
#[derive(Template)]
#[template(path = "rubrics/details.html")]
pub struct RubricDetails {
    id: Id<Rubric>,
    owner: Achievement,
    grid: Grid,
    /// The description that holds the total, with the lowest that passes.
    total: Option<(String, String)>,
    best: Option<String>,
    is_frozen: bool,
    may_change: bool,
    drafts: i64,
    frame: Frame,
}

impl HtmlSafe for RubricDetails {}

impl RubricDetails {
    fn shown_type(&self, term: &str) -> String {
        ResultType::parse(term).map(|term| term.shown()).unwrap_or_default()
    }
}

impl Managed for Rubric {
    const KIND: Kind = Kind {
        path: "rubrics",
        audit: rubric::KIND,
        singular: "rubric",
        plural: "Rubrics",
        about: "Criteria by levels: how well something was done. Each rubric belongs to an achievement.",
        empty: "A rubric judges an award by criteria, each with its own levels. Make one for an achievement, then score awards with it.",
        create: "New rubric",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Achievement", sort: None },
        Column { label: "Criteria", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = RubricForm;
    type Row = Listed;
    type Details = RubricDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(self.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        match &by.office {
            None => Ok(true),
            Some(office) => Ok(achievement::find(conn, &self.achievement_id)?.issuer_id == *office),
        }
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        if !rubric::is_own(conn, self)? {
            return Ok(Some("This rubric is another publisher’s; it stays as it came. Copy it to one of your own."));
        }
        let why = "Credentials were issued with this rubric, so it is read-only. Make a new version on its page.";
        Ok(rubric::is_frozen(conn, self)?.then_some(why))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        rubric::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let states = vec![pair("current", "Of current achievements"), pair("retired", "Of retired ones")];
        Ok(vec![Filter::new("state", "State", states, address).as_scopes()])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        rubric::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        rubric::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        vec![
            Cell::Name { address: row.rubric.address(), text: row.rubric.name.to_string(), below: String::new() },
            Cell::Text(row.achievement.to_string()),
            Cell::Text(row.criteria.to_string()),
            Cell::Date(row.rubric.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<RubricDetails, Error> {
        let criteria = rubric_grid::of_rubric(conn, &self.id)?;
        let total = criteria.iter().find(|one| one.is_total()).map(|one| &one.description);
        let required = |line: &Option<crate::values::Line>| line.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(RubricDetails {
            id: self.id.clone(),
            owner: achievement::find(conn, &self.achievement_id)?,
            grid: Grid::of(&criteria),
            total: total.map(|one| (one.name.to_string(), required(&one.required_value))),
            best: rubric_score::best(&criteria).map(|points| points.to_string()),
            is_frozen: rubric::is_frozen(conn, self)? && rubric::is_own(conn, self)?,
            may_change: frame.may::<ChangeAchievements>(),
            drafts: rubric_grid::drafts(conn, &self.id)?,
            frame: frame.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        rubric::uses(conn, id)
    }

    fn insert(&self, conn: &mut Conn, form: &RubricForm, by: &Actor) -> Result<(), Error> {
        if form.new_version {
            achievement_version::begin(conn, &self.achievement_id, by)?;
        }
        Ok(self.insert_with(conn, &form.parsed, by)?)
    }

    fn update(&self, conn: &mut Conn, form: &RubricForm, by: &Actor) -> Result<bool, Error> {
        Ok(Rubric::update(self, conn, &form.parsed, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(rubric::delete(conn, id, by)?)
    }
}
