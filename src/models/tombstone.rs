//! The tombstone: a code that was public once and opens nothing any more. Publicly it is as unknown as any other code;
//! staff see why. It is kept for the award it was for, and never given to another.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    clock,
    db::{Conn, schema::tombstone},
    values::{CeDiD, Iri},
};

/// A row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tombstone, treat_none_as_default_value = false)]
pub struct Tombstone {
    /// The code.
    pub cedid: CeDiD,
    /// Its folded form.
    pub cedid_folded: String,
    /// The public id of the award it was for.
    pub iri: Iri,
    /// Since when it opens nothing.
    pub buried_at: NaiveDateTime,
}

/// Notes that a code opens nothing any more. One that was buried before stays as it is.
pub fn bury(conn: &mut Conn, cedid: CeDiD, iri: Iri) -> QueryResult<()> {
    if of(conn, &cedid)?.is_some() {
        return Ok(());
    }
    let row = Tombstone { cedid_folded: cedid.folded(), cedid, iri, buried_at: clock::now().naive_utc() };
    diesel::insert_into(tombstone::table).values(row).execute(conn).map(|_| ())
}

/// The tombstone of a code.
pub fn of(conn: &mut Conn, cedid: &CeDiD) -> QueryResult<Option<Tombstone>> {
    tombstone::table.filter(tombstone::cedid.eq(cedid)).select(Tombstone::as_select()).first(conn).optional()
}

/// Whether a code that folds like this was ever buried.
pub fn has_fold(conn: &mut Conn, folded: &str) -> QueryResult<bool> {
    let buried: i64 = tombstone::table.filter(tombstone::cedid_folded.eq(folded)).count().get_result(conn)?;
    Ok(buried > 0)
}
