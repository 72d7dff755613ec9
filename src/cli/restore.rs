//! `restore`: a backup into an empty database of either kind.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::{Failure, opened, say, tell};
use crate::{
    config::Config,
    db::Address,
    models::audit_check::Verdict,
    registrar::{
        Refusal,
        backup::Opened,
        restore::{self, BrokenTrail, Target},
        trail::Report,
    },
    sign::MasterKey,
};

/// What from.
#[derive(Debug, Args)]
pub struct Options {
    /// The backup
    file: PathBuf,
    /// Restore it even where its audit trail is not as it was written, when there is no better backup
    #[arg(long)]
    accept_broken_trail: bool,
}

/// Looks at the whole backup first; then all of it is restored, or nothing.
pub async fn run(config: &Config, Options { file, accept_broken_trail }: Options) -> Result<(), Failure> {
    let path = file.clone();
    let backup = tokio::task::spawn_blocking(move || Opened::open(&path)).await;
    let backup = backup.map_err(|error| Failure::refused(error.to_string()))??;
    let key = MasterKey::load(&config.master_key_file)?.map(|key| key.fingerprint());
    restore::refuse_unfit(&backup.header, key.as_deref())?;
    let rows = backup.contents.rows;
    if rows > 100_000 {
        tell(&format!("{} is whole and holds {rows} rows.", file.display()));
    }
    let new = match &config.database {
        Address::Sqlite(path) if !path.exists() => Some(path.clone()),
        _ => None,
    };
    let db = opened::made(config).await?;
    let broken = if accept_broken_trail { BrokenTrail::Accept } else { BrokenTrail::Refuse };
    let backup = Arc::new(backup);
    let restored = restore::restore(&db, backup.clone(), Target::Empty, broken).await;
    if let (Err(_), Some(path)) = (&restored, new) {
        drop(db);
        take_away(&path);
    }
    let report = restored.map_err(|refusal| in_words(&file, refusal))?;
    let Opened { header, contents, .. } = &*backup;
    let made = header.made_at.format("%Y-%m-%d %H:%M UTC");
    say(&format!("Restored {} rows of {} tables, as they were on {made}.", contents.rows, contents.tables));
    say(&format!("Digest: {}", contents.digest));
    tell_trail(&report);
    Ok(())
}

/// What the check of the audit trail came to.
fn tell_trail(report: &Report) {
    match &report.verdict {
        Verdict::Whole { entries, .. } => say(&match report.believed.last() {
            Some(last) => format!("Audit trail: whole, {entries} entries, signed for up to no. {}.", last.seq),
            None => format!("Audit trail: whole, {entries} entries; none was signed for yet."),
        }),
        Verdict::NotYetChained { entries } => {
            say(&format!("Audit trail: {entries} entries from before there was a chain; the next change chains them."));
        }
        Verdict::Broken { seq, fault } => tell(&format!(
            "Audit trail: NOT whole. Entry no. {seq} {fault}. It was so when the backup was made, and was restored as it is."
        )),
    }
}

/// A database that was made for nothing goes again.
fn take_away(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _gone = fs::remove_file(name);
    }
}

fn in_words(file: &Path, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Conflict(sentence) => {
            let accept = match sentence.starts_with(restore::BROKEN_TRAIL) {
                true => "; with --accept-broken-trail this one is restored as it is",
                false => "",
            };
            Failure::refused(format!("{} was not restored: {sentence}{accept}", file.display()))
        }
        other => other.into(),
    }
}
