//! Where the newest published record of a learner is found from an older one: an address that can't be guessed, of which
//! only the fingerprint is kept.

use diesel::prelude::*;

use super::Profile;
use crate::{
    clock,
    db::{Conn, schema::record_refresh},
    values::Id,
};

/// Makes a new address for a learner; returns its secret.
pub fn begin(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<String> {
    let secret = clock::secret();
    diesel::insert_into(record_refresh::table)
        .values((
            record_refresh::fingerprint.eq(clock::fingerprint(&secret)),
            record_refresh::learner_id.eq(learner),
            record_refresh::created_at.eq(clock::now().naive_utc()),
        ))
        .execute(conn)?;
    Ok(secret)
}
