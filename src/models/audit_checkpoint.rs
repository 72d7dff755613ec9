//! Checkpoints of the audit trail: the publisher's signature under the number and hash of an entry. Never changed or
//! deleted (a trigger of the database refuses).

use chrono::NaiveDateTime;
use diesel::{dsl::max, prelude::*};

use super::{SigningKey, audit_check::Anchor};
use crate::{
    db::{Conn, schema::audit_checkpoint},
    values::Id,
};

/// The name of the kind in the audit trail. A checkpoint has an entry of its own, which is the last that it vouches for;
/// its id is the entry's number.
pub const KIND: &str = "audit checkpoint";
/// What the trail says of it.
pub const SIGNED: &str = "signed";

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoint)]
pub struct Checkpoint {
    /// The number of the last entry that it vouches for.
    pub seq: i64,
    /// When it was signed.
    pub at: NaiveDateTime,
    /// That entry's hash.
    pub hash: String,
    /// The key it was signed with.
    pub key_id: Id<SigningKey>,
    /// The signed form, a compact JWS.
    pub token: String,
}

impl Checkpoint {
    /// What it vouches for.
    pub fn anchor(&self) -> Anchor {
        Anchor { seq: self.seq, hash: self.hash.clone(), at: self.at }
    }

    /// Writes it down.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(audit_checkpoint::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// All of them, oldest first.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Checkpoint>> {
    audit_checkpoint::table.order(audit_checkpoint::seq).select(Checkpoint::as_select()).load(conn)
}

/// The latest ones, newest first.
pub fn latest(conn: &mut Conn, most: i64) -> QueryResult<Vec<Checkpoint>> {
    audit_checkpoint::table.order(audit_checkpoint::seq.desc()).limit(most).select(Checkpoint::as_select()).load(conn)
}

/// One, by the number of its entry.
pub fn find(conn: &mut Conn, seq: i64) -> QueryResult<Checkpoint> {
    audit_checkpoint::table.find(seq).select(Checkpoint::as_select()).first(conn)
}

/// How many a key signed from an instant on.
pub fn count_since(conn: &mut Conn, key: &Id<SigningKey>, since: NaiveDateTime) -> QueryResult<i64> {
    let own = audit_checkpoint::table.filter(audit_checkpoint::key_id.eq(key));
    own.filter(audit_checkpoint::at.ge(since)).count().get_result(conn)
}

/// The highest number that any of them vouches for; 0 where there is none.
pub fn last_seq(conn: &mut Conn) -> QueryResult<i64> {
    let last: Option<i64> = audit_checkpoint::table.select(max(audit_checkpoint::seq)).first(conn)?;
    Ok(last.unwrap_or(0))
}
