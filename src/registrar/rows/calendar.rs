//! A calendar in a file (iCalendar, RFC 5545): each VEVENT as a row under headings of ours.
//!
//! A time with TZID is that of its zone, one with Z an instant, a floating one that of whoever reads it. What repeats
//! (RRULE, RDATE) is one entry that stands for many and is told as what can't be taken; so is a changed occurrence.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use icalendar::{CalendarDateTime, Component, DatePerhapsTime, Event, EventLike, parser};

use super::written;
use crate::{
    clock,
    registrar::Refusal,
    values::{Code, TimeZone},
};

/// What the columns hold, in their order.
pub const HEADINGS: [&str; 9] =
    ["Code", "Name", "Starts", "Ends", "Time zone", "Place", "Description", "Status", "Problem"];

/// How deep components may lie in one another: VALARM lies in VEVENT lies in VCALENDAR.
const DEEPEST: usize = 8;

/// Whether a text is a calendar.
pub fn is_one(text: &str) -> bool {
    text.trim_start().get(..15).is_some_and(|begins| begins.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// The events of a calendar as text with commas between the cells.
pub fn text(calendar: &str) -> Result<String, Refusal> {
    let wrong = || {
        Refusal::conflict(
            "This calendar can’t be read: it is cut off, or no iCalendar file (.ics) with one calendar in it. \
             Export it again, and take that file.",
        )
    };
    if !is_shallow(calendar) {
        return Err(wrong());
    }
    // The library looks for the longer of the two line ends up to the end of the file first.
    let lines = calendar.trim_start().replace("\r\n", "\n").replace('\n', "\r\n");
    let unfolded = parser::unfold(&lines);
    let read: icalendar::Calendar = parser::read_calendar(&unfolded).map_err(|_| wrong())?.into();
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    rows.extend(read.events().map(row));
    if rows.len() == 1 {
        return Err(Refusal::conflict("There is no event in this calendar."));
    }
    written(&rows)
}

/// The library reads a component within another by calling itself.
fn is_shallow(text: &str) -> bool {
    let begins = |line: &str, word: &str| line.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word));
    let mut depth = 0_usize;
    text.lines().all(|line| {
        let line = line.trim();
        if begins(line, "BEGIN:") {
            depth += 1;
        } else if begins(line, "END:") {
            depth = depth.saturating_sub(1);
        }
        depth <= DEEPEST
    })
}

fn row(event: &Event) -> Vec<String> {
    let text = |value: Option<&str>| value.unwrap_or_default().trim().to_owned();
    let start = event.get_start();
    let (starts, zone) = start.as_ref().map(told).unwrap_or_default();
    let status = text(event.property_value("STATUS")).to_lowercase();
    vec![
        code(event.get_uid()),
        text(event.get_summary()),
        starts,
        start.and_then(|start| ends(event, start)).unwrap_or_default(),
        zone,
        text(event.get_location()),
        text(event.get_description()),
        if status == "cancelled" { status } else { String::new() },
        problem(event).to_owned(),
    ]
}

fn problem(event: &Event) -> &'static str {
    let has = |name: &str| event.properties().contains_key(name) || event.multi_properties().contains_key(name);
    if has("RRULE") || has("RDATE") {
        "It repeats. Plan it once here, and then a series from its page"
    } else if has("RECURRENCE-ID") {
        "It is one changed occurrence of an event that repeats. Plan it here by itself"
    } else {
        ""
    }
}

/// The UID where it can be a code; what stands before its `@`; else a code that is always the same for this UID.
fn code(uid: Option<&str>) -> String {
    let uid = uid.unwrap_or_default().trim();
    let before = uid.split('@').next().unwrap_or_default();
    match [uid, before].into_iter().find(|part| Code::parse(part).is_ok()) {
        Some(part) => part.to_owned(),
        None if uid.is_empty() => String::new(),
        None => format!("ics-{}", &clock::digest(uid.as_bytes())[..16]),
    }
}

