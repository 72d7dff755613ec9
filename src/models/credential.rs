//! The credential: the code of what was issued, and its present status. What was issued lies frozen in its document.
//!
//! One indexed read answers a visitor. [`disclosed`] is the only question a public page may ask: it folds whatever must
//! look like unknown into *none*.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::{prelude::*, result::Error};
use serde::{Deserialize, Serialize};

use super::{
    Achievement, Assertion, Clr, Profile,
    audit::{self, Actor, Change},
    clr,
    credential_document::{self, Document},
    disclosure, endorsement,
    issued::Issued,
    program, progress_mark,
    published::Published,
    record::{Award, Standing},
    tombstone,
};
use crate::{
    clock,
    db::{Conn, insert_rows, schema::credential},
    values::{AchievementType, CeDiD, Id, Iri, Json, Line, Prose, Status},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "credential";

/// What a published record is called for the public.
pub const RECORD_TITLE: &str = "Comprehensive Learner Record";

/// An issued credential.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = credential, treat_none_as_default_value = false)]
pub struct Credential {
    /// Row id.
    pub id: Id<Credential>,
    /// `assertion`, or `clr` for a published record.
    pub kind: String,
    /// The assertion it was issued from.
    pub assertion_id: Option<Id<Assertion>>,
    /// Whose it is.
    pub learner_id: Id<Profile>,
    /// What was awarded.
    pub achievement_id: Option<Id<Achievement>>,
    /// The code.
    pub cedid: CeDiD,
    /// The code as it is looked up.
    pub cedid_folded: String,
    /// What the answer to a typed code says of it.
    pub facts: Json<PublicFacts>,
    /// When it was issued.
    pub issued_at: NaiveDateTime,
    /// Conferral date.
    pub conferral_date: NaiveDate,
    /// The last instant at which it is valid.
    pub expires_at: Option<NaiveDateTime>,
    /// Status.
    pub status: Status,
    /// Since when it has that status, where it changed after issuing.
    pub status_since: Option<NaiveDateTime>,
    /// The reason for the public.
    pub public_reason: Option<Line>,
    /// The note for staff.
    pub internal_note: Option<Prose>,
    /// The one it replaces.
    pub replaces_id: Option<Id<Credential>>,
    /// The newest one in its place.
    pub replaced_by_id: Option<Id<Credential>>,
    /// The record that was published as it.
    pub clr_id: Option<Id<Clr>>,
}

/// What the answer to a typed code says, written down at issue: a page that answers thousands of times an hour reads
/// these few facts and not the whole document. They are a part of [`Issued`] and as frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFacts {
    /// The holder's name.
    pub holder: String,
    /// What the credential is called.
    pub title: String,
    /// Its type.
    pub achievement_type: AchievementType,
    /// Who issues the achievement.
    pub issuer: String,
    /// Who published it.
    pub publisher: String,
    /// Of a published record, what may be told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordFacts>,
    /// Of one that was erased and did not stand: by the id of each issuer, the public ids that its CLR 1.0 revocation list
    /// goes on to tell, so that whoever kept a signed file still learns of it. An id tells of nobody.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    pub listed: Listed,
}

/// Public ids of what does not stand, by the public id of whoever lists it.
pub type Listed = BTreeMap<String, BTreeSet<String>>;

/// What the answer to a record's code says of it beside holder, publisher and date: never which awards stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFacts {
    /// The how-manieth record of this learner.
    pub number: i32,
    /// How many awards stand in it.
    pub awards: usize,
}

impl PublicFacts {
    /// The facts of a document.
    pub fn of(issued: &Issued) -> Self {
        Self {
            holder: issued.holder.name.clone(),
            title: issued.achievement.shown_title().to_owned(),
            achievement_type: issued.achievement.achievement_type.clone(),
            issuer: issued.achievement.issuer.name.clone(),
            publisher: issued.publisher.name.clone(),
            record: None,
            listed: Listed::new(),
        }
    }

    /// The facts of a record. It is called what every record is called: the name that the office gave it is not told.
    pub fn of_record(published: &Published) -> Self {
        Self {
            holder: published.learner.holder.name.clone(),
            title: RECORD_TITLE.to_owned(),
            achievement_type: AchievementType::record(),
            issuer: published.publisher.name.clone(),
            publisher: published.publisher.name.clone(),
            record: Some(RecordFacts { number: published.number, awards: published.awards.len() }),
            listed: Listed::new(),
        }
    }
}

/// As much of a credential as the answer to a typed code needs.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = credential)]
pub struct Checked {
    /// The code.
    pub cedid: CeDiD,
    learner_id: Id<Profile>,
    /// What it says.
    pub facts: Json<PublicFacts>,
    issued_at: NaiveDateTime,
    /// Conferral date.
    pub conferral_date: NaiveDate,
    /// The last instant at which it is valid.
    pub expires_at: Option<NaiveDateTime>,
    status: Status,
    status_since: Option<NaiveDateTime>,
    public_reason: Option<Line>,
    replaced_by_id: Option<Id<Credential>>,
}

