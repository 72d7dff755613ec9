//! Flags: an award whose ground changed after it was conferred is put before somebody to decide.

use std::collections::HashSet;

use super::{Measure, Seen};
use crate::{
    clock,
    db::Conn,
    models::{
        Actor, Assertion, AwardFlag, Event, achievement, award_flag, event,
        program::{
            progress::Person,
            rule::{Counting, Judged},
        },
    },
    registrar::Refusal,
    values::{FlagDecision, Id},
};

/// Flags an award whose events are not what they were, by the rule it was earned under, and settles the flag when they
/// are again.
pub(super) fn check(
    conn: &mut Conn,
    person: &Person,
    under: &Measure,
    (assertion, rests_on): (&Id<Assertion>, &[String]),
    seen: &Seen,
) -> Result<(), Refusal> {
    let (events, judged) = under.judge(person, seen);
    let counts: HashSet<&str> = events
        .iter()
        .zip(&judged.events)
        .filter(|(_, counting)| **counting == Counting::Counts)
        .map(|(id, _)| id.as_str())
        .collect();
    let lost: Vec<&String> = rests_on.iter().filter(|id| !counts.contains(id.as_str())).collect();
    let open = award_flag::open_of(conn, assertion)?;
    if lost.is_empty() {
        if let Some(flag) = open {
            flag.settle(conn, (FlagDecision::Restored, None), &Actor::system())?;
        }
        return Ok(());
    }
    let what = changed(conn, &lost, (&events, &judged))?;
    // What somebody has decided about stays decided until something else changes.
    let decided = award_flag::last_settled(conn, assertion)?;
    let is_decided = decided.is_some_and(|one| one.what == what && one.decision != Some(FlagDecision::Restored));
    if open.is_none() && is_decided {
        return Ok(());
    }
    let flag = AwardFlag {
        id: Id::fresh(),
        program_id: under.program.id.clone(),
        learner_id: person.id.clone(),
        assertion_id: assertion.clone(),
        learner_sort: person.sort_name.clone(),
        what,
        still_earned: judged.is_earned(),
        raised_at: clock::now().naive_utc(),
        settled_at: None,
        settled_by: None,
        decision: None,
        reason: None,
    };
    Ok(flag.raise(conn)?)
}

/// What changed, in words.
fn changed(conn: &mut Conn, lost: &[&String], (events, judged): (&[Id<Event>], &Judged)) -> Result<String, Refusal> {
    let mut told = Vec::new();
    for id in lost {
        let counting = events.iter().zip(&judged.events).find(|(own, _)| own.as_str() == id.as_str());
        let why = counting.map_or("nothing is recorded of it any more", |(_, counting)| counting.reason());
        let name = match id.parse::<Id<Event>>() {
            Ok(id) => {
                let event = event::find(conn, &id)?;
                achievement::find(conn, &event.achievement_id)?.name.to_string()
            }
            Err(_) => (*id).clone(),
        };
        told.push(format!("“{name}”: {why}"));
    }
    Ok(told.join("; "))
}
