//! Recording who came to an event, by whatever is at hand: typed, scanned, ticked, from a list, from a file.
//!
//! A whole identifier means exactly one learner. What means nobody for certain is parked and never dropped; who is named
//! twice counts once; a change of how somebody stands is a further entry with a reason.

pub mod list;
pub mod settle;

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::Refusal;
use crate::{
    clock,
    db::{Conn, Db},
    models::{
        Actor, Attendance, Event, ParkedAttendance, Profile,
        attendance::{self, Recorded},
        audit::{self, Change},
        erasure, event, learner_card, parked_attendance, profile,
    },
    values::{AttendanceDoubt, AttendanceSource, AttendanceStatus, Id, Line, Origin, scanned},
};

/// Entries in one transaction.
pub const BATCH: usize = 100;
/// Entries of a list or a file that are taken at once.
pub const MOST_ENTRIES: usize = 5_000;
/// The reason that a scan at the desk carries, when it changes how somebody stood.
const SEEN: &str = "Seen at the check-in desk";

/// Who is meant.
#[derive(Debug, Clone)]
pub enum Who {
    /// Whom this names: our id, a student number, an e-mail address in any case, a card.
    Typed(String),
    /// This learner.
    Learner(Id<Profile>),
}

/// What is to be recorded of one.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Of whom.
    pub who: Who,
    /// How they stand.
    pub status: AttendanceStatus,
    /// Why, where it changes how they stood.
    pub reason: Option<Line>,
    /// When they were seen, UTC.
    pub happened_at: Option<NaiveDateTime>,
    /// Chosen by the sender, so that it is never counted twice.
    pub key: Option<String>,
}

impl Entry {
    /// Somebody as typed.
    pub fn typed(typed: &str, status: AttendanceStatus) -> Self {
        Self { who: Who::Typed(typed.to_owned()), status, reason: None, happened_at: None, key: None }
    }

    /// A learner.
    pub fn of(learner: &Id<Profile>, status: AttendanceStatus) -> Self {
        Self { who: Who::Learner(learner.clone()), status, reason: None, happened_at: None, key: None }
    }

    /// The same with a reason.
    pub fn because(self, reason: Option<Line>) -> Self {
        Self { reason, ..self }
    }
}

/// Where and how.
#[derive(Debug, Clone)]
pub struct Way {
    /// The event.
    pub event: Id<Event>,
    /// How it comes in.
    pub source: AttendanceSource,
}

/// What came of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the first about this learner at this event.
    Recorded,
    /// It changed how the learner stood.
    Changed(AttendanceStatus),
    /// The learner stood so already: counted once.
    Known,
    /// The learner was named in the same list before: counted once.
    Twice,
    /// It was sent before.
    Repeated,
    /// Kept until somebody says whom it means.
    Parked(AttendanceDoubt),
    /// Not recorded, for a reason that is told.
    Refused(String),
}

/// An entry with what came of it.
#[derive(Debug, Clone)]
pub struct Answered {
    /// What was typed; empty for a chosen learner.
    pub typed: String,
    /// Whom it means.
    pub learner: Option<Profile>,
    /// What it says.
    pub status: AttendanceStatus,
    /// Its key.
    pub key: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Who was named in a list so far, and as what.
pub type Seen = HashMap<Id<Profile>, AttendanceStatus>;

/// An event that somebody may record attendance at.
pub fn open(conn: &mut Conn, id: &Id<Event>, by: &Actor) -> Result<Event, Refusal> {
    let event = event::find(conn, id)?;
    if !event.exists_for(by) {
        return Err(Refusal::NotFound);
    }
    match event.cancelled_at {
        Some(at) => {
            let day = event.time_zone.wall_clock(at).date();
            Err(Refusal::conflict(format!("This event was cancelled on {day}; nothing is recorded for it.")))
        }
        None => Ok(event),
    }
}

/// Whom an entry names.
pub enum Meant {
    /// This learner.
    One(Box<Profile>),
    /// More than one.
    Several,
    /// Nobody here.
    Nobody,
}

/// Whom an entry names, with or without what a scanner adds; as it stands first.
pub fn meant(conn: &mut Conn, typed: &str) -> Result<Meant, Refusal> {
    for reading in scanned::readings(typed) {
        let mut found = profile::all_named_exactly(conn, &reading)?;
        if let Some(owner) = learner_card::owner(conn, &reading)?
            && found.iter().all(|one| one.id != owner)
        {
            found.push(profile::find(conn, &owner)?);
        }
        match (found.pop(), found.is_empty()) {
            (None, _) => {}
            (Some(one), true) => return Ok(Meant::One(Box::new(one))),
            (Some(_), false) => return Ok(Meant::Several),
        }
    }
    Ok(Meant::Nobody)
}

/// Says of each entry what would come of it. Nothing is written.
pub fn look(
    conn: &mut Conn,
    way: &Way,
    entries: &[Entry],
    seen: &mut Seen,
    by: &Actor,
) -> Result<Vec<Answered>, Refusal> {
    open(conn, &way.event, by)?;
    let mut answered = named(conn, entries)?;
    for (entry, answer) in entries.iter().zip(&mut answered) {
        if let Some(learner) = &answer.learner {
            answer.outcome = judged(conn, way, entry, learner, seen)?;
        }
    }
    Ok(answered)
}

/// Records entries, at most [`BATCH`] at once, with one entry in the audit trail. Who was named before is in `seen`.
pub fn record(
    conn: &mut Conn,
    way: &Way,
    entries: &[Entry],
    seen: &mut Seen,
    by: &Actor,
) -> Result<Vec<Answered>, Refusal> {
    open(conn, &way.event, by)?;
    let mut answered = named(conn, entries)?;
    // Learners come in the order of their ids, so that two desks at once never wait for one another in a circle.
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| answered[*at].learner.as_ref().map(|one| one.id.to_string()));
    let mut written = Written::default();
    for at in order {
        let outcome = recorded(conn, way, (&entries[at], &answered[at]), seen, (by, &mut written))?;
        answered[at].outcome = outcome;
    }
    written.note(conn, way, by)?;
    Ok(answered)
}