impl Checked {
    /// When a newer record of the same learner was published, where this is a record and one was.
    pub fn newer(&self, conn: &mut Conn) -> QueryResult<Option<DateTime<Utc>>> {
        match &self.facts.get().record {
            Some(_) => clr::newer(conn, &self.learner_id, self.issued_at),
            None => Ok(None),
        }
    }

    /// How it stands at an instant.
    pub fn standing(&self, conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Standing> {
        let newest = self.replaced_by_id.as_ref().map(|id| newest_of(conn, id)).transpose()?;
        Ok(Standing {
            status: self.status,
            reading: self.status.at(now, self.expires_at.map(|at| at.and_utc())),
            since: self.status_since.map(|at| at.and_utc()),
            reason: self.public_reason.as_ref().map(Line::to_string),
            newest_is_revoked: matches!(newest, Some((_, Status::Revoked))),
            replaced_by: newest.map(|(code, _)| code),
            replaces: None,
        })
    }
}

impl Credential {
    /// The latest time at which something about it changed.
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.status_since.map_or(self.issued_at, |since| since.max(self.issued_at)).and_utc()
    }

    /// What it is the credential of, in the audit trail.
    pub fn object(&self) -> (&'static str, &str) {
        match (&self.assertion_id, &self.clr_id) {
            (Some(assertion), _) => (super::assertion::KIND, assertion.as_str()),
            (None, Some(record)) => (clr::KIND, record.as_str()),
            (None, None) => (KIND, self.id.as_str()),
        }
    }

    /// How it stands at an instant. The codes of its neighbours come from [`award`].
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        Standing {
            status: self.status,
            reading: self.status.at(now, self.expires_at.map(|at| at.and_utc())),
            since: self.status_since.map(|at| at.and_utc()),
            reason: self.public_reason.as_ref().map(Line::to_string),
            replaced_by: None,
            newest_is_revoked: false,
            replaces: None,
        }
    }

    /// Records a published record, with what was true when it was published.
    pub fn insert_record(&self, conn: &mut Conn, published: &Published) -> QueryResult<()> {
        diesel::insert_into(credential::table).values(self.clone()).execute(conn)?;
        credential_document::insert_all(conn, &[Document::of_record(self, published)?])
    }

    /// Records it, with what was true when it was issued.
    pub fn insert(&self, conn: &mut Conn, issued: &Issued) -> QueryResult<()> {
        diesel::insert_into(credential::table).values(self.clone()).execute(conn)?;
        mark_progress(conn, std::slice::from_ref(self))?;
        credential_document::insert_all(conn, &[Document::of_issued(self, issued)?])
    }
}

/// Whoever is awarded what a program looks at, or loses it, is looked at again.
fn mark_progress(conn: &mut Conn, changed: &[Credential]) -> QueryResult<()> {
    let concerned = program::concerned(conn)?;
    changed
        .iter()
        .filter(|one| one.achievement_id.as_ref().is_some_and(|id| concerned.contains(id)))
        .try_for_each(|one| progress_mark::mark(conn, &one.learner_id))
}

/// Records many, with what was true when each was issued. The caller writes one audit entry for all of them.
pub fn insert_all(conn: &mut Conn, rows: &[(Credential, Issued)], documents: &[Document]) -> QueryResult<()> {
    let credentials: Vec<Credential> = rows.iter().map(|(credential, _)| credential.clone()).collect();
    if !credentials.iter().map(|one| &one.id).eq(documents.iter().map(|one| &one.credential_id)) {
        return Err(Error::QueryBuilderError("every credential has its own document".into()));
    }
    insert_rows!(conn, credential::table, credentials)?;
    mark_progress(conn, &credentials)?;
    credential_document::insert_all(conn, documents)
}

/// What a visitor may be shown for a code.
#[derive(Debug)]
pub enum Disclosed<T> {
    /// Nothing: unknown, withheld, not published or erased, which look the same.
    Nothing,
    /// One credential.
    One(Box<T>),
    /// A doubtful code fits several imported ones: these are their codes.
    Several(Vec<CeDiD>),
}

impl<T> Disclosed<T> {
    /// Looked up as typed first, then with O→0 and I, L→1.
    fn of(mut found: Vec<T>, code: &CeDiD, cedid: impl Fn(&T) -> &CeDiD) -> Self {
        if let Some(exact) = found.iter().position(|one| cedid(one) == code) {
            return Disclosed::One(Box::new(found.swap_remove(exact)));
        }
        match found.len() {
            0 => Disclosed::Nothing,
            1 => Disclosed::One(Box::new(found.swap_remove(0))),
            _ => Disclosed::Several(found.iter().map(|one| cedid(one).clone()).collect()),
        }
    }
}

