//! The form of an alignment, and what the seven pages need to know of alignments.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Alignment, Profile, alignment,
        audit::Facts,
        page::{Page, Query},
        part_place::{self, Placed},
    },
    values::{Id, Invalid, Iri, Line, Name, Prose, TargetType, WebAddress, optional},
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

/// What was entered about an alignment.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "alignments/form.html")]
#[serde(default)]
pub struct AlignmentForm {
    #[serde(flatten)]
    place: Place,
    target_name: String,
    target_url: String,
    target_code: String,
    target_framework: String,
    target_type: String,
    own_type: String,
    target_description: String,
    iri: String,
    revision: i32,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AlignmentForm {}

impl AlignmentForm {
    fn types(&self) -> Vec<(String, String)> {
        TargetType::STANDARD.iter().map(|term| ((*term).to_owned(), (*term).to_owned())).collect()
    }

    fn chosen_type(&self) -> Result<Option<TargetType>, Invalid> {
        let own = self.own_type.trim();
        match own.is_empty() {
            true => optional(&self.target_type, TargetType::parse),
            false if own.starts_with("ext:") => TargetType::parse(own).map(Some),
            false => TargetType::parse(&format!("ext:{own}")).map(Some),
        }
    }
}

/// The address of a node: whole, with its scheme.
fn node_address(raw: &str) -> Result<Iri, Invalid> {
    const WRONG: Invalid = Invalid::Malformed("Enter the whole address of the node, with https:// at its beginning");
    if raw.trim().is_empty() {
        return Err(Invalid::Missing("the address of the node"));
    }
    let address = Iri::parse(raw).map_err(|_| WRONG)?;
    let lower = address.as_str().to_ascii_lowercase();
    let of_the_web = lower.starts_with("http:") || lower.starts_with("https:");
    let whole = match of_the_web {
        true => WebAddress::parse(address.as_str()).is_ok(),
        false => lower.contains("://") || lower.starts_with("urn:"),
    };
    if whole { Ok(address) } else { Err(WRONG) }
}

impl Form<Alignment> for AlignmentForm {
    fn fill(object: &Alignment) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let term = object.target_type.as_ref().map(TargetType::to_string).unwrap_or_default();
        let is_standard = TargetType::STANDARD.contains(&term.as_str());
        Self {
            place: object.on().as_ref().map(Place::of).unwrap_or_default(),
            target_name: object.target_name.to_string(),
            target_url: object.target_url.to_string(),
            target_code: line(&object.target_code),
            target_framework: line(&object.target_framework),
            target_type: if is_standard { term.clone() } else { String::new() },
            own_type: if is_standard { String::new() } else { term },
            target_description: object.target_description.as_ref().map(Prose::to_string).unwrap_or_default(),
            iri: object.iri.as_ref().map(Iri::to_string).unwrap_or_default(),
            revision: object.revision,
            errors: Errors::default(),
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.place.prepare(conn, by)
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Alignment>, by: &Actor) -> Result<Option<Alignment>, Error> {
        self.errors = Errors::default();
        if let Some(on) = existing.as_ref().and_then(Alignment::on) {
            self.place.on = Place::of(&on).on;
        }
        let place = self.place.resolve(conn, Wanted::Any, by, &mut self.errors)?;
        let chosen_type = self.chosen_type();
        let errors = &mut self.errors;
        let target_name = errors.check("target_name", Name::parse(&self.target_name));
        let target_url = errors.check("target_url", node_address(&self.target_url));
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (code, framework) =
            (line("target_code", &self.target_code), line("target_framework", &self.target_framework));
        let target_type = errors.check("target_type", chosen_type).flatten();
        let description = errors.check("target_description", optional(&self.target_description, Prose::parse));
        let iri = errors.check("iri", optional(&self.iri, Iri::parse)).flatten();
        let (Some(place), Some(target_name), Some(target_url)) = (place, target_name, target_url) else {
            return Ok(None);
        };
        let is_new = existing.is_none();
        let last = alignment::on(conn, &place.on)?.last().map_or(0, |one| one.position + 1);
        let mut made =
            existing.unwrap_or_else(|| Alignment::new(place.on, target_name.clone(), target_url.clone(), last));
        (made.target_name, made.target_url, made.target_code) = (target_name, target_url, code);
        (made.target_framework, made.target_type, made.target_description) =
            (framework, target_type, description.flatten());
        made.iri = iri;
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

/// What an alignment's page shows.
#[derive(Template)]
#[template(path = "alignments/details.html")]
pub struct AlignmentDetails {
    way: String,
    achievement: String,
    address: String,
    is_web: bool,
    facts: Facts,
}

impl HtmlSafe for AlignmentDetails {}

impl Managed for Alignment {
    const KIND: Kind = Kind {
        path: "alignments",
        audit: alignment::KIND,
        singular: "alignment",
        plural: "Alignments",
        about: "Where achievements, result descriptions and levels stand in frameworks.",
        empty: "An alignment ties an achievement, one of its result descriptions or a level to a node of a framework.",
        create: "New alignment",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Node", sort: Some("name") },
        Column { label: "Of", sort: None },
        Column { label: "Framework", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = AlignmentForm;
    type Row = Placed<Alignment>;
    type Details = AlignmentDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(self.target_name.to_string())
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
        alignment::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pair = |(value, label): (&str, &str)| (value.to_owned(), label.to_owned());
        let on = [("achievement", "Achievements"), ("description", "Result descriptions"), ("level", "Levels")];
        let types = TargetType::STANDARD.iter().map(|term| pair((term, term))).collect();
        Ok(vec![
            Filter::new("on", "Of", on.into_iter().map(pair).collect(), address).as_scopes(),
            Filter::new("type", "Type", types, address),
            parts::achievement_filter(conn, address, office)?,
        ])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Self::Row>, QueryError> {
        alignment::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        alignment::count(conn, query)
    }

    fn cells(row: Self::Row) -> Vec<Cell> {
        let below = row.part.target_code.as_ref().map(Line::to_string).unwrap_or_default();
        vec![
            Cell::Name { address: row.part.address(), text: row.part.target_name.to_string(), below },
            Cell::Text(row.way),
            Cell::Text(row.part.target_framework.map(String::from).unwrap_or_default()),
            Cell::Date(row.part.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, _: &Frame) -> Result<AlignmentDetails, Error> {
        let (levels, descriptions) = (self.rubric_criterion_level_id.iter(), self.result_description_id.iter());
        let ways = part_place::Ways::read(
            conn,
            levels.collect(),
            descriptions.collect(),
            self.achievement_id.iter().collect(),
        )?;
        Ok(AlignmentDetails {
            way: ways.to_aligned(self),
            achievement: parts::achievement_page(&self.achievement(conn)?),
            address: self.target_url.to_string(),
            is_web: crate::web::links::is_web(self.target_url.as_str()),
            facts: self.facts().into_iter().filter(|(label, value)| *label != "Address" && !value.is_empty()).collect(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = alignment::find(conn, id)?;
        Ok(found.locked(conn)?.map(str::to_owned).into_iter().collect())
    }

    fn begins(&self, conn: &mut Conn) -> Result<Option<Begins>, QueryError> {
        let Some(on) = self.on() else { return Ok(None) };
        let whole = self.achievement(conn)?;
        place::begins(conn, &whole, &on)
    }

    fn insert(&self, conn: &mut Conn, _: &AlignmentForm, by: &Actor) -> Result<(), Error> {
        Ok(self.add(conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &AlignmentForm, by: &Actor) -> Result<bool, Error> {
        Ok(Alignment::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(alignment::delete(conn, id, by)?)
    }

    fn after_deletion(&self, conn: &mut Conn) -> Result<String, QueryError> {
        Ok(parts::achievement_page(&self.achievement(conn)?))
    }
}

impl Part for Alignment {
    fn achievement(&self, conn: &mut Conn) -> Result<Id<Achievement>, QueryError> {
        part_place::of_alignment(conn, self)
    }

    fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> Result<(), QueryError> {
        Alignment::shift(self, conn, up, by)
    }
}
