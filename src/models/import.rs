//! The import: a file that was brought in or waits to be, and the list of what the portal made of it, by which it can be
//! taken back.

pub mod known;
pub mod received;
pub mod records;
pub mod remove;
pub mod undo;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::Staff;
use crate::{
    clock,
    db::{
        Conn, insert_rows,
        schema::{import, import_object},
    },
    values::{Id, Json},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "import";

/// It was uploaded; nothing was brought in yet.
pub const WAITING: &str = "waiting";
/// It was brought in.
pub const DONE: &str = "done";
/// It is being taken back, in this very transaction.
pub const UNDOING: &str = "undoing";
/// It was taken back.
pub const UNDONE: &str = "undone";

/// A file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import, treat_none_as_default_value = false)]
pub struct Import {
    /// Row id.
    pub id: Id<Import>,
    /// What kind of file: `clr`.
    pub kind: String,
    /// What the file was called.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub file_hash: String,
    /// The file itself.
    pub content: Vec<u8>,
    /// [`WAITING`], [`DONE`] or [`UNDONE`].
    pub state: String,
    /// What came of it.
    pub summary: Json<Summary>,
    /// The name of who uploaded it.
    pub made_by: String,
    /// Their account, where it was a member of staff.
    pub made_by_id: Option<Id<Staff>>,
    /// When it was uploaded.
    pub created_at: NaiveDateTime,
    /// When it was brought in.
    pub done_at: Option<NaiveDateTime>,
    /// When it was taken back.
    pub undone_at: Option<NaiveDateTime>,
}

/// An import in the list of them: without the file's content.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = import)]
pub struct Listed {
    /// Row id.
    pub id: Id<Import>,
    /// What the file was called.
    pub file_name: String,
    /// Its hash.
    pub file_hash: String,
    /// How it stands.
    pub state: String,
    /// What came of it.
    pub summary: Json<Summary>,
    /// Who.
    pub made_by: String,
    /// When it was uploaded.
    pub created_at: NaiveDateTime,
    /// When it was brought in.
    pub done_at: Option<NaiveDateTime>,
    /// When it was taken back.
    pub undone_at: Option<NaiveDateTime>,
}

/// What came of an import, in words and numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// What the file is: "a set of CLRs".
    pub what: String,
    /// Publishers, by name.
    pub publishers: Vec<String>,
    /// Records brought in.
    pub records: usize,
    /// Objects made, by kind.
    pub made: Vec<(String, usize)>,
}

/// Something an import made, or changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_object, treat_none_as_default_value = false)]
pub struct ImportObject {
    /// The import.
    pub import_id: Id<Import>,
    /// The kind of object, as the audit trail has it.
    pub object_kind: String,
    /// Its row id.
    pub object_id: String,
    /// SHA-256 of what the document said of it.
    pub digest: String,
    /// The revision it had when it was made.
    pub revision: i32,
    /// The document that stood there before, where the import put another one in its place.
    pub before: Option<Vec<u8>>,
    /// In which order it was made.
    pub position: i32,
}

impl Import {
    /// A file that was uploaded.
    pub fn new(file_name: &str, content: Vec<u8>, by: &super::Actor) -> Self {
        use sha2::{Digest, Sha256};
        let file_hash = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            id: Id::fresh(),
            kind: "clr".to_owned(),
            file_name: file_name.chars().filter(|c| !c.is_control()).take(200).collect(),
            file_hash,
            content,
            state: WAITING.to_owned(),
            summary: Json::new(Summary::default()),
            made_by: by.name.clone(),
            made_by_id: by.id.as_deref().filter(|_| by.kind == "staff").and_then(|id| id.parse().ok()),
            created_at: clock::now().naive_utc(),
            done_at: None,
            undone_at: None,
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(import::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// One import.
pub fn find(conn: &mut Conn, id: &Id<Import>) -> QueryResult<Import> {
    import::table.find(id).select(Import::as_select()).first(conn)
}

/// One import without its content.
pub fn listed(conn: &mut Conn, id: &Id<Import>) -> QueryResult<Listed> {
    import::table.find(id).select(Listed::as_select()).first(conn)
}

/// The latest imports, newest first.
pub fn latest(conn: &mut Conn, most: i64) -> QueryResult<Vec<Listed>> {
    import::table
        .order((import::created_at.desc(), import::id.desc()))
        .limit(most)
        .select(Listed::as_select())
        .load(conn)
}

/// The import that brought the same bytes in, if it still stands.
pub fn done_with(conn: &mut Conn, file_hash: &str) -> QueryResult<Option<Listed>> {
    import::table
        .filter(import::file_hash.eq(file_hash))
        .filter(import::state.eq(DONE))
        .order(import::created_at)
        .select(Listed::as_select())
        .first(conn)
        .optional()
}

/// Whether anything was ever brought in, so that other publishers' objects may be here.
pub fn any_done(conn: &mut Conn) -> QueryResult<bool> {
    let done = import::table.filter(import::state.eq(DONE)).select(import::id);
    Ok(done.first::<Id<Import>>(conn).optional()?.is_some())
}

/// Notes that it was brought in. `false` when it no longer waits: of two clicks, one brings it in.
pub fn mark_done(conn: &mut Conn, id: &Id<Import>, summary: Summary) -> QueryResult<bool> {
    let waiting = import::table.find(id).filter(import::state.eq(WAITING));
    let marked = diesel::update(waiting)
        .set((
            import::state.eq(DONE),
            import::summary.eq(Json::new(summary)),
            import::done_at.eq(Some(clock::now().naive_utc())),
        ))
        .execute(conn)?;
    Ok(marked == 1)
}

/// Forgets a file that was not brought in. `false` when it was.
pub fn forget(conn: &mut Conn, id: &Id<Import>) -> QueryResult<bool> {
    let waiting = import::table.find(id).filter(import::state.eq(WAITING));
    Ok(diesel::delete(waiting).execute(conn)? == 1)
}

/// Forgets files that have waited since before a time.
pub fn forget_older(conn: &mut Conn, than: NaiveDateTime) -> QueryResult<usize> {
    let waiting = import::table.filter(import::state.eq(WAITING)).filter(import::created_at.lt(than));
    diesel::delete(waiting).execute(conn)
}

/// Notes what an import made.
pub fn remember(conn: &mut Conn, objects: &[ImportObject]) -> QueryResult<()> {
    insert_rows!(conn, import_object::table, objects)
}

/// What an import made, in the order in which it did.
pub fn objects(conn: &mut Conn, id: &Id<Import>) -> QueryResult<Vec<ImportObject>> {
    import_object::table
        .filter(import_object::import_id.eq(id))
        .order(import_object::position)
        .select(ImportObject::as_select())
        .load(conn)
}