/// What a code opens for the public; [`disclosure`] leaves out whatever must look like unknown.
#[diesel::dsl::auto_type]
fn opened_by(folded: String, now: NaiveDateTime) -> _ {
    let open: disclosure::open_to_the_public = disclosure::open_to_the_public(now);
    credential::table.filter(credential::cedid_folded.eq(folded)).filter(open).order(credential::cedid).limit(5_i64)
}

/// The whole credential that may be shown to whoever has this code.
pub fn disclosed(conn: &mut Conn, code: &CeDiD) -> QueryResult<Disclosed<Credential>> {
    let found = opened_by(code.folded(), clock::now().naive_utc()).select(Credential::as_select()).load(conn)?;
    Ok(Disclosed::of(found, code, |one: &Credential| &one.cedid))
}

/// The same, with as much of it as the answer to a typed code needs.
pub fn checked(conn: &mut Conn, code: &CeDiD) -> QueryResult<Disclosed<Checked>> {
    let found = opened_by(code.folded(), clock::now().naive_utc()).select(Checked::as_select()).load(conn)?;
    Ok(Disclosed::of(found, code, |one: &Checked| &one.cedid))
}

/// The credential as an award: what was issued and how it stands, with the codes before and after it.
pub fn award(conn: &mut Conn, credential: &Credential, now: DateTime<Utc>) -> QueryResult<Award> {
    let mut standing = credential.standing(now);
    if let Some(id) = &credential.replaced_by_id {
        let (code, status) = newest_of(conn, id)?;
        (standing.replaced_by, standing.newest_is_revoked) = (Some(code), status == Status::Revoked);
    }
    standing.replaces = credential.replaces_id.as_ref().map(|id| code_of(conn, id)).transpose()?;
    let mut issued = credential_document::issued(conn, &credential.id)?;
    endorsement::read_standing(conn, std::slice::from_mut(&mut issued))?;
    Ok(Award { issued, standing })
}

/// The credentials with these codes, each with how it stands now and the codes before and after it.
pub fn standings(conn: &mut Conn, codes: &[CeDiD], now: DateTime<Utc>) -> QueryResult<Vec<(CeDiD, Standing)>> {
    let found: Vec<Credential> =
        credential::table.filter(credential::cedid.eq_any(codes)).select(Credential::as_select()).load(conn)?;
    let neighbours: Vec<Id<Credential>> =
        found.iter().flat_map(|one| [one.replaced_by_id.clone(), one.replaces_id.clone()]).flatten().collect();
    let neighbours: Vec<(Id<Credential>, CeDiD, Status)> = credential::table
        .filter(credential::id.eq_any(neighbours))
        .select((credential::id, credential::cedid, credential::status))
        .load(conn)?;
    let neighbour = |wanted: &Option<Id<Credential>>| neighbours.iter().find(|(id, ..)| Some(id) == wanted.as_ref());
    let code = |wanted: &Option<Id<Credential>>| neighbour(wanted).map(|(_, code, _)| code.clone());
    let standing = |one: Credential| {
        let (replaced_by, replaces) = (code(&one.replaced_by_id), code(&one.replaces_id));
        let newest_is_revoked = matches!(neighbour(&one.replaced_by_id), Some((_, _, Status::Revoked)));
        let standing = Standing { replaced_by, newest_is_revoked, replaces, ..one.standing(now) };
        (one.cedid, standing)
    };
    Ok(found.into_iter().map(standing).collect())
}

/// The code and the status of the newest of a chain.
fn newest_of(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<(CeDiD, Status)> {
    credential::table.find(id).select((credential::cedid, credential::status)).first(conn)
}

fn code_of(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<CeDiD> {
    credential::table.find(id).select(credential::cedid).first(conn)
}

/// One credential.
pub fn find(conn: &mut Conn, id: &Id<Credential>) -> QueryResult<Credential> {
    credential::table.find(id).select(Credential::as_select()).first(conn)
}

/// The credential of an assertion, if it was issued.
pub fn of_assertion(conn: &mut Conn, assertion: &Id<Assertion>) -> QueryResult<Option<Credential>> {
    credential::table
        .filter(credential::assertion_id.eq(assertion))
        .select(Credential::as_select())
        .first(conn)
        .optional()
}

/// The credential of a published record.
pub fn of_clr(conn: &mut Conn, id: &Id<Clr>) -> QueryResult<Option<Credential>> {
    credential::table.filter(credential::clr_id.eq(id)).select(Credential::as_select()).first(conn).optional()
}

/// All credentials that do not stand: revoked, replaced, suspended.
pub fn out_of_force(conn: &mut Conn) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::status.ne(Status::InForce))
        .order(credential::id)
        .select(Credential::as_select())
        .load(conn)
}

