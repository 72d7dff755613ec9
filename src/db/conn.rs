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
