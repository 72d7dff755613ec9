//! Terms and academic years, as the institution counts them. Both days are in them.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::audit::{self, Actor, Change};
use crate::{
    clock,
    db::{Conn, schema::term},
    values::{Id, Line, TermKind, fold},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "term";

/// A term or an academic year.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = term)]
pub struct Term {
    /// Row id.
    pub id: Id<Term>,
    /// `Fall 2026`.
    pub name: Line,
    /// Folded; no two are alike.
    pub name_folded: String,
    /// A term or a year.
    pub kind: TermKind,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl Term {
    /// A new term.
    pub fn new(name: Line, kind: TermKind, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Self {
        let name_folded = fold(name.as_str());
        Self { id: Id::fresh(), name, name_folded, kind, starts_on, ends_on, created_at: clock::now().naive_utc() }
    }

    /// Records it. The caller has asked whether its name is taken.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(term::table).values(self.clone()).execute(conn)?;
        let told = Change { field: "Term".to_owned(), before: None, after: Some(self.in_words()) };
        audit::write(conn, by, "created", (KIND, self.id.as_str()), vec![told])
    }

    /// `Fall 2026, 24 August 2026 to 18 December 2026`.
    pub fn in_words(&self) -> String {
        let day = |date: NaiveDate| date.format("%-d %B %Y").to_string();
        format!("{}, {} to {}", self.name, day(self.starts_on), day(self.ends_on))
    }
}

/// All of them, the latest first.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Term>> {
    term::table.order((term::starts_on.desc(), term::id)).limit(500).select(Term::as_select()).load(conn)
}

/// One of them.
pub fn find(conn: &mut Conn, id: &Id<Term>) -> QueryResult<Term> {
    term::table.find(id).select(Term::as_select()).first(conn)
}

/// Whether a name is taken, in any case.
pub fn is_taken(conn: &mut Conn, name: &Line) -> QueryResult<bool> {
    let same = term::table.filter(term::name_folded.eq(fold(name.as_str())));
    diesel::select(diesel::dsl::exists(same)).get_result(conn)
}

/// The term (not the year) that a day is in; of several, the one that began last.
pub fn on(conn: &mut Conn, day: NaiveDate) -> QueryResult<Option<Term>> {
    term::table
        .filter(term::kind.eq(TermKind::Term))
        .filter(term::starts_on.le(day))
        .filter(term::ends_on.ge(day))
        .order((term::starts_on.desc(), term::id))
        .select(Term::as_select())
        .first(conn)
        .optional()
}

/// Removes it. Rules keep the days they were made with.
pub fn delete(conn: &mut Conn, id: &Id<Term>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    diesel::delete(term::table.find(id)).execute(conn)?;
    let told = Change { field: "Term".to_owned(), before: Some(gone.in_words()), after: None };
    audit::write(conn, by, "deleted", (KIND, id.as_str()), vec![told])
}
