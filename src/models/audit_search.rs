//! Reading the audit trail: newest first, narrowed by who, what, what to, when and one object. Every question is answered
//! from an index that has the order in it, so that no page sorts.

use chrono::NaiveDateTime;
use diesel::{prelude::*, sql_types::Text};

use super::audit_chain::Link;
use crate::db::{Conn, schema::audit_entry};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// One person, by the row id.
    Person(String),
    /// Everybody of a kind: `learner`, `command`, `system`.
    Kind(String),
}

/// What is asked for; nothing narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By whom.
    pub who: Option<Who>,
    /// What was done.
    pub action: Option<String>,
    /// To what kind of object.
    pub kind: Option<String>,
    /// To which object, by its row id.
    pub object: Option<String>,
    /// From this instant on …
    pub from: Option<NaiveDateTime>,
    /// … and before this one.
    pub before: Option<NaiveDateTime>,
}

/// Entries, newest first; those older than the entry with a number, where one is given.
pub fn page(conn: &mut Conn, wanted: &Wanted, older_than: Option<i64>, most: i64) -> QueryResult<Vec<Link>> {
    let mut rows = audit_entry::table.into_boxed();
    match &wanted.who {
        Some(Who::Person(id)) => rows = rows.filter(audit_entry::actor_id.eq(id)),
        Some(Who::Kind(kind)) => rows = rows.filter(audit_entry::actor_kind.eq(kind)),
        None => {}
    }
    if let Some(action) = &wanted.action {
        rows = rows.filter(audit_entry::action.eq(action));
    }
    if let Some(kind) = &wanted.kind {
        rows = rows.filter(audit_entry::object_kind.eq(kind));
    }
    if let Some(object) = &wanted.object {
        rows = rows.filter(audit_entry::object_id.eq(object));
    }
    if let Some(from) = wanted.from {
        rows = rows.filter(audit_entry::at.ge(from));
    }
    if let Some(before) = wanted.before {
        rows = rows.filter(audit_entry::at.lt(before));
    }
    if let Some(seq) = older_than {
        let Some(at) = audit_entry::table.find(seq).select(audit_entry::at).first::<NaiveDateTime>(conn).optional()?
        else {
            return Ok(Vec::new());
        };
        // The first half leads the index to the place, the second leaves out those of the same instant.
        rows = rows.filter(audit_entry::at.le(at)).filter(audit_entry::at.lt(at).or(audit_entry::seq.lt(seq)));
    }
    rows.order((audit_entry::at.desc(), audit_entry::seq.desc())).limit(most).select(Link::as_select()).load(conn)
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// What was ever done, in alphabetical order.
pub fn actions(conn: &mut Conn) -> QueryResult<Vec<String>> {
    words(conn, "action")
}

/// The kinds of objects that it was ever done to, in alphabetical order.
pub fn kinds(conn: &mut Conn) -> QueryResult<Vec<String>> {
    words(conn, "object_kind")
}

/// Raw: the builder has no word for a recursion. It leaps from one value to the next along the index, where DISTINCT would
/// read every entry there is.
fn words(conn: &mut Conn, column: &'static str) -> QueryResult<Vec<String>> {
    let sql = format!(
        "WITH RECURSIVE found (word) AS (SELECT min({column}) FROM audit_entry UNION ALL \
         SELECT (SELECT min({column}) FROM audit_entry WHERE {column} > found.word) FROM found \
         WHERE found.word IS NOT NULL) SELECT word FROM found WHERE word IS NOT NULL"
    );
    let found: Vec<Word> = diesel::sql_query(sql).load(conn)?;
    Ok(found.into_iter().map(|one| one.word).collect())
}
