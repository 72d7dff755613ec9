//! The list of assertions: what stands on a line, what narrows it, and how many there are.
//!
//! It is read in the order of an index however many awards there are. Whatever it can be narrowed by begins an index of
//! its own for each order; how an award stands is copied from its credential by the database for that (`standing`). What
//! is not a column here, its office, is either read first, where it has few awards, or looked at row by row.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::{
    super::{Achievement, Profile, import::known, search_index},
    Assertion,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement as achievements, assertion, credential, profile as profiles},
    },
    models::page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    values::{CeDiD, Id, Origin, Status},
};

/// Most terms that a list offers to filter by.
const MOST_TERMS: usize = 100;

/// A line of the list: the assertion with what it is called and how it stands.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The assertion.
    pub assertion: Assertion,
    /// The learner's name.
    pub learner_name: String,
    /// The learner's number.
    pub student_id: Option<String>,
    /// What the credential is called.
    pub title: String,
    /// Who published it, where that is another publisher.
    pub publisher: Option<String>,
    /// The credential's code, status and last instant; none for a draft.
    pub issued: Option<(CeDiD, Status, Option<NaiveDateTime>, Option<NaiveDateTime>)>,
}

/// How an award stands where it has no credential of ours, as the column has it. Whatever else it says comes after it in
/// the alphabet.
pub(in crate::models) const DRAFT: &str = "draft";
const FOREIGN: &str = "foreign";

pub(in crate::models) type Rows<'a> = assertion::BoxedQuery<'a, MultiBackend>;

pub(in crate::models) fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<Rows<'a>> {
    let mut rows = assertion::table.into_boxed();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Assertions, &query.words)? {
        rows = rows.filter(assertion::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(assertion::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        let theirs = achievements::table.filter(achievements::issuer_id.eq(office.clone()));
        rows = if are_few(conn, Those::OfOffice(office))? {
            rows.filter(assertion::achievement_id.eq_any(theirs.select(achievements::id)))
        } else {
            rows.filter(exists(theirs.filter(achievements::id.eq(assertion::achievement_id))))
        };
    }
    if let Some(wanted) = query.filter("achievement") {
        rows = rows.filter(assertion::achievement_id.eq(wanted.to_owned()));
    }
    if let Some(learner) = query.filter("learner") {
        rows = rows.filter(assertion::learner_id.eq(learner.to_owned()));
    }
    match query.origin() {
        Some(Origin::Foreign) => rows = rows.filter(assertion::standing.eq(FOREIGN)),
        Some(Origin::Own) => rows = rows.filter(assertion::origin.eq(Origin::Own)),
        None => {}
    }
    if let Some(term) = query.filter("term") {
        rows = rows.filter(assertion::term.eq(term.to_owned()));
    }
    let now = clock::now().naive_utc();
    let is = |status: Status| assertion::standing.eq(status.as_str());
    Ok(match query.filter("status") {
        Some("draft") => rows.filter(assertion::standing.eq(DRAFT)),
        Some("issued") => rows
            .filter(is(Status::InForce))
            .filter(assertion::valid_until.is_null().or(assertion::valid_until.ge(now).assume_not_null())),
        // Not "before now", which would find them by their ends and then sort them.
        Some("expired") => {
            rows.filter(is(Status::InForce)).filter(not(assertion::valid_until.ge(now)).assume_not_null())
        }
        Some("suspended") => rows.filter(is(Status::Suspended)),
        Some("revoked") => rows.filter(is(Status::Revoked)),
        Some("replaced") => rows.filter(is(Status::Replaced)),
        Some("foreign") => rows.filter(assertion::standing.eq(FOREIGN)),
        _ => rows,
    })
}

/// Some of the awards, found by an index.
#[derive(Debug, Clone, Copy)]
pub(in crate::models) enum Those<'a> {
    /// What an office awarded.
    OfOffice(&'a Id<Profile>),
    /// Drafts.
    Drafts,
    /// Whatever is no draft.
    Issued,
}

/// Whether there are at most [`COUNT_LIMIT`] of them. Then a list of what belongs to them is sorted; of more, the list is
/// read in its own order until a page is full.
pub(in crate::models) fn are_few(conn: &mut Conn, those: Those<'_>) -> QueryResult<bool> {
    let rows = assertion::table.into_boxed::<MultiBackend>();
    let rows = match those {
        Those::OfOffice(office) => {
            let theirs = achievements::table.filter(achievements::issuer_id.eq(office.clone()));
            rows.filter(assertion::achievement_id.eq_any(theirs.select(achievements::id)))
        }
        Those::Drafts => rows.filter(assertion::standing.eq(DRAFT)),
        Those::Issued => rows.filter(assertion::standing.gt(DRAFT)),
    };
    let next: Option<Id<Assertion>> = rows.select(assertion::id).offset(COUNT_LIMIT).first(conn).optional()?;
    Ok(next.is_none())
}

/// A page of assertions. Sorts by `conferral`, `learner`, `achievement` or `updated`; filters by `status`, `achievement`,
/// `learner`, `origin` and `term`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(conn, query)?.select(Assertion::as_select());
    let page = match query.sort.as_str() {
        "learner" => {
            let rows: Vec<Assertion> =
                keyset!(rows, query, assertion::learner_sort, assertion::id, String).load(conn)?;
            Page::of(rows, query, |row| Cursor::at(&row.learner_sort, row.id.as_str()))
        }
        "achievement" => {
            let rows: Vec<Assertion> =
                keyset!(rows, query, assertion::achievement_sort, assertion::id, String).load(conn)?;
            Page::of(rows, query, |row| Cursor::at(&row.achievement_sort, row.id.as_str()))
        }
        "updated" => {
            let rows: Vec<Assertion> =
                keyset!(rows, query, assertion::updated_at, assertion::id, NaiveDateTime).load(conn)?;
            Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
        }
        _ => {
            let rows: Vec<Assertion> =
                keyset!(rows, query, assertion::conferral_date, assertion::id, NaiveDate).load(conn)?;
            Page::of(rows, query, |row| Cursor::at(&row.conferral_date, row.id.as_str()))
        }
    };
    let listed = listed(conn, page.rows)?;
    Ok(Page { rows: listed, next: page.next, previous: page.previous })
}

