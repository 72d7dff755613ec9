//! Awards that came in as drafts, as they were told. The form has no field for everything they said: what nobody changed
//! is said again as it came when such a draft is issued.

use diesel::prelude::*;

use crate::{
    db::{Conn, schema::received_award},
    models::{Assertion, issued::Extensions},
    values::{Id, Json},
};

/// What a draft was told as.
#[derive(Debug, Clone)]
pub struct Received {
    /// As it was told.
    pub told: Extensions,
    /// As it would have been issued when it came in; unknown of those that came long ago.
    pub drafted: Option<Extensions>,
}

/// Keeps what a draft was told as, and what came of it here. It goes with the draft.
pub fn keep(conn: &mut Conn, draft: &Assertion, received: Received) -> QueryResult<()> {
    diesel::insert_into(received_award::table)
        .values((
            received_award::assertion_id.eq(&draft.id),
            received_award::content.eq(Json::new(received.told)),
            received_award::drafted.eq(received.drafted.map(Json::new)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Whether an award came from elsewhere.
pub fn is_kept(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<bool> {
    let kept = received_award::table.filter(received_award::assertion_id.eq(id)).count().get_result::<i64>(conn)?;
    Ok(kept > 0)
}

/// What a draft was told as.
pub fn of(conn: &mut Conn, draft: &Assertion) -> QueryResult<Option<Received>> {
    let kept: Option<(Json<Extensions>, Option<Json<Extensions>>)> = received_award::table
        .filter(received_award::assertion_id.eq(&draft.id))
        .select((received_award::content, received_award::drafted))
        .first(conn)
        .optional()?;
    Ok(kept.map(|(told, drafted)| Received {
        told: told.get().clone(),
        drafted: drafted.map(|drafted| drafted.get().clone()),
    }))
}