/// Records a list of any length, a batch at a time.
pub async fn record_all(db: &Db, way: Way, entries: Vec<Entry>, by: Actor) -> Result<Vec<Answered>, Refusal> {
    let (mut seen, mut all) = (Seen::new(), Vec::with_capacity(entries.len()));
    for batch in entries.chunks(BATCH) {
        let (batch, way, by, before) = (batch.to_vec(), way.clone(), by.clone(), seen);
        let (part, after) = db
            .write(move |conn| {
                let mut seen = before.clone();
                let part = record(conn, &way, &batch, &mut seen, &by)?;
                Ok::<_, Refusal>((part, seen))
            })
            .await?;
        all.extend(part);
        seen = after;
    }
    Ok(all)
}

/// The entries with whom they name; who is named for certain still waits to be judged.
fn named(conn: &mut Conn, entries: &[Entry]) -> Result<Vec<Answered>, Refusal> {
    let mut answered = Vec::with_capacity(entries.len());
    for entry in entries {
        let (typed, meant) = match &entry.who {
            Who::Typed(typed) => (scanned::clean(typed), meant(conn, typed)?),
            Who::Learner(id) => (String::new(), Meant::One(Box::new(profile::find(conn, id)?))),
        };
        let (learner, outcome) = match meant {
            Meant::One(learner) => (Some(*learner), Outcome::Recorded),
            Meant::Several => (None, Outcome::Parked(AttendanceDoubt::Several)),
            Meant::Nobody => (None, Outcome::Parked(AttendanceDoubt::Unknown)),
        };
        answered.push(Answered { typed, learner, status: entry.status, key: entry.key.clone(), outcome });
    }
    Ok(answered)
}

/// What is to come of an entry about a learner.
fn judged(conn: &mut Conn, way: &Way, entry: &Entry, learner: &Profile, seen: &mut Seen) -> Result<Outcome, Refusal> {
    if let Some(why) = barred(conn, learner)? {
        return Ok(Outcome::Refused(why.to_owned()));
    }
    match seen.get(&learner.id) {
        Some(before) if *before == entry.status => return Ok(Outcome::Twice),
        Some(before) => {
            let before = before.label().to_lowercase();
            return Ok(Outcome::Refused(format!("The same list says “{before}” before; that counts")));
        }
        None => {}
    }
    seen.insert(learner.id.clone(), entry.status);
    let Some(standing) = attendance::standing(conn, &way.event, &learner.id)? else { return Ok(Outcome::Recorded) };
    if standing.status == entry.status {
        return Ok(Outcome::Known);
    }
    // What was said later, with a reason, is not undone by a scan from before that comes late.
    if way.source == AttendanceSource::Desk && entry.happened_at.is_some_and(|at| at < standing.recorded_at) {
        return Ok(Outcome::Parked(AttendanceDoubt::Otherwise));
    }
    if entry.reason.is_none() && way.source != AttendanceSource::Desk {
        let stands = standing.status.label().to_lowercase();
        return Ok(Outcome::Refused(format!("Stands as “{stands}”. To change that, say why")));
    }
    Ok(Outcome::Changed(standing.status))
}

