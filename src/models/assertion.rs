//! The assertion: one achievement awarded to one learner (CLR 1.0 `Assertion`). A draft until it is issued; from then on
//! its facts stand frozen in its credential, and this row is only how staff find it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use diesel::prelude::*;

use super::{
    Achievement, Profile, achievement,
    audit::{self, Actor, Facts},
    credential::Credential,
    endorsement, evidence,
    import::received,
    issued::Extensions,
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    profile,
    result::{self, AwardResult},
    search_index,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend, insert_rows,
        schema::{achievement as achievements, assertion, credential, profile as profiles, result as results_table},
    },
    values::{CeDiD, Id, Iri, Json, Line, Name, Origin, Prose, Status, WebAddress, fold},
    words::{self, Words},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "assertion";

/// Most terms that a list offers to filter by.
const MOST_TERMS: usize = 100;

/// One award.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assertion, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Assertion {
    /// Row id.
    pub id: Id<Assertion>,
    /// Public id, chosen at creation.
    pub iri: Iri,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// Who is awarded.
    pub learner_id: Id<Profile>,
    /// What is awarded.
    pub achievement_id: Id<Achievement>,
    /// When it was issued; a draft has none.
    pub issued_at: Option<NaiveDateTime>,
    /// Conferral date.
    pub conferral_date: NaiveDate,
    /// The last day on which it is valid.
    pub expires_on: Option<NaiveDate>,
    /// When the activity began.
    pub activity_start: Option<NaiveDate>,
    /// When the activity ended.
    pub activity_end: Option<NaiveDate>,
    /// Credits earned.
    pub credits_earned: Option<f64>,
    /// A licence number of its own.
    pub license_number: Option<Line>,
    /// Narrative, in Markdown.
    pub narrative: Option<Prose>,
    /// Role.
    pub role: Option<Line>,
    /// Term.
    pub term: Option<Line>,
    /// Web address of an image.
    pub image: Option<WebAddress>,
    /// Who made the statement, where that is not the issuer.
    pub source_id: Option<Id<Profile>>,
    /// A code of another system that it keeps when it is issued.
    pub kept_cedid: Option<CeDiD>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// The learner's sort name, as of the last save.
    pub learner_sort: String,
    /// The achievement's sort name, as of the last save.
    pub achievement_sort: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

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

impl Assertion {
    /// A new draft.
    pub fn new(iri: Iri, learner: &Profile, achievement: &Achievement, conferral_date: NaiveDate) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri,
            origin: Origin::Own,
            learner_id: learner.id.clone(),
            achievement_id: achievement.id.clone(),
            issued_at: None,
            conferral_date,
            expires_on: None,
            activity_start: None,
            activity_end: None,
            credits_earned: None,
            license_number: None,
            narrative: None,
            role: None,
            term: None,
            image: None,
            source_id: None,
            kept_cedid: None,
            extensions: Json::new(Extensions::new()),
            learner_sort: String::new(),
            achievement_sort: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold(learner, achievement, None);
        new
    }

    /// Whether it was issued; then only its status can change.
    pub fn is_issued(&self) -> bool {
        self.issued_at.is_some()
    }

    /// Sets what is derived from the learner, the achievement and the code.
    pub fn refold(&mut self, learner: &Profile, achievement: &Achievement, code: Option<&CeDiD>) {
        self.learner_sort = learner.sort_name.clone();
        self.achievement_sort = achievement.sort_name.clone();
        let code =
            code.or(self.kept_cedid.as_ref()).map(|code| format!("{} {code}", code.as_str())).unwrap_or_default();
        let term = self.term.as_ref().map(Line::as_str).unwrap_or_default();
        self.search_text = fold(&format!(
            "{} {} {} {} {term} {code}",
            learner.search_text,
            achievement.name,
            achievement.title.as_ref().map(Name::as_str).unwrap_or_default(),
            achievement.code.as_ref().map(|code| code.as_str()).unwrap_or_default(),
        ));
    }

    /// The last instant at which it is valid: the end of its last day, UTC.
    pub fn expires_at(&self) -> Option<chrono::DateTime<Utc>> {
        self.expires_on.and_then(|day| day.and_hms_opt(23, 59, 59)).map(|last| Utc.from_utc_datetime(&last))
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let words = Words::default();
        let date = |value: Option<NaiveDate>| value.map(|date| words::date(&words, date)).unwrap_or_default();
        vec![
            ("Learner", self.learner_id.to_string()),
            ("Achievement", self.achievement_id.to_string()),
            ("Conferral date", date(Some(self.conferral_date))),
            ("Valid through", date(self.expires_on)),
            ("Activity began", date(self.activity_start)),
            ("Activity ended", date(self.activity_end)),
            ("Credits earned", self.credits_earned.map(|credits| credits.to_string()).unwrap_or_default()),
            ("Term", line(&self.term)),
            ("Role", line(&self.role)),
            ("License number", line(&self.license_number)),
            ("Image", self.image.as_ref().map(WebAddress::to_string).unwrap_or_default()),
            ("Stated by", self.source_id.as_ref().map(Id::to_string).unwrap_or_default()),
            ("Narrative", self.narrative.as_ref().map(Prose::to_string).unwrap_or_default()),
            ("CeDiD of another system", self.kept_cedid.as_ref().map(CeDiD::to_string).unwrap_or_default()),
        ]
    }
}

