//! Series: events that bear the name of one.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{
    Event,
    list::{Listed, listed},
};
use crate::{
    db::{Conn, schema::event},
    models::Profile,
    values::{Id, Line},
};

/// Most series that a list can be filtered by.
const MOST_NAMES: i64 = 500;
/// Most events of a series on the page of one of them.
const MOST_OTHERS: i64 = 60;

/// The names of series, of an office those of its events.
pub fn names(conn: &mut Conn, office: Option<&Id<Profile>>) -> QueryResult<Vec<String>> {
    let mut rows = event::table.select(event::series).filter(event::series.is_not_null()).distinct().into_boxed();
    if let Some(office) = office {
        rows = rows.filter(event::host_id.eq(office));
    }
    let names: Vec<Option<String>> = rows.order(event::series).limit(MOST_NAMES).load(conn)?;
    Ok(names.into_iter().flatten().collect())
}

/// The other events of an event's series that the same office hosts, in the order in which they take place.
pub fn others(conn: &mut Conn, of: &Event) -> QueryResult<Vec<Listed>> {
    let Some(series) = &of.series else { return Ok(Vec::new()) };
    let rows = in_series(conn, series, &of.host_id, MOST_OTHERS + 1)?;
    listed(conn, rows.into_iter().filter(|one| one.id != of.id).take(MOST_OTHERS as usize).collect())
}

/// The events of a series that an office hosts.
pub fn in_series(conn: &mut Conn, series: &Line, host: &Id<Profile>, most: i64) -> QueryResult<Vec<Event>> {
    event::table
        .filter(event::series.eq(series))
        .filter(event::host_id.eq(host))
        .order((event::starts_at, event::id))
        .limit(most)
        .select(Event::as_select())
        .load(conn)
}

/// The codes that begin so.
pub fn codes_beginning(conn: &mut Conn, begins: &str) -> QueryResult<HashSet<String>> {
    let escaped = begins.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let codes: Vec<String> =
        event::table.filter(event::code.like(format!("{escaped}%")).escape('\\')).select(event::code).load(conn)?;
    Ok(codes.into_iter().collect())
}
