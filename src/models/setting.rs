//! Settings that live in the database: what the institution chose, as against where the program runs (`config`).

use diesel::prelude::*;

use super::Profile;
use crate::{
    db::{Conn, schema::setting},
    values::{Id, TimeZone},
};

/// The profile that publishes.
pub const PUBLISHER: &str = "publisher_id";
/// The name of the institution, above the publisher's own in the page head.
pub const INSTITUTION: &str = "institution";
/// The address that checkpoints of the audit trail are sent to; empty where nobody wants them.
pub const CHECKPOINTS_TO: &str = "checkpoints_to";
/// How newly signed credentials name where their status is told: a [`StatusMethod`].
pub const STATUS_METHOD: &str = "status_method";
/// Set in a demonstration: every page says that it is one.
pub const DEMONSTRATION: &str = "demonstration";

/// The time zone in which the institution counts its days.
pub const TIME_ZONE: &str = "time_zone";

/// The areas of events, one a line.
pub const AREAS: &str = "event_areas";

/// Whether somebody else than who prepared a conferral must approve it.
pub const TWO_PEOPLE: &str = "two_people_confer";

/// The value of a setting.
pub fn get(conn: &mut Conn, name: &str) -> QueryResult<Option<String>> {
    setting::table.find(name).select(setting::value).first(conn).optional()
}

/// Sets a value. Update, then insert: the two databases share no word for both at once.
pub fn set(conn: &mut Conn, name: &str, value: &str) -> QueryResult<()> {
    let known = diesel::update(setting::table.find(name)).set(setting::value.eq(value)).execute(conn)?;
    if known == 0 {
        diesel::insert_into(setting::table).values((setting::name.eq(name), setting::value.eq(value))).execute(conn)?;
    }
    Ok(())
}

/// Who publishes, if that was chosen.
pub fn publisher_id(conn: &mut Conn) -> QueryResult<Option<Id<Profile>>> {
    Ok(get(conn, PUBLISHER)?.and_then(|id| id.parse().ok()))
}

/// The time zone in which the institution counts its days; universal time until one is chosen.
pub fn time_zone(conn: &mut Conn) -> QueryResult<TimeZone> {
    Ok(get(conn, TIME_ZONE)?.and_then(|name| TimeZone::parse(&name).ok()).unwrap_or(TimeZone::UTC))
}

/// Whether somebody else than who prepared a conferral must approve it.
pub fn two_people_confer(conn: &mut Conn) -> QueryResult<bool> {
    Ok(get(conn, TWO_PEOPLE)?.is_some_and(|value| value == "yes"))
}

/// The areas that events are held in, in the institution's order.
pub fn areas(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let lines = get(conn, AREAS)?.unwrap_or_default();
    Ok(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Where a signed credential says that its status is told. Both lists are always served; a credential has room for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusMethod {
    /// A place in a Bitstring Status List of W3C: whoever asks does not say about whom.
    #[default]
    Bitstring,
    /// The revocation list of 1EdTech, which names what was revoked.
    RevocationList,
}

impl StatusMethod {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Bitstring, Self::RevocationList];

    /// The name it is stored by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bitstring => "bitstring",
            Self::RevocationList => "1edtech",
        }
    }

    /// As staff read it.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Bitstring => "W3C Bitstring Status List",
            Self::RevocationList => "1EdTech revocation list",
        }
    }

    /// The method of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// The method that was chosen.
pub fn status_method(conn: &mut Conn) -> QueryResult<StatusMethod> {
    Ok(get(conn, STATUS_METHOD)?.and_then(|name| StatusMethod::named(&name)).unwrap_or_default())
}
