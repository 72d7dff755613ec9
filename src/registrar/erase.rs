//! Erasing a learner's data on legal request. The codes stay taken and open nothing; that it was done is told to staff.

use std::collections::HashMap;

use super::{Refusal, clr1};
use crate::{
    db::Conn,
    models::{
        Actor, Credential, Profile,
        audit::{self, Change},
        audit_lawful,
        credential::Listed,
        endorsement, erasure, learner_merge, profile,
    },
    values::{Id, Line, Status},
};

/// Erases whatever tells of a learner. It cannot be undone.
pub fn erase(conn: &mut Conn, id: &Id<Profile>, reason: &Line, by: &Actor) -> Result<(), Refusal> {
    let learner = profile::find(conn, id)?;
    refuse_unless_erasable(conn, &learner)?;
    // Who was merged into the learner is the same person.
    for merged in learner_merge::all_into(conn, id)? {
        erase_one(conn, &merged, reason, by)?;
    }
    erase_one(conn, &learner, reason, by)
}

fn erase_one(conn: &mut Conn, learner: &Profile, reason: &Line, by: &Actor) -> Result<(), Refusal> {
    let listed = listed(conn, learner)?;
    let done = erasure::erase(conn, learner, (reason, by), &listed)?;
    let fact = |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
    let changes = vec![
        fact("Reason", reason.to_string()),
        fact("Codes left", done.codes.to_string()),
        fact(audit_lawful::OF_CHANGES, done.changes_of.in_words()),
        fact(audit_lawful::OF_NAMES, done.names_of.in_words()),
    ];
    learner_merge::erase(conn, &learner.id)?;
    audit::write(conn, by, audit_lawful::ERASED, (profile::KIND, learner.id.as_str()), changes)?;
    Ok(())
}

/// What revocation lists tell of a learner's credentials, which they go on to tell.
fn listed(conn: &mut Conn, learner: &Profile) -> Result<HashMap<Id<Credential>, Listed>, Refusal> {
    let all = erasure::tombstones(conn, &learner.id)?;
    let fallen = all.into_iter().filter(|one| one.status != Status::InForce);
    fallen.map(|one| Ok((one.id.clone(), clr1::listed(conn, &one)?))).collect()
}

/// Refuses what is no learner, was erased already, or stands in other learners' documents.
pub fn refuse_unless_erasable(conn: &mut Conn, learner: &Profile) -> Result<(), Refusal> {
    if !learner.is_person() {
        return Err(Refusal::NotFound);
    }
    if erasure::of(conn, &learner.id)?.is_some() {
        return Err(Refusal::conflict("The data of this learner was erased already"));
    }
    let (given, _) = endorsement::count_of_profile(conn, &learner.id)?;
    if given > 0 || profile::answers_for_others(conn, &learner.id)? {
        return Err(Refusal::conflict(
            "This person also stands in documents of others, as an endorser, an issuer or a source, so erasing the \
             learner would not erase the person. Settle that first.",
        ));
    }
    Ok(())
}
