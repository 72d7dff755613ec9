//! The form of a result description, and what the seven pages need to know of result descriptions.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Level, Profile, ResultDescription, achievement,
        alignment::{self, Aligned},
        audit::Facts,
        page::{Page, Query},
        part_checks,
        part_place::Placed,
        result_description, rubric, rubric_criterion_level,
    },
    values::{Id, Invalid, Json, Line, Name, ResultType, optional},
    web::{
        error::Error,
        frame::Frame,
        guards::{ChangeAchievements, ReadAwards},
        objects::{Begins, Kind, Managed},
        parts::{
            self, Part,
            place::{self, Place, Wanted},
        },
        table::{Cell, Column, Filter},
    },
};

/// What was entered about a result description.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "result_descriptions/form.html")]
#[serde(default)]
pub struct ResultDescriptionForm {
    #[serde(flatten)]
    place: Place,
    name: String,
    result_type: String,
    own_type: String,
    rubric: String,
    /// One a line, low to high.
    allowed_values: String,
    required_value: String,
    required_level: String,
    value_min: String,
    value_max: String,
    revision: i32,
    #[serde(skip)]
    rubrics: Vec<(String, String)>,
    #[serde(skip)]
    levels: Vec<(String, String)>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for ResultDescriptionForm {}

impl ResultDescriptionForm {
    fn types(&self) -> Vec<(String, String)> {
        let shown = |term: &&str| ResultType::parse(term).map(|term| term.shown()).unwrap_or_default();
        ResultType::STANDARD.iter().map(|term| ((*term).to_owned(), shown(term))).collect()
    }

    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn chosen_type(&self) -> Result<ResultType, Invalid> {
        let own = self.own_type.trim();
        match own.is_empty() {
            true => ResultType::parse(&self.result_type),
            false if own.starts_with("ext:") => ResultType::parse(own),
            false => ResultType::parse(&format!("ext:{own}")),
        }
    }

    /// The values, each on its line.
    fn values(&mut self) -> Vec<String> {
        let entered: Vec<String> = self.allowed_values.lines().map(str::trim).map(str::to_owned).collect();
        let entered = entered.into_iter().filter(|line| !line.is_empty());
        entered.filter_map(|line| self.errors.check("allowed_values", Line::parse(&line))).map(String::from).collect()
    }

    fn read_choices(&mut self, conn: &mut Conn, of: &Id<Achievement>, levels: &[Level]) -> Result<(), QueryError> {
        let rubrics = rubric::of_achievement(conn, of)?;
        self.rubrics = rubrics.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
        self.levels = levels.iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
        Ok(())
    }
}

impl Form<ResultDescription> for ResultDescriptionForm {
    fn fill(object: &ResultDescription) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let term = object.result_type.to_string();
        let is_standard = ResultType::STANDARD.contains(&term.as_str());
        // The levels to choose from are found by the row's own id.
        Self {
            place: Place::of(&Aligned::Description(object.id.clone())),
            name: object.name.to_string(),
            result_type: if is_standard { term.clone() } else { String::new() },
            own_type: if is_standard { String::new() } else { term },
            rubric: object.rubric_id.as_ref().map(Id::to_string).unwrap_or_default(),
            allowed_values: object.allowed_values.get().join("\n"),
            required_value: line(&object.required_value),
            required_level: object.required_level_id.as_ref().map(Id::to_string).unwrap_or_default(),
            value_min: line(&object.value_min),
            value_max: line(&object.value_max),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.place.prepare(conn, by)?;
        self.place.shorten();
        let Some(known) = self.place.known.clone() else { return Ok(()) };
        let levels = match &known.on {
            Aligned::Description(id) => rubric_criterion_level::of_description(conn, id)?,
            _ => Vec::new(),
        };
        Ok(self.read_choices(conn, &known.achievement.id, &levels)?)
    }

