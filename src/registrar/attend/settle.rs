//! Settling what is parked: saying whom it means, or that it means nobody.

use super::{Answered, Entry, Outcome, Seen, Way, open, record};
use crate::{
    db::Conn,
    models::{
        Actor, ParkedAttendance, Profile,
        audit::{self, Change},
        event, learner_card,
        parked_attendance::{self, Settled},
    },
    registrar::Refusal,
    values::{AttendanceDoubt, AttendanceSource, Id, Line},
};

/// An entry that waits, at an event that exists for this person.
pub fn waiting(conn: &mut Conn, id: &Id<ParkedAttendance>, by: &Actor) -> Result<ParkedAttendance, Refusal> {
    let parked = parked_attendance::find(conn, id)?;
    if !event::find(conn, &parked.event_id)?.exists_for(by) {
        return Err(Refusal::NotFound);
    }
    match parked.settled_at {
        Some(_) => Err(Refusal::conflict("This was settled already. Look at it again.")),
        None => Ok(parked),
    }
}

/// It means this learner: it is recorded, and whatever else waits that was typed the same is settled with it. With
/// `remember` what was scanned is the learner's card from now on.
pub fn resolve(
    conn: &mut Conn,
    id: &Id<ParkedAttendance>,
    learner: &Id<Profile>,
    remember: bool,
    by: &Actor,
) -> Result<Answered, Refusal> {
    let parked = waiting(conn, id, by)?;
    open(conn, &parked.event_id, by)?;
    parked.settle(conn, Settled::Means(learner), by)?;
    if remember {
        let card = Line::parse(&parked.typed).map_err(|why| Refusal::conflict(why.to_string()))?;
        if let learner_card::Added::Taken(_) = learner_card::add(conn, learner, &card, by)? {
            return Err(Refusal::conflict("This is another learner’s card already. Take it from them first."));
        }
    }
    let typed: String = parked.typed.chars().take(100).collect();
    let said = Line::parse(&format!("“{typed}” was found to mean this learner")).ok();
    let mut entry = Entry::of(learner, parked.status).because(said);
    entry.happened_at = parked.happened_at;
    // Somebody has looked at it: that a scan came late is no doubt any more.
    let source = if parked.why == AttendanceDoubt::Otherwise { AttendanceSource::Correction } else { parked.source };
    let way = Way { event: parked.event_id.clone(), source };
    let answered = record(conn, &way, &[entry], &mut Seen::new(), by)?;
    let answered = answered.into_iter().next().ok_or(Refusal::NotFound)?;
    match answered.outcome {
        Outcome::Refused(why) => Err(Refusal::conflict(why)),
        _ => Ok(answered),
    }
}

/// It means nobody, for a reason; how many such entries that settled.
pub fn dismiss(conn: &mut Conn, id: &Id<ParkedAttendance>, reason: &Line, by: &Actor) -> Result<usize, Refusal> {
    let parked = waiting(conn, id, by)?;
    let settled = parked.settle(conn, Settled::Nobody(reason), by)?;
    let change = Change { field: "Reason".to_owned(), before: None, after: Some(reason.to_string()) };
    let object = (event::KIND, parked.event_id.as_str());
    audit::write(conn, by, "dismissed a scan at", object, vec![change])?;
    Ok(settled)
}
