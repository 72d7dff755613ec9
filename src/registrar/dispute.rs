//! Disputes about attendance: a learner says that a record is wrong, staff change it or say why it stays.

use super::{
    Refusal,
    attend::{self, Entry, Outcome, Seen, Way},
};
use crate::{
    db::Conn,
    models::{Actor, Dispute, Event, Profile, attendance, attendance_dispute as disputes, event},
    values::{AttendanceSource, AttendanceStatus, Id, Line, Prose},
};

/// The reason that an entry carries which was changed upon a dispute.
const DISPUTED: &str = "Disputed by the learner";

/// Records what a learner says about an event at which something is recorded of them. One at a time for each event.
pub fn raise(conn: &mut Conn, learner: &Profile, event: &Id<Event>, said: &Prose) -> Result<(), Refusal> {
    let by = Actor::learner(learner, None);
    let standing = attendance::standing(conn, event, &learner.id)?.ok_or(Refusal::NotFound)?;
    if standing.status == AttendanceStatus::Attended {
        return Err(Refusal::conflict("You are recorded as attended; there is nothing to dispute"));
    }
    let all = disputes::of_learner(conn, &learner.id)?;
    if all.iter().any(|one| one.event_id == *event && one.settled_at.is_none()) {
        return Err(Refusal::conflict("You said so before; the office has not answered yet"));
    }
    Ok(Dispute::new(event, &learner.id, Some(standing.status), said.clone()).insert(conn, &by)?)
}

/// What staff answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// How the learner is recorded now; nothing leaves the record as it is.
    pub status: Option<AttendanceStatus>,
    /// What the learner is told.
    pub told: Option<Prose>,
}

/// Answers a dispute.
pub fn answer(conn: &mut Conn, id: &Id<Dispute>, answer: &Answer, by: &Actor) -> Result<(), Refusal> {
    let known = disputes::find(conn, id)?;
    if !event::find(conn, &known.event_id)?.exists_for(by) {
        return Err(Refusal::NotFound);
    }
    if let Some(status) = answer.status {
        let way = Way { event: known.event_id.clone(), source: AttendanceSource::Correction };
        let entry = Entry::of(&known.learner_id, status).because(Line::parse(DISPUTED).ok());
        let answered = attend::record(conn, &way, &[entry], &mut Seen::new(), by)?;
        match answered.into_iter().next().map(|one| one.outcome) {
            Some(Outcome::Refused(why)) => return Err(Refusal::Conflict(why)),
            Some(Outcome::Known) => {
                return Err(Refusal::conflict("The learner is recorded so already; leave the record as it is"));
            }
            _ => {}
        }
    }
    if known.settle(conn, (answer.status.is_some(), answer.told.as_ref()), by)? {
        Ok(())
    } else {
        Err(Refusal::conflict("Somebody answered this before you"))
    }
}
