//! The chain of the audit trail: each entry's hash covers the hash of the entry before, so that no entry can be changed,
//! removed, put in or moved without every later hash being wrong.
//!
//! What is personal (the actor's name, the values that changed) is not hashed itself. The hash covers a digest of it with
//! a salt of its own: when the values are erased with the salt, nothing can be guessed from the digest, and the chain
//! still verifies ([`super::audit_check`]).

use chrono::NaiveDateTime;
use diesel::{dsl::max, prelude::*};

use super::{audit, audit_checkpoint};
use crate::{
    clock,
    db::{
        Conn,
        schema::{audit_entry, audit_unchained},
    },
};

/// What the first entry follows.
pub(super) const BEGINNING: &str = "";
/// How many entries are read at a time.
pub(super) const PAGE: i64 = 1000;

/// An entry with its place in the chain, as it is stored: the texts themselves, and nothing interpreted.
#[derive(Debug, Clone, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entry, treat_none_as_default_value = false)]
pub struct Link {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: NaiveDateTime,
    /// See [`Actor::kind`].
    pub actor_kind: String,
    /// See [`Actor::id`].
    pub actor_id: Option<String>,
    /// See [`Actor::name`]; empty when it was erased.
    pub actor_name: String,
    /// See [`Actor::role`].
    pub actor_role: Option<String>,
    /// What was done.
    pub action: String,
    /// The kind of object.
    pub object_kind: String,
    /// Its row id.
    pub object_id: String,
    /// What changed, as JSON; an empty list when it was erased.
    pub changes: String,
    /// The request.
    pub request_id: Option<String>,
    /// The salt of the name's digest; gone when the name was erased.
    pub actor_salt: Option<String>,
    /// The name's digest.
    pub actor_digest: Option<String>,
    /// The salt of the changes' digest; gone when the changes were erased.
    pub changes_salt: Option<String>,
    /// The changes' digest.
    pub changes_digest: Option<String>,
    /// The hash of all but the name, the changes and the salts, and of the hash before.
    pub hash: Option<String>,
}

impl Link {
    /// Takes its place behind the entry with that hash.
    pub fn join(&mut self, before: &str) {
        let (actor_salt, changes_salt) = (clock::secret(), clock::secret());
        self.actor_digest = Some(salted(&actor_salt, &self.actor_name));
        self.changes_digest = Some(salted(&changes_salt, &self.changes));
        (self.actor_salt, self.changes_salt) = (Some(actor_salt), Some(changes_salt));
        self.hash = Some(self.hashed(before));
    }

    /// The hash that it must have behind the entry with that hash. Each part goes in with its length before it, so that
    /// nothing can move from one part to the next.
    fn hashed(&self, before: &str) -> String {
        let (seq, at) = (self.seq.to_string(), self.at.and_utc().timestamp_micros().to_string());
        let parts = [
            Some(before),
            Some(&seq),
            Some(&at),
            Some(&self.actor_kind),
            self.actor_id.as_deref(),
            self.actor_role.as_deref(),
            Some(&self.action),
            Some(&self.object_kind),
            Some(&self.object_id),
            self.request_id.as_deref(),
            self.actor_digest.as_deref(),
            self.changes_digest.as_deref(),
        ];
        clock::digest(&framed(&parts))
    }

    /// What is wrong with it behind the entry with that hash.
    pub(super) fn fault(&self, before: &str) -> Option<&'static str> {
        let Some(hash) = &self.hash else {
            return Some("is not in the chain: it was put in, or its hash was taken away");
        };
        if *hash != self.hashed(before) {
            return Some("is not as it was written, or not in its place");
        }
        if !holds(&self.actor_salt, &self.actor_digest, &self.actor_name, "") {
            return Some("names somebody else than when it was written");
        }
        (!holds(&self.changes_salt, &self.changes_digest, &self.changes, "[]"))
            .then_some("tells other changes than when it was written")
    }
}

/// The parts one after another, each with its length; an absent part differs from an empty one.
fn framed(parts: &[Option<&str>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let length = part.map_or(u64::MAX, |text| text.len() as u64);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(part.unwrap_or_default().as_bytes());
    }
    bytes
}

fn salted(salt: &str, text: &str) -> String {
    clock::digest(&framed(&[Some(salt), Some(text)]))
}

/// Whether a personal part is the one that was digested, or erased.
fn holds(salt: &Option<String>, digest: &Option<String>, text: &str, erased: &str) -> bool {
    match (salt, digest) {
        (Some(salt), Some(digest)) => salted(salt, text) == *digest,
        (None, Some(_)) => text == erased,
        (_, None) => false,
    }
}

