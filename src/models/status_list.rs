//! Status lists: the places at which the status of signed credentials is told, and what is told now. The statuses
//! themselves stand on the credentials, so a list is right as soon as it is read.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Credential, Profile};
use crate::{
    clock,
    db::{
        Conn, insert_rows,
        schema::{credential, status_list, status_place},
    },
    values::{CeDiD, Id, Line, Status},
};

/// A list of one issuer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_list, treat_none_as_default_value = false)]
pub struct StatusList {
    /// Its public id.
    pub id: Id<StatusList>,
    /// Whose credentials it tells of.
    pub issuer_id: Id<Profile>,
    /// Makes the order in which places are given.
    pub secret: Vec<u8>,
    /// How many places were given.
    pub given: i32,
    /// When it was begun.
    pub created_at: NaiveDateTime,
    /// The list as it was last signed.
    pub content: Option<Vec<u8>>,
    /// A digest of what it then said, and by which key.
    pub made_of: Option<String>,
    /// When.
    pub signed_at: Option<NaiveDateTime>,
}

/// A place that was given.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_place, treat_none_as_default_value = false)]
pub struct Place {
    /// The list.
    pub list_id: Id<StatusList>,
    /// The place.
    pub place: i32,
    /// Whose status it tells.
    pub credential_id: Id<Credential>,
    /// The id of the signed credential.
    pub document_id: String,
}

/// What a list tells of one that is not in force.
#[derive(Debug, Clone, Queryable)]
pub struct Told {
    /// Its place.
    pub place: i32,
    /// The id of the signed credential.
    pub document_id: String,
    /// Its status.
    pub status: Status,
    /// Since when.
    pub since: Option<NaiveDateTime>,
    /// The reason for the public.
    pub reason: Option<Line>,
    /// The newest credential in its place.
    pub replaced_by: Option<Id<Credential>>,
}

/// A list with this id.
pub fn find(conn: &mut Conn, id: &Id<StatusList>) -> QueryResult<StatusList> {
    status_list::table.find(id).select(StatusList::as_select()).first(conn)
}

/// Takes the next `count` turns of an issuer's list, which no one else takes; a list that would not hold them is left,
/// and another one is begun. Returns the list and the first turn.
pub fn take(conn: &mut Conn, issuer: &Id<Profile>, count: i32, most: i32) -> QueryResult<(StatusList, i32)> {
    let newest: Option<Id<StatusList>> = status_list::table
        .filter(status_list::issuer_id.eq(issuer))
        .order((status_list::created_at.desc(), status_list::id))
        .select(status_list::id)
        .first(conn)
        .optional()?;
    if let Some(id) = newest {
        let room = status_list::table.find(&id).filter(status_list::given.le(most - count));
        let taken = diesel::update(room).set(status_list::given.eq(status_list::given + count)).execute(conn)?;
        if taken == 1 {
            let list = find(conn, &id)?;
            let first = list.given - count;
            return Ok((list, first));
        }
    }
    let list = StatusList {
        id: Id::from(clock::public_id()),
        issuer_id: issuer.clone(),
        secret: clock::random_bytes().to_vec(),
        given: count,
        created_at: clock::now().naive_utc(),
        content: None,
        made_of: None,
        signed_at: None,
    };
    diesel::insert_into(status_list::table).values(list.clone()).execute(conn)?;
    Ok((list, 0))
}

/// Writes down whose places they are.
pub fn insert_places(conn: &mut Conn, places: &[Place]) -> QueryResult<()> {
    insert_rows!(conn, status_place::table, places)
}

/// What a list tells now: of whom is not in force, in the order of the places.
pub fn told(conn: &mut Conn, id: &Id<StatusList>) -> QueryResult<Vec<Told>> {
    credential::table
        .inner_join(status_place::table.on(status_place::credential_id.eq(credential::id)))
        .filter(status_place::list_id.eq(id))
        .filter(credential::status.eq_any([Status::Revoked, Status::Suspended, Status::Replaced]))
        .order(status_place::place)
        .select((
            status_place::place,
            status_place::document_id,
            credential::status,
            credential::status_since,
            credential::public_reason,
            credential::replaced_by_id,
        ))
        .load(conn)
}

/// The codes of credentials, for what is told of those that were replaced.
pub fn codes(conn: &mut Conn, ids: &[Id<Credential>]) -> QueryResult<Vec<(Id<Credential>, CeDiD)>> {
    credential::table.filter(credential::id.eq_any(ids)).select((credential::id, credential::cedid)).load(conn)
}

/// Keeps a list as it was signed.
pub fn keep(conn: &mut Conn, id: &Id<StatusList>, content: &[u8], made_of: &str) -> QueryResult<()> {
    diesel::update(status_list::table.find(id))
        .set((
            status_list::content.eq(Some(content.to_vec())),
            status_list::made_of.eq(Some(made_of)),
            status_list::signed_at.eq(Some(clock::now().naive_utc())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whose status a list tells under the id of a signed document.
pub fn whose(conn: &mut Conn, list: &Id<StatusList>, document: &str) -> QueryResult<Option<Id<Credential>>> {
    status_place::table
        .filter(status_place::list_id.eq(list))
        .filter(status_place::document_id.eq(document))
        .select(status_place::credential_id)
        .first(conn)
        .optional()
}
