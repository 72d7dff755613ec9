//! Self check-in: a code on a screen in the room, which changes every half minute, and a learner's telephone.
//!
//! The code is made of the event and the time under a key of the installation, so nothing of it is stored. The step before
//! and the step after are taken too, because clocks differ. How many find room is told to staff and never refuses anybody:
//! who is in the room is in the room.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;

use super::{
    Refusal,
    attend::{self, Entry, Outcome, Seen, Way},
};
use crate::{
    clock,
    db::Conn,
    models::{Actor, Event, Profile, attendance, event},
    sign::passing_code,
    values::{AttendanceSource, AttendanceStatus, Id},
};

/// Seconds that a code stands on the screen.
pub const STEP: i64 = 30;
/// Minutes before the beginning and after the end in which learners check themselves in.
pub const MARGIN: i64 = 30;
/// Minutes for which it is remembered that somebody was there and had to sign in first.
pub const ARRIVAL_MINUTES: i64 = 15;
/// Steps for which an old code is told from one that never was.
const REMEMBERED: i64 = 240;

/// Makes and reads the codes of this installation.
#[derive(Clone)]
pub struct Codes([u8; 64]);

/// What is wrong with a code, or with the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Away {
    /// Check-in opens then, UTC.
    NotYet(NaiveDateTime),
    /// It has closed.
    Closed,
    /// The event was cancelled.
    Cancelled,
    /// The code, or the arrival, has run out.
    Old,
    /// The code is another event's.
    Elsewhere,
    /// It was never a code, or it is another learner's arrival.
    Unknown,
    /// The office has recorded the learner otherwise.
    Otherwise(AttendanceStatus),
    /// Nothing can be recorded of this learner.
    Barred,
}

/// How checking in went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckIn {
    /// The learner is recorded.
    Done,
    /// The learner was already, since then, UTC.
    Before(NaiveDateTime),
    /// It was not possible.
    Away(Away),
}

impl Codes {
    /// The codes under a key.
    pub fn new(key: [u8; 64]) -> Self {
        Self(key)
    }

    /// The code on the screen at an instant, and for how many seconds it stays.
    pub fn at(&self, event: &Id<Event>, now: DateTime<Utc>) -> (String, i64) {
        let seconds = now.timestamp();
        (self.of_step(event, seconds.div_euclid(STEP)), STEP - seconds.rem_euclid(STEP))
    }

    fn of_step(&self, event: &Id<Event>, step: i64) -> String {
        passing_code::code(&self.0, event.as_str(), step)
    }

    /// A token by which a learner who had to sign in first is still known to have been there.
    pub fn arrival(&self, event: &Id<Event>, learner: &Id<Profile>, now: DateTime<Utc>) -> String {
        let at = now.timestamp();
        format!("{at}.{}", self.sealed(event, learner, at))
    }

    fn sealed(&self, event: &Id<Event>, learner: &Id<Profile>, at: i64) -> String {
        passing_code::seal(&self.0, &format!("{event} {learner} {at}"))
    }

    /// When the bearer of a code, or of an arrival, was there.
    fn read(
        &self,
        conn: &mut Conn,
        of: &Event,
        code: &str,
        learner: Option<&Id<Profile>>,
    ) -> Result<Result<NaiveDateTime, Away>, Refusal> {
        let now = clock::now();
        if let Some((at, seal)) = code.split_once('.') {
            return Ok(self.read_arrival(of, (at, seal), learner, now));
        }
        let (typed, step) = (passing_code::typed(code), now.timestamp().div_euclid(STEP));
        let is = |own: &Id<Event>, step| same(&self.of_step(own, step), &typed);
        if (step - 1..=step + 1).any(|step| is(&of.id, step)) {
            return Ok(Ok(now.naive_utc()));
        }
        if (step - REMEMBERED..step - 1).any(|step| is(&of.id, step)) {
            return Ok(Err(Away::Old));
        }
        let others = attendance::events_around(conn, now.naive_utc(), TimeDelta::minutes(MARGIN))?;
        let elsewhere = others.iter().any(|other| (step - 1..=step + 1).any(|step| is(other, step)));
        Ok(Err(if elsewhere { Away::Elsewhere } else { Away::Unknown }))
    }

    fn read_arrival(
        &self,
        of: &Event,
        (at, seal): (&str, &str),
        learner: Option<&Id<Profile>>,
        now: DateTime<Utc>,
    ) -> Result<NaiveDateTime, Away> {
        let (Ok(at), Some(learner)) = (at.parse::<i64>(), learner) else { return Err(Away::Unknown) };
        if !same(&self.sealed(&of.id, learner, at), seal) {
            return Err(Away::Unknown);
        }
        let there = DateTime::from_timestamp(at, 0).unwrap_or_default();
        if now - there > TimeDelta::minutes(ARRIVAL_MINUTES) { Err(Away::Old) } else { Ok(there.naive_utc()) }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// When check-in opens and closes, UTC.
pub fn open_between(event: &Event) -> (NaiveDateTime, NaiveDateTime) {
    let margin = TimeDelta::minutes(MARGIN);
    (event.starts_at - margin, event.ends_at + margin)
}

/// Whether learners can check themselves in at an instant.
pub fn is_open(event: &Event, at: NaiveDateTime) -> Result<(), Away> {
    let (opens, closes) = open_between(event);
    if event.cancelled_at.is_some() {
        Err(Away::Cancelled)
    } else if at < opens {
        Err(Away::NotYet(opens))
    } else if at > closes {
        Err(Away::Closed)
    } else {
        Ok(())
    }
}

/// The event that a code opens, and when its bearer was there; an arrival opens it for its learner only.
pub fn admitted(
    conn: &mut Conn,
    codes: &Codes,
    (id, code): (&Id<Event>, &str),
    learner: Option<&Id<Profile>>,
) -> Result<(Event, Result<NaiveDateTime, Away>), Refusal> {
    let event = event::find(conn, id)?;
    let read = codes.read(conn, &event, code, learner)?;
    let admitted = read.and_then(|there| is_open(&event, there).map(|()| there));
    Ok((event, admitted))
}

/// Records that a learner is there. What the office recorded otherwise is the office's to change.
pub fn check_in(
    conn: &mut Conn,
    codes: &Codes,
    (id, code): (&Id<Event>, &str),
    learner: &Profile,
    by: &Actor,
) -> Result<CheckIn, Refusal> {
    let (event, admitted) = admitted(conn, codes, (id, code), Some(&learner.id))?;
    let there = match admitted {
        Ok(there) => there,
        Err(away) => return Ok(CheckIn::Away(away)),
    };
    attendance::take_turn(conn, &event.id, &learner.id)?;
    match attendance::standing(conn, &event.id, &learner.id)? {
        Some(standing) if standing.status == AttendanceStatus::Attended => {
            return Ok(CheckIn::Before(standing.recorded_at));
        }
        Some(standing) => return Ok(CheckIn::Away(Away::Otherwise(standing.status))),
        None => {}
    }
    let way = Way { event: event.id, source: AttendanceSource::CheckedIn };
    let mut entry = Entry::of(&learner.id, AttendanceStatus::Attended);
    entry.happened_at = Some(there);
    let answered = attend::record(conn, &way, &[entry], &mut Seen::new(), by)?;
    Ok(match answered.first().map(|one| &one.outcome) {
        Some(Outcome::Recorded) => CheckIn::Done,
        _ => CheckIn::Away(Away::Barred),
    })
}
