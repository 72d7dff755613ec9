//! Restoring a backup into an empty database of either kind, or into a portal that is new, all of it or nothing.
//!
//! The database is brought to the state that the backup was made in, the rows are put in, their digest is compared with
//! the backup's, and only then the newer migrations run. All of it is one transaction. Nothing is added to the audit
//! trail: a restored portal is the one that was backed up, and its last entry is that of the backup.

use std::sync::Arc;

use super::{
    Refusal,
    backup::{Header, Opened},
    trail::{self, Report},
};
use crate::{
    db::{self, Conn, Db, Level, MigrateError, dump},
    models::audit_check::Verdict,
};

/// Refuses a backup that this program is too old for.
pub fn refuse_newer(header: &Header) -> Result<(), Refusal> {
    match header.level().unknown() {
        None => Ok(()),
        Some(migration) => Err(Refusal::conflict(format!(
            "the backup was made by a newer version of Testamur ({}, with {migration}); restore it with that version",
            header.program
        ))),
    }
}

/// Refuses a backup that cannot be restored here, before anything is touched: this program is too old for it, or the master
/// key that is here (by its fingerprint) is not the one that it belongs to.
pub fn refuse_unfit(header: &Header, here: Option<&str>) -> Result<(), Refusal> {
    refuse_newer(header)?;
    match (header.master_key.as_deref(), here) {
        (None, _) => Ok(()),
        (Some(own), Some(here)) if own == here => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::conflict(
            "the backup belongs to another master key; put the key file of that portal where TESTAMUR_MASTER_KEY_FILE says",
        )),
        (Some(_), None) => Err(Refusal::conflict(
            "the master key is not here; put the key file of the portal that was backed up where TESTAMUR_MASTER_KEY_FILE says",
        )),
    }
}

/// How the refusal of a backup begins whose audit trail is not as it was written.
pub const BROKEN_TRAIL: &str = "its audit trail was not whole when the backup was made";

/// What to do about an audit trail that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenTrail {
    /// Restore nothing: an older backup may have it whole.
    Refuse,
    /// Restore it as it is, because there is no better backup.
    Accept,
}

/// What a backup is restored into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A database that holds nothing.
    Empty,
    /// A portal that nobody has worked with yet. What it has of its own goes.
    New,
}

/// What a portal has before anything was entered: the accounts of those who set it up, mail to them, and what they did.
const OF_A_NEW_ONE: [&str; 5] = ["audit_checkpoint", "audit_entry", "audit_unchained", "outbox", "staff"];

/// Refuses a portal in use: restoring over it would undo what was issued since.
pub fn refuse_in_use(conn: &mut Conn) -> Result<(), Refusal> {
    match dump::filled(conn)?.iter().all(|table| OF_A_NEW_ONE.contains(&table.as_str())) {
        true => Ok(()),
        false => Err(Refusal::conflict(
            "This portal is in use. A backup is only restored into a new portal, or by the operator into an empty database",
        )),
    }
}

/// Restores a backup that was opened, and with that checked. Before it is done, the audit trail is checked against its
/// chain and its checkpoints.
pub async fn restore(db: &Db, backup: Arc<Opened>, into: Target, broken: BrokenTrail) -> Result<Report, Refusal> {
    refuse_newer(&backup.header)?;
    db.replace(move |conn| fill(conn, &backup, into, broken)).await
}

fn fill(conn: &mut Conn, backup: &Opened, into: Target, broken: BrokenTrail) -> Result<Report, Refusal> {
    match into {
        Target::Empty if dump::filled(conn)?.is_empty() => {}
        Target::Empty => {
            return Err(Refusal::conflict("the database is not empty; a backup is only restored into an empty one"));
        }
        Target::New => {
            dump::lock(conn)?;
            refuse_in_use(conn)?;
            // Its trail cannot be emptied, by design; its tables go as a whole.
            db::bring_to(conn, &Level::bare()).map_err(refused)?;
        }
    }
    db::bring_to(conn, &backup.header.level()).map_err(refused)?;
    let mut lines = backup.lines().map_err(dump::DumpError::from)?;
    let loaded = dump::load(conn, &mut lines)?;
    // What is in the database now, and not only what was read: a trigger may have had a hand in it.
    let kept = dump::dump(conn, &mut |_| Ok(()))?;
    if loaded != backup.contents || kept.digest != backup.contents.digest {
        return Err(Refusal::conflict("the restored rows are not those of the backup; nothing was changed"));
    }
    db::migrate_within(conn).map_err(refused)?;
    let report = trail::check(conn, &[])?;
    match &report.verdict {
        Verdict::Broken { seq, fault } if broken == BrokenTrail::Refuse => Err(Refusal::conflict(format!(
            "{BROKEN_TRAIL}: entry no. {seq} {fault}. An older backup may have it whole"
        ))),
        _ => Ok(report),
    }
}

fn refused(error: MigrateError) -> Refusal {
    match error {
        MigrateError::Database(error) => Refusal::Database(error),
        other => Refusal::conflict(other.to_string()),
    }
}
