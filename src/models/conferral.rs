//! Conferrals: one go at awarding what was earned. Who is meant is frozen when it is prepared, so that what was looked at
//! is what is issued; what came of each learner is written down one by one, so that one that was interrupted goes on.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::{
    Profile, Program,
    audit::{self, Actor, Change},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    program::progress::Progress,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend, insert_rows,
        schema::{conferral, conferral_member, profile, program},
    },
    values::{ConferralOutcome, ConferralState, Id, Line},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "conferral";

/// One go at awarding.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = conferral, treat_none_as_default_value = false)]
pub struct Conferral {
    /// Row id.
    pub id: Id<Conferral>,
    /// The program.
    pub program_id: Id<Program>,
    /// The rule by which it was earned.
    pub rule_number: i32,
    /// How it stands.
    pub state: ConferralState,
    /// The date of conferral.
    pub conferral_date: NaiveDate,
    /// The term that stands on the awards.
    pub term: Option<Line>,
    /// Whether the learners are told by mail.
    pub notify: bool,
    /// Whether somebody else than who prepared it must approve.
    pub needs_second: bool,
    /// How many learners are meant.
    pub members: i32,
    /// Who prepared it.
    pub prepared_by: String,
    /// Their row id.
    pub prepared_by_id: Option<String>,
    /// When.
    pub prepared_at: NaiveDateTime,
    /// Who approved or dropped it.
    pub decided_by: Option<String>,
    /// Their row id.
    pub decided_by_id: Option<String>,
    /// When.
    pub decided_at: Option<NaiveDateTime>,
    /// Why it was dropped.
    pub refusal: Option<Line>,
    /// When the last of them was issued.
    pub finished_at: Option<NaiveDateTime>,
}

/// One learner in a conferral.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = conferral_member, treat_none_as_default_value = false)]
pub struct Member {
    /// The conferral.
    pub conferral_id: Id<Conferral>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// What lists are sorted by.
    pub learner_sort: String,
    /// How many events counted when it was prepared.
    pub counted: i32,
    /// What came of it.
    pub outcome: ConferralOutcome,
    /// Why it was left out.
    pub why: Option<String>,
}

/// How many came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Still to be issued.
    pub waiting: i64,
    /// Issued.
    pub issued: i64,
    /// Left out.
    pub left_out: i64,
}

impl Conferral {
    fn is(&self, one: &Actor) -> bool {
        self.prepared_by_id.is_some() && self.prepared_by_id == one.id
    }

    /// Whether this person may approve it.
    pub fn may_be_approved_by(&self, one: &Actor) -> bool {
        !self.needs_second || !self.is(one)
    }

