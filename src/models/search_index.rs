//! Which rows may hold the words of a search, told by an index where there is one and where it says few.
//!
//! A list is searched for any part of a word. SQLite has an index of three letters in a row for that (its triggers keep
//! it): it names the rows that hold all of them, and whoever asks still compares the words. Where it names many, walking
//! the list in its own order finds a page of them sooner. PostgreSQL chooses between the two by itself.

use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_types::Text};

use super::page::COUNT_LIMIT;
use crate::db::Conn;

/// An index of a kind of object, by the name of its table.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// Profiles.
    Profiles,
    /// Assertions.
    Assertions,
    /// Records.
    Clrs,
    /// Endorsements.
    Endorsements,
    /// Evidence, by its own text.
    Evidence,
    /// Results, by their values.
    Results,
}

impl Of {
    fn table(self) -> &'static str {
        match self {
            Of::Profiles => "profile_search",
            Of::Assertions => "assertion_search",
            Of::Clrs => "clr_search",
            Of::Endorsements => "endorsement_search",
            Of::Evidence => "evidence_search",
            Of::Results => "result_search",
        }
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    object_id: String,
}

/// The ids of the rows that may match, when they are few; `None` when the index says many or can't tell.
pub fn narrowed(conn: &mut Conn, of: Of, words: &[String]) -> QueryResult<Option<Vec<String>>> {
    let Conn::Sqlite(sqlite) = conn else { return Ok(None) };
    let parts: Vec<String> = words.iter().flat_map(|word| trigrams(word)).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let table = of.table();
    // Raw: MATCH belongs to the full-text index, which the query builder does not know. The table's name is one of ours.
    let query = format!(
        "SELECT object_id FROM search_entry WHERE number IN (SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT {})",
        COUNT_LIMIT + 1
    );
    let found: Vec<Named> = diesel::sql_query(query).bind::<Text, _>(parts.join(" AND ")).load(sqlite)?;
    let few = found.len() as i64 <= COUNT_LIMIT;
    Ok(few.then(|| found.into_iter().map(|one| one.object_id).collect()))
}

/// The same for parts of awards, where a word may stand in the part's own text or in its award's: the ids of the parts
/// and of the awards that may hold one of the words, the one that says fewest.
pub fn narrowed_parts(conn: &mut Conn, of: Of, words: &[String]) -> QueryResult<Option<(Vec<String>, Vec<String>)>> {
    let mut fewest: Option<(Vec<String>, Vec<String>)> = None;
    for word in words {
        let word = std::slice::from_ref(word);
        let (Some(parts), Some(awards)) = (narrowed(conn, of, word)?, narrowed(conn, Of::Assertions, word)?) else {
            continue;
        };
        let is_fewer = |known: &(Vec<String>, Vec<String>)| parts.len() + awards.len() < known.0.len() + known.1.len();
        if fewest.as_ref().is_none_or(is_fewer) {
            fewest = Some((parts, awards));
        }
    }
    Ok(fewest)
}

/// Three letters in a row, each as a quoted string of the index's language; none of a word that is shorter.
fn trigrams(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).map(|three| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""))).collect()
}

#[cfg(test)]
mod tests {
    use super::trigrams;

    #[test]
    fn a_word_is_looked_for_by_three_letters_in_a_row() {
        assert_eq!(trigrams("okon"), ["\"oko\"", "\"kon\""]);
        assert_eq!(trigrams("a\"b"), ["\"a\"\"b\""]);
        assert!(trigrams("小龍").is_empty());
    }
}
