//! The rubric: a name over result descriptions of one achievement. One criterion is one description with its own ordered
//! levels (`rubric_grid`); the standard has no class for the whole.
//!
//! A rubric that the present version of its achievement was awarded with is read-only: a new version is begun first.

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Achievement, Profile, achievement, achievement_version,
    audit::{self, Actor, Change},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    rubric_grid::{self, Criterion},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement as achievements, result_description, rubric},
    },
    values::{Id, Name, Origin, fold},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "rubric";

/// A rubric: a name over result descriptions of one achievement; one criterion is one description.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rubric, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Rubric {
    /// Row id.
    pub id: Id<Rubric>,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// Name.
    pub name: Name,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Counts the changes, those of its criteria included.
    pub revision: i32,
    /// What lists are sorted by: set by [`Rubric::refold`].
    pub sort_name: String,
    /// What is searched, beside what its achievement is called.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// A line of the list: the rubric with what it belongs to.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The rubric.
    pub rubric: Rubric,
    /// Its achievement's name.
    pub achievement: Name,
    /// How many criteria it has.
    pub criteria: usize,
}

impl Rubric {
    /// A new rubric at a place.
    pub fn new(achievement_id: Id<Achievement>, name: Name, position: i32) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id,
            name,
            position,
            created_at: now,
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the name.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        self.search_text = self.sort_name.clone();
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(rubric::table).values(self.clone()).execute(conn).map(|_| ())
    }

    /// Records a new one with its criteria.
    pub fn insert_with(&self, conn: &mut Conn, criteria: &[Criterion], by: &Actor) -> QueryResult<()> {
        achievement_version::take_turn(conn, &self.achievement_id)?;
        self.insert(conn)?;
        rubric_grid::store(conn, self, criteria)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())
    }

    /// Stores a change of its name and its criteria. Nothing is written when somebody else changed it since it was read,
    /// or when a credential was issued with it meanwhile: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, criteria: &[Criterion], by: &Actor) -> QueryResult<bool> {
        achievement_version::take_turn(conn, &self.achievement_id)?;
        let before = find(conn, &self.id)?;
        if before.revision != self.revision || is_frozen(conn, &before)? {
            return Ok(false);
        }
        let mut after = self.clone();
        after.refold();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision = rubric::table.find(&self.id).filter(rubric::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        let mut changes =
            audit::differences(&vec![("Name", before.name.to_string())], &vec![("Name", self.name.to_string())]);
        changes.extend(rubric_grid::store(conn, self, criteria)?);
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }
}

/// One rubric.
pub fn find(conn: &mut Conn, id: &Id<Rubric>) -> QueryResult<Rubric> {
    rubric::table.find(id).select(Rubric::as_select()).first(conn)
}

/// The rubrics of an achievement.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<Rubric>> {
    rubric::table
        .filter(rubric::achievement_id.eq(id))
        .order((rubric::position, rubric::id))
        .select(Rubric::as_select())
        .load(conn)
}

/// Whether credentials were issued with it as it stands: the present version of its achievement has been awarded.
pub fn is_frozen(conn: &mut Conn, rubric: &Rubric) -> QueryResult<bool> {
    let whole = achievement::find(conn, &rubric.achievement_id)?;
    achievement_version::is_frozen(conn, &whole.id, whole.version)
}

/// Narrows the list. The achievement is looked at row by row, so that the list is read in the order of its index.
fn matching<'a>(query: &Query) -> rubric::BoxedQuery<'a, MultiBackend> {
    let mut rows = rubric::table.into_boxed();
    let whole = || achievements::table.filter(achievements::id.eq(rubric::achievement_id));
    for pattern in query.patterns() {
        let own = rubric::search_text.like(pattern.clone()).escape('\\');
        rows = rows.filter(own.or(exists(whole().filter(achievements::search_text.like(pattern).escape('\\')))));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(exists(whole().filter(achievements::issuer_id.eq(office.clone()))));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(exists(whole().filter(achievements::origin.eq(origin))));
    }
    match query.filter("state") {
        Some("retired") => rows.filter(exists(whole().filter(achievements::retired_at.is_not_null()))),
        Some("current") => rows.filter(exists(whole().filter(achievements::retired_at.is_null()))),
        _ => rows,
    }
}