    fn parse(
        &mut self,
        conn: &mut Conn,
        existing: Option<ResultDescription>,
        by: &Actor,
    ) -> Result<Option<ResultDescription>, Error> {
        self.errors = Errors::default();
        let wanted = match &existing {
            Some(existing) => {
                self.place.on = format!("description:{}", existing.id);
                Wanted::Description
            }
            None => Wanted::Achievement,
        };
        let place = self.place.resolve(conn, wanted, by, &mut self.errors)?;
        let (chosen_type, values) = (self.chosen_type(), self.values());
        let errors = &mut self.errors;
        let name = errors.check("name", Name::parse(&self.name));
        let result_type = errors.check("result_type", chosen_type);
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let required_value = line("required_value", &self.required_value);
        let (value_min, value_max) = (line("value_min", &self.value_min), line("value_max", &self.value_max));
        let (Some(place), Some(name), Some(result_type)) = (place, name, result_type) else { return Ok(None) };
        let of = &place.achievement.id;
        let is_new = existing.is_none();
        let last = result_description::of_achievement(conn, of)?.last().map_or(0, |one| one.position + 1);
        let mut made =
            existing.unwrap_or_else(|| ResultDescription::new(of.clone(), name.clone(), result_type.clone(), last));
        let levels = rubric_criterion_level::of_description(conn, &made.id)?;
        self.read_choices(conn, of, &levels)?;
        (made.name, made.result_type, made.allowed_values) = (name, result_type, Json::new(values));
        (made.required_value, made.value_min, made.value_max) = (required_value, value_min, value_max);
        made.required_level_id =
            optional(&self.required_level, |raw| Ok(raw.parse().unwrap_or_else(|_| Id::fresh()))).unwrap_or_default();
        made.rubric_id = self.rubrics.iter().find(|(id, _)| *id == self.rubric).and_then(|(id, _)| id.parse().ok());
        for (field, sentence) in part_checks::of_description(&made, &levels) {
            self.errors.add(field, sentence);
        }
        made.revision = if is_new { 1 } else { self.revision };
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn come_from(&mut self, query: &str) {
        self.place.come_from(query);
    }

    fn back(&self) -> Option<String> {
        self.place.page()
    }
}

/// What a result description's page shows.
#[derive(Template)]
#[template(path = "result_descriptions/details.html")]
pub struct ResultDescriptionDetails {
    id: String,
    way: String,
    achievement: String,
    facts: Facts,
    levels: Vec<Level>,
    alignments: Vec<crate::models::Alignment>,
    uses: Vec<String>,
    may_change: bool,
}

impl HtmlSafe for ResultDescriptionDetails {}

impl Managed for ResultDescription {
    const KIND: Kind = Kind {
        path: "result-descriptions",
        audit: result_description::KIND,
        singular: "result description",
        plural: "Result descriptions",
        about: "What can be reached with achievements: grades, scores, statuses, criteria of rubrics.",
        empty: "A result description says what can be reached with an achievement: a grade, a score, a status, or the levels of a criterion.",
        create: "New result description",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Achievement", sort: None },
        Column { label: "Type", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = ResultDescriptionForm;
    type Row = Placed<ResultDescription>;
    type Details = ResultDescriptionDetails;
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
        parts::is_theirs(conn, &self.achievement_id, by)
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        parts::locked(conn, &self.achievement_id)
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        result_description::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let shown = |term: &&str| ResultType::parse(term).map(|term| term.shown()).unwrap_or_default();
        let types = ResultType::STANDARD.iter().map(|term| ((*term).to_owned(), shown(term))).collect();
        Ok(vec![Filter::new("type", "Type", types, address), parts::achievement_filter(conn, address, office)?])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Self::Row>, QueryError> {
        result_description::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        result_description::count(conn, query)
    }

    fn cells(row: Self::Row) -> Vec<Cell> {
        vec![
            Cell::Name { address: row.part.address(), text: row.part.name.to_string(), below: String::new() },
            Cell::Text(row.way),
            Cell::Text(row.part.result_type.shown()),
            Cell::Date(row.part.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<ResultDescriptionDetails, Error> {
        let mut facts = self.facts();
        result_description::name_references(conn, self, &mut facts)?;
        facts.push(("Public id", self.iri.to_string()));
        Ok(ResultDescriptionDetails {
            id: self.id.to_string(),
            way: achievement::find(conn, &self.achievement_id)?.name.to_string(),
            achievement: parts::achievement_page(&self.achievement_id),
            facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            levels: rubric_criterion_level::of_description(conn, &self.id)?,
            alignments: alignment::on(conn, &Aligned::Description(self.id.clone()))?,
            uses: result_description::uses(conn, &self.id)?,
            may_change: frame.may::<ChangeAchievements>() && self.locked(conn)?.is_none(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = result_description::find(conn, id)?;
        let mut uses = result_description::uses(conn, id)?;
        uses.extend(found.locked(conn)?.map(str::to_owned));
        Ok(uses)
    }

    fn keepers(conn: &mut Conn, id: &Id<Self>) -> Result<Option<String>, QueryError> {
        result_description::keepers(conn, id)
    }

    fn begins(&self, conn: &mut Conn) -> Result<Option<Begins>, QueryError> {
        place::begins(conn, &self.achievement_id, &Aligned::Description(self.id.clone()))
    }

    fn insert(&self, conn: &mut Conn, _: &ResultDescriptionForm, by: &Actor) -> Result<(), Error> {
        Ok(self.add(conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &ResultDescriptionForm, by: &Actor) -> Result<bool, Error> {
        Ok(ResultDescription::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(result_description::delete(conn, id, by)?)
    }

    fn after_deletion(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(parts::achievement_page(&self.achievement_id))
    }
}

impl Part for ResultDescription {
    fn achievement(&self, _: &mut Conn) -> Result<Id<Achievement>, QueryError> {
        Ok(self.achievement_id.clone())
    }

    fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> Result<(), QueryError> {
        ResultDescription::shift(self, conn, up, by)
    }
}
