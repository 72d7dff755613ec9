//! The achievement: the definition of what can be awarded (CLR 1.0 `Achievement`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Profile, achievement_parts as parts, achievement_version as version, alignment, association as associations,
    audit::{self, Actor, Facts},
    endorsement,
    issued::{Extensions, IssuedAchievement},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    profile, result_description,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, assertion, association, event},
    },
    values::{
        AchievementType, HumanCode, Id, Iri, Json, Line, Name, Origin, Prose, SystemIdentifier, WebAddress, fold,
        system_identifier::in_one_line,
    },
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "achievement";

/// What can be awarded.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = achievement, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Achievement {
    /// Row id.
    pub id: Id<Achievement>,
    /// Public id.
    pub iri: Iri,
    /// Ours, or another publisher's.
    pub origin: Origin,
    /// The code people and other systems know it by (CLR 1.0 `humanCode`).
    pub code: Option<HumanCode>,
    /// Short name.
    pub name: Name,
    /// The title on the credential, where it differs from the name.
    pub title: Option<Name>,
    /// Type.
    pub achievement_type: AchievementType,
    /// Description.
    pub description: Option<Prose>,
    /// Criteria, in Markdown.
    pub criteria: Option<Prose>,
    /// A page that has the criteria.
    pub criteria_url: Option<WebAddress>,
    /// Credits available.
    pub credits_available: Option<f64>,
    /// Field of study.
    pub field_of_study: Option<Line>,
    /// Level.
    pub level: Option<Line>,
    /// Specialization.
    pub specialization: Option<Line>,
    /// Web address of a badge image.
    pub image: Option<WebAddress>,
    /// Tags.
    pub tags: Json<Vec<String>>,
    /// The office that issues it.
    pub issuer_id: Id<Profile>,
    /// What other systems call it.
    pub identifiers: Json<Vec<SystemIdentifier>>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Which version it is; the first edit after an issue begins the next.
    pub version: i32,
    /// Since when it is no longer awarded.
    pub retired_at: Option<NaiveDateTime>,
    /// What lists are sorted by.
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Achievement {
    /// A new achievement of ours.
    pub fn new(name: Name, achievement_type: AchievementType, issuer_id: Id<Profile>) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            origin: Origin::Own,
            code: None,
            name,
            title: None,
            achievement_type,
            description: None,
            criteria: None,
            criteria_url: None,
            credits_available: None,
            field_of_study: None,
            level: None,
            specialization: None,
            image: None,
            tags: Json::new(Vec::new()),
            issuer_id,
            identifiers: Json::new(Vec::new()),
            extensions: Json::new(Extensions::new()),
            version: 1,
            retired_at: None,
            sort_name: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold();
        new
    }

    /// What the credential is called: its title, or else the name.
    pub fn shown_title(&self) -> &str {
        self.title.as_ref().unwrap_or(&self.name).as_str()
    }

    /// Sets what is derived from names and codes.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let parts = [
            Some(self.name.as_str()),
            self.title.as_ref().map(Name::as_str),
            self.code.as_ref().map(HumanCode::as_str),
            Some(self.iri.as_str()),
        ];
        let tags = self.tags.get().join(" ");
        let identifiers = self.identifiers.get().iter().map(|one| one.identifier.as_str());
        let more = identifiers.chain([tags.as_str()]);
        self.search_text = fold(&parts.into_iter().flatten().chain(more).collect::<Vec<_>>().join(" "));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string).unwrap_or_default();
        let web = |value: &Option<WebAddress>| value.as_ref().map(WebAddress::to_string).unwrap_or_default();
        vec![
            ("Name", self.name.to_string()),
            ("Title on the credential", self.title.as_ref().map(Name::to_string).unwrap_or_default()),
            ("Code", self.code.as_ref().map(HumanCode::to_string).unwrap_or_default()),
            ("Type", self.achievement_type.shown()),
            ("Description", prose(&self.description)),
            ("Criteria", prose(&self.criteria)),
            ("Criteria page", web(&self.criteria_url)),
            ("Credits available", self.credits_available.map(|credits| credits.to_string()).unwrap_or_default()),
            ("Field of study", line(&self.field_of_study)),
            ("Level", line(&self.level)),
            ("Specialization", line(&self.specialization)),
            ("Badge image", web(&self.image)),
            ("Tags", self.tags.get().join(", ")),
            ("Identifiers of other systems", in_one_line(self.identifiers.get())),
            ("Issuer", self.issuer_id.to_string()),
            ("Version", self.version.to_string()),
            ("Retired", self.retired_at.map(|at| at.date().to_string()).unwrap_or_default()),
        ]
    }
}