/// A page of rubrics, found by their own names and by what their achievements are called. Sorts by `name` or `updated`;
/// filters by `state` of the achievement.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(query).select(Rubric::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Rubric> = keyset!(rows, query, rubric::updated_at, rubric::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Rubric> = keyset!(rows, query, rubric::sort_name, rubric::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    Ok(Page { rows: listed(conn, page.rows)?, next: page.next, previous: page.previous })
}

/// Adds what they belong to, with two queries however many there are.
fn listed(conn: &mut Conn, rows: Vec<Rubric>) -> QueryResult<Vec<Listed>> {
    let owners: Vec<_> = rows.iter().map(|row| &row.achievement_id).collect();
    let names: Vec<(Id<Achievement>, Name)> = achievements::table
        .filter(achievements::id.eq_any(owners))
        .select((achievements::id, achievements::name))
        .load(conn)?;
    let ids: Vec<_> = rows.iter().map(|row| Some(&row.id)).collect();
    let criteria: Vec<Option<Id<Rubric>>> = result_description::table
        .filter(result_description::rubric_id.eq_any(ids))
        .filter(result_description::removed_at.is_null())
        .filter(result_description::result_type.ne(rubric_grid::TOTAL))
        .select(result_description::rubric_id)
        .load(conn)?;
    let of = |row: Rubric| {
        let achievement = names.iter().find(|(id, _)| *id == row.achievement_id).map(|(_, name)| name.clone());
        let own = criteria.iter().filter(|id| id.as_ref() == Some(&row.id)).count();
        achievement.map(|achievement| Listed { rubric: row, achievement, criteria: own })
    };
    Ok(rows.into_iter().filter_map(of).collect())
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Rubric>> = matching(query).select(rubric::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// Rubrics that may be copied, by name; of one office where one is given.
pub fn to_copy(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<Vec<Listed>> {
    let mut rows = rubric::table.inner_join(achievements::table).into_boxed();
    if let Some(office) = office {
        rows = rows.filter(achievements::issuer_id.eq(office.clone()));
    }
    let rows: Vec<Rubric> =
        rows.order((rubric::sort_name, rubric::id)).limit(500).select(Rubric::as_select()).load(conn)?;
    listed(conn, rows)
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Rubric>) -> QueryResult<Vec<String>> {
    let own = find(conn, id)?;
    let mut uses = Vec::new();
    if is_frozen(conn, &own)? {
        uses.push("credentials were issued with it; begin a new version of the achievement first".to_owned());
    }
    match rubric_grid::drafts(conn, id)? {
        0 => {}
        1 => uses.push("1 draft is scored with it".to_owned()),
        many => uses.push(format!("{many} drafts are scored with it")),
    }
    Ok(uses)
}

/// Deletes a rubric with its criteria. Those that awards of earlier versions were scored by are only put away.
pub fn delete(conn: &mut Conn, id: &Id<Rubric>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    achievement_version::take_turn(conn, &gone.achievement_id)?;
    let mut changes = vec![Change { field: "Name".to_owned(), before: Some(gone.name.to_string()), after: None }];
    changes.extend(rubric_grid::store(conn, &gone, &[])?);
    // What was put away one by one may still name it.
    let left = result_description::table.filter(result_description::rubric_id.eq(id));
    diesel::update(left).set(result_description::rubric_id.eq(None::<Id<Rubric>>)).execute(conn)?;
    diesel::delete(rubric::table.find(id)).execute(conn)?;
    audit::write(conn, by, "deleted", (KIND, id.as_str()), changes)
}

/// Whether it is ours to change: another publisher's achievement stays as it came.
pub fn is_own(conn: &mut Conn, rubric: &Rubric) -> QueryResult<bool> {
    Ok(achievement::find(conn, &rubric.achievement_id)?.origin == Origin::Own)
}
