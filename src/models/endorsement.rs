//! The endorsement: somebody's word for a profile, an achievement, an assertion or a record (CLR 1.0 `Endorsement`).
//!
//! It can be written, changed and deleted until it first becomes part of something issued. Then what it said stands
//! frozen beside it, the same wherever it is shown, and all that can still happen to it is that it is revoked.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Assertion, Clr, Profile, achievement, assertion,
    audit::{self, Actor, Change, Facts},
    clr, endorsed,
    issued::{Endorser, Extensions, Issued, IssuedEndorsement},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    profile, search_index,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement as achievements, assertion as assertions, endorsement},
    },
    values::{Email, Id, Iri, Json, Line, Name, Origin, Prose, WebAddress, fold},
    words::{self, Words},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "endorsement";

/// Somebody's word for something. Exactly one of the four ids is set.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = endorsement, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Endorsement {
    /// Row id.
    pub id: Id<Endorsement>,
    /// Public id, chosen at creation.
    pub iri: Iri,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// Of a profile …
    pub profile_id: Option<Id<Profile>>,
    /// … or an achievement …
    pub achievement_id: Option<Id<Achievement>>,
    /// … or an assertion …
    pub assertion_id: Option<Id<Assertion>>,
    /// … or a record.
    pub clr_id: Option<Id<Clr>>,
    /// Who endorses.
    pub issuer_id: Id<Profile>,
    /// When it was given.
    pub issued_on: NaiveDateTime,
    /// The words, in Markdown.
    pub comment: Option<Prose>,
    /// Since when it is taken back.
    pub revoked_at: Option<NaiveDateTime>,
    /// Why.
    pub revocation_reason: Option<Line>,
    /// The signed form of another publisher's.
    pub signed: Option<String>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Place among its siblings.
    pub position: i32,
    /// The endorser's sort name, as of the last save.
    pub issuer_sort: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// What it said when it first became part of something issued.
    pub frozen: Option<Json<IssuedEndorsement>>,
}

/// What is endorsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endorsed {
    /// A person or an organisation.
    Profile(Id<Profile>),
    /// An achievement.
    Achievement(Id<Achievement>),
    /// An award.
    Assertion(Id<Assertion>),
    /// A record.
    Clr(Id<Clr>),
}

/// What is endorsed, as a list and a page name it.
#[derive(Debug, Clone)]
pub struct Named {
    /// `achievement`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its public id.
    pub iri: Iri,
    /// The office it belongs to; none for persons and records.
    pub office: Option<Id<Profile>>,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The endorsement.
    pub endorsement: Endorsement,
    /// Who endorses.
    pub issuer: String,
    /// What is endorsed.
    pub endorsed: Named,
}

