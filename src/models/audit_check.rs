//! Checking the audit trail from its first entry on: each entry against the one before, each that was emptied against the
//! erasures, and the whole against what was signed for.

use std::{collections::HashMap, iter::Peekable};

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Binary},
};

use super::{
    audit_chain::{self, BEGINNING, Link, PAGE},
    audit_lawful::{self, Emptied},
};
use crate::db::{
    Conn,
    schema::{audit_entry, credential, erasure, signing_key, staff},
};

/// What somebody signed for: the hash that an entry had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The number of the entry.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When that was signed.
    pub at: NaiveDateTime,
}

/// What checking found.
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
        fault: String,
    },
}

impl Verdict {
    fn broken(seq: i64, fault: impl Into<String>) -> Self {
        Self::Broken { seq, fault: fault.into() }
    }
}

/// How far a trail was found whole. Checking can go on from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// The number of the last entry that was looked at.
    pub seq: i64,
    hash: String,
    /// The last entry that was signed for.
    vouched: i64,
    /// Entries that lost personal values. Whether lawfully can be said at the end: the erasures come later.
    emptied: Vec<Emptied>,
    /// How many learners had been erased when checking began: each erasure empties entries that may have been looked at.
    erasures: i64,
}

/// Checks the chain alone.
pub fn verify(conn: &mut Conn) -> QueryResult<Verdict> {
    check(conn, &[])
}

/// Checks the chain, and that it is the one that was signed for.
pub fn check(conn: &mut Conn, anchors: &[Anchor]) -> QueryResult<Verdict> {
    let mut reached = Reached::default();
    match go_on(conn, anchors, &mut reached, i64::MAX)? {
        Some(verdict) => Ok(verdict),
        None => Ok(Verdict::broken(reached.seq + 1, "could not be reached")),
    }
}

/// Checks from where an earlier check stopped, at most so many entries. `None` where there are more.
pub fn go_on(conn: &mut Conn, anchors: &[Anchor], reached: &mut Reached, most: i64) -> QueryResult<Option<Verdict>> {
    let erasures: i64 = erasure::table.count().get_result(conn)?;
    let is_there = reached.seq == 0 || audit_chain::has_hash(conn, reached.seq, &reached.hash)?;
    if !is_there || reached.erasures != erasures {
        // What was checked is not there any more, or not as it was.
        *reached = Reached { erasures, ..Reached::default() };
    }
    if reached.seq == 0
        && let Some(verdict) = at_the_beginning(conn, anchors)?
    {
        return Ok(Some(verdict));
    }
    let mut anchors: Vec<&Anchor> = anchors.iter().filter(|anchor| anchor.seq > reached.seq).collect();
    anchors.sort_by_key(|anchor| anchor.seq);
    let mut anchors = anchors.into_iter().peekable();
    let last = reached.seq.saturating_add(most);
    loop {
        let most = PAGE.min(last - reached.seq);
        let times = times(conn, reached.seq, most)?;
        let links = match audit_chain::after(conn, reached.seq, most) {
            Ok(links) => links,
            Err(error) => return unreadable(conn, reached, &times, error).map(Some),
        };
        if links.is_empty() && reached.seq < last {
            return at_the_end(conn, reached, anchors).map(Some);
        }
        if links.is_empty() {
            return Ok(None);
        }
        for link in links {
            if let Some(broken) = step(reached, &times, link, &mut anchors) {
                return Ok(Some(broken));
            }
        }
    }
}

/// The times of entries as they are stored, where that is a text.
type Times = HashMap<i64, Vec<u8>>;

#[derive(QueryableByName)]
struct StoredTime {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    at: Vec<u8>,
}

