//! The whole database as lines of text, the same from either kind of database, and back into either kind.
//!
//! The tables and their columns are read from the database itself, so a new table is in the dump by itself; only what is
//! named in [`LEFT_OUT`] stays behind. A table is a line with its name and columns, followed by a line a row:
//!
//! ```text
//! {"table":"setting","columns":[["name","text"],["value","text"]]}
//! ["publisher_id","0192…"]
//! ```
//!
//! Tables come in the order in which they refer to one another, columns by name, rows by primary key, and a value has one
//! spelling. So the digest of these lines is a digest of what is kept, whatever keeps it.
//!
//! The SQL here is raw: it is about the database and not about nouns, and its tables are not known when it is compiled.

mod layout;
mod load;
mod read;
mod value;

use std::io;

use diesel::result::Error as DieselError;
use sha2::{Digest, Sha256};

pub use self::load::{check, filled, load, lock};
use super::Error;

/// What a dump leaves out: signing in again is cheaper than a way in that outlives what it was made for.
pub const LEFT_OUT: [&str; 4] = ["kept_by_learner", "kept_form", "one_time_link", "session"];

/// Why a dump could not be written or loaded.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
    /// Writing or reading the lines failed.
    #[error(transparent)]
    Lines(#[from] io::Error),
    /// The lines are not those of a dump, or do not fit this database.
    #[error("{0}")]
    Unfit(String),
}

impl From<DieselError> for DumpError {
    fn from(error: DieselError) -> Self {
        DumpError::Database(error.into())
    }
}

/// What a dump held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Tables.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// SHA-256 of the lines, in hexadecimal: the logical digest.
    pub digest: String,
}

/// Counts and digests the lines of a dump as they pass.
#[derive(Default)]
pub struct Tally {
    tables: u64,
    rows: u64,
    hash: Sha256,
}

impl Tally {
    /// Takes in a line, without its line end.
    pub fn take(&mut self, line: &str) {
        match line.starts_with('{') {
            true => self.tables += 1,
            false => self.rows += 1,
        }
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
    }

    /// What has passed.
    pub fn contents(self) -> Contents {
        Contents { tables: self.tables, rows: self.rows, digest: hexadecimal(&self.hash.finalize()) }
    }
}

/// Bytes in hexadecimal, lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hands every line of a dump to `line`, in constant memory. Call it within one snapshot ([`super::Db::snapshot`]), so
/// that all of it is the same instant.
pub fn dump(
    conn: &mut super::Conn,
    line: &mut dyn FnMut(&str) -> Result<(), DumpError>,
) -> Result<Contents, DumpError> {
    let mut tally = Tally::default();
    for table in layout::tables(conn)? {
        let head = table.head();
        tally.take(&head);
        line(&head)?;
        read::rows(conn, &table, &mut |row| {
            tally.take(row);
            line(row)
        })?;
    }
    Ok(tally.contents())
}

/// The names of the tables that a dump holds.
pub fn tables(conn: &mut super::Conn) -> Result<Vec<String>, DumpError> {
    Ok(layout::tables(conn)?.into_iter().map(|table| table.name).collect())
}
