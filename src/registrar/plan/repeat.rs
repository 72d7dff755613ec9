//! A series: copies of an event on other days, at the same time of day on the clock of its place.
//!
//! Each copy is an event of its own, with its own code and its own achievement. A day on which the clock leaves out the
//! hour, or on which the series has an event at that time already, is told and left out.

use std::collections::HashSet;

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::{lasts, record};
use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Event, achievement,
        event::{self, series},
    },
    registrar::Refusal,
    values::{AchievementType, Code, Invalid, Line},
};

/// Most events that are planned at once.
pub const MOST: usize = 60;

/// On which days.
#[derive(Debug, Clone)]
pub enum Rhythm {
    /// Every so many days, so many times.
    Every(u64, usize),
    /// On these.
    On(Vec<NaiveDate>),
}

/// How the copies are made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// On which days.
    pub rhythm: Rhythm,
    /// The name of the series; the event itself joins it.
    pub series: Line,
    /// What their codes begin with; a number follows.
    pub begins: String,
    /// Whether the public is told of them.
    pub is_public: bool,
}

/// A day of a series.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The day on which it begins.
    pub day: NaiveDate,
    /// From when to when (UTC), and the code; or why nothing is planned on this day.
    pub planned: Result<((NaiveDateTime, NaiveDateTime), Code), Left>,
}

/// Why nothing is planned on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It is the event itself, or the series has one then.
    Known,
    /// It cannot be then, as a sentence.
    Wrong(Invalid),
}

impl Rhythm {
    /// The days after a first one, in their order, each once.
    fn days(&self, first: NaiveDate) -> Vec<NaiveDate> {
        match self {
            Rhythm::Every(step, times) => {
                (1..=*times as u64).filter_map(|nth| first.checked_add_days(Days::new(nth * step))).collect()
            }
            Rhythm::On(days) => {
                let mut days = days.clone();
                days.sort();
                days.dedup();
                days
            }
        }
    }
}

/// What would be planned on each day. Nothing is written.
pub fn look(conn: &mut Conn, of: &Event, plan: &Plan) -> Result<Vec<Occurrence>, Refusal> {
    let zone = of.time_zone;
    let (starts, ends) = (zone.wall_clock(of.starts_at), zone.wall_clock(of.ends_at));
    let there = series::in_series(conn, &plan.series, &of.host_id, i64::from(i32::MAX))?;
    let mut begun: HashSet<NaiveDateTime> = there.into_iter().map(|one| one.starts_at).collect();
    begun.insert(of.starts_at);
    let mut taken = series::codes_beginning(conn, &plan.begins)?;
    let mut number = 1;
    let mut found = Vec::new();
    for day in plan.rhythm.days(starts.date()) {
        let at = |wall: NaiveDateTime| zone.instant(wall);
        let begins = day.and_time(starts.time());
        let times = at(begins).and_then(|from| {
            let to = at(begins + (ends - starts))?;
            lasts((from, to)).map(|()| (from, to))
        });
        let planned = match times {
            Ok((from, _)) if begun.contains(&from) => Err(Left::Known),
            Ok(times) => next_code(&plan.begins, &mut number, &mut taken).map(|code| (times, code)),
            Err(why) => Err(Left::Wrong(why)),
        };
        found.push(Occurrence { day, planned });
    }
    Ok(found)
}

fn next_code(begins: &str, number: &mut u32, taken: &mut HashSet<String>) -> Result<Code, Left> {
    loop {
        *number += 1;
        let code = Code::parse(&format!("{begins}{number}")).map_err(Left::Wrong)?;
        if taken.insert(code.to_string()) {
            return Ok(code);
        }
    }
}

/// Plans the series. The number of events that were planned.
pub fn repeat(conn: &mut Conn, of: &Event, plan: &Plan, by: &Actor) -> Result<usize, Refusal> {
    let days = look(conn, of, plan)?;
    let before = achievement::find(conn, &of.achievement_id)?;
    let programs: Vec<_> = event::counts_for(conn, &before.id)?.into_iter().map(|one| one.id).collect();
    let mut number = 0;
    for (times, code) in days.into_iter().filter_map(|one| one.planned.ok()) {
        let mut own = Achievement::new(before.name.clone(), AchievementType::event(), of.host_id.clone());
        own.description = before.description.clone();
        own.refold();
        let mut copy = Event::new(&own, code, times);
        (copy.areas, copy.place, copy.time_zone) = (of.areas.clone(), of.place.clone(), of.time_zone);
        (copy.capacity, copy.series, copy.is_public) = (of.capacity, Some(plan.series.clone()), plan.is_public);
        copy.refold(&own);
        record(conn, (&copy, &own), &programs, by)?;
        number += 1;
    }
    if number == 0 {
        return Err(Refusal::conflict("Nothing would be planned on any of these days."));
    }
    if of.series.as_ref() != Some(&plan.series) {
        let mut joins = Event { series: Some(plan.series.clone()), ..of.clone() };
        joins.refold(&before);
        if !joins.update(conn, by)? {
            return Err(Refusal::conflict("Somebody changed this event at the same moment. Look at it again."));
        }
    }
    Ok(number)
}
