//! The list of programs.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    NumberedRule, Program,
    progress::{self, Counts},
};
use crate::{
    db::{
        Conn, MultiBackend,
        schema::{achievement, program, program_rule},
    },
    models::page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    values::Id,
};

/// A program as a list shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The program.
    pub program: Program,
    /// What is earned.
    pub name: String,
    /// The rule in force, or else the newest.
    pub rule: NumberedRule,
    /// How many stand how.
    pub counts: Counts,
}

fn matching<'a>(query: &Query) -> program::BoxedQuery<'a, MultiBackend> {
    let mut rows = program::table.into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(program::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(program::office_id.eq(office.clone()));
    }
    match query.filter("state") {
        Some("on") => rows.filter(program::rule_in_force.is_not_null()),
        Some("off") => rows.filter(program::rule_in_force.is_null()),
        _ => rows,
    }
}

/// A page of programs by name; filters by `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(query).select(Program::as_select());
    let rows: Vec<Program> = keyset!(rows, query, program::sort_name, program::id, String).load(conn)?;
    let page = Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()));
    let own: Vec<_> = page.rows.iter().map(|one| &one.achievement_id).collect();
    let names = achievement::table.filter(achievement::id.eq_any(own)).select((achievement::id, achievement::name));
    let names: HashMap<String, String> = names.load::<(String, String)>(conn)?.into_iter().collect();
    let ids: Vec<Id<Program>> = page.rows.iter().map(|one| one.id.clone()).collect();
    let mut counts = progress::counts_of(conn, &ids)?;
    let mut rules: HashMap<(Id<Program>, i32), NumberedRule> = program_rule::table
        .filter(program_rule::program_id.eq_any(&ids))
        .select(NumberedRule::as_select())
        .load(conn)?
        .into_iter()
        .map(|rule| ((rule.program_id.clone(), rule.number), rule))
        .collect();
    let Page { rows, next, previous } = page;
    let rows = rows
        .into_iter()
        .map(|program| {
            let number = program.rule_in_force.unwrap_or(program.newest_rule);
            let rule = rules.remove(&(program.id.clone(), number)).ok_or(diesel::result::Error::NotFound)?;
            let counts = counts.remove(&program.id).unwrap_or_default();
            let name = names.get(program.achievement_id.as_str()).cloned().unwrap_or_default();
            Ok(Listed { program, name, rule, counts })
        })
        .collect::<QueryResult<Vec<_>>>()?;
    Ok(Page { rows, next, previous })
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Program>> = matching(query).select(program::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}
