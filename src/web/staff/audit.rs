//! The audit trail, newest first: who did what to what, when, and what changed. What it is narrowed by stands in the
//! address, so that a page of it can be handed on.

pub mod checkpoints;
pub mod export;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{Days, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::{
    db::Conn,
    models::{
        audit::{self, AuditEntry, shown_kind},
        audit_check::{Anchor, Reached, Verdict},
        audit_names::{self, Names},
        audit_search::{self, Wanted, Who},
        credential, staff,
    },
    registrar::trail,
    values::CeDiD,
    web::{
        State,
        error::Error,
        filters,
        forms::error_of,
        frame::{Frame, page_with},
        guards::{May, ReadAudit},
    },
};

/// Entries of a page.
const ROWS: usize = 50;
/// Entries that are checked while somebody waits for the page.
const CHECKED_AT_ONCE: i64 = 20_000;

/// What is asked for, as it stands in the address.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct Asked {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    who: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    action: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    object: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    from: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    until: String,
    #[serde(default, skip_serializing)]
    before: Option<i64>,
    #[serde(default, skip_serializing)]
    again: Option<String>,
}

/// What was wrong with it, by its field.
type Errors = Vec<(&'static str, String)>;

impl Asked {
    /// As the noun understands it.
    fn wanted(&self, conn: &mut Conn) -> Result<Result<Wanted, Errors>, Error> {
        let mut errors = Vec::new();
        let mut day = |field, text: &str| match text.trim() {
            "" => None,
            text => text
                .parse::<NaiveDate>()
                .map_err(|_| errors.push((field, "Enter a day such as 2026-11-07".to_owned())))
                .ok(),
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let who = some(&self.who).map(|who| match who.as_str() {
            "learner" | "command" | "system" => Who::Kind(who),
            _ => Who::Person(who),
        });
        let object = some(&self.object).map(|object| object_of(conn, object)).transpose()?;
        let wanted = Wanted {
            who,
            action: some(&self.action),
            kind: some(&self.kind),
            object,
            from: from.map(NaiveDateTime::from),
            before: until.and_then(|day| day.checked_add_days(Days::new(1))).map(NaiveDateTime::from),
        };
        Ok(if errors.is_empty() { Ok(wanted) } else { Err(errors) })
    }

    fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    fn address(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// How it was narrowed, in words.
    fn in_words(&self) -> String {
        let facts = [
            ("who", &self.who),
            ("what", &self.action),
            ("kind", &self.kind),
            ("object", &self.object),
            ("from", &self.from),
            ("until", &self.until),
        ];
        let set: Vec<_> = facts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        if set.is_empty() { "everything".to_owned() } else { set.join("; ") }
    }
}

/// The row id that is meant: of whatever a code opens, or as it was entered.
fn object_of(conn: &mut Conn, entered: String) -> Result<String, Error> {
    let Ok(code) = CeDiD::parse(&entered) else { return Ok(entered) };
    Ok(credential::by_cedid(conn, &code)?.map_or(entered, |one| one.object().1.to_owned()))
}

/// How the trail stands, as the page says it.
struct Standing {
    /// What checking found; nothing where there is more to check.
    verdict: Option<Verdict>,
    /// The last entry that was looked at.
    reached: i64,
    /// The last checkpoint that counts.
    signed: Option<Anchor>,
}

#[derive(Template)]
#[template(path = "audit/index.html")]
struct AuditPage {
    frame: Frame,
    asked: Asked,
    errors: Errors,
    entries: Vec<AuditEntry>,
    names: Names,
    people: Vec<(String, String)>,
    actions: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    standing: Standing,
    older: Option<i64>,
}

/// `GET /admin/audit`
pub async fn index(
    may: May<ReadAudit>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let asked = asked.into_inner();
    let standing = standing(&state, asked.again.is_some()).await?;
    let frame = may.frame;
    let built = state.db.read(move |conn| built(conn, frame, asked, standing)).await?;
    let status = if built.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &built)
}

fn built(conn: &mut Conn, frame: Frame, asked: Asked, standing: Standing) -> Result<AuditPage, Error> {
    let (links, errors) = match asked.wanted(conn)? {
        Ok(wanted) => (audit_search::page(conn, &wanted, asked.before, ROWS as i64)?, Vec::new()),
        Err(errors) => (Vec::new(), errors),
    };
    let entries: Vec<AuditEntry> = links.into_iter().map(AuditEntry::from).collect();
    let kinds = audit_search::kinds(conn)?.into_iter().map(|kind| (shown_kind(&kind), kind));
    let mut kinds: Vec<_> = kinds.map(|(label, kind)| (kind, label)).collect();
    kinds.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(AuditPage {
        names: audit_names::of(conn, &entries)?,
        older: (entries.len() == ROWS).then(|| entries.last().map(|entry| entry.seq)).flatten(),
        people: people(conn, &asked.who, &entries)?,
        actions: audit_search::actions(conn)?
            .into_iter()
            .map(|action| (action.clone(), audit::shown_action(&action).to_owned()))
            .collect(),
        kinds,
        frame,
        asked,
        errors,
        entries,
        standing,
    })
}

/// Those whom the page can be narrowed to. A learner stands among them once somebody narrowed it to that learner.
fn people(conn: &mut Conn, chosen: &str, entries: &[AuditEntry]) -> Result<Vec<(String, String)>, Error> {
    let groups = [("learner", "Learners"), ("command", "Commands on the machine"), ("system", "The portal itself")];
    let mut people: Vec<_> = groups.map(|(kind, label)| (kind.to_owned(), label.to_owned())).to_vec();
    people.extend(staff::all(conn)?.into_iter().map(|one| (one.id.to_string(), one.name.to_string())));
    if !chosen.is_empty() && !people.iter().any(|(id, _)| id == chosen) {
        let named = entries.iter().find(|entry| entry.actor_id.as_deref() == Some(chosen));
        people
            .push((chosen.to_owned(), named.map_or("This person".to_owned(), |entry| entry.shown_actor().to_owned())));
    }
    Ok(people)
}

/// Checks what was written since the last look; everything, where that was asked for.
async fn standing(state: &State, again: bool) -> Result<Standing, Error> {
    let known = state.trail.lock().map(|reached| reached.clone()).unwrap_or_default();
    let (mut reached, most) = if again { (Reached::default(), i64::MAX) } else { (known, CHECKED_AT_ONCE) };
    let (report, reached, signed) = state
        .db
        .snapshot(move |conn| {
            let report = trail::go_on(conn, &[], &mut reached, most)?;
            let signed = report.as_ref().and_then(|report| report.believed.last().cloned());
            Ok::<_, crate::registrar::Refusal>((report, reached, signed))
        })
        .await?;
    // Behind a broken entry nothing was checked: the next look begins at the first entry again.
    let is_broken = report.as_ref().is_some_and(|report| matches!(report.verdict, Verdict::Broken { .. }));
    if let Ok(mut kept) = state.trail.lock() {
        *kept = if is_broken { Reached::default() } else { reached.clone() };
    }
    Ok(Standing { verdict: report.map(|report| report.verdict), reached: reached.seq, signed })
}

/// Where an entry's object can be looked at.
pub fn address_of(entry: &AuditEntry) -> Option<String> {
    let plural = match entry.object_kind.as_str() {
        "profile" => "profiles",
        "achievement" => "achievements",
        "assertion" => "assertions",
        "event" => "events",
        "program" => "programs",
        "clr" => "clrs",
        "signing key" => "keys",
        "audit checkpoint" => return Some("/admin/audit/checkpoints".to_owned()),
        _ => return None,
    };
    Some(format!("/admin/{plural}/{}", entry.object_id))
}

impl AuditPage {
    /// Where the object of an entry is; nowhere, when it is gone.
    fn address(&self, entry: &AuditEntry) -> Option<String> {
        let is_named =
            matches!(entry.object_kind.as_str(), "profile" | "achievement" | "assertion" | "clr" | "event" | "program");
        address_of(entry).filter(|_| !is_named || self.names.knows(entry))
    }

    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn older_address(&self, seq: &i64) -> String {
        let query = self.asked.query();
        let and = if query.is_empty() { "" } else { "&" };
        format!("/admin/audit?{query}{and}before={seq}")
    }

    fn is_narrowed(&self) -> bool {
        !self.asked.query().is_empty()
    }

    /// The page narrowed to the object of an entry.
    fn about(&self, entry: &AuditEntry) -> String {
        let asked = Asked { object: entry.object_id.clone(), kind: entry.object_kind.clone(), ..Asked::default() };
        asked.address("/admin/audit")
    }

    /// The page narrowed to who did it.
    fn by(&self, entry: &AuditEntry) -> String {
        let who = entry.actor_id.clone().unwrap_or_else(|| entry.actor_kind.clone());
        Asked { who, ..Asked::default() }.address("/admin/audit")
    }
}
