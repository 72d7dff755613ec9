//! The result description: what can be reached with an achievement (CLR 1.0 `ResultDescription`).

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Achievement, Alignment, Level, Profile, Rubric,
    achievement_parts::{self as parts, Part},
    alignment::{self, issued_alignment},
    audit::{self, Actor, Facts},
    issued::{Extensions, IssuedLevel, IssuedResultDescription, members},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    part_place::{Placed, Ways},
    rubric, rubric_criterion_level as level_noun,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, assertion, profile, result, result_description, rubric_criterion_level},
    },
    values::{Id, Iri, Json, Line, Name, Prose, ResultType, fold},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "result description";

/// What can be reached (CLR 1.0 `ResultDescription`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = result_description, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ResultDescription {
    /// Row id.
    pub id: Id<ResultDescription>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// The rubric it is a criterion of.
    pub rubric_id: Option<Id<Rubric>>,
    /// Name.
    pub name: Name,
    /// Type.
    pub result_type: ResultType,
    /// Allowed values, low to high.
    pub allowed_values: Json<Vec<String>>,
    /// The lowest value that passes.
    pub required_value: Option<Line>,
    /// The lowest level that passes.
    pub required_level_id: Option<Id<Level>>,
    /// Smallest value.
    pub value_min: Option<Line>,
    /// Largest value.
    pub value_max: Option<Line>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`ResultDescription::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// Since when it is no longer part of the definition, though scores of an earlier version point at it.
    pub removed_at: Option<NaiveDateTime>,
}

impl ResultDescription {
    /// A new description at a place.
    pub fn new(achievement_id: Id<Achievement>, name: Name, result_type: ResultType, position: i32) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            achievement_id,
            rubric_id: None,
            name,
            result_type,
            allowed_values: Json::new(Vec::new()),
            required_value: None,
            required_level_id: None,
            value_min: None,
            value_max: None,
            position,
            created_at: now,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
            removed_at: None,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the name and the type.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let words = [self.name.as_str(), self.result_type.as_str(), &self.result_type.shown(), self.iri.as_str()];
        self.search_text = fold(&words.join(" "));
    }

    /// What people read of it. A required level and a rubric are told by their row ids.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        vec![
            ("Name", self.name.to_string()),
            ("Type", self.result_type.shown()),
            ("Allowed values", self.allowed_values.get().join(", ")),
            ("Required value", line(&self.required_value)),
            ("Required level", self.required_level_id.as_ref().map(Id::to_string).unwrap_or_default()),
            ("Smallest value", line(&self.value_min)),
            ("Largest value", line(&self.value_max)),
            ("Rubric", self.rubric_id.as_ref().map(Id::to_string).unwrap_or_default()),
            ("Members of other systems", members(&self.extensions)),
        ]
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(result_description::table).values(row).execute(conn).map(|_| ())
    }
}

/// The result descriptions of an achievement, in their order.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<ResultDescription>> {
    result_description::table
        .filter(result_description::achievement_id.eq(id))
        .filter(result_description::removed_at.is_null())
        .order((result_description::position, result_description::id))
        .select(ResultDescription::as_select())
        .load(conn)
}

/// The result descriptions with their levels, rubric names and alignments, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedResultDescription>> {
    let descriptions = of_achievement(conn, id)?;
    let levels = level_noun::of_descriptions(conn, &descriptions)?;
    let rubrics = rubric::of_achievement(conn, id)?;
    let alignments = alignment::on_parts(conn, &descriptions, &levels)?;
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    let aligned =
        |of: &dyn Fn(&Alignment) -> bool| alignments.iter().filter(|one| of(one)).map(issued_alignment).collect();
    let level_iri = |id: &Id<Level>| levels.iter().find(|level| &level.id == id).map(|level| level.iri.to_string());
    Ok(descriptions
        .iter()
        .map(|description| IssuedResultDescription {
            id: description.iri.to_string(),
            name: description.name.to_string(),
            result_type: description.result_type.clone(),
            rubric: rubrics
                .iter()
                .find(|rubric| Some(&rubric.id) == description.rubric_id.as_ref())
                .map(|rubric| rubric.name.to_string()),
            allowed_values: description.allowed_values.get().clone(),
            required_value: text(&description.required_value),
            required_level: description.required_level_id.as_ref().and_then(level_iri),
            value_min: text(&description.value_min),
            value_max: text(&description.value_max),
            levels: levels
                .iter()
                .filter(|level| level.result_description_id == description.id)
                .map(|level| IssuedLevel {
                    id: level.iri.to_string(),
                    name: level.name.to_string(),
                    description: level.description.as_ref().map(Prose::to_string),
                    level: text(&level.level),
                    points: text(&level.points),
                    alignments: aligned(&|one| one.rubric_criterion_level_id.as_ref() == Some(&level.id)),
                    extensions: level.extensions.get().clone(),
                })
                .collect(),
            alignments: aligned(&|one| one.result_description_id.as_ref() == Some(&description.id)),
            extensions: description.extensions.get().clone(),
        })
        .collect())
}

/// The descriptions somebody may mean by the name of their achievement or their own; at most twelve, with the ways to
/// them.
pub fn meant(
    conn: &mut Conn,
    entry: &str,
    office: Option<&Id<Profile>>,
) -> QueryResult<Vec<Placed<ResultDescription>>> {
    let mut found = Vec::new();
    for one in super::achievement::meant(conn, entry, office)? {
        let way = one.name.to_string();
        let own = of_achievement(conn, &one.id)?.into_iter();
        found.extend(own.map(|part| Placed { part, way: way.clone() }));
    }
    if found.is_empty() {
        found = search(conn, &Query { office: office.cloned(), ..Query::search(entry) })?.rows;
        if Iri::parse(entry).is_ok() {
            found.retain(|one| one.part.iri.as_str() == entry.trim());
        }
    }
    found.truncate(12);
    Ok(found)
}

/// Puts names in place of the row ids among the facts.
pub fn name_references(conn: &mut Conn, one: &ResultDescription, facts: &mut Facts) -> QueryResult<()> {
    let level = level_noun::of_description(conn, &one.id)?;
    let level = level.into_iter().find(|level| Some(&level.id) == one.required_level_id.as_ref());
    let rubric = rubric::of_achievement(conn, &one.achievement_id)?;
    let rubric = rubric.into_iter().find(|rubric| Some(&rubric.id) == one.rubric_id.as_ref());
    for (label, value) in facts {
        match (*label, &level, &rubric) {
            ("Required level", Some(level), _) => *value = level.name.to_string(),
            ("Rubric", _, Some(rubric)) => *value = rubric.name.to_string(),
            _ => {}
        }
    }
    Ok(())
}

fn siblings(conn: &mut Conn, one: &ResultDescription) -> QueryResult<Vec<ResultDescription>> {
    of_achievement(conn, &one.achievement_id)
}

/// One of them.
pub fn find(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<ResultDescription> {
    result_description::table
        .find(id)
        .filter(result_description::removed_at.is_null())
        .select(ResultDescription::as_select())
        .first(conn)
}

fn matching<'a>(query: &Query) -> result_description::BoxedQuery<'a, MultiBackend> {
    let mut rows = result_description::table.filter(result_description::removed_at.is_null()).into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(result_description::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        let theirs = achievement::table.filter(achievement::issuer_id.eq(office.clone())).select(achievement::id);
        rows = rows.filter(result_description::achievement_id.eq_any(theirs));
    }
    if let Some(wanted) = query.filter("achievement") {
        rows = rows.filter(result_description::achievement_id.eq(wanted.to_owned()));
    }
    if let Some(origin) = query.origin() {
        let whole = achievement::table.filter(achievement::id.eq(result_description::achievement_id));
        rows = rows.filter(exists(whole.filter(achievement::origin.eq(origin))));
    }
    if let Some(wanted) = query.filter("type") {
        rows = rows.filter(result_description::result_type.eq(wanted.to_owned()));
    }
    rows
}

/// A page of them with the ways to them. Sorts by `name` or `updated`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Placed<ResultDescription>>> {
    let rows = matching(query).select(ResultDescription::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<ResultDescription> =
            keyset!(rows, query, result_description::updated_at, result_description::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<ResultDescription> =
            keyset!(rows, query, result_description::sort_name, result_description::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    let ways = Ways::read(conn, vec![], vec![], page.rows.iter().map(|one| &one.achievement_id).collect())?;
    Ok(page.map(|part| Placed { way: ways.to_achievement(&part.achievement_id), part }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<ResultDescription>> =
        matching(query).select(result_description::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

impl ResultDescription {
    /// Adds it: an edit of its achievement.
    pub fn add(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        self.insert(conn)?;
        let achievement = self.achievement_id.clone();
        self.part(&achievement).added(conn, by)
    }

    /// Stores a change. Nothing is written when somebody else changed it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision {
            return Ok(false);
        }
        let (mut was, mut is) = (before.facts(), self.facts());
        name_references(conn, &before, &mut was)?;
        name_references(conn, self, &mut is)?;
        let changes = audit::differences(&was, &is);
        if changes.is_empty() {
            return Ok(true);
        }
        let mut after = self.clone();
        after.refold();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision =
            result_description::table.find(&self.id).filter(result_description::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        let achievement = self.achievement_id.clone();
        self.part(&achievement).changed(conn, changes, by)?;
        Ok(true)
    }

    /// Moves it a place up or down among its siblings.
    pub fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> QueryResult<()> {
        let siblings = siblings(conn, self)?;
        let Some(order) = parts::moved(&siblings, up, |one| one.id == self.id) else { return Ok(()) };
        for (place, one) in (0..).zip(&order) {
            diesel::update(result_description::table.find(&one.id))
                .set(result_description::position.eq(place))
                .execute(conn)?;
        }
        let names = |all: &[ResultDescription]| all.iter().map(|one| one.name.to_string()).collect();
        let achievement = self.achievement_id.clone();
        parts::reordered(conn, &self.part(&achievement), (names(&siblings), names(&order)), by)
    }

    /// As the audit trail names it.
    fn part<'a>(&'a self, achievement: &'a Id<Achievement>) -> Part<'a> {
        Part { kind: KIND, id: self.id.as_str(), name: self.name.as_str(), achievement, rubric: self.rubric_id.clone() }
    }
}

/// Which issued awards keep it as it was, as a sentence.
pub fn keepers(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<Option<String>> {
    let scored = result::table.filter(result::result_description_id.eq(id)).select(result::assertion_id);
    let awards: i64 = assertion::table
        .filter(assertion::id.eq_any(scored))
        .filter(assertion::issued_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(super::result::keepers_in_words(awards))
}

/// Who uses it, as sentences; empty when nothing does. Scores that were issued keep what was frozen with them.
pub fn uses(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<Vec<String>> {
    let scored = result::table.filter(result::result_description_id.eq(id)).select(result::assertion_id);
    let drafts: Vec<Name> = assertion::table
        .inner_join(profile::table.on(profile::id.eq(assertion::learner_id)))
        .filter(assertion::id.eq_any(scored))
        .filter(assertion::issued_at.is_null())
        .order((profile::sort_name, assertion::id))
        .select(profile::name)
        .load(conn)?;
    Ok(super::result::drafts_in_words(&drafts, "has a result in it", "have results in it"))
}

/// Deletes it with its levels and alignments: an edit of its achievement. Where scores were issued in it, the row stays
/// for them to point at, outside the definition.
pub fn delete(conn: &mut Conn, id: &Id<ResultDescription>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    let levels: Vec<Id<Level>> = rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq(id))
        .select(rubric_criterion_level::id)
        .load(conn)?;
    alignment::delete_on(conn, std::slice::from_ref(id), &levels)?;
    let scores: i64 = result::table.filter(result::result_description_id.eq(id)).count().get_result(conn)?;
    let own_levels = rubric_criterion_level::table.filter(rubric_criterion_level::result_description_id.eq(id));
    if scores > 0 {
        let now = Some(clock::now().naive_utc());
        let own_levels = own_levels.filter(rubric_criterion_level::removed_at.is_null());
        diesel::update(own_levels).set(rubric_criterion_level::removed_at.eq(now)).execute(conn)?;
        let own = result_description::table.find(id);
        diesel::update(own).set(result_description::removed_at.eq(now)).execute(conn)?;
    } else {
        diesel::delete(own_levels).execute(conn)?;
        diesel::delete(result_description::table.find(id)).execute(conn)?;
    }
    gone.part(&gone.achievement_id).deleted(conn, &gone.facts(), by)
}
