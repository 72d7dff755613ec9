//! Two learners who are one person. What was recorded of the one becomes the other's; what was issued stays as it was
//! issued, under the id that it names. The row remembers what was moved, so that a merge can be taken back.

mod moving;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Event, Profile};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            assertion, attendance_dispute, clr, conferral, conferral_member, credential, hold, learner_merge, presence,
            profile, share, share_award,
        },
    },
    values::{
        ConferralState, Id, IdentifierType, Json, Line, Status, SystemIdentifier,
        system_identifier::{FORMER_PROFILE_ID, FORMER_STUDENT_ID},
    },
};

pub use moving::{merge, undo};

/// While it is being done or taken back: the database lets what is frozen of the two change hands.
const MOVING: &str = "moving";
/// It was done.
const DONE: &str = "done";
/// It was taken back.
const UNDONE: &str = "undone";

/// Rows in one statement.
const CHUNK: usize = 500;

/// A merge of one learner into another.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = learner_merge, treat_none_as_default_value = false)]
pub struct LearnerMerge {
    /// Row id.
    pub id: Id<LearnerMerge>,
    /// Who is kept.
    pub kept_id: Id<Profile>,
    /// Who turned out to be the same person.
    pub merged_id: Id<Profile>,
    /// Why.
    pub reason: Line,
    /// [`MOVING`], [`DONE`] or [`UNDONE`].
    pub state: String,
    /// What became the other's.
    pub moved: Json<Moved>,
    /// Who did it.
    pub made_by: String,
    /// When.
    pub made_at: NaiveDateTime,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// When.
    pub undone_at: Option<NaiveDateTime>,
}

/// What became the other's: ids and numbers, nothing of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The keys of the rows of each table.
    pub rows: BTreeMap<String, Vec<String>>,
    /// Row ids of the events at which the merged learner stood.
    pub events: Vec<String>,
    /// Row ids of records, with the number each had among those of the merged learner.
    pub numbers: Vec<(String, i32)>,
}

impl Moved {
    /// The keys of the rows of a table.
    pub fn keys(&self, table: &str) -> &[String] {
        self.rows.get(table).map_or(&[], Vec::as_slice)
    }
}

impl LearnerMerge {
    /// Whether it is in force.
    pub fn is_done(&self) -> bool {
        self.state == DONE
    }
}

/// One merge.
pub fn find(conn: &mut Conn, id: &Id<LearnerMerge>) -> QueryResult<LearnerMerge> {
    learner_merge::table.find(id).select(LearnerMerge::as_select()).first(conn)
}

/// Into whom a learner was merged.
pub fn kept(conn: &mut Conn, merged: &Id<Profile>) -> QueryResult<Option<Id<Profile>>> {
    learner_merge::table
        .filter(learner_merge::merged_id.eq(merged))
        .filter(learner_merge::state.eq(DONE))
        .select(learner_merge::kept_id)
        .first(conn)
        .optional()
}

/// The merges in force into a learner, newest first, each with the profile that was merged.
pub fn into(conn: &mut Conn, kept: &Id<Profile>) -> QueryResult<Vec<(LearnerMerge, Profile)>> {
    learner_merge::table
        .inner_join(profile::table.on(profile::id.eq(learner_merge::merged_id)))
        .filter(learner_merge::kept_id.eq(kept))
        .filter(learner_merge::state.eq(DONE))
        .order((learner_merge::made_at.desc(), learner_merge::id.desc()))
        .select((LearnerMerge::as_select(), Profile::as_select()))
        .load(conn)
}

/// Everybody who is one person with a learner by now: who was merged into them, and whoever into those.
pub fn all_into(conn: &mut Conn, kept: &Id<Profile>) -> QueryResult<Vec<Profile>> {
    let (mut all, mut ids): (Vec<Profile>, _) = (Vec::new(), vec![kept.clone()]);
    while let Some(id) = ids.pop() {
        for (_, merged) in into(conn, &id)? {
            ids.push(merged.id.clone());
            all.push(merged);
        }
    }
    Ok(all)
}

/// How many merges name a learner, taken back or not.
pub fn count_of(conn: &mut Conn, whose: &Id<Profile>) -> QueryResult<i64> {
    let either = learner_merge::kept_id.eq(whose).or(learner_merge::merged_id.eq(whose));
    learner_merge::table.filter(either).count().get_result(conn)
}

