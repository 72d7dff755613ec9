//! Versions of an achievement: what it was when it was first awarded under a number.
//!
//! A version's row is written when the first assertion is issued under it; the first edit after that begins the next
//! number. So the row of the present number exists exactly when the present definition has been awarded.

use diesel::prelude::*;

use super::{
    Achievement,
    issued::{IssuedAchievement, Organization},
};
use crate::{
    clock,
    db::{Conn, schema::achievement_version},
    values::{Id, Json},
};

/// Writes down what the achievement is, if nothing was issued under its present number yet.
pub fn freeze(conn: &mut Conn, id: &Id<Achievement>, content: &IssuedAchievement) -> QueryResult<()> {
    if is_frozen(conn, id, content.version)? {
        return Ok(());
    }
    let content = IssuedAchievement {
        endorsements: Vec::new(),
        issuer: Organization { endorsements: Vec::new(), ..content.issuer.clone() },
        ..content.clone()
    };
    diesel::insert_into(achievement_version::table)
        .values((
            achievement_version::achievement_id.eq(id),
            achievement_version::number.eq(content.version),
            achievement_version::content.eq(Json::new(content.clone())),
            achievement_version::created_at.eq(clock::now().naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The number an edit of the achievement belongs to: the next one when the present one has been awarded.
pub fn number_after_edit(conn: &mut Conn, achievement: &Achievement) -> QueryResult<i32> {
    let awarded = is_frozen(conn, &achievement.id, achievement.version)?;
    Ok(if awarded { achievement.version + 1 } else { achievement.version })
}

/// Whether an assertion was issued under this number.
pub fn is_frozen(conn: &mut Conn, id: &Id<Achievement>, number: i32) -> QueryResult<bool> {
    let known: i64 = achievement_version::table
        .filter(achievement_version::achievement_id.eq(id))
        .filter(achievement_version::number.eq(number))
        .count()
        .get_result(conn)?;
    Ok(known > 0)
}
