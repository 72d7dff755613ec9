//! The audit entry: who did what to what, when. Written as the last statement of the change's own transaction; never
//! changed or deleted (a trigger of the database refuses), and chained to the entry before ([`audit_chain`]).

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Profile, Staff,
    audit_chain::{self, Link},
};
use crate::{
    clock,
    db::{Conn, schema::audit_entry},
    values::{Id, Json, Role},
};

/// The kind of an actor who is a learner.
const LEARNER: &str = "learner";

/// Who acts: a member of staff, a learner, or the program itself.
#[derive(Debug, Clone)]
pub struct Actor {
    /// `staff`, `learner`, `command` or `system`.
    pub kind: &'static str,
    /// The row id of the person, where there is one.
    pub id: Option<String>,
    /// The name, as it was at that time.
    pub name: String,
    /// The role, for staff.
    pub role: Option<Role>,
    /// The office, for staff who work for one.
    pub office: Option<Id<Profile>>,
    /// The id of the request, which the log lines carry too.
    pub request_id: Option<String>,
}

impl Actor {
    /// A member of staff.
    pub fn staff(staff: &Staff, request_id: Option<String>) -> Self {
        Self {
            kind: "staff",
            id: Some(staff.id.to_string()),
            name: staff.name.to_string(),
            role: Some(staff.role),
            office: staff.office_id.clone().filter(|_| staff.role.needs_office()),
            request_id,
        }
    }

    /// A learner who is signed in.
    pub fn learner(learner: &Profile, request_id: Option<String>) -> Self {
        let (id, name) = (Some(learner.id.to_string()), learner.name.to_string());
        Self { kind: LEARNER, id, name, role: None, office: None, request_id }
    }

    /// Whether it is a learner.
    pub fn is_learner(&self) -> bool {
        self.kind == LEARNER
    }

    /// A command run by the operator of the machine.
    pub fn command(name: &str) -> Self {
        Self { kind: "command", id: None, name: format!("command {name}"), role: None, office: None, request_id: None }
    }

    /// The program itself, in work that nobody asked for just now.
    pub fn system() -> Self {
        Self { kind: "system", name: "the portal".to_owned(), ..Self::command("") }
    }
}

/// One change of one field, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field, by its label.
    pub field: String,
    /// What it was; absent when there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is; absent when nothing is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Change {
    /// What it was, as pages say it.
    pub fn shown_before(&self) -> Option<&str> {
        self.before.as_deref().map(|value| self.shown(value))
    }

    /// What it is, as pages say it.
    pub fn shown_after(&self) -> Option<&str> {
        self.after.as_deref().map(|value| self.shown(value))
    }

    /// A status is written down as it is stored, which the files that are taken out go on saying.
    fn shown<'a>(&self, value: &'a str) -> &'a str {
        match (self.field.as_str(), value) {
            ("Status", "in_force") => "in force",
            _ => value,
        }
    }
}

/// The readable facts of an object: label and value, empty where there is none.
pub type Facts = Vec<(&'static str, String)>;

/// What differs between two states of an object.
pub fn differences(before: &Facts, after: &Facts) -> Vec<Change> {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    before
        .iter()
        .zip(after)
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| Change { field: (*field).to_owned(), before: some(old), after: some(new) })
        .collect()
}

/// An entry of the audit trail.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entry)]
pub struct AuditEntry {
    /// Its number, without gaps.
    pub seq: i64,
    /// When.
    pub at: NaiveDateTime,
    /// See [`Actor::kind`].
    pub actor_kind: String,
    /// See [`Actor::id`].
    pub actor_id: Option<String>,
    /// See [`Actor::name`]; empty when it was erased.
    pub actor_name: String,
    /// See [`Actor::role`].
    pub actor_role: Option<String>,
    /// What was done, as a past participle: `created`, `changed`, `issued`, `revoked` …
    pub action: String,
    /// The kind of object.
    pub object_kind: String,
    /// Its row id.
    pub object_id: String,
    /// What changed.
    pub changes: Json<Vec<Change>>,
    /// The request.
    pub request_id: Option<String>,
}

impl From<Link> for AuditEntry {
    fn from(link: Link) -> Self {
        let Link { seq, at, actor_kind, actor_id, actor_name, actor_role, action, object_kind, object_id, .. } = link;
        Self {
            seq,
            at,
            actor_kind,
            actor_id,
            actor_name,
            actor_role,
            action,
            object_kind,
            object_id,
            changes: Json::new(serde_json::from_str(&link.changes).unwrap_or_default()),
            request_id: link.request_id,
        }
    }
}

impl AuditEntry {
    /// Who did it. A name is empty only when it was erased.
    pub fn shown_actor(&self) -> &str {
        if self.actor_name.is_empty() { "an erased learner" } else { &self.actor_name }
    }

