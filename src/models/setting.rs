//! Settings that live in the database: what the institution chose, as against where the program runs (`config`).

use diesel::prelude::*;

use super::Profile;
use crate::{
    db::{Conn, schema::setting},
    values::Id,
};

/// The profile that publishes.
pub const PUBLISHER: &str = "publisher_id";
/// The name of the institution, above the publisher's own in the page head.
pub const INSTITUTION: &str = "institution";
/// The address that checkpoints of the audit trail are sent to; empty where nobody wants them.
pub const CHECKPOINTS_TO: &str = "checkpoints_to";
/// Set in a demonstration: every page says that it is one.
pub const DEMONSTRATION: &str = "demonstration";

/// The value of a setting.
pub fn get(conn: &mut Conn, name: &str) -> QueryResult<Option<String>> {
    setting::table.find(name).select(setting::value).first(conn).optional()
}

/// Sets a value. Update, then insert: the two databases share no word for both at once.
pub fn set(conn: &mut Conn, name: &str, value: &str) -> QueryResult<()> {
    let known = diesel::update(setting::table.find(name)).set(setting::value.eq(value)).execute(conn)?;
    if known == 0 {
        diesel::insert_into(setting::table).values((setting::name.eq(name), setting::value.eq(value))).execute(conn)?;
    }
    Ok(())
}

/// Who publishes, if that was chosen.
pub fn publisher_id(conn: &mut Conn) -> QueryResult<Option<Id<Profile>>> {
    Ok(get(conn, PUBLISHER)?.and_then(|id| id.parse().ok()))
}
