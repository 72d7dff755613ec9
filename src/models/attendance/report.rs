//! Attendance in numbers: by event, by area, by office, by term. Counted by the database, never event by event.
//!
//! Counted are events that were held: they have begun and were not cancelled. Whoever came to several of them is one
//! learner in the last column, and stands in the others once for each.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::{
    dsl::{count, count_star},
    prelude::*,
    sql_types::Bool,
};

use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement, event, presence, profile, term},
    },
    models::{Event, Profile, event::list::pattern_of_area},
    values::{AttendanceStatus, Id, TimeZone},
};

/// Most lines of a report by event.
pub const MOST_EVENTS: i64 = 5_000;

/// Which events are counted.
#[derive(Debug, Clone)]
pub struct Span {
    /// Those that begin at this instant (UTC) or later.
    pub from: NaiveDateTime,
    /// Those that begin before this instant.
    pub to: NaiveDateTime,
    /// Those that this office hosts; all, without.
    pub office: Option<Id<Profile>>,
    /// How their areas are kept, as a pattern.
    areas: String,
}

impl Span {
    /// From one instant (UTC) to before another, of an office or of all, and never later than now.
    pub fn new(from: Option<NaiveDateTime>, to: Option<NaiveDateTime>, office: Option<Id<Profile>>) -> Self {
        // Long before any event.
        let first = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN);
        let (from, now) = (from.unwrap_or(first), clock::now().naive_utc());
        Self { from, to: to.unwrap_or(now).min(now), office, areas: "%".to_owned() }
    }

    fn within(&self, from: NaiveDateTime, to: NaiveDateTime) -> Self {
        Self { from: self.from.max(from), to: self.to.min(to), ..self.clone() }
    }

    fn of_area(&self, area: &str) -> Self {
        Self { areas: pattern_of_area(area), ..self.clone() }
    }
}

/// A line of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// What is counted: an event, an area, an office, a term.
    pub label: String,
    /// What tells it from others of the same name: code and day of an event, days of a term.
    pub below: String,
    /// The event, in a report by event.
    pub event: Option<Id<Event>>,
    /// Events held.
    pub held: i64,
    /// Times that somebody came.
    pub attended: i64,
    /// Times that somebody was absent.
    pub absent: i64,
    /// Times that somebody was excused.
    pub excused: i64,
    /// Different learners who came.
    pub learners: i64,
}

impl Line {
    fn count(&mut self, status: AttendanceStatus, number: i64) {
        match status {
            AttendanceStatus::Attended => self.attended += number,
            AttendanceStatus::Absent => self.absent += number,
            AttendanceStatus::Excused => self.excused += number,
        }
    }
}

/// The condition that an event was held and is counted. It always has the same shape: the two databases share no type of
/// condition whose parts may be missing.
macro_rules! held {
    ($span:expr) => {
        event::cancelled_at
            .is_null()
            .and(event::starts_at.ge($span.from))
            .and(event::starts_at.lt($span.to))
            .and(event::areas.like($span.areas.clone()).escape('\\'))
            .and(
                event::host_id
                    .eq($span.office.as_ref().map(Id::to_string).unwrap_or_default())
                    .or($span.office.is_none().into_sql::<Bool>()),
            )
    };
}

/// A line of these events, in three statements.
fn line(conn: &mut Conn, label: &str, span: &Span) -> QueryResult<Line> {
    let learners = presence::table
        .inner_join(event::table)
        .filter(held!(span))
        .filter(presence::status.eq(AttendanceStatus::Attended))
        .select(count(presence::learner_id).aggregate_distinct())
        .first(conn)?;
    Ok(Line { learners, ..times(conn, label, span)? })
}

/// The same without the learners.
fn times(conn: &mut Conn, label: &str, span: &Span) -> QueryResult<Line> {
    let held = event::table.filter(held!(span)).count().get_result(conn)?;
    let here = presence::table.inner_join(event::table).filter(held!(span));
    let counts: Vec<(AttendanceStatus, i64)> =
        here.group_by(presence::status).select((presence::status, count_star())).load(conn)?;
    let mut line = Line { label: label.to_owned(), held, ..Line::default() };
    counts.into_iter().for_each(|(status, number)| line.count(status, number));
    Ok(line)
}

/// Everything, in one line.
pub fn total(conn: &mut Conn, span: &Span) -> QueryResult<Line> {
    line(conn, "All", span)
}

/// A line for each event, the latest first, at most [`MOST_EVENTS`].
pub fn by_event(conn: &mut Conn, span: &Span) -> QueryResult<Vec<Line>> {
    let events: Vec<(Id<Event>, String, String, NaiveDateTime, TimeZone)> = event::table
        .inner_join(achievement::table)
        .filter(held!(span))
        .order((event::starts_at.desc(), event::id.desc()))
        .limit(MOST_EVENTS)
        .select((event::id, achievement::name, event::code, event::starts_at, event::time_zone))
        .load(conn)?;
    let counts: Vec<(Id<Event>, AttendanceStatus, i64)> = presence::table
        .inner_join(event::table)
        .filter(held!(span))
        .group_by((presence::event_id, presence::status))
        .select((presence::event_id, presence::status, count_star()))
        .load(conn)?;
    let mut lines: Vec<Line> = events
        .into_iter()
        .map(|(id, label, code, starts_at, zone)| {
            let day = zone.wall_clock(starts_at).format("%-d %b %Y");
            Line { label, below: format!("{code} · {day}"), event: Some(id), held: 1, ..Line::default() }
        })
        .collect();
    let places: HashMap<String, usize> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((line.event.as_ref()?.to_string(), at))).collect();
    for (id, status, number) in counts {
        if let Some(line) = places.get(id.as_str()).and_then(|at| lines.get_mut(*at)) {
            line.count(status, number);
        }
    }
    // At one event everybody stands once.
    lines.iter_mut().for_each(|line| line.learners = line.attended);
    Ok(lines)
}