/// SQLite keeps a time as a text, and several texts are read as the same time: the program writes one of them.
fn times(conn: &mut Conn, after: i64, most: i64) -> QueryResult<Times> {
    let Conn::Sqlite(sqlite) = conn else { return Ok(HashMap::new()) };
    // Raw, and as bytes: the builder reads a time as a time, and what was tampered with may be no text at all.
    let stored: Vec<StoredTime> =
        diesel::sql_query("SELECT seq, CAST(at AS BLOB) AS at FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind::<BigInt, _>(after)
            .bind::<BigInt, _>(most)
            .load(sqlite)?;
    Ok(stored.into_iter().map(|one| (one.seq, one.at)).collect())
}

/// What is known before the first entry is looked at.
fn at_the_beginning(conn: &mut Conn, anchors: &[Anchor]) -> QueryResult<Option<Verdict>> {
    let newest: Option<i64> = audit_entry::table.select(diesel::dsl::max(audit_entry::seq)).first(conn)?;
    let Some(newest) = newest else {
        let emptied = anchors.is_empty() && leaves_traces(conn)?;
        return Ok(emptied.then(|| Verdict::broken(1, "is missing: the trail is empty, but what it told of is there")));
    };
    if anchors.is_empty() && audit_chain::is_from_before(conn, newest)? {
        let entries: i64 = audit_entry::table.count().get_result(conn)?;
        return Ok(Some(Verdict::NotYetChained { entries }));
    }
    let lowest: Option<i64> = audit_entry::table.select(diesel::dsl::min(audit_entry::seq)).first(conn)?;
    Ok(lowest.filter(|seq| *seq < 1).map(|seq| Verdict::broken(seq, "was put in: entries are numbered from 1")))
}

/// Whether there is anything that cannot have come without an entry.
fn leaves_traces(conn: &mut Conn) -> QueryResult<bool> {
    let accounts: i64 = staff::table.count().get_result(conn)?;
    let keys: i64 = signing_key::table.count().get_result(conn)?;
    let issued: Option<String> = credential::table.select(credential::id).first(conn).optional()?;
    Ok(accounts > 0 || keys > 0 || issued.is_some())
}

/// Takes the next entry; what is wrong with it.
fn step<'a>(
    reached: &mut Reached,
    times: &Times,
    link: Link,
    anchors: &mut Peekable<impl Iterator<Item = &'a Anchor>>,
) -> Option<Verdict> {
    if let Some(fault) = fault_in(&link, reached, times) {
        return Some(Verdict::broken(reached.seq + 1, fault));
    }
    reached.emptied.extend(Emptied::of(&link));
    (reached.seq, reached.hash) = (link.seq, link.hash.unwrap_or_default());
    while let Some(anchor) = anchors.next_if(|anchor| anchor.seq == reached.seq) {
        if anchor.hash != reached.hash {
            return Some(written_anew(reached.vouched, anchor));
        }
        reached.vouched = anchor.seq;
    }
    None
}

fn fault_in(link: &Link, reached: &Reached, times: &Times) -> Option<&'static str> {
    let hash = if reached.seq == 0 { BEGINNING } else { &reached.hash };
    if link.seq != reached.seq + 1 {
        return Some("is missing");
    }
    let time = link.at.format("%F %T%.f").to_string();
    if times.get(&link.seq).is_some_and(|stored| stored.as_slice() != time.as_bytes()) {
        return Some("is not as it was written: its time was changed");
    }
    link.fault(hash)
}

/// The chain holds in itself, but is not the one that was signed for: which of the entries since the last one that was
/// is the first to differ, nobody can tell any more.
fn written_anew(vouched: i64, anchor: &Anchor) -> Verdict {
    let (seq, day) = (vouched + 1, anchor.at.format("%Y-%m-%d %H:%M UTC"));
    let fault = if seq == anchor.seq {
        format!("was written anew: it is not the one that was signed for on {day}")
    } else {
        format!(
            "or one behind it was written anew: up to no. {} they are not those that were signed for on {day}",
            anchor.seq
        )
    };
    Verdict::broken(seq, fault)
}

/// All entries were looked at: are there as many as were signed for, and was what is empty emptied lawfully?
fn at_the_end<'a>(
    conn: &mut Conn,
    reached: &Reached,
    mut anchors: impl Iterator<Item = &'a Anchor>,
) -> QueryResult<Verdict> {
    if let Some(anchor) = anchors.next() {
        let day = anchor.at.format("%Y-%m-%d %H:%M UTC");
        let fault = format!("is missing: the trail was signed for up to no. {} on {day}", anchor.seq);
        return Ok(Verdict::broken(reached.seq + 1, fault));
    }
    let unlawful = if reached.emptied.is_empty() { None } else { audit_lawful::unlawful(conn, &reached.emptied)? };
    let erased = i64::try_from(reached.emptied.len()).unwrap_or(i64::MAX);
    Ok(match unlawful {
        Some((seq, fault)) => Verdict::broken(seq, fault),
        None => Verdict::Whole { entries: reached.seq, head: reached.hash.clone(), erased },
    })
}

/// A page that cannot be read holds an entry that was never written so: looks for it one by one.
fn unreadable(
    conn: &mut Conn,
    reached: &mut Reached,
    times: &Times,
    error: diesel::result::Error,
) -> QueryResult<Verdict> {
    if !matches!(error, diesel::result::Error::DeserializationError(_)) {
        return Err(error);
    }
    for _ in 0..PAGE {
        let number = reached.seq + 1;
        match audit_chain::after(conn, reached.seq, 1) {
            Ok(links) => match links.into_iter().next() {
                None => return Ok(Verdict::broken(number, "is missing")),
                Some(link) => {
                    if let Some(broken) = step(reached, times, link, &mut std::iter::empty().peekable()) {
                        return Ok(broken);
                    }
                }
            },
            Err(_) => return Ok(Verdict::broken(number, "cannot be read: it was never written so")),
        }
    }
    Err(error)
}
