//! The assertion: one achievement awarded to one learner (CLR 1.0 `Assertion`). A draft until it is issued; from then on
//! its facts stand frozen in its credential, and this row is only how staff find it.

mod list;

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use diesel::prelude::*;

pub(super) use list::{DRAFT, Rows, Those, are_few, matching};
pub use list::{Listed, count, listed, listed_by_id, search, terms};

use super::{
    Achievement, Profile, achievement,
    audit::{self, Actor, Facts},
    credential::Credential,
    endorsement, evidence,
    import::received,
    issued::{Extensions, Issued},
    profile,
    result::{self, AwardResult},
};
use crate::{
    clock,
    db::{
        Conn, insert_indexed_rows,
        schema::{achievement as achievements, assertion, result as results_table},
    },
    values::{CeDiD, Id, Iri, Json, Line, Name, Origin, Prose, Status, WebAddress, fold},
    words::{self, Words},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "assertion";

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

/// A draft of an achievement that waits for a learner.
pub fn draft_of(
    conn: &mut Conn,
    learner: &Id<Profile>,
    achievement: &Id<Achievement>,
) -> QueryResult<Option<Id<Assertion>>> {
    assertion::table
        .filter(assertion::learner_id.eq(learner))
        .filter(assertion::achievement_id.eq(achievement))
        .filter(assertion::issued_at.is_null())
        .filter(assertion::origin.eq(Origin::Own))
        .select(assertion::id)
        .first(conn)
        .optional()
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

/// One that is issued as it is recorded: with what the database otherwise copies from its credential, and the version that
/// it is awarded under. A second change would write the indexes of all lists once more.
#[derive(Insertable)]
#[diesel(table_name = assertion, treat_none_as_default_value = false)]
struct IssuedRow {
    #[diesel(embed)]
    row: Assertion,
    standing: Status,
    valid_until: Option<NaiveDateTime>,
    achievement_version: Option<i32>,
}

/// Records many that are issued as these credentials, in the same order, with their results. The credentials are recorded
/// next, by the caller, who also writes one audit entry for all of them.
pub fn insert_issued(
    conn: &mut Conn,
    rows: &[Assertion],
    credentials: &[(Credential, Issued)],
    results: &[AwardResult],
) -> QueryResult<()> {
    let rows: Vec<IssuedRow> = rows
        .iter()
        .zip(credentials)
        .map(|(row, (credential, issued))| IssuedRow {
            row: row.clone(),
            standing: credential.status,
            valid_until: credential.expires_at,
            achievement_version: Some(issued.achievement.version),
        })
        .collect();
    insert_indexed_rows!(conn, assertion::table, rows)?;
    insert_indexed_rows!(conn, results_table::table, results)
}

/// Records many that were issued, with their results. The caller writes one audit entry for all of them.
pub fn insert_all(conn: &mut Conn, rows: &[Assertion], results: &[AwardResult]) -> QueryResult<()> {
    insert_indexed_rows!(conn, assertion::table, rows)?;
    insert_indexed_rows!(conn, results_table::table, results)
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
