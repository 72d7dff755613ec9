//! How far each learner has come by the rule in force, as the last look at them found it. Whether somebody is held is
//! asked afresh each time: a hold begins and ends by the clock.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    dsl::{exists, not},
    prelude::*,
    upsert::excluded,
};

use super::{Program, rule::Occasion};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{
            achievement, association, credential, event, hold as holds, presence, profile, program, program_award,
            program_progress, progress_mark,
        },
    },
    models::{
        Achievement, Event, Profile, hold,
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    },
    values::{AssociationType, AttendanceStatus, HoldKind, Id, Json, ProgressState, Status},
};

/// How far a learner has come.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = program_progress)]
pub struct Progress {
    /// The program.
    pub program_id: Id<Program>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// How they stand.
    pub state: ProgressState,
    /// How many events count.
    pub counted: i32,
    /// How many things are lacking.
    pub lacking: i32,
    /// What is lacking, in words.
    pub detail: String,
    /// What lists are sorted by.
    pub learner_sort: String,
}

/// How many stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Earned it, and nothing holds it.
    pub earned: i64,
    /// Lack one thing.
    pub one_short: i64,
    /// Lack more.
    pub on_the_way: i64,
    /// Were awarded.
    pub awarded: i64,
    /// Earned it, and an administrative hold is on.
    pub held: i64,
}

