//! The alignment: where an achievement, a result description or a level stands in a framework (CLR 1.0 `Alignment`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Achievement, Level, ResultDescription, issued::IssuedAlignment};
use crate::{
    db::{Conn, schema::alignment},
    values::{Id, Line, Name, Prose, WebAddress},
};

/// A node of a framework (CLR 1.0 `Alignment`) on an achievement, a description or a level.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alignment, treat_none_as_default_value = false)]
pub struct Alignment {
    /// Row id.
    pub id: Id<Alignment>,
    /// On an achievement …
    pub achievement_id: Option<Id<Achievement>>,
    /// … or a description …
    pub result_description_id: Option<Id<ResultDescription>>,
    /// … or a level.
    pub rubric_criterion_level_id: Option<Id<Level>>,
    /// Name of the node.
    pub target_name: Name,
    /// Its address.
    pub target_url: WebAddress,
    /// Its code.
    pub target_code: Option<Line>,
    /// Its description.
    pub target_description: Option<Prose>,
    /// The framework.
    pub target_framework: Option<Line>,
    /// Its type.
    pub target_type: Option<Line>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl Alignment {
    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(alignment::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// The alignments of the achievement itself, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAlignment>> {
    let own: Vec<Alignment> = alignment::table
        .filter(alignment::achievement_id.eq(id))
        .order((alignment::position, alignment::id))
        .select(Alignment::as_select())
        .load(conn)?;
    Ok(own.iter().map(issued_alignment).collect())
}

/// An alignment as it is frozen.
pub(super) fn issued_alignment(alignment: &Alignment) -> IssuedAlignment {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    IssuedAlignment {
        target_name: alignment.target_name.to_string(),
        target_url: alignment.target_url.to_string(),
        target_code: text(&alignment.target_code),
        target_description: alignment.target_description.as_ref().map(Prose::to_string),
        target_framework: text(&alignment.target_framework),
        target_type: text(&alignment.target_type),
    }
}
