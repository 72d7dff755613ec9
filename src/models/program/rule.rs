//! The rule that earns an award, and how one learner stands by it. Nothing here reads a database: what is judged is
//! handed in, so a rule can be tried on any year's attendance before it is switched on.
//!
//! An event counts once, however often somebody was scanned. It falls on the day on which it begins on the clock of the
//! institution; both days of a window are in it. An event with several areas counts in each of them.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::values::{AttendanceStatus, TimeZone};

/// What has to be done to earn an award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// So many different events attended, at least.
    pub events: u32,
    /// How they must be spread over areas.
    #[serde(default)]
    pub spread: Option<Spread>,
    /// So many minutes in all, at least.
    #[serde(default)]
    pub minutes: u32,
    /// When the events must have taken place.
    pub window: Window,
    /// Achievements that must be held.
    #[serde(default)]
    pub held: Vec<Needed>,
}

/// At least so many events in each of so many of these areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Events in each area.
    pub each: u32,
    /// In how many of the areas; all of them, mostly.
    pub of: u32,
    /// The areas.
    pub areas: Vec<String>,
}

/// When events count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Window {
    /// Whenever they took place.
    Always,
    /// Between two days, both in it; with the name of the term or year they were taken from.
    Days {
        /// `Fall 2026`.
        name: Option<String>,
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// In the learner's first year: from their first day here, for a year.
    FirstYear,
}

/// An achievement that must be held, by its row id, under the name it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    /// Row id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// An event as a rule looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Its areas.
    pub areas: Vec<String>,
    /// When it began, UTC.
    pub starts_at: NaiveDateTime,
    /// When it ended, UTC.
    pub ends_at: NaiveDateTime,
    /// Whether it was cancelled.
    pub is_cancelled: bool,
}

/// What is known of one learner.
#[derive(Debug, Clone, Default)]
pub struct Known<'a> {
    /// Their first day here.
    pub entered_on: Option<NaiveDate>,
    /// Row ids of the achievements they hold.
    pub held: &'a [String],
}

/// Whether an event counts for a learner, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// It counts.
    Counts,
    /// The learner was absent.
    Absent,
    /// The learner was excused.
    Excused,
    /// It was cancelled.
    Cancelled,
    /// It took place before the window.
    TooEarly,
    /// It took place after it.
    TooLate,
    /// The learner's first day here is not known, so their first year is not.
    NoFirstDay,
}

impl Counting {
    /// Why, in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Counts => "it counts",
            Self::Absent => "the learner was absent",
            Self::Excused => "the learner was excused",
            Self::Cancelled => "the event was cancelled",
            Self::TooEarly => "it took place too early",
            Self::TooLate => "it took place too late",
            Self::NoFirstDay => "the learner’s first day here is not known",
        }
    }
}

/// How a learner stands by a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// Of each event that was handed in, in that order.
    pub events: Vec<Counting>,
    /// How many events count.
    pub counted: u32,
    /// How many count in each area that one of them is in.
    pub by_area: BTreeMap<String, u32>,
    /// Their minutes.
    pub minutes: u64,
    /// How many further events are needed, at least.
    pub events_lacking: u32,
    /// How many of them in which area, at least; the easiest areas first.
    pub areas_lacking: Vec<(String, u32)>,
    /// How many minutes are needed.
    pub minutes_lacking: u64,
    /// Names of the achievements that are needed.
    pub held_lacking: Vec<String>,
}

impl Judged {
    /// Whether the award is earned.
    pub fn is_earned(&self) -> bool {
        self.lacking() == 0
    }

    /// How many things are needed: events, and achievements.
    pub fn lacking(&self) -> u32 {
        self.events_lacking + self.held_lacking.len() as u32
    }

    /// What is needed, for people: "2 more events, 1 of them in Arts & Humanities; “Orientation”". Nothing where it is
    /// earned.
    pub fn lacks(&self) -> String {
        let mut parts = Vec::new();
        if self.events_lacking > 0 {
            let areas = |(area, number): &(String, u32)| match (self.events_lacking, number) {
                (1, 1) => format!("in {area}"),
                (all, number) if all == *number => format!("all in {area}"),
                (_, number) => format!("{number} of them in {area}"),
            };
            let mut events = format!("{} more {}", self.events_lacking, plural(self.events_lacking, "event"));
            let told: Vec<String> = self.areas_lacking.iter().map(areas).collect();
            if !told.is_empty() {
                let sign = if self.events_lacking == 1 { " " } else { ", " };
                events = format!("{events}{sign}{}", told.join(", "));
            }
            parts.push(events);
        }
        if self.minutes_lacking > 0 {
            parts.push(format!("{} more", duration(self.minutes_lacking)));
        }
        parts.extend(self.held_lacking.iter().map(|name| format!("“{name}”")));
        parts.join("; ")
    }
}

impl Rule {
    /// How a learner stands by it: their standing at each event, one entry an event.
    pub fn judge(&self, zone: TimeZone, known: &Known<'_>, stood: &[(&Occasion, AttendanceStatus)]) -> Judged {
        let mut judged = Judged::default();
        let days = self.window.days(known.entered_on);
        for (event, status) in stood {
            let counting = counting(zone, &days, event, *status);
            judged.events.push(counting);
            if counting != Counting::Counts {
                continue;
            }
            judged.counted += 1;
            judged.minutes += (event.ends_at - event.starts_at).num_minutes().max(0).unsigned_abs();
            let mut areas: Vec<&String> = event.areas.iter().collect();
            areas.sort();
            areas.dedup();
            areas.into_iter().for_each(|area| *judged.by_area.entry(area.clone()).or_default() += 1);
        }
        self.measure(&mut judged, known);
        judged
    }

