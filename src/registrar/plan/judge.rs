//! What a row of a list would bring: a new event, nothing, a change of a known one; or why it can't come in.
//!
//! What a row leaves empty stays as it is. What is chosen for the whole list (host, areas, awards, public page) is for new
//! events; a known one keeps its own.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;

use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Event, Profile,
        audit::{self, Change},
        event::known::{self, Known},
    },
    registrar::{
        Refusal,
        plan::{
            columns::{Columns, What},
            lasts,
            said::{self, Meaning, Said, Wrong},
            when::Slashes,
        },
        rows::{List, cut},
    },
    values::{AchievementType, Id, Invalid, Json, TimeZone},
};

/// How a list is read, and what is chosen for the events in it that are new.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Which column says what.
    pub columns: Columns,
    /// What a day with slashes means.
    pub slashes: Slashes,
    /// The clock of times that name none.
    pub zone: TimeZone,
    /// Who hosts them.
    pub host: Id<Profile>,
    /// Their areas.
    pub areas: Vec<String>,
    /// What they count for.
    pub programs: Vec<Id<Achievement>>,
    /// Whether the public is told of them.
    pub is_public: bool,
}

/// What a row comes to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is planned.
    New,
    /// It is known and says the same.
    Known,
    /// It is known and would change in this.
    Different(Vec<Change>),
    /// It was cancelled, as the list says, which changes nothing here; with what to do.
    Cancelled(&'static str),
    /// It can't come in.
    Wrong(Vec<Wrong>),
}

/// A row with what it comes to.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its line in the list.
    pub line: u64,
    /// Where it stands: `line 6`.
    pub place: String,
    /// The code, as it stands there.
    pub code: String,
    /// What the event is called.
    pub name: String,
    /// From when to when (UTC), and in which zone.
    pub when: Option<(NaiveDateTime, NaiveDateTime, TimeZone)>,
    /// What it comes to.
    pub outcome: Outcome,
    pub(super) made: Option<Made>,
}

/// An event as it will be.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub event: Event,
    pub own: Achievement,
    /// What it will count for, where the row says it or it is new.
    pub programs: Option<Vec<Id<Achievement>>>,
}

/// What each row comes to. Nothing is written.
pub fn judge(conn: &mut Conn, list: &List, choice: &Choice, by: &Actor) -> Result<Vec<Judged>, Refusal> {
    let means = Meaning::read(conn, choice.slashes, by)?;
    let mut read = Vec::new();
    for row in choice.columns.rows(list) {
        read.push((row, said::read(conn, row, &choice.columns, &means)?));
    }
    let codes: Vec<_> = read.iter().filter_map(|(_, said)| said.as_ref().ok()).map(|said| &said.code).collect();
    let known = known::by_codes(conn, &codes)?;
    let mut seen = HashSet::new();
    let mut judged = Vec::with_capacity(read.len());
    for (row, said) in read {
        let mut one = Judged {
            line: row.line,
            place: list.written.place(row.line),
            code: cut(choice.columns.cell(row, What::Code)),
            name: cut(choice.columns.cell(row, What::Name)),
            when: None,
            outcome: Outcome::Known,
            made: None,
        };
        one.outcome = match said.and_then(|said| one.of(said, (&known, &mut seen), choice, by)) {
            Ok(outcome) => outcome,
            Err(wrong) => Outcome::Wrong(wrong),
        };
        judged.push(one);
    }
    Ok(judged)
}

impl Judged {
    /// What stands in the cells that name it, for whoever looks at it by what it comes to.
    pub fn is_wrong(&self) -> bool {
        matches!(self.outcome, Outcome::Wrong(_))
    }

