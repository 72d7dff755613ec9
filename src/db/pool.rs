//! Connections: by which address, how many, and what each is told when it is opened.

use std::{path::PathBuf, time::Duration};

use diesel::{
    Connection, PgConnection, SqliteConnection,
    connection::SimpleConnection,
    r2d2::{self, CustomizeConnection, ManageConnection, Pool, R2D2Connection},
};

use super::Conn;

/// Where the database is: `sqlite:PATH` or `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL server, as libpq reads it.
    Postgres(String),
}

/// Why an address was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it must begin with sqlite: or postgres://")]
pub struct AddressError;

impl std::str::FromStr for Address {
    type Err = AddressError;
    fn from_str(raw: &str) -> Result<Self, AddressError> {
        match raw.split_once(':') {
            Some(("sqlite", path)) if !path.trim().is_empty() => {
                Ok(Address::Sqlite(path.strip_prefix("//").unwrap_or(path).into()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Address::Postgres(raw.to_owned())),
            _ => Err(AddressError),
        }
    }
}

impl std::fmt::Display for Address {
    /// As it may be shown: without a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Address::Postgres(url) => match url.rsplit_once('@') {
                Some((_, host)) => write!(f, "postgres://…@{host}"),
                None => f.write_str(url),
            },
        }
    }
}

impl Address {
    /// Whether it is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Address::Sqlite(_))
    }

    /// The address as a setting has it, password and all.
    pub fn as_setting(&self) -> String {
        match self {
            Address::Sqlite(path) => format!("sqlite:{}", path.display()),
            Address::Postgres(url) => url.clone(),
        }
    }
}

/// Opens connections for the pool.
pub struct Manager(Address);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        match &self.0 {
            Address::Sqlite(path) => SqliteConnection::establish(&path.to_string_lossy()).map(Conn::Sqlite),
            Address::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres),
        }
        .map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// What each new connection is told. `busy_timeout` comes first, so that switching to WAL can wait as well.
/// `synchronous=FULL`: an award that was acknowledged is on disk. Memory mapping takes the place of a large cache. 16 MB
/// gather in the log before they are moved: a page that many transactions change is moved once.
#[derive(Debug)]
struct Settings;

const SQLITE: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
                      PRAGMA temp_store=MEMORY; PRAGMA mmap_size=1073741824; PRAGMA wal_autocheckpoint=4000;";
/// While it writes, a connection may keep in memory, up to 64 MB, what a batch of thousands of awards changes: what does
/// not fit is written twice and more. What it took it gives back.
pub const ROOM_TO_WRITE: &str = "PRAGMA cache_size=-64000;";
/// What a connection keeps otherwise.
pub const ROOM_TO_READ: &str = "PRAGMA cache_size=-2000;";
const POSTGRES: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '60s'; SET lock_timeout = '10s';";

impl CustomizeConnection<Conn, r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        match conn {
            Conn::Sqlite(inner) => inner.batch_execute(SQLITE).and_then(|()| inner.batch_execute(ROOM_TO_READ)),
            Conn::Postgres(inner) => inner.batch_execute(POSTGRES),
        }
        .map_err(r2d2::Error::QueryError)
    }
}

/// A pool of at most eight connections. A PostgreSQL connection is asked whether it still lives before it is used.
pub fn open(address: &Address) -> Result<Pool<Manager>, ::r2d2::Error> {
    let pool = Pool::builder()
        .max_size(8)
        .min_idle(Some(1))
        .test_on_check_out(!address.is_sqlite())
        .connection_timeout(Duration::from_secs(5))
        .connection_customizer(Box::new(Settings))
        .error_handler(Box::new(Quiet))
        .build_unchecked(Manager(address.clone()));
    // One connection now, so that a wrong address is an error at the start and not at the first request.
    let first = pool.get();
    first.map(|_| pool)
}

/// A lost database is reported by whoever needed it, once; the pool's own retries stay out of the log.
#[derive(Debug)]
struct Quiet;

impl ::r2d2::HandleError<r2d2::Error> for Quiet {
    fn handle_error(&self, error: r2d2::Error) {
        tracing::debug!(%error, "a database connection failed");
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError};

    #[test]
    fn an_address_names_its_database() {
        assert_eq!("sqlite:testamur.db".parse(), Ok(Address::Sqlite("testamur.db".into())));
        assert_eq!("sqlite:///var/lib/t.db".parse(), Ok(Address::Sqlite("/var/lib/t.db".into())));
        assert!(matches!("postgres://u:p@h/d".parse(), Ok(Address::Postgres(_))));
        for wrong in ["testamur.db", "mysql://x", "sqlite:", "postgres:x"] {
            assert_eq!(wrong.parse::<Address>(), Err(AddressError), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let address: Address = "postgres://user:secret@db.example/testamur".parse().unwrap();
        assert!(!address.to_string().contains("secret"));
    }
}
