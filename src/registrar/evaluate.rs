//! Evaluating: who has earned a program's award, who is one short, who is on the way. Whoever is marked because something
//! about them changed is looked at again, and everybody when a rule comes into force: the cost is that of what changed.
//!
//! An award whose ground changed after it was conferred is flagged for a decision; nothing is revoked by itself.

mod flags;
mod shown;
mod trial;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

pub use self::{
    shown::{Underway, Why, underway, why},
    trial::{Trial, try_out},
};

use super::Refusal;
use crate::{
    clock,
    db::{Conn, Db},
    models::{
        Achievement, Actor, Event, Profile, Program, achievement, conferral,
        program::{
            self, award,
            progress::{self, Conferred, HeldCredential, Person, Progress, Standings},
            rule::{Counting, Judged, Known, Occasion, Rule},
        },
        setting,
    },
    values::{AttendanceStatus, Id, ProgressState, Status, TimeZone},
};

/// Learners who are looked at in one transaction.
pub const BATCH: i64 = 500;

/// A rule with all that judging by it needs, read once for many learners.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The program.
    pub program: Program,
    /// The number of the rule.
    pub number: i32,
    /// The rule.
    pub rule: Rule,
    /// Its events.
    pub events: HashMap<Id<Event>, Occasion>,
    zone: TimeZone,
    /// What it needs to know of credentials: what is earned, and what must be held.
    achievements: Vec<Id<Achievement>>,
}

impl Measure {
    /// A program's rule with its events.
    pub fn of(conn: &mut Conn, program: &Program, number: i32) -> Result<Self, Refusal> {
        let rule = program::rule_of(conn, &program.id, number)?.rule.into_inner();
        Self::by(conn, program.clone(), number, rule)
    }

    fn by(conn: &mut Conn, program: Program, number: i32, rule: Rule) -> Result<Self, Refusal> {
        let mut achievements = vec![program.achievement_id.clone()];
        achievements.extend(rule.held.iter().filter_map(|needed| needed.id.parse().ok()));
        Ok(Self {
            events: progress::qualifying(conn, &program.achievement_id)?,
            zone: setting::time_zone(conn)?,
            program,
            number,
            rule,
            achievements,
        })
    }

    /// How one learner stands: the events of the program that anything is recorded of, and what the rule says.
    fn judge(&self, person: &Person, seen: &Seen) -> (Vec<Id<Event>>, Judged) {
        let own: Vec<(&Id<Event>, &Occasion, AttendanceStatus)> = seen
            .standings
            .get(&person.id)
            .into_iter()
            .flatten()
            .filter_map(|(id, status)| self.events.get(id).map(|occasion| (id, occasion, *status)))
            .collect();
        let held = seen.held(&person.id);
        let known = Known { entered_on: person.entered_on, held: &held };
        let stood: Vec<(&Occasion, AttendanceStatus)> =
            own.iter().map(|(_, occasion, status)| (*occasion, *status)).collect();
        let judged = self.rule.judge(self.zone, &known, &stood);
        (own.into_iter().map(|(id, _, _)| id.clone()).collect(), judged)
    }
}

/// What is known of a batch of learners.
struct Seen {
    people: Vec<Person>,
    standings: Standings,
    credentials: HashMap<Id<Profile>, Vec<HeldCredential>>,
    now: NaiveDateTime,
}

impl Seen {
    fn read<'a>(
        conn: &mut Conn,
        ids: &[Id<Profile>],
        measures: impl IntoIterator<Item = &'a Measure>,
    ) -> Result<Self, Refusal> {
        let wanted: Vec<&Id<Achievement>> = measures.into_iter().flat_map(|one| &one.achievements).collect();
        Ok(Self {
            people: progress::people(conn, ids)?,
            standings: progress::standings(conn, ids)?,
            credentials: progress::credentials(conn, ids, &wanted)?,
            now: clock::now().naive_utc(),
        })
    }

    /// Row ids of the achievements that a learner holds now.
    fn held(&self, learner: &Id<Profile>) -> Vec<String> {
        let is_valid = |status: &Status, expires: &Option<NaiveDateTime>| {
            *status == Status::InForce && expires.is_none_or(|last| last >= self.now)
        };
        self.of(learner)
            .iter()
            .filter(|(_, status, expires)| is_valid(status, expires))
            .filter_map(|(what, _, _)| what.as_ref().map(|id| id.to_string()))
            .collect()
    }

    /// Whether a learner was ever awarded it, however that award stands now: nothing is conferred a second time.
    fn was_awarded(&self, learner: &Id<Profile>, what: &Id<Achievement>) -> bool {
        self.of(learner).iter().any(|(own, _, _)| own.as_ref() == Some(what))
    }

    fn of(&self, learner: &Id<Profile>) -> &[HeldCredential] {
        self.credentials.get(learner).map_or(&[], Vec::as_slice)
    }
}

