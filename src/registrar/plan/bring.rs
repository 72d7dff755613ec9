//! Bringing a list of events in: whole, or not at all.

use super::{
    judge::{Choice, Judged, Made, Outcome, judge},
    record,
};
use crate::{
    db::Conn,
    models::{Actor, achievement, event},
    registrar::{Refusal, rows::List},
};

/// What came of a list, in numbers of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    /// Planned.
    pub new: usize,
    /// Known, and changed.
    pub changed: usize,
    /// Known, and the same.
    pub known: usize,
    /// Left out, because they are wrong or were cancelled.
    pub left_out: usize,
}

/// Brings a list in. When a row is wrong, nothing is written and the rows are given back, unless wrong rows are to be left
/// out.
pub fn bring_in(
    conn: &mut Conn,
    list: &List,
    choice: &Choice,
    leave_wrong_out: bool,
    by: &Actor,
) -> Result<Result<Brought, Vec<Judged>>, Refusal> {
    let judged = judge(conn, list, choice, by)?;
    if !leave_wrong_out && judged.iter().any(Judged::is_wrong) {
        return Ok(Err(judged));
    }
    let mut brought = Brought::default();
    for one in judged {
        match (one.outcome, one.made) {
            (Outcome::New, Some(made)) => {
                record(conn, (&made.event, &made.own), &made.programs.unwrap_or_default(), by)?;
                brought.new += 1;
            }
            (Outcome::Different(_), Some(made)) => {
                change(conn, made, by)?;
                brought.changed += 1;
            }
            (Outcome::Known, _) => brought.known += 1,
            _ => brought.left_out += 1,
        }
    }
    Ok(Ok(brought))
}

fn change(conn: &mut Conn, made: Made, by: &Actor) -> Result<(), Refusal> {
    let meanwhile = || Refusal::conflict("Somebody changed one of these events at the same moment. Look at it again.");
    let before = achievement::find(conn, &made.own.id)?;
    if before.facts() != made.own.facts() && !made.own.update(conn, by)? {
        return Err(meanwhile());
    }
    if !made.event.update(conn, by)? {
        return Err(meanwhile());
    }
    if let Some(programs) = &made.programs {
        event::set_programs(conn, &made.own.id, programs, by)?;
    }
    Ok(())
}
