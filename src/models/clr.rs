//! The CLR: one learner's record as its publisher put it together (CLR 1.0 `Clr`). A draft until it is published; then
//! what it said stands frozen in its credential. A foreign one keeps the bytes it came as and is never changed.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Profile, issued::Extensions, page::Query};
use crate::{
    db::{Conn, schema::clr},
    values::{Id, Iri, Json, Name, Origin},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "clr";

/// A learner's record.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clr, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Clr {
    /// Row id.
    pub id: Id<Clr>,
    /// Public id, chosen at creation.
    pub iri: Iri,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// Whose record it is.
    pub learner_id: Id<Profile>,
    /// Who publishes it.
    pub publisher_id: Id<Profile>,
    /// What it is called.
    pub name: Option<Name>,
    /// Whether it takes all valid awards of the learner, or only chosen ones.
    pub takes_all: bool,
    /// Whether the publisher knows more than it says here.
    pub partial: bool,
    /// The how-manieth published record of the learner it is; none for a draft and for foreign ones.
    pub number: Option<i32>,
    /// When it was published.
    pub issued_at: Option<NaiveDateTime>,
    /// A foreign one, byte for byte as it came.
    pub document: Option<Vec<u8>>,
    /// The media type of these bytes.
    pub media_type: Option<String>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// The learner's sort name, as of the last save.
    pub learner_sort: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// One record.
pub fn find(conn: &mut Conn, id: &Id<Clr>) -> QueryResult<Clr> {
    clr::table.find(id).select(Clr::as_select()).first(conn)
}

/// The record with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Clr>> {
    clr::table.filter(clr::iri.eq(iri)).select(Clr::as_select()).first(conn).optional()
}

/// The records that a search finds, a few of them: what a picker offers.
pub fn named(conn: &mut Conn, query: &Query, most: i64) -> QueryResult<Vec<Clr>> {
    let mut rows = clr::table.into_boxed::<crate::db::MultiBackend>();
    for pattern in query.patterns() {
        rows = rows.filter(clr::search_text.like(pattern).escape('\\'));
    }
    rows.order((clr::learner_sort, clr::id)).limit(most).select(Clr::as_select()).load(conn)
}
