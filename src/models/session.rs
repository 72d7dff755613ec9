//! Sessions, kept in the database so that they can be ended from here; only a fingerprint of the key is stored.
//!
//! A staff session ends after 30 minutes without a request and after 12 hours at the latest. "Last seen" is written at
//! most once a minute, and failing to write it never fails a read.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Profile, Staff};
use crate::{
    clock,
    db::{Conn, schema::session},
    values::Id,
};

/// Minutes without a request after which a session is over.
pub const IDLE_MINUTES: i64 = 30;
/// Hours after which a session is over in any case.
pub const MOST_HOURS: i64 = 12;

/// Days for which a session that is over is still known.
pub const KNOWN_DAYS: i64 = 3;

/// A session.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub struct Session {
    /// Fingerprint of the key in the cookie.
    pub key_hash: String,
    /// Who is signed in, of staff …
    pub staff_id: Option<Id<Staff>>,
    /// … or of learners.
    pub learner_id: Option<Id<Profile>>,
    /// What the web keeps in it, as JSON.
    pub state: String,
    /// When it began.
    pub created_at: NaiveDateTime,
    /// When it was last used, to the minute.
    pub seen_at: NaiveDateTime,
    /// When it ends in any case.
    pub expires_at: NaiveDateTime,
}

impl Session {
    /// Whether it is over, by disuse or by age.
    pub fn is_over(&self, now: NaiveDateTime) -> bool {
        now >= self.expires_at || now - self.seen_at > TimeDelta::minutes(IDLE_MINUTES)
    }
}

/// The session behind a key, over or not.
pub fn find(conn: &mut Conn, key: &str) -> QueryResult<Option<Session>> {
    session::table.find(clock::fingerprint(key)).select(Session::as_select()).first(conn).optional()
}

/// Begins a session under a fresh key and returns the key.
pub fn insert(
    conn: &mut Conn,
    staff: Option<Id<Staff>>,
    learner: Option<Id<Profile>>,
    state: &str,
) -> QueryResult<String> {
    let key = clock::secret();
    let now = clock::now().naive_utc();
    // A session that is over is known for some days more: by it, what its person was typing is kept for them.
    let forgotten = now - TimeDelta::days(KNOWN_DAYS);
    diesel::delete(session::table.filter(session::expires_at.lt(forgotten))).execute(conn)?;
    let nobody = session::table.filter(session::staff_id.is_null()).filter(session::learner_id.is_null());
    diesel::delete(nobody.filter(session::expires_at.lt(now))).execute(conn)?;
    let lasts = match (&staff, &learner) {
        (None, None) => TimeDelta::minutes(IDLE_MINUTES),
        _ => TimeDelta::hours(MOST_HOURS),
    };
    let row = Session {
        key_hash: clock::fingerprint(&key),
        staff_id: staff,
        learner_id: learner,
        state: state.to_owned(),
        created_at: now,
        seen_at: now,
        expires_at: now + lasts,
    };
    diesel::insert_into(session::table).values(row).execute(conn)?;
    Ok(key)
}

/// Stores what the web keeps in a session. `false` when the session is gone.
pub fn update(
    conn: &mut Conn,
    key: &str,
    staff: Option<Id<Staff>>,
    learner: Option<Id<Profile>>,
    state: &str,
) -> QueryResult<bool> {
    let changed = diesel::update(session::table.find(clock::fingerprint(key)))
        .set((session::staff_id.eq(staff), session::learner_id.eq(learner), session::state.eq(state)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that it is in use.
pub fn touch(conn: &mut Conn, key: &str) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(session::table.find(clock::fingerprint(key))).set(session::seen_at.eq(now)).execute(conn).map(|_| ())
}

/// Ends a session.
pub fn delete(conn: &mut Conn, key: &str) -> QueryResult<()> {
    diesel::delete(session::table.find(clock::fingerprint(key))).execute(conn).map(|_| ())
}

/// Ends all sessions of a member of staff.
pub fn delete_of_staff(conn: &mut Conn, staff: &Id<Staff>) -> QueryResult<()> {
    diesel::delete(session::table.filter(session::staff_id.eq(staff))).execute(conn).map(|_| ())
}
