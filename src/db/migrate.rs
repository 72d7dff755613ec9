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

/// The state a database was in: which migrations it had, and which of them another kind of database has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The versions it had, oldest first.
    pub applied: Vec<String>,
    /// Whether it was the embedded database.
    pub sqlite: bool,
}

impl Level {
    /// The state of a database.
    pub fn of(conn: &mut Conn) -> Self {
        Self { applied: applied(conn).into_iter().collect(), sqlite: matches!(conn, Conn::Sqlite(_)) }
    }

    /// That of a database without any table.
    pub fn bare() -> Self {
        Self { applied: Vec::new(), sqlite: true }
    }

    /// A migration of it that this program does not know: a newer version made it.
    pub fn unknown(&self) -> Option<&str> {
        let known = known_to(self.sqlite);
        self.applied.iter().find(|version| !known.contains(*version)).map(String::as_str)
    }

    /// The migrations that bring a database of either kind to the same state: those of this one that both kinds have, and
    /// those of the other kind alone that are not younger.
    fn wanted(&self, sqlite: bool) -> BTreeSet<String> {
        let (own, there) = (known_to(sqlite), known_to(self.sqlite));
        let youngest = self.applied.last();
        own.into_iter()
            .filter(|one| self.applied.contains(one) || !there.contains(one) && Some(one) <= youngest)
            .collect()
    }
}

/// Brings a database to a state, forwards or backwards, within the transaction it is given. Backwards, rows are lost.
pub fn bring_to(conn: &mut Conn, level: &Level) -> Result<(), MigrateError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(error.to_string());
    // Makes the library's table where there is none: on PostgreSQL a question about it would end the transaction.
    match conn {
        Conn::Sqlite(inner) => inner.applied_migrations().map(|_| ()),
        Conn::Postgres(inner) => inner.applied_migrations().map(|_| ()),
    }
    .map_err(failed)?;
    refuse_newer(conn)?;
    match conn {
        Conn::Sqlite(inner) => step_to(inner, SQLITE, &level.wanted(true)),
        Conn::Postgres(inner) => step_to(inner, POSTGRES, &level.wanted(false)),
    }
    .map_err(failed)
}

fn step_to<C, DB: Backend>(
    conn: &mut C,
    own: EmbeddedMigrations,
    wanted: &BTreeSet<String>,
) -> diesel::migration::Result<()>
where
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let mut migrations = MigrationSource::<DB>::migrations(&Both(own))?;
    migrations.sort_by_key(|migration| migration.name().version().as_owned());
    let applied: BTreeSet<String> = conn.applied_migrations()?.iter().map(ToString::to_string).collect();
    let is_in = |set: &BTreeSet<String>, one: &dyn Migration<DB>| set.contains(&one.name().version().to_string());
    for one in migrations.iter().rev().filter(|one| is_in(&applied, one.as_ref()) && !is_in(wanted, one.as_ref())) {
        conn.revert_migration(one.as_ref())?;
    }
    for one in migrations.iter().filter(|one| is_in(wanted, one.as_ref()) && !is_in(&applied, one.as_ref())) {
        conn.run_migration(one.as_ref())?;
    }
    Ok(())
}

/// The versions this program knows for this kind of database.
fn known(conn: &Conn) -> BTreeSet<String> {
    known_to(matches!(conn, Conn::Sqlite(_)))
}

fn known_to(sqlite: bool) -> BTreeSet<String> {
    fn versions<DB: Backend>(source: &EmbeddedMigrations) -> Vec<String>
    where
        EmbeddedMigrations: MigrationSource<DB>,
    {
        let migrations = MigrationSource::<DB>::migrations(source).unwrap_or_default();
        migrations.iter().map(|migration| Migration::<DB>::name(migration.as_ref()).version().to_string()).collect()
    }
    if sqlite {
        [COMMON, SQLITE].iter().flat_map(versions::<diesel::sqlite::Sqlite>).collect()
    } else {
        [COMMON, POSTGRES].iter().flat_map(versions::<diesel::pg::Pg>).collect()
    }
}

/// The versions the database has; none when it is empty.
pub fn applied(conn: &mut Conn) -> BTreeSet<String> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = Text)]
        version: String,
    }
    // Raw: the table belongs to the migration library and is absent from an empty database.
    let rows: Result<Vec<Applied>, _> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(conn);
    rows.unwrap_or_default().into_iter().map(|row| row.version).collect()
}
