//! Days and times as people and programs write them in lists.
//!
//! `9/10/2026` is one day to some and another to others: it is refused until somebody says which.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use crate::values::{Invalid, TimeZone, parse_date};

/// What a day written with slashes means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slashes {
    /// Nothing: it is refused.
    #[default]
    Refused,
    /// `9/10/2026` is 10 September.
    MonthFirst,
    /// `9/10/2026` is 9 October.
    DayFirst,
}

impl Slashes {
    /// As a form carries it.
    pub fn named(name: &str) -> Self {
        match name {
            "month" => Self::MonthFirst,
            "day" => Self::DayFirst,
            _ => Self::Refused,
        }
    }
}

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// What a clock on the wall says.
    Wall(NaiveDateTime),
    /// An instant, UTC.
    Instant(NaiveDateTime),
}

impl Time {
    /// The instant (UTC), by the clock of a zone. A time that summer time skips is none.
    pub fn in_zone(self, zone: TimeZone) -> Result<NaiveDateTime, Invalid> {
        match self {
            Time::Wall(at) => zone.instant(at),
            Time::Instant(at) => Ok(at),
        }
    }
}

const WRONG_DAY: Invalid = Invalid::Malformed("Enter a real day, such as 2026-09-24 or 24 September 2026");
const WHICH: Invalid =
    Invalid::Malformed("A day with slashes can mean two days; choose above which comes first, month or day");

/// A day.
pub fn day(raw: &str, slashes: Slashes) -> Result<NaiveDate, Invalid> {
    let text = raw.trim();
    let parts: Vec<&str> = text.split(['/', '.']).map(str::trim).collect();
    let (&[first, second, year], dotted) = (parts.as_slice(), text.contains('.')) else {
        return in_range(parse_date(text).map_err(|_| WRONG_DAY)?);
    };
    let (month, day) = match slashes {
        // With dots the day comes first wherever that is written.
        _ if dotted => (second, first),
        Slashes::Refused if first.len() == 4 => return Err(WRONG_DAY),
        Slashes::Refused => return Err(WHICH),
        Slashes::MonthFirst => (first, second),
        Slashes::DayFirst => (second, first),
    };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<i32>(), month.parse(), day.parse()) else {
        return Err(WRONG_DAY);
    };
    // Spreadsheets shorten years to two digits.
    let year = if (0..100).contains(&year) { 2000 + year } else { year };
    in_range(NaiveDate::from_ymd_opt(year, month, day).ok_or(WRONG_DAY)?)
}

fn in_range(day: NaiveDate) -> Result<NaiveDate, Invalid> {
    if (1900..=2200).contains(&day.year()) { Ok(day) } else { Err(WRONG_DAY) }
}

/// A time of day: `18:00`, `6:00 PM`, `6 p.m.`.
pub fn clock(raw: &str) -> Option<NaiveTime> {
    let plain: String = raw.chars().filter(|c| !c.is_whitespace() && *c != '.').collect::<String>().to_uppercase();
    let plain = match plain.strip_suffix("AM").or(plain.strip_suffix("PM")) {
        Some(hour) if !hour.contains(':') => format!("{hour}:00{}", &plain[hour.len()..]),
        _ => plain,
    };
    let forms = ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I:%M:%S%p"];
    forms.iter().find_map(|form| NaiveTime::parse_from_str(&plain, form).ok())
}

/// A day and a time of day in one, or a time of day on a day that stands elsewhere.
pub fn time(raw: &str, on: Option<NaiveDate>, slashes: Slashes) -> Result<Time, Invalid> {
    let text = raw.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        in_range(instant.date_naive())?;
        return Ok(Time::Instant(instant.naive_utc()));
    }
    if let Some((day, time)) = on.zip(clock(text)) {
        return Ok(Time::Wall(day.and_time(time)));
    }
    let parted = text.char_indices().filter(|(_, c)| *c == 'T' || c.is_whitespace());
    let mut why = Invalid::Malformed("Enter a day and a time, such as 2026-09-24 18:00");
    for (at, sign) in parted {
        let Some(time) = clock(&text[at + sign.len_utf8()..]) else { continue };
        match day(text[..at].trim_end_matches(','), slashes) {
            Ok(day) => return Ok(Time::Wall(day.and_time(time))),
            Err(wrong) => why = wrong,
        }
    }
    if day(text, slashes).is_ok() {
        why = Invalid::Malformed("Enter a time of day too, such as 2026-09-24 18:00");
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use super::{Slashes, Time, clock, day, time};

    fn wall(raw: &str, slashes: Slashes) -> Option<String> {
        match time(raw, None, slashes) {
            Ok(Time::Wall(at)) => Some(at.format("%Y-%m-%d %H:%M").to_string()),
            _ => None,
        }
    }

    #[test]
    fn days_and_times_of_many_hands_are_read() {
        for raw in [
            "2026-09-24T18:00",
            "2026-09-24 18:00:00",
            "2026-09-24 6:00 PM",
            "24 September 2026 6 p.m.",
            "September 24, 2026, 6:00pm",
            "24.9.2026 18:00",
        ] {
            assert_eq!(wall(raw, Slashes::Refused).as_deref(), Some("2026-09-24 18:00"), "{raw}");
        }
        let instant = time("2026-09-24T22:00:00Z", None, Slashes::Refused);
        assert_eq!(instant, time("2026-09-24T18:00:00-04:00", None, Slashes::Refused));
        assert!(matches!(instant, Ok(Time::Instant(_))));
        let on = day("2026-09-24", Slashes::Refused).ok();
        assert!(
            matches!(time("6:30 pm", on, Slashes::Refused), Ok(Time::Wall(at)) if at.to_string() == "2026-09-24 18:30:00")
        );
    }

    #[test]
    fn what_can_mean_two_days_is_refused_until_somebody_says_which() {
        assert!(day("9/10/2026", Slashes::Refused).unwrap_err().to_string().contains("two days"));
        assert_eq!(day("9/10/2026", Slashes::MonthFirst).unwrap().to_string(), "2026-09-10");
        assert_eq!(day("9/10/26", Slashes::DayFirst).unwrap().to_string(), "2026-10-09");
        assert!(time("9/10/2026 18:00", None, Slashes::Refused).unwrap_err().to_string().contains("two days"));
        for wrong in ["24/9/2026", "2026-02-30", "0024-09-24", "9/24", "soon", "", "9//2026", "2026/09/24"] {
            assert!(day(wrong, Slashes::MonthFirst).is_err(), "{wrong}");
        }
        for wrong in ["25:00", "18", "6:00 XM", "noon", "AM"] {
            assert!(clock(wrong).is_none(), "{wrong}");
        }
        assert!(time("2026-09-24", None, Slashes::Refused).unwrap_err().to_string().contains("time of day"));
    }
}
