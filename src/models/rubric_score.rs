//! The score of a rubric: the points of the levels that were reached, added up.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{Assertion, AwardResult, Level, ResultDescription, rubric_grid::Criterion};
use crate::{
    db::{
        Conn,
        schema::{assertion, result},
    },
    values::{Id, Line, Points},
};

/// The points of a level; none where it has none, or not as a number.
pub fn points(level: &Level) -> Option<Points> {
    level.points.as_ref().and_then(|points| Points::parse(points.as_str()).ok())
}

/// The sum of the points of these levels; none where no level has points.
pub fn total<'a>(levels: impl Iterator<Item = &'a Level>) -> Option<Points> {
    let known: Vec<Points> = levels.filter_map(points).collect();
    (!known.is_empty()).then(|| known.into_iter().sum())
}

/// The most that can be reached: the points of the best level of each criterion.
pub fn best(criteria: &[Criterion]) -> Option<Points> {
    let best = criteria.iter().filter_map(|one| one.levels.iter().filter_map(points).max()).collect::<Vec<_>>();
    (!best.is_empty()).then(|| best.into_iter().sum())
}

/// Counts the totals of drafts again after points were changed, where the total was the sum of the old ones and not
/// somebody's own figure. Returns how many changed.
pub(super) fn recount(conn: &mut Conn, before: &[Criterion], after: &[Criterion]) -> QueryResult<usize> {
    let total_of = |all: &[Criterion]| all.iter().find(|one| one.is_total()).map(|one| one.description.id.clone());
    let (Some(description), true) =
        (total_of(before).filter(|id| total_of(after).as_ref() == Some(id)), differ(before, after))
    else {
        return Ok(0);
    };
    let mut changed = 0;
    for (levels, kept) in drafts(conn, before, &description)?.into_values() {
        let sum = |all: &[Criterion]| {
            let reached = all.iter().flat_map(|one| &one.levels).filter(|level| levels.contains(&level.id));
            total(reached).map(|sum| sum.to_string())
        };
        let (Some((id, value)), Some(new)) = (kept, sum(after)) else { continue };
        if value.as_ref().map(Line::to_string) == sum(before) && sum(before).as_ref() != Some(&new) {
            let value = Line::parse(&new).ok();
            diesel::update(result::table.find(id)).set(result::value.eq(value)).execute(conn)?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// Whether a level has other points than before.
fn differ(before: &[Criterion], after: &[Criterion]) -> bool {
    let all = |criteria: &[Criterion]| -> Vec<(Id<Level>, Option<Points>)> {
        criteria.iter().flat_map(|one| &one.levels).map(|level| (level.id.clone(), points(level))).collect()
    };
    let new = all(after);
    all(before).into_iter().any(|(id, old)| new.iter().any(|(own, points)| *own == id && *points != old))
}

/// Of each draft that is scored: the levels reached, and the total as it stands.
type Scores = BTreeMap<String, (Vec<Id<Level>>, Option<(Id<AwardResult>, Option<Line>)>)>;

fn drafts(conn: &mut Conn, criteria: &[Criterion], total: &Id<ResultDescription>) -> QueryResult<Scores> {
    type Row = (Id<Assertion>, Id<AwardResult>, Id<ResultDescription>, Option<Id<Level>>, Option<Line>);
    let ids: Vec<_> = criteria.iter().map(|one| &one.description.id).collect();
    let rows: Vec<Row> = result::table
        .inner_join(assertion::table.on(assertion::id.eq(result::assertion_id)))
        .filter(result::result_description_id.eq_any(ids))
        .filter(assertion::issued_at.is_null())
        .select((assertion::id, result::id, result::result_description_id, result::achieved_level_id, result::value))
        .load(conn)?;
    let mut scores = Scores::new();
    for (draft, id, description, level, value) in rows {
        let own = scores.entry(draft.to_string()).or_default();
        if description == *total {
            own.1 = Some((id, value));
        }
        own.0.extend(level);
    }
    Ok(scores)
}
