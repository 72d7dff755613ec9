//! Migrations: those common to both databases and those of one, in the order of their dates.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    migration::{Migration, MigrationSource},
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Error};

const COMMON: EmbeddedMigrations = embed_migrations!("migrations/common");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The database has migrations that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database was made by a newer version of Testamur (it has {0}); use that version, or restore an older backup"
)]
pub struct Newer(pub String);

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is ahead of this program.
    #[error(transparent)]
    Newer(#[from] Newer),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The common migrations and those of one database: a later common one may rest on an earlier one of the other kind.
struct Both(EmbeddedMigrations);

impl<DB: Backend> MigrationSource<DB> for Both
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let mut all = MigrationSource::<DB>::migrations(&COMMON)?;
        all.extend(MigrationSource::<DB>::migrations(&self.0)?);
        Ok(all)
    }
}

/// Runs what is pending and says how many migrations that were.
pub fn run(conn: &mut Conn) -> Result<usize, MigrateError> {
    refuse_newer(conn)?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(error.to_string());
    let done = match conn {
        Conn::Sqlite(inner) => inner.run_pending_migrations(Both(SQLITE)).map_err(failed)?.len(),
        Conn::Postgres(inner) => {
            // Two copies that start at once take turns.
            diesel::connection::SimpleConnection::batch_execute(inner, "SELECT pg_advisory_lock(7359001)")
                .map_err(Error::from)?;
            let done = inner.run_pending_migrations(Both(POSTGRES)).map(|done| done.len());
            diesel::connection::SimpleConnection::batch_execute(inner, "SELECT pg_advisory_unlock(7359001)")
                .map_err(Error::from)?;
            done.map_err(failed)?
        }
    };
    Ok(done)
}

/// How many are still to be run.
pub fn pending(conn: &mut Conn) -> Result<usize, MigrateError> {
    refuse_newer(conn)?;
    let applied = applied(conn);
    Ok(known(conn).difference(&applied).count())
}

fn refuse_newer(conn: &mut Conn) -> Result<(), MigrateError> {
    let known = known(conn);
    match applied(conn).difference(&known).next() {
        Some(unknown) => Err(Newer(unknown.clone()).into()),
        None => Ok(()),
    }
}

/// The versions this program knows for this kind of database.
fn known(conn: &Conn) -> BTreeSet<String> {
    fn versions<DB: Backend>(source: &EmbeddedMigrations) -> Vec<String>
    where
        EmbeddedMigrations: MigrationSource<DB>,
    {
        let migrations = MigrationSource::<DB>::migrations(source).unwrap_or_default();
        migrations.iter().map(|migration| Migration::<DB>::name(migration.as_ref()).version().to_string()).collect()
    }
    match conn {
        Conn::Sqlite(_) => [COMMON, SQLITE].iter().flat_map(versions::<diesel::sqlite::Sqlite>).collect(),
        Conn::Postgres(_) => [COMMON, POSTGRES].iter().flat_map(versions::<diesel::pg::Pg>).collect(),
    }
}

/// The versions the database has; none when it is empty.
fn applied(conn: &mut Conn) -> BTreeSet<String> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = Text)]
        version: String,
    }
    // Raw: the table belongs to the migration library and is absent from an empty database.
    let rows: Result<Vec<Applied>, _> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(conn);
    rows.unwrap_or_default().into_iter().map(|row| row.version).collect()
}
