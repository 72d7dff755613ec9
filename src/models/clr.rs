//! The CLR: one learner's record as its publisher put it together (CLR 1.0 `Clr`). A draft until it is published; then
//! what it said stands frozen in its credential. A foreign one keeps the bytes it came as and is never changed.

mod list;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::max, prelude::*};

use super::{
    Assertion, Credential, Profile,
    audit::{self, Actor, Change, Facts},
    import,
    issued::Extensions,
    page::Query,
    profile, search_index,
};
use crate::{
    clock,
    db::{
        Conn, insert_rows,
        schema::{clr, clr_assertion, credential, endorsement},
    },
    values::{CeDiD, Id, Iri, Json, Name, Origin, Status, fold},
};

pub use list::{Listed, count, listed, of_learner, search};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "clr";

/// A learner's record.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clr, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Clr {
    /// Row id.
    pub id: Id<Clr>,
    /// Public id, chosen at creation.
    pub iri: Iri,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// Whose record it is.
    pub learner_id: Id<Profile>,
    /// Who publishes it.
    pub publisher_id: Id<Profile>,
    /// What it is called.
    pub name: Option<Name>,
    /// Whether it takes all valid awards of the learner, or only chosen ones.
    pub takes_all: bool,
    /// Whether the publisher knew more than it says here; of a draft that is found out each time.
    pub partial: bool,
    /// The how-manieth published record of the learner it is; none for a draft and for foreign ones.
    pub number: Option<i32>,
    /// When it was published.
    pub issued_at: Option<NaiveDateTime>,
    /// A foreign one, byte for byte as it came.
    pub document: Option<Vec<u8>>,
    /// The media type of these bytes.
    pub media_type: Option<String>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// The learner's sort name, as of the last save.
    pub learner_sort: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Clr {
    /// A new draft that takes all valid awards.
    pub fn new(learner: &Profile, publisher_id: Id<Profile>) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            origin: Origin::Own,
            learner_id: learner.id.clone(),
            publisher_id,
            name: None,
            takes_all: true,
            partial: false,
            number: None,
            issued_at: None,
            document: None,
            media_type: None,
            extensions: Json::new(Extensions::new()),
            learner_sort: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold(learner);
        new
    }

    /// Whether it was published; then nothing of it changes but its status.
    pub fn is_published(&self) -> bool {
        self.origin == Origin::Own && self.issued_at.is_some()
    }

    /// Whether it is another publisher's.
    pub fn is_foreign(&self) -> bool {
        self.origin == Origin::Foreign
    }

    /// Sets what is derived from the learner and the name.
    pub fn refold(&mut self, learner: &Profile) {
        self.learner_sort = learner.sort_name.clone();
        let name = self.name.as_ref().map(Name::as_str).unwrap_or_default();
        self.search_text = fold(&format!("{} {name} {}", learner.search_text, self.iri));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let takes = if self.takes_all { "all valid awards" } else { "chosen awards" };
        vec![
            ("Learner", self.learner_id.to_string()),
            ("Name", self.name.as_ref().map(Name::to_string).unwrap_or_default()),
            ("Takes", takes.to_owned()),
        ]
    }

    /// Records a new draft with its chosen awards.
    pub fn insert(&self, conn: &mut Conn, chosen: &[Id<Assertion>], by: &Actor) -> QueryResult<()> {
        diesel::insert_into(clr::table).values(self.clone()).execute(conn)?;
        choose(conn, &self.id, chosen)?;
        audit::write(conn, by, "drafted", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change of a draft. Nothing is kept when it was published meanwhile or somebody else changed it:
    /// `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, chosen: &[Id<Assertion>], by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        after.refold(&profile::find(conn, &after.learner_id)?);
        let still_draft = draft(self.id.clone(), self.revision, Origin::Own);
        if diesel::update(still_draft).set(after.clone()).execute(conn)? == 0 {
            return Ok(false);
        }
        let mut changes = audit::differences(&before.facts(), &after.facts());
        let count = |number: usize| vec![("Chosen awards", number.to_string())];
        let old = self::chosen(conn, &self.id)?;
        choose(conn, &self.id, chosen)?;
        changes.extend(audit::differences(&count(old.len()), &count(chosen.len())));
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// The row of a draft of ours in the revision it was read in.
#[diesel::dsl::auto_type]
fn draft(id: Id<Clr>, revision: i32, own: Origin) -> _ {
    clr::table
        .filter(clr::id.eq(id))
        .filter(clr::revision.eq(revision))
        .filter(clr::origin.eq(own))
        .filter(clr::issued_at.is_null())
}

/// One record.
pub fn find(conn: &mut Conn, id: &Id<Clr>) -> QueryResult<Clr> {
    clr::table.find(id).select(Clr::as_select()).first(conn)
}

/// The record with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Clr>> {
    clr::table.filter(clr::iri.eq(iri)).select(Clr::as_select()).first(conn).optional()
}

/// The records that a search finds, a few of them: what a picker offers.
pub fn named(conn: &mut Conn, query: &Query, most: i64) -> QueryResult<Vec<Clr>> {
    let mut rows = clr::table.into_boxed::<crate::db::MultiBackend>();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Clrs, &query.words)? {
        rows = rows.filter(clr::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(clr::search_text.like(pattern).escape('\\'));
    }
    rows.order((clr::learner_sort, clr::id)).limit(most).select(Clr::as_select()).load(conn)
}

/// The assertions that were chosen for a record, in their order.
pub fn chosen(conn: &mut Conn, id: &Id<Clr>) -> QueryResult<Vec<Id<Assertion>>> {
    clr_assertion::table
        .filter(clr_assertion::clr_id.eq(id))
        .order(clr_assertion::position)
        .select(clr_assertion::assertion_id)
        .load(conn)
}

fn choose(conn: &mut Conn, id: &Id<Clr>, chosen: &[Id<Assertion>]) -> QueryResult<()> {
    diesel::delete(clr_assertion::table.filter(clr_assertion::clr_id.eq(id))).execute(conn)?;
    let row = |(position, assertion): (i32, &Id<Assertion>)| {
        (
            clr_assertion::clr_id.eq(id.clone()),
            clr_assertion::assertion_id.eq(assertion.clone()),
            clr_assertion::position.eq(position),
        )
    };
    let rows: Vec<_> = (0..).zip(chosen).map(row).collect();
    insert_rows!(conn, clr_assertion::table, rows)
}

/// A draft that had chosen an award takes the one that was issued in its place. What was published stays.
pub fn follow_correction(conn: &mut Conn, earlier: &Id<Assertion>, newest: &Id<Assertion>) -> QueryResult<()> {
    let drafts = clr::table.filter(clr::issued_at.is_null()).select(clr::id);
    let chosen = clr_assertion::table
        .filter(clr_assertion::assertion_id.eq(earlier))
        .filter(clr_assertion::clr_id.eq_any(drafts));
    diesel::update(chosen).set(clr_assertion::assertion_id.eq(newest)).execute(conn).map(|_| ())
}

/// The number that the learner's next published record has.
pub fn next_number(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<i32> {
    let last: Option<Option<i32>> =
        clr::table.filter(clr::learner_id.eq(learner)).select(max(clr::number)).first(conn).optional()?;
    Ok(last.flatten().unwrap_or(0) + 1)
}

/// When the newest record of a learner after this instant was published, among those that stand. One that was made partial
/// for a purpose takes the place of no other.
pub fn newer(conn: &mut Conn, learner: &Id<Profile>, after: NaiveDateTime) -> QueryResult<Option<DateTime<Utc>>> {
    let newest: Option<Option<NaiveDateTime>> = clr::table
        .inner_join(credential::table.on(credential::clr_id.eq(clr::id.nullable())))
        .filter(clr::learner_id.eq(learner))
        .filter(credential::issued_at.gt(after))
        .filter(credential::status.eq(Status::InForce))
        .filter(clr::partial.eq(false))
        .order((credential::issued_at.desc(), clr::id.desc()))
        .select(clr::issued_at)
        .first(conn)
        .optional()?;
    Ok(newest.flatten().map(|at| at.and_utc()))
}

/// What publishing writes into the row of a draft.
pub struct Publishing<'a> {
    /// The credential it became.
    pub credential: &'a Credential,
    /// Its public id from now on.
    pub iri: &'a Iri,
    /// Who publishes it.
    pub publisher_id: &'a Id<Profile>,
    /// The how-manieth it is.
    pub number: i32,
    /// Whether the publisher knows more.
    pub partial: bool,
}

/// Notes that a draft was published. `false` when it no longer is that draft: of two clicks, one publishes.
pub fn mark_published(conn: &mut Conn, published: &Clr, publishing: &Publishing<'_>) -> QueryResult<bool> {
    let code: &CeDiD = &publishing.credential.cedid;
    let search_text = format!("{} {}", published.search_text, fold(&format!("{} {code}", code.as_str())));
    let still_draft = draft(published.id.clone(), published.revision, Origin::Own);
    let marked = diesel::update(still_draft)
        .set((
            clr::issued_at.eq(Some(publishing.credential.issued_at)),
            clr::number.eq(Some(publishing.number)),
            clr::iri.eq(publishing.iri),
            clr::publisher_id.eq(publishing.publisher_id),
            clr::partial.eq(publishing.partial),
            clr::search_text.eq(search_text),
            clr::revision.eq(published.revision + 1),
            clr::updated_at.eq(publishing.credential.issued_at),
        ))
        .execute(conn)?;
    Ok(marked == 1)
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Clr>) -> QueryResult<Vec<String>> {
    let own = find(conn, id)?;
    if own.is_foreign() {
        return import::remove::dependents(conn, &own);
    }
    let code: Option<CeDiD> =
        credential::table.filter(credential::clr_id.eq(id)).select(credential::cedid).first(conn).optional()?;
    let endorsed: i64 = endorsement::table.filter(endorsement::clr_id.eq(id)).count().get_result(conn)?;
    let published = code.map(|code| format!("it was published as {code}, and nothing published is deleted"));
    let endorsed = (endorsed > 0).then(|| {
        format!("{endorsed} {}", if endorsed == 1 { "endorsement is on it" } else { "endorsements are on it" })
    });
    Ok(published.into_iter().chain(endorsed).collect())
}

/// Removes another publisher's record with what came with it and is not used by anything else.
fn remove(conn: &mut Conn, gone: &Clr, by: &Actor) -> QueryResult<()> {
    let removal = import::remove::of(conn, gone)?;
    let publisher = profile::find(conn, &gone.publisher_id)?.name.to_string();
    import::remove::remove(conn, &removal)?;
    let was = |field: &str, what: String| Change { field: field.to_owned(), before: Some(what), after: None };
    let mut changes = vec![was("Publisher", publisher), was("Its id", gone.iri.to_string())];
    for (field, kind) in [("Assertions", "assertion"), ("Achievements", "achievement"), ("Profiles", profile::KIND)] {
        changes.push(was(field, removal.count(kind).to_string()));
    }
    audit::write(conn, by, "removed", (KIND, gone.id.as_str()), changes)
}

/// Deletes a draft, or removes a foreign record. `false` when it was published.
pub fn delete(conn: &mut Conn, id: &Id<Clr>, by: &Actor) -> QueryResult<bool> {
    let gone = find(conn, id)?;
    if gone.is_published() {
        return Ok(false);
    }
    if gone.is_foreign() {
        return remove(conn, &gone, by).map(|()| true);
    }
    diesel::delete(clr_assertion::table.filter(clr_assertion::clr_id.eq(id))).execute(conn)?;
    diesel::delete(clr::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))?;
    Ok(true)
}
