//! Which entries of the audit trail lost personal values lawfully: the entry about an erasure names them, and is chained
//! itself. What is empty and named by none was emptied by somebody else.

use diesel::prelude::*;

use super::{audit::Change, audit_chain::Link, profile};
use crate::db::{Conn, schema::audit_entry};

/// What an erasure is called in the trail.
pub const ERASED: &str = "erased";
/// The fact that names the entries whose changes were erased …
pub const OF_CHANGES: &str = "Changes taken out of entries";
/// … and those that lost the name of who acted.
pub const OF_NAMES: &str = "Name taken out of entries";

/// Numbers of entries, as ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers(Vec<(i64, i64)>);

impl Numbers {
    /// Of numbers in whatever order.
    pub fn of(mut numbers: Vec<i64>) -> Self {
        numbers.sort_unstable();
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some((_, last)) if number <= *last + 1 => *last = number,
                _ => ranges.push((number, number)),
            }
        }
        Self(ranges)
    }

    /// Of what [`Numbers::in_words`] wrote; what cannot be read names nothing.
    fn read(text: &str) -> Self {
        let range = |part: &str| {
            let (first, last) = part.split_once('–').unwrap_or((part, part));
            Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
        };
        Self(text.split(',').filter_map(range).collect())
    }

    /// `3, 7–12`.
    pub fn in_words(&self) -> String {
        let range = |(first, last): &(i64, i64)| {
            if first == last { first.to_string() } else { format!("{first}–{last}") }
        };
        self.0.iter().map(range).collect::<Vec<_>>().join(", ")
    }

    fn contains(&self, number: i64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }
}

/// An entry that lost personal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Emptied {
    seq: i64,
    /// Whether what changed is gone.
    changes: bool,
    /// Whether the name of who acted is gone.
    name: bool,
    /// Whether it tells of an erasure itself; then it is never emptied.
    tells_of_erasure: bool,
}

impl Emptied {
    /// What an entry lost; nothing where it is whole.
    pub(super) fn of(link: &Link) -> Option<Self> {
        let (changes, name) = (link.changes_salt.is_none(), link.actor_salt.is_none());
        (changes || name).then(|| Self {
            seq: link.seq,
            changes,
            name,
            tells_of_erasure: link.action == ERASED && link.object_kind == profile::KIND,
        })
    }

    fn is_accounted_for(&self, by: &[Erasure]) -> bool {
        let told = |part: fn(&(Numbers, Numbers)) -> &Numbers| {
            by.iter().any(|erasure| {
                self.seq < erasure.seq && erasure.named.as_ref().is_none_or(|named| part(named).contains(self.seq))
            })
        };
        (!self.changes || told(|(changes, _)| changes)) && (!self.name || told(|(_, names)| names))
    }
}

#[derive(Debug)]
struct Erasure {
    seq: i64,
    /// Of erasures from before they named their entries nothing is known: they account for all entries before them.
    named: Option<(Numbers, Numbers)>,
}

/// The first of these that no erasure accounts for, and what is wrong with it. The chain was found whole.
pub(super) fn unlawful(conn: &mut Conn, emptied: &[Emptied]) -> QueryResult<Option<(i64, &'static str)>> {
    if let Some(erasure) = emptied.iter().find(|one| one.changes && one.tells_of_erasure) {
        return Ok(Some((erasure.seq, "told which entries an erasure emptied, and was emptied itself")));
    }
    let told: Vec<(i64, String)> = audit_entry::table
        .filter(audit_entry::object_kind.eq(profile::KIND))
        .filter(audit_entry::action.eq(ERASED))
        .order(audit_entry::seq)
        .select((audit_entry::seq, audit_entry::changes))
        .load(conn)?;
    let erasures: Vec<_> = told.into_iter().map(|(seq, changes)| Erasure { seq, named: named(&changes) }).collect();
    let first = emptied.iter().find(|one| !one.is_accounted_for(&erasures));
    Ok(first.map(|one| (one.seq, "lost personal values, and no erasure tells of it")))
}

fn named(changes: &str) -> Option<(Numbers, Numbers)> {
    let changes: Vec<Change> = serde_json::from_str(changes).unwrap_or_default();
    let numbers = |field: &str| {
        let fact = changes.iter().find(|change| change.field == field)?;
        Some(Numbers::read(fact.after.as_deref().unwrap_or_default()))
    };
    Some((numbers(OF_CHANGES)?, numbers(OF_NAMES)?))
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for (numbers, words) in
            [(vec![], ""), (vec![3], "3"), (vec![9, 3, 8, 7, 12], "3, 7–9, 12"), (vec![1, 2, 2], "1–2")]
        {
            let numbers = Numbers::of(numbers);
            assert_eq!(numbers.in_words(), words);
            assert_eq!(Numbers::read(words), numbers);
        }
        let read = Numbers::read("2, x, 5–7");
        assert!(read.contains(2) && read.contains(6) && !read.contains(4));
    }
}