    /// What is lacking. A further event counts in one area, so the easiest areas are filled one after the other.
    fn measure(&self, judged: &mut Judged, known: &Known<'_>) {
        let mut wanted = self.events.saturating_sub(judged.counted);
        if let Some(spread) = &self.spread {
            let has = |area: &String| judged.by_area.get(area).copied().unwrap_or_default();
            let mut short: Vec<(String, u32)> =
                spread.areas.iter().map(|area| (area.clone(), spread.each.saturating_sub(has(area)))).collect();
            short.sort_by_key(|(_, number)| *number);
            short.truncate(spread.of as usize);
            short.retain(|(_, number)| *number > 0);
            wanted = wanted.max(short.iter().map(|(_, number)| number).sum());
            judged.areas_lacking = short;
        }
        judged.minutes_lacking = u64::from(self.minutes).saturating_sub(judged.minutes);
        if judged.minutes_lacking > 0 {
            wanted = wanted.max(1);
        }
        judged.events_lacking = wanted;
        let lacks = |needed: &&Needed| !known.held.contains(&needed.id);
        judged.held_lacking = self.held.iter().filter(lacks).map(|needed| needed.name.clone()).collect();
    }

    /// The rule as one sentence.
    pub fn sentence(&self) -> String {
        self.parts().into_iter().map(|(text, _)| text).collect()
    }

    /// The sentence in parts; those that somebody chose are marked.
    pub fn parts(&self) -> Vec<(String, bool)> {
        let plain = |text: &str| (text.to_owned(), false);
        let mut told = vec![plain("A learner earns this award by attending ")];
        told.push((format!("at least {} {}", self.events, different(self.events)), true));
        told.push((format!(" {}", plural(self.events, "event")), false));
        match &self.window {
            Window::Always => {}
            Window::Days { name, from, to } => {
                told.extend([plain(" from "), (day(*from), true), plain(" to "), (day(*to), true)]);
                told.extend(name.as_ref().map(|name| (format!(" ({name})"), false)));
            }
            Window::FirstYear => told.extend([plain(" in "), ("their first year here".to_owned(), true)]),
        }
        if let Some(spread) = &self.spread {
            let (before, areas) = spread.parts();
            told.extend([(before, false), (areas, true)]);
        }
        if self.minutes > 0 {
            told.extend([plain(", "), (duration(u64::from(self.minutes)), true), plain(" or more in all")]);
        }
        if !self.held.is_empty() {
            let names: Vec<String> = self.held.iter().map(|needed| format!("“{}”", needed.name)).collect();
            told.extend([plain(", and by holding "), (listed(&names, "and"), true)]);
        }
        told.push(plain("."));
        told
    }
}

impl Spread {
    /// What is asked, and the areas it is asked of.
    fn parts(&self) -> (String, String) {
        let whole = self.of as usize >= self.areas.len();
        let before = match self.areas.as_slice() {
            [_] => format!(", at least {} of them in the area ", self.each),
            _ if whole => format!(", at least {} in each of the areas ", self.each),
            _ => format!(", at least {} in each of any {} of the areas ", self.each, self.of),
        };
        (before, listed(&self.areas, "and"))
    }
}

/// The days on which events count.
enum Days {
    All,
    Between(NaiveDate, NaiveDate),
    Unknown,
}

impl Window {
    /// Whether a day is in it, for a learner; a rule without days is on for nobody in particular.
    pub fn is_on(&self, day: NaiveDate, entered_on: Option<NaiveDate>) -> bool {
        matches!(self.days(entered_on), Days::Between(from, to) if from <= day && day <= to)
    }

    fn days(&self, entered_on: Option<NaiveDate>) -> Days {
        match (self, entered_on) {
            (Window::Always, _) => Days::All,
            (Window::Days { from, to, .. }, _) => Days::Between(*from, *to),
            (Window::FirstYear, Some(first)) => {
                // Whoever begins on the 29th of February has a first year that ends on the 28th of the next.
                let next = first.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
                let last = if next.format("%m%d").to_string() == first.format("%m%d").to_string() {
                    next.pred_opt().unwrap_or(next)
                } else {
                    next
                };
                Days::Between(first, last)
            }
            (Window::FirstYear, None) => Days::Unknown,
        }
    }
}

fn counting(zone: TimeZone, days: &Days, event: &Occasion, status: AttendanceStatus) -> Counting {
    match status {
        AttendanceStatus::Absent => return Counting::Absent,
        AttendanceStatus::Excused => return Counting::Excused,
        AttendanceStatus::Attended => {}
    }
    if event.is_cancelled {
        return Counting::Cancelled;
    }
    let on = zone.wall_clock(event.starts_at).date();
    match days {
        Days::All => Counting::Counts,
        Days::Unknown => Counting::NoFirstDay,
        Days::Between(from, _) if on < *from => Counting::TooEarly,
        Days::Between(_, to) if on > *to => Counting::TooLate,
        Days::Between(..) => Counting::Counts,
    }
}

/// `7 November 2019`.
fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn different(number: u32) -> &'static str {
    if number == 1 { "qualifying" } else { "different qualifying" }
}

fn plural(number: u32, one: &str) -> String {
    if number == 1 { one.to_owned() } else { format!("{one}s") }
}

/// `2 hours 30 minutes`.
pub fn duration(minutes: u64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let part = |number: u64, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    match (hours, rest) {
        (0, rest) => part(rest, "minute"),
        (hours, 0) => part(hours, "hour"),
        (hours, rest) => format!("{} {}", part(hours, "hour"), part(rest, "minute")),
    }
}

/// `A, B and C`.
fn listed(names: &[String], and: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
