//! A backup: everything the portal keeps, as of one instant, in one file, while the portal runs.
//!
//! It can be restored into an empty database of either kind ([`super::restore`]). The master key is not in it: whoever
//! has both can sign in the institution's name, so they are kept apart. What is in it is a fingerprint of that key, so
//! that a restore can tell that it is given the wrong one.

mod file;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

pub use self::file::{Header, Opened};
use self::file::{Sealed, end_line};
use super::Refusal;
use crate::{
    clock,
    db::{
        Conn, Db,
        dump::{self, Contents, DumpError},
    },
    models::{Actor, audit},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "backup";
/// What the audit trail says of one that was begun …
const BEGUN: &str = "backed up";
/// … and of one that did not come to its end.
const FAILED: &str = "failed to back up";

/// Notes in the audit trail that a backup is made, before anything leaves: the entry is in the backup itself.
pub fn begin(conn: &mut Conn, by: &Actor, to: &str) -> Result<String, Refusal> {
    let id = clock::row_id().to_string();
    let to = audit::Change { field: "To".to_owned(), before: None, after: Some(to.to_owned()) };
    audit::write(conn, by, BEGUN, (KIND, &id), vec![to])?;
    Ok(id)
}

/// Notes that it did not come to its end, so that nobody counts on it.
pub async fn failed(db: &Db, by: Actor, id: String) -> Result<(), Refusal> {
    db.write(move |conn| Ok(audit::write(conn, &by, FAILED, (KIND, &id), Vec::new())?)).await
}

/// The last backup that was made, by the audit trail.
pub fn last(conn: &mut Conn) -> Result<Option<audit::AuditEntry>, Refusal> {
    let entries = audit::of_kind(conn, KIND, 100)?;
    let came_to_an_end = |entry: &audit::AuditEntry| {
        entry.action == BEGUN
            && !entries.iter().any(|other| other.action == FAILED && other.object_id == entry.object_id)
    };
    Ok(entries.iter().find(|entry| came_to_an_end(entry)).cloned())
}

/// Writes a backup. Call it within a snapshot. `key` is the master key's fingerprint, `progress` hears the number of rows
/// every so often.
pub fn write(
    conn: &mut Conn,
    key: Option<String>,
    out: impl Write,
    progress: &mut dyn FnMut(u64),
) -> Result<Contents, Refusal> {
    let written = |error| Refusal::from(DumpError::Lines(error));
    let mut sealed = Sealed::new(out);
    sealed.write_all(Header::of(conn, key).line()?.as_bytes()).map_err(written)?;
    let mut packed = GzEncoder::new(sealed, Compression::new(LEVEL));
    let mut lines = 0;
    let contents = dump::dump(conn, &mut |line| {
        packed.write_all(line.as_bytes())?;
        packed.write_all(b"\n")?;
        lines += 1;
        if lines % PROGRESS == 0 {
            progress(lines);
        }
        Ok(())
    })?;
    packed.write_all(end_line(&contents).as_bytes()).map_err(written)?;
    packed.finish().and_then(Sealed::seal).map_err(written)?;
    Ok(contents)
}

/// What lies packed in the rows stands in the file as base64, which the fastest level of all would leave a third larger.
const LEVEL: u32 = 2;
/// Rows after which progress is told.
const PROGRESS: u64 = 100_000;

/// The logical digest of what the portal keeps, which is the same on both kinds of database.
pub async fn digest(db: &Db) -> Result<String, Refusal> {
    db.snapshot(|conn| Ok(dump::dump(conn, &mut |_| Ok(()))?.digest)).await
}
