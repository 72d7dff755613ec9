//! What is in a rubric: its criteria, each with its own levels, and the total where one is kept.
//!
//! Storing puts the criteria as given in place of those that were. Ids are kept where a criterion or level stays, so
//! that a new version of the achievement names the same levels. What awards of earlier versions were scored by is put
//! away (`removed_at`), never deleted: their rows still point at it.

use diesel::{dsl::count_star, prelude::*};

use super::{
    Level, ResultDescription, Rubric, audit::Change, result_description as descriptions, rubric_criterion_level,
    rubric_score,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{alignment, assertion, result, result_description, rubric_criterion_level as level},
    },
    values::{Id, Line, Prose},
};

/// The type of the description that holds the total of a rubric (CLR 1.0 `resultType`).
pub const TOTAL: &str = "RubricScore";

/// One criterion with its levels, low to high; or the total, which has none.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// What is judged.
    pub description: ResultDescription,
    /// How well it can be done.
    pub levels: Vec<Level>,
}

impl Criterion {
    /// Whether it is the total of the rubric and not a criterion.
    pub fn is_total(&self) -> bool {
        self.description.result_type.as_str() == TOTAL && self.description.rubric_id.is_some()
    }

    /// Whether this is the lowest level that passes.
    pub fn requires(&self, level: &Level) -> bool {
        self.description.required_level_id.as_ref() == Some(&level.id)
    }

    /// What people read of it: its levels in their order, one after the other.
    fn in_words(&self) -> String {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string);
        let told = |one: &Level| {
            let points = line(&one.points).map(|points| format!(" ({points})")).unwrap_or_default();
            let text = one.description.as_ref().map(|text| format!(": {}", Prose::as_str(text))).unwrap_or_default();
            let passes = if self.requires(one) { " [passes]" } else { "" };
            format!("{}{points}{passes}{text}", one.name)
        };
        let levels: Vec<String> = self.levels.iter().map(told).collect();
        let required = line(&self.description.required_value).map(|least| format!("; at least {least}"));
        format!(
            "{}, {}{}: {}",
            self.description.name,
            self.description.result_type.shown(),
            required.unwrap_or_default(),
            levels.join("; ")
        )
    }
}

/// The criteria of a rubric, in their order, and its total.
pub fn of_rubric(conn: &mut Conn, id: &Id<Rubric>) -> QueryResult<Vec<Criterion>> {
    let rows: Vec<ResultDescription> = result_description::table
        .filter(result_description::rubric_id.eq(id))
        .filter(result_description::removed_at.is_null())
        .order((result_description::position, result_description::id))
        .select(ResultDescription::as_select())
        .load(conn)?;
    with_levels(conn, rows)
}

/// Descriptions with their levels.
pub fn with_levels(conn: &mut Conn, rows: Vec<ResultDescription>) -> QueryResult<Vec<Criterion>> {
    let levels = rubric_criterion_level::of_descriptions(conn, &rows)?;
    let own = |description: ResultDescription| Criterion {
        levels: levels.iter().filter(|level| level.result_description_id == description.id).cloned().collect(),
        description,
    };
    Ok(rows.into_iter().map(own).collect())
}

/// How many drafts are scored with a rubric.
pub fn drafts(conn: &mut Conn, id: &Id<Rubric>) -> QueryResult<i64> {
    result::table
        .inner_join(assertion::table.on(assertion::id.eq(result::assertion_id)))
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .filter(result_description::rubric_id.eq(id))
        .filter(assertion::issued_at.is_null())
        .select(diesel::dsl::count(result::assertion_id).aggregate_distinct())
        .first(conn)
}

/// By what, and at which level, drafts are scored with a rubric, and how many each.
pub type Scored = Vec<(Id<ResultDescription>, Option<Id<Level>>, i64)>;

/// See [`Scored`].
pub fn scored_in_drafts(conn: &mut Conn, id: &Id<Rubric>) -> QueryResult<Scored> {
    result::table
        .inner_join(assertion::table.on(assertion::id.eq(result::assertion_id)))
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .filter(result_description::rubric_id.eq(id))
        .filter(assertion::issued_at.is_null())
        .group_by((result::result_description_id, result::achieved_level_id))
        .select((result::result_description_id, result::achieved_level_id, count_star()))
        .load(conn)
}

/// Puts these criteria in place of those that the rubric had, and says what changed.
pub(super) fn store(conn: &mut Conn, rubric: &Rubric, criteria: &[Criterion]) -> QueryResult<Vec<Change>> {
    let before = of_rubric(conn, &rubric.id)?;
    for criterion in criteria {
        let own = before.iter().find(|one| one.description.id == criterion.description.id);
        store_criterion(conn, own, criterion)?;
    }
    for gone in before.iter().filter(|one| !criteria.iter().any(|kept| kept.description.id == one.description.id)) {
        put_away(conn, gone)?;
    }
    arrange(conn, rubric, criteria)?;
    let mut changes = told(&before, criteria);
    match rubric_score::recount(conn, &before, criteria)? {
        0 => {}
        many => changes.push(Change {
            field: "Totals of drafts counted again".to_owned(),
            before: None,
            after: Some(many.to_string()),
        }),
    }
    Ok(changes)
}