/// Adds names and standings to assertions, with three queries however many there are.
pub fn listed(conn: &mut Conn, rows: Vec<Assertion>) -> QueryResult<Vec<Listed>> {
    let learner_ids: Vec<_> = rows.iter().map(|row| &row.learner_id).collect();
    let learners: Vec<(Id<Profile>, String, Option<String>)> = profiles::table
        .filter(profiles::id.eq_any(learner_ids))
        .select((profiles::id, profiles::name, profiles::student_id))
        .load(conn)?;
    let achievement_ids: Vec<_> = rows.iter().map(|row| &row.achievement_id).collect();
    let achievements: Vec<Achievement> = achievements::table
        .filter(achievements::id.eq_any(achievement_ids))
        .select(Achievement::as_select())
        .load(conn)?;
    let assertion_ids: Vec<_> = rows.iter().map(|row| &row.id).collect();
    type Issued = (Option<Id<Assertion>>, CeDiD, Status, Option<NaiveDateTime>, Option<NaiveDateTime>);
    let credentials: Vec<Issued> = credential::table
        .filter(credential::assertion_id.eq_any(assertion_ids))
        .select((
            credential::assertion_id,
            credential::cedid,
            credential::status,
            credential::status_since,
            credential::expires_at,
        ))
        .load(conn)?;
    let foreign: Vec<_> = rows.iter().filter(|row| row.origin == Origin::Foreign).map(|row| &row.id).collect();
    let publishers = if foreign.is_empty() { Vec::new() } else { known::publishers(conn, &foreign)? };
    Ok(rows
        .into_iter()
        .map(|row| {
            let publisher = publishers.iter().find(|(id, _)| *id == row.id).map(|(_, name)| name.clone());
            let learner = learners.iter().find(|(id, _, _)| *id == row.learner_id);
            let awarded = achievements.iter().find(|one| one.id == row.achievement_id);
            let issued = credentials.iter().find(|(id, ..)| id.as_ref() == Some(&row.id));
            Listed {
                publisher,
                learner_name: learner.map(|(_, name, _)| name.clone()).unwrap_or_default(),
                student_id: learner.and_then(|(_, _, number)| number.clone()),
                title: awarded.map(|one| one.shown_title().to_owned()).unwrap_or_default(),
                issued: issued.map(|(_, code, status, since, expires)| (code.clone(), *status, *since, *expires)),
                assertion: row,
            }
        })
        .collect())
}

/// These assertions with names and standings, for lists of what belongs to them.
pub fn listed_by_id(conn: &mut Conn, ids: &[Id<Assertion>]) -> QueryResult<Vec<Listed>> {
    let rows: Vec<Assertion> =
        assertion::table.filter(assertion::id.eq_any(ids)).select(Assertion::as_select()).load(conn)?;
    listed(conn, rows)
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let mut rows = matching(conn, query)?;
    if query.filter("status") == Some("expired") {
        // Few among many are found by their ends.
        rows = rows.filter(assertion::valid_until.lt(clock::now().naive_utc()).assume_not_null());
    }
    let ids: Vec<Id<Assertion>> = rows.select(assertion::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// The terms that occur, for the filter; of one office where one is given. Each is found by an index, one after the other:
/// the cost grows with the terms and not with the assertions.
pub fn terms(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<Vec<String>> {
    let Some(office) = office else { return terms_of(conn, None) };
    let own: Vec<Id<Achievement>> =
        achievements::table.filter(achievements::issuer_id.eq(office)).select(achievements::id).load(conn)?;
    let mut terms = BTreeSet::new();
    for achievement in &own {
        terms.extend(terms_of(conn, Some(achievement))?);
    }
    Ok(terms.into_iter().take(MOST_TERMS).collect())
}

fn terms_of(conn: &mut Conn, achievement: Option<&Id<Achievement>>) -> QueryResult<Vec<String>> {
    let mut terms: Vec<String> = Vec::new();
    while terms.len() < MOST_TERMS {
        let mut rest = assertion::table.filter(assertion::term.is_not_null()).into_boxed();
        if let Some(achievement) = achievement {
            rest = rest.filter(assertion::achievement_id.eq(achievement));
        }
        if let Some(last) = terms.last() {
            rest = rest.filter(assertion::term.gt(last.clone()).assume_not_null());
        }
        let next: Option<Option<String>> =
            rest.order(assertion::term).select(assertion::term).first(conn).optional()?;
        match next.flatten() {
            Some(term) => terms.push(term),
            None => break,
        }
    }
    Ok(terms)
}