    /// Records it with whom it means.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(conferral::table).values(self.clone()).execute(conn)?;
        let facts = vec![
            fact("Conferral date", self.conferral_date.to_string()),
            fact("Rule", self.rule_number.to_string()),
            fact("Learners", self.members.to_string()),
        ];
        audit::write(conn, by, "prepared a conferral of", (super::program::KIND, self.program_id.as_str()), facts)
    }

    /// Adds learners to it, before it is recorded for good.
    pub fn add(&self, conn: &mut Conn, earned: &[Progress]) -> QueryResult<()> {
        let rows: Vec<Member> = earned
            .iter()
            .map(|one| Member {
                conferral_id: self.id.clone(),
                learner_id: one.learner_id.clone(),
                learner_sort: one.learner_sort.clone(),
                counted: one.counted,
                outcome: ConferralOutcome::Waiting,
                why: None,
            })
            .collect();
        insert_rows!(conn, conferral_member::table, rows)
    }

    /// Approves it, or drops it for a reason, which leaves everybody out. `false` when somebody decided before.
    pub fn decide(&self, conn: &mut Conn, refusal: Option<&Line>, by: &Actor) -> QueryResult<bool> {
        let state = if refusal.is_some() { ConferralState::Dropped } else { ConferralState::Approved };
        let undecided = conferral::table.find(&self.id).filter(conferral::state.eq(ConferralState::Prepared));
        let changed = diesel::update(undecided)
            .set((
                conferral::state.eq(state),
                conferral::decided_by.eq(Some(&by.name)),
                conferral::decided_by_id.eq(by.id.as_ref()),
                conferral::decided_at.eq(Some(clock::now().naive_utc())),
                conferral::refusal.eq(refusal),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        if let Some(why) = refusal {
            let own = conferral_member::table.filter(conferral_member::conferral_id.eq(&self.id));
            let left_out = conferral_member::outcome.eq(ConferralOutcome::LeftOut);
            diesel::update(own).set((left_out, conferral_member::why.eq(why.as_str()))).execute(conn)?;
        }
        let action = if refusal.is_some() { "dropped a conferral of" } else { "approved a conferral of" };
        let mut facts = vec![fact("Learners", self.members.to_string())];
        facts.extend(refusal.map(|why| fact("Reason", why.to_string())));
        audit::write(conn, by, action, (super::program::KIND, self.program_id.as_str()), facts)?;
        Ok(true)
    }

    /// Notes that nobody waits any more. `false` when that was noted before.
    pub fn finish(&self, conn: &mut Conn, outcomes: Outcomes, by: &Actor) -> QueryResult<bool> {
        let running = conferral::table.find(&self.id).filter(conferral::state.eq(ConferralState::Approved));
        let changed = diesel::update(running)
            .set((conferral::state.eq(ConferralState::Done), conferral::finished_at.eq(Some(clock::now().naive_utc()))))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let facts = vec![fact("Issued", outcomes.issued.to_string()), fact("Left out", outcomes.left_out.to_string())];
        audit::write(conn, by, "conferred", (super::program::KIND, self.program_id.as_str()), facts)?;
        Ok(true)
    }
}

fn fact(field: &str, after: String) -> Change {
    Change { field: field.to_owned(), before: None, after: Some(after) }
}

/// One conferral.
pub fn find(conn: &mut Conn, id: &Id<Conferral>) -> QueryResult<Conferral> {
    conferral::table.find(id).select(Conferral::as_select()).first(conn)
}

/// The conferrals of a program, the newest first; at most fifty.
pub fn of_program(conn: &mut Conn, program: &Id<Program>) -> QueryResult<Vec<Conferral>> {
    conferral::table
        .filter(conferral::program_id.eq(program))
        .order((conferral::prepared_at.desc(), conferral::id.desc()))
        .limit(50)
        .select(Conferral::as_select())
        .load(conn)
}

/// The conferral of a program that is not finished, if there is one.
pub fn open(conn: &mut Conn, program: &Id<Program>) -> QueryResult<Option<Conferral>> {
    conferral::table
        .filter(conferral::program_id.eq(program))
        .filter(conferral::state.eq_any([ConferralState::Prepared, ConferralState::Approved]))
        .order((conferral::prepared_at, conferral::id))
        .select(Conferral::as_select())
        .first(conn)
        .optional()
}

/// Those that wait for an approval, of one office where one is given; at most fifty.
pub fn waiting(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<Vec<Conferral>> {
    let mut rows = conferral::table
        .inner_join(program::table.on(program::id.eq(conferral::program_id)))
        .filter(conferral::state.eq(ConferralState::Prepared))
        .into_boxed();
    if let Some(office) = office {
        rows = rows.filter(program::office_id.eq(office));
    }
    rows.order((conferral::prepared_at, conferral::id)).limit(50).select(Conferral::as_select()).load(conn)
}

/// Those that are to be issued, the oldest first; at most fifty.
pub fn approved(conn: &mut Conn) -> QueryResult<Vec<Conferral>> {
    conferral::table
        .filter(conferral::state.eq(ConferralState::Approved))
        .order((conferral::prepared_at, conferral::id))
        .limit(50)
        .select(Conferral::as_select())
        .load(conn)
}

/// How many came to what.
pub fn outcomes(conn: &mut Conn, id: &Id<Conferral>) -> QueryResult<Outcomes> {
    let all: Vec<(ConferralOutcome, i64)> = conferral_member::table
        .filter(conferral_member::conferral_id.eq(id))
        .group_by(conferral_member::outcome)
        .select((conferral_member::outcome, diesel::dsl::count_star()))
        .load(conn)?;
    let of = |outcome| all.iter().find(|(own, _)| *own == outcome).map_or(0, |(_, number)| *number);
    Ok(Outcomes {
        waiting: of(ConferralOutcome::Waiting),
        issued: of(ConferralOutcome::Issued),
        left_out: of(ConferralOutcome::LeftOut),
    })
}

/// The next learners who wait, by name; at most so many. Where another program on the same database has this conferral in
/// hand there are none: both would do the same, one after the other.
pub fn take_waiting(conn: &mut Conn, id: &Id<Conferral>, most: i64) -> QueryResult<Vec<Member>> {
    let next = conferral_member::table
        .filter(conferral_member::conferral_id.eq(id))
        .filter(conferral_member::outcome.eq(ConferralOutcome::Waiting))
        .order((conferral_member::learner_sort, conferral_member::learner_id))
        .limit(most);
    match conn {
        Conn::Sqlite(inner) => next.select(Member::as_select()).load(inner),
        Conn::Postgres(inner) => {
            let own = conferral::table.find(id).select(conferral::id).for_no_key_update().skip_locked();
            match own.first::<String>(inner).optional()? {
                Some(_) => next.select(Member::as_select()).load(inner),
                None => Ok(Vec::new()),
            }
        }
    }
}

/// A learner of a conferral.
pub fn member(conn: &mut Conn, id: &Id<Conferral>, learner: &Id<Profile>) -> QueryResult<Member> {
    conferral_member::table.find((id, learner)).select(Member::as_select()).first(conn)
}

/// Who comes next by name of those who wait: after this one, or at all.
pub fn waiting_after(conn: &mut Conn, id: &Id<Conferral>, after: Option<&Member>) -> QueryResult<Option<Member>> {
    let mut rows = conferral_member::table
        .filter(conferral_member::conferral_id.eq(id))
        .filter(conferral_member::outcome.eq(ConferralOutcome::Waiting))
        .into_boxed();
    if let Some(last) = after {
        let by_name = conferral_member::learner_sort.gt(&last.learner_sort);
        let namesakes = conferral_member::learner_sort.eq(&last.learner_sort);
        rows = rows.filter(by_name.or(namesakes.and(conferral_member::learner_id.gt(&last.learner_id))));
    }
    let by_name = rows.order((conferral_member::learner_sort, conferral_member::learner_id));
    by_name.select(Member::as_select()).first(conn).optional()
}

/// Writes down what came of a learner.
pub fn settle(conn: &mut Conn, member: &Member, outcome: ConferralOutcome, why: Option<&str>) -> QueryResult<()> {
    diesel::update(conferral_member::table.find((&member.conferral_id, &member.learner_id)))
        .set((conferral_member::outcome.eq(outcome), conferral_member::why.eq(why)))
        .execute(conn)
        .map(|_| ())
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    conferral_member::table.inner_join(profile::table.on(profile::id.eq(conferral_member::learner_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

fn matching<'a>(id: &Id<Conferral>, query: &Query) -> Rows<'a> {
    let mut rows = joined().into_boxed().filter(conferral_member::conferral_id.eq(id.clone()));
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    match query.filter("outcome").and_then(|outcome| ConferralOutcome::parse(outcome).ok()) {
        Some(outcome) => rows.filter(conferral_member::outcome.eq(outcome)),
        None => rows,
    }
}

/// A page of its learners by name; filters by `outcome`.
pub fn members(conn: &mut Conn, id: &Id<Conferral>, query: &Query) -> QueryResult<Page<(Member, Profile)>> {
    let rows = matching(id, query).select((Member::as_select(), Profile::as_select()));
    let rows: Vec<(Member, Profile)> =
        keyset!(rows, query, conferral_member::learner_sort, conferral_member::learner_id, String).load(conn)?;
    Ok(Page::of(rows, query, |(row, _)| Cursor::at(&row.learner_sort, row.learner_id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, id: &Id<Conferral>, query: &Query) -> QueryResult<i64> {
    let rows = matching(id, query).select(conferral_member::learner_id).limit(COUNT_LIMIT + 1);
    Ok(rows.load::<Id<Profile>>(conn)?.len() as i64)
}
