//! Whom an entry names: a student number, an e-mail address, an id or a name. One who was merged into another is that other.

use diesel::prelude::*;

use super::{Profile, find, search};
use crate::{
    db::{Conn, schema::profile},
    models::{learner_merge, page::Query},
    values::{Email, Iri, Origin, ProfileKind},
};

/// The person with this e-mail address, in any spelling of capitals.
pub fn person_by_email(conn: &mut Conn, email: &Email) -> QueryResult<Option<Profile>> {
    profile::table
        .filter(profile::email_folded.eq(email.folded()))
        .filter(profile::kind.ne(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        // A person comes before one who was merged, whose address was given to somebody else since.
        .order((profile::kind.desc(), profile::id))
        .select(Profile::as_select())
        .first(conn)
        .optional()?
        .map(|found| followed(conn, found))
        .transpose()
}

/// Who a profile is now: itself, or the learner into whom it was merged.
pub fn followed(conn: &mut Conn, found: Profile) -> QueryResult<Profile> {
    let mut one = found;
    // As long as any chain of merges will be; each leads to one that was there before.
    for _ in 0..100 {
        match one.kind {
            ProfileKind::Merged => match learner_merge::kept(conn, &one.id)? {
                Some(kept) => one = find(conn, &kept)?,
                None => break,
            },
            ProfileKind::Person | ProfileKind::Organization => break,
        }
    }
    Ok(one)
}

/// Each of them as who it is now, nobody twice.
pub(in crate::models) fn all_followed(conn: &mut Conn, found: Vec<Profile>) -> QueryResult<Vec<Profile>> {
    let mut all: Vec<Profile> = Vec::with_capacity(found.len());
    for one in found {
        let one = followed(conn, one)?;
        if !all.iter().any(|known| known.id == one.id) {
            all.push(one);
        }
    }
    Ok(all)
}

/// The person with this student number.
pub fn person_by_student_id(conn: &mut Conn, student_id: &str) -> QueryResult<Option<Profile>> {
    holder_of_student_id(conn, student_id)?.map(|found| followed(conn, found)).transpose()
}

/// Whoever has this student number, merged or not: no two may.
pub fn holder_of_student_id(conn: &mut Conn, student_id: &str) -> QueryResult<Option<Profile>> {
    profile::table.filter(profile::student_id.eq(student_id)).select(Profile::as_select()).first(conn).optional()
}

/// The profile with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Profile>> {
    let own = profile::table.filter(profile::iri.eq(iri)).select(Profile::as_select());
    own.first(conn).optional()?.map(|found| followed(conn, found)).transpose()
}

/// The persons somebody may mean by a student number, an e-mail address, a profile id or a name; at most eight. A number,
/// an address or an id means one person, whoever else's name it occurs in.
pub fn candidates(conn: &mut Conn, entry: &str) -> QueryResult<Vec<Profile>> {
    let entry = entry.trim();
    let exact: Vec<Profile> = profile::table
        .filter(profile::kind.ne(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        .filter(
            (profile::student_id.eq(entry).assume_not_null())
                .or(profile::email_folded.eq(entry.to_lowercase()).assume_not_null())
                .or(profile::iri.eq(entry)),
        )
        .limit(2)
        .select(Profile::as_select())
        .load(conn)?;
    if !exact.is_empty() || Iri::parse(entry).is_ok() {
        return all_followed(conn, exact);
    }
    let persons = ("kind".to_owned(), ProfileKind::Person.to_string());
    let ours = ("origin".to_owned(), Origin::Own.to_string());
    let query = Query { filters: vec![persons, ours], ..Query::search(entry) };
    let mut named = search(conn, &query)?.rows;
    named.truncate(8);
    Ok(named)
}

/// The learner of ours whom an entry names by row id, student number, e-mail address or public id; nobody where it names
/// several.
pub fn named_exactly(conn: &mut Conn, entry: &str) -> QueryResult<Option<Profile>> {
    let mut found = all_named_exactly(conn, entry)?;
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// The learners of ours whom an entry names so; two where there are more.
pub fn all_named_exactly(conn: &mut Conn, entry: &str) -> QueryResult<Vec<Profile>> {
    let found = profile::table
        .filter(profile::kind.ne(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        .filter(
            (profile::student_id.eq(entry).assume_not_null())
                .or(profile::email_folded.eq(entry.to_lowercase()).assume_not_null())
                .or(profile::iri.eq(entry))
                .or(profile::id.eq(entry)),
        )
        .limit(3)
        .select(Profile::as_select())
        .load(conn)?;
    let mut all = all_followed(conn, found)?;
    all.truncate(2);
    Ok(all)
}

/// The person that an entry names by row id, student number or public id.
pub fn person_named(conn: &mut Conn, entry: &str) -> QueryResult<Option<Profile>> {
    let entry = entry.trim();
    profile::table
        .filter(profile::kind.ne(ProfileKind::Organization))
        .filter(profile::id.eq(entry).or(profile::student_id.eq(entry)).or(profile::iri.eq(entry)))
        .select(Profile::as_select())
        .first(conn)
        .optional()?
        .map(|found| followed(conn, found))
        .transpose()
}