const WALL: &str = "%Y-%m-%dT%H:%M:%S";
const INSTANT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// A time as the cell says it, and the zone it is in.
fn told(at: &DatePerhapsTime) -> (String, String) {
    match at {
        DatePerhapsTime::DateTime(CalendarDateTime::Floating(at)) => (at.format(WALL).to_string(), String::new()),
        DatePerhapsTime::DateTime(CalendarDateTime::Utc(at)) => (at.format(INSTANT).to_string(), String::new()),
        DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid }) => {
            (date_time.format(WALL).to_string(), zone(tzid))
        }
        DatePerhapsTime::Date(day) => (format!("{day}T00:00:00"), String::new()),
    }
}

/// When it ends: as it says, or so long after its start, or with its day.
fn ends(event: &Event, start: DatePerhapsTime) -> Option<String> {
    let Some(end) = event.get_end() else {
        let lasts = event.property_value("DURATION").map(duration);
        let lasts = match (&start, lasts) {
            (_, Some(said)) => said?,
            (DatePerhapsTime::Date(_), None) => TimeDelta::days(1),
            (DatePerhapsTime::DateTime(_), None) => return None,
        };
        return Some(told(&later(start, lasts)?).0);
    };
    let ((at, its_zone), (_, of_start)) = (told(&end), told(&start));
    if its_zone == of_start || its_zone.is_empty() {
        return Some(at);
    }
    // In a zone of its own: as an instant.
    let wall = NaiveDateTime::parse_from_str(&at, WALL).ok()?;
    let instant = TimeZone::parse(&its_zone).and_then(|zone| zone.instant(wall)).ok()?;
    Some(instant.format(INSTANT).to_string())
}

fn later(start: DatePerhapsTime, lasts: TimeDelta) -> Option<DatePerhapsTime> {
    let wall = |at: NaiveDateTime| at.checked_add_signed(lasts);
    Some(DatePerhapsTime::DateTime(match start {
        DatePerhapsTime::Date(day) => CalendarDateTime::Floating(wall(day.and_hms_opt(0, 0, 0)?)?),
        DatePerhapsTime::DateTime(CalendarDateTime::Floating(at)) => CalendarDateTime::Floating(wall(at)?),
        DatePerhapsTime::DateTime(CalendarDateTime::Utc(at)) => {
            CalendarDateTime::Utc(DateTime::from_naive_utc_and_offset(wall(at.naive_utc())?, chrono::Utc))
        }
        DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid }) => {
            CalendarDateTime::WithTimezone { date_time: wall(date_time)?, tzid }
        }
    }))
}

/// A length of time (RFC 5545, 3.3.6): `P1W`, `P1DT2H30M`; never a negative one.
fn duration(raw: &str) -> Option<TimeDelta> {
    let rest = raw.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time) = (0_i64, String::new(), false);
    for sign in rest.chars() {
        if sign.is_ascii_digit() {
            number.push(sign);
            continue;
        }
        let unit = match (sign, in_time) {
            ('T', false) if number.is_empty() => {
                in_time = true;
                continue;
            }
            ('W', false) => 604_800,
            ('D', false) => 86_400,
            ('H', true) => 3_600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        let many: i64 = number.parse().ok().filter(|many| *many < 1_000_000)?;
        seconds += many * unit;
        number.clear();
    }
    (number.is_empty() && seconds > 0).then(|| TimeDelta::try_seconds(seconds)).flatten()
}

/// The name in the IANA list of a zone as calendars name it: with a path before it, or as Windows does. What is not known
/// stays as it is, to be told.
fn zone(tzid: &str) -> String {
    let plain = tzid.trim().trim_matches('"');
    let segments: Vec<&str> = plain.split('/').collect();
    let ends = (1..=3).rev().filter_map(|many| segments.len().checked_sub(many).map(|from| segments[from..].join("/")));
    let known = std::iter::once(plain.to_owned()).chain(ends).find(|name| TimeZone::parse(name).is_ok());
    let of_windows = || WINDOWS.iter().find(|(name, _)| *name == plain).map(|(_, zone)| (*zone).to_owned());
    known.or_else(of_windows).unwrap_or_else(|| plain.to_owned())
}

