//! The signing key: its public half for ever, its private half wrapped, and the times at which it changed state.
//!
//! A key belongs to a signing profile and a purpose. Of these there is at most one active key, and one next key that is
//! published before it takes over. Public halves are never changed or deleted (a trigger of the database refuses).

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::{dsl::max, prelude::*};

use super::{
    Profile,
    audit::{self, Actor, Change},
};
pub use crate::values::{KeyState, Purpose};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement, endorsement, profile, signing_key},
    },
    values::{Id, Line, Origin},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "signing key";

/// A key.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_key, treat_none_as_default_value = false)]
pub struct SigningKey {
    /// Its id, which stands in public addresses.
    pub id: Id<SigningKey>,
    /// Its number among all keys, from 1.
    pub number: i32,
    /// Whose it is.
    pub profile_id: Id<Profile>,
    /// Whether it was made for the publisher, whose DID is the host's own.
    pub of_publisher: bool,
    /// What it signs.
    pub purpose: Purpose,
    /// The name of the algorithm in a JWS header.
    pub algorithm: String,
    /// How it stands.
    pub state: KeyState,
    /// The public half: SubjectPublicKeyInfo.
    pub public_key: Vec<u8>,
    /// The private half, wrapped; gone with retirement.
    pub wrapped: Option<Vec<u8>>,
    /// When it was made, and so published.
    pub created_at: NaiveDateTime,
    /// From when on it signs.
    pub activated_at: Option<NaiveDateTime>,
    /// When it signed for the last time.
    pub retired_at: Option<NaiveDateTime>,
    /// When it was marked as compromised.
    pub compromised_at: Option<NaiveDateTime>,
    /// From when on its signatures are not believed.
    pub compromised_since: Option<NaiveDateTime>,
    /// Why it was retired out of turn or marked.
    pub reason: Option<Line>,
}

// Not even the wrapped private half belongs in a log.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.fragment(), self.purpose.as_str(), self.state.as_str())
    }
}

impl SigningKey {
    /// `key-3`, as it stands in did:web addresses.
    pub fn fragment(&self) -> String {
        format!("key-{}", self.number)
    }

    /// Whether what was signed with it at a time is believed.
    pub fn is_believed_at(&self, signed_at: NaiveDateTime) -> bool {
        self.compromised_since.is_none_or(|since| signed_at < since)
    }
}

/// A key by its id.
pub fn find(conn: &mut Conn, id: &Id<SigningKey>) -> QueryResult<SigningKey> {
    signing_key::table.find(id).select(SigningKey::as_select()).first(conn)
}

/// A key by its number.
pub fn numbered(conn: &mut Conn, number: i32) -> QueryResult<SigningKey> {
    signing_key::table.filter(signing_key::number.eq(number)).select(SigningKey::as_select()).first(conn)
}

/// All keys in the order in which they were made.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<SigningKey>> {
    signing_key::table.order(signing_key::number).select(SigningKey::as_select()).load(conn)
}

/// Whether any private half lies wrapped in the database.
pub fn is_any_wrapped(conn: &mut Conn) -> QueryResult<bool> {
    let wrapped: i64 = signing_key::table.filter(signing_key::wrapped.is_not_null()).count().get_result(conn)?;
    Ok(wrapped > 0)
}

/// All keys of a profile, as an issuer and as the publisher.
pub fn of(conn: &mut Conn, profile_id: &Id<Profile>) -> QueryResult<Vec<SigningKey>> {
    let own = signing_key::table.filter(signing_key::profile_id.eq(profile_id));
    own.order(signing_key::number).select(SigningKey::as_select()).load(conn)
}

/// All keys that were ever made for the publisher, whichever profile that was.
pub fn of_publisher(conn: &mut Conn) -> QueryResult<Vec<SigningKey>> {
    let own = signing_key::table.filter(signing_key::of_publisher.eq(true));
    own.order(signing_key::number).select(SigningKey::as_select()).load(conn)
}

/// The profiles that have an active key of one purpose and none of another.
pub fn with_but_without(conn: &mut Conn, has: Purpose, lacks: Purpose) -> QueryResult<Vec<Id<Profile>>> {
    let mut active = |purpose: Purpose| {
        signing_key::table
            .filter(signing_key::purpose.eq(purpose))
            .filter(signing_key::state.eq(KeyState::Active))
            .select(signing_key::profile_id)
            .order(signing_key::profile_id)
            .load::<Id<Profile>>(conn)
    };
    let (mut having, others) = (active(has)?, active(lacks)?);
    having.retain(|profile| !others.contains(profile));
    Ok(having)
}

