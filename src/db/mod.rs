//! The only room that knows SQLite from PostgreSQL: the connection, the pool, reading, writing, migrations.
//!
//! SQLite has one writer at a time. A deferred transaction that reads and then writes fails with "database is locked"
//! whatever the busy timeout, so [`Db::write`] queues writers on a lock before it takes a thread and a connection, and
//! begins immediately. PostgreSQL runs READ COMMITTED. Both repeat a transaction that the database asks to repeat.

mod conn;
pub mod dump;
mod migrate;
mod pool;
pub mod schema;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::{
    Connection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::{DatabaseErrorKind, Error as DieselError},
};

/// What a query of the models fails with.
pub use diesel::result::Error as QueryError;

pub use conn::{Conn, MultiBackend};
pub(crate) use conn::{insert_chunks, insert_indexed_rows, insert_rows};
pub use migrate::{Level, MigrateError, Newer, applied, bring_to, run as migrate_within};
pub use pool::{Address, AddressError};

/// The database of this portal; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: diesel::r2d2::Pool<pool::Manager>,
    /// Held across a whole write transaction on SQLite, so that writers wait here and not in the database.
    writer: Option<Arc<tokio::sync::Mutex<()>>>,
    /// Goes up when something else is put in the place of everything.
    era: Arc<AtomicU64>,
}

/// What can go wrong with a database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or no connection became free in time.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The disk is full, or the file or the server is read-only.
    #[error("the storage is full or read-only")]
    NoRoom,
    /// A query failed.
    #[error(transparent)]
    Query(DieselError),
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        if let DieselError::DatabaseError(kind, info) = &error {
            let message = info.message();
            let full = [
                "database or disk is full",
                "readonly database",
                "read-only transaction",
                "could not extend file",
                "No space left",
                "disk I/O error",
            ];
            if full.iter().any(|sign| message.contains(sign)) {
                return Error::NoRoom;
            }
            if matches!(kind, DatabaseErrorKind::ClosedConnection)
                || message.contains("terminating connection")
                || message.contains("server closed the connection")
                || message.contains("due to lock timeout")
            {
                return Error::Unavailable(message.to_owned());
            }
        }
        Error::Query(error)
    }
}

impl Error {
    /// Whether a unique index refused the change: another one came first.
    pub fn is_clash(&self) -> bool {
        matches!(self, Error::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }
}

/// How often a transaction is repeated when the database asks for it.
const REPEATS: u32 = 5;

impl Db {
    /// Opens the database and its pool. Does not migrate.
    pub fn open(address: &Address) -> Result<Self, Error> {
        let pool = pool::open(address).map_err(|error| Error::Unavailable(in_one_line(&error)))?;
        let writer = address.is_sqlite().then(|| Arc::new(tokio::sync::Mutex::new(())));
        Ok(Self { pool, writer, era: Arc::default() })
    }

    /// Runs queries that change nothing, on a thread for blocking work.
    pub async fn read<T, E>(&self, queries: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let pool = self.pool.clone();
        blocking(move || queries(&mut *connection(&pool)?)).await
    }

    /// Runs queries that change nothing right here, without leaving the thread: for the one indexed read of a public
    /// page on SQLite, where handing it to another thread costs more than the read. On PostgreSQL it goes to a thread.
    pub async fn read_at_once<T, E>(
        &self,
        queries: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if self.writer.is_some()
            && let Some(mut conn) = self.pool.try_get()
        {
            return queries(&mut conn);
        }
        self.read(queries).await
    }

    /// Runs queries that all see the same instant, however long they take and whoever writes meanwhile.
    pub async fn snapshot<T, E>(&self, queries: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let pool = self.pool.clone();
        blocking(move || snapshot(&mut *connection(&pool)?, queries)).await
    }