/// A line for each office that held events.
pub fn by_office(conn: &mut Conn, span: &Span) -> QueryResult<Vec<Line>> {
    let offices: Vec<(Id<Profile>, String, i64)> = event::table
        .inner_join(profile::table.on(profile::id.eq(event::host_id)))
        .filter(held!(span))
        .group_by((profile::id, profile::name, profile::sort_name))
        .order((profile::sort_name, profile::id))
        .select((profile::id, profile::name, count_star()))
        .load(conn)?;
    let counts: Vec<(Id<Profile>, AttendanceStatus, i64)> = presence::table
        .inner_join(event::table)
        .filter(held!(span))
        .group_by((event::host_id, presence::status))
        .select((event::host_id, presence::status, count_star()))
        .load(conn)?;
    let learners: Vec<(Id<Profile>, i64)> = presence::table
        .inner_join(event::table)
        .filter(held!(span))
        .filter(presence::status.eq(AttendanceStatus::Attended))
        .group_by(event::host_id)
        .select((event::host_id, count(presence::learner_id).aggregate_distinct()))
        .load(conn)?;
    let told = |(id, label, held): (Id<Profile>, String, i64)| {
        let learners = learners.iter().find(|(own, _)| *own == id).map_or(0, |(_, number)| *number);
        let mut line = Line { label, held, learners, ..Line::default() };
        counts.iter().filter(|(own, ..)| *own == id).for_each(|(_, status, number)| line.count(*status, *number));
        line
    };
    Ok(offices.into_iter().map(told).collect())
}

/// A line for each area, and one for the events without any. An event of two areas counts in both. The areas of the
/// institution come first, in its order.
pub fn by_area(conn: &mut Conn, span: &Span, areas: &[String]) -> QueryResult<Vec<Line>> {
    let kept: Vec<String> = event::table.filter(held!(span)).select(event::areas).distinct().load(conn)?;
    let mut all = areas.to_vec();
    for one in kept.iter().flat_map(|text| serde_json::from_str::<Vec<String>>(text).unwrap_or_default()) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    let mut lines = Vec::with_capacity(all.len() + 1);
    for area in all {
        lines.push(line(conn, &area, &span.of_area(&area))?);
    }
    let without = line(conn, "In no area", &Span { areas: "[]".to_owned(), ..span.clone() })?;
    lines.extend(Some(without).filter(|line| line.held > 0));
    Ok(lines)
}

/// A line for each term in which events were held, and one for those in none. Where terms overlap, an event counts in each.
pub fn by_term(conn: &mut Conn, span: &Span, zone: TimeZone) -> QueryResult<Vec<Line>> {
    let terms: Vec<(String, NaiveDate, NaiveDate)> = term::table
        .order((term::starts_on, term::ends_on, term::id))
        .select((term::name, term::starts_on, term::ends_on))
        .load(conn)?;
    let mut lines = Vec::with_capacity(terms.len() + 1);
    let mut all = Vec::with_capacity(terms.len());
    for (name, from, to) in &terms {
        let of_term = (zone.day_begins(*from), zone.day_begins(to.succ_opt().unwrap_or(*to)));
        let found = line(conn, name, &span.within(of_term.0, of_term.1))?;
        let below = format!("{} – {}", from.format("%-d %b %Y"), to.format("%-d %b %Y"));
        lines.extend(Some(Line { below, ..found }).filter(|line| line.held > 0));
        all.push(of_term);
    }
    lines.extend(Some(outside(conn, span, &all)?).filter(|line| line.held > 0));
    Ok(lines)
}

/// The events in none of these terms, which are ordered by their beginning.
fn outside(conn: &mut Conn, span: &Span, terms: &[(NaiveDateTime, NaiveDateTime)]) -> QueryResult<Line> {
    let mut whole = Line { label: "In no term".to_owned(), ..Line::default() };
    let mut learners: HashSet<Id<Profile>> = HashSet::new();
    for (from, to) in between(span, terms) {
        let gap = span.within(from, to);
        let line = times(conn, "", &gap)?;
        whole.held += line.held;
        whole.attended += line.attended;
        whole.absent += line.absent;
        whole.excused += line.excused;
        let came = presence::table
            .inner_join(event::table)
            .filter(held!(gap))
            .filter(presence::status.eq(AttendanceStatus::Attended))
            .select(presence::learner_id)
            .distinct();
        learners.extend(came.load::<Id<Profile>>(conn)?);
    }
    whole.learners = learners.len() as i64;
    Ok(whole)
}

/// The times of a span that none of these covers.
fn between(span: &Span, terms: &[(NaiveDateTime, NaiveDateTime)]) -> Vec<(NaiveDateTime, NaiveDateTime)> {
    let mut gaps = Vec::with_capacity(terms.len() + 1);
    let mut covered = span.from;
    for (from, to) in terms {
        gaps.push((covered, *from));
        covered = covered.max(*to);
    }
    gaps.push((covered, span.to));
    gaps.retain(|(from, to)| from < to);
    gaps
}
