//! The list of events and their calendar.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Event;
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, association, event, presence, profile},
    },
    models::{
        Profile,
        page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    },
    values::{AssociationType, AttendanceStatus, Id},
};

/// An event as a list shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The event.
    pub event: Event,
    /// Its name.
    pub name: String,
    /// Its host's name.
    pub host: String,
    /// How many attended it.
    pub attended: i64,
}

/// What finds an area where it is kept: among others, as a list of JSON strings. The escape is a backslash.
pub fn pattern_of_area(area: &str) -> String {
    let quoted = serde_json::to_string(area).unwrap_or_default();
    format!("%{}%", quoted.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

fn matching<'a>(query: &Query) -> event::BoxedQuery<'a, MultiBackend> {
    let now = clock::now().naive_utc();
    let mut rows = event::table.into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(event::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        rows = rows.filter(event::host_id.eq(office.clone()));
    }
    if let Some(host) = query.filter("host") {
        rows = rows.filter(event::host_id.eq(host.to_owned()));
    }
    if let Some(series) = query.filter("series") {
        rows = rows.filter(event::series.eq(series.to_owned()));
    }
    if let Some(area) = query.filter("area") {
        rows = rows.filter(event::areas.like(pattern_of_area(area)).escape('\\'));
    }
    if let Some(program) = query.filter("program") {
        let parts = association::table
            .filter(association::target_id.eq(program.to_owned()))
            .filter(association::association_type.eq(AssociationType::IsPartOf))
            .select(association::achievement_id);
        rows = rows.filter(event::achievement_id.eq_any(parts));
    }
    match query.filter("when") {
        Some("past") => rows.filter(event::cancelled_at.is_null()).filter(event::ends_at.lt(now)),
        Some("cancelled") => rows.filter(event::cancelled_at.is_not_null()),
        Some("all") => rows,
        _ => rows.filter(event::cancelled_at.is_null()).filter(event::ends_at.ge(now)),
    }
}

/// A page of events. Sorts by `name` or `start`; filters by `when`, `host`, `series`, `area` and
/// `program`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(query).select(Event::as_select());
    let page = if query.sort == "name" {
        let rows: Vec<Event> = keyset!(rows, query, event::sort_name, event::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    } else {
        let rows: Vec<Event> = keyset!(rows, query, event::starts_at, event::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.starts_at, row.id.as_str()))
    };
    let mut told = listed(conn, page.rows.clone())?.into_iter();
    let Page { rows, next, previous } = page;
    Ok(Page { rows: rows.into_iter().filter_map(|_| told.next()).collect(), next, previous })
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Event>> = matching(query).select(event::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// Most events of a calendar's month.
const MONTH_LIMIT: i64 = 1000;

/// The events that begin between two instants (UTC), the second not among them; cancelled ones too.
pub fn between(
    conn: &mut Conn,
    (from, to): (NaiveDateTime, NaiveDateTime),
    office: Option<&Id<Profile>>,
) -> QueryResult<Vec<Listed>> {
    let mut rows = event::table.filter(event::starts_at.ge(from)).filter(event::starts_at.lt(to)).into_boxed();
    if let Some(office) = office {
        rows = rows.filter(event::host_id.eq(office));
    }
    let rows = rows.order((event::starts_at, event::id)).limit(MONTH_LIMIT).select(Event::as_select()).load(conn)?;
    listed(conn, rows)
}

/// The events with what a list shows of them, in three statements whatever their number.
pub fn listed(conn: &mut Conn, events: Vec<Event>) -> QueryResult<Vec<Listed>> {
    let own: Vec<_> = events.iter().map(|one| &one.achievement_id).collect();
    let names = achievement::table.filter(achievement::id.eq_any(own)).select((achievement::id, achievement::name));
    let names: HashMap<String, String> = names.load::<(String, String)>(conn)?.into_iter().collect();
    let hosts: Vec<_> = events.iter().map(|one| &one.host_id).collect();
    let hosts = profile::table.filter(profile::id.eq_any(hosts)).select((profile::id, profile::name));
    let hosts: HashMap<String, String> = hosts.load::<(String, String)>(conn)?.into_iter().collect();
    let ids: Vec<_> = events.iter().map(|one| &one.id).collect();
    let counts = presence::table
        .filter(presence::event_id.eq_any(ids))
        .filter(presence::status.eq(AttendanceStatus::Attended))
        .group_by(presence::event_id)
        .select((presence::event_id, diesel::dsl::count_star()));
    let counts: HashMap<String, i64> = counts.load::<(String, i64)>(conn)?.into_iter().collect();
    let told = |event: Event| Listed {
        name: names.get(event.achievement_id.as_str()).cloned().unwrap_or_default(),
        host: hosts.get(event.host_id.as_str()).cloned().unwrap_or_default(),
        attended: counts.get(event.id.as_str()).copied().unwrap_or_default(),
        event,
    };
    Ok(events.into_iter().map(told).collect())
}
