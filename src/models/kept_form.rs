//! What somebody was typing when the session ended: kept for half an hour, for that person alone, shown again after
//! signing in and never sent by itself.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::Staff;
use crate::{
    clock,
    db::{Conn, schema::kept_form},
    values::Id,
};

/// Most bytes of a form that are kept: the largest there is, a full rubric.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Minutes it is kept.
const MINUTES: i64 = 30;

#[derive(Insertable)]
#[diesel(table_name = kept_form)]
struct KeptForm<'a> {
    secret_hash: String,
    staff_id: &'a Id<Staff>,
    address: &'a str,
    body: &'a str,
    expires_at: NaiveDateTime,
}

/// Keeps a form and returns the secret it is found by.
pub fn keep(conn: &mut Conn, staff: &Id<Staff>, address: &str, body: &str) -> QueryResult<String> {
    let now = clock::now().naive_utc();
    diesel::delete(kept_form::table.filter(kept_form::expires_at.lt(now))).execute(conn)?;
    let secret = clock::secret();
    let row = KeptForm {
        secret_hash: clock::fingerprint(&secret),
        staff_id: staff,
        address,
        body,
        expires_at: now + TimeDelta::minutes(MINUTES),
    };
    diesel::insert_into(kept_form::table).values(row).execute(conn)?;
    Ok(secret)
}

/// The form behind a secret, for the person who typed it, on the page it belongs to.
pub fn find(conn: &mut Conn, secret: &str, staff: &str, address: &str) -> QueryResult<Option<String>> {
    kept_form::table
        .find(clock::fingerprint(secret))
        .filter(kept_form::staff_id.eq(staff))
        .filter(kept_form::address.eq(address))
        .filter(kept_form::expires_at.gt(clock::now().naive_utc()))
        .select(kept_form::body)
        .first(conn)
        .optional()
}