impl Endorsement {
    /// A new endorsement of ours.
    pub fn new(endorsed: Endorsed, issuer: &Profile, issued_on: NaiveDateTime) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            origin: Origin::Own,
            profile_id: None,
            achievement_id: None,
            assertion_id: None,
            clr_id: None,
            issuer_id: issuer.id.clone(),
            issued_on,
            comment: None,
            revoked_at: None,
            revocation_reason: None,
            signed: None,
            extensions: Json::new(Extensions::new()),
            position: 0,
            issuer_sort: issuer.sort_name.clone(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
            frozen: None,
        };
        new.endorse(endorsed);
        new
    }

    /// Sets what is endorsed.
    pub fn endorse(&mut self, endorsed: Endorsed) {
        (self.profile_id, self.achievement_id, self.assertion_id, self.clr_id) = (None, None, None, None);
        match endorsed {
            Endorsed::Profile(id) => self.profile_id = Some(id),
            Endorsed::Achievement(id) => self.achievement_id = Some(id),
            Endorsed::Assertion(id) => self.assertion_id = Some(id),
            Endorsed::Clr(id) => self.clr_id = Some(id),
        }
    }

    /// What is endorsed; the table holds exactly one.
    pub fn endorsed(&self) -> Option<Endorsed> {
        let profile = self.profile_id.clone().map(Endorsed::Profile);
        let achievement = self.achievement_id.clone().map(Endorsed::Achievement);
        let assertion = self.assertion_id.clone().map(Endorsed::Assertion);
        profile.or(achievement).or(assertion).or(self.clr_id.clone().map(Endorsed::Clr))
    }

    /// Whether it became part of something issued.
    pub fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Sets what is derived from names.
    pub fn refold(&mut self, issuer: &Profile, endorsed: &Named) {
        self.issuer_sort = issuer.sort_name.clone();
        let comment = self.comment.as_ref().map(Prose::as_str).unwrap_or_default();
        self.search_text = fold(&format!("{} {} {comment} {}", issuer.name, endorsed.name, self.iri));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let words = Words::default();
        let endorsed = self.endorsed().map(|one| match one {
            Endorsed::Profile(id) => id.to_string(),
            Endorsed::Achievement(id) => id.to_string(),
            Endorsed::Assertion(id) => id.to_string(),
            Endorsed::Clr(id) => id.to_string(),
        });
        vec![
            ("Endorsed", endorsed.unwrap_or_default()),
            ("Endorser", self.issuer_id.to_string()),
            ("Given", words::date(&words, self.issued_on.date())),
            ("Comment", self.comment.as_ref().map(Prose::to_string).unwrap_or_default()),
            ("Reason of the revocation", self.revocation_reason.as_ref().map(Line::to_string).unwrap_or_default()),
        ]
    }

    /// Why it was taken back, where it was.
    pub fn revoked(&self) -> Option<String> {
        let reason = self.revocation_reason.as_ref().map(Line::to_string);
        self.revoked_at.map(|_| reason.unwrap_or_else(|| "Revoked by the endorser".to_owned()))
    }

    /// As it is frozen: what it said when that was first done, or what it says now.
    fn as_issued(&self, conn: &mut Conn, base_url: &str) -> QueryResult<IssuedEndorsement> {
        if let Some(frozen) = &self.frozen {
            return Ok(IssuedEndorsement { revoked: self.revoked(), ..frozen.get().clone() });
        }
        let endorsed = self.endorsed().ok_or(diesel::result::Error::NotFound)?;
        let issuer = profile::find(conn, &self.issuer_id)?;
        let of = match &endorsed {
            Endorsed::Assertion(id) => {
                let award = assertion::find(conn, id)?;
                assertion::iri_when_issued(conn, &award, base_url)?
            }
            other => named(conn, other)?.iri,
        };
        Ok(IssuedEndorsement {
            id: self.iri.as_published(base_url, "endorsements").to_string(),
            endorsed: of.to_string(),
            comment: self.comment.as_ref().map(Prose::to_string),
            issued_on: self.issued_on.and_utc(),
            endorser: endorser(&issuer),
            signed: self.signed.clone(),
            extensions: self.extensions.get().clone(),
            revoked: self.revoked(),
        })
    }
}

/// Who endorses, as it is frozen: of a person the name alone.
fn endorser(profile: &Profile) -> Endorser {
    let line = |value: &Option<Line>| value.as_ref().map(Line::to_string);
    let named = Endorser {
        id: profile.iri.to_string(),
        name: profile.name.to_string(),
        given_name: line(&profile.given_name),
        additional_name: line(&profile.additional_name),
        family_name: line(&profile.family_name),
        ..Endorser::default()
    };
    if profile.is_person() {
        return named;
    }
    Endorser {
        description: profile.description.as_ref().map(Prose::to_string),
        url: profile.url.as_ref().map(WebAddress::to_string),
        telephone: line(&profile.telephone),
        email: profile.email.as_ref().map(Email::to_string),
        image: profile.image.as_ref().map(WebAddress::to_string),
        official: line(&profile.official),
        address: profile.address.get().clone(),
        identifiers: profile.identifiers.get().clone(),
        ..named
    }
}

