//! The form of a program.

mod shown;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form,
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Program, achievement,
        program::{
            self,
            rule::{Needed, Rule, Spread, Window},
        },
        result_description, setting, term,
    },
    values::{Id, Invalid, Line, optional, parse_date},
    web::error::Error,
};

/// Most achievements that a rule asks for.
const MOST_HELD: usize = 20;

/// What was entered about a program.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "programs/form.html")]
#[serde(default)]
pub struct ProgramForm {
    achievement: Option<String>,
    achievement_id: String,
    events: String,
    window: String,
    from: String,
    to: String,
    area: Vec<String>,
    each: String,
    of: String,
    hours: String,
    held: Vec<String>,
    needed: Option<String>,
    needed_id: String,
    result_value: String,
    revision: i32,
    #[serde(skip)]
    program: Option<Id<Program>>,
    #[serde(skip)]
    achievement_picker: Option<Picker>,
    #[serde(skip)]
    needed_picker: Picker,
    #[serde(skip)]
    windows: Vec<(String, String)>,
    #[serde(skip)]
    areas: Vec<String>,
    #[serde(skip)]
    known_held: Vec<(String, String)>,
    #[serde(skip)]
    parsed: Option<Rule>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for ProgramForm {}

fn number(raw: &str, least: u32, wrong: &'static str) -> Result<u32, Invalid> {
    raw.trim().parse().ok().filter(|number| (least..=1000).contains(number)).ok_or(Invalid::Malformed(wrong))
}

/// Hours, with a comma or a point, as minutes.
fn hours(raw: &str) -> Result<u32, Invalid> {
    const WRONG: Invalid = Invalid::Malformed("Enter a number of hours, such as 10 or 7.5");
    let hours: f64 = raw.trim().replace(',', ".").parse().map_err(|_| WRONG)?;
    if !(0.0..=10_000.0).contains(&hours) {
        return Err(WRONG);
    }
    Ok((hours * 60.0).round() as u32)
}

impl ProgramForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn has(&self, area: &str) -> bool {
        self.area.iter().any(|own| own == area)
    }

    fn needs(&self, id: &str) -> bool {
        self.held.iter().any(|own| own == id)
    }

    fn fill_rule(&mut self, conn: &mut Conn, rule: &Rule) -> Result<(), Error> {
        self.events = rule.events.to_string();
        match &rule.window {
            Window::Always => self.window = "always".to_owned(),
            Window::FirstYear => self.window = "first_year".to_owned(),
            Window::Days { name, from, to } => {
                let terms = term::all(conn)?;
                let same = |one: &&crate::models::Term| {
                    name.as_deref() == Some(one.name.as_str()) && one.starts_on == *from && one.ends_on == *to
                };
                match terms.iter().find(same) {
                    Some(one) => self.window = one.id.to_string(),
                    None => {
                        self.window = "days".to_owned();
                        (self.from, self.to) = (from.to_string(), to.to_string());
                    }
                }
            }
        }
        if let Some(spread) = &rule.spread {
            self.area.clone_from(&spread.areas);
            self.each = spread.each.to_string();
            self.of = if spread.of as usize == spread.areas.len() { String::new() } else { spread.of.to_string() };
        }
        if rule.minutes > 0 {
            self.hours = (f64::from(rule.minutes) / 60.0).to_string();
        }
        self.held = rule.held.iter().map(|needed| needed.id.clone()).collect();
        Ok(())
    }

    fn window_in(&mut self, conn: &mut Conn) -> Result<Option<Window>, Error> {
        let window = match self.window.as_str() {
            "always" => Some(Window::Always),
            "first_year" => Some(Window::FirstYear),
            "days" => {
                let from = self.errors.check("from", parse_date(&self.from));
                let to = self.errors.check("to", parse_date(&self.to));
                let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
                if to < from {
                    self.errors.add("to", "The last day cannot come before the first");
                    return Ok(None);
                }
                Some(Window::Days { name: None, from, to })
            }
            id => match id.parse().ok().map(|id| term::find(conn, &id)) {
                Some(Ok(one)) => {
                    Some(Window::Days { name: Some(one.name.to_string()), from: one.starts_on, to: one.ends_on })
                }
                Some(Err(QueryError::NotFound)) | None => {
                    self.errors.add("window", "Choose when events count");
                    None
                }
                Some(Err(other)) => return Err(other.into()),
            },
        };
        Ok(window)
    }

    fn spread_in(&mut self) -> Option<Option<Spread>> {
        let areas: Vec<String> = self.area.iter().filter_map(|area| Line::parse(area).ok()).map(String::from).collect();
        if areas.is_empty() {
            if !self.each.trim().is_empty() || !self.of.trim().is_empty() {
                self.errors.add("each", "Tick the areas that this is about, or leave these fields empty");
                return None;
            }
            return Some(None);
        }
        let each = number(&self.each, 1, "Enter how many events in each of the ticked areas, as a whole number");
        let each = self.errors.check("each", each)?;
        let of = optional(&self.of, |raw| number(raw, 1, "Enter in how many of the ticked areas, as a whole number"));
        let of = self.errors.check("of", of)?.unwrap_or(areas.len() as u32);
        if of as usize > areas.len() {
            self.errors.add("of", "So many areas are not ticked");
            return None;
        }
        Some(Some(Spread { each, of, areas }))
    }

