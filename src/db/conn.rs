//! The connection to either database, and what the derive makes of it.
#![allow(missing_docs)]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. SQLite stands last: it accepts any path as its address.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Inserts a slice of rows, so many in one statement.
macro_rules! insert_chunks {
    ($inner:expr, $table:expr, $rows:expr, $at_once:expr) => {
        $rows.chunks($at_once).try_for_each(|rows| {
            diesel::RunQueryDsl::execute(diesel::insert_into($table).values(rows), $inner).map(|_| ())
        })
    };
}
pub(crate) use insert_chunks;

/// Inserts a slice of rows. PostgreSQL takes many in one statement, which saves journeys; SQLite is faster with one
/// prepared statement that it keeps.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite(inner) => $rows.iter().try_for_each(|row| {
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values(row), inner).map(|_| ())
            }),
            $crate::db::Conn::Postgres(inner) => $crate::db::insert_chunks!(inner, $table, $rows, 200),
        }
    };
}
pub(crate) use insert_rows;

/// The same for a table whose words are indexed for searching. SQLite writes that index out at the end of each statement
/// that changes it, so here, too, many rows go into one.
macro_rules! insert_indexed_rows {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite(inner) => $crate::db::insert_chunks!(inner, $table, $rows, 100),
            $crate::db::Conn::Postgres(inner) => $crate::db::insert_chunks!(inner, $table, $rows, 200),
        }
    };
}
pub(crate) use insert_indexed_rows;
