//! The form of a rubric criterion level, and what the seven pages need to know of levels.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Alignment, Level, Profile, ResultDescription,
        alignment::{self, Aligned},
        audit::Facts,
        page::{Page, Query},
        part_checks,
        part_place::{self, Placed},
        result_description, rubric_criterion_level,
    },
    values::{Id, Line, Name, Prose, optional},
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

/// What was entered about a level.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "rubric_criterion_levels/form.html")]
#[serde(default)]
pub struct LevelForm {
    #[serde(flatten)]
    place: Place,
    name: String,
    level: String,
    points: String,
    description: String,
    /// The level it comes after: an id, `lowest`, or nothing for the highest.
    after: String,
    revision: i32,
    /// The other levels of its description.
    #[serde(skip)]
    siblings: Vec<Level>,
    /// The level that is being edited.
    #[serde(skip)]
    own: Option<Id<Level>>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for LevelForm {}

/// What stands for the lowest place.
const LOWEST: &str = "lowest";

impl LevelForm {
    /// The places to choose from, low to high.
    fn places(&self) -> Vec<(String, String)> {
        let behind = |one: &Level| (one.id.to_string(), format!("After {}", one.name));
        std::iter::once((LOWEST.to_owned(), "Lowest".to_owned())).chain(self.siblings.iter().map(behind)).collect()
    }

    /// How many levels are below it.
    fn position(&self) -> usize {
        let behind = self.siblings.iter().position(|one| one.id.as_str() == self.after);
        match behind {
            Some(at) => at + 1,
            None if self.after == LOWEST => 0,
            None => self.siblings.len(),
        }
    }

    /// Reads the other levels of its description, and says where it stands among them.
    fn read_siblings(&mut self, conn: &mut Conn, of: &Id<ResultDescription>) -> Result<(), QueryError> {
        let all = rubric_criterion_level::of_description(conn, of)?;
        let own_place = all.iter().position(|one| Some(&one.id) == self.own.as_ref());
        self.siblings = all.into_iter().filter(|one| Some(&one.id) != self.own.as_ref()).collect();
        if self.after.is_empty() {
            let before = own_place.unwrap_or(self.siblings.len()).checked_sub(1);
            self.after =
                before.and_then(|at| self.siblings.get(at)).map_or_else(|| LOWEST.to_owned(), |one| one.id.to_string());
        }
        Ok(())
    }

