//! The alignment: where an achievement, a result description or a level stands in a framework (CLR 1.0 `Alignment`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement, Level, ResultDescription,
    issued::{Extensions, IssuedAlignment},
};
use crate::{
    clock,
    db::{Conn, schema::alignment},
    values::{Id, Iri, Json, Line, Name, Prose, TargetType, fold},
};

/// A node of a framework (CLR 1.0 `Alignment`) on an achievement, a description or a level.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = alignment, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    pub target_url: Iri,
    /// Its code.
    pub target_code: Option<Line>,
    /// Its description.
    pub target_description: Option<Prose>,
    /// The framework.
    pub target_framework: Option<Line>,
    /// Its type.
    pub target_type: Option<TargetType>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Alignment::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// What an alignment is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aligned {
    /// The achievement itself.
    Achievement(Id<Achievement>),
    /// One of its result descriptions.
    Description(Id<ResultDescription>),
    /// A level of one of these.
    Level(Id<Level>),
}

impl Alignment {
    /// A new alignment with a node of a framework, at a place.
    pub fn new(on: Aligned, target_name: Name, target_url: Iri, position: i32) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id: None,
            result_description_id: None,
            rubric_criterion_level_id: None,
            target_name,
            target_url,
            target_code: None,
            target_description: None,
            target_framework: None,
            target_type: None,
            position,
            created_at: now,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
        };
        match on {
            Aligned::Achievement(id) => new.achievement_id = Some(id),
            Aligned::Description(id) => new.result_description_id = Some(id),
            Aligned::Level(id) => new.rubric_criterion_level_id = Some(id),
        }
        new.refold();
        new
    }

    /// Sets what is derived from the node's name, code and framework.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.target_name.as_str());
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let words = [
            self.target_name.to_string(),
            line(&self.target_code),
            line(&self.target_framework),
            self.target_url.to_string(),
        ];
        self.search_text = fold(&words.join(" "));
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(alignment::table).values(row).execute(conn).map(|_| ())
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
        target_type: alignment.target_type.as_ref().map(TargetType::to_string),
    }
}