/// One assertion.
pub fn find(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Assertion> {
    assertion::table.find(id).select(Assertion::as_select()).first(conn)
}

/// The assertion with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Assertion>> {
    assertion::table.filter(assertion::iri.eq(iri)).select(Assertion::as_select()).first(conn).optional()
}

/// The office that issues what it awards.
pub fn office(conn: &mut Conn, assertion: &Assertion) -> QueryResult<Id<Profile>> {
    achievements::table.find(&assertion.achievement_id).select(achievements::issuer_id).first(conn)
}

/// An assertion with what it awards and, once it was issued, its credential.
#[diesel::dsl::auto_type]
fn joined() -> _ {
    assertion::table
        .inner_join(achievements::table.on(assertion::achievement_id.eq(achievements::id)))
        .left_join(credential::table.on(credential::assertion_id.eq(assertion::id.nullable())))
}

pub(super) type Rows<'a> = diesel::dsl::IntoBoxed<'a, joined, MultiBackend>;

pub(super) fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<Rows<'a>> {
    let mut rows = joined().into_boxed();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Assertions, &query.words)? {
        rows = rows.filter(assertion::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(assertion::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(achievements::issuer_id.eq(office.clone()));
    }
    if let Some(wanted) = query.filter("achievement") {
        rows = rows.filter(assertion::achievement_id.eq(wanted.to_owned()));
    }
    if let Some(learner) = query.filter("learner") {
        rows = rows.filter(assertion::learner_id.eq(learner.to_owned()));
    }
    if let Some(origin) = query.filter("origin").and_then(|origin| Origin::parse(origin).ok()) {
        rows = rows.filter(assertion::origin.eq(origin));
    }
    if let Some(term) = query.filter("term") {
        rows = rows.filter(assertion::term.eq(term.to_owned()));
    }
    let now = clock::now().naive_utc();
    let over = credential::expires_at.lt(now).assume_not_null();
    Ok(match query.filter("status") {
        Some("draft") => rows.filter(assertion::issued_at.is_null()),
        Some("issued") => rows
            .filter(credential::status.eq(Status::InForce))
            .filter(credential::expires_at.is_null().or(credential::expires_at.ge(now).assume_not_null())),
        Some("expired") => rows.filter(credential::status.eq(Status::InForce)).filter(over),
        Some("suspended") => rows.filter(credential::status.eq(Status::Suspended)),
        Some("revoked") => rows.filter(credential::status.eq(Status::Revoked)),
        Some("replaced") => rows.filter(credential::status.eq(Status::Replaced)),
        Some("foreign") => rows.filter(assertion::origin.eq(Origin::Foreign)),
        _ => rows,
    })
}

/// A page of assertions. Sorts by `conferral`, `learner`, `achievement` or `updated`; filters by `status`, `achievement`,
/// `learner` and `term`.
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
    let publishers = if foreign.is_empty() { Vec::new() } else { super::import::known::publishers(conn, &foreign)? };
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
    let ids: Vec<Id<Assertion>> = matching(conn, query)?.select(assertion::id).limit(COUNT_LIMIT + 1).load(conn)?;
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

/// Records many that were issued, with their results. The caller writes one audit entry for all of them.
pub fn insert_all(conn: &mut Conn, rows: &[Assertion], results: &[AwardResult]) -> QueryResult<()> {
    insert_rows!(conn, assertion::table, rows)?;
    insert_rows!(conn, results_table::table, results)
}

impl Assertion {
    /// Records a new draft.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(assertion::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "drafted", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change of a draft, and puts its results in place of those it had. Nothing is kept when it was issued meanwhile or somebody else changed it:
    /// `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, results: Option<&[AwardResult]>, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision || before.is_issued() {
            return Ok(false);
        }
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let learner = profile::find(conn, &after.learner_id)?;
        let awarded = achievement::find(conn, &after.achievement_id)?;
        after.refold(&learner, &awarded, None);
        let mut changes = audit::differences(&before.facts(), &after.facts());
        let same_revision = assertion::table
            .find(&self.id)
            .filter(assertion::revision.eq(self.revision))
            .filter(assertion::issued_at.is_null());
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        if let Some(results) = results {
            let old = vec![("Results", result::in_words(conn, &self.id)?)];
            result::replace(conn, &self.id, results)?;
            changes.extend(audit::differences(&old, &vec![("Results", result::in_words(conn, &self.id)?)]));
        }
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// Counts a change of a part (evidence, a result, an endorsement) as one of its draft, so that nobody issues what he did
/// not look at. `false` when the draft was issued: then its parts stay as they are.
pub fn part_changed(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<bool> {
    let draft = assertion::table.find(id).filter(assertion::issued_at.is_null());
    let changed = diesel::update(draft)
        .set((assertion::revision.eq(assertion::revision + 1), assertion::updated_at.eq(clock::now().naive_utc())))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The public id that an award has once it is issued: an address that tells how it stands. What was issued keeps the id
/// it has, and so does what came with one from elsewhere.
pub fn iri_when_issued(conn: &mut Conn, award: &Assertion, base_url: &str) -> QueryResult<Iri> {
    if award.is_issued() || award.origin == Origin::Foreign || received::is_kept(conn, &award.id)? {
        return Ok(award.iri.clone());
    }
    Ok(award.iri.as_published(base_url, "assertions"))
}

/// Notes that a draft was issued. `false` when it no longer is a draft: of two clicks, one issues.
pub fn mark_issued(conn: &mut Conn, draft: &Assertion, credential: &Credential, iri: &str) -> QueryResult<bool> {
    let still_draft = assertion::table
        .find(&draft.id)
        .filter(assertion::issued_at.is_null())
        .filter(assertion::revision.eq(draft.revision));
    let search_text =
        format!("{} {}", draft.search_text, fold(&format!("{} {} {iri}", credential.cedid.as_str(), credential.cedid)));
    let marked = diesel::update(still_draft)
        .set((
            assertion::issued_at.eq(Some(credential.issued_at)),
            assertion::iri.eq(iri),
            assertion::search_text.eq(search_text),
            assertion::revision.eq(draft.revision + 1),
            assertion::updated_at.eq(credential.issued_at),
        ))
        .execute(conn)?;
    Ok(marked == 1)
}

/// Deletes a draft with its results and evidence. `false` when it was issued: nothing issued is deleted.
pub fn delete(conn: &mut Conn, id: &Id<Assertion>, by: &Actor) -> QueryResult<bool> {
    let gone = find(conn, id)?;
    if gone.is_issued() {
        return Ok(false);
    }
    diesel::delete(results_table::table.filter(results_table::assertion_id.eq(id))).execute(conn)?;
    evidence::delete_all(conn, id)?;
    endorsement::delete_of_assertion(conn, id)?;
    diesel::delete(assertion::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))?;
    Ok(true)
}
