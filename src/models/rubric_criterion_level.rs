//! The rubric criterion level: one step of a result description (CLR 1.0 `RubricCriterionLevel`).

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Achievement, ResultDescription,
    achievement_parts::{self as parts, Part},
    alignment,
    audit::{self, Actor, Facts},
    issued::{Extensions, members},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    part_checks,
    part_place::{self, Placed, Ways},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, assertion, profile, result, result_description, rubric_criterion_level},
    },
    values::{Id, Iri, Json, Line, Name, Prose, fold},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "rubric criterion level";

/// One level of a criterion (CLR 1.0 `RubricCriterionLevel`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rubric_criterion_level, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Level {
    /// Row id.
    pub id: Id<Level>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub result_description_id: Id<ResultDescription>,
    /// Name.
    pub name: Name,
    /// Description.
    pub description: Option<Prose>,
    /// Level, as text.
    pub level: Option<Line>,
    /// Points, as text.
    pub points: Option<Line>,
    /// Place, low to high.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Level::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// Since when it is no longer part of the definition, though scores of an earlier version point at it.
    pub removed_at: Option<NaiveDateTime>,
}

impl Level {
    /// A new level at a place.
    pub fn new(result_description_id: Id<ResultDescription>, name: Name, position: i32) -> Self {
        let created_at = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            result_description_id,
            name,
            description: None,
            level: None,
            points: None,
            position,
            created_at,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: created_at,
            removed_at: None,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the name and the level.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let level = self.level.as_ref().map_or("", Line::as_str);
        self.search_text = fold(&[self.name.as_str(), level, self.iri.as_str()].join(" "));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        vec![
            ("Name", self.name.to_string()),
            ("Level", line(&self.level)),
            ("Points", line(&self.points)),
            ("Description", self.description.as_ref().map(Prose::to_string).unwrap_or_default()),
            ("Place", (self.position + 1).to_string()),
            ("Members of other systems", members(&self.extensions)),
        ]
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(rubric_criterion_level::table).values(row).execute(conn).map(|_| ())
    }
}

/// The levels of all descriptions of an achievement, low to high within each.
pub fn of_descriptions(conn: &mut Conn, descriptions: &[ResultDescription]) -> QueryResult<Vec<Level>> {
    let ids: Vec<&Id<ResultDescription>> = descriptions.iter().map(|description| &description.id).collect();
    rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(ids))
        .filter(rubric_criterion_level::removed_at.is_null())
        .order((rubric_criterion_level::position, rubric_criterion_level::id))
        .select(Level::as_select())
        .load(conn)
}

/// The levels of one description, low to high.
pub fn of_description(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<Vec<Level>> {
    rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq(id))
        .filter(rubric_criterion_level::removed_at.is_null())
        .order((rubric_criterion_level::position, rubric_criterion_level::id))
        .select(Level::as_select())
        .load(conn)
}

fn siblings(conn: &mut Conn, one: &Level) -> QueryResult<Vec<Level>> {
    of_description(conn, &one.result_description_id)
}

/// One of them.
pub fn find(conn: &mut Conn, id: &Id<Level>) -> QueryResult<Level> {
    rubric_criterion_level::table
        .find(id)
        .filter(rubric_criterion_level::removed_at.is_null())
        .select(Level::as_select())
        .first(conn)
}

fn matching<'a>(query: &Query) -> rubric_criterion_level::BoxedQuery<'a, MultiBackend> {
    let mut rows = rubric_criterion_level::table.filter(rubric_criterion_level::removed_at.is_null()).into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(rubric_criterion_level::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        let theirs = achievement::table.filter(achievement::issuer_id.eq(office.clone())).select(achievement::id);
        let descriptions = result_description::table
            .filter(result_description::achievement_id.eq_any(theirs))
            .select(result_description::id);
        rows = rows.filter(rubric_criterion_level::result_description_id.eq_any(descriptions));
    }
    if let Some(wanted) = query.filter("achievement") {
        let descriptions = result_description::table
            .filter(result_description::achievement_id.eq(wanted.to_owned()))
            .select(result_description::id);
        rows = rows.filter(rubric_criterion_level::result_description_id.eq_any(descriptions));
    }
    if let Some(origin) = query.origin() {
        let whole = achievement::table
            .inner_join(result_description::table.on(result_description::achievement_id.eq(achievement::id)));
        let own = result_description::id.eq(rubric_criterion_level::result_description_id);
        rows = rows.filter(exists(whole.filter(own).filter(achievement::origin.eq(origin))));
    }
    rows
}

