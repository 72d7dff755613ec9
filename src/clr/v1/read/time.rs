//! Dates and times as real systems write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

/// What a text in the place of a date and time was read as.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// As the standard wants it.
    Fine,
    /// Another way of writing it: what it is in the standard's, and what was assumed.
    As(String, &'static str),
    /// A way of writing "none".
    Nothing,
    /// Not a time at all.
    Nonsense,
}

/// The null date of .NET, which stands for nothing.
const NULL_DATE: &str = "0001-01-01";

/// A date and time.
pub(super) fn instant(text: &str) -> Told {
    let plain = text.trim();
    if plain.is_empty() || plain.starts_with(NULL_DATE) {
        return Told::Nothing;
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(plain) {
        let longer_than_nine = plain.split(['Z', '+']).next().is_some_and(|start| start.len() > 29);
        return if plain == text && !longer_than_nine && chrono::Datelike::year(&at) > 0 {
            Told::Fine
        } else {
            Told::As(at.to_rfc3339(), "it is written another way than the standard's")
        };
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z"] {
        if let Ok(at) = DateTime::<FixedOffset>::parse_from_str(plain, form) {
            return Told::As(at.to_rfc3339(), "its time zone is written another way than the standard's");
        }
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(plain, form) {
            return Told::As(at.and_utc().to_rfc3339(), "it has no time zone; UTC was assumed");
        }
    }
    match plain.parse::<NaiveDate>() {
        Ok(day) => Told::As(
            day.and_time(chrono::NaiveTime::MIN).and_utc().to_rfc3339(),
            "it is a date alone; midnight UTC was assumed",
        ),
        Err(_) => Told::Nonsense,
    }
}

/// A calendar date.
pub(super) fn day(text: &str) -> Told {
    let plain = text.trim();
    if plain.is_empty() || plain.starts_with(NULL_DATE) {
        return Told::Nothing;
    }
    if plain == text && plain.len() == 10 && plain.parse::<NaiveDate>().is_ok() {
        return Told::Fine;
    }
    match plain.get(..10).and_then(|start| start.parse::<NaiveDate>().ok()) {
        Some(day) => Told::As(day.to_string(), "a time stands behind the date; it was left out"),
        None => Told::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_real_systems_are_read() {
        for fine in ["2021-05-15T12:00:00-05:00", "2021-06-01T00:00:00Z", "2020-10-14T14:10:02.8629556Z"] {
            assert_eq!(instant(fine), Told::Fine, "{fine}");
        }
        for (told, meant) in [
            ("2013-05-25T00:00:00", "2013-05-25T00:00:00+00:00"),
            ("2020-03-12T13:12:45+0000", "2020-03-12T13:12:45+00:00"),
            ("2020-03-12", "2020-03-12T00:00:00+00:00"),
            (" 2021-06-01T00:00:00Z", "2021-06-01T00:00:00+00:00"),
        ] {
            assert!(matches!(instant(told), Told::As(read, _) if read == meant), "{told}");
        }
        assert_eq!(instant("0001-01-01T00:00:00"), Told::Nothing);
        assert_eq!(instant("yesterday"), Told::Nonsense);
    }

    #[test]
    fn dates_of_real_systems_are_read() {
        assert_eq!(day("2000-02-29"), Told::Fine);
        assert!(matches!(day("2002-05-09T00:00:00"), Told::As(read, _) if read == "2002-05-09"));
        assert_eq!(day("0001-01-01T00:00:00"), Told::Nothing);
        assert_eq!(day("9 May"), Told::Nonsense);
    }
}