    fn of(
        &mut self,
        said: Said,
        (known, seen): (&HashMap<String, Known>, &mut HashSet<String>),
        choice: &Choice,
        by: &Actor,
    ) -> Result<Outcome, Vec<Wrong>> {
        let wrong_code = |why: &str| vec![Wrong::new(What::Code, said.code.as_str(), why)];
        if !seen.insert(said.code.to_string()) {
            return Err(wrong_code("This code stands further up already"));
        }
        let known = known.get(said.code.as_str());
        if known.is_some_and(|known| !known.event.exists_for(by)) {
            return Err(wrong_code("Another event already has this code"));
        }
        if said.is_cancelled {
            return Ok(Outcome::Cancelled(match known {
                None => "Cancelled in the list: it is not planned",
                Some(known) if known.event.cancelled_at.is_some() => "Cancelled in the list, and here already",
                Some(_) => "Cancelled in the list: cancel it on its page, with the reason",
            }));
        }
        let made = made(said, known, choice)?;
        self.name = made.own.name.to_string();
        self.when = Some((made.event.starts_at, made.event.ends_at, made.event.time_zone));
        let outcome = match known {
            None => Outcome::New,
            Some(known) => match changes(known, &made) {
                changes if changes.is_empty() => Outcome::Known,
                changes => Outcome::Different(changes),
            },
        };
        self.made = Some(made);
        Ok(outcome)
    }
}

/// The event that a row makes, of a known one or anew.
fn made(said: Said, known: Option<&Known>, choice: &Choice) -> Result<Made, Vec<Wrong>> {
    let before = known.map(|known| &known.event);
    let zone = said.zone.or(before.map(|event| event.time_zone)).unwrap_or(choice.zone);
    let mut wrong = Vec::new();
    let mut at = |what, time: Option<super::when::Time>, known: Option<NaiveDateTime>, wanted| {
        let instant = time.map(|time| time.in_zone(zone)).or(known.map(Ok)).unwrap_or(Err(Invalid::Missing(wanted)));
        instant.map_err(|why| wrong.push(Wrong::new(what, "", why))).ok()
    };
    let starts = at(What::Starts, said.starts, before.map(|event| event.starts_at), "when it begins");
    let ends = at(What::Ends, said.ends, before.map(|event| event.ends_at), "when it ends");
    if let Some(times) = starts.zip(ends)
        && let Err(why) = lasts(times)
    {
        wrong.push(Wrong::new(What::Ends, "", why));
    }
    let name = said.name.or(known.map(|known| known.own.name.clone()));
    if name.is_none() {
        wrong.push(Wrong::new(What::Name, "", Invalid::Missing("a name")));
    }
    let (Some(name), Some(times), true) = (name, starts.zip(ends), wrong.is_empty()) else { return Err(wrong) };
    let mut own = match known {
        Some(known) => known.own.clone(),
        None => Achievement::new(name.clone(), AchievementType::event(), choice.host.clone()),
    };
    own.name = name;
    own.description = said.description.or(own.description);
    own.refold();
    let mut event = match before {
        Some(event) => event.clone(),
        None => {
            let mut fresh = Event::new(&own, said.code, times);
            (fresh.areas, fresh.is_public) = (Json::new(choice.areas.clone()), choice.is_public);
            fresh
        }
    };
    (event.starts_at, event.ends_at, event.time_zone) = (times.0, times.1, zone);
    event.place = said.place.or(event.place);
    event.series = said.series.or(event.series);
    event.capacity = said.capacity.or(event.capacity);
    event.areas = said.areas.map_or(event.areas, Json::new);
    event.refold(&own);
    let programs = said.counts_for.or_else(|| known.is_none().then(|| choice.programs.clone()));
    Ok(Made { event, own, programs })
}

/// What would change of a known event, as people read it.
fn changes(known: &Known, made: &Made) -> Vec<Change> {
    let mut changes = audit::differences(&known.own.facts(), &made.own.facts());
    changes.extend(audit::differences(&known.event.facts(), &made.event.facts()));
    let sorted = |ids: &[Id<Achievement>]| {
        let mut ids: Vec<String> = ids.iter().map(Id::to_string).collect();
        ids.sort();
        ids
    };
    if made.programs.as_ref().is_some_and(|wanted| sorted(wanted) != sorted(&known.programs)) {
        changes.push(Change { field: What::CountsFor.label().to_owned(), before: None, after: None });
    }
    changes
}