/// Why nothing can be recorded of somebody.
fn barred(conn: &mut Conn, learner: &Profile) -> Result<Option<&'static str>, Refusal> {
    Ok(if !learner.is_person() || learner.origin != Origin::Own {
        Some("This is no learner of ours; another publisher’s record names them")
    } else if erasure::of(conn, &learner.id)?.is_some() {
        Some("The data of this learner was erased; nothing new can be recorded")
    } else {
        None
    })
}

fn recorded(
    conn: &mut Conn,
    way: &Way,
    (entry, answer): (&Entry, &Answered),
    seen: &mut Seen,
    (by, written): (&Actor, &mut Written),
) -> Result<Outcome, Refusal> {
    if let Some(key) = &entry.key
        && (attendance::was_sent(conn, key)? || parked_attendance::was_sent(conn, key)?)
    {
        return Ok(Outcome::Repeated);
    }
    let Some(learner) = &answer.learner else { return parked(conn, way, (entry, answer), by, written) };
    attendance::take_turn(conn, &way.event, &learner.id)?;
    let judged = judged(conn, way, entry, learner, seen)?;
    match judged {
        Outcome::Parked(why) => {
            let answer = Answered { outcome: Outcome::Parked(why), ..answer.clone() };
            parked(conn, way, (entry, &answer), by, written)
        }
        Outcome::Recorded | Outcome::Changed(_) => {
            let mut row = Attendance::new(&way.event, &learner.id, entry.status, by);
            row.source = way.source;
            row.reason = entry.reason.clone();
            if matches!(judged, Outcome::Changed(_)) && row.reason.is_none() {
                row.reason = Line::parse(SEEN).ok();
            }
            (row.happened_at, row.entry_key) = (entry.happened_at, entry.key.clone());
            Ok(match row.record(conn)? {
                Recorded::New => written.add(&row, Outcome::Recorded),
                Recorded::Changed(before) => written.add(&row, Outcome::Changed(before)),
                Recorded::Known => Outcome::Known,
                Recorded::Repeated => Outcome::Repeated,
            })
        }
        other => Ok(other),
    }
}

fn parked(
    conn: &mut Conn,
    way: &Way,
    (entry, answer): (&Entry, &Answered),
    by: &Actor,
    written: &mut Written,
) -> Result<Outcome, Refusal> {
    let why = match &answer.outcome {
        Outcome::Parked(why) => *why,
        _ => AttendanceDoubt::Unknown,
    };
    if answer.typed.is_empty() {
        return Ok(Outcome::Refused("There is nothing in it that could be anybody’s".to_owned()));
    }
    if parked_attendance::waits(conn, &way.event, &answer.typed)? {
        return Ok(Outcome::Parked(why));
    }
    let row = ParkedAttendance {
        id: Id::fresh(),
        event_id: way.event.clone(),
        typed: answer.typed.clone(),
        status: entry.status,
        source: way.source,
        happened_at: entry.happened_at,
        recorded_by: by.name.clone(),
        recorded_by_id: by.id.clone(),
        recorded_at: clock::now().naive_utc(),
        entry_key: entry.key.clone(),
        settled_at: None,
        settled_by: None,
        learner_id: None,
        dismissed_reason: None,
        why,
    };
    if !row.insert(conn)? {
        return Ok(Outcome::Repeated);
    }
    written.parked += 1;
    Ok(Outcome::Parked(why))
}

/// What a batch wrote, for its entry in the audit trail: numbers, and a digest of the entries. Who they are about stands in
/// the log of attendance alone, from where it can be erased.
#[derive(Default)]
struct Written {
    ids: Vec<String>,
    changed: usize,
    parked: usize,
}

impl Written {
    fn add(&mut self, row: &Attendance, outcome: Outcome) -> Outcome {
        self.ids.push(row.id.to_string());
        self.changed += usize::from(matches!(outcome, Outcome::Changed(_)));
        outcome
    }

    fn note(self, conn: &mut Conn, way: &Way, by: &Actor) -> Result<(), Refusal> {
        if self.ids.is_empty() && self.parked == 0 {
            return Ok(());
        }
        let fact = |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
        let mut facts = vec![fact("How", way.source.label().to_owned())];
        let number = |field: &str, number: usize| (number > 0).then(|| fact(field, number.to_string()));
        facts.extend(number("Recorded", self.ids.len() - self.changed));
        facts.extend(number("Changed", self.changed));
        facts.extend(number("Kept to be resolved", self.parked));
        if !self.ids.is_empty() {
            facts.push(fact("Digest of the entries", clock::digest(self.ids.join("\n").as_bytes())));
        }
        Ok(audit::write(conn, by, "recorded attendance at", (event::KIND, way.event.as_str()), facts)?)
    }
}