/// An administrative hold is on: the award waits until it is lifted.
#[diesel::dsl::auto_type]
fn is_held(now: NaiveDateTime) -> _ {
    let administrative: HoldKind = HoldKind::Administrative;
    let in_force: hold::in_force = hold::in_force(now);
    exists(
        holds::table
            .filter(holds::learner_id.eq(program_progress::learner_id))
            .filter(holds::kind.eq(administrative))
            .filter(in_force),
    )
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    program_progress::table.inner_join(profile::table.on(profile::id.eq(program_progress::learner_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(program: &Id<Program>, query: &Query) -> Rows<'a> {
    let now = clock::now().naive_utc();
    let mut rows = joined().into_boxed().filter(program_progress::program_id.eq(program.clone()));
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    match query.filter("state") {
        Some("held") => rows.filter(program_progress::state.eq(ProgressState::Earned)).filter(is_held(now)),
        Some("earned") => rows.filter(program_progress::state.eq(ProgressState::Earned)).filter(not(is_held(now))),
        Some(state) => match ProgressState::parse(state) {
            Ok(state) => rows.filter(program_progress::state.eq(state)),
            Err(_) => rows,
        },
        None => rows,
    }
}

/// A page of learners by name; filters by `state`, where `held` is a state too.
pub fn search(conn: &mut Conn, program: &Id<Program>, query: &Query) -> QueryResult<Page<(Progress, Profile)>> {
    let rows = matching(program, query).select((Progress::as_select(), Profile::as_select()));
    let rows: Vec<(Progress, Profile)> =
        keyset!(rows, query, program_progress::learner_sort, program_progress::learner_id, String).load(conn)?;
    Ok(Page::of(rows, query, |(row, _)| Cursor::at(&row.learner_sort, row.learner_id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, program: &Id<Program>, query: &Query) -> QueryResult<i64> {
    let rows = matching(program, query).select(program_progress::learner_id).limit(COUNT_LIMIT + 1);
    Ok(rows.load::<Id<Profile>>(conn)?.len() as i64)
}

/// How many stand how.
pub fn counts(conn: &mut Conn, program: &Id<Program>) -> QueryResult<Counts> {
    Ok(counts_of(conn, std::slice::from_ref(program))?.remove(program).unwrap_or_default())
}

/// How many stand how in each of these programs.
pub fn counts_of(conn: &mut Conn, programs: &[Id<Program>]) -> QueryResult<HashMap<Id<Program>, Counts>> {
    let own = || program_progress::table.filter(program_progress::program_id.eq_any(programs));
    let all: Vec<(Id<Program>, ProgressState, i64)> = own()
        .group_by((program_progress::program_id, program_progress::state))
        .select((program_progress::program_id, program_progress::state, diesel::dsl::count_star()))
        .load(conn)?;
    let held: Vec<(Id<Program>, i64)> = own()
        .filter(program_progress::state.eq(ProgressState::Earned))
        .filter(is_held(clock::now().naive_utc()))
        .group_by(program_progress::program_id)
        .select((program_progress::program_id, diesel::dsl::count_star()))
        .load(conn)?;
    let mut of: HashMap<Id<Program>, Counts> = HashMap::new();
    for (program, state, number) in all {
        let counts = of.entry(program).or_default();
        match state {
            ProgressState::Earned => counts.earned = number,
            ProgressState::OneShort => counts.one_short = number,
            ProgressState::OnTheWay => counts.on_the_way = number,
            ProgressState::Awarded => counts.awarded = number,
        }
    }
    for (program, number) in held {
        let counts = of.entry(program).or_default();
        counts.earned -= number;
        counts.held = number;
    }
    Ok(of)
}

/// How one learner has come, where anything is known.
pub fn of(conn: &mut Conn, program: &Id<Program>, learner: &Id<Profile>) -> QueryResult<Option<Progress>> {
    program_progress::table.find((program, learner)).select(Progress::as_select()).first(conn).optional()
}

/// How one learner has come in every program, with the name of its award.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<(Progress, String)>> {
    program_progress::table
        .inner_join(program::table.on(program::id.eq(program_progress::program_id)))
        .inner_join(achievement::table.on(achievement::id.eq(program::achievement_id)))
        .filter(program_progress::learner_id.eq(learner))
        .order((program::sort_name, program::id))
        .select((Progress::as_select(), achievement::name))
        .load(conn)
}

/// Everybody who earned it and is not held: id and sort key, in the order of names, after a place; at most so many.
pub fn earned_after(
    conn: &mut Conn,
    program: &Id<Program>,
    after: Option<&(String, Id<Profile>)>,
    most: i64,
) -> QueryResult<Vec<Progress>> {
    let mut rows = program_progress::table
        .filter(program_progress::program_id.eq(program))
        .filter(program_progress::state.eq(ProgressState::Earned))
        .filter(not(is_held(clock::now().naive_utc())))
        .into_boxed();
    if let Some((sort, id)) = after {
        rows = rows.filter(
            program_progress::learner_sort
                .gt(sort)
                .or(program_progress::learner_sort.eq(sort).and(program_progress::learner_id.gt(id))),
        );
    }
    rows.order((program_progress::learner_sort, program_progress::learner_id))
        .limit(most)
        .select(Progress::as_select())
        .load(conn)
}

// ---- What evaluating reads, a batch of learners at a time.

/// One learner as a rule needs to know them.
#[derive(Debug, Clone, Queryable)]
pub struct Person {
    /// Row id.
    pub id: Id<Profile>,
    /// What lists are sorted by.
    pub sort_name: String,
    /// Their first day here.
    pub entered_on: Option<NaiveDate>,
}

/// The learners of these ids who are still there; those whose data was erased have no name.
pub fn people(conn: &mut Conn, ids: &[Id<Profile>]) -> QueryResult<Vec<Person>> {
    profile::table
        .filter(profile::id.eq_any(ids))
        .select((profile::id, profile::sort_name, profile::entered_on))
        .order(profile::id)
        .load(conn)
}

/// How learners stand at which events.
pub type Standings = HashMap<Id<Profile>, Vec<(Id<Event>, AttendanceStatus)>>;

/// How these learners stand at which events.
pub fn standings(conn: &mut Conn, ids: &[Id<Profile>]) -> QueryResult<Standings> {
    let rows: Vec<(Id<Profile>, Id<Event>, AttendanceStatus)> = presence::table
        .filter(presence::learner_id.eq_any(ids))
        .order((presence::learner_id, presence::event_id))
        .select((presence::learner_id, presence::event_id, presence::status))
        .load(conn)?;
    let mut of = Standings::new();
    for (learner, event, status) in rows {
        of.entry(learner).or_default().push((event, status));
    }
    Ok(of)
}

/// A credential as a rule needs to know it: of what, how it stands, until when.
pub type HeldCredential = (Option<Id<Achievement>>, Status, Option<NaiveDateTime>);

/// What each of these learners was ever awarded of these achievements.
pub fn credentials(
    conn: &mut Conn,
    ids: &[Id<Profile>],
    achievements: &[&Id<Achievement>],
) -> QueryResult<HashMap<Id<Profile>, Vec<HeldCredential>>> {
    let own = (credential::achievement_id, credential::status, credential::expires_at);
    let rows: Vec<(Id<Profile>, HeldCredential)> = credential::table
        .filter(credential::learner_id.eq_any(ids))
        .filter(credential::achievement_id.eq_any(achievements))
        .select((credential::learner_id, own))
        .load(conn)?;
    let mut of: HashMap<Id<Profile>, Vec<HeldCredential>> = HashMap::new();
    for (learner, credential) in rows {
        of.entry(learner).or_default().push(credential);
    }
    Ok(of)
}

/// An award that was conferred: to whom, by which program, the award, and the events it rests on.
pub type Conferred = (Id<Profile>, Id<Program>, Id<crate::models::Assertion>, Json<Vec<String>>, i32);

/// What was conferred on these learners and was not revoked since.
pub fn conferred(conn: &mut Conn, ids: &[Id<Profile>]) -> QueryResult<Vec<Conferred>> {
    program_award::table
        .inner_join(credential::table.on(credential::assertion_id.eq(program_award::assertion_id.nullable())))
        .filter(credential::status.ne(Status::Revoked))
        .filter(program_award::learner_id.eq_any(ids))
        .select((
            program_award::learner_id,
            program_award::program_id,
            program_award::assertion_id,
            program_award::events,
            program_award::rule_number,
        ))
        .load(conn)
}

/// How far these learners had come before.
pub fn known(conn: &mut Conn, ids: &[Id<Profile>]) -> QueryResult<Vec<Progress>> {
    program_progress::table.filter(program_progress::learner_id.eq_any(ids)).select(Progress::as_select()).load(conn)
}

/// Writes what changed of a program's learners: those of `gone` have no row any more, `rows` take the place of theirs.
pub fn write(conn: &mut Conn, program: &Id<Program>, rows: &[Progress], gone: &[Id<Profile>]) -> QueryResult<()> {
    if !gone.is_empty() {
        let before = program_progress::table
            .filter(program_progress::program_id.eq(program))
            .filter(program_progress::learner_id.eq_any(gone));
        diesel::delete(before).execute(conn)?;
    }
    // Two programs on one database may look at the same learner at once: the later one takes the earlier one's place. Two
    // arms, because the connection to either has no word for a conflict.
    let key = (program_progress::program_id, program_progress::learner_id);
    let anew = (
        program_progress::state.eq(excluded(program_progress::state)),
        program_progress::counted.eq(excluded(program_progress::counted)),
        program_progress::lacking.eq(excluded(program_progress::lacking)),
        program_progress::detail.eq(excluded(program_progress::detail)),
        program_progress::learner_sort.eq(excluded(program_progress::learner_sort)),
    );
    let into = diesel::insert_into(program_progress::table);
    match conn {
        Conn::Sqlite(inner) => rows
            .iter()
            .try_for_each(|row| into.values(row).on_conflict(key).do_update().set(anew).execute(inner).map(|_| ())),
        Conn::Postgres(inner) => rows
            .chunks(200)
            .try_for_each(|rows| into.values(rows).on_conflict(key).do_update().set(anew).execute(inner).map(|_| ())),
    }
}

/// The next learners with any attendance or progress after an id, for a look at everybody.
pub fn next_learners(conn: &mut Conn, after: Option<&Id<Profile>>, most: i64) -> QueryResult<Vec<Id<Profile>>> {
    let after = after.map(|id| id.as_str().to_owned()).unwrap_or_default();
    let mut ids: Vec<Id<Profile>> = presence::table
        .filter(presence::learner_id.gt(&after))
        .order(presence::learner_id)
        .select(presence::learner_id)
        .distinct()
        .limit(most)
        .load(conn)?;
    let known: Vec<Id<Profile>> = program_progress::table
        .filter(program_progress::learner_id.gt(&after))
        .order(program_progress::learner_id)
        .select(program_progress::learner_id)
        .distinct()
        .limit(most)
        .load(conn)?;
    ids.extend(known);
    ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    ids.dedup();
    ids.truncate(most as usize);
    Ok(ids)
}

/// Takes up to so many learners who are to be looked at again: their marks are gone when the transaction ends. Whoever
/// marks one of them meanwhile waits for that, and marks them anew.
pub fn take_marked(conn: &mut Conn, most: i64) -> QueryResult<Vec<Id<Profile>>> {
    let oldest = progress_mark::table.order((progress_mark::marked_at, progress_mark::learner_id)).limit(most);
    let mut ids: Vec<Id<Profile>> = match conn {
        Conn::Sqlite(inner) => oldest.select(progress_mark::learner_id).load(inner)?,
        Conn::Postgres(inner) => oldest.select(progress_mark::learner_id).for_update().skip_locked().load(inner)?,
    };
    ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    diesel::delete(progress_mark::table.filter(progress_mark::learner_id.eq_any(&ids))).execute(conn)?;
    Ok(ids)
}

/// How many learners are to be looked at again.
pub fn marked(conn: &mut Conn) -> QueryResult<i64> {
    progress_mark::table.count().get_result(conn)
}

/// The events of an achievement: those whose own achievement is part of it, cancelled ones too.
pub fn qualifying(conn: &mut Conn, achievement: &Id<Achievement>) -> QueryResult<HashMap<Id<Event>, Occasion>> {
    type Row = (Id<Event>, Json<Vec<String>>, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = event::table
        .inner_join(association::table.on(association::achievement_id.eq(event::achievement_id)))
        .filter(association::target_id.eq(achievement))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .select((event::id, event::areas, event::starts_at, event::ends_at, event::cancelled_at))
        .load(conn)?;
    let occasion = |(id, areas, starts_at, ends_at, cancelled_at): Row| {
        let areas = areas.into_inner();
        (id, Occasion { areas, starts_at, ends_at, is_cancelled: cancelled_at.is_some() })
    };
    Ok(rows.into_iter().map(occasion).collect())
}