/// Those of ours who answer for an achievement, an event or an endorsement, and have no active key for a purpose.
pub fn voices_without(conn: &mut Conn, purpose: Purpose) -> QueryResult<Vec<Id<Profile>>> {
    let own = profile::table.filter(profile::origin.eq(Origin::Own)).select(profile::id);
    let mut voices: BTreeSet<String> = BTreeSet::new();
    voices.extend(
        achievement::table
            .filter(achievement::issuer_id.eq_any(own))
            .select(achievement::issuer_id)
            .distinct()
            .load::<String>(conn)?,
    );
    voices.extend(
        endorsement::table
            .filter(endorsement::issuer_id.eq_any(own))
            .select(endorsement::issuer_id)
            .distinct()
            .load::<String>(conn)?,
    );
    let mut lacking = Vec::new();
    for id in voices.iter().filter_map(|id| id.parse::<Id<Profile>>().ok()) {
        if active_for(conn, &id, purpose)?.is_none() {
            lacking.push(id);
        }
    }
    Ok(lacking)
}

/// The key that signs for a profile.
pub fn active_for(conn: &mut Conn, profile_id: &Id<Profile>, purpose: Purpose) -> QueryResult<Option<SigningKey>> {
    standing(conn, profile_id, purpose, KeyState::Active)
}

/// The key that takes over at the next rotation.
pub fn next_for(conn: &mut Conn, profile_id: &Id<Profile>, purpose: Purpose) -> QueryResult<Option<SigningKey>> {
    standing(conn, profile_id, purpose, KeyState::Next)
}

fn standing(
    conn: &mut Conn,
    profile_id: &Id<Profile>,
    purpose: Purpose,
    state: KeyState,
) -> QueryResult<Option<SigningKey>> {
    signing_key::table
        .filter(signing_key::profile_id.eq(profile_id))
        .filter(signing_key::purpose.eq(purpose))
        .filter(signing_key::state.eq(state))
        .select(SigningKey::as_select())
        .first(conn)
        .optional()
}

/// The number of the next key. The caller has the turn (`audit::take_turn`).
pub fn next_number(conn: &mut Conn) -> QueryResult<i32> {
    let last: Option<i32> = signing_key::table.select(max(signing_key::number)).first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// Writes a new key down.
pub fn insert(conn: &mut Conn, key: &SigningKey, by: &Actor) -> QueryResult<()> {
    diesel::insert_into(signing_key::table).values(key.clone()).execute(conn)?;
    audit::write(conn, by, "made", (KIND, key.id.as_str()), vec![changed("State", None, Some(key.state.as_str()))])
}

/// Lets the next key sign.
pub fn activate(conn: &mut Conn, key: &SigningKey, by: &Actor) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(signing_key::table.find(&key.id))
        .set((signing_key::state.eq(KeyState::Active), signing_key::activated_at.eq(now)))
        .execute(conn)?;
    audit::write(conn, by, "activated", (KIND, key.id.as_str()), vec![moved(key, KeyState::Active)])
}

/// Ends a key. Its private half is wiped: nobody can sign with it any more.
pub fn retire(conn: &mut Conn, key: &SigningKey, by: &Actor) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(signing_key::table.find(&key.id))
        .set((
            signing_key::state.eq(KeyState::Retired),
            signing_key::retired_at.eq(now),
            signing_key::wrapped.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    audit::write(conn, by, "retired", (KIND, key.id.as_str()), vec![moved(key, KeyState::Retired)])
}

/// Marks a key as compromised from an instant on. Its private half is wiped.
pub fn mark_compromised(
    conn: &mut Conn,
    key: &SigningKey,
    since: NaiveDateTime,
    reason: &Line,
    by: &Actor,
) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(signing_key::table.find(&key.id))
        .set((
            signing_key::state.eq(KeyState::Compromised),
            signing_key::retired_at.eq(key.retired_at.unwrap_or(now)),
            signing_key::compromised_at.eq(now),
            signing_key::compromised_since.eq(since),
            signing_key::reason.eq(reason),
            signing_key::wrapped.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    let since = since.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let changes = vec![
        moved(key, KeyState::Compromised),
        changed("Compromised since", None, Some(&since)),
        changed("Reason", None, Some(reason.as_str())),
    ];
    audit::write(conn, by, "marked as compromised", (KIND, key.id.as_str()), changes)
}

fn moved(key: &SigningKey, to: KeyState) -> Change {
    changed("State", Some(key.state.as_str()), Some(to.as_str()))
}

fn changed(field: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change { field: field.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
}
