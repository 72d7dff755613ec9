//! How a list is asked for and what comes back: words, filters, a sort order, and a place in it.
//!
//! Pages are found by key, not by number: "the next fifty after this row" costs the same on the first and on the
//! ten-thousandth page. A cursor holds the sort key and the id of the row it stands at.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{NaiveDate, NaiveDateTime};

use super::Profile;
use crate::values::{Id, Origin, fold_words};

/// Rows of a page.
pub const ROWS: usize = 50;

/// A number above this is told as "more than".
pub const COUNT_LIMIT: i64 = 10_000;

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The folded words that must all occur.
    pub words: Vec<String>,
    /// Name of the column to sort by; each kind has a closed list and a default.
    pub sort: String,
    /// Largest or latest first.
    pub descending: bool,
    /// Filters by name; each kind knows its own and passes over others.
    pub filters: Vec<(String, String)>,
    /// Where to go on from.
    pub place: Place,
    /// Only what belongs to this office, for staff who work for one.
    pub office: Option<Id<Profile>>,
}

/// A place in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// The beginning.
    #[default]
    First,
    /// What follows a row.
    After(Cursor),
    /// What comes before a row.
    Before(Cursor),
}

/// The sort key and the id of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    key: String,
    id: String,
}

/// Rows of a list, and where it goes on.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// Where the previous page ends.
    pub previous: Option<Cursor>,
}

impl Query {
    /// The words of a search as a person typed them.
    pub fn search(text: &str) -> Self {
        Self { words: fold_words(text), ..Self::default() }
    }

    /// The value of a filter, if it is set.
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.iter().find(|(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whose objects are asked for: ours, or other publishers'.
    pub fn origin(&self) -> Option<Origin> {
        self.filter("origin").and_then(|origin| Origin::parse(origin).ok())
    }

    /// The order in which the database has to read: turned round when paging backwards.
    pub fn reads_descending(&self) -> bool {
        self.descending != matches!(self.place, Place::Before(_))
    }

    /// The row to go on from.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.place {
            Place::First => None,
            Place::After(cursor) | Place::Before(cursor) => Some(cursor),
        }
    }

    /// The words as `LIKE` patterns that match anywhere, with its own signs escaped by `\`.
    pub fn patterns(&self) -> Vec<String> {
        self.words.iter().map(|word| pattern(word)).collect()
    }
}

fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// A value that a list can be sorted by, in and out of a cursor.
pub trait SortKey: Sized {
    /// As it stands in a cursor.
    fn to_cursor(&self) -> String;
    /// From a cursor; a nonsense cursor sorts before everything.
    fn from_cursor(text: &str) -> Self;
}

impl SortKey for String {
    fn to_cursor(&self) -> String {
        self.clone()
    }
    fn from_cursor(text: &str) -> Self {
        text.to_owned()
    }
}

impl SortKey for NaiveDate {
    fn to_cursor(&self) -> String {
        self.to_string()
    }
    fn from_cursor(text: &str) -> Self {
        text.parse().unwrap_or_default()
    }
}

impl SortKey for NaiveDateTime {
    fn to_cursor(&self) -> String {
        self.and_utc().timestamp_micros().to_string()
    }
    fn from_cursor(text: &str) -> Self {
        let micros = text.parse().unwrap_or_default();
        chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc()
    }
}

impl Cursor {
    /// A cursor at a row.
    pub fn at(key: &impl SortKey, id: &str) -> Self {
        Self { key: key.to_cursor(), id: id.to_owned() }
    }

    /// The sort key.
    pub fn key<K: SortKey>(&self) -> K {
        K::from_cursor(&self.key)
    }

    /// The id.
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// As it stands in an address.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\n{}", self.id, self.key))
    }

    /// From an address; nonsense is no cursor.
    pub fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (id, key) = text.split_once('\n')?;
        (!text.contains('\0')).then(|| Self { key: key.to_owned(), id: id.to_owned() })
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), next: None, previous: None }
    }
}

impl<T> Page<T> {
    /// The same page with each row made into something else.
    pub fn map<R>(self, row: impl FnMut(T) -> R) -> Page<R> {
        Page { rows: self.rows.into_iter().map(row).collect(), next: self.next, previous: self.previous }
    }

    /// Makes a page of one row more than it holds, as the database read them.
    pub fn of(mut rows: Vec<T>, query: &Query, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let backwards = matches!(query.place, Place::Before(_));
        if backwards {
            rows.reverse();
        }
        let came_from = query.place != Place::First;
        let (has_next, has_previous) = if backwards { (true, more) } else { (more, came_from) };
        Page {
            next: rows.last().filter(|_| has_next).map(&cursor),
            previous: rows.first().filter(|_| has_previous).map(&cursor),
            rows,
        }
    }
}

/// Orders a boxed query by a column and the id, and begins it at the query's cursor.
macro_rules! keyset {
    ($rows:expr, $query:expr, $column:expr, $id:expr, $key:ty) => {{
        let mut rows = $rows;
        if let Some(cursor) = $query.cursor() {
            let (key, id) = (cursor.key::<$key>(), cursor.id());
            // The first condition says nothing new, but it lets the index begin at the cursor.
            rows = if $query.reads_descending() {
                rows.filter($column.le(key.clone())).filter($column.lt(key.clone()).or($column.eq(key).and($id.lt(id))))
            } else {
                rows.filter($column.ge(key.clone())).filter($column.gt(key.clone()).or($column.eq(key).and($id.gt(id))))
            };
        }
        let limit = $crate::models::page::ROWS as i64 + 1;
        if $query.reads_descending() {
            rows.order(($column.desc(), $id.desc())).limit(limit)
        } else {
            rows.order(($column.asc(), $id.asc())).limit(limit)
        }
    }};
}
pub(crate) use keyset;
