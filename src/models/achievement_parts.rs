//! The parts of an achievement taken together. They have no life of their own: they go with their achievement, and
//! changing one of them is an edit of the achievement, which begins its next version when the present one was awarded.

use diesel::prelude::*;

use super::{
    Achievement, Rubric, achievement, achievement_version as version,
    audit::{self, Actor, Change, Facts},
    rubric,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            achievement as achievements, alignment, association, result_description, rubric as rubrics,
            rubric_criterion_level,
        },
    },
    values::Id,
};

/// A part as the audit trail names it.
pub struct Part<'a> {
    /// The kind in the trail: `result description`.
    pub kind: &'static str,
    /// Its row id.
    pub id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// Whose it is.
    pub achievement: &'a Id<Achievement>,
    /// The rubric whose criterion it is, or belongs to.
    pub rubric: Option<Id<Rubric>>,
}

impl Part<'_> {
    fn shown(&self) -> String {
        let mut kind = self.kind.to_owned();
        kind.get_mut(..1).map(str::make_ascii_uppercase);
        format!("{kind} “{}”", self.name)
    }

    /// Writes down that it was added: in its own history and in that of its achievement.
    pub fn added(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        audit::write(conn, by, "created", (self.kind, self.id), Vec::new())?;
        let added = Change { field: self.shown(), before: None, after: Some("added".to_owned()) };
        self.edited(conn, vec![added], by)
    }

    /// Writes down what changed.
    pub fn changed(&self, conn: &mut Conn, changes: Vec<Change>, by: &Actor) -> QueryResult<()> {
        let of_part =
            |change: &Change| Change { field: format!("{}: {}", self.shown(), change.field), ..change.clone() };
        let of_achievement = changes.iter().map(of_part).collect();
        audit::write(conn, by, "changed", (self.kind, self.id), changes)?;
        self.edited(conn, of_achievement, by)
    }

    /// Writes down that it is gone, and what it was.
    pub fn deleted(&self, conn: &mut Conn, was: &Facts, by: &Actor) -> QueryResult<()> {
        let nothing = was.iter().map(|(label, _)| (*label, String::new())).collect();
        audit::write(conn, by, "deleted", (self.kind, self.id), audit::differences(was, &nothing))?;
        let gone = Change { field: self.shown(), before: Some("was part of it".to_owned()), after: None };
        self.edited(conn, vec![gone], by)
    }

    /// Counts it as an edit of the rubric, too: a grid that was opened before does not overwrite it unseen.
    fn edited(&self, conn: &mut Conn, changes: Vec<Change>, by: &Actor) -> QueryResult<()> {
        edited(conn, self.achievement, changes.clone(), by)?;
        let Some(id) = &self.rubric else { return Ok(()) };
        diesel::update(rubrics::table.find(id))
            .set((rubrics::revision.eq(rubrics::revision + 1), rubrics::updated_at.eq(clock::now().naive_utc())))
            .execute(conn)?;
        audit::write(conn, by, "changed", (rubric::KIND, id.as_str()), changes)
    }
}

/// Counts an edit of its parts as an edit of the achievement, and writes it into the achievement's history.
fn edited(conn: &mut Conn, id: &Id<Achievement>, changes: Vec<Change>, by: &Actor) -> QueryResult<()> {
    version::take_turn(conn, id)?;
    let before = achievement::find(conn, id)?;
    let number = version::number_after_edit(conn, &before)?;
    let mut changes = changes;
    if number != before.version {
        let (before, after) = (Some(before.version.to_string()), Some(number.to_string()));
        changes.push(Change { field: "Version".to_owned(), before, after });
    }
    diesel::update(achievements::table.find(id))
        .set((
            achievements::revision.eq(achievements::revision + 1),
            achievements::version.eq(number),
            achievements::updated_at.eq(clock::now().naive_utc()),
        ))
        .execute(conn)?;
    audit::write(conn, by, "changed", (achievement::KIND, id.as_str()), changes)
}

/// The siblings in their order after one of them moved a place up or down; `None` where there is no such place.
pub fn moved<T: Clone>(siblings: &[T], up: bool, is_own: impl Fn(&T) -> bool) -> Option<Vec<T>> {
    let at = siblings.iter().position(is_own)?;
    let to = if up { at.checked_sub(1)? } else { at + 1 };
    siblings.get(to)?;
    let mut order = siblings.to_vec();
    order.swap(at, to);
    Some(order)
}

/// Writes down that parts stand in another order.
pub fn reordered(
    conn: &mut Conn,
    part: &Part<'_>,
    (before, after): (Vec<String>, Vec<String>),
    by: &Actor,
) -> QueryResult<()> {
    let order = Change { field: "Order".to_owned(), before: Some(before.join(", ")), after: Some(after.join(", ")) };
    let of_achievement = Change { field: format!("{}: Order", part.shown()), ..order.clone() };
    // Not "changed": a place among siblings is no part of what is edited in its form, and counts no revision.
    audit::write(conn, by, "moved", (part.kind, part.id), vec![order])?;
    part.edited(conn, vec![of_achievement], by)
}

/// Deletes all parts of an achievement; for deleting the achievement itself.
pub fn delete_all(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<()> {
    let descriptions: Vec<String> = result_description::table
        .filter(result_description::achievement_id.eq(id))
        .select(result_description::id)
        .load(conn)?;
    let levels: Vec<String> = rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(&descriptions))
        .select(rubric_criterion_level::id)
        .load(conn)?;
    diesel::delete(
        alignment::table.filter(
            alignment::achievement_id
                .eq(id)
                .or(alignment::result_description_id.eq_any(&descriptions))
                .or(alignment::rubric_criterion_level_id.eq_any(&levels)),
        ),
    )
    .execute(conn)?;
    diesel::delete(rubric_criterion_level::table.filter(rubric_criterion_level::id.eq_any(&levels))).execute(conn)?;
    diesel::delete(result_description::table.filter(result_description::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(rubrics::table.filter(rubrics::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(association::table.filter(association::achievement_id.eq(id))).execute(conn)?;
    Ok(())
}