/// The programs that are switched on, ready to judge by.
pub fn measures(conn: &mut Conn) -> Result<Vec<Measure>, Refusal> {
    program::in_force(conn)?
        .into_iter()
        .map(|(program, rule)| Measure::by(conn, program, rule.number, rule.rule.into_inner()))
        .collect()
}

/// Looks at these learners by these measures, and writes what changed.
pub fn look_at(conn: &mut Conn, ids: &[Id<Profile>], measures: &[Measure]) -> Result<(), Refusal> {
    if ids.is_empty() {
        return Ok(());
    }
    let conferred = progress::conferred(conn, ids)?;
    let earlier = earlier(conn, &conferred, measures)?;
    let seen = Seen::read(conn, ids, measures.iter().chain(earlier.values()))?;
    let known: HashMap<(String, String), Progress> = progress::known(conn, ids)?
        .into_iter()
        .map(|row| ((row.program_id.to_string(), row.learner_id.to_string()), row))
        .collect();
    for measure in measures {
        let (mut changed, mut gone) = (Vec::new(), Vec::new());
        for person in &seen.people {
            let (events, judged) = measure.judge(person, &seen);
            let before = known.get(&(measure.program.id.to_string(), person.id.to_string()));
            match row(measure, person, &events, &judged, &seen) {
                Some(after) if before != Some(&after) => changed.push(after),
                None if before.is_some() => gone.push(person.id.clone()),
                _ => {}
            }
        }
        progress::write(conn, &measure.program.id, &changed, &gone)?;
    }
    let people: HashMap<&Id<Profile>, &Person> = seen.people.iter().map(|one| (&one.id, one)).collect();
    for (learner, program, assertion, events, number) in conferred {
        let under = by_number(measures, &program, number).or_else(|| earlier.get(&(program, number)));
        let (Some(person), Some(under)) = (people.get(&learner), under) else { continue };
        flags::check(conn, person, under, (&assertion, events.get()), &seen)?;
    }
    Ok(())
}

fn by_number<'a>(measures: &'a [Measure], program: &Id<Program>, number: i32) -> Option<&'a Measure> {
    measures.iter().find(|one| one.program.id == *program && one.number == number)
}

/// An award is held against the rule it was earned under: these are the ones that none of the measures is, because
/// another rule came into force since, or none is.
fn earlier(
    conn: &mut Conn,
    conferred: &[Conferred],
    measures: &[Measure],
) -> Result<HashMap<(Id<Program>, i32), Measure>, Refusal> {
    let mut all = HashMap::new();
    for (_, program, _, _, number) in conferred {
        let key = (program.clone(), *number);
        if by_number(measures, program, *number).is_none() && !all.contains_key(&key) {
            let program = program::find(conn, program)?;
            all.insert(key, Measure::of(conn, &program, *number)?);
        }
    }
    Ok(all)
}

/// The row of a learner who takes part: who attended an event of it, whatever came of that, or was awarded.
fn row(measure: &Measure, person: &Person, events: &[Id<Event>], judged: &Judged, seen: &Seen) -> Option<Progress> {
    let is_awarded = seen.was_awarded(&person.id, &measure.program.achievement_id);
    let took_part = judged.events.iter().any(|one| !matches!(one, Counting::Absent | Counting::Excused));
    if !is_awarded && (events.is_empty() || !took_part) {
        return None;
    }
    let state = match judged.lacking() {
        _ if is_awarded => ProgressState::Awarded,
        0 => ProgressState::Earned,
        1 => ProgressState::OneShort,
        _ => ProgressState::OnTheWay,
    };
    Some(Progress {
        program_id: measure.program.id.clone(),
        learner_id: person.id.clone(),
        state,
        counted: i32::try_from(judged.counted).unwrap_or(i32::MAX),
        lacking: i32::try_from(judged.lacking()).unwrap_or(i32::MAX),
        detail: judged.lacks(),
        learner_sort: person.sort_name.clone(),
    })
}

/// Looks at the learners who were marked, one batch; says how many those were.
pub async fn marked(db: &Db) -> Result<usize, Refusal> {
    if db.read(|conn| Ok::<_, Refusal>(progress::marked(conn)?)).await? == 0 {
        return Ok(0);
    }
    db.write(|conn| {
        let ids = progress::take_marked(conn, BATCH)?;
        let measures = measures(conn)?;
        look_at(conn, &ids, &measures)?;
        Ok(ids.len())
    })
    .await
}

/// Batches of marked learners that are looked at before something rests on their progress.
const REST: usize = 10;

/// Looks at the learners who are marked now, within a transaction that is about to rest on their progress. `false` when
/// more are marked than one transaction should look at.
pub fn rest(conn: &mut Conn) -> Result<bool, Refusal> {
    let measures = measures(conn)?;
    for _ in 0..REST {
        let ids = progress::take_marked(conn, BATCH)?;
        if ids.is_empty() {
            return Ok(true);
        }
        look_at(conn, &ids, &measures)?;
    }
    Ok(false)
}