fn store_criterion(conn: &mut Conn, before: Option<&Criterion>, criterion: &Criterion) -> QueryResult<()> {
    match before {
        None => criterion.description.insert(conn)?,
        Some(old) if old.in_words() != criterion.in_words() || is_other(old, criterion) => {
            let mut row = criterion.description.clone();
            row.refold();
            row.revision = old.description.revision + 1;
            row.updated_at = clock::now().naive_utc();
            diesel::update(result_description::table.find(&row.id)).set(row.clone()).execute(conn)?;
        }
        Some(_) => {}
    }
    let old_levels = before.map(|old| old.levels.as_slice()).unwrap_or_default();
    for (position, one) in (0..).zip(&criterion.levels) {
        let mut row = Level { position, ..one.clone() };
        match old_levels.iter().find(|old| old.id == one.id) {
            None => row.insert(conn)?,
            Some(old) if is_same(old, &row) => {}
            Some(old) => {
                row.refold();
                row.revision = old.revision + 1;
                row.updated_at = clock::now().naive_utc();
                diesel::update(level::table.find(&old.id)).set(row).execute(conn)?;
            }
        }
    }
    for gone in old_levels.iter().filter(|old| !criterion.levels.iter().any(|kept| kept.id == old.id)) {
        put_level_away(conn, &gone.id)?;
    }
    Ok(())
}

fn is_other(old: &Criterion, new: &Criterion) -> bool {
    old.description.value_max != new.description.value_max
        || old.description.required_level_id != new.description.required_level_id
}

fn is_same(old: &Level, new: &Level) -> bool {
    (&old.name, &old.points, &old.description, old.position) == (&new.name, &new.points, &new.description, new.position)
}

fn put_away(conn: &mut Conn, gone: &Criterion) -> QueryResult<()> {
    for one in &gone.levels {
        put_level_away(conn, &one.id)?;
    }
    let id = &gone.description.id;
    if gone.is_total() {
        // It was only the sum of what the draft keeps.
        let drafts = assertion::table.filter(assertion::issued_at.is_null()).select(assertion::id);
        let theirs =
            result::table.filter(result::result_description_id.eq(id)).filter(result::assertion_id.eq_any(drafts));
        diesel::delete(theirs).execute(conn)?;
    }
    let scored: i64 = result::table.filter(result::result_description_id.eq(id)).count().get_result(conn)?;
    if scored > 0 {
        let now = clock::now().naive_utc();
        let away = (
            result_description::removed_at.eq(Some(now)),
            result_description::rubric_id.eq(None::<Id<Rubric>>),
            result_description::updated_at.eq(now),
        );
        diesel::update(result_description::table.find(id)).set(away).execute(conn)?;
        return Ok(());
    }
    // A level that was put away earlier may still be there.
    let rest: Vec<Id<Level>> = level::table.filter(level::result_description_id.eq(id)).select(level::id).load(conn)?;
    diesel::delete(
        alignment::table
            .filter(alignment::result_description_id.eq(id).or(alignment::rubric_criterion_level_id.eq_any(&rest))),
    )
    .execute(conn)?;
    diesel::delete(level::table.filter(level::result_description_id.eq(id))).execute(conn)?;
    diesel::delete(result_description::table.find(id)).execute(conn)?;
    Ok(())
}

fn put_level_away(conn: &mut Conn, id: &Id<Level>) -> QueryResult<()> {
    let scored: i64 = result::table.filter(result::achieved_level_id.eq(id)).count().get_result(conn)?;
    if scored > 0 {
        let away = level::removed_at.eq(Some(clock::now().naive_utc()));
        diesel::update(level::table.find(id)).set(away).execute(conn)?;
    } else {
        diesel::delete(alignment::table.filter(alignment::rubric_criterion_level_id.eq(id))).execute(conn)?;
        diesel::delete(level::table.find(id)).execute(conn)?;
    }
    Ok(())
}

/// Gives the criteria their places among all descriptions of the achievement: together, where the first of them stood.
fn arrange(conn: &mut Conn, rubric: &Rubric, criteria: &[Criterion]) -> QueryResult<()> {
    let all = descriptions::of_achievement(conn, &rubric.achievement_id)?;
    let is_own = |one: &ResultDescription| criteria.iter().any(|own| own.description.id == one.id);
    let first = all.iter().position(is_own).unwrap_or(all.len());
    let before = all.iter().take(first).map(|one| &one.id);
    let after = all.iter().skip(first).filter(|one| !is_own(one)).map(|one| &one.id);
    let order = before.chain(criteria.iter().map(|one| &one.description.id)).chain(after);
    for (place, id) in (0..).zip(order) {
        if all.iter().any(|one| one.id == *id && one.position != place) {
            diesel::update(result_description::table.find(id))
                .set(result_description::position.eq(place))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// What changed, criterion by criterion, for the audit trail.
fn told(before: &[Criterion], after: &[Criterion]) -> Vec<Change> {
    let find = |all: &[Criterion], id: &Id<ResultDescription>| {
        all.iter().find(|one| one.description.id == *id).map(Criterion::in_words)
    };
    let change = |one: &Criterion| Change {
        field: format!("Criterion {}", one.description.name),
        before: find(before, &one.description.id),
        after: find(after, &one.description.id),
    };
    let gone = before.iter().filter(|one| find(after, &one.description.id).is_none());
    let mut changes: Vec<Change> =
        after.iter().chain(gone).map(change).filter(|change| change.before != change.after).collect();
    let order = |all: &[Criterion], other: &[Criterion]| {
        let common = all.iter().filter(|one| find(other, &one.description.id).is_some());
        common.map(|one| one.description.name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let kept = |all: &[Criterion], other: &[Criterion]| -> Vec<Id<ResultDescription>> {
        let common = all.iter().filter(|one| find(other, &one.description.id).is_some());
        common.map(|one| one.description.id.clone()).collect()
    };
    if kept(before, after) != kept(after, before) {
        changes.push(Change {
            field: "Order of criteria".to_owned(),
            before: Some(order(before, after)),
            after: Some(order(after, before)),
        });
    }
    changes
}
