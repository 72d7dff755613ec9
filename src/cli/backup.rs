//! `backup`: everything into one file, while the portal runs.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{Failure, export::made, opened, say, tell};
use crate::{
    config::Config,
    db::{Db, dump::Contents},
    models::Actor,
    registrar::{Refusal, backup},
    sign::MasterKey,
};

/// Where to.
#[derive(Debug, Args)]
pub struct Options {
    /// The file to make; one that is there already is never overwritten
    #[arg(required_unless_present = "digest")]
    file: Option<PathBuf>,
    /// Print the digest of what the portal keeps, the same on both kinds of database, and write nothing
    #[arg(long, conflicts_with = "file")]
    digest: bool,
}

/// Writes it, readable by nobody else.
pub async fn run(config: &Config, Options { file, .. }: Options) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let Some(path) = file else {
        say(&backup::digest(&db).await?);
        return Ok(());
    };
    let key = MasterKey::load(&config.master_key_file)?.map(|key| key.fingerprint());
    let noted = key.is_some();
    let file = made(&path)?;
    let contents = match write(&db, key, file, &path).await {
        Ok(contents) => contents,
        Err(failure) => {
            // Half a backup is none.
            let _gone = fs::remove_file(&path);
            return Err(failure);
        }
    };
    if !noted {
        let key = config.master_key_file.display();
        tell(&format!("There is no master key at {key}, so the backup does not say which key belongs to it."));
    }
    let (bytes, path) = (fs::metadata(&path)?.len(), path.display());
    say(&format!("Backed up {} rows of {} tables to {path} ({bytes} bytes).", contents.rows, contents.tables));
    say(&format!("Digest: {}", contents.digest));
    Ok(())
}

async fn write(db: &Db, key: Option<String>, file: File, path: &Path) -> Result<Contents, Failure> {
    let (by, to) = (Actor::command("backup"), path.file_name().map(|name| name.to_string_lossy().into_owned()));
    let (own, to) = (by.clone(), to.unwrap_or_default());
    let id = match db.write(move |conn| backup::begin(conn, &own, &to)).await {
        Ok(id) => Some(id),
        // A portal whose disk is full needs a backup more than the entry.
        Err(Refusal::Database(crate::db::Error::NoRoom)) => {
            tell("The storage is full or read-only, so the audit trail says nothing of this backup.");
            None
        }
        Err(other) => return Err(other.into()),
    };
    let written = db
        .snapshot(move |conn| {
            let mut out = BufWriter::new(file);
            let contents = backup::write(conn, key, &mut out, &mut |rows| tell(&format!("{rows} rows")))?;
            let kept = out.into_inner().map_err(|error| error.into_error()).and_then(|file| file.sync_all());
            kept.map_err(|error| Refusal::conflict(error.to_string()))?;
            Ok::<_, Refusal>(contents)
        })
        .await;
    if let (Err(_), Some(id)) = (&written, id)
        && let Err(error) = backup::failed(db, by, id).await
    {
        tracing::warn!(%error, "the audit trail does not say that the backup failed");
    }
    Ok(written?)
}
