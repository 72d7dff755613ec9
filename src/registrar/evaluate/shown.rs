//! One learner looked at now, for staff and for the learner.

use super::{Measure, Seen, measures};
use crate::{
    clock,
    db::Conn,
    models::{
        Event, Profile, Program, achievement, event,
        program::{
            award::{self, ProgramAward},
            progress::Person,
            rule::{Counting, Judged, Rule},
        },
        setting,
    },
    registrar::Refusal,
    values::Id,
};

/// One learner looked at now, for a page.
#[derive(Debug, Clone)]
pub struct Why {
    /// The number of the rule.
    pub number: i32,
    /// The rule.
    pub rule: Rule,
    /// The events of the program that anything is recorded of, in the order in which they took place.
    pub events: Vec<(Event, String, Counting)>,
    /// What the rule says.
    pub judged: Judged,
    /// What was conferred.
    pub award: Option<ProgramAward>,
    /// Whether it was ever awarded.
    pub is_awarded: bool,
}

/// How one learner stands by a program, event by event; nothing where the program is off.
pub fn why(conn: &mut Conn, program: &Program, learner: &Id<Profile>) -> Result<Option<Why>, Refusal> {
    let Some(number) = program.rule_in_force else { return Ok(None) };
    let measure = Measure::of(conn, program, number)?;
    let seen = Seen::read(conn, std::slice::from_ref(learner), [&measure])?;
    let Some(person) = seen.people.first() else { return Err(Refusal::NotFound) };
    event_by_event(conn, &measure, person, &seen).map(Some)
}

fn event_by_event(conn: &mut Conn, measure: &Measure, person: &Person, seen: &Seen) -> Result<Why, Refusal> {
    let (ids, judged) = measure.judge(person, seen);
    let mut events = Vec::with_capacity(ids.len());
    for (id, counting) in ids.iter().zip(&judged.events) {
        let event = event::find(conn, id)?;
        let name = achievement::find(conn, &event.achievement_id)?.name.to_string();
        events.push((event, name, *counting));
    }
    events
        .sort_by(|(one, ..), (other, ..)| (one.starts_at, one.id.as_str()).cmp(&(other.starts_at, other.id.as_str())));
    Ok(Why {
        number: measure.number,
        rule: measure.rule.clone(),
        events,
        judged,
        award: award::of(conn, &measure.program.id, &person.id)?,
        is_awarded: seen.was_awarded(&person.id, &measure.program.achievement_id),
    })
}

/// How a learner stands by a program that concerns them, for their own page.
#[derive(Debug, Clone)]
pub struct Underway {
    /// What is earned.
    pub title: String,
    /// How they stand.
    pub why: Why,
    /// The next events that would count, with their names; at most three.
    pub next: Vec<(Event, String)>,
    /// In each area, how many events are needed (none where the rule asks nothing of areas) and how many count.
    pub areas: Vec<(String, u32, u32)>,
}

/// The programs that concern a learner and did not give their award yet: those they took part in, and those whose days
/// it is.
pub fn underway(conn: &mut Conn, learner: &Id<Profile>) -> Result<Vec<Underway>, Refusal> {
    let (mut all, today) = (Vec::new(), setting::time_zone(conn)?.day(clock::now()));
    let measures = measures(conn)?;
    let seen = Seen::read(conn, std::slice::from_ref(learner), &measures)?;
    let Some(person) = seen.people.first() else { return Ok(all) };
    for measure in &measures {
        let why = event_by_event(conn, measure, person, &seen)?;
        let attended = why.judged.events.iter().any(|one| !matches!(one, Counting::Absent | Counting::Excused));
        if why.is_awarded || !(attended || why.rule.window.is_on(today, person.entered_on)) {
            continue;
        }
        let earned = achievement::find(conn, &measure.program.achievement_id)?;
        let next = event::coming_for(conn, &earned.id, 3)?;
        let has = |area: &String| why.judged.by_area.get(area).copied().unwrap_or_default();
        let areas = match &why.rule.spread {
            Some(spread) => spread.areas.iter().map(|area| (area.clone(), spread.each, has(area))).collect(),
            None => setting::areas(conn)?.into_iter().map(|area| (area.clone(), 0, has(&area))).collect(),
        };
        all.push(Underway { title: earned.shown_title().to_owned(), why, next, areas });
    }
    Ok(all)
}