/// What is endorsed, by its name.
pub fn named(conn: &mut Conn, endorsed: &Endorsed) -> QueryResult<Named> {
    Ok(match endorsed {
        Endorsed::Profile(id) => {
            let found = profile::find(conn, id)?;
            let office = (!found.is_person()).then(|| found.id.clone());
            Named { kind: "profile", name: found.name.to_string(), iri: found.iri, office }
        }
        Endorsed::Achievement(id) => {
            let found = achievement::find(conn, id)?;
            let name = match &found.code {
                Some(code) => format!("{} ({})", found.name, code.as_str()),
                None => found.name.to_string(),
            };
            Named { kind: "achievement", name, iri: found.iri, office: Some(found.issuer_id) }
        }
        Endorsed::Assertion(id) => {
            let found = assertion::find(conn, id)?;
            let office = assertion::office(conn, &found)?;
            let listed = assertion::listed(conn, vec![found.clone()])?;
            let name = listed.first().map(|one| format!("{} for {}", one.title, one.learner_name));
            Named { kind: "assertion", name: name.unwrap_or_default(), iri: found.iri, office: Some(office) }
        }
        Endorsed::Clr(id) => {
            let found = clr::find(conn, id)?;
            let learner = profile::find(conn, &found.learner_id)?;
            let what = found.name.as_ref().map_or("Record", Name::as_str);
            Named { kind: "clr", name: format!("{what} of {}", learner.name), iri: found.iri, office: None }
        }
    })
}

/// One endorsement.
pub fn find(conn: &mut Conn, id: &Id<Endorsement>) -> QueryResult<Endorsement> {
    endorsement::table.find(id).select(Endorsement::as_select()).first(conn)
}

/// The endorsement with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Endorsement>> {
    endorsement::table.filter(endorsement::iri.eq(iri)).select(Endorsement::as_select()).first(conn).optional()
}

/// Whether what is endorsed is another publisher's.
pub fn is_foreign(conn: &mut Conn, endorsed: &Endorsed) -> QueryResult<bool> {
    let origin = match endorsed {
        Endorsed::Profile(id) => profile::find(conn, id)?.origin,
        Endorsed::Achievement(id) => achievement::find(conn, id)?.origin,
        Endorsed::Assertion(id) => assertion::find(conn, id)?.origin,
        Endorsed::Clr(id) => clr::find(conn, id)?.origin,
    };
    Ok(origin == Origin::Foreign)
}

/// The endorsements of something, in their order.
pub fn of(conn: &mut Conn, endorsed: &Endorsed) -> QueryResult<Vec<Endorsement>> {
    let rows = endorsement::table.into_boxed::<MultiBackend>();
    let rows = match endorsed {
        Endorsed::Profile(id) => rows.filter(endorsement::profile_id.eq(id)),
        Endorsed::Achievement(id) => rows.filter(endorsement::achievement_id.eq(id)),
        Endorsed::Assertion(id) => rows.filter(endorsement::assertion_id.eq(id)),
        Endorsed::Clr(id) => rows.filter(endorsement::clr_id.eq(id)),
    };
    rows.order((endorsement::position, endorsement::id)).select(Endorsement::as_select()).load(conn)
}

/// The endorsements of something as they are frozen with it; what was taken back before is left out.
pub fn issued(conn: &mut Conn, endorsed: &Endorsed, base_url: &str) -> QueryResult<Vec<IssuedEndorsement>> {
    let rows = of(conn, endorsed)?;
    rows.iter().filter(|one| one.revoked_at.is_none()).map(|one| one.as_issued(conn, base_url)).collect()
}

