//! Merging two learners who are one person, and taking it back.

use super::Refusal;
use crate::{
    db::Conn,
    models::{
        Actor, LearnerMerge, Profile,
        audit::{self, Change},
        erasure, learner_merge, profile,
    },
    values::{Id, Line, Origin, ProfileKind},
};

/// What was moved, table by table, in words: one and many.
const WORDS: [(&str, &str, &str); 8] = [
    ("assertion", "award or draft", "awards and drafts"),
    ("clr", "record", "records"),
    ("attendance", "entry of attendance", "entries of attendance"),
    ("attendance_dispute", "dispute", "disputes"),
    ("learner_card", "card", "cards"),
    ("hold", "hold", "holds"),
    ("share", "share", "shares"),
    ("endorsement", "endorsement", "endorsements"),
];

/// What was moved, in words; nothing where nothing was.
pub fn in_words(merge: &LearnerMerge) -> Vec<String> {
    let moved = merge.moved.get();
    WORDS
        .iter()
        .map(|(table, one, many)| (moved.keys(table).len(), one, many))
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
        .collect()
}

/// Refuses two who can't be merged now.
pub fn refuse_unless_mergeable(conn: &mut Conn, kept: &Profile, merged: &Profile) -> Result<(), Refusal> {
    let is_learner = |one: &Profile| one.is_person() && one.origin == Origin::Own;
    if !is_learner(kept) || !is_learner(merged) {
        return Err(Refusal::NotFound);
    }
    if kept.id == merged.id {
        return Err(Refusal::conflict("This is the same learner already"));
    }
    if erasure::of(conn, &kept.id)?.is_some() || erasure::of(conn, &merged.id)?.is_some() {
        return Err(Refusal::conflict("The data of one of them was erased; there is nothing to merge"));
    }
    match learner_merge::obstacles(conn, kept, merged)?.into_iter().next() {
        Some(why) => Err(Refusal::Conflict(why)),
        None => Ok(()),
    }
}

/// Merges a learner into another. What was issued stays as it was issued; whatever asks for it by a code finds it.
pub fn merge(
    conn: &mut Conn,
    (kept, merged): (&Id<Profile>, &Id<Profile>),
    reason: &Line,
    by: &Actor,
) -> Result<LearnerMerge, Refusal> {
    let (kept, merged) = (profile::find(conn, kept)?, profile::find(conn, merged)?);
    refuse_unless_mergeable(conn, &kept, &merged)?;
    let made = learner_merge::merge(conn, &kept, &merged, reason, by)?;
    let fact = |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
    let mut changes = vec![fact("Merged", merged.name.to_string()), fact("Reason", reason.to_string())];
    changes.push(fact("Moved", in_words(&made).join(", ")));
    audit::write(conn, by, "merged another learner into", (profile::KIND, kept.id.as_str()), changes)?;
    let into = vec![fact("Into", kept.name.to_string())];
    audit::write(conn, by, "merged", (profile::KIND, merged.id.as_str()), into)?;
    Ok(made)
}

/// Takes a merge back.
pub fn undo(conn: &mut Conn, id: &Id<LearnerMerge>, by: &Actor) -> Result<LearnerMerge, Refusal> {
    let merge = learner_merge::find(conn, id)?;
    let (kept, merged) = (profile::find(conn, &merge.kept_id)?, profile::find(conn, &merge.merged_id)?);
    if !merge.is_done() || merged.kind != ProfileKind::Merged {
        return Err(Refusal::conflict("This merge was taken back already"));
    }
    if erasure::of(conn, &kept.id)?.is_some() {
        return Err(Refusal::conflict("The data of this learner was erased; there is nothing to take apart"));
    }
    if !kept.is_person() {
        return Err(Refusal::conflict(
            "The learner who was kept was merged into another one since. Take that back first",
        ));
    }
    if let Some(email) = &merged.email
        && profile::person_by_email(conn, email)?.is_some_and(|one| one.email_folded == merged.email_folded)
    {
        return Err(Refusal::conflict(
            "Their e-mail address is another learner’s by now, and two cannot sign in with one. Change it there first",
        ));
    }
    if let Some(why) = learner_merge::obstacles_to_undoing(conn, &merge)?.into_iter().next() {
        return Err(Refusal::Conflict(why));
    }
    learner_merge::undo(conn, &merge, &kept, &merged, by)?;
    let change = |field: &str, before: String| Change { field: field.to_owned(), before: Some(before), after: None };
    let told = vec![change("Merged", merged.name.to_string())];
    audit::write(conn, by, "took a merge apart of", (profile::KIND, kept.id.as_str()), told)?;
    let told = vec![change("Into", kept.name.to_string())];
    audit::write(conn, by, "took the merge back of", (profile::KIND, merged.id.as_str()), told)?;
    Ok(learner_merge::find(conn, id)?)
}
