//! Events of the programs: the six of the Hoosier record in the autumn of 2019, those of the term of the demonstration, and
//! four that lie ahead, of which one takes place now. Areas, places and times are sample data.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::{Choice, fixed};
use crate::{
    clock,
    db::Conn,
    models::{Achievement, Actor, Association, Event, Profile},
    registrar::Refusal,
    values::{AchievementType, AssociationType, Code, Json, Line, Name, Prose, TimeZone},
};

/// The four areas.
pub const AREAS: [&str; 4] =
    ["Academics & Careers", "Arts & Humanities", "Equity & Inclusion", "Community & Engagement"];

/// The time zone of the demonstration's institution.
pub const ZONE: &str = "America/Indiana/Indianapolis";

/// An event as it is told.
#[derive(Debug, Clone)]
pub struct Told {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Area, by its place in the list.
    pub area: usize,
    /// Where.
    pub place: String,
    /// When it begins, UTC.
    pub starts_at: NaiveDateTime,
    /// Whether it has a public page.
    pub is_public: bool,
}

/// The events of the record: name, area by its place, month and day of 2019, and where.
pub const HOOSIER: [(&str, usize, (u32, u32), &str); 6] = [
    ("Student Involvement Fair", 3, (8, 26), "Dunn Meadow"),
    ("Culture Fest", 2, (8, 30), "IU Auditorium"),
    ("Winter Involvement Fair", 3, (9, 12), "Indiana Memorial Union"),
    ("SICE Career Fair", 0, (9, 24), "Luddy Hall"),
    ("University Division Majors, Minors, and More Fair", 0, (10, 9), "Alumni Hall"),
    ("Sex, Drugs, and Rock'n'Roll", 1, (10, 23), "Whittenberger Auditorium"),
];

/// The events of the term, ten an area in the order of [`AREAS`].
const TERM: [[&str; 10]; 4] = [
    [
        "Resume Workshop",
        "Meet the Majors Night",
        "Spring Career Fair",
        "Library Treasure Hunt",
        "Study Abroad Info Session",
        "Interview Practice",
        "Coding for Everyone",
        "Alumni Career Stories",
        "Research Symposium Preview",
        "Time Management Lab",
    ],
    [
        "Opera Dress Rehearsal",
        "Gallery Walk",
        "Poetry Slam",
        "Student Film Night",
        "Jazz in the Atrium",
        "Sculpture Trail Tour",
        "Improv Comedy Hour",
        "African Dance Workshop",
        "Print Making Studio",
        "Spring Choral Concert",
    ],
    [
        "Dr. King Day Breakfast",
        "Bystander Training",
        "Stories of First Generation Students",
        "Disability Justice Panel",
        "Women in Science Luncheon",
        "Interfaith Dialogue",
        "Lunar New Year Celebration",
        "Pride History Tour",
        "Refugee Voices",
        "Nowruz Gathering",
    ],
    [
        "Spring Involvement Fair",
        "Day of Service",
        "Food Bank Shift",
        "Campus Garden Opening",
        "Dance Marathon",
        "Town and Gown Supper",
        "Blood Drive",
        "Trail Clean-up",
        "Intramural Kick-off",
        "Residence Hall Cook-off",
    ],
];
/// The events ahead: name, area by its place, in how many days, and where.
const AHEAD: [(&str, usize, i64, &str); 4] = [
    ("Careers in Museums", 0, 0, "Wells Library"),
    ("Choral Rehearsal, Open Doors", 1, 6, "Willkie Auditorium"),
    ("Neighbors’ Potluck", 2, 9, "Alumni Hall"),
    ("Book Drive", 3, 13, "Indiana Memorial Union"),
];
/// Where the events of the term take place.
const PLACES: [&str; 6] =
    ["Indiana Memorial Union", "Wells Library", "Willkie Auditorium", "Alumni Hall", "Dunn Meadow", "Ballantine Hall"];

/// The six events of the record.
pub fn of_the_record() -> Vec<Told> {
    (1..)
        .zip(HOOSIER)
        .map(|(number, (name, area, (month, day), place))| Told {
            code: format!("FYE19-{number:02}"),
            name: name.to_owned(),
            area,
            place: place.to_owned(),
            starts_at: noon(NaiveDate::from_ymd_opt(2019, month, day).unwrap_or_default()),
            is_public: false,
        })
        .collect()
}

/// The forty events of the spring of 2026: two or three a week from the middle of January on.
pub fn of_the_term(choice: &mut Choice) -> Vec<Told> {
    let first = NaiveDate::from_ymd_opt(2026, 1, 13).unwrap_or_default();
    (0..40)
        .map(|number: usize| Told {
            code: format!("FYE26-{:02}", number + 1),
            name: TERM[number % 4][number / 4].to_owned(),
            area: number % 4,
            place: choice.of(&PLACES).copied().unwrap_or("Campus").to_owned(),
            starts_at: noon(first + TimeDelta::days(number as i64 * 5 / 2)),
            is_public: false,
        })
        .collect()
}

/// One event that takes place now, for the check-in desk, and three in the weeks to come.
pub fn ahead() -> Vec<Told> {
    let now = clock::now().naive_utc();
    let hour = now.date().and_hms_opt(now.hour(), 0, 0).unwrap_or(now);
    (1..)
        .zip(AHEAD)
        .map(|(number, (name, area, days, place))| Told {
            code: format!("FYE27-{number:02}"),
            name: name.to_owned(),
            area,
            place: place.to_owned(),
            starts_at: hour + TimeDelta::days(days),
            is_public: true,
        })
        .collect()
}

/// Noon in Bloomington, in summer.
fn noon(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(16, 0, 0).unwrap_or_default()
}

/// Records an event with its own achievement, which is part of each program's.
pub fn insert(
    conn: &mut Conn,
    told: &Told,
    host: &Profile,
    programs: &[&Achievement],
    by: &Actor,
) -> Result<Event, Refusal> {
    let mut own = Achievement::new(fixed(Name::parse(&told.name))?, AchievementType::event(), host.id.clone());
    let area = AREAS[told.area % AREAS.len()];
    let about = format!("An event of the first year in the area {area}. (Area, place and time are sample data.)");
    own.description = Some(fixed(Prose::parse(&about))?);
    own.insert(conn, by)?;
    for (position, program) in (0..).zip(programs) {
        let tie = Association::to(own.id.clone(), AssociationType::IsPartOf, program);
        Association { position, ..tie }.insert(conn)?;
    }
    let ends_at = told.starts_at + TimeDelta::hours(2);
    let mut event = Event::new(&own, fixed(Code::parse(&told.code))?, (told.starts_at, ends_at));
    event.areas = Json::new(vec![area.to_owned()]);
    event.place = Some(fixed(Line::parse(&told.place))?);
    event.time_zone = fixed(TimeZone::parse(ZONE))?;
    event.is_public = told.is_public;
    event.refold(&own);
    event.insert(conn, by)?;
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_term_has_forty_events_with_names_and_codes_of_their_own() {
        let term = of_the_term(&mut Choice::new(1));
        assert_eq!(term.iter().map(|told| &told.code).collect::<BTreeSet<_>>().len(), 40);
        assert_eq!(term.iter().map(|told| &told.name).collect::<BTreeSet<_>>().len(), 40);
        assert!(term.iter().all(|told| told.starts_at.date() < NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()));
    }

    #[test]
    fn the_six_events_of_the_record_came_before_the_award() {
        let record = of_the_record();
        assert_eq!(record.len(), 6);
        assert!(record.iter().all(|told| told.starts_at.date() < NaiveDate::from_ymd_opt(2019, 11, 7).unwrap()));
    }
}
