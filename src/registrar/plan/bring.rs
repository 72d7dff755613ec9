//! Bringing a list of events in: whole, or not at all.

use super::{
    change,
    judge::{Choice, Judged, Outcome, judge},
    record,
};
use crate::{
    db::Conn,
    models::Actor,
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
                if !change(conn, (&made.event, &made.own), made.programs.as_deref(), by)? {
                    return Err(Refusal::conflict(
                        "Somebody changed one of these events at the same moment. Look at it again.",
                    ));
                }
                brought.changed += 1;
            }
            (Outcome::Known, _) => brought.known += 1,
            _ => brought.left_out += 1,
        }
    }
    Ok(Ok(brought))
}