/// The last entry's number and hash. Entries from before there was a chain are chained first. The caller has the turn.
///
/// A number that a checkpoint vouches for is never given again: where entries were taken away, the gap stays.
pub fn head(conn: &mut Conn) -> QueryResult<(i64, String)> {
    let vouched = audit_checkpoint::last_seq(conn)?;
    let (seq, hash) = match last(conn)? {
        None => (0, BEGINNING.to_owned()),
        Some((seq, Some(hash))) => (seq, hash),
        Some((seq, None)) if is_from_before(conn, seq)? => return chain_older(conn),
        // It was put in from outside, or its hash was taken away. What follows is not chained to it, so that
        // verification names it.
        Some((seq, None)) => (seq, BEGINNING.to_owned()),
    };
    Ok((seq.max(vouched), hash))
}

fn last(conn: &mut Conn) -> QueryResult<Option<(i64, Option<String>)>> {
    let newest = audit_entry::table.order(audit_entry::seq.desc()).select((audit_entry::seq, audit_entry::hash));
    newest.first(conn).optional()
}

/// Whether an entry is there with this hash.
pub(super) fn has_hash(conn: &mut Conn, seq: i64, hash: &str) -> QueryResult<bool> {
    let own = audit_entry::table.find(seq).filter(audit_entry::hash.eq(hash)).select(audit_entry::seq);
    Ok(own.first::<i64>(conn).optional()?.is_some())
}

/// Whether all entries up to this one, the last, are from before there was a chain: the migration that brought the chain
/// wrote down which these are.
pub(super) fn is_from_before(conn: &mut Conn, last: i64) -> QueryResult<bool> {
    let until: Option<i64> = audit_unchained::table.select(max(audit_unchained::until_seq)).first(conn)?;
    Ok(until.is_some_and(|until| last <= until) && !is_any_chained(conn)?)
}

/// Gives the entries of an older database their places, once.
fn chain_older(conn: &mut Conn) -> QueryResult<(i64, String)> {
    let mut place = (0, BEGINNING.to_owned());
    loop {
        let links = after(conn, place.0, PAGE)?;
        if links.is_empty() {
            diesel::delete(audit_unchained::table).execute(conn)?;
            return Ok(place);
        }
        for mut link in links {
            link.join(&place.1);
            place = (link.seq, link.hash.clone().unwrap_or_default());
            settle(conn, link)?;
        }
    }
}

fn settle(conn: &mut Conn, link: Link) -> QueryResult<()> {
    diesel::update(audit_entry::table.find(link.seq))
        .set((
            audit_entry::actor_salt.eq(link.actor_salt),
            audit_entry::actor_digest.eq(link.actor_digest),
            audit_entry::changes_salt.eq(link.changes_salt),
            audit_entry::changes_digest.eq(link.changes_digest),
            audit_entry::hash.eq(link.hash),
        ))
        .execute(conn)?;
    Ok(())
}

fn is_any_chained(conn: &mut Conn) -> QueryResult<bool> {
    let chained = audit_entry::table.filter(audit_entry::hash.is_not_null()).select(audit_entry::seq);
    Ok(chained.first::<i64>(conn).optional()?.is_some())
}

/// Entries behind a number, as they are stored.
pub(super) fn after(conn: &mut Conn, seq: i64, most: i64) -> QueryResult<Vec<Link>> {
    let later = audit_entry::table.filter(audit_entry::seq.gt(seq));
    later.order(audit_entry::seq).limit(most).select(Link::as_select()).load(conn)
}

/// Erases what changed in all entries about an object: lawful erasure, of which the caller writes an entry that names
/// them ([`super::audit_lawful`]). The chain still verifies. Returns the numbers of the entries that were emptied.
pub fn erase_changes(conn: &mut Conn, kind: &str, id: &str) -> QueryResult<Vec<i64>> {
    begin_erasing(conn)?;
    let about = audit_entry::table
        .filter(audit_entry::object_kind.eq(kind))
        .filter(audit_entry::object_id.eq(id))
        .filter(audit_entry::changes_salt.is_not_null());
    let emptied = about.order(audit_entry::seq).select(audit_entry::seq).load(conn)?;
    diesel::update(about)
        .set((audit_entry::changes.eq("[]"), audit_entry::changes_salt.eq(None::<String>)))
        .execute(conn)?;
    Ok(emptied)
}

/// Erases the name of a learner from the entries of what that learner did. Returns their numbers.
pub fn erase_learner_name(conn: &mut Conn, learner_id: &str) -> QueryResult<Vec<i64>> {
    begin_erasing(conn)?;
    let acted = audit_entry::table
        .filter(audit_entry::actor_kind.eq("learner"))
        .filter(audit_entry::actor_id.eq(learner_id))
        .filter(audit_entry::actor_salt.is_not_null());
    let emptied = acted.order(audit_entry::seq).select(audit_entry::seq).load(conn)?;
    diesel::update(acted)
        .set((audit_entry::actor_name.eq(""), audit_entry::actor_salt.eq(None::<String>)))
        .execute(conn)?;
    Ok(emptied)
}

/// Entries of an older database are chained first: what is erased must have its digest.
fn begin_erasing(conn: &mut Conn) -> QueryResult<()> {
    audit::take_turn(conn)?;
    head(conn).map(|_| ())
}
