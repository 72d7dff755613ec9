//! A rule tried on some year's attendance. Nothing is written.

use std::collections::{HashMap, HashSet};

use chrono::{Days, NaiveDate};

use super::{BATCH, Measure, Seen};
use crate::{
    db::Conn,
    models::{
        Profile, Program,
        program::{
            self, progress,
            rule::{Counting, Rule, Window},
        },
    },
    registrar::Refusal,
    values::Id,
};

/// What a rule would have given, on some year's attendance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// The rule that was tried, with the days it was tried on.
    pub sentence: String,
    /// Events of the program in those days that were not cancelled.
    pub events: usize,
    /// How many learners attended one of them.
    pub took_part: usize,
    /// How many would have earned the award.
    pub earned: usize,
    /// How many would have been one short.
    pub one_short: usize,
    /// How many learners attended how many counting events: number of events, learners.
    pub spread: Vec<(u32, usize)>,
    /// How many were awarded with a conferral date in those days.
    pub awarded: usize,
    /// How many of those the rule would not have given it.
    pub awarded_otherwise: usize,
}

/// Tries a rule on the attendance between two days; nothing is written.
pub fn try_out(
    conn: &mut Conn,
    program: &Program,
    rule: &Rule,
    (name, from, to): (Option<String>, NaiveDate, NaiveDate),
) -> Result<Trial, Refusal> {
    // A rule about the learner's first year is tried as it is; any other is moved to the days it is tried on.
    let window = match rule.window {
        Window::FirstYear => Window::FirstYear,
        _ => Window::Days { name, from, to },
    };
    let rule = Rule { window, ..rule.clone() };
    let mut measure = Measure::by(conn, program.clone(), program.newest_rule, rule.clone())?;
    let (first, end) = (measure.zone.day_begins(from), measure.zone.day_begins(to + Days::new(1)));
    measure.events.retain(|_, one| one.starts_at >= first && one.starts_at < end);
    let mut trial = Trial {
        sentence: rule.sentence(),
        events: measure.events.values().filter(|one| !one.is_cancelled).count(),
        ..Trial::default()
    };
    let mut spread: HashMap<u32, usize> = HashMap::new();
    let awarded = program::awarded_between(conn, &program.achievement_id, (from, to))?;
    let awarded: HashSet<Id<Profile>> = awarded.into_iter().collect();
    trial.awarded = awarded.len();
    let (mut after, mut earned) = (None, HashSet::new());
    loop {
        let ids = progress::next_learners(conn, after.as_ref(), BATCH)?;
        let seen = Seen::read(conn, &ids, [&measure])?;
        for person in &seen.people {
            let (_, judged) = measure.judge(person, &seen);
            if !judged.events.iter().any(|one| !matches!(one, Counting::Absent | Counting::Excused)) {
                continue;
            }
            trial.took_part += 1;
            *spread.entry(judged.counted).or_default() += 1;
            match judged.lacking() {
                0 => {
                    trial.earned += 1;
                    earned.insert(person.id.clone());
                }
                1 => trial.one_short += 1,
                _ => {}
            }
        }
        after = ids.last().cloned();
        if (ids.len() as i64) < BATCH {
            break;
        }
    }
    trial.awarded_otherwise = awarded.difference(&earned).count();
    trial.spread = spread.into_iter().collect();
    trial.spread.sort_unstable();
    Ok(trial)
}
