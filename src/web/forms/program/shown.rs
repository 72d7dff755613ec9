//! What the seven pages need to know of programs: the list's columns, filters and cells, and what a page shows.

use askama::{Template, filters::HtmlSafe};
use chrono::NaiveDateTime;

use super::ProgramForm;
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Conferral, Profile, Program, achievement, conferral,
        page::{Page, Query},
        program::{
            self, NumberedRule,
            list::Listed,
            progress::{self, Counts},
        },
    },
    values::Id,
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award, ChangeAchievements, ReadAwards},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What a program's page shows.
#[derive(Template)]
#[template(path = "programs/details.html")]
pub struct ProgramDetails {
    program: Program,
    earned: Achievement,
    in_force: Option<NumberedRule>,
    /// The newest rule, where it was never in force.
    draft: Option<NumberedRule>,
    rules: Vec<NumberedRule>,
    counts: Counts,
    marked: i64,
    conferrals: Vec<Conferral>,
    open: Option<Conferral>,
    frame: Frame,
    address: String,
    may_change: bool,
    may_award: bool,
}

impl HtmlSafe for ProgramDetails {}

impl ProgramDetails {
    /// Whether everybody was looked at by the rule in force.
    fn is_counting(&self) -> bool {
        self.program.rule_in_force.is_some() && (self.program.evaluated_at.is_none() || self.marked > 0)
    }

    /// What each tab of the learners says: its filter, its label, how many.
    fn tabs(&self) -> [(&'static str, &'static str, i64); 5] {
        [
            ("earned", "Earned", self.counts.earned),
            ("one_short", "One short", self.counts.one_short),
            ("on_the_way", "On the way", self.counts.on_the_way),
            ("awarded", "Already awarded", self.counts.awarded),
            ("held", "Held", self.counts.held),
        ]
    }
}

impl Managed for Program {
    const KIND: Kind = Kind {
        path: "programs",
        audit: program::KIND,
        singular: "program",
        plural: "Programs",
        about: "Awards that are earned by attending events, each with the rule that earns it.",
        empty: "No award is earned by attendance yet. Make a program from an achievement and a rule.",
        create: "New program",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Award", sort: Some("name") },
        Column { label: "Rule", sort: None },
        Column { label: "Earned", sort: None },
        Column { label: "One short", sort: None },
        Column { label: "Awarded", sort: None },
        Column { label: "State", sort: None },
    ];
    const SORT: &'static str = "name";
    type Form = ProgramForm;
    type Row = Listed;
    type Details = ProgramDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        Ok(achievement::find(conn, &self.achievement_id)?.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, _: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        Ok(Program::exists_for(self, by))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        program::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        Ok(vec![Filter::new("state", "State", vec![pair("on", "On"), pair("off", "Off")], address).as_scopes()])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        program::list::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        program::list::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        let Listed { program, name, rule, counts } = row;
        let (tone, icon, text) = state(&program);
        vec![
            Cell::Name { address: program.address(), text: name, below: String::new() },
            Cell::Text(rule.rule.get().sentence()),
            Cell::Text(counts.earned.to_string()),
            Cell::Text(counts.one_short.to_string()),
            Cell::Text(counts.awarded.to_string()),
            Cell::State { tone, icon, text, below: String::new() },
        ]
    }

    fn views() -> Vec<(&'static str, &'static str)> {
        vec![("From attendance to award", "/admin/reports/programs")]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<ProgramDetails, Error> {
        let rules = program::rules(conn, &self.id)?;
        let in_force = rules.iter().find(|one| Some(one.number) == self.rule_in_force).cloned();
        let draft = rules.first().filter(|one| one.in_force_since.is_none()).cloned();
        Ok(ProgramDetails {
            earned: achievement::find(conn, &self.achievement_id)?,
            in_force,
            draft,
            rules,
            counts: progress::counts(conn, &self.id)?,
            marked: progress::marked(conn)?,
            conferrals: conferral::of_program(conn, &self.id)?,
            open: conferral::open(conn, &self.id)?,
            frame: frame.clone(),
            address: self.address(),
            may_change: frame.may::<ChangeAchievements>(),
            may_award: frame.may::<Award>(),
            program: self.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        program::uses(conn, id)
    }

    fn insert(&self, conn: &mut Conn, form: &ProgramForm, by: &Actor) -> Result<(), Error> {
        let Some(rule) = &form.parsed else { return Err(unparsed()) };
        Ok(Program::insert(self, conn, rule, by)?)
    }

    fn update(&self, conn: &mut Conn, form: &ProgramForm, by: &Actor) -> Result<bool, Error> {
        let Some(rule) = &form.parsed else { return Err(unparsed()) };
        Ok(Program::update(self, conn, rule, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(program::delete(conn, id, by)?)
    }
}

fn unparsed() -> Error {
    Error::Defect("a program was saved before its form was read".to_owned())
}

/// Style class, icon and word of how a program stands.
pub fn state(program: &Program) -> (&'static str, &'static str, &'static str) {
    match program.rule_in_force {
        Some(_) => ("ok", "check", "On"),
        None => ("mute", "pause", "Off"),
    }
}

/// `7 November 2026`, of an instant.
fn day(at: &NaiveDateTime) -> String {
    at.format("%-d %B %Y").to_string()
}
