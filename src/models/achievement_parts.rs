//! The parts of an achievement taken together. They have no life of their own: they go with their achievement.

use diesel::prelude::*;

use super::{Achievement, Level, ResultDescription};
use crate::{
    db::{
        Conn,
        schema::{alignment, association, result_description, rubric, rubric_criterion_level},
    },
    values::Id,
};

/// Deletes all parts of an achievement; for deleting the achievement itself.
pub fn delete_all(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<()> {
    // Also those that were put away: nothing points at them any more, or the achievement could not be deleted.
    let description_ids: Vec<Id<ResultDescription>> = result_description::table
        .filter(result_description::achievement_id.eq(id))
        .select(result_description::id)
        .load(conn)?;
    let level_ids: Vec<Id<Level>> = rubric_criterion_level::table
        .filter(rubric_criterion_level::result_description_id.eq_any(&description_ids))
        .select(rubric_criterion_level::id)
        .load(conn)?;
    diesel::delete(
        alignment::table.filter(
            alignment::achievement_id
                .eq(id)
                .or(alignment::result_description_id.eq_any(&description_ids))
                .or(alignment::rubric_criterion_level_id.eq_any(&level_ids)),
        ),
    )
    .execute(conn)?;
    diesel::delete(rubric_criterion_level::table.filter(rubric_criterion_level::id.eq_any(&level_ids)))
        .execute(conn)?;
    diesel::delete(result_description::table.filter(result_description::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(rubric::table.filter(rubric::achievement_id.eq(id))).execute(conn)?;
    diesel::delete(association::table.filter(association::achievement_id.eq(id))).execute(conn)?;
    Ok(())
}
