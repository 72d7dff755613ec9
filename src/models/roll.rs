//! The roll: which learners there are, by their ids, for what goes through all of them in steps; and the documents that
//! other publishers sent about them.

use std::collections::{HashMap, HashSet};

use diesel::{dsl::exists, prelude::*};

use super::{Clr, Credential, Profile, assertion, page::Query, profile};
use crate::{
    db::{
        Conn,
        schema::{assertion as assertions, clr, credential, profile as profiles},
    },
    values::{Id, Origin, ProfileKind},
};

/// Whose records are meant.
#[derive(Debug, Clone)]
pub enum Roll {
    /// Every learner of ours, and everybody to whom something was issued here.
    Everybody,
    /// The persons whom a search of the learners' list finds.
    Found(Query),
    /// Those whose awards a search of the assertions' list finds, with these awards only.
    Awarded(Query),
}

impl Roll {
    /// Whether all that is known of a learner is meant, and not some awards only.
    pub fn takes_whole_records(&self) -> bool {
        !matches!(self, Roll::Awarded(_))
    }
}

/// A document of another publisher, as it came.
#[derive(Debug, Clone, Queryable)]
pub struct Received {
    /// The row of the record.
    pub id: Id<Clr>,
    /// The bytes.
    pub document: Option<Vec<u8>>,
    /// Their media type.
    pub media_type: Option<String>,
}

type Boxed<'a> = profiles::BoxedQuery<'a, crate::db::MultiBackend>;

fn everybody<'a>() -> Boxed<'a> {
    let has_credential = exists(credential::table.filter(credential::learner_id.eq(profiles::id)));
    profiles::table
        .filter(profiles::kind.eq(ProfileKind::Person))
        .filter(profiles::origin.eq(Origin::Own).or(has_credential))
        .into_boxed()
}

fn found<'a>(conn: &mut Conn, query: &Query) -> QueryResult<Boxed<'a>> {
    let persons = profile::matching(conn, query)?.filter(profiles::kind.eq(ProfileKind::Person));
    let has_credential = exists(credential::table.filter(credential::learner_id.eq(profiles::id)));
    Ok(persons.filter(profiles::origin.eq(Origin::Own).or(has_credential)))
}

/// The next learners of a roll after one, at most so many, in the order of their ids.
pub fn next(conn: &mut Conn, roll: &Roll, after: Option<&Id<Profile>>, most: i64) -> QueryResult<Vec<Profile>> {
    let mut rows = match roll {
        Roll::Everybody => everybody(),
        Roll::Found(query) => found(conn, query)?,
        Roll::Awarded(query) => {
            let ids = awarded(conn, query, after, most)?;
            profiles::table.filter(profiles::id.eq_any(ids)).into_boxed()
        }
    };
    if let Some(after) = after {
        rows = rows.filter(profiles::id.gt(after.clone()));
    }
    rows.order(profiles::id).limit(most).select(Profile::as_select()).load(conn)
}

/// The awards that match and were issued by us: another publisher's are in its documents.
fn issued<'a>(conn: &mut Conn, query: &Query) -> QueryResult<assertion::Rows<'a>> {
    let rows = assertion::matching(conn, query)?;
    Ok(rows.filter(assertions::issued_at.is_not_null()).filter(assertions::origin.eq(Origin::Own)))
}

/// Issued awards that match, learner by learner, so that a step costs what it gives.
fn awarded(conn: &mut Conn, query: &Query, after: Option<&Id<Profile>>, most: i64) -> QueryResult<Vec<Id<Profile>>> {
    let mut rows = issued(conn, query)?;
    if let Some(after) = after {
        rows = rows.filter(assertions::learner_id.gt(after.clone()));
    }
    rows.select(assertions::learner_id).distinct().order(assertions::learner_id).limit(most).load(conn)
}

/// How many learners a roll has.
pub fn count(conn: &mut Conn, roll: &Roll) -> QueryResult<i64> {
    match roll {
        Roll::Everybody => everybody().count().get_result(conn),
        Roll::Found(query) => found(conn, query)?.count().get_result(conn),
        Roll::Awarded(query) => issued(conn, query)?
            .select(diesel::dsl::count(assertions::learner_id).aggregate_distinct())
            .get_result(conn),
    }
}

/// Of these learners, the public ids of the awards that match.
pub fn matching_awards(
    conn: &mut Conn,
    query: &Query,
    learners: &[Profile],
) -> QueryResult<HashMap<Id<Profile>, HashSet<String>>> {
    let ids: Vec<_> = learners.iter().map(|one| one.id.clone()).collect();
    let rows: Vec<(Id<Profile>, String)> = issued(conn, query)?
        .filter(assertions::learner_id.eq_any(ids))
        .select((assertions::learner_id, assertions::iri))
        .load(conn)?;
    let mut awards: HashMap<_, HashSet<_>> = HashMap::new();
    for (learner, iri) in rows {
        awards.entry(learner).or_default().insert(iri);
    }
    Ok(awards)
}

/// The published records of some learners, each learner's oldest first, with one query.
pub fn published(conn: &mut Conn, learners: &[Id<Profile>]) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::learner_id.eq_any(learners))
        .filter(credential::kind.eq("clr"))
        // What is left of an erased record is its code.
        .filter(credential::clr_id.is_not_null())
        .order((credential::issued_at, credential::id))
        .select(Credential::as_select())
        .load(conn)
}

/// How many published records the learners of a roll have, where whole records are meant.
pub fn count_published(conn: &mut Conn, roll: &Roll) -> QueryResult<i64> {
    let published = credential::table.filter(credential::kind.eq("clr"));
    match roll {
        Roll::Everybody => published.count().get_result(conn),
        Roll::Found(query) => {
            // A number for each learner that has any: a boxed query cannot be a part of another one here.
            let own = published.filter(credential::learner_id.eq(profiles::id));
            let numbers: Vec<Option<i64>> =
                found(conn, query)?.filter(exists(own)).select(own.count().single_value()).load(conn)?;
            Ok(numbers.into_iter().flatten().sum())
        }
        Roll::Awarded(_) => Ok(0),
    }
}

/// The next documents of other publishers after one, at most so many, in the order of their ids.
pub fn received(conn: &mut Conn, after: Option<&Id<Clr>>, most: i64) -> QueryResult<Vec<Received>> {
    let mut rows = clr::table
        .filter(clr::origin.eq(Origin::Foreign))
        .filter(clr::document.is_not_null())
        .select((clr::id, clr::document, clr::media_type))
        .into_boxed();
    if let Some(after) = after {
        rows = rows.filter(clr::id.gt(after.clone()));
    }
    rows.order(clr::id).limit(most).load(conn)
}

/// How many documents of other publishers there are.
pub fn count_received(conn: &mut Conn) -> QueryResult<i64> {
    clr::table.filter(clr::origin.eq(Origin::Foreign)).filter(clr::document.is_not_null()).count().get_result(conn)
}
