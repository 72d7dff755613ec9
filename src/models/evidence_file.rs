//! A file that was handed in as evidence. Its bytes are never changed; it goes with the draft it belongs to, and stays
//! for ever once the award was issued.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Assertion, Evidence};
use crate::{
    clock,
    db::{Conn, schema::evidence_file},
    values::Id,
};

/// Most bytes of one file.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Most files of one award.
pub const MOST_FILES: usize = 20;

/// A file with its bytes.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_file, treat_none_as_default_value = false)]
pub struct EvidenceFile {
    /// Row id.
    pub id: Id<EvidenceFile>,
    /// The unguessable id in its public address.
    pub public_id: String,
    /// The award.
    pub assertion_id: Id<Assertion>,
    /// The piece of evidence.
    pub evidence_id: Id<Evidence>,
    /// The name it was handed in under.
    pub name: String,
    /// What it is, of the short list of what is taken.
    pub media_type: String,
    /// Bytes.
    pub size: i32,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// When it was handed in.
    pub created_at: NaiveDateTime,
    /// The bytes.
    pub content: Vec<u8>,
}

/// A file without its bytes.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = evidence_file)]
pub struct About {
    /// The unguessable id in its public address.
    pub public_id: String,
    /// The award.
    pub assertion_id: Id<Assertion>,
    /// The name it was handed in under.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Bytes.
    pub size: i32,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
}

impl About {
    /// `340 kB`.
    pub fn shown_size(&self) -> String {
        match self.size {
            size if size < 1_000 => format!("{size} bytes"),
            size if size < 1_000_000 => format!("{} kB", (size + 500) / 1_000),
            size => format!("{:.1} MB", f64::from(size) / 1_000_000.0),
        }
    }
}

impl EvidenceFile {
    /// A file for a piece of evidence.
    pub fn new(evidence: &Evidence, name: String, media_type: &str, content: Vec<u8>) -> Self {
        Self {
            id: Id::fresh(),
            public_id: clock::public_id().to_string(),
            assertion_id: evidence.assertion_id.clone(),
            evidence_id: evidence.id.clone(),
            name,
            media_type: media_type.to_owned(),
            size: i32::try_from(content.len()).unwrap_or(i32::MAX),
            sha256: clock::digest(&content),
            created_at: clock::now().naive_utc(),
            content,
        }
    }
}

/// Stores a file; the caller writes the audit entry.
pub fn insert(conn: &mut Conn, file: &EvidenceFile) -> QueryResult<()> {
    diesel::insert_into(evidence_file::table).values(file.clone()).execute(conn).map(|_| ())
}

/// The files of an award, without their bytes.
pub fn of(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<About>> {
    evidence_file::table
        .filter(evidence_file::assertion_id.eq(id))
        .order(evidence_file::id)
        .select(About::as_select())
        .load(conn)
}

/// What is known of a file by the id in its address.
pub fn about(conn: &mut Conn, public_id: &str) -> QueryResult<About> {
    evidence_file::table.filter(evidence_file::public_id.eq(public_id)).select(About::as_select()).first(conn)
}

/// The bytes of a file.
pub fn content(conn: &mut Conn, public_id: &str) -> QueryResult<Vec<u8>> {
    evidence_file::table.filter(evidence_file::public_id.eq(public_id)).select(evidence_file::content).first(conn)
}

/// Deletes the files of a piece of evidence that its artifacts no longer name.
pub fn delete_unused(conn: &mut Conn, evidence: &Evidence) -> QueryResult<()> {
    let named: Vec<String> = evidence.artifacts.get().iter().filter_map(|one| one.file.clone()).collect();
    let own = evidence_file::table.filter(evidence_file::evidence_id.eq(&evidence.id));
    diesel::delete(own.filter(evidence_file::public_id.ne_all(named))).execute(conn).map(|_| ())
}

/// Deletes the files of a piece of evidence.
pub fn delete_of(conn: &mut Conn, id: &Id<Evidence>) -> QueryResult<()> {
    diesel::delete(evidence_file::table.filter(evidence_file::evidence_id.eq(id))).execute(conn).map(|_| ())
}

/// Deletes the files of a draft.
pub fn delete_all(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<()> {
    diesel::delete(evidence_file::table.filter(evidence_file::assertion_id.eq(id))).execute(conn).map(|_| ())
}
