//! Whom a form is about: a learner found by name, number, e-mail address or id, without a script. A doubtful entry leaves
//! the candidates to choose from.

use super::Errors;
use crate::{
    db::Conn,
    models::{Profile, profile},
    values::Id,
    web::error::Error,
};

/// Who was meant by what was typed, or by the candidate that was chosen. Notes what was wrong beside the field `learner`.
pub fn find(
    conn: &mut Conn,
    (typed, chosen): (&str, &str),
    errors: &mut Errors,
) -> Result<(Option<Profile>, Vec<Profile>), Error> {
    let entry = if chosen.is_empty() { typed.trim() } else { chosen };
    if entry.is_empty() {
        errors.add("learner", "Enter the learner’s student number, e-mail address or name");
        return Ok((None, Vec::new()));
    }
    if let Ok(id) = entry.parse::<Id<Profile>>()
        && let Ok(found) = profile::find(conn, &id)
        && found.is_person()
    {
        return Ok((Some(found), Vec::new()));
    }
    let mut found = profile::candidates(conn, entry)?;
    match found.len() {
        1 => Ok((found.pop(), Vec::new())),
        0 => {
            errors.add("learner", "No learner has this number, address or name");
            Ok((None, Vec::new()))
        }
        _ => {
            errors.add("learner", "Several learners fit; choose one of them");
            Ok((None, found))
        }
    }
}