/// One achievement.
pub fn find(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Achievement> {
    achievement::table.find(id).select(Achievement::as_select()).first(conn)
}

/// The achievement of ours with this code; another publisher's may have the same.
pub fn by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<Achievement>> {
    achievement::table
        .filter(achievement::code.eq(code.trim()))
        .filter(achievement::origin.eq(Origin::Own))
        .select(Achievement::as_select())
        .first(conn)
        .optional()
}

/// Those of these ids that are achievements of ours.
pub fn own_among(conn: &mut Conn, ids: &[&str]) -> QueryResult<Vec<Iri>> {
    let own = achievement::table.filter(achievement::iri.eq_any(ids)).filter(achievement::origin.eq(Origin::Own));
    own.select(achievement::iri).load(conn)
}

/// The achievement with this public id.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Achievement>> {
    achievement::table.filter(achievement::iri.eq(iri)).select(Achievement::as_select()).first(conn).optional()
}

/// The achievements somebody may mean by a row id, a public id, the address of a page, a code or a name; at most eight. An
/// id, a code or a whole name means that one, whoever else's name it occurs in. What looks like an identifier means what
/// has it, and never what only begins with it.
pub fn meant(conn: &mut Conn, entry: &str, office: Option<&Id<Profile>>) -> QueryResult<Vec<Achievement>> {
    let entry = entry.trim();
    // The UUID in the address of a page is that of the row or of the public id.
    let on_page = uuid_of_page(entry).map(|id| id.to_string()).unwrap_or_default();
    let named_there = format!("urn:uuid:{on_page}");
    let mut exact = achievement::table
        .filter(
            achievement::id
                .eq_any([entry, &on_page])
                .or(achievement::iri.eq_any([entry, &named_there]))
                .or(achievement::code.eq(entry).assume_not_null())
                .or(achievement::sort_name.eq(fold(entry))),
        )
        .into_boxed();
    if let Some(office) = office {
        exact = exact.filter(achievement::issuer_id.eq(office));
    }
    let exact = exact.order((achievement::sort_name, achievement::id)).limit(8).select(Achievement::as_select());
    let mut exact: Vec<Achievement> = exact.load(conn)?;
    // A code of ours means ours, whoever else uses it.
    let has_code = |one: &Achievement| one.code.as_ref().is_some_and(|code| code.as_str() == entry);
    if exact.iter().any(|one| has_code(one) && one.origin == Origin::Own) {
        exact.retain(|one| !has_code(one) || one.origin == Origin::Own);
    }
    if !exact.is_empty() {
        return Ok(exact);
    }
    let mut named = search(conn, &Query { office: office.cloned(), ..Query::search(entry) })?.rows;
    if Iri::parse(entry).is_ok() {
        named.retain(|one| one.identifiers.get().iter().any(|other| other.identifier.as_str() == entry));
    }
    named.truncate(8);
    Ok(named)
}

/// The UUID of a page of an achievement: `https://…/achievements/UUID`, with whatever follows it.
fn uuid_of_page(address: &str) -> Option<uuid::Uuid> {
    let (scheme, rest) = address.split_once("://")?;
    let (_, id) = rest.split_once("/achievements/").filter(|_| matches!(scheme, "http" | "https"))?;
    id.split(['/', '?', '#']).next()?.parse().ok()
}

