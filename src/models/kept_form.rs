//! What somebody was typing when the session ended: kept for half an hour, for that person alone, shown again after
//! signing in and never sent by itself.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Profile, Staff};
use crate::{
    clock,
    db::{
        Conn,
        schema::{kept_by_learner, kept_form},
    },
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

/// Keeps the form that a learner was typing, in the place of an earlier one. It is found by who signs in: a mailed link
/// may sign in on another device.
pub fn keep_of_learner(conn: &mut Conn, learner: &Id<Profile>, body: &str) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    forget_of_learner(conn, learner)?;
    diesel::delete(kept_by_learner::table.filter(kept_by_learner::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(kept_by_learner::table)
        .values((
            kept_by_learner::learner_id.eq(learner),
            kept_by_learner::body.eq(body),
            kept_by_learner::expires_at.eq(now + TimeDelta::minutes(MINUTES)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// The form that a learner was typing.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Option<String>> {
    kept_by_learner::table
        .find(learner)
        .filter(kept_by_learner::expires_at.gt(clock::now().naive_utc()))
        .select(kept_by_learner::body)
        .first(conn)
        .optional()
}

/// Forgets it.
pub fn forget_of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<()> {
    diesel::delete(kept_by_learner::table.find(learner)).execute(conn).map(|_| ())
}
