//! What a merge moves, and what taking it back gives back.

use std::collections::BTreeMap;

use diesel::{dsl::max, prelude::*};

use super::{CHUNK, DONE, LearnerMerge, MOVING, Moved, UNDONE, former_ids};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            assertion, attendance, attendance_dispute, award_flag, clr, credential, disclosure, endorsement, hold,
            kept_by_learner, learner_card, learner_merge, outbox, parked_attendance, presence, profile, program_award,
            program_progress, progress_mark as marks, record_refresh, share,
        },
    },
    models::{
        Actor, Attendance, Clr, Event, Presence, Profile, Program, attendance as attendance_noun,
        profile as profile_noun, progress_mark,
    },
    values::{AttendanceStatus, Id, Json, Line, ProfileKind, SystemIdentifier},
};

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
    moved.rows.extend(hand_over(conn, from, to, None)?);
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
    hand_over(conn, from, to, Some(moved))?;
    give_back_records(conn, from, to, moved)?;
    give_back_conferred(conn, from, to, moved)?;
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

/// Makes rows of one learner another's, table by table: all there are, or those that a merge moved. Returns their keys.
fn hand_over(
    conn: &mut Conn,
    from: &Id<Profile>,
    to: &Id<Profile>,
    only: Option<&Moved>,
) -> QueryResult<BTreeMap<String, Vec<String>>> {
    let mut handed = BTreeMap::new();
    macro_rules! of_each {
        ($($table:ident.$learner:ident by $key:ident;)+) => {$(
            let name = stringify!($table);
            let own = $table::table.filter($table::$learner.eq(from));
            let keys: Vec<String> = match only {
                Some(moved) => moved.keys(name).to_vec(),
                None => own.select($table::$key).load(conn)?,
            };
            for keys in keys.chunks(CHUNK) {
                diesel::update(own.filter($table::$key.eq_any(keys))).set($table::$learner.eq(to)).execute(conn)?;
            }
            handed.insert(name.to_owned(), keys);
        )+};
    }
    of_each! {
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
    }
    Ok(handed)
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

/// Gives records back with the numbers that they had. First none has one: what one had may be what another has now.
fn give_back_records(conn: &mut Conn, from: &Id<Profile>, to: &Id<Profile>, moved: &Moved) -> QueryResult<()> {
    let own = clr::table.filter(clr::learner_id.eq(from));
    for ids in moved.keys("clr").chunks(CHUNK) {
        let back = (clr::learner_id.eq(to), clr::number.eq(None::<i32>));
        diesel::update(own.filter(clr::id.eq_any(ids))).set(back).execute(conn)?;
    }
    for (id, number) in &moved.numbers {
        let back = clr::table.filter(clr::id.eq(id)).filter(clr::learner_id.eq(to));
        diesel::update(back).set(clr::number.eq(Some(*number))).execute(conn)?;
    }
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

fn give_back_conferred(conn: &mut Conn, from: &Id<Profile>, to: &Id<Profile>, moved: &Moved) -> QueryResult<()> {
    let own = program_award::table.filter(program_award::learner_id.eq(from));
    diesel::update(own.filter(program_award::program_id.eq_any(moved.keys("program_award"))))
        .set(program_award::learner_id.eq(to))
        .execute(conn)
        .map(|_| ())
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
