//! Planning many events at once: from a file, or as a series of one.
//!
//! Whole or not at all: everything is judged first, and written in one transaction, each event with its own entry in the
//! audit trail.

pub mod bring;
pub mod columns;
pub mod judge;
pub mod repeat;
pub mod said;
pub mod when;

use chrono::{NaiveDateTime, TimeDelta};

use super::Refusal;
use crate::{
    db::Conn,
    models::{Achievement, Actor, Event, achievement, event},
    values::{Id, Invalid},
};

/// Most events of a file. They are written in one transaction, which nobody should wait for.
pub const MOST_EVENTS: usize = 500;

/// The longest that an event lasts.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// Says why an event cannot last from one instant to another.
pub fn lasts((starts, ends): (NaiveDateTime, NaiveDateTime)) -> Result<(), Invalid> {
    if ends <= starts {
        Err(Invalid::Malformed("It cannot end before it begins"))
    } else if ends - starts > LONGEST {
        Err(Invalid::Malformed("An event lasts at most 31 days; plan a series instead"))
    } else {
        Ok(())
    }
}

/// Records an event with its own achievement and what it counts for.
pub fn record(
    conn: &mut Conn,
    (event, own): (&Event, &Achievement),
    programs: &[Id<Achievement>],
    by: &Actor,
) -> Result<(), Refusal> {
    own.insert(conn, by)?;
    event::set_programs(conn, &own.id, programs, by)?;
    Ok(event.insert(conn, by)?)
}

/// Stores what changed of an event, of its own achievement and, where that is said, of what it counts for. `false` when
/// somebody changed the event meanwhile; then nothing is written.
pub fn change(
    conn: &mut Conn,
    (event, own): (&Event, &Achievement),
    programs: Option<&[Id<Achievement>]>,
    by: &Actor,
) -> Result<bool, Refusal> {
    if !event.update(conn, by)? {
        return Ok(false);
    }
    let before = achievement::find(conn, &own.id)?;
    if before.facts() != own.facts() && !own.update(conn, by)? {
        return Err(Refusal::conflict("Somebody changed this event’s achievement at the same moment. Save again."));
    }
    if let Some(programs) = programs {
        event::set_programs(conn, &own.id, programs, by)?;
    }
    Ok(true)
}
