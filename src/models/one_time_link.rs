//! Mailed links that work once: setting up a staff account, signing in as a learner. Only a fingerprint of the secret is
//! kept, so a copy of the database opens nothing.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Profile, Staff};
use crate::{
    clock,
    db::{Conn, schema::one_time_link},
    values::Id,
};

/// What a link is for.
pub const SET_UP: &str = "set-up";
/// See [`SET_UP`].
pub const SIGN_IN: &str = "sign-in";

/// A link, without its secret.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_link, treat_none_as_default_value = false)]
pub struct OneTimeLink {
    /// Fingerprint of the secret.
    pub secret_hash: String,
    /// [`SET_UP`] or [`SIGN_IN`].
    pub purpose: String,
    /// Whose account it sets up.
    pub staff_id: Option<Id<Staff>>,
    /// Whom it signs in.
    pub learner_id: Option<Id<Profile>>,
    /// When it was made.
    pub created_at: NaiveDateTime,
    /// When it ends.
    pub expires_at: NaiveDateTime,
    /// When it was used.
    pub used_at: Option<NaiveDateTime>,
}

/// Makes a link for setting up a staff account, ends earlier ones, and returns the secret.
pub fn for_set_up(conn: &mut Conn, staff: &Id<Staff>, lasts: TimeDelta) -> QueryResult<String> {
    delete_of_staff(conn, staff)?;
    insert(conn, SET_UP, Some(staff), None, lasts)
}

/// The same beside the link that was shown to whoever added the account: one of them is used, which ends both.
pub fn for_mailed_set_up(conn: &mut Conn, staff: &Id<Staff>, lasts: TimeDelta) -> QueryResult<String> {
    insert(conn, SET_UP, Some(staff), None, lasts)
}

/// Ends the links of a staff account.
pub fn delete_of_staff(conn: &mut Conn, staff: &Id<Staff>) -> QueryResult<()> {
    diesel::delete(one_time_link::table.filter(one_time_link::staff_id.eq(staff))).execute(conn).map(|_| ())
}

/// Makes a link that signs a learner in and returns the secret. Earlier ones still work until they end: mail may be slow.
pub fn for_sign_in(conn: &mut Conn, learner: &Id<Profile>, lasts: TimeDelta) -> QueryResult<String> {
    let old = one_time_link::table.filter(one_time_link::created_at.lt(clock::now().naive_utc() - TimeDelta::days(1)));
    diesel::delete(old.filter(one_time_link::learner_id.is_not_null())).execute(conn)?;
    insert(conn, SIGN_IN, None, Some(learner), lasts)
}

fn insert(
    conn: &mut Conn,
    purpose: &str,
    staff: Option<&Id<Staff>>,
    learner: Option<&Id<Profile>>,
    lasts: TimeDelta,
) -> QueryResult<String> {
    let secret = clock::secret();
    let now = clock::now().naive_utc();
    let link = OneTimeLink {
        secret_hash: clock::fingerprint(&secret),
        purpose: purpose.to_owned(),
        staff_id: staff.cloned(),
        learner_id: learner.cloned(),
        created_at: now,
        expires_at: now + lasts,
        used_at: None,
    };
    diesel::insert_into(one_time_link::table).values(link).execute(conn)?;
    Ok(secret)
}

/// The link behind a secret, while it can still be used.
pub fn usable(conn: &mut Conn, purpose: &str, secret: &str) -> QueryResult<Option<OneTimeLink>> {
    one_time_link::table
        .find(clock::fingerprint(secret))
        .filter(one_time_link::purpose.eq(purpose))
        .filter(one_time_link::used_at.is_null())
        .filter(one_time_link::expires_at.gt(clock::now().naive_utc()))
        .select(OneTimeLink::as_select())
        .first(conn)
        .optional()
}

/// Uses a link up. `None` when it was used, has ended or never was; of two at once, one gets it.
pub fn consume(conn: &mut Conn, purpose: &str, secret: &str) -> QueryResult<Option<OneTimeLink>> {
    let Some(link) = usable(conn, purpose, secret)? else { return Ok(None) };
    let unused = one_time_link::table.find(&link.secret_hash).filter(one_time_link::used_at.is_null());
    let taken = diesel::update(unused).set(one_time_link::used_at.eq(Some(clock::now().naive_utc()))).execute(conn)?;
    Ok((taken == 1).then_some(link))
}
