//! The form of a result, and what the seven pages need to know of results.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form,
    evidence::{FROZEN, award_exists_for, award_of, locked_with, or_frozen, state_filter, whole_of},
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Actor, Assertion, AwardResult, Level, Profile, ResultDescription, assertion,
        issued::{Extensions, IssuedAlignment},
        page::{Page, Query},
        result::{self, Listed},
        result_description, rubric_criterion_level,
    },
    values::{Id, Json, Line, Name, Prose, ResultStatus, WebAddress, optional},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award, ReadAwards},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// Most alignments of one result.
const MOST_ALIGNMENTS: usize = 20;

/// What was entered about a result.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "results/form.html")]
#[serde(default)]
pub struct ResultForm {
    assertion: Option<String>,
    assertion_id: String,
    result_description: String,
    achieved_level: String,
    value: String,
    status: String,
    target_name: Vec<String>,
    target_url: Vec<String>,
    target_code: Vec<String>,
    target_framework: Vec<String>,
    target_type: Vec<String>,
    target_description: Vec<String>,
    revision: i32,
    #[serde(skip)]
    of: Option<(Id<Assertion>, String)>,
    #[serde(skip)]
    picker: Picker,
    #[serde(skip)]
    descriptions: Vec<(String, String)>,
    #[serde(skip)]
    levels: Vec<(String, String)>,
    #[serde(skip)]
    statuses: Vec<(String, String)>,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for ResultForm {}

/// A row of the alignments.
#[derive(Debug, Clone, Default)]
struct Row {
    name: String,
    url: String,
    code: String,
    framework: String,
    kind: String,
    description: String,
}

impl Row {
    fn is_empty(&self) -> bool {
        let all = [&self.name, &self.url, &self.code, &self.framework, &self.kind, &self.description];
        all.iter().all(|text| text.trim().is_empty())
    }

    fn parse(&self) -> Result<IssuedAlignment, crate::values::Invalid> {
        let line = |raw: &str| Ok(optional(raw, Line::parse)?.map(String::from));
        Ok(IssuedAlignment {
            target_name: Name::parse(&self.name)?.to_string(),
            target_url: WebAddress::parse(&self.url)?.to_string(),
            target_code: line(&self.code)?,
            target_description: optional(&self.description, Prose::parse)?.map(String::from),
            target_framework: line(&self.framework)?,
            target_type: line(&self.kind)?,
            id: None,
            extensions: Extensions::new(),
        })
    }
}

impl ResultForm {
    fn typed_rows(&self) -> Vec<Row> {
        let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
        let row = |place| Row {
            name: at(&self.target_name, place),
            url: at(&self.target_url, place),
            code: at(&self.target_code, place),
            framework: at(&self.target_framework, place),
            kind: at(&self.target_type, place),
            description: at(&self.target_description, place),
        };
        (0..self.target_name.len().max(self.target_url.len()).min(MOST_ALIGNMENTS)).map(row).collect()
    }

    fn alignments(&mut self) -> Vec<IssuedAlignment> {
        let rows: Vec<Row> = self.typed_rows().into_iter().filter(|row| !row.is_empty()).collect();
        rows.iter().filter_map(|row| self.errors.check("alignments", row.parse())).collect()
    }

    /// What the award's achievement lets reach.
    fn described(&self, conn: &mut Conn, award: &Id<Assertion>) -> Result<(Vec<ResultDescription>, Vec<Level>), Error> {
        let awarded = assertion::find(conn, award)?.achievement_id;
        let descriptions = result_description::of_achievement(conn, &awarded)?;
        let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
        Ok((descriptions, levels))
    }

