//! The documents of a credential: bytes that were written once, at issue, and are never changed.
//!
//! The neutral one is [`Issued`], and of a record [`Published`]. They lie beside the credential and not in its row, so that the row which answers a
//! visitor's code stays small, however many forms of the credential are kept.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{prelude::*, result::Error};

use super::{Credential, issued::Issued, published::Published};
use crate::{
    db::{Conn, insert_rows, schema::credential_document},
    values::{Id, Packed},
};

/// The format name of an assertion's [`Issued`].
const ISSUED: &str = "issued";
/// The format name of a record's [`Published`].
const RECORD: &str = "record";

/// A row: one document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = credential_document, treat_none_as_default_value = false)]
pub struct Document {
    /// Whose it is.
    pub credential_id: Id<Credential>,
    /// What it is.
    pub format: String,
    /// The bytes.
    pub content: Packed,
    /// When it was made.
    pub created_at: NaiveDateTime,
}

impl Document {
    /// What was true when a credential was issued.
    pub fn of_issued(credential: &Credential, issued: &Issued) -> QueryResult<Self> {
        Self::made(credential, ISSUED, issued)
    }

    /// What was true when a record was published.
    pub fn of_record(credential: &Credential, published: &Published) -> QueryResult<Self> {
        Self::made(credential, RECORD, published)
    }

    fn made(credential: &Credential, format: &str, content: &impl serde::Serialize) -> QueryResult<Self> {
        let content = serde_json::to_vec(content).map_err(|error| Error::SerializationError(error.into()))?;
        Ok(Self {
            credential_id: credential.id.clone(),
            format: format.to_owned(),
            content: Packed::new(content),
            created_at: credential.issued_at,
        })
    }

    fn as_issued(&self) -> QueryResult<Issued> {
        serde_json::from_slice(self.content.get()).map_err(|error| Error::DeserializationError(error.into()))
    }
}

/// Writes documents down.
pub fn insert_all(conn: &mut Conn, documents: &[Document]) -> QueryResult<()> {
    insert_rows!(conn, credential_document::table, documents)
}

/// What was true when a credential was issued.
pub fn issued(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<Issued> {
    let found: Document = credential_document::table.find((id, ISSUED)).select(Document::as_select()).first(conn)?;
    found.as_issued()
}

/// What was true when a record was published.
pub fn published(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<Published> {
    let found: Document = credential_document::table.find((id, RECORD)).select(Document::as_select()).first(conn)?;
    serde_json::from_slice(found.content.get()).map_err(|error| Error::DeserializationError(error.into()))
}

/// All that is stored of a credential, by format.
pub fn stored(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<Vec<Document>> {
    credential_document::table
        .filter(credential_document::credential_id.eq(id))
        .order(credential_document::format)
        .select(Document::as_select())
        .load(conn)
}

/// What was true when each of several credentials was issued, in their order, with one query.
pub fn issued_of(conn: &mut Conn, credentials: &[Credential]) -> QueryResult<Vec<Issued>> {
    let ids: Vec<_> = credentials.iter().map(|one| &one.id).collect();
    let found: Vec<Document> = credential_document::table
        .filter(credential_document::credential_id.eq_any(ids))
        .filter(credential_document::format.eq(ISSUED))
        .select(Document::as_select())
        .load(conn)?;
    let found: HashMap<&str, &Document> = found.iter().map(|one| (one.credential_id.as_str(), one)).collect();
    let of = |credential: &Credential| found.get(credential.id.as_str()).ok_or(Error::NotFound)?.as_issued();
    credentials.iter().map(of).collect()
}
