//! Rows that only an import writes: a record as it was received, what it takes, and what others said of it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        schema::{achievement, association, clr, clr_assertion, endorsement},
    },
    models::{Achievement, Assertion, Clr, Profile, issued::Extensions},
    values::{Id, Iri, Json, Origin, Prose},
};

/// Records a received record.
pub fn insert(conn: &mut Conn, record: &Clr) -> QueryResult<()> {
    diesel::insert_into(clr::table).values(record.clone()).execute(conn).map(|_| ())
}

/// Puts a newer document of the same record in the place of the one that is here.
pub fn replace_document(conn: &mut Conn, known: &Clr, newer: &Clr) -> QueryResult<()> {
    diesel::update(clr::table.find(&known.id))
        .set((
            clr::document.eq(newer.document.as_ref()),
            clr::media_type.eq(newer.media_type.as_ref()),
            clr::revision.eq(known.revision + 1),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Notes that a record takes an assertion, unless it does already.
pub fn take(conn: &mut Conn, record: &Id<Clr>, taken: &Id<Assertion>, position: i32) -> QueryResult<()> {
    let known: i64 = clr_assertion::table
        .filter(clr_assertion::clr_id.eq(record))
        .filter(clr_assertion::assertion_id.eq(taken))
        .count()
        .get_result(conn)?;
    if known == 0 {
        diesel::insert_into(clr_assertion::table)
            .values((
                clr_assertion::clr_id.eq(record),
                clr_assertion::assertion_id.eq(taken),
                clr_assertion::position.eq(position),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What is endorsed.
#[derive(Debug, Clone)]
pub enum Endorsed {
    /// A profile.
    Profile(Id<Profile>),
    /// An achievement.
    Achievement(Id<Achievement>),
    /// An assertion.
    Assertion(Id<Assertion>),
    /// A record.
    Clr(Id<Clr>),
}

/// An endorsement that was received.
pub struct Received {
    /// Public id.
    pub iri: Iri,
    /// Whose word it is.
    pub origin: Origin,
    /// What it concerns.
    pub endorsed: Endorsed,
    /// Who endorses.
    pub issuer: Profile,
    /// When it was issued.
    pub issued_on: NaiveDateTime,
    /// The words.
    pub comment: Option<Prose>,
    /// Why it was taken back, where it was.
    pub revoked: Option<Option<String>>,
    /// The compact JWS it came as.
    pub signed: Option<String>,
    /// Members of other systems.
    pub extensions: Extensions,
    /// Place among its siblings.
    pub position: i32,
    /// Now.
    pub now: NaiveDateTime,
}

/// Records an endorsement; gives its row id.
pub fn insert_endorsement(conn: &mut Conn, told: &Received) -> QueryResult<String> {
    let id = crate::clock::row_id().to_string();
    let of = |endorsed: &Endorsed| match endorsed {
        Endorsed::Profile(id) => (Some(id.to_string()), None, None, None),
        Endorsed::Achievement(id) => (None, Some(id.to_string()), None, None),
        Endorsed::Assertion(id) => (None, None, Some(id.to_string()), None),
        Endorsed::Clr(id) => (None, None, None, Some(id.to_string())),
    };
    let (profile, achievement, assertion, record) = of(&told.endorsed);
    let comment = told.comment.as_ref().map(Prose::as_str).unwrap_or_default();
    let search_text = crate::values::fold(&format!("{} {comment}", told.issuer.name));
    diesel::insert_into(endorsement::table)
        .values((
            endorsement::id.eq(&id),
            endorsement::iri.eq(&told.iri),
            endorsement::origin.eq(told.origin),
            endorsement::profile_id.eq(profile),
            endorsement::achievement_id.eq(achievement),
            endorsement::assertion_id.eq(assertion),
            endorsement::clr_id.eq(record),
            endorsement::issuer_id.eq(&told.issuer.id),
            endorsement::issued_on.eq(told.issued_on),
            endorsement::comment.eq(told.comment.as_ref()),
            endorsement::revoked_at.eq(told.revoked.as_ref().map(|_| told.issued_on)),
            endorsement::revocation_reason.eq(told.revoked.clone().flatten()),
            endorsement::signed.eq(told.signed.as_deref()),
            endorsement::extensions.eq(Json::new(told.extensions.clone())),
            endorsement::position.eq(told.position),
            endorsement::issuer_sort.eq(&told.issuer.sort_name),
            endorsement::search_text.eq(search_text),
            endorsement::revision.eq(1),
            endorsement::created_at.eq(told.now),
            endorsement::updated_at.eq(told.now),
        ))
        .execute(conn)?;
    Ok(id)
}

/// Records an achievement that came in. The import writes one audit entry for all of it.
pub fn insert_achievement(conn: &mut Conn, row: &Achievement) -> QueryResult<()> {
    diesel::insert_into(achievement::table).values(row.clone()).execute(conn).map(|_| ())
}

/// Lets the ties that name an achievement by its public id lead to it.
pub fn tie_up(conn: &mut Conn, target: &Achievement) -> QueryResult<()> {
    diesel::update(
        association::table.filter(association::target_iri.eq(&target.iri)).filter(association::target_id.is_null()),
    )
    .set(association::target_id.eq(Some(&target.id)))
    .execute(conn)
    .map(|_| ())
}
