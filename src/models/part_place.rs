//! Where parts belong: the achievement of a part, and the way to it in words.
//!
//! A list reads its whole page's ways with three queries, whatever the parts are on.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Achievement, Alignment, Level, ResultDescription, Rubric};
use crate::{
    db::{
        Conn,
        schema::{achievement, result_description, rubric_criterion_level},
    },
    values::{Id, Name, Origin},
};

/// A part of a list, with the way to it.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The part.
    pub part: T,
    /// "Capstone › Writing › Proficient": what it is on, from the achievement down.
    pub way: String,
}

/// Why a part of an achievement of another publisher can't be changed.
pub const FOREIGN: &str = "It belongs to an achievement of another publisher, which stays as it came.";

/// The achievement of a description, removed ones included.
pub fn of_description(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<Id<Achievement>> {
    result_description::table.find(id).select(result_description::achievement_id).first(conn)
}

/// The rubric that a description is a criterion of.
pub fn rubric_of(conn: &mut Conn, id: &Id<ResultDescription>) -> QueryResult<Option<Id<Rubric>>> {
    result_description::table.find(id).select(result_description::rubric_id).first(conn)
}

/// The rubric that what an alignment is on belongs to.
pub fn rubric_of_alignment(conn: &mut Conn, one: &Alignment) -> QueryResult<Option<Id<Rubric>>> {
    match (&one.result_description_id, &one.rubric_criterion_level_id) {
        (Some(id), _) => rubric_of(conn, id),
        (None, Some(id)) => {
            let of = rubric_criterion_level::table.find(id).select(rubric_criterion_level::result_description_id);
            let of: Id<ResultDescription> = of.first(conn)?;
            rubric_of(conn, &of)
        }
        (None, None) => Ok(None),
    }
}

/// The achievement of a level.
pub fn of_level(conn: &mut Conn, id: &Id<Level>) -> QueryResult<Id<Achievement>> {
    let description: Id<ResultDescription> =
        rubric_criterion_level::table.find(id).select(rubric_criterion_level::result_description_id).first(conn)?;
    of_description(conn, &description)
}

/// The achievement of an alignment.
pub fn of_alignment(conn: &mut Conn, one: &Alignment) -> QueryResult<Id<Achievement>> {
    match (&one.achievement_id, &one.result_description_id, &one.rubric_criterion_level_id) {
        (Some(id), _, _) => Ok(id.clone()),
        (_, Some(id), _) => of_description(conn, id),
        (_, _, Some(id)) => of_level(conn, id),
        (None, None, None) => Err(diesel::result::Error::NotFound),
    }
}

/// Whether the achievement is another publisher's.
pub fn is_foreign(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<bool> {
    let origin: Origin = achievement::table.find(id).select(achievement::origin).first(conn)?;
    Ok(origin == Origin::Foreign)
}

/// The names along the ways to the parts of a page.
#[derive(Default)]
pub struct Ways {
    levels: HashMap<Id<Level>, (Name, Id<ResultDescription>)>,
    descriptions: HashMap<Id<ResultDescription>, (Name, Id<Achievement>)>,
    achievements: HashMap<Id<Achievement>, Name>,
}

impl Ways {
    /// Reads the names from these levels, descriptions and achievements upwards.
    pub fn read(
        conn: &mut Conn,
        levels: Vec<&Id<Level>>,
        descriptions: Vec<&Id<ResultDescription>>,
        achievements: Vec<&Id<Achievement>>,
    ) -> QueryResult<Self> {
        type Row<T, P> = (Id<T>, Name, Id<P>);
        let levels: Vec<Row<Level, ResultDescription>> = rubric_criterion_level::table
            .filter(rubric_criterion_level::id.eq_any(levels))
            .select((
                rubric_criterion_level::id,
                rubric_criterion_level::name,
                rubric_criterion_level::result_description_id,
            ))
            .load(conn)?;
        let wanted: Vec<_> = descriptions.into_iter().chain(levels.iter().map(|(_, _, id)| id)).collect();
        let descriptions: Vec<Row<ResultDescription, Achievement>> = result_description::table
            .filter(result_description::id.eq_any(wanted))
            .select((result_description::id, result_description::name, result_description::achievement_id))
            .load(conn)?;
        let wanted: Vec<_> = achievements.into_iter().chain(descriptions.iter().map(|(_, _, id)| id)).collect();
        let achievements: Vec<(Id<Achievement>, Name)> = achievement::table
            .filter(achievement::id.eq_any(wanted))
            .select((achievement::id, achievement::name))
            .load(conn)?;
        Ok(Self {
            levels: levels.into_iter().map(|(id, name, of)| (id, (name, of))).collect(),
            descriptions: descriptions.into_iter().map(|(id, name, of)| (id, (name, of))).collect(),
            achievements: achievements.into_iter().collect(),
        })
    }

    /// "Capstone".
    pub fn to_achievement(&self, id: &Id<Achievement>) -> String {
        self.achievements.get(id).map(Name::to_string).unwrap_or_default()
    }

    /// "Capstone › Writing".
    pub fn to_description(&self, id: &Id<ResultDescription>) -> String {
        match self.descriptions.get(id) {
            Some((name, of)) => format!("{} › {name}", self.to_achievement(of)),
            None => String::new(),
        }
    }

    /// "Capstone › Writing › Proficient".
    pub fn to_level(&self, id: &Id<Level>) -> String {
        match self.levels.get(id) {
            Some((name, of)) => format!("{} › {name}", self.to_description(of)),
            None => String::new(),
        }
    }

    /// The way to what an alignment is on.
    pub fn to_aligned(&self, one: &Alignment) -> String {
        match (&one.achievement_id, &one.result_description_id, &one.rubric_criterion_level_id) {
            (Some(id), _, _) => self.to_achievement(id),
            (_, Some(id), _) => self.to_description(id),
            (_, _, Some(id)) => self.to_level(id),
            (None, None, None) => String::new(),
        }
    }
}
