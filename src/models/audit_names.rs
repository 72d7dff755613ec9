//! What the objects of the audit trail are called now. The trail itself holds their ids only: a name is personal data and
//! may change, an entry never does.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{achievement, assertion, audit::AuditEntry, clr, event, import, profile, program, staff};
use crate::db::{
    Conn,
    schema::{
        achievement as achievements, assertion as assertions, clr as clrs, event as events, import as imports,
        profile as profiles, program as programs, staff as accounts,
    },
};

/// Names of objects, by their kind and row id.
#[derive(Debug, Default)]
pub struct Names(HashMap<(&'static str, String), String>);

impl Names {
    /// What the object of an entry is called; an object that is gone, or that has no name, by its kind.
    ///
    /// Who signs in is named as the one who did it, and not once more as what it was done to.
    pub fn of(&self, entry: &AuditEntry) -> String {
        if entry.action == "signed in" {
            return String::new();
        }
        let known = self.0.iter().find(|((kind, id), _)| *kind == entry.object_kind && *id == entry.object_id);
        known.map_or_else(|| entry.shown_object(), |(_, name)| name.clone())
    }

    /// Whether the object of an entry is there and has a name.
    pub fn knows(&self, entry: &AuditEntry) -> bool {
        self.0.keys().any(|(kind, id)| *kind == entry.object_kind && *id == entry.object_id)
    }

    fn add(&mut self, kind: &'static str, rows: Vec<(String, String)>) {
        self.0.extend(rows.into_iter().map(|(id, name)| ((kind, id), name)));
    }
}

/// The names of what these entries are about, with one query a kind.
pub fn of(conn: &mut Conn, entries: &[AuditEntry]) -> QueryResult<Names> {
    let ids = |kind: &str| -> Vec<String> {
        let of_kind = entries.iter().filter(|entry| entry.object_kind == kind && entry.action != "signed in");
        of_kind.map(|entry| entry.object_id.clone()).collect()
    };
    let mut names = Names::default();
    names.add(
        profile::KIND,
        profiles::table
            .filter(profiles::id.eq_any(ids(profile::KIND)))
            .select((profiles::id, profiles::name))
            .load(conn)?,
    );
    names.add(
        achievement::KIND,
        achievements::table
            .filter(achievements::id.eq_any(ids(achievement::KIND)))
            .select((achievements::id, achievements::name))
            .load(conn)?,
    );
    names.add(
        staff::KIND,
        accounts::table
            .filter(accounts::id.eq_any(ids(staff::KIND)))
            .select((accounts::id, accounts::name))
            .load(conn)?,
    );
    let awards: Vec<(String, String, String)> = assertions::table
        .inner_join(achievements::table)
        .inner_join(profiles::table.on(profiles::id.eq(assertions::learner_id)))
        .filter(assertions::id.eq_any(ids(assertion::KIND)))
        .select((assertions::id, achievements::name, profiles::name))
        .load(conn)?;
    names.add(
        assertion::KIND,
        awards.into_iter().map(|(id, achievement, learner)| (id, format!("{achievement} for {learner}"))).collect(),
    );
    let brought: Vec<(String, String)> = imports::table
        .filter(imports::id.eq_any(ids(import::KIND)))
        .select((imports::id, imports::file_name))
        .load(conn)?;
    names.add(import::KIND, brought.into_iter().map(|(id, file)| (id, format!("the file {file}"))).collect());
    let planned = events::table.inner_join(achievements::table).filter(events::id.eq_any(ids(event::KIND)));
    names.add(event::KIND, planned.select((events::id, achievements::name)).load(conn)?);
    let earned = programs::table.inner_join(achievements::table.on(achievements::id.eq(programs::achievement_id)));
    let earned = earned.filter(programs::id.eq_any(ids(program::KIND)));
    let earned: Vec<(String, String)> = earned.select((programs::id, achievements::name)).load(conn)?;
    names.add(program::KIND, earned.into_iter().map(|(id, name)| (id, format!("the program of {name}"))).collect());
    let records: Vec<(String, String)> = clrs::table
        .inner_join(profiles::table.on(profiles::id.eq(clrs::learner_id)))
        .filter(clrs::id.eq_any(ids(clr::KIND)))
        .select((clrs::id, profiles::name))
        .load(conn)?;
    names.add(clr::KIND, records.into_iter().map(|(id, learner)| (id, format!("a record of {learner}"))).collect());
    Ok(names)
}
