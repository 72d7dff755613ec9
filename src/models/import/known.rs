//! What is known already of what a document says: looked up by public id, and whether it said the same before.

use diesel::{dsl::exists, prelude::*, select};

use super::DONE;
use crate::{
    db::{
        Conn,
        schema::{
            achievement, assertion, clr, clr_assertion, endorsement, evidence, import, import_object, profile, result,
            result_description, rubric_criterion_level,
        },
    },
    models::{Achievement, Assertion, Profile, profile as profile_noun},
    values::{Id, Iri, Origin, ProfileKind},
};

/// The achievement with this public id.
pub fn achievement(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Achievement>> {
    achievement::table.filter(achievement::iri.eq(iri)).select(Achievement::as_select()).first(conn).optional()
}

/// The assertion with this public id.
pub fn assertion(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Assertion>> {
    assertion::table.filter(assertion::iri.eq(iri)).select(Assertion::as_select()).first(conn).optional()
}

/// What the latest import that made or confirmed an object said of it, as a digest.
pub fn digest(conn: &mut Conn, kind: &str, id: &str) -> QueryResult<Option<String>> {
    import_object::table
        .inner_join(import::table.on(import::id.eq(import_object::import_id)))
        .filter(import_object::object_kind.eq(kind))
        .filter(import_object::object_id.eq(id))
        .filter(import::state.eq(DONE))
        .order((import::created_at.desc(), import::id.desc()))
        .select(import_object::digest)
        .first(conn)
        .optional()
}

/// The public ids of parts, each in a table of its own.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// A result description.
    Description,
    /// A level of one.
    Level,
    /// A result.
    Result,
    /// A piece of evidence.
    Evidence,
    /// An endorsement.
    Endorsement,
}

/// Whether a part has this public id already.
pub fn is_taken(conn: &mut Conn, part: Part, iri: &str) -> QueryResult<bool> {
    match part {
        Part::Description => {
            select(exists(result_description::table.filter(result_description::iri.eq(iri)))).get_result(conn)
        }
        Part::Level => {
            select(exists(rubric_criterion_level::table.filter(rubric_criterion_level::iri.eq(iri)))).get_result(conn)
        }
        Part::Result => select(exists(result::table.filter(result::iri.eq(iri)))).get_result(conn),
        Part::Evidence => select(exists(evidence::table.filter(evidence::iri.eq(iri)))).get_result(conn),
        Part::Endorsement => select(exists(endorsement::table.filter(endorsement::iri.eq(iri)))).get_result(conn),
    }
}

/// Persons of ours whom a document may mean: by student number or e-mail address. At most eight.
pub fn persons(conn: &mut Conn, number: Option<&str>, email: Option<&str>) -> QueryResult<Vec<Profile>> {
    let nobody = "\u{0}";
    let email = email.map(str::to_lowercase).unwrap_or_else(|| nobody.to_owned()).replace('\0', "");
    let number = number.unwrap_or_default().replace('\0', "");
    let mut found: Vec<Profile> = profile::table
        .filter(profile::kind.ne(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        .filter(
            (profile::student_id.eq(number).assume_not_null()).or(profile::email_folded.eq(email).assume_not_null()),
        )
        .order((profile::sort_name, profile::id))
        .limit(8)
        .select(Profile::as_select())
        .load(conn)?;
    found.retain(|one| one.student_id.is_some() || one.email.is_some());
    profile_noun::all_followed(conn, found)
}

/// The records of a learner that other publishers wrote, with the publisher's name, newest first.
pub fn foreign_records(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<(crate::models::Clr, String)>> {
    clr::table
        .inner_join(profile::table.on(profile::id.eq(clr::publisher_id)))
        .filter(clr::learner_id.eq(learner))
        .filter(clr::origin.eq(Origin::Foreign))
        .order((clr::issued_at.desc(), clr::id.desc()))
        .limit(100)
        .select((crate::models::Clr::as_select(), profile::name))
        .load(conn)
}

/// Why what came with another publisher's record is not deleted by itself.
pub const CAME_FOREIGN: &str =
    "It came with another publisher’s record, and goes when that import is taken back, or the record removed";

/// Whether an object is another publisher's and came with an import that still stands.
pub fn came_foreign(conn: &mut Conn, kind: &str, id: &str) -> QueryResult<bool> {
    let origin: Option<Origin> = match kind {
        crate::models::profile::KIND => {
            profile::table.filter(profile::id.eq(id)).select(profile::origin).first(conn).optional()?
        }
        crate::models::achievement::KIND => {
            achievement::table.filter(achievement::id.eq(id)).select(achievement::origin).first(conn).optional()?
        }
        crate::models::clr::KIND => clr::table.filter(clr::id.eq(id)).select(clr::origin).first(conn).optional()?,
        _ => assertion::table.filter(assertion::id.eq(id)).select(assertion::origin).first(conn).optional()?,
    };
    if origin != Some(Origin::Foreign) {
        return Ok(false);
    }
    select(exists(
        import_object::table
            .inner_join(import::table.on(import::id.eq(import_object::import_id)))
            .filter(import_object::object_kind.eq(kind))
            .filter(import_object::object_id.eq(id))
            .filter(import::state.eq(DONE)),
    ))
    .get_result(conn)
}

/// Who published assertions of others: the row id of each with the publisher's name.
pub fn publishers(conn: &mut Conn, ids: &[&Id<Assertion>]) -> QueryResult<Vec<(Id<Assertion>, String)>> {
    clr_assertion::table
        .inner_join(clr::table.on(clr::id.eq(clr_assertion::clr_id)))
        .inner_join(profile::table.on(profile::id.eq(clr::publisher_id)))
        .filter(clr_assertion::assertion_id.eq_any(ids))
        .filter(clr::origin.eq(Origin::Foreign))
        .select((clr_assertion::assertion_id, profile::name))
        .load(conn)
}

/// The received record that an assertion came with.
pub fn record_of(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Option<(Id<crate::models::Clr>, String)>> {
    clr_assertion::table
        .inner_join(clr::table.on(clr::id.eq(clr_assertion::clr_id)))
        .inner_join(profile::table.on(profile::id.eq(clr::publisher_id)))
        .filter(clr_assertion::assertion_id.eq(id))
        .filter(clr::origin.eq(Origin::Foreign))
        .order(clr::created_at)
        .select((clr::id, profile::name))
        .first(conn)
        .optional()
}
