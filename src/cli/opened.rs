//! Opening the database of a command, with clear sentences about what is missing. No command but those that say so makes
//! a new database.

use std::path::Path;

use super::Failure;
use crate::{
    config::Config,
    db::{self, Address, Db},
    models::signing_key,
    registrar::{Portal, Refusal, keys, keys::Keyring},
    sign::MasterKey,
};

/// The database, where it is there and up to date.
pub async fn existing(config: &Config) -> Result<Db, Failure> {
    if let Address::Sqlite(path) = &config.database
        && !path.exists()
    {
        let path = path.display();
        return Err(Failure::refused(format!("there is no database at {path}; `testamur migrate` makes one")));
    }
    let db = open(config).await?;
    match db.pending_migrations().await? {
        0 => Ok(db),
        _ => Err(Failure::refused("the database is not up to date; run `testamur migrate` first")),
    }
}

/// The database, made where there is none yet and brought up to date, with the number of migrations that took. A
/// database file is only made in a folder that exists.
pub async fn migrated(config: &Config) -> Result<(Db, usize), Failure> {
    let new = match &config.database {
        Address::Sqlite(path) if !path.exists() => Some(path.display().to_string()),
        _ => None,
    };
    let db = made(config).await?;
    let done = db.migrate().await?;
    if let Some(path) = new {
        tracing::info!("made a new database at {path}");
    }
    Ok((db, done))
}

/// The database as it is, made where there is none yet. A database file is only made in a folder that exists.
pub async fn made(config: &Config) -> Result<Db, Failure> {
    if let Address::Sqlite(path) = &config.database {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(Failure::refused(format!(
                "the folder {folder} of TESTAMUR_DATABASE_URL does not exist; make it first"
            )));
        }
    }
    open(config).await
}

/// The portal with its keys, and the master key. One is made where there is none yet; but where signing keys lie wrapped
/// in the database, another master key would be of no use: nothing can be signed then until theirs is back, and
/// everything else goes on.
pub async fn portal(config: &Config, db: &Db) -> Result<(Portal, MasterKey), Failure> {
    let wrapped = db.read(|conn| Ok::<_, Refusal>(signing_key::is_any_wrapped(conn)?)).await?;
    let (master, ring) = match MasterKey::load(&config.master_key_file)? {
        Some(master) => (master.clone(), Keyring::of(&master)),
        None if wrapped => {
            let shown = config.master_key_file.display();
            let missing = format!(
                "TESTAMUR_MASTER_KEY_FILE {shown} is not there, so nothing can be signed. Bring it back from where you \
                 keep a copy."
            );
            (MasterKey::passing(), Keyring::locked(missing))
        }
        None => {
            let master = MasterKey::load_or_create(&config.master_key_file)?;
            (master.clone(), Keyring::of(&master))
        }
    };
    let portal = Portal::new(config.base_url.clone(), ring);
    let checked = portal.clone();
    if let Err(refused) = db.read(move |conn| keys::check(conn, &checked)).await {
        tracing::error!("{refused}");
    }
    Ok((portal, master))
}

/// Refuses a database that can only be read: a portal that starts is one that can do its work.
pub async fn refuse_read_only(config: &Config, db: &Db) -> Result<(), Failure> {
    db.is_writable().await.map_err(|error| cannot_be_used(config, &error))
}

/// Opening waits for the first connection, so it is done on a thread for blocking work.
async fn open(config: &Config) -> Result<Db, Failure> {
    let address = config.database.clone();
    let opened = tokio::task::spawn_blocking(move || Db::open(&address)).await;
    opened.map_err(|error| Failure::refused(error.to_string()))?.map_err(|error| cannot_be_used(config, &error))
}

fn cannot_be_used(config: &Config, error: &db::Error) -> Failure {
    let told = match error {
        // The pool's own words before the database's add nothing.
        db::Error::Unavailable(why) => why.trim_start_matches("timed out waiting for connection: ").to_owned(),
        other => other.to_string(),
    };
    Failure::refused(format!("the database {} cannot be used: {told}", config.database))
}
