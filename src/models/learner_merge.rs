//! Two learners who are one person. What was recorded of the one becomes the other's; what was issued stays as it was
//! issued, under the id that it names. The row remembers what was moved, so that a merge can be taken back.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::{dsl::max, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    Actor, Attendance, Clr, Event, Presence, Profile, Program, attendance as attendance_noun, profile as profile_noun,
    progress_mark,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            assertion, attendance, attendance_dispute, award_flag, clr, conferral, conferral_member, credential,
            disclosure, endorsement, hold, kept_by_learner, learner_card, learner_merge, outbox, parked_attendance,
            presence, profile, program_award, program_progress, progress_mark as marks, record_refresh, share,
        },
    },
    values::{
        AttendanceStatus, ConferralState, Id, IdentifierType, Json, Line, ProfileKind, SystemIdentifier,
        system_identifier::{FORMER_PROFILE_ID, FORMER_STUDENT_ID},
    },
};

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
    /// At how many of them both did.
    pub at_both: usize,
    /// Row ids of records, with the number each had among those of the merged learner.
    pub numbers: Vec<(String, i32)>,
}

impl Moved {
    /// How many rows of a table.
    pub fn number(&self, table: &str) -> usize {
        self.rows.get(table).map_or(0, Vec::len)
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

macro_rules! move_rows {
    ($conn:expr, $moved:expr, $from:expr, $to:expr; $($table:ident.$learner:ident by $key:ident;)+) => {$(
        let keys: Vec<String> = $table::table.filter($table::$learner.eq($from)).select($table::$key).load($conn)?;
        diesel::update($table::table.filter($table::$learner.eq($from))).set($table::$learner.eq($to)).execute($conn)?;
        $moved.rows.insert(stringify!($table).to_owned(), keys);
    )+};
}

macro_rules! move_back {
    ($conn:expr, $moved:expr, $from:expr, $to:expr; $($table:ident.$learner:ident by $key:ident;)+) => {$(
        for keys in $moved.rows.get(stringify!($table)).map_or(&[][..], Vec::as_slice).chunks(CHUNK) {
            diesel::update($table::table.filter($table::$learner.eq($from)).filter($table::$key.eq_any(keys)))
                .set($table::$learner.eq($to))
                .execute($conn)?;
        }
    )+};
}

/// Makes everything of one learner the other's, and keeps what was moved. The caller writes the entry.
pub fn merge(
    conn: &mut Conn,
    kept: &Profile,
    merged: &Profile,
    reason: &Line,
    by: &Actor,
) -> QueryResult<LearnerMerge> {
    let mut made = LearnerMerge {
        id: Id::fresh(),
        kept_id: kept.id.clone(),
        merged_id: merged.id.clone(),
        reason: reason.clone(),
        state: MOVING.to_owned(),
        moved: Json::new(Moved::default()),
        made_by: by.name.clone(),
        made_at: clock::now().naive_utc(),
        undone_by: None,
        undone_at: None,
    };
    diesel::insert_into(learner_merge::table).values(made.clone()).execute(conn)?;
    let (from, to) = (&merged.id, &kept.id);
    // Before the mail moves: a sign-in link that waits to be sent would lead nowhere.
    profile_noun::end_ways_in(conn, from)?;
    let mut moved = Moved::default();
    move_presence(conn, from, to, &mut moved)?;
    move_records(conn, from, to, &mut moved)?;
    move_conferred(conn, from, to, &mut moved)?;
    move_rows!(conn, moved, from, to;
        attendance.learner_id by id;
        attendance_dispute.learner_id by id;
        parked_attendance.learner_id by id;
        learner_card.learner_id by card_folded;
        assertion.learner_id by id;
        credential.learner_id by id;
        award_flag.learner_id by id;
        hold.learner_id by id;
        share.learner_id by id;
        disclosure.learner_id by id;
        record_refresh.learner_id by fingerprint;
        endorsement.profile_id by id;
        outbox.learner_id by id;
    );
    diesel::delete(kept_by_learner::table.filter(kept_by_learner::learner_id.eq(from))).execute(conn)?;
    forget_progress(conn, from)?;
    progress_mark::mark(conn, to)?;
    set_kind(conn, from, ProfileKind::Merged)?;
    let mut identifiers = kept.identifiers.get().clone();
    identifiers.extend(former_ids(merged).into_iter().filter(|one| !kept.identifiers.get().contains(one)));
    set_identifiers(conn, kept, identifiers)?;
    made.moved = Json::new(moved);
    made.state = DONE.to_owned();
    diesel::update(learner_merge::table.find(&made.id))
        .set((learner_merge::state.eq(DONE), learner_merge::moved.eq(made.moved.clone())))
        .execute(conn)?;
    Ok(made)
}

/// Gives back what was moved and is still there. What happened since stays with the learner who was kept. The caller
/// writes the entry.
pub fn undo(conn: &mut Conn, merge: &LearnerMerge, kept: &Profile, merged: &Profile, by: &Actor) -> QueryResult<()> {
    let own = learner_merge::table.find(&merge.id);
    diesel::update(own).set(learner_merge::state.eq(MOVING)).execute(conn)?;
    let (from, to, moved) = (&kept.id, &merged.id, merge.moved.get());
    move_back!(conn, moved, from, to;
        attendance.learner_id by id;
        attendance_dispute.learner_id by id;
        parked_attendance.learner_id by id;
        learner_card.learner_id by card_folded;
        assertion.learner_id by id;
        credential.learner_id by id;
        award_flag.learner_id by id;
        hold.learner_id by id;
        share.learner_id by id;
        disclosure.learner_id by id;
        record_refresh.learner_id by fingerprint;
        endorsement.profile_id by id;
        outbox.learner_id by id;
        program_award.learner_id by program_id;
        clr.learner_id by id;
    );
    for (id, number) in &moved.numbers {
        diesel::update(clr::table.filter(clr::id.eq(id)).filter(clr::learner_id.eq(to)))
            .set(clr::number.eq(Some(*number)))
            .execute(conn)?;
    }
    for event in moved.events.iter().filter_map(|id| id.parse().ok()) {
        stand_anew(conn, &event, from)?;
        stand_anew(conn, &event, to)?;
    }
    set_kind(conn, to, ProfileKind::Person)?;
    let former = former_ids(merged);
    let left = kept.identifiers.get().iter().filter(|one| !former.contains(one)).cloned().collect();
    set_identifiers(conn, kept, left)?;
    progress_mark::mark(conn, from)?;
    progress_mark::mark(conn, to)?;
    let now = clock::now().naive_utc();
    let undone = (
        learner_merge::state.eq(UNDONE),
        learner_merge::undone_by.eq(Some(by.name.clone())),
        learner_merge::undone_at.eq(Some(now)),
    );
    diesel::update(own).set(undone).execute(conn).map(|_| ())
}

/// Of a merge whose learner is erased nothing stays but that there was one.
pub fn erase(conn: &mut Conn, kept: &Id<Profile>) -> QueryResult<()> {
    let own = learner_merge::table.filter(learner_merge::kept_id.eq(kept).or(learner_merge::merged_id.eq(kept)));
    diesel::update(own).set(learner_merge::reason.eq("Erased")).execute(conn).map(|_| ())
}

/// Whoever came under either name came: of two standings at one event, the better one stands.
fn move_presence(conn: &mut Conn, from: &Id<Profile>, to: &Id<Profile>, moved: &mut Moved) -> QueryResult<()> {
    let better = |status: AttendanceStatus| match status {
        AttendanceStatus::Attended => 2,
        AttendanceStatus::Excused => 1,
        AttendanceStatus::Absent => 0,
    };
    let theirs: Vec<Presence> =
        presence::table.filter(presence::learner_id.eq(from)).select(Presence::as_select()).load(conn)?;
    for one in theirs {
        let own = attendance_noun::standing(conn, &one.event_id, to)?;
        let row = presence::table.find((&one.event_id, from));
        match &own {
            None => diesel::update(row).set(presence::learner_id.eq(to)).execute(conn)?,
            Some(own) => {
                diesel::delete(row).execute(conn)?;
                moved.at_both += 1;
                match better(one.status) > better(own.status) {
                    true => stand(conn, &one.event_id, to, &one)?,
                    false => 0,
                }
            }
        };
        moved.events.push(one.event_id.to_string());
    }
    Ok(())
}

fn stand(conn: &mut Conn, event: &Id<Event>, learner: &Id<Profile>, how: &Presence) -> QueryResult<usize> {
    diesel::update(presence::table.find((event, learner)))
        .set((
            presence::status.eq(how.status),
            presence::attendance_id.eq(&how.attendance_id),
            presence::recorded_at.eq(how.recorded_at),
        ))
        .execute(conn)
}

/// How a learner stands at an event by the newest entry; not at all without one.
fn stand_anew(conn: &mut Conn, event: &Id<Event>, learner: &Id<Profile>) -> QueryResult<()> {
    diesel::delete(presence::table.find((event, learner))).execute(conn)?;
    let newest: Option<Attendance> = attendance_noun::entries(conn, event, learner)?.pop();
    match newest {
        None => Ok(()),
        Some(newest) => diesel::insert_into(presence::table).values(newest.standing()).execute(conn).map(|_| ()),
    }
}

/// Published records are numbered on: a number names one record of a learner.
fn move_records(conn: &mut Conn, from: &Id<Profile>, to: &Id<Profile>, moved: &mut Moved) -> QueryResult<()> {
    let last: Option<i32> = clr::table.filter(clr::learner_id.eq(to)).select(max(clr::number)).first(conn)?;
    let theirs: Vec<(Id<Clr>, Option<i32>)> = clr::table
        .filter(clr::learner_id.eq(from))
        .order((clr::number, clr::id))
        .select((clr::id, clr::number))
        .load(conn)?;
    let mut next = last.unwrap_or(0);
    let mut keys = Vec::with_capacity(theirs.len());
    for (id, number) in theirs {
        let mut given = None;
        if let Some(number) = number {
            next += 1;
            given = Some(next);
            moved.numbers.push((id.to_string(), number));
        }
        diesel::update(clr::table.find(&id)).set((clr::learner_id.eq(to), clr::number.eq(given))).execute(conn)?;
        keys.push(id.to_string());
    }
    moved.rows.insert("clr".to_owned(), keys);
    Ok(())
}

/// What a program conferred on the one is the other's, unless it conferred on both; then each keeps its own.
fn move_conferred(conn: &mut Conn, from: &Id<Profile>, to: &Id<Profile>, moved: &mut Moved) -> QueryResult<()> {
    let of = |conn: &mut Conn, whose: &Id<Profile>| -> QueryResult<Vec<Id<Program>>> {
        program_award::table.filter(program_award::learner_id.eq(whose)).select(program_award::program_id).load(conn)
    };
    let (theirs, own) = (of(conn, from)?, of(conn, to)?);
    let mut keys = Vec::new();
    for program in theirs.into_iter().filter(|one| !own.contains(one)) {
        diesel::update(program_award::table.find((&program, from)))
            .set(program_award::learner_id.eq(to))
            .execute(conn)?;
        keys.push(program.to_string());
    }
    moved.rows.insert("program_award".to_owned(), keys);
    Ok(())
}

fn forget_progress(conn: &mut Conn, whose: &Id<Profile>) -> QueryResult<()> {
    diesel::delete(program_progress::table.filter(program_progress::learner_id.eq(whose))).execute(conn)?;
    diesel::delete(marks::table.find(whose)).execute(conn).map(|_| ())
}

fn set_kind(conn: &mut Conn, whose: &Id<Profile>, kind: ProfileKind) -> QueryResult<()> {
    let changed = (
        profile::kind.eq(kind),
        profile::revision.eq(profile::revision + 1),
        profile::updated_at.eq(clock::now().naive_utc()),
    );
    diesel::update(profile::table.find(whose)).set(changed).execute(conn).map(|_| ())
}

fn set_identifiers(conn: &mut Conn, whose: &Profile, identifiers: Vec<SystemIdentifier>) -> QueryResult<()> {
    let mut after = Profile { identifiers: Json::new(identifiers), revision: whose.revision + 1, ..whose.clone() };
    after.updated_at = clock::now().naive_utc();
    after.refold();
    diesel::update(profile::table.find(&whose.id)).set(after).execute(conn).map(|_| ())
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