/// Writes down what the endorsements of something say, where that was not done yet: it became part of something issued.
pub fn freeze(conn: &mut Conn, endorsed: &Endorsed, base_url: &str) -> QueryResult<()> {
    for one in of(conn, endorsed)?.iter().filter(|one| one.revoked_at.is_none() && !one.is_frozen()) {
        let frozen = Json::new(IssuedEndorsement { revoked: None, ..one.as_issued(conn, base_url)? });
        diesel::update(endorsement::table.find(&one.id)).set(endorsement::frozen.eq(Some(frozen))).execute(conn)?;
    }
    Ok(())
}

/// What a frozen endorsement says, with its present standing. `None` before it became part of something issued.
pub fn published(conn: &mut Conn, own: &Endorsement) -> QueryResult<Option<IssuedEndorsement>> {
    if own.frozen.is_none() { Ok(None) } else { own.as_issued(conn, "").map(Some) }
}

/// Notes on documents which of their endorsements were taken back since, with one query for all of them, and none where
/// there are no endorsements.
pub fn read_standing(conn: &mut Conn, documents: &mut [Issued]) -> QueryResult<()> {
    read_standing_of(conn, documents.iter_mut().flat_map(Issued::endorsements_mut).collect())
}

/// The same for endorsements wherever they stand.
pub fn read_standing_of(conn: &mut Conn, mut all: Vec<&mut IssuedEndorsement>) -> QueryResult<()> {
    if all.is_empty() {
        return Ok(());
    }
    // The public id is the last part of the address it is published under.
    let iris: Vec<String> = all.iter().flat_map(|one| [own_iri(&one.id), one.id.clone()]).collect();
    let revoked: Vec<(String, Option<String>)> = endorsement::table
        .filter(endorsement::iri.eq_any(iris))
        .filter(endorsement::revoked_at.is_not_null())
        .select((endorsement::iri, endorsement::revocation_reason))
        .load(conn)?;
    for one in &mut all {
        let own = own_iri(&one.id);
        let found = revoked.iter().find(|(iri, _)| *iri == own || *iri == one.id);
        one.revoked = found.map(|(_, reason)| reason.clone().unwrap_or_else(|| "Revoked by the endorser".to_owned()));
    }
    Ok(())
}

/// As the row has it: `urn:uuid:U` for what is published under `…/endorsements/U`.
fn own_iri(published: &str) -> String {
    match published.rsplit_once("/ims/clr/v1p0/endorsements/") {
        Some((_, id)) => format!("urn:uuid:{id}"),
        None => published.to_owned(),
    }
}

fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<endorsement::BoxedQuery<'a, MultiBackend>> {
    let mut rows = endorsement::table.into_boxed();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Endorsements, &query.words)? {
        rows = rows.filter(endorsement::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(endorsement::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        use diesel::dsl::exists;
        let defined = achievements::table
            .filter(achievements::id.nullable().eq(endorsement::achievement_id))
            .filter(achievements::issuer_id.eq(office.clone()));
        let awarded = assertions::table
            .inner_join(achievements::table.on(assertions::achievement_id.eq(achievements::id)))
            .filter(assertions::id.nullable().eq(endorsement::assertion_id))
            .filter(achievements::issuer_id.eq(office.clone()));
        let own = endorsement::profile_id.eq(office.clone()).assume_not_null();
        rows = rows.filter(exists(defined).or(exists(awarded)).or(own));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(endorsement::origin.eq(origin));
    }
    rows = match query.filter("endorsed") {
        Some("profile") => rows.filter(endorsement::profile_id.is_not_null()),
        Some("achievement") => rows.filter(endorsement::achievement_id.is_not_null()),
        Some("assertion") => rows.filter(endorsement::assertion_id.is_not_null()),
        Some("clr") => rows.filter(endorsement::clr_id.is_not_null()),
        _ => rows,
    };
    Ok(match query.filter("state") {
        Some("revoked") => rows.filter(endorsement::revoked_at.is_not_null()),
        Some("current") => rows.filter(endorsement::revoked_at.is_null()),
        _ => rows,
    })
}

/// A page of endorsements. Sorts by `endorser` or `updated`; filters by `endorsed` and `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(conn, query)?.select(Endorsement::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Endorsement> =
            keyset!(rows, query, endorsement::updated_at, endorsement::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Endorsement> =
            keyset!(rows, query, endorsement::issuer_sort, endorsement::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.issuer_sort, row.id.as_str()))
    };
    Ok(Page { rows: endorsed::listed(conn, page.rows)?, next: page.next, previous: page.previous })
}

