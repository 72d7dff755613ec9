//! A time zone of the IANA list: what a clock on the wall says where something takes place.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::{Invalid, stored_text};

/// A time zone, by its name such as `America/Indiana/Indianapolis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct TimeZone(chrono_tz::Tz);

impl TimeZone {
    /// Universal time.
    pub const UTC: TimeZone = TimeZone(chrono_tz::UTC);

    /// Parses a name of the list.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let known = raw.trim().parse().map(Self);
        known.map_err(|_| Invalid::Malformed("Choose a time zone of the list, such as America/Indiana/Indianapolis"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.name()
    }

    /// Every name, in the order of the list.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// What the clock on the wall says at an instant (both without a zone; the instant in UTC).
    pub fn wall_clock(&self, instant: NaiveDateTime) -> NaiveDateTime {
        self.0.from_utc_datetime(&instant).naive_local()
    }

    /// The instant (UTC) at which the clock on the wall says this. In the hour that comes twice it is the first; a time
    /// that the clock leaves out in spring is refused.
    pub fn instant(&self, wall_clock: NaiveDateTime) -> Result<NaiveDateTime, Invalid> {
        let instant = self.0.from_local_datetime(&wall_clock).earliest();
        let skipped = Invalid::Malformed("On that day the clocks go forward, and this time does not exist");
        instant.map(|at| at.naive_utc()).ok_or(skipped)
    }

    /// The first instant (UTC) of a day, also where the clocks go forward at midnight.
    pub fn day_begins(&self, day: NaiveDate) -> NaiveDateTime {
        let midnight = day.and_time(NaiveTime::MIN);
        let hours = (0..=3).find_map(|hours| self.instant(midnight + TimeDelta::hours(hours)).ok());
        hours.unwrap_or(midnight)
    }

    /// The time as it is written with its offset, for calendars and documents.
    pub fn with_offset(&self, instant: NaiveDateTime) -> String {
        self.0.from_utc_datetime(&instant).to_rfc3339()
    }

    /// The day on the wall's calendar at an instant.
    pub fn day(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.wall_clock(instant.naive_utc()).date()
    }

    fn from_stored(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("unknown time zone {text:?} in the database"))
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

stored_text!(TimeZone);

#[cfg(test)]
mod tests {
    use super::TimeZone;
    use chrono::NaiveDate;

    fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> chrono::NaiveDateTime {
        NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn a_wall_clock_and_its_instant_tell_one_another() {
        let zone = TimeZone::parse("America/Indiana/Indianapolis").unwrap();
        let noon = at(2026, 7, 1, 12, 0);
        assert_eq!(zone.instant(noon).unwrap(), at(2026, 7, 1, 16, 0));
        assert_eq!(zone.wall_clock(at(2026, 7, 1, 16, 0)), noon);
        assert_eq!(zone.instant(at(2026, 1, 5, 12, 0)).unwrap(), at(2026, 1, 5, 17, 0));
    }

    #[test]
    fn the_hour_left_out_is_refused_and_the_hour_that_comes_twice_is_its_first() {
        let zone = TimeZone::parse("Europe/Vienna").unwrap();
        assert!(zone.instant(at(2026, 3, 29, 2, 30)).is_err());
        assert_eq!(zone.instant(at(2026, 10, 25, 2, 30)).unwrap(), at(2026, 10, 25, 0, 30));
    }

    #[test]
    fn a_day_begins_also_where_midnight_is_left_out() {
        let zone = TimeZone::parse("America/Havana").unwrap();
        assert_eq!(zone.day_begins(NaiveDate::from_ymd_opt(2026, 3, 8).unwrap()), at(2026, 3, 8, 5, 0));
        assert!(TimeZone::parse("Mars/Olympus").is_err());
    }
}
