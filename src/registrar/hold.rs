//! Placing holds on learners, one by one or from a list, changing their end and lifting them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::Refusal;
use crate::{
    clock,
    db::{Conn, Db},
    models::{
        Actor, Hold, Profile, erasure,
        hold::{self, HoldState},
        profile,
    },
    values::{HoldKind, Id, Line, Origin, Prose},
};

/// Lines of a pasted list that are taken at once.
pub const MOST_LINES: usize = 5_000;
/// Learners in one transaction of a list.
const BATCH: usize = 50;

/// What is placed.
#[derive(Debug, Clone)]
pub struct Terms {
    /// From whom documents are withheld.
    pub kind: HoldKind,
    /// One of the reasons of the kind.
    pub reason_code: String,
    /// The reason in words.
    pub reason: Option<Line>,
    /// What stays in the office.
    pub internal_note: Option<Prose>,
    /// The first day; at once without one.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// What became of a pasted list.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// On whom a hold was placed.
    pub placed: Vec<Profile>,
    /// Who had one of this kind.
    pub already: Vec<Profile>,
    /// Lines that name nobody, or more than one.
    pub unknown: Vec<String>,
}

/// The last instant of a day.
pub fn end_of(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}

fn drawn_up(learner: &Profile, terms: &Terms, by: &Actor) -> Hold {
    let now = clock::now().naive_utc();
    let later = terms.from.map(|day| day.and_time(NaiveTime::MIN)).filter(|start| *start > now);
    Hold {
        id: Id::fresh(),
        learner_id: learner.id.clone(),
        kind: terms.kind,
        reason_code: terms.reason_code.clone(),
        reason: terms.reason.clone(),
        internal_note: terms.internal_note.clone(),
        starts_at: later.unwrap_or(now),
        ends_at: terms.until.map(end_of),
        placed_by: by.name.clone(),
        placed_at: now,
        lifted_at: None,
        lifted_by: None,
        lifted_reason: None,
        revision: 1,
    }
}

/// A learner of ours on whom a hold can be placed.
pub fn holdable(conn: &mut Conn, id: &Id<Profile>) -> Result<Profile, Refusal> {
    let learner = profile::find(conn, id)?;
    if !learner.is_person() || learner.origin != Origin::Own {
        return Err(Refusal::NotFound);
    }
    if erasure::of(conn, id)?.is_some() {
        return Err(Refusal::conflict("The data of this learner was erased"));
    }
    Ok(learner)
}

/// Places a hold; refused while one of the same kind is on or will be.
pub fn place(conn: &mut Conn, learner: &Id<Profile>, terms: &Terms, by: &Actor) -> Result<Id<Hold>, Refusal> {
    let learner = holdable(conn, learner)?;
    if has_one(conn, &learner, terms.kind)? {
        let kind = terms.kind.label().to_lowercase();
        return Err(Refusal::conflict(format!("There is a {kind} on this learner already. Change or lift that one.")));
    }
    let hold = drawn_up(&learner, terms, by);
    hold.insert(conn, by)?;
    Ok(hold.id)
}

fn has_one(conn: &mut Conn, learner: &Profile, kind: HoldKind) -> Result<bool, Refusal> {
    let stands = |one: &Hold| one.kind == kind && matches!(one.state(), HoldState::Active | HoldState::Planned);
    Ok(hold::of_learner(conn, &learner.id)?.iter().any(stands))
}

/// Places the same hold on everybody whom a list names by student number, e-mail address or id, a few at a time.
pub async fn place_all(db: &Db, lines: Vec<String>, terms: Terms, by: Actor) -> Result<Report, Refusal> {
    let mut report = Report::default();
    for batch in lines.chunks(BATCH) {
        let (batch, terms, by) = (batch.to_vec(), terms.clone(), by.clone());
        let part = db.write(move |conn| place_batch(conn, &batch, &terms, &by)).await?;
        report.placed.extend(part.placed);
        report.already.extend(part.already);
        report.unknown.extend(part.unknown);
    }
    Ok(report)
}

fn place_batch(conn: &mut Conn, lines: &[String], terms: &Terms, by: &Actor) -> Result<Report, Refusal> {
    let mut report = Report::default();
    for line in lines {
        let named = profile::named_exactly(conn, line)?.map(|one| Ok::<_, Refusal>((erasure::of(conn, &one.id)?, one)));
        let Some((None, learner)) = named.transpose()? else {
            report.unknown.push(line.clone());
            continue;
        };
        if has_one(conn, &learner, terms.kind)? {
            report.already.push(learner);
        } else {
            drawn_up(&learner, terms, by).insert(conn, by)?;
            report.placed.push(learner);
        }
    }
    Ok(report)
}

/// Gives a hold another last day, or none.
pub fn end_on(conn: &mut Conn, id: &Id<Hold>, change: (Option<NaiveDate>, i32), by: &Actor) -> Result<(), Refusal> {
    let hold = standing(conn, id, change.1)?;
    match hold.end_at(conn, change.0.map(end_of), by)? {
        true => Ok(()),
        false => Err(changed_meanwhile()),
    }
}

/// Lifts a hold.
pub fn lift(conn: &mut Conn, id: &Id<Hold>, change: (&Line, i32), by: &Actor) -> Result<(), Refusal> {
    let hold = standing(conn, id, change.1)?;
    match hold.lift(conn, change.0, by)? {
        true => Ok(()),
        false => Err(changed_meanwhile()),
    }
}

fn standing(conn: &mut Conn, id: &Id<Hold>, revision: i32) -> Result<Hold, Refusal> {
    let hold = hold::find(conn, id)?;
    if hold.lifted_at.is_some() {
        return Err(Refusal::conflict("This hold was lifted already"));
    }
    if hold.revision != revision { Err(changed_meanwhile()) } else { Ok(hold) }
}

fn changed_meanwhile() -> Refusal {
    Refusal::conflict("Somebody else has changed this hold meanwhile. Look at it and try again.")
}