/// An endorsement with the names of both sides.
pub fn listed(conn: &mut Conn, row: Endorsement) -> QueryResult<Listed> {
    let endorsed = row.endorsed().ok_or(diesel::result::Error::NotFound)?;
    let issuer = profile::find(conn, &row.issuer_id)?.name.to_string();
    Ok(Listed { endorsed: named(conn, &endorsed)?, issuer, endorsement: row })
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Endorsement>> = matching(conn, query)?.select(endorsement::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

impl Endorsement {
    /// A change of a draft's endorsement is one of the draft. `false` when the award was issued or the record published.
    fn touch(&self, conn: &mut Conn) -> QueryResult<bool> {
        match (&self.assertion_id, &self.clr_id) {
            (Some(id), _) => assertion::part_changed(conn, id),
            (None, Some(id)) => Ok(!clr::find(conn, id)?.is_published()),
            (None, None) => Ok(true),
        }
    }

    /// Records a new endorsement. `false` when what it endorses was issued or published.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        if !self.touch(conn)? {
            return Ok(false);
        }
        diesel::insert_into(endorsement::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())?;
        Ok(true)
    }

    /// Stores a change. `false` when somebody else changed it, or it became part of something issued meanwhile.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision || before.is_frozen() || !before.touch(conn)? || !self.touch(conn)? {
            return Ok(false);
        }
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let changes = audit::differences(&before.facts(), &after.facts());
        let same_revision = endorsement::table.find(&self.id).filter(endorsement::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// Takes an endorsement back, for ever. `false` when that was done already.
pub fn revoke(conn: &mut Conn, id: &Id<Endorsement>, reason: &Line, by: &Actor) -> QueryResult<bool> {
    let still = endorsement::table.find(id).filter(endorsement::revoked_at.is_null());
    let now = clock::now().naive_utc();
    let revoked = diesel::update(still)
        .set((
            endorsement::revoked_at.eq(Some(now)),
            endorsement::revocation_reason.eq(Some(reason)),
            endorsement::revision.eq(endorsement::revision + 1),
            endorsement::updated_at.eq(now),
        ))
        .execute(conn)?;
    if revoked == 0 {
        return Ok(false);
    }
    let why = Change { field: "Reason".to_owned(), before: None, after: Some(reason.to_string()) };
    audit::write(conn, by, "revoked", (KIND, id.as_str()), vec![why])?;
    Ok(true)
}

/// Deletes an endorsement that never became part of anything issued. `false` otherwise.
pub fn delete(conn: &mut Conn, id: &Id<Endorsement>, by: &Actor) -> QueryResult<bool> {
    let gone = find(conn, id)?;
    if gone.is_frozen() || !gone.touch(conn)? {
        return Ok(false);
    }
    diesel::delete(endorsement::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))?;
    Ok(true)
}

/// Deletes the endorsements of a draft; for deleting the draft itself.
pub fn delete_of_assertion(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<()> {
    diesel::delete(endorsement::table.filter(endorsement::assertion_id.eq(id))).execute(conn).map(|_| ())
}

/// How many endorsements a profile gave, and how many it got.
pub fn count_of_profile(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<(i64, i64)> {
    let given = endorsement::table.filter(endorsement::issuer_id.eq(id)).count().get_result(conn)?;
    let got = endorsement::table.filter(endorsement::profile_id.eq(id)).count().get_result(conn)?;
    Ok((given, got))
}

/// How many endorsements an achievement has.
pub fn count_of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<i64> {
    endorsement::table.filter(endorsement::achievement_id.eq(id)).count().get_result(conn)
}
