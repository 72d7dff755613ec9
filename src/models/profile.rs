//! The profile: a person or an organisation (CLR 1.0 `Profile`). The publisher, offices and issuers are organisations;
//! learners are persons.

mod named;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

pub(super) use self::named::all_followed;
pub use self::named::{
    all_named_exactly, by_iri, candidates, followed, holder_of_student_id, named_exactly, person_by_email,
    person_by_student_id, person_named,
};

use super::{
    audit::{self, Actor, Facts},
    endorsement,
    issued::{Extensions, Holder, Organization},
    learner_merge,
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    progress_mark,
    record::Learner,
    search_index, setting,
};
use crate::{
    clock,
    db::{
        Conn, insert_indexed_rows,
        schema::{
            achievement, assertion, attendance, clr, event, learner_card, one_time_link, outbox, parked_attendance,
            profile, session, signing_key, staff,
        },
    },
    values::{
        Address, Code, Email, Id, Iri, Json, Line, Name, Origin, ProfileKind, Prose, SystemIdentifier, WebAddress,
        fold,
        system_identifier::{FORMER_PROFILE_ID, in_one_line},
    },
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "profile";

/// A person or an organisation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = profile, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Profile {
    /// Row id.
    pub id: Id<Profile>,
    /// Public id (CLR 1.0 `Profile.id`), chosen once and kept.
    pub iri: Iri,
    /// Person or organisation.
    pub kind: ProfileKind,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// The whole name in its own order.
    pub name: Name,
    /// Given name.
    pub given_name: Option<Line>,
    /// Middle or other names.
    pub additional_name: Option<Line>,
    /// Family name.
    pub family_name: Option<Line>,
    /// The authorised official of an issuer.
    pub official: Option<Line>,
    /// Description.
    pub description: Option<Prose>,
    /// E-mail address.
    pub email: Option<Email>,
    /// The address as it is compared: set by [`Profile::refold`].
    pub email_folded: Option<String>,
    /// Telephone number.
    pub telephone: Option<Line>,
    /// Web site.
    pub url: Option<WebAddress>,
    /// Web address of a picture or logo.
    pub image: Option<WebAddress>,
    /// The source system's id.
    pub sourced_id: Option<Line>,
    /// Student number.
    pub student_id: Option<Code>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// When the learner's first year here began; ours alone, and in no document.
    pub entered_on: Option<NaiveDate>,
    /// Postal address.
    pub address: Json<Address>,
    /// The organisation it is part of.
    pub parent_id: Option<Id<Profile>>,
    /// What other systems call it.
    pub identifiers: Json<Vec<SystemIdentifier>>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// What lists are sorted by: family name first for persons.
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes, so that two editors notice one another.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Profile {
    /// A new profile of ours with nothing but its name.
    pub fn new(kind: ProfileKind, name: Name) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            kind,
            origin: Origin::Own,
            name,
            given_name: None,
            additional_name: None,
            family_name: None,
            official: None,
            description: None,
            email: None,
            email_folded: None,
            telephone: None,
            url: None,
            image: None,
            sourced_id: None,
            student_id: None,
            birth_date: None,
            entered_on: None,
            address: Json::new(Address::default()),
            parent_id: None,
            identifiers: Json::new(Vec::new()),
            extensions: Json::new(Extensions::new()),
            sort_name: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold();
        new
    }

    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        self.kind == ProfileKind::Person
    }

    /// Sets what is derived from the names and numbers: how it is sorted, searched and its address compared.
    pub fn refold(&mut self) {
        let sorted = match (&self.family_name, &self.given_name) {
            (Some(family), Some(given)) => format!("{family} {given}"),
            _ => self.name.to_string(),
        };
        self.sort_name = fold(&sorted);
        self.email_folded = self.email.as_ref().map(Email::folded);
        let parts = [
            Some(self.name.as_str()),
            self.given_name.as_ref().map(Line::as_str),
            self.family_name.as_ref().map(Line::as_str),
            self.email.as_ref().map(Email::as_str),
            self.student_id.as_ref().map(Code::as_str),
            self.sourced_id.as_ref().map(Line::as_str),
            Some(self.iri.as_str()),
        ];
        let identifiers = self.identifiers.get().iter().map(|one| one.identifier.as_str());
        self.search_text = fold(&parts.into_iter().flatten().chain(identifiers).collect::<Vec<_>>().join(" "));
    }

    /// What people read of it, for its page and for the audit trail.
    pub fn facts(&self) -> Facts {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let mut facts: Facts = vec![
            ("Name", self.name.to_string()),
            ("Given name", text(self.given_name.as_ref().map(Line::as_str))),
            ("Additional name", text(self.additional_name.as_ref().map(Line::as_str))),
            ("Family name", text(self.family_name.as_ref().map(Line::as_str))),
            ("Student number", text(self.student_id.as_ref().map(Code::as_str))),
            ("E-mail address", text(self.email.as_ref().map(Email::as_str))),
            ("Telephone", text(self.telephone.as_ref().map(Line::as_str))),
            ("Web site", text(self.url.as_ref().map(WebAddress::as_str))),
            ("Postal address", self.address.get().one_line()),
            ("Authorised official", text(self.official.as_ref().map(Line::as_str))),
            ("Description", text(self.description.as_ref().map(Prose::as_str))),
            ("First day here", self.entered_on.map(|date| date.to_string()).unwrap_or_default()),
            ("Date of birth", self.birth_date.map(|date| date.to_string()).unwrap_or_default()),
            ("Source system id", text(self.sourced_id.as_ref().map(Line::as_str))),
            ("Image", text(self.image.as_ref().map(WebAddress::as_str))),
            ("Identifiers of other systems", in_one_line(self.identifiers.get())),
        ];
        facts.push(("Part of", self.parent_id.as_ref().map(Id::to_string).unwrap_or_default()));
        facts.push(("Profile id", self.iri.to_string()));
        facts
    }

    /// The person as a credential names them: name and profile id, nothing else.
    pub fn as_holder(&self) -> Holder {
        let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
        Holder {
            id: self.iri.to_string(),
            name: self.name.to_string(),
            given_name: text(&self.given_name),
            additional_name: text(&self.additional_name),
            family_name: text(&self.family_name),
        }
    }

    /// The profile ids that the person had before others were merged into this one: awards bear them.
    pub fn former_profile_ids(&self) -> Vec<SystemIdentifier> {
        let is_former = |one: &&SystemIdentifier| one.identifier_type.as_str() == FORMER_PROFILE_ID;
        self.identifiers.get().iter().filter(is_former).cloned().collect()
    }

    /// The person with all that the office knows, for the learner's own download and for staff.
    pub fn as_learner(&self) -> Learner {
        Learner {
            holder: self.as_holder(),
            email: self.email.as_ref().map(Email::to_string),
            telephone: self.telephone.as_ref().map(Line::to_string),
            url: self.url.as_ref().map(WebAddress::to_string),
            student_id: self.student_id.as_ref().map(Code::to_string),
            sourced_id: self.sourced_id.as_ref().map(Line::to_string),
            birth_date: self.birth_date,
            address: self.address.get().clone(),
            identifiers: self.identifiers.get().clone(),
            extensions: self.extensions.get().clone(),
        }
    }

    /// The organisation as it stands on documents, with the one it is part of.
    pub fn as_organization(&self, parent: Option<&Profile>) -> Organization {
        Organization {
            id: self.iri.to_string(),
            name: self.name.to_string(),
            url: self.url.as_ref().map(WebAddress::to_string),
            telephone: self.telephone.as_ref().map(Line::to_string),
            email: self.email.as_ref().map(Email::to_string),
            description: self.description.as_ref().map(Prose::to_string),
            image: self.image.as_ref().map(WebAddress::to_string),
            official: self.official.as_ref().map(Line::to_string),
            address: self.address.get().clone(),
            identifiers: self.identifiers.get().clone(),
            extensions: self.extensions.get().clone(),
            parent: parent.map(|parent| Box::new(parent.as_organization(None))),
            endorsements: Vec::new(),
        }
    }
}

