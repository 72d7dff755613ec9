//! Events by their codes, many at once, with what else a list may say of them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Event;
use crate::{
    db::{
        Conn,
        schema::{achievement, association, event},
    },
    models::Achievement,
    values::{AssociationType, Code, Id},
};

/// An event that is known, with its own achievement and what it counts for.
#[derive(Debug, Clone)]
pub struct Known {
    /// The event.
    pub event: Event,
    /// Its own achievement.
    pub own: Achievement,
    /// What it counts for, by the ids in order.
    pub programs: Vec<Id<Achievement>>,
}

/// The events with these codes, in two statements whatever their number.
pub fn by_codes(conn: &mut Conn, codes: &[&Code]) -> QueryResult<HashMap<String, Known>> {
    let found: Vec<(Event, Achievement)> = event::table
        .inner_join(achievement::table)
        .filter(event::code.eq_any(codes))
        .select((Event::as_select(), Achievement::as_select()))
        .load(conn)?;
    let own: Vec<_> = found.iter().map(|(_, own)| &own.id).collect();
    let ties: Vec<(Id<Achievement>, Option<Id<Achievement>>)> = association::table
        .filter(association::achievement_id.eq_any(own))
        .filter(association::association_type.eq(AssociationType::IsPartOf))
        .order(association::target_id)
        .select((association::achievement_id, association::target_id))
        .load(conn)?;
    let mut programs: HashMap<String, Vec<Id<Achievement>>> = HashMap::new();
    for (own, target) in ties {
        programs.entry(own.to_string()).or_default().extend(target);
    }
    let known = |(event, own): (Event, Achievement)| {
        let programs = programs.remove(own.id.as_str()).unwrap_or_default();
        (event.code.to_string(), Known { event, own, programs })
    };
    Ok(found.into_iter().map(known).collect())
}
