//! Awards whose ground changed after they were conferred. Nothing is revoked by itself: a flag says what changed, and
//! somebody decides.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Assertion, Profile, Program, assertion,
    audit::{self, Actor, Change},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, award_flag, profile, program},
    },
    values::{FlagDecision, Id, Line},
};

/// An award to decide about.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = award_flag, treat_none_as_default_value = false)]
pub struct AwardFlag {
    /// Row id.
    pub id: Id<AwardFlag>,
    /// The program.
    pub program_id: Id<Program>,
    /// The learner.
    pub learner_id: Id<Profile>,
    /// The award.
    pub assertion_id: Id<Assertion>,
    /// What lists are sorted by.
    pub learner_sort: String,
    /// What changed, in words.
    pub what: String,
    /// Whether the rule it was earned under still gives it.
    pub still_earned: bool,
    /// When it was noticed.
    pub raised_at: NaiveDateTime,
    /// When somebody decided.
    pub settled_at: Option<NaiveDateTime>,
    /// Who.
    pub settled_by: Option<String>,
    /// What.
    pub decision: Option<FlagDecision>,
    /// Why.
    pub reason: Option<Line>,
}

impl AwardFlag {
    /// Raises it, or says anew what changed where it is raised already.
    pub fn raise(&self, conn: &mut Conn) -> QueryResult<()> {
        if let Some(known) = open_of(conn, &self.assertion_id)? {
            if known.what == self.what && known.still_earned == self.still_earned {
                return Ok(());
            }
            return diesel::update(award_flag::table.find(&known.id))
                .set((award_flag::what.eq(&self.what), award_flag::still_earned.eq(self.still_earned)))
                .execute(conn)
                .map(|_| ());
        }
        diesel::insert_into(award_flag::table).values(self.clone()).execute(conn)?;
        let facts = vec![fact("What changed", self.what.clone())];
        audit::write(conn, &Actor::system(), "flagged", (assertion::KIND, self.assertion_id.as_str()), facts)
    }

    /// Settles it. `false` when somebody did before.
    pub fn settle(
        &self,
        conn: &mut Conn,
        (decision, reason): (FlagDecision, Option<&Line>),
        by: &Actor,
    ) -> QueryResult<bool> {
        let open = award_flag::table.find(&self.id).filter(award_flag::settled_at.is_null());
        let changed = diesel::update(open)
            .set((
                award_flag::settled_at.eq(Some(clock::now().naive_utc())),
                award_flag::settled_by.eq(Some(&by.name)),
                award_flag::decision.eq(Some(decision)),
                award_flag::reason.eq(reason),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let mut facts = vec![fact("Decision", decision.label().to_owned())];
        facts.extend(reason.map(|why| fact("Reason", why.to_string())));
        audit::write(conn, by, "settled a flag on", (assertion::KIND, self.assertion_id.as_str()), facts)?;
        Ok(true)
    }
}

fn fact(field: &str, after: String) -> Change {
    Change { field: field.to_owned(), before: None, after: Some(after) }
}

/// One flag.
pub fn find(conn: &mut Conn, id: &Id<AwardFlag>) -> QueryResult<AwardFlag> {
    award_flag::table.find(id).select(AwardFlag::as_select()).first(conn)
}

/// The flag on an award that waits for a decision.
pub fn open_of(conn: &mut Conn, assertion: &Id<Assertion>) -> QueryResult<Option<AwardFlag>> {
    award_flag::table
        .filter(award_flag::assertion_id.eq(assertion))
        .filter(award_flag::settled_at.is_null())
        .select(AwardFlag::as_select())
        .first(conn)
        .optional()
}

/// The newest flag on an award that was settled.
pub fn last_settled(conn: &mut Conn, assertion: &Id<Assertion>) -> QueryResult<Option<AwardFlag>> {
    award_flag::table
        .filter(award_flag::assertion_id.eq(assertion))
        .filter(award_flag::settled_at.is_not_null())
        .order(award_flag::settled_at.desc())
        .select(AwardFlag::as_select())
        .first(conn)
        .optional()
}

/// A flag stands on the award that took the place of its own.
pub fn follow(conn: &mut Conn, flag: &AwardFlag, newer: &Id<Assertion>) -> QueryResult<()> {
    diesel::update(award_flag::table.find(&flag.id)).set(award_flag::assertion_id.eq(newer)).execute(conn).map(|_| ())
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    award_flag::table
        .inner_join(profile::table.on(profile::id.eq(award_flag::learner_id)))
        .inner_join(program::table.on(program::id.eq(award_flag::program_id)))
        .inner_join(achievement::table.on(achievement::id.eq(program::achievement_id)))
}

type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

/// A flag with whose award it is, and what was awarded.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The flag.
    pub flag: AwardFlag,
    /// The learner.
    pub learner: Profile,
    /// What was awarded.
    pub awarded: Achievement,
}

fn matching<'a>(query: &Query) -> Rows<'a> {
    let mut rows = joined().into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(program::office_id.eq(office.clone()));
    }
    match query.filter("state") {
        Some("settled") => rows.filter(award_flag::settled_at.is_not_null()),
        _ => rows.filter(award_flag::settled_at.is_null()),
    }
}

/// A page of flags, those noticed last first; filters by `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(query).select((AwardFlag::as_select(), Profile::as_select(), Achievement::as_select()));
    let rows: Vec<(AwardFlag, Profile, Achievement)> =
        keyset!(rows, query, award_flag::raised_at, award_flag::id, NaiveDateTime).load(conn)?;
    let page = Page::of(rows, query, |(row, _, _)| Cursor::at(&row.raised_at, row.id.as_str()));
    Ok(page.map(|(flag, learner, awarded)| Listed { flag, learner, awarded }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let rows = matching(query).select(award_flag::id).limit(COUNT_LIMIT + 1);
    Ok(rows.load::<Id<AwardFlag>>(conn)?.len() as i64)
}

/// How many wait for a decision.
pub fn waiting(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<i64> {
    count(conn, &Query { office: office.cloned(), ..Query::default() })
}
