//! Awards that came in as drafts, as they were told. While nobody changed such a draft it says, once issued, all that it
//! said; the form has no field for everything. Whoever changes it issues what the form shows.

use diesel::prelude::*;

use crate::{
    db::{Conn, schema::received_award},
    models::{Assertion, issued::Extensions},
    values::{Id, Json},
};

/// Keeps what a draft was told as. It goes with the draft.
pub fn keep(conn: &mut Conn, draft: &Assertion, told: Extensions) -> QueryResult<()> {
    diesel::insert_into(received_award::table)
        .values((received_award::assertion_id.eq(&draft.id), received_award::content.eq(Json::new(told))))
        .execute(conn)
        .map(|_| ())
}

/// Whether an award came from elsewhere.
pub fn is_kept(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<bool> {
    let kept = received_award::table.filter(received_award::assertion_id.eq(id)).count().get_result::<i64>(conn)?;
    Ok(kept > 0)
}

/// What a draft was told as, where nobody changed it since.
pub fn unchanged(conn: &mut Conn, draft: &Assertion) -> QueryResult<Option<Extensions>> {
    if draft.revision != 1 {
        return Ok(None);
    }
    let kept: Option<Json<Extensions>> = received_award::table
        .filter(received_award::assertion_id.eq(&draft.id))
        .select(received_award::content)
        .first(conn)
        .optional()?;
    Ok(kept.map(|kept| kept.get().clone()))
}