/// The credential with exactly this code.
pub fn by_cedid(conn: &mut Conn, code: &CeDiD) -> QueryResult<Option<Credential>> {
    credential::table.filter(credential::cedid.eq(code)).select(Credential::as_select()).first(conn).optional()
}

/// All credentials of a learner that were not erased, newest conferral first.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::learner_id.eq(learner))
        .filter(credential::kind.eq("assertion"))
        .filter(credential::assertion_id.is_not_null())
        .order((credential::conferral_date.desc(), credential::id.desc()))
        .select(Credential::as_select())
        .load(conn)
}

/// The credentials of a learner's published records.
pub fn records_of(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::learner_id.eq(learner))
        .filter(credential::kind.eq("clr"))
        .filter(credential::clr_id.is_not_null())
        .order((credential::issued_at.desc(), credential::id.desc()))
        .select(Credential::as_select())
        .load(conn)
}

/// Whether a code is taken as it is, or was another award's once.
pub fn is_taken(conn: &mut Conn, code: &CeDiD, own: &Iri) -> QueryResult<bool> {
    let taken: i64 = credential::table.filter(credential::cedid.eq(code)).count().get_result(conn)?;
    Ok(taken > 0 || tombstone::of(conn, code)?.is_some_and(|buried| buried.iri != *own))
}

/// A new code whose folded form no other has. A clash among 2⁵⁵ is a matter of patience; eight in a row are a defect of
/// the generator, which the unique index then stops.
pub fn fresh_code(conn: &mut Conn) -> QueryResult<CeDiD> {
    let mut code = CeDiD::fresh();
    for _ in 0..8 {
        let taken: i64 =
            credential::table.filter(credential::cedid_folded.eq(code.folded())).count().get_result(conn)?;
        if taken == 0 && !tombstone::has_fold(conn, &code.folded())? {
            break;
        }
        code = CeDiD::fresh();
    }
    Ok(code)
}

/// How many were issued in all.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    credential::table.count().get_result(conn)
}

/// A change of status.
pub struct StatusChange {
    /// The new status.
    pub status: Status,
    /// What was picked from the office's list of reasons.
    pub listed_reason: Option<&'static str>,
    /// What the public is told.
    pub public_reason: Option<Line>,
    /// What staff keep to themselves.
    pub internal_note: Option<Prose>,
}

/// Changes the status of a credential that still has the status it was read with. `false` when it has not.
pub fn set_status(conn: &mut Conn, credential: &Credential, change: StatusChange, by: &Actor) -> QueryResult<bool> {
    let unchanged = credential::table.find(&credential.id).filter(credential::status.eq(credential.status));
    let changed = diesel::update(unchanged)
        .set((
            credential::status.eq(change.status),
            credential::status_since.eq(Some(clock::now().naive_utc())),
            credential::public_reason.eq(change.public_reason.clone()),
            credential::internal_note.eq(change.internal_note.clone()),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    mark_progress(conn, std::slice::from_ref(credential))?;
    let changes = [
        Some(Change {
            field: "Status".to_owned(),
            before: Some(credential.status.as_str().to_owned()),
            after: Some(change.status.as_str().to_owned()),
        }),
        added("Reason", change.listed_reason),
        added("Public reason", change.public_reason.as_ref().map(Line::as_str)),
        added("Internal note", change.internal_note.as_ref().map(Prose::as_str)),
    ];
    audit::write(conn, by, change.status.as_str(), credential.object(), changes.into_iter().flatten().collect())?;
    Ok(true)
}

/// Notes that another one takes the place of a credential that still has the status it was read with. `false` when it
/// has not: of two corrections at once, one is made. [`name_newest`] says which one stands there.
pub fn supersede(conn: &mut Conn, credential: &Credential, reason: &Line, note: Option<&Prose>) -> QueryResult<bool> {
    let unchanged = credential::table.find(&credential.id).filter(credential::status.eq(credential.status));
    let changed = diesel::update(unchanged)
        .set((
            credential::status.eq(Status::Replaced),
            credential::status_since.eq(Some(clock::now().naive_utc())),
            credential::public_reason.eq(Some(reason)),
            credential::internal_note.eq(note),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Every earlier one of the chain names the newest.
pub fn name_newest(conn: &mut Conn, earlier: &Id<Credential>, newest: &Id<Credential>) -> QueryResult<()> {
    let chain = credential::table.filter(credential::id.eq(earlier).or(credential::replaced_by_id.eq(earlier)));
    diesel::update(chain).set(credential::replaced_by_id.eq(newest)).execute(conn).map(|_| ())
}

fn added(field: &str, text: Option<&str>) -> Option<Change> {
    text.map(|text| Change { field: field.to_owned(), before: None, after: Some(text.to_owned()) })
}