    /// The description, and the level and value that fit it.
    fn reached(&mut self, conn: &mut Conn, award: &Id<Assertion>) -> Result<Option<AwardResult>, Error> {
        let (descriptions, levels) = self.described(conn, award)?;
        let chosen = descriptions.into_iter().find(|one| one.id.as_str() == self.result_description);
        let Some(description) = chosen else {
            self.errors.add("result_description", "Choose what was reached");
            return Ok(None);
        };
        let mut made = AwardResult::new(award.clone(), description.id.clone(), 0);
        if !self.achieved_level.is_empty() {
            let own = levels.iter().filter(|level| level.result_description_id == description.id);
            match own.into_iter().find(|level| level.id.as_str() == self.achieved_level) {
                Some(level) => made.achieved_level_id = Some(level.id.clone()),
                None => self.errors.add("achieved_level", format!("“{}” does not have this level", description.name)),
            }
        }
        made.value = self.errors.check("value", optional(&self.value, Line::parse)).flatten();
        made.status = self.errors.check("status", optional(&self.status, ResultStatus::parse)).flatten();
        if let Some(value) = &made.value
            && let Some(why) = super::assertion::scoring::refusal(&description, value.as_str())
        {
            self.errors.add("value", format!("{}: {why}", description.name));
        }
        if description.result_type.as_str() == "Status" && made.status.is_none() {
            self.errors.add("status", "Choose a status: this result is one");
        }
        if made.value.is_none() && made.status.is_none() && made.achieved_level_id.is_none() {
            self.errors.add("value", "Enter a value, or choose a level or a status");
        }
        Ok(Some(made))
    }
}

impl Form<AwardResult> for ResultForm {
    fn fill(object: &AwardResult) -> Self {
        let alignments = object.alignments.get();
        let each = |part: fn(&IssuedAlignment) -> String| alignments.iter().map(part).collect::<Vec<_>>();
        Self {
            assertion_id: object.assertion_id.to_string(),
            result_description: object.result_description_id.to_string(),
            achieved_level: object.achieved_level_id.as_ref().map(Id::to_string).unwrap_or_default(),
            value: object.value.as_ref().map(Line::to_string).unwrap_or_default(),
            status: object.status.map(|status| status.to_string()).unwrap_or_default(),
            target_name: each(|one| one.target_name.clone()),
            target_url: each(|one| one.target_url.clone()),
            target_code: each(|one| one.target_code.clone().unwrap_or_default()),
            target_framework: each(|one| one.target_framework.clone().unwrap_or_default()),
            target_type: each(|one| one.target_type.clone().unwrap_or_default()),
            target_description: each(|one| one.target_description.clone().unwrap_or_default()),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.picker = Picker::new(What::Draft, "assertion", "Award", "A draft, by the learner’s name or number.")
            .shown(conn, (&self.assertion, &self.assertion_id), by)?;
        self.of = whole_of(self.picker.chosen.as_ref());
        if let Some((award, _)) = self.of.clone() {
            let (descriptions, levels) = self.described(conn, &award)?;
            let name = |id: &Id<ResultDescription>| descriptions.iter().find(|one| one.id == *id);
            let level = |level: &Level| {
                let of = name(&level.result_description_id).map(|one| one.name.to_string()).unwrap_or_default();
                (level.id.to_string(), format!("{of}: {}", level.name))
            };
            self.levels = levels.iter().map(level).collect();
            self.descriptions = descriptions.iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
        }
        self.statuses = ResultStatus::ALL.iter().map(|one| (one.to_string(), one.to_string())).collect();
        self.rows = self.typed_rows().into_iter().filter(|row| !row.is_empty()).collect();
        self.rows.push(Row::default());
        Ok(())
    }

    fn parse(
        &mut self,
        conn: &mut Conn,
        existing: Option<AwardResult>,
        by: &Actor,
    ) -> Result<Option<AwardResult>, Error> {
        self.errors = Errors::default();
        if let Some(known) = &existing {
            (self.assertion, self.assertion_id) = (None, known.assertion_id.to_string());
        }
        let typed = (&self.assertion, self.assertion_id.as_str());
        let missing = (&mut self.errors, "Choose the award that it belongs to");
        let award = picker::read_one::<Assertion>(conn, (What::Draft, "assertion"), typed, by, missing)?;
        let alignments = self.alignments();
        let Some(award) = award else { return Ok(None) };
        if assertion::find(conn, &award)?.is_issued() {
            self.errors.add("assertion", FROZEN);
        }
        let Some(reached) = self.reached(conn, &award)? else { return Ok(None) };
        let made = match existing {
            None => AwardResult { alignments: Json::new(alignments), ..reached },
            Some(known) => AwardResult {
                result_description_id: reached.result_description_id,
                achieved_level_id: reached.achieved_level_id,
                value: reached.value,
                status: reached.status,
                alignments: Json::new(alignments),
                revision: self.revision,
                ..known
            },
        };
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn back(&self) -> Option<String> {
        self.of.as_ref().map(|(id, _)| format!("/admin/assertions/{id}"))
    }
}

/// What the page of a result shows.
#[derive(Template)]
#[template(path = "results/details.html")]
pub struct ResultDetails {
    listed: Listed,
    award: assertion::Listed,
}

impl HtmlSafe for ResultDetails {}

impl Managed for AwardResult {
    const KIND: Kind = Kind {
        path: "results",
        audit: result::KIND,
        singular: "result",
        plural: "Results",
        about: "What learners reached: grades, scores, rubric levels, statuses.",
        empty: "A result is what a learner reached in one of the achievement’s result descriptions. It is entered with the award.",
        create: "New result",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Result", sort: None },
        Column { label: "Reached", sort: None },
        Column { label: "Award", sort: None },
        Column { label: "Recorded", sort: Some("recorded") },
    ];
    const SORT: &'static str = "-recorded";
    type Form = ResultForm;
    type Row = Listed;
    type Details = ResultDetails;
    type Read = ReadAwards;
    type Change = Award;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        let listed = result::listed(conn, vec![self.clone()])?;
        let told = listed.first().map(|one| format!("{} of {}", one.description, one.award.learner_name));
        Ok(told.unwrap_or_else(|| "Result".to_owned()))
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        award_exists_for(conn, &self.assertion_id, by)
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        locked_with(conn, &self.assertion_id)
    }

    fn whole(&self) -> Option<String> {
        Some(format!("/admin/assertions/{}", self.assertion_id))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        result::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let statuses = ResultStatus::ALL.iter().map(|one| (one.to_string(), one.to_string())).collect();
        Ok(vec![state_filter(address), Filter::new("status", "Status", statuses, address)])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        result::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        result::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        vec![
            Cell::Name { address: row.result.address(), text: row.description, below: String::new() },
            Cell::Text(row.reached),
            Cell::Text(format!("{} for {}", row.award.title, row.award.learner_name)),
            Cell::Date(row.result.created_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, _: &Frame) -> Result<ResultDetails, Error> {
        let listed = result::listed(conn, vec![self.clone()])?.pop().ok_or(Error::NotFound)?;
        Ok(ResultDetails { listed, award: award_of(conn, &self.assertion_id)? })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = result::find(conn, id)?;
        let issued = locked_with(conn, &found.assertion_id)?;
        Ok(issued
            .map(|_| "it is part of an award that was issued, and nothing issued is deleted".to_owned())
            .into_iter()
            .collect())
    }

    fn insert(&self, conn: &mut Conn, _: &ResultForm, by: &Actor) -> Result<(), Error> {
        or_frozen(AwardResult::insert(self, conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &ResultForm, by: &Actor) -> Result<bool, Error> {
        Ok(AwardResult::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        or_frozen(result::delete(conn, id, by)?)
    }
}