    fn description_of(&self) -> Option<Id<ResultDescription>> {
        match &self.place.known.as_ref()?.on {
            Aligned::Description(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Why it can't stand there.
    fn check_order(&mut self, made: &Level) {
        let mut order = self.siblings.clone();
        order.insert(self.position().min(order.len()), made.clone());
        if let Some(why) = part_checks::of_order(&order) {
            self.errors.add("points", why);
        }
    }
}

impl Form<Level> for LevelForm {
    fn fill(object: &Level) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        Self {
            place: Place::of(&Aligned::Description(object.result_description_id.clone())),
            name: object.name.to_string(),
            level: line(&object.level),
            points: line(&object.points),
            description: object.description.as_ref().map(Prose::to_string).unwrap_or_default(),
            own: Some(object.id.clone()),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.place.prepare(conn, by)?;
        if let Some(of) = self.description_of() {
            self.read_siblings(conn, &of)?;
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Level>, by: &Actor) -> Result<Option<Level>, Error> {
        self.errors = Errors::default();
        if let Some(existing) = &existing {
            self.place.on = format!("description:{}", existing.result_description_id);
            self.own = Some(existing.id.clone());
        }
        let place = self.place.resolve(conn, Wanted::Description, by, &mut self.errors)?;
        let errors = &mut self.errors;
        let name = errors.check("name", Name::parse(&self.name));
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (level, points) = (line("level", &self.level), line("points", &self.points));
        let description = errors.check("description", optional(&self.description, Prose::parse)).flatten();
        let of = place.is_some().then(|| self.description_of()).flatten();
        let (Some(of), Some(name)) = (of, name) else { return Ok(None) };
        self.read_siblings(conn, &of)?;
        let is_new = existing.is_none();
        let position = i32::try_from(self.position()).unwrap_or(i32::MAX);
        let mut made = existing.unwrap_or_else(|| Level::new(of, name.clone(), position));
        (made.name, made.level, made.points) = (name, level, points);
        (made.description, made.position) = (description, position);
        self.check_order(&made);
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

/// What a level's page shows.
#[derive(Template)]
#[template(path = "rubric_criterion_levels/details.html")]
pub struct LevelDetails {
    id: String,
    way: String,
    description: String,
    achievement: String,
    facts: Facts,
    alignments: Vec<Alignment>,
    uses: Vec<String>,
    may_change: bool,
}

impl HtmlSafe for LevelDetails {}

impl Managed for Level {
    const KIND: Kind = Kind {
        path: "rubric-criterion-levels",
        audit: rubric_criterion_level::KIND,
        singular: "rubric criterion level",
        plural: "Rubric criterion levels",
        about: "The steps of result descriptions, low to high.",
        empty: "A level is one step of a result description, such as Developing or Proficient, with its points and its words.",
        create: "New level",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Result description", sort: None },
        Column { label: "Points", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = LevelForm;
    type Row = Placed<Level>;
    type Details = LevelDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        let of = result_description::find(conn, &self.result_description_id)?;
        Ok(format!("{} ({})", self.name, of.name))
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        let achievement = self.achievement(conn)?;
        parts::is_theirs(conn, &achievement, by)
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        let achievement = self.achievement(conn)?;
        parts::locked(conn, &achievement)
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        rubric_criterion_level::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        Ok(vec![parts::achievement_filter(conn, address, office)?])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Self::Row>, QueryError> {
        rubric_criterion_level::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        rubric_criterion_level::count(conn, query)
    }

    fn cells(row: Self::Row) -> Vec<Cell> {
        let text = |line: Option<Line>| line.map(String::from).unwrap_or_default();
        vec![
            Cell::Name { address: row.part.address(), text: row.part.name.to_string(), below: text(row.part.level) },
            Cell::Text(row.way),
            Cell::Text(text(row.part.points)),
            Cell::Date(row.part.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<LevelDetails, Error> {
        let ways = part_place::Ways::read(conn, vec![], vec![&self.result_description_id], vec![])?;
        let mut facts = self.facts();
        facts.push(("Public id", self.iri.to_string()));
        Ok(LevelDetails {
            id: self.id.to_string(),
            way: ways.to_description(&self.result_description_id),
            description: format!("/admin/result-descriptions/{}", self.result_description_id),
            achievement: parts::achievement_page(&self.achievement(conn)?),
            facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            alignments: alignment::on(conn, &Aligned::Level(self.id.clone()))?,
            uses: rubric_criterion_level::uses(conn, &self.id)?,
            may_change: frame.may::<ChangeAchievements>() && self.locked(conn)?.is_none(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = rubric_criterion_level::find(conn, id)?;
        let mut uses = rubric_criterion_level::uses(conn, id)?;
        uses.extend(found.locked(conn)?.map(str::to_owned));
        Ok(uses)
    }

    fn keepers(conn: &mut Conn, id: &Id<Self>) -> Result<Option<String>, QueryError> {
        rubric_criterion_level::keepers(conn, id)
    }

    fn begins(&self, conn: &mut Conn) -> Result<Option<Begins>, QueryError> {
        let whole = self.achievement(conn)?;
        place::begins(conn, &whole, &Aligned::Level(self.id.clone()))
    }

    fn insert(&self, conn: &mut Conn, _: &LevelForm, by: &Actor) -> Result<(), Error> {
        Ok(self.add(conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &LevelForm, by: &Actor) -> Result<bool, Error> {
        Ok(Level::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(rubric_criterion_level::delete(conn, id, by)?)
    }

    fn after_deletion(&self, conn: &mut Conn) -> Result<String, QueryError> {
        Ok(parts::achievement_page(&self.achievement(conn)?))
    }
}

impl Part for Level {
    fn achievement(&self, conn: &mut Conn) -> Result<Id<Achievement>, QueryError> {
        part_place::of_level(conn, &self.id)
    }

    fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> Result<(), QueryError> {
        Level::shift(self, conn, up, by)
    }

    fn keeps_place(&self, conn: &mut Conn, up: bool) -> Result<Option<String>, QueryError> {
        rubric_criterion_level::refuses_shift(conn, self, up)
    }
}
