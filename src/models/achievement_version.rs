//! Versions of an achievement: what it was when it was first awarded under a number.
//!
//! A version's row is written when the first assertion is issued under it; the first edit after that begins the next
//! number. So the row of the present number exists exactly when the present definition has been awarded.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};

use super::{
    Achievement, Assertion, achievement,
    audit::{self, Actor, Change},
    issued::{IssuedAchievement, Organization},
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement as achievements, achievement_version, assertion},
    },
    values::{Id, Json},
};

/// A version as its list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: i32,
    /// When it was first awarded; the working version was not yet.
    pub first_awarded_at: Option<NaiveDateTime>,
    /// How many awards were issued under it.
    pub awards: i64,
    /// Whether it is what would be awarded now.
    pub is_present: bool,
}

/// Lets issuing and editing of one achievement take turns until the end of the transaction, so that nothing is edited
/// between its being read and its being frozen. SQLite has one writer at a time by itself.
pub fn take_turn(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<()> {
    if let Conn::Postgres(postgres) = conn {
        let own = achievements::table.find(id).select(achievements::id);
        own.for_no_key_update().first::<Id<Achievement>>(postgres)?;
    }
    Ok(())
}

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

/// Notes which version these assertions were issued under.
pub fn awarded_under(conn: &mut Conn, ids: &[&Id<Assertion>], number: i32) -> QueryResult<()> {
    let noted = assertion::achievement_version.eq(Some(number));
    diesel::update(assertion::table.filter(assertion::id.eq_any(ids))).set(noted).execute(conn).map(|_| ())
}

/// All versions of an achievement, newest first, the present one among them.
pub fn list(conn: &mut Conn, whole: &Achievement) -> QueryResult<Vec<Version>> {
    let frozen: Vec<(i32, NaiveDateTime)> = achievement_version::table
        .filter(achievement_version::achievement_id.eq(&whole.id))
        .order(achievement_version::number.desc())
        .select((achievement_version::number, achievement_version::created_at))
        .load(conn)?;
    let counts: Vec<(Option<i32>, i64)> = assertion::table
        .filter(assertion::achievement_id.eq(&whole.id))
        .filter(assertion::achievement_version.is_not_null())
        .group_by(assertion::achievement_version)
        .select((assertion::achievement_version, count_star()))
        .load(conn)?;
    let awards = |number| counts.iter().find(|(own, _)| *own == Some(number)).map_or(0, |(_, many)| *many);
    let is_working = frozen.iter().all(|(number, _)| *number != whole.version);
    let working = is_working.then_some((whole.version, None));
    let rest = frozen.into_iter().map(|(number, at)| (number, Some(at)));
    let version = |(number, first_awarded_at)| Version {
        number,
        first_awarded_at,
        awards: awards(number),
        is_present: number == whole.version,
    };
    Ok(working.into_iter().chain(rest).map(version).collect())
}

/// What the achievement was under a number, or is under the present one; none where there is no such version.
pub fn content(conn: &mut Conn, whole: &Achievement, number: i32) -> QueryResult<Option<IssuedAchievement>> {
    let frozen: Option<Json<IssuedAchievement>> = achievement_version::table
        .find((&whole.id, number))
        .select(achievement_version::content)
        .first(conn)
        .optional()?;
    match frozen {
        Some(content) => Ok(Some(content.into_inner())),
        None if number == whole.version => achievement::content(conn, whole).map(Some),
        None => Ok(None),
    }
}

/// Begins the next version of an achievement whose present one was awarded. `Ok(false)`, and nothing is changed, when it
/// was not: then it can be edited as it is.
pub fn begin(conn: &mut Conn, id: &Id<Achievement>, by: &Actor) -> QueryResult<bool> {
    take_turn(conn, id)?;
    let whole = achievement::find(conn, id)?;
    let next = number_after_edit(conn, &whole)?;
    if next == whole.version {
        return Ok(false);
    }
    // Not an edit of its text: whoever is editing that saves without a conflict, into the new version.
    diesel::update(achievements::table.find(id))
        .set((achievements::version.eq(next), achievements::updated_at.eq(clock::now().naive_utc())))
        .execute(conn)?;
    let number =
        Change { field: "Version".to_owned(), before: Some(whole.version.to_string()), after: Some(next.to_string()) };
    audit::write(conn, by, "began a new version of", (achievement::KIND, id.as_str()), vec![number])?;
    Ok(true)
}