/// What can be awarded now, by name; of one office where one is given. Events' own achievements are not among them.
pub fn awardable(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<Vec<Achievement>> {
    let mut rows = achievement::table
        .filter(achievement::origin.eq(Origin::Own))
        .filter(achievement::retired_at.is_null())
        .filter(achievement::achievement_type.ne(AchievementType::event()))
        .into_boxed();
    if let Some(office) = office {
        rows = rows.filter(achievement::issuer_id.eq(office));
    }
    rows.order((achievement::sort_name, achievement::id)).limit(500).select(Achievement::as_select()).load(conn)
}

fn matching<'a>(query: &Query) -> achievement::BoxedQuery<'a, MultiBackend> {
    let mut rows = achievement::table.into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(achievement::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(achievement::issuer_id.eq(office.clone()));
    }
    if let Some(issuer) = query.filter("issuer") {
        rows = rows.filter(achievement::issuer_id.eq(issuer.to_owned()));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(achievement::origin.eq(origin));
    }
    rows = match query.filter("type") {
        Some(wanted) => rows.filter(achievement::achievement_type.eq(wanted.to_owned())),
        None => rows.filter(achievement::achievement_type.ne(AchievementType::event())),
    };
    match query.filter("state") {
        Some("retired") => rows.filter(achievement::retired_at.is_not_null()),
        Some("all") => rows,
        _ => rows.filter(achievement::retired_at.is_null()),
    }
}

/// A page of achievements. Sorts by `name` or `updated`; filters by `type`, `issuer` and `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Achievement>> {
    let rows = matching(query).select(Achievement::as_select());
    if query.sort == "updated" {
        let rows: Vec<Achievement> =
            keyset!(rows, query, achievement::updated_at, achievement::id, NaiveDateTime).load(conn)?;
        return Ok(Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str())));
    }
    let rows: Vec<Achievement> = keyset!(rows, query, achievement::sort_name, achievement::id, String).load(conn)?;
    Ok(Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str())))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Achievement>> = matching(query).select(achievement::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// The whole achievement with its parts and issuer, as it is now: what issuing freezes and a preview shows.
pub fn content(conn: &mut Conn, achievement: &Achievement) -> QueryResult<IssuedAchievement> {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string);
    Ok(IssuedAchievement {
        id: achievement.iri.to_string(),
        version: achievement.version,
        achievement_type: achievement.achievement_type.clone(),
        name: achievement.name.to_string(),
        title: achievement.title.as_ref().map(Name::to_string),
        code: achievement.code.as_ref().map(HumanCode::to_string),
        description: prose(&achievement.description),
        criteria: prose(&achievement.criteria),
        criteria_url: achievement.criteria_url.as_ref().map(WebAddress::to_string),
        credits_available: achievement.credits_available,
        field_of_study: text(&achievement.field_of_study),
        level: text(&achievement.level),
        specialization: text(&achievement.specialization),
        image: achievement.image.as_ref().map(WebAddress::to_string),
        tags: achievement.tags.get().clone(),
        identifiers: achievement.identifiers.get().clone(),
        issuer: profile::organization(conn, &achievement.issuer_id)?,
        result_descriptions: result_description::issued(conn, &achievement.id)?,
        alignments: alignment::issued(conn, &achievement.id)?,
        associations: associations::issued(conn, &achievement.id)?,
        // What others say of it is frozen with an award, and is no part of the definition.
        endorsements: Vec::new(),
        extensions: achievement.extensions.get().clone(),
    })
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<String>> {
    let assertions: i64 = assertion::table.filter(assertion::achievement_id.eq(id)).count().get_result(conn)?;
    let ties: i64 = association::table.filter(association::target_id.eq(id)).count().get_result(conn)?;
    let events: i64 = event::table.filter(event::achievement_id.eq(id)).count().get_result(conn)?;
    let endorsements = endorsement::count_of_achievement(conn, id)?;
    let foreign = super::import::known::came_foreign(conn, KIND, id.as_str())?;
    let foreign = foreign.then(|| super::import::known::CAME_FOREIGN.to_owned());
    Ok([
        (endorsements, "endorsement is of it", "endorsements are of it"),
        (assertions, "assertion awards it", "assertions award it"),
        (ties, "achievement refers to it", "achievements refer to it"),
        (events, "event owns it", "events own it"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
    .chain(foreign)
    .collect())
}

impl Achievement {
    /// Records a new achievement.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(achievement::table).values(self.clone()).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change; the first one after an issue begins a new version. Nothing is written when somebody else changed
    /// it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        version::take_turn(conn, &self.id)?;
        let before = find(conn, &self.id)?;
        if before.revision != self.revision {
            return Ok(false);
        }
        let mut after = self.clone();
        after.version = version::number_after_edit(conn, &before)?;
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let changes = audit::differences(&before.facts(), &after.facts());
        let same_revision = achievement::table.find(&self.id).filter(achievement::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// Retires an achievement, or brings it back. It is no edit of the definition: no new version begins. `false` when
/// somebody else changed it since it was read.
pub fn retire(conn: &mut Conn, known: &Achievement, retired: bool, by: &Actor) -> QueryResult<bool> {
    let now = clock::now().naive_utc();
    let since = retired.then(|| known.retired_at.unwrap_or(now));
    let same_revision = achievement::table.find(&known.id).filter(achievement::revision.eq(known.revision));
    let changed = diesel::update(same_revision)
        .set((
            achievement::retired_at.eq(since),
            achievement::revision.eq(known.revision + 1),
            achievement::updated_at.eq(now),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    let action = if retired { "retired" } else { "brought back" };
    let changes = audit::differences(&known.facts(), &Achievement { retired_at: since, ..known.clone() }.facts());
    audit::write(conn, by, action, (KIND, known.id.as_str()), changes)?;
    Ok(true)
}

/// Deletes an achievement that nothing uses, with its parts.
pub fn delete(conn: &mut Conn, id: &Id<Achievement>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    parts::delete_all(conn, id)?;
    diesel::delete(achievement::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))
}