/// One profile.
pub fn find(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<Profile> {
    profile::table.find(id).select(Profile::as_select()).first(conn)
}

/// The organisation as it stands on documents, read with its parent.
pub fn organization(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<Organization> {
    let own = find(conn, id)?;
    let parent = own.parent_id.as_ref().map(|parent| find(conn, parent)).transpose()?;
    Ok(own.as_organization(parent.as_ref()))
}

/// The publisher, if one was chosen.
pub fn publisher(conn: &mut Conn) -> QueryResult<Option<Profile>> {
    match setting::publisher_id(conn)? {
        Some(id) => find(conn, &id).optional(),
        None => Ok(None),
    }
}

/// All organisations by name: what issuers and offices are chosen from.
pub fn organizations(conn: &mut Conn) -> QueryResult<Vec<Profile>> {
    profile::table
        .filter(profile::kind.eq(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        .order((profile::sort_name, profile::id))
        .limit(500)
        .select(Profile::as_select())
        .load(conn)
}

/// The organisation of ours that an entry names by its row id, its public id or its exact name.
pub fn organization_named(conn: &mut Conn, entry: &str) -> QueryResult<Option<Profile>> {
    let entry = entry.trim();
    profile::table
        .filter(profile::kind.eq(ProfileKind::Organization))
        .filter(profile::origin.eq(Origin::Own))
        .filter(profile::id.eq(entry).or(profile::iri.eq(entry)).or(profile::name.eq(entry)))
        .select(Profile::as_select())
        .first(conn)
        .optional()
}

pub(super) type Boxed<'a> = profile::BoxedQuery<'a, crate::db::MultiBackend>;

pub(super) fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<Boxed<'a>> {
    let mut rows = profile::table.into_boxed();
    if let Some(ids) = search_index::narrowed(conn, search_index::Of::Profiles, &query.words)? {
        rows = rows.filter(profile::id.eq_any(ids));
    }
    for pattern in query.patterns() {
        rows = rows.filter(profile::search_text.like(pattern).escape('\\'));
    }
    if let Some(kind) = query.filter("kind").and_then(|kind| ProfileKind::parse(kind).ok()) {
        rows = rows.filter(profile::kind.eq(kind));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(profile::origin.eq(origin));
    }
    Ok(rows)
}

/// A page of profiles. Sorts by `name` or `updated`; filters by `kind` and `origin`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Profile>> {
    let rows = matching(conn, query)?.select(Profile::as_select());
    if query.sort == "updated" {
        let rows: Vec<Profile> = keyset!(rows, query, profile::updated_at, profile::id, NaiveDateTime).load(conn)?;
        return Ok(Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str())));
    }
    let rows: Vec<Profile> = keyset!(rows, query, profile::sort_name, profile::id, String).load(conn)?;
    Ok(Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Profile>> = matching(conn, query)?.select(profile::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// Records many. The caller writes one audit entry for all of them.
pub fn insert_all(conn: &mut Conn, rows: &[Profile]) -> QueryResult<()> {
    insert_indexed_rows!(conn, profile::table, rows)
}

/// Whether a profile is, or is part of, another one. A chain of more than twenty is taken for a circle.
pub fn is_within(conn: &mut Conn, own: &Id<Profile>, whole: &Id<Profile>) -> QueryResult<bool> {
    let mut next = Some(own.clone());
    for _ in 0..20 {
        match next {
            None => return Ok(false),
            Some(id) if id == *whole => return Ok(true),
            Some(id) => next = profile::table.find(&id).select(profile::parent_id).first(conn).optional()?.flatten(),
        }
    }
    Ok(true)
}

/// Whether somebody else's documents name it: as what issues an achievement, hosts an event or states an award.
pub fn answers_for_others(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<bool> {
    let issues: i64 = achievement::table.filter(achievement::issuer_id.eq(id)).count().get_result(conn)?;
    let hosts: i64 = event::table.filter(event::host_id.eq(id)).count().get_result(conn)?;
    let states: i64 = assertion::table
        .filter(assertion::source_id.eq(id))
        .filter(assertion::learner_id.ne(id))
        .count()
        .get_result(conn)?;
    Ok(issues + hosts + states > 0)
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<Vec<String>> {
    let achievements: i64 = achievement::table.filter(achievement::issuer_id.eq(id)).count().get_result(conn)?;
    let assertions: i64 = assertion::table
        .filter(assertion::learner_id.eq(id).or(assertion::source_id.eq(id)))
        .count()
        .get_result(conn)?;
    let events: i64 = event::table.filter(event::host_id.eq(id)).count().get_result(conn)?;
    let attendances: i64 = attendance::table.filter(attendance::learner_id.eq(id)).count().get_result(conn)?;
    let cards: i64 = learner_card::table.filter(learner_card::learner_id.eq(id)).count().get_result(conn)?;
    let meant: i64 = parked_attendance::table.filter(parked_attendance::learner_id.eq(id)).count().get_result(conn)?;
    let members: i64 = staff::table.filter(staff::office_id.eq(id)).count().get_result(conn)?;
    let parts: i64 = profile::table.filter(profile::parent_id.eq(id)).count().get_result(conn)?;
    let (given, got) = endorsement::count_of_profile(conn, id)?;
    let records: i64 =
        clr::table.filter(clr::learner_id.eq(id).or(clr::publisher_id.eq(id))).count().get_result(conn)?;
    let merges = learner_merge::count_of(conn, id)?;
    let publishes = setting::publisher_id(conn)?.as_ref() == Some(id);
    let keys: i64 = signing_key::table.filter(signing_key::profile_id.eq(id)).count().get_result(conn)?;
    let mut uses: Vec<String> = [
        (achievements, "achievement is issued by it", "achievements are issued by it"),
        (assertions, "assertion names it", "assertions name it"),
        (records, "record names it", "records name it"),
        (events, "event is hosted by it", "events are hosted by it"),
        (attendances, "attendance names it", "attendances name it"),
        (cards, "card is its own", "cards are its own"),
        (meant, "settled scan names it", "settled scans name it"),
        (members, "member of staff works for it", "members of staff work for it"),
        (parts, "profile is part of it", "profiles are part of it"),
        (given, "endorsement was given by it", "endorsements were given by it"),
        (got, "endorsement is of it", "endorsements are of it"),
        (keys, "key signs for it", "keys sign for it"),
        (merges, "merge of learners names it", "merges of learners name it"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
    .collect();
    if super::import::known::came_foreign(conn, KIND, id.as_str())? {
        uses.push(super::import::known::CAME_FOREIGN.to_owned());
    }
    if !super::signing_key::of(conn, id)?.is_empty() {
        uses.push("Signing keys were made for it, which stay published".to_owned());
    }
    if publishes {
        uses.insert(0, "It is the publisher of this portal".to_owned());
    }
    Ok(uses)
}

impl Profile {
    /// Records a new profile.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(profile::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change. Nothing is written when somebody else changed it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision {
            return Ok(false);
        }
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let changes = audit::differences(&before.facts(), &after.facts());
        let same_revision = profile::table.find(&self.id).filter(profile::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        if before.email_folded != self.email_folded {
            end_ways_in(conn, &self.id)?;
        }
        if before.entered_on != self.entered_on || before.sort_name != self.sort_name {
            progress_mark::mark(conn, &self.id)?;
        }
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// After a learner's address changed: links that went to the old one and sessions they began end, and a link that waits
/// to be mailed there is not sent.
pub(super) fn end_ways_in(conn: &mut Conn, id: &Id<Profile>) -> QueryResult<()> {
    diesel::delete(session::table.filter(session::learner_id.eq(id))).execute(conn)?;
    diesel::delete(one_time_link::table.filter(one_time_link::learner_id.eq(id))).execute(conn)?;
    let waiting = outbox::table.filter(outbox::learner_id.eq(id)).filter(outbox::kind.eq(super::outbox::SIGN_IN));
    diesel::delete(waiting.filter(outbox::state.ne(super::outbox::SENT))).execute(conn)?;
    Ok(())
}

/// Deletes a profile that nothing uses.
pub fn delete(conn: &mut Conn, id: &Id<Profile>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    // What only served to reach or sign in this person goes with them.
    diesel::delete(session::table.filter(session::learner_id.eq(id))).execute(conn)?;
    diesel::delete(one_time_link::table.filter(one_time_link::learner_id.eq(id))).execute(conn)?;
    diesel::delete(outbox::table.filter(outbox::learner_id.eq(id))).execute(conn)?;
    diesel::delete(profile::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))
}