    fn held_in(&mut self, conn: &mut Conn, earned: Option<&Id<Achievement>>, by: &Actor) -> Result<Vec<Needed>, Error> {
        let typed = (&self.needed, self.needed_id.as_str());
        let further: Option<Id<Achievement>> =
            picker::read(conn, (What::Awardable, "needed"), typed, by, &mut self.errors)?;
        let mut ids: Vec<Id<Achievement>> = self.held.iter().filter_map(|id| id.parse().ok()).collect();
        ids.extend(further);
        ids.truncate(MOST_HELD);
        let mut held: Vec<Needed> = Vec::new();
        for id in ids {
            if earned == Some(&id) {
                self.errors.add("needed", "An award cannot be needed to earn itself");
                continue;
            }
            let Ok(found) = achievement::find(conn, &id) else { continue };
            if held.iter().all(|one| one.id != id.as_str()) {
                held.push(Needed { id: id.to_string(), name: found.name.to_string() });
            }
        }
        Ok(held)
    }

    fn achievement_in(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Achievement>, Error> {
        let typed = (&self.achievement, self.achievement_id.as_str());
        let chosen: Option<Id<Achievement>> = picker::read_one(
            conn,
            (What::Awardable, "achievement"),
            typed,
            by,
            (&mut self.errors, "Choose the award that is earned"),
        )?;
        let Some(chosen) = chosen else { return Ok(None) };
        if program::of_achievement(conn, &chosen)?.is_some() {
            self.errors.add("achievement", "This award has a program already; change its rule instead");
            return Ok(None);
        }
        Ok(Some(achievement::find(conn, &chosen)?))
    }
}

impl Form<Program> for ProgramForm {
    fn fill(object: &Program) -> Self {
        Self {
            achievement_id: object.achievement_id.to_string(),
            result_value: object.result_value.as_ref().map(Line::to_string).unwrap_or_default(),
            revision: object.revision,
            program: Some(object.id.clone()),
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        if let Some(id) = self.program.take() {
            let known = program::find(conn, &id)?;
            let newest = program::rule_of(conn, &id, known.newest_rule)?;
            self.fill_rule(conn, newest.rule.get())?;
        }
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        self.windows = vec![
            pair("always", "Whenever they take place"),
            pair("first_year", "In the learner’s first year here"),
            pair("days", "Between two days"),
        ];
        self.windows
            .extend(term::all(conn)?.iter().map(|one| pair(one.id.as_str(), &format!("In {}", one.in_words()))));
        self.areas = setting::areas(conn)?;
        for own in &self.area {
            if !self.areas.contains(own) {
                self.areas.push(own.clone());
            }
        }
        self.known_held.clear();
        for id in self.held.iter().filter_map(|id| id.parse().ok()) {
            if let Ok(found) = achievement::find(conn, &id) {
                self.known_held.push((id.to_string(), found.name.to_string()));
            }
        }
        if self.is_new() {
            let hint = "What a learner gets; its criteria and its results are those of the achievement.";
            let picker = Picker::new(What::Awardable, "achievement", "The award", hint);
            self.achievement_picker = Some(picker.shown(conn, (&self.achievement, &self.achievement_id), by)?);
        }
        let hint = "Left empty, nothing is added.";
        let needed = Picker::new(What::Awardable, "needed", "Another award that must be held", hint).only_known();
        self.needed_picker = needed.shown(conn, (&self.needed, &self.needed_id), by)?;
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Program>, by: &Actor) -> Result<Option<Program>, Error> {
        self.errors = Errors::default();
        let earned = match &existing {
            Some(known) => Some(achievement::find(conn, &known.achievement_id)?),
            None => self.achievement_in(conn, by)?,
        };
        let events = number(&self.events, 1, "Enter how many different events, as a whole number from 1");
        let events = self.errors.check("events", events);
        let window = self.window_in(conn)?;
        let spread = self.spread_in();
        let minutes = self.errors.check("hours", optional(&self.hours, hours)).flatten();
        let held = self.held_in(conn, earned.as_ref().map(|one| &one.id), by)?;
        let value = self.errors.check("result_value", optional(&self.result_value, Line::parse)).flatten();
        let (Some(earned), Some(events), Some(window), Some(spread)) = (earned, events, window, spread) else {
            return Ok(None);
        };
        if value.is_some() && result_description::of_achievement(conn, &earned.id)?.is_empty() {
            self.errors
                .add("result_value", "This award has no result to write it into; add one to it, or leave this empty");
        }
        let is_new = existing.is_none();
        let mut made = existing.unwrap_or_else(|| Program::new(&earned));
        made.refold(&earned);
        made.result_value = value;
        made.revision = if is_new { 1 } else { self.revision };
        self.parsed = Some(Rule { events, spread, minutes: minutes.unwrap_or_default(), window, held });
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}