    /// Runs a change in one transaction: all of it is on disk when this returns `Ok`, nothing of it otherwise.
    /// The change may be run more than once, when the database asks for the transaction to be repeated.
    pub async fn write<T, E>(&self, mut change: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<DieselError> + AsDatabaseError + Send + 'static,
    {
        let (era, began) = (self.era.clone(), self.era.load(Ordering::SeqCst));
        let same = move || match era.load(Ordering::SeqCst) == began {
            true => Ok(()),
            false => Err(Error::Unavailable("everything was replaced while this waited".to_owned())),
        };
        self.change(move |conn| {
            same()?;
            let done = change(conn);
            // It may have waited for a table just now.
            same()?;
            done
        })
        .await
    }

    /// The same for a change that puts something else in the place of everything. What waits for its turn meanwhile was
    /// allowed by what is gone then, and is refused.
    pub async fn replace<T, E>(
        &self,
        mut change: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<DieselError> + AsDatabaseError + Send + 'static,
    {
        let era = self.era.clone();
        self.change(move |conn| {
            let done = change(conn)?;
            era.fetch_add(1, Ordering::SeqCst);
            Ok(done)
        })
        .await
    }

    async fn change<T, E>(&self, mut change: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<DieselError> + AsDatabaseError + Send + 'static,
    {
        let turn = match &self.writer {
            Some(writer) => Some(writer.clone().lock_owned().await),
            None => None,
        };
        let pool = self.pool.clone();
        blocking(move || {
            let _turn = turn; // held until the commit is done, also when whoever waits for us is gone
            let mut conn = connection(&pool)?;
            room(&mut conn, pool::ROOM_TO_WRITE)?;
            let mut repeats = 0;
            let done = loop {
                match transaction(&mut conn, &mut change) {
                    Err(error) if repeats < REPEATS && error.as_database_error().is_some_and(asks_to_repeat) => {
                        repeats += 1;
                        std::thread::sleep(Duration::from_millis(10 << repeats));
                    }
                    other => break other,
                }
            };
            if let Err(error) = room(&mut conn, pool::ROOM_TO_READ) {
                tracing::warn!(%error, "a connection keeps the memory it wrote with");
            }
            done
        })
        .await
    }

    /// Runs a change and takes it back: says what would come of it, and leaves nothing on disk.
    pub async fn try_out<T, E>(
        &self,
        mut change: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<DieselError> + AsDatabaseError + Send + 'static,
    {
        let (tell, told) = std::sync::mpsc::channel();
        let taken_back = self
            .write(move |conn| {
                // Whoever asked may be gone; then nobody is told.
                let _ = tell.send(change(conn)?);
                Err::<(), E>(DieselError::RollbackTransaction.into())
            })
            .await;
        match (told.try_iter().last(), taken_back) {
            (Some(outcome), _) => Ok(outcome),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(DieselError::RollbackTransaction.into()),
        }
    }

    /// Brings the database up to date. Refuses one that a newer program has already migrated further.
    pub async fn migrate(&self) -> Result<usize, migrate::MigrateError> {
        let turn = match &self.writer {
            Some(writer) => Some(writer.clone().lock_owned().await),
            None => None,
        };
        let pool = self.pool.clone();
        blocking(move || {
            let _turn = turn;
            migrate::run(&mut *connection(&pool).map_err(migrate::MigrateError::Database)?)
        })
        .await
    }

    /// How many migrations are still to be run; [`Newer`] when the database is ahead of this program.
    pub async fn pending_migrations(&self) -> Result<usize, migrate::MigrateError> {
        let pool = self.pool.clone();
        blocking(move || migrate::pending(&mut *connection(&pool).map_err(migrate::MigrateError::Database)?)).await
    }

    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        self.writer.is_some()
    }

    /// Writes and takes it back: shows that the database can be written to.
    pub async fn is_writable(&self) -> Result<(), Error> {
        let write = |conn: &mut Conn| {
            let all = diesel::update(schema::setting::table);
            let written = all.set(diesel::ExpressionMethods::eq(schema::setting::value, ""));
            diesel::RunQueryDsl::execute(written, conn)?;
            Ok(())
        };
        self.try_out(write).await
    }
}

/// An error of a change that can tell the database's part in it, so that a transaction can be repeated.
pub trait AsDatabaseError {
    /// The database's error, if that is what it was.
    fn as_database_error(&self) -> Option<&Error>;
}

impl AsDatabaseError for Error {
    fn as_database_error(&self) -> Option<&Error> {
        Some(self)
    }
}

async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // Only a runtime that is shutting down cancels a blocking task, and then nobody waits for this answer.
        Err(_) => std::future::pending().await,
    }
}

/// A database library's message, which may have several lines, as one.
fn in_one_line(error: &impl std::fmt::Display) -> String {
    let told = error.to_string();
    told.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn connection(
    pool: &diesel::r2d2::Pool<pool::Manager>,
) -> Result<diesel::r2d2::PooledConnection<pool::Manager>, Error> {
    pool.get().map_err(|error| Error::Unavailable(in_one_line(&error)))
}

/// A transaction that reads. On SQLite the first read fixes what it sees; on PostgreSQL a statement in it may take as long
/// as whoever takes its rows.
fn snapshot<T, E: From<Error>>(conn: &mut Conn, queries: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    type Manager = <Conn as Connection>::TransactionManager;
    let begun = match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN DEFERRED"),
        Conn::Postgres(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .and_then(|()| SimpleConnection::batch_execute(inner, "SET LOCAL statement_timeout = 0"))
        }
    };
    begun.map_err(Error::from)?;
    let outcome = queries(conn);
    // Nothing was changed, so there is nothing to keep.
    if let Err(error) = Manager::rollback_transaction(conn) {
        tracing::error!(%error, "a transaction could not be ended");
    }
    outcome
}

/// How much memory a connection of SQLite may keep from now on.
fn room(conn: &mut Conn, pragma: &str) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(inner) => Ok(inner.batch_execute(pragma)?),
        Conn::Postgres(_) => Ok(()),
    }
}

/// A write transaction. SQLite begins IMMEDIATE, so that it waits for another process's lock before it reads.
fn transaction<T, E: From<Error> + From<DieselError>>(
    conn: &mut Conn,
    change: &mut impl FnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    type Manager = <Conn as Connection>::TransactionManager;
    // Begun on the inner connection: the depth that the outer one counts stays right.
    let begun = match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        Conn::Postgres(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL READ COMMITTED")
        }
    };
    begun.map_err(Error::from)?;
    match change(conn) {
        Ok(value) => {
            Manager::commit_transaction(conn).map_err(Error::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = Manager::rollback_transaction(conn) {
                tracing::error!(error = %rollback, "a transaction could not be taken back");
            }
            Err(error)
        }
    }
}

/// A part of a transaction: what it changed is taken back when it fails, and nothing that was changed before it.
pub fn savepoint<T, E: From<DieselError>>(
    conn: &mut Conn,
    part: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(part)
}

fn asks_to_repeat(error: &Error) -> bool {
    match error {
        Error::Query(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
        Error::Query(DieselError::DatabaseError(_, info)) => {
            let message = info.message();
            message.contains("deadlock detected")
                || message.contains("database is locked")
                || message.contains("database table is locked")
        }
        _ => false,
    }
}
