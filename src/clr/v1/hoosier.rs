//! The First-Year Hoosier Experience as Indiana University showed it on 28 September 2020, for the tests of this room.
//! Areas, places and times of the events are made up.

use chrono::{NaiveDate, TimeZone, Utc};

use crate::models::issued::*;
use crate::models::record::{Award, Standing};
use crate::values::{AchievementType, Address, AssociationType, CeDiD, Reading, ResultStatus, ResultType, Status};

const BASE: &str = "https://clr.example.edu/ims/clr/v1p0";

const EVENTS: [(&str, &str); 6] = [
    ("Student Involvement Fair", "Community & Engagement"),
    ("Culture Fest", "Arts & Humanities"),
    ("Winter Involvement Fair", "Community & Engagement"),
    ("SICE Career Fair", "Academics & Careers"),
    ("University Division Majors, Minors, and More Fair", "Academics & Careers"),
    ("Sex, Drugs, and Rock'n'Roll", "Equity & Inclusion"),
];

/// The award with its six events, in force.
pub fn hoosier() -> Award {
    let publisher = office(
        "urn:uuid:805877d8-3110-4745-8283-aa90dfac115f",
        "Office of the Registrar Indiana University Bloomington",
        ["https://registrar.indiana.edu/", "+18128556500"],
    );
    let achievement = program();
    let issued = Issued {
        format: FORMAT,
        assertion: assertion(),
        holder: holder(),
        events: (1..).zip(EVENTS).map(|(day, event)| attended(day, event, &achievement)).collect(),
        achievement,
        publisher,
        received: None,
    };
    let standing = Standing {
        status: Status::InForce,
        reading: Reading::Valid,
        since: None,
        reason: None,
        replaced_by: None,
        newest_is_revoked: false,
        replaces: None,
    };
    Award { issued, standing }
}

fn holder() -> Holder {
    Holder {
        id: "urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55".to_owned(),
        name: "Allison Fake Student".to_owned(),
        given_name: Some("Allison".to_owned()),
        additional_name: Some("Fake".to_owned()),
        family_name: Some("Student".to_owned()),
    }
}

fn result_description() -> String {
    format!("{BASE}/result-descriptions/5c1d8a2e-6f4b-4c0d-9e3a-7b8c9d0e1f2a")
}

fn assertion() -> IssuedAssertion {
    IssuedAssertion {
        id: format!("{BASE}/assertions/cdbc8423-f010-4a28-84cb-dad933798db8"),
        cedid: CeDiD::parse("19FD-D80S-A9TU").unwrap(),
        issued_on: Utc.with_ymd_and_hms(2020, 3, 12, 13, 12, 45).unwrap(),
        conferral_date: NaiveDate::from_ymd_opt(2019, 11, 7).unwrap(),
        expires: None,
        activity_start: None,
        activity_end: None,
        credits_earned: None,
        license_number: None,
        narrative: None,
        role: None,
        term: None,
        image: None,
        source: None,
        results: vec![IssuedResult {
            id: format!("{BASE}/results/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"),
            result_description: result_description(),
            achieved_level: None,
            value: Some("Awarded".to_owned()),
            status: Some(ResultStatus::Completed),
            alignments: Vec::new(),
        }],
        evidence: Vec::new(),
        endorsements: Vec::new(),
        extensions: Extensions::new(),
    }
}

fn program() -> IssuedAchievement {
    IssuedAchievement {
        version: 1,
        title: Some("First-Year Hoosier Experience Achievement Award".to_owned()),
        description: Some("Awarded to a student who attends 6 or more First Year Experience events.".to_owned()),
        result_descriptions: vec![IssuedResultDescription {
            id: result_description(),
            name: "Result".to_owned(),
            result_type: ResultType::parse("Status").unwrap(),
            rubric: None,
            allowed_values: Vec::new(),
            required_value: None,
            required_level: None,
            value_min: None,
            value_max: None,
            levels: Vec::new(),
            alignments: Vec::new(),
            extensions: Extensions::new(),
        }],
        ..named("0d0e4b1c-94a7-4a34-8a4f-3a2c54f6f0a1", "FYE Hoosier Experience", "Award")
    }
}

fn attended(day: u32, (name, area): (&str, &str), program: &IssuedAchievement) -> IssuedEvent {
    IssuedEvent {
        id: format!("{BASE}/assertions/00000000-0000-4000-8000-00000000000{day}"),
        achievement: IssuedAchievement {
            associations: vec![IssuedAssociation {
                association_type: AssociationType::IsPartOf,
                target_id: program.id.clone(),
                title: program.name.clone(),
                extensions: Extensions::new(),
            }],
            ..named(&format!("00000000-0000-4000-8000-00000000001{day}"), name, AchievementType::EVENT)
        },
        areas: vec![area.to_owned()],
        starts_at: Utc.with_ymd_and_hms(2019, 9, day, 18, 0, 0).single(),
        ends_at: Utc.with_ymd_and_hms(2019, 9, day, 20, 0, 0).single(),
        place: Some("Indiana Memorial Union".to_owned()),
    }
}

/// An achievement of the Office of Enrollment Management of which nothing more is known.
fn named(id: &str, name: &str, achievement_type: &str) -> IssuedAchievement {
    IssuedAchievement {
        id: format!("{BASE}/achievements/{id}"),
        version: 0,
        achievement_type: AchievementType::parse(achievement_type).unwrap(),
        name: name.to_owned(),
        title: None,
        code: None,
        description: None,
        criteria: None,
        criteria_url: None,
        credits_available: None,
        field_of_study: None,
        level: None,
        specialization: None,
        image: None,
        tags: Vec::new(),
        issuer: office(
            "urn:uuid:737c9937-408a-443e-b891-74cc12ea381c",
            "Office of Enrollment Management",
            ["https://oemv.oem.indiana.edu/", "+18128558908"],
        ),
        identifiers: Vec::new(),
        result_descriptions: Vec::new(),
        alignments: Vec::new(),
        associations: Vec::new(),
        endorsements: Vec::new(),
        extensions: Extensions::new(),
    }
}

fn office(id: &str, name: &str, [url, telephone]: [&str; 2]) -> Organization {
    let text = |text: &str| Some(text.to_owned());
    Organization {
        id: id.to_owned(),
        name: name.to_owned(),
        url: text(url),
        telephone: text(telephone),
        address: Address {
            street: text("408 N. Union St."),
            locality: text("Bloomington"),
            region: text("IN"),
            postal_code: text("47405"),
            ..Address::default()
        },
        ..Organization::default()
    }
}