/// A page of them with the ways to them. Sorts by `name` or `updated`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Placed<Level>>> {
    let rows = matching(query).select(Level::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Level> =
            keyset!(rows, query, rubric_criterion_level::updated_at, rubric_criterion_level::id, NaiveDateTime)
                .load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Level> =
            keyset!(rows, query, rubric_criterion_level::sort_name, rubric_criterion_level::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    let ways = Ways::read(conn, vec![], page.rows.iter().map(|one| &one.result_description_id).collect(), vec![])?;
    Ok(page.map(|part| Placed { way: ways.to_description(&part.result_description_id), part }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Level>> = matching(query).select(rubric_criterion_level::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

impl Level {
    /// Adds it: an edit of its achievement.
    pub fn add(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        self.insert(conn)?;
        self.settle(conn)?;
        let achievement = part_place::of_level(conn, &self.id)?;
        self.part(conn, &achievement)?.added(conn, by)
    }

    /// Stores a change. Nothing is written when somebody else changed it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision {
            return Ok(false);
        }
        let changes = audit::differences(&before.facts(), &self.facts());
        if changes.is_empty() {
            return Ok(true);
        }
        let mut after = self.clone();
        after.refold();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision =
            rubric_criterion_level::table.find(&self.id).filter(rubric_criterion_level::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        self.settle(conn)?;
        let achievement = part_place::of_level(conn, &self.id)?;
        self.part(conn, &achievement)?.changed(conn, changes, by)?;
        Ok(true)
    }

    /// Moves it a place up or down among its siblings.
    pub fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> QueryResult<()> {
        let siblings = siblings(conn, self)?;
        let Some(order) = parts::moved(&siblings, up, |one| one.id == self.id) else { return Ok(()) };
        for (place, one) in (0..).zip(&order) {
            diesel::update(rubric_criterion_level::table.find(&one.id))
                .set(rubric_criterion_level::position.eq(place))
                .execute(conn)?;
        }
        let names = |all: &[Level]| all.iter().map(|one| one.name.to_string()).collect();
        let achievement = part_place::of_level(conn, &self.id)?;
        let part = self.part(conn, &achievement)?;
        parts::reordered(conn, &part, (names(&siblings), names(&order)), by)
    }

    /// Puts it at its place and its siblings round it.
    fn settle(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut order: Vec<Level> = siblings(conn, self)?.into_iter().filter(|one| one.id != self.id).collect();
        let place = usize::try_from(self.position).unwrap_or(0).min(order.len());
        order.insert(place, self.clone());
        for (place, one) in (0..).zip(&order) {
            let own = rubric_criterion_level::table.find(&one.id);
            diesel::update(own).set(rubric_criterion_level::position.eq(place)).execute(conn)?;
        }
        Ok(())
    }

    /// As the audit trail names it.
    fn part<'a>(&'a self, conn: &mut Conn, achievement: &'a Id<Achievement>) -> QueryResult<Part<'a>> {
        let rubric = part_place::rubric_of(conn, &self.result_description_id)?;
        Ok(Part { kind: KIND, id: self.id.as_str(), name: self.name.as_str(), achievement, rubric })
    }
}

/// Why it can't be moved there: its points would fall from low to high.
pub fn refuses_shift(conn: &mut Conn, one: &Level, up: bool) -> QueryResult<Option<String>> {
    let order = parts::moved(&siblings(conn, one)?, up, |other| other.id == one.id);
    Ok(order.as_deref().and_then(part_checks::of_order))
}

/// Which issued awards keep it as it was, as a sentence.
pub fn keepers(conn: &mut Conn, id: &Id<Level>) -> QueryResult<Option<String>> {
    let scored = result::table.filter(result::achieved_level_id.eq(id)).select(result::assertion_id);
    let awards: i64 = assertion::table
        .filter(assertion::id.eq_any(scored))
        .filter(assertion::issued_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok(super::result::keepers_in_words(awards))
}

/// Who uses it, as sentences; empty when nothing does. Scores that were issued keep what was frozen with them.
pub fn uses(conn: &mut Conn, id: &Id<Level>) -> QueryResult<Vec<String>> {
    let scored = result::table.filter(result::achieved_level_id.eq(id)).select(result::assertion_id);
    let drafts: Vec<Name> = assertion::table
        .inner_join(profile::table.on(profile::id.eq(assertion::learner_id)))
        .filter(assertion::id.eq_any(scored))
        .filter(assertion::issued_at.is_null())
        .order((profile::sort_name, assertion::id))
        .select(profile::name)
        .load(conn)?;
    let mut uses = super::result::drafts_in_words(&drafts, "has reached it", "have reached it");
    let requiring: Option<Name> = result_description::table
        .filter(result_description::required_level_id.eq(id.as_str()))
        .filter(result_description::removed_at.is_null())
        .select(result_description::name)
        .first(conn)
        .optional()?;
    uses.extend(requiring.map(|name| format!("“{name}” requires it; choose another required level first")));
    Ok(uses)
}

/// Deletes it with its alignments: an edit of its achievement. Where scores were issued in it, the row stays for them to
/// point at, outside the definition.
pub fn delete(conn: &mut Conn, id: &Id<Level>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    let achievement = part_place::of_level(conn, id)?;
    alignment::delete_on(conn, &[], std::slice::from_ref(id))?;
    let scores: i64 = result::table.filter(result::achieved_level_id.eq(id)).count().get_result(conn)?;
    let own = rubric_criterion_level::table.find(id);
    if scores > 0 {
        let now = Some(clock::now().naive_utc());
        diesel::update(own).set(rubric_criterion_level::removed_at.eq(now)).execute(conn)?;
    } else {
        diesel::delete(own).execute(conn)?;
    }
    gone.part(conn, &achievement)?.deleted(conn, &gone.facts(), by)
}