/// Looks at everybody by the rules that came into force since. Each batch is a transaction of its own, and one that is
/// interrupted is done again from the beginning, which changes nothing that was right.
pub async fn whole(db: &Db) -> Result<usize, Refusal> {
    let waiting = db
        .read(|conn| {
            let all = measures(conn)?;
            Ok::<_, Refusal>(all.into_iter().filter(|one| one.program.evaluated_at.is_none()).collect::<Vec<_>>())
        })
        .await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let (mut after, mut looked_at) = (None, 0);
    loop {
        let (last, measures) = (after, waiting.clone());
        let ids = db
            .write(move |conn| {
                let ids = progress::next_learners(conn, last.as_ref(), BATCH)?;
                look_at(conn, &ids, &measures)?;
                Ok::<_, Refusal>(ids)
            })
            .await?;
        looked_at += ids.len();
        let is_last = (ids.len() as i64) < BATCH;
        after = ids.last().cloned();
        if is_last {
            break;
        }
    }
    db.write(move |conn| {
        waiting.iter().try_for_each(|one| program::evaluated(conn, &one.program.id, one.number))?;
        Ok::<_, Refusal>(looked_at)
    })
    .await
}

/// How one of a batch stands by a measure.
#[derive(Debug, Clone)]
pub struct Stands {
    /// What the rule says.
    pub judged: Judged,
    /// The events that count.
    pub counting: Vec<Id<Event>>,
    /// Whether it was ever awarded.
    pub is_awarded: bool,
}

impl Stands {
    /// The days of the events that count, on the clock of the institution, in their order.
    pub fn days(&self, measure: &Measure) -> Vec<NaiveDate> {
        let of = |id: &Id<Event>| measure.events.get(id).map(|one| measure.zone.wall_clock(one.starts_at).date());
        let mut days: Vec<NaiveDate> = self.counting.iter().filter_map(of).collect();
        days.sort_unstable();
        days
    }
}

/// How these learners stand by a measure now.
pub fn stand(conn: &mut Conn, measure: &Measure, ids: &[Id<Profile>]) -> Result<HashMap<Id<Profile>, Stands>, Refusal> {
    let seen = Seen::read(conn, ids, [measure])?;
    let of = |person: &Person| {
        let (events, judged) = measure.judge(person, &seen);
        let counts = events.into_iter().zip(&judged.events).filter(|(_, counting)| **counting == Counting::Counts);
        let counting = counts.map(|(id, _)| id).collect();
        let is_awarded = seen.was_awarded(&person.id, &measure.program.achievement_id);
        (person.id.clone(), Stands { judged, counting, is_awarded })
    };
    Ok(seen.people.iter().map(of).collect())
}

/// Puts a program's newest rule in force, or switches it off; everybody is looked at anew.
pub fn put_in_force(conn: &mut Conn, known: &Program, wanted: Option<i32>, by: &Actor) -> Result<(), Refusal> {
    let earned = achievement::find(conn, &known.achievement_id)?;
    if wanted.is_some() && earned.retired_at.is_some() {
        return Err(Refusal::conflict("The achievement is retired; bring it back before its program is switched on"));
    }
    if let Some(open) = conferral::open(conn, &known.id)? {
        return Err(Refusal::conflict(format!(
            "A conferral of {} learners is not finished; finish or drop it first",
            open.members
        )));
    }
    if known.put_in_force(conn, wanted, by)? {
        Ok(())
    } else {
        Err(Refusal::conflict("Somebody changed this program meanwhile. Look at it again."))
    }
}

/// The events that count for a learner by the rule in force of the program that earns an achievement, and the number of
/// that rule; nothing where no rule is in force.
pub fn counted(
    conn: &mut Conn,
    learner: &Id<Profile>,
    earned: &Id<Achievement>,
) -> Result<Option<Vec<Id<Event>>>, Refusal> {
    let Some(program) = program::of_achievement(conn, earned)? else { return Ok(None) };
    // A correction rests on the rule that the award was earned under.
    let under = award::of(conn, &program.id, learner)?.map(|award| award.rule_number).or(program.rule_in_force);
    let Some(number) = under else { return Ok(None) };
    let measure = Measure::of(conn, &program, number)?;
    let seen = Seen::read(conn, std::slice::from_ref(learner), [&measure])?;
    let Some(person) = seen.people.first() else { return Ok(None) };
    let (ids, judged) = measure.judge(person, &seen);
    let counts = ids.into_iter().zip(judged.events).filter(|(_, counting)| *counting == Counting::Counts);
    Ok(Some(counts.map(|(id, _)| id).collect()))
}
