//! The chain of the audit trail: each entry's hash covers the hash of the entry before, so that no entry can be changed,
//! removed, put in or moved without every later hash being wrong.
//!
//! What is personal (the actor's name, the values that changed) is not hashed itself. The hash covers a digest of it with
//! a salt of its own: when the values are erased with the salt, nothing can be guessed from the digest, and the chain
//! still verifies.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::audit;
use crate::{
    clock,
    db::{Conn, schema::audit_entry},
};

/// What the first entry follows.
const BEGINNING: &str = "";
/// How many entries are read at a time.
const PAGE: i64 = 1000;

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
    fn fault(&self, before: &str) -> Option<&'static str> {
        let Some(hash) = &self.hash else { return Some("is not in the chain: it was put in from outside") };
        if *hash != self.hashed(before) {
            return Some("is not as it was written, or not in its place");
        }
        if !holds(&self.actor_salt, &self.actor_digest, &self.actor_name, "") {
            return Some("names somebody else than when it was written");
        }
        (!holds(&self.changes_salt, &self.changes_digest, &self.changes, "[]"))
            .then_some("tells other changes than when it was written")
    }

    /// Whether any of its personal part was erased.
    fn is_erased(&self) -> bool {
        self.actor_salt.is_none() || self.changes_salt.is_none()
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
pub fn head(conn: &mut Conn) -> QueryResult<(i64, String)> {
    match last(conn)? {
        None => Ok((0, BEGINNING.to_owned())),
        Some((seq, Some(hash))) => Ok((seq, hash)),
        Some(_) => chain_older(conn),
    }
}

fn last(conn: &mut Conn) -> QueryResult<Option<(i64, Option<String>)>> {
    let newest = audit_entry::table.order(audit_entry::seq.desc()).select((audit_entry::seq, audit_entry::hash));
    newest.first(conn).optional()
}

/// Gives the entries of an older database their places. Where some entry has one already, this is no older database:
/// then the entries behind it stay without, and verification names the first.
fn chain_older(conn: &mut Conn) -> QueryResult<(i64, String)> {
    let mut place = (0, BEGINNING.to_owned());
    if is_any_chained(conn)? {
        let newest = last(conn)?.map_or(0, |(seq, _)| seq);
        return Ok((newest, BEGINNING.to_owned()));
    }
    loop {
        let links = after(conn, place.0, PAGE)?;
        if links.is_empty() {
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
    let chained: i64 = audit_entry::table.filter(audit_entry::hash.is_not_null()).count().get_result(conn)?;
    Ok(chained > 0)
}

fn after(conn: &mut Conn, seq: i64, most: i64) -> QueryResult<Vec<Link>> {
    let later = audit_entry::table.filter(audit_entry::seq.gt(seq));
    later.order(audit_entry::seq).limit(most).select(Link::as_select()).load(conn)
}

/// Erases what changed in all entries about an object: lawful erasure, of which the caller writes an entry. The chain
/// still verifies. Returns how many entries were emptied.
pub fn erase_changes(conn: &mut Conn, kind: &str, id: &str) -> QueryResult<usize> {
    begin_erasing(conn)?;
    let about = audit_entry::table.filter(audit_entry::object_kind.eq(kind)).filter(audit_entry::object_id.eq(id));
    diesel::update(about.filter(audit_entry::changes_salt.is_not_null()))
        .set((audit_entry::changes.eq("[]"), audit_entry::changes_salt.eq(None::<String>)))
        .execute(conn)
}

/// Erases the name of a learner from the entries of what that learner did.
pub fn erase_learner_name(conn: &mut Conn, learner_id: &str) -> QueryResult<usize> {
    begin_erasing(conn)?;
    let acted =
        audit_entry::table.filter(audit_entry::actor_kind.eq("learner")).filter(audit_entry::actor_id.eq(learner_id));
    diesel::update(acted.filter(audit_entry::actor_salt.is_not_null()))
        .set((audit_entry::actor_name.eq(""), audit_entry::actor_salt.eq(None::<String>)))
        .execute(conn)
}

/// Entries of an older database are chained first: what is erased must have its digest.
fn begin_erasing(conn: &mut Conn) -> QueryResult<()> {
    audit::take_turn(conn)?;
    head(conn).map(|_| ())
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Whole {
        /// How many there are, which is the last one's number.
        entries: i64,
        /// The last one's hash; empty where there is none.
        head: String,
        /// How many lost personal values to lawful erasure.
        erased: i64,
    },
    /// No entry is chained yet: they come from before there was a chain, and the next change chains them.
    NotYetChained {
        /// How many there are.
        entries: i64,
    },
    /// The first entry that is not as it was written.
    Broken {
        /// Its number.
        seq: i64,
        /// What is wrong with it, as the rest of a sentence that begins with it.
        fault: &'static str,
    },
}

/// Verifies the chain from the first entry on.
pub fn verify(conn: &mut Conn) -> QueryResult<Verdict> {
    if !is_any_chained(conn)? {
        let entries: i64 = audit_entry::table.count().get_result(conn)?;
        return Ok(match entries {
            0 => Verdict::Whole { entries, head: String::new(), erased: 0 },
            _ => Verdict::NotYetChained { entries },
        });
    }
    let lowest: Option<i64> = audit_entry::table.select(diesel::dsl::min(audit_entry::seq)).first(conn)?;
    if let Some(seq) = lowest.filter(|seq| *seq < 1) {
        return Ok(Verdict::Broken { seq, fault: "was put in: entries are numbered from 1" });
    }
    let (mut seq, mut hash, mut erased) = (0, BEGINNING.to_owned(), 0);
    loop {
        let links = match after(conn, seq, PAGE) {
            Ok(links) => links,
            Err(error) => return unreadable(conn, seq, &hash, error),
        };
        if links.is_empty() {
            return Ok(Verdict::Whole { entries: seq, head: hash, erased });
        }
        for link in links {
            if let Some(fault) = fault_in(&link, seq, &hash) {
                return Ok(Verdict::Broken { seq: seq + 1, fault });
            }
            erased += i64::from(link.is_erased());
            (seq, hash) = (link.seq, link.hash.unwrap_or_default());
        }
    }
}

fn fault_in(link: &Link, seq: i64, hash: &str) -> Option<&'static str> {
    if link.seq != seq + 1 { Some("is missing") } else { link.fault(hash) }
}

/// A page that cannot be read holds an entry that was never written so: looks for it one by one.
fn unreadable(conn: &mut Conn, seq: i64, hash: &str, error: diesel::result::Error) -> QueryResult<Verdict> {
    if !matches!(error, diesel::result::Error::DeserializationError(_)) {
        return Err(error);
    }
    let (mut seq, mut hash) = (seq, hash.to_owned());
    for _ in 0..PAGE {
        let fault = match after(conn, seq, 1) {
            Ok(links) => links.into_iter().next().map_or(Some("is missing"), |link| {
                let fault = fault_in(&link, seq, &hash);
                hash = link.hash.unwrap_or_default();
                fault
            }),
            Err(_) => Some("cannot be read: it was never written so"),
        };
        seq += 1;
        if let Some(fault) = fault {
            return Ok(Verdict::Broken { seq, fault });
        }
    }
    Err(error)
}