/// What stands against merging two learners for now, as sentences.
pub fn obstacles(conn: &mut Conn, kept: &Profile, merged: &Profile) -> QueryResult<Vec<String>> {
    let mut told = Vec::new();
    let pending: i64 = conferral_member::table
        .inner_join(conferral::table.on(conferral::id.eq(conferral_member::conferral_id)))
        .filter(conferral_member::learner_id.eq(&kept.id).or(conferral_member::learner_id.eq(&merged.id)))
        .filter(conferral::state.eq(ConferralState::Prepared).or(conferral::state.eq(ConferralState::Approved)))
        .count()
        .get_result(conn)?;
    if pending > 0 {
        told.push("A conferral that is not finished means one of them. Finish it or give it up first.".to_owned());
    }
    let open = |conn: &mut Conn, whose: &Id<Profile>| -> QueryResult<Vec<Id<Event>>> {
        attendance_dispute::table
            .filter(attendance_dispute::learner_id.eq(whose))
            .filter(attendance_dispute::settled_at.is_null())
            .select(attendance_dispute::event_id)
            .load(conn)
    };
    let own = open(conn, &kept.id)?;
    if open(conn, &merged.id)?.iter().any(|event| own.contains(event)) {
        told.push("Both dispute the same attendance. Decide about one of the two first.".to_owned());
    }
    Ok(told)
}

/// What stands against taking a merge back, as sentences: what was given out since as the work of one person.
pub fn obstacles_to_undoing(conn: &mut Conn, merge: &LearnerMerge) -> QueryResult<Vec<String>> {
    let mut told = Vec::new();
    let stands = credential::status.eq(Status::InForce).or(credential::status.eq(Status::Suspended));
    let records: i64 = credential::table
        .filter(credential::learner_id.eq(&merge.kept_id))
        .filter(credential::clr_id.is_not_null())
        .filter(credential::issued_at.gt(merge.made_at))
        .filter(stands)
        .count()
        .get_result(conn)?;
    let awards = merge.moved.get().keys("credential");
    if records > 0 && !awards.is_empty() {
        told.push("A record with the awards of both was published since. Revoke it first.".to_owned());
    }
    let on = share::expires_at.is_null().or(share::expires_at.gt(clock::now().naive_utc()));
    let mut shares: i64 = 0;
    for awards in awards.chunks(CHUNK) {
        shares += share::table
            .inner_join(share_award::table.on(share_award::share_id.eq(share::id)))
            .filter(share::learner_id.eq(&merge.kept_id))
            .filter(share::created_at.gt(merge.made_at))
            .filter(share::off_at.is_null())
            .filter(on)
            .filter(share_award::taken_out_at.is_null())
            .filter(share_award::credential_id.eq_any(awards))
            .count()
            .get_result::<i64>(conn)?;
    }
    if shares > 0 {
        told.push("A share made since shows awards that would go back. Switch it off first.".to_owned());
    }
    Ok(told)
}

/// The ids of the merged learner, as the one who is kept has them from now on.
pub fn former_ids(merged: &Profile) -> Vec<SystemIdentifier> {
    let one = |term: &str, identifier: String| {
        let identifier_type = IdentifierType::parse(term).ok()?;
        Some(SystemIdentifier { identifier_type, identifier })
    };
    let number = merged.student_id.as_ref().and_then(|number| one(FORMER_STUDENT_ID, number.to_string()));
    one(FORMER_PROFILE_ID, merged.iri.to_string())
        .into_iter()
        .chain(number)
        .chain(merged.identifiers.get().iter().cloned())
        .collect()
}

/// Of a merge whose learner is erased nothing stays but that there was one.
pub fn erase(conn: &mut Conn, whose: &Id<Profile>) -> QueryResult<()> {
    let own = learner_merge::table.filter(learner_merge::kept_id.eq(whose).or(learner_merge::merged_id.eq(whose)));
    diesel::update(own).set(learner_merge::reason.eq("Erased")).execute(conn).map(|_| ())
}

/// How much there is of a learner, as a preview of merging tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Awards and drafts.
    pub awards: i64,
    /// Records, drafts among them.
    pub records: i64,
    /// Events at which something is recorded.
    pub events: i64,
    /// Holds, also those that are over.
    pub holds: i64,
    /// Shares, also those that are over.
    pub shares: i64,
}

/// How much there is of a learner.
pub fn held(conn: &mut Conn, whose: &Id<Profile>) -> QueryResult<Held> {
    Ok(Held {
        awards: assertion::table.filter(assertion::learner_id.eq(whose)).count().get_result(conn)?,
        records: clr::table.filter(clr::learner_id.eq(whose)).count().get_result(conn)?,
        events: presence::table.filter(presence::learner_id.eq(whose)).count().get_result(conn)?,
        holds: hold::table.filter(hold::learner_id.eq(whose)).count().get_result(conn)?,
        shares: share::table.filter(share::learner_id.eq(whose)).count().get_result(conn)?,
    })
}

/// At how many events something is recorded of both.
pub fn at_both(conn: &mut Conn, one: &Id<Profile>, other: &Id<Profile>) -> QueryResult<i64> {
    let theirs = presence::table.filter(presence::learner_id.eq(other)).select(presence::event_id);
    let theirs: Vec<Id<Event>> = theirs.load(conn)?;
    let mut both = 0;
    for events in theirs.chunks(CHUNK) {
        let here = presence::table.filter(presence::learner_id.eq(one)).filter(presence::event_id.eq_any(events));
        both += here.count().get_result::<i64>(conn)?;
    }
    Ok(both)
}