    /// What was done, as a verb in the past.
    pub fn shown_action(&self) -> &str {
        shown_action(&self.action)
    }

    /// What it was done to, on a page of its own, where a person is not "it".
    pub fn shown_own(&self) -> &'static str {
        if self.object_kind == "profile" { "this profile" } else { "it" }
    }

    /// What it was done to: "a profile", "the settings".
    pub fn shown_object(&self) -> String {
        match self.object_kind.as_str() {
            _ if self.action == "signed in" => String::new(),
            "audit checkpoint" => "for the audit trail".to_owned(),
            // Where nobody knows any more which: what is done says already that it was an import.
            "import" => "a file".to_owned(),
            "settings" => "the settings".to_owned(),
            "backup" => "the whole portal".to_owned(),
            "export" => "records".to_owned(),
            "staff" => "a staff account".to_owned(),
            "clr" => "a record".to_owned(),
            kind if kind.starts_with(['a', 'e', 'i', 'o']) => format!("an {kind}"),
            kind => format!("a {kind}"),
        }
    }
}

/// An action as a verb in the past.
pub fn shown_action(action: &str) -> &str {
    match action {
        "in_force" => "lifted the suspension of",
        "taken back" => "took back",
        other => other,
    }
}

/// A kind of object, as a label.
pub fn shown_kind(kind: &str) -> String {
    match kind {
        "clr" => "Record".to_owned(),
        "staff" => "Staff account".to_owned(),
        "profile" => "Profile or learner".to_owned(),
        other => other.chars().take(1).flat_map(char::to_uppercase).chain(other.chars().skip(1)).collect(),
    }
}

/// Number of the advisory lock that lets PostgreSQL's writers take turns at the trail.
const TURN: i64 = 7_359_002;

/// Waits for a turn at the trail, and holds it until the commit. Writers of SQLite take turns anyway. A change that must
/// see what nobody else is about to change takes its turn before it looks; all others wait at their last statement.
pub fn take_turn(conn: &mut Conn) -> QueryResult<()> {
    if let Conn::Postgres(postgres) = conn {
        // Raw: an advisory lock is a function call that the query builder has no word for.
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(TURN)
            .execute(postgres)?;
    }
    Ok(())
}

/// Writes an entry. Call it last: on PostgreSQL it waits for its turn and holds it until the commit.
pub fn write(conn: &mut Conn, by: &Actor, action: &str, object: (&str, &str), changes: Vec<Change>) -> QueryResult<()> {
    take_turn(conn)?;
    let (last, before) = audit_chain::head(conn)?;
    let mut link = Link {
        seq: last + 1,
        at: clock::now().naive_utc(),
        actor_kind: by.kind.to_owned(),
        actor_id: by.id.clone(),
        actor_name: by.name.clone(),
        actor_role: by.role.map(|role| role.to_string()),
        action: action.to_owned(),
        object_kind: object.0.to_owned(),
        object_id: object.1.to_owned(),
        changes: serde_json::to_string(&changes).unwrap_or_default(),
        request_id: by.request_id.clone(),
        ..Link::default()
    };
    link.join(&before);
    diesel::insert_into(audit_entry::table).values(link).execute(conn)?;
    Ok(())
}

/// The history of one object, newest first.
pub fn history(conn: &mut Conn, kind: &str, id: &str) -> QueryResult<Vec<AuditEntry>> {
    audit_entry::table
        .filter(audit_entry::object_kind.eq(kind))
        .filter(audit_entry::object_id.eq(id))
        .order(audit_entry::seq.desc())
        .limit(100)
        .select(AuditEntry::as_select())
        .load(conn)
}

/// The latest entries of all objects, newest first.
pub fn latest(conn: &mut Conn, most: i64) -> QueryResult<Vec<AuditEntry>> {
    audit_entry::table.order(audit_entry::seq.desc()).limit(most).select(AuditEntry::as_select()).load(conn)
}

/// The numbers of all entries about one kind of object, in their order.
pub fn numbers_of_kind(conn: &mut Conn, kind: &str) -> QueryResult<Vec<i64>> {
    let about = audit_entry::table.filter(audit_entry::object_kind.eq(kind));
    about.order(audit_entry::seq).select(audit_entry::seq).load(conn)
}

/// The latest entries about one kind of object, newest first.
pub fn of_kind(conn: &mut Conn, kind: &str, most: i64) -> QueryResult<Vec<AuditEntry>> {
    audit_entry::table
        .filter(audit_entry::object_kind.eq(kind))
        .order(audit_entry::seq.desc())
        .limit(most)
        .select(AuditEntry::as_select())
        .load(conn)
}