/// What Outlook calls zones, for the most part (Unicode CLDR, `windowsZones`).
const WINDOWS: [(&str, &str); 34] = [
    ("UTC", "UTC"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Romance Standard Time", "Europe/Paris"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("India Standard Time", "Asia/Calcutta"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Eastern Standard Time", "America/New_York"),
    ("US Eastern Standard Time", "America/Indianapolis"),
    ("Central Standard Time", "America/Chicago"),
    ("Canada Central Standard Time", "America/Regina"),
    ("Mountain Standard Time", "America/Denver"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
];

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{duration, is_one, text, zone};
    use crate::registrar::rows::{Written, read};

    fn rows(events: &str) -> Vec<Vec<String>> {
        let calendar = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//X//EN\r\n{events}END:VCALENDAR\r\n");
        assert!(is_one(&calendar));
        let list = read(&text(&calendar).unwrap(), Written::Calendar).unwrap();
        list.rows.into_iter().skip(1).map(|row| (0..9).map(|at| row.cell(at).to_owned()).collect()).collect()
    }

    #[test]
    fn each_way_of_saying_a_time_is_read() {
        let of = |lines: &str| {
            rows(&format!("BEGIN:VEVENT\r\nUID:a-1@x.edu\r\nSUMMARY:S\r\n{lines}END:VEVENT\r\n"))[0].clone()
        };
        for (lines, starts, ends, zone) in [
            ("DTSTART:20260924T180000\r\nDTEND:20260924T200000\r\n", "2026-09-24T18:00:00", "2026-09-24T20:00:00", ""),
            ("DTSTART:20260924T180000Z\r\nDURATION:PT90M\r\n", "2026-09-24T18:00:00Z", "2026-09-24T19:30:00Z", ""),
            (
                "DTSTART;TZID=Eastern Standard Time:20260924T180000\r\nDTEND;TZID=America/Chicago:20260924T190000\r\n",
                "2026-09-24T18:00:00",
                "2026-09-25T00:00:00Z",
                "America/New_York",
            ),
            ("DTSTART;VALUE=DATE:20260924\r\n", "2026-09-24T00:00:00", "2026-09-25T00:00:00", ""),
            ("DTSTART:20260924T180000\r\n", "2026-09-24T18:00:00", "", ""),
            ("DTSTART:nonsense\r\nDTEND:20260924T180000\r\n", "", "", ""),
        ] {
            let row = of(lines);
            assert_eq!((row[2].as_str(), row[3].as_str(), row[4].as_str()), (starts, ends, zone), "{lines}");
            assert_eq!(row[0], "a-1");
        }
    }

    #[test]
    fn folded_lines_escaped_text_and_what_repeats_are_understood() {
        let found = rows(
            "BEGIN:VEVENT\r\nUID:{weird uid}\r\nSUMMARY:Food\\, music\r\n  and more\r\nDESCRIPTION:One\\nTwo\r\n\
             DTSTART:20260924T180000\r\nRRULE:FREQ=WEEKLY\r\nSTATUS:CANCELLED\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\n\
             END:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n",
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0][1], "Food, music and more");
        assert_eq!(found[0][6], "One\nTwo");
        assert_eq!((found[0][7].as_str(), found[0][8].starts_with("It repeats")), ("cancelled", true));
        assert!(found[0][0].starts_with("ics-"));
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_refused() {
        assert!(text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1").is_err());
        assert!(text("BEGIN:VCALENDAR\nEND:VCALENDAR\n").unwrap_err().to_string().contains("no event"));
        assert!(text(&"BEGIN:VCALENDAR\n".repeat(60_000)).is_err());
    }

    #[test]
    fn durations_and_zones_of_calendars_are_known() {
        assert_eq!(duration("P1DT2H30M"), TimeDelta::try_minutes(26 * 60 + 30));
        assert_eq!(duration("+P2W"), TimeDelta::try_weeks(2));
        for wrong in ["-PT1H", "P", "PT", "1H", "PT5", "P1H", "PT0S"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(zone("/freeassociation.sourceforge.net/America/New_York"), "America/New_York");
        assert_eq!(zone("/x/America/Indiana/Indianapolis"), "America/Indiana/Indianapolis");
        assert_eq!(zone("Mars/Olympus"), "Mars/Olympus");
    }
}
