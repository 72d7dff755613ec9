//! Restoring a backup into an empty database of either kind, all of it or nothing.
//!
//! The database is brought to the state that the backup was made in, the rows are put in, their digest is compared with
//! the backup's, and only then the newer migrations run. All of it is one transaction. Nothing is added to the audit
//! trail: a restored portal is the one that was backed up, and its last entry is that of the backup.

use super::{
    Refusal,
    backup::{Header, Opened},
    trail::{self, Report},
};
use crate::{
    db::{self, Conn, Db, MigrateError, dump},
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

/// Refuses when the master key that is here (by its fingerprint) is not the one that the backup belongs to.
pub fn refuse_other_key(header: &Header, here: Option<&str>) -> Result<(), Refusal> {
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

/// What to do about an audit trail that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenTrail {
    /// Restore nothing: an older backup may have it whole.
    Refuse,
    /// Restore it as it is, because there is no better backup.
    Accept,
}

/// Restores a backup that was opened, and with that checked, into an empty database. Before it is done, the audit trail
/// is checked against its chain and its checkpoints.
pub async fn restore(db: &Db, backup: Opened, broken: BrokenTrail) -> Result<(Opened, Report), Refusal> {
    refuse_newer(&backup.header)?;
    let backup = std::sync::Arc::new(backup);
    let own = backup.clone();
    let report = db.write(move |conn| fill(conn, &own, broken)).await?;
    let backup = std::sync::Arc::into_inner(backup);
    let backup = backup.ok_or_else(|| Refusal::Defect("the backup is still being read".to_owned()))?;
    Ok((backup, report))
}

fn fill(conn: &mut Conn, backup: &Opened, broken: BrokenTrail) -> Result<Report, Refusal> {
    dump::refuse_filled(conn)?;
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
            "its audit trail was not whole when the backup was made: entry no. {seq} {fault}. An older backup may have \
             it whole; with --accept-broken-trail this one is restored as it is"
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
