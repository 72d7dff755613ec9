//! The claim: a publisher's id that an administrator said is this institution's own. What such a publisher wrote is
//! brought in as ours; everybody else's stays foreign.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    audit::{self, Actor, Change},
    profile,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{profile as profile_table, publisher_claim},
    },
    values::{Iri, Origin},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "publisher claim";

/// A claim.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = publisher_claim)]
pub struct PublisherClaim {
    /// The publisher's id.
    pub iri: Iri,
    /// The name of who claimed it.
    pub claimed_by: String,
    /// When.
    pub created_at: NaiveDateTime,
}

/// All claims, the oldest first.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<PublisherClaim>> {
    publisher_claim::table.order(publisher_claim::created_at).select(PublisherClaim::as_select()).load(conn)
}

/// Whether a publisher is this institution: the portal's own, or one whose id was claimed.
pub fn is_ours(conn: &mut Conn, iri: &str) -> QueryResult<bool> {
    if profile::publisher(conn)?.is_some_and(|publisher| publisher.iri.as_str() == iri) {
        return Ok(true);
    }
    let claims: i64 = publisher_claim::table.filter(publisher_claim::iri.eq(iri)).count().get_result(conn)?;
    Ok(claims > 0)
}

/// Claims an id. `false` when it was claimed before.
pub fn claim(conn: &mut Conn, iri: &Iri, by: &Actor) -> QueryResult<bool> {
    let known: i64 = publisher_claim::table.filter(publisher_claim::iri.eq(iri)).count().get_result(conn)?;
    if known > 0 {
        return Ok(false);
    }
    let claim = PublisherClaim { iri: iri.clone(), claimed_by: by.name.clone(), created_at: clock::now().naive_utc() };
    diesel::insert_into(publisher_claim::table).values(claim).execute(conn)?;
    // The publisher itself is ours from now on; what came of it before stays what it came as.
    diesel::update(profile_table::table.filter(profile_table::iri.eq(iri)))
        .set(profile_table::origin.eq(Origin::Own))
        .execute(conn)?;
    let after = Some(iri.to_string());
    let change = Change { field: "Publisher’s id".to_owned(), before: None, after };
    audit::write(conn, by, "claimed", (KIND, iri.as_str()), vec![change])?;
    Ok(true)
}

/// Gives a claim up. What was brought in under it stays as it is.
pub fn give_up(conn: &mut Conn, iri: &Iri, by: &Actor) -> QueryResult<bool> {
    if diesel::delete(publisher_claim::table.filter(publisher_claim::iri.eq(iri))).execute(conn)? == 0 {
        return Ok(false);
    }
    let change = Change { field: "Publisher’s id".to_owned(), before: Some(iri.to_string()), after: None };
    audit::write(conn, by, "given up", (KIND, iri.as_str()), vec![change])?;
    Ok(true)
}
