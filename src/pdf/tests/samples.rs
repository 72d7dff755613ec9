//! Awards to draw: the example of the look book, and what may stand in its place.

use chrono::{NaiveDate, TimeZone, Utc};

use crate::{
    models::{
        issued::*,
        record::{Award, Learner, Publication, Record, Standing, TakenBack},
    },
    pdf::{Fonts, Links},
    values::{AchievementType, Address, AssociationType, CeDiD, Reading, ResultStatus, ResultType, Status},
};

pub const JSON: &[u8] = br#"{"@context":"https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld","id":"urn:uuid:1","name":"Zo\u00eb"}"#;

pub fn links() -> Links {
    Links {
        page: "https://clr.example.edu/c/19FD-D80S-A9TU".into(),
        validation: "https://clr.example.edu/validate".into(),
        codes: "https://clr.example.edu/c/".into(),
        json_name: "19FD-D80S-A9TU.json".into(),
    }
}

/// The embedded faces only, as if the machine had no fonts.
pub fn bare_fonts() -> Fonts {
    Fonts::load(Some(std::path::Path::new("/nonexistent")))
}

fn office(name: &str, number: &str, site: &str) -> Organization {
    Organization {
        id: format!("https://clr.example.edu/profiles/{number}"),
        name: name.into(),
        url: Some(site.into()),
        telephone: Some(number.into()),
        address: Address {
            street: Some("408 N. Union St.".into()),
            locality: Some("Bloomington".into()),
            region: Some("IN".into()),
            postal_code: Some("47405".into()),
            ..Address::default()
        },
        ..Organization::default()
    }
}

pub fn publisher() -> Organization {
    Organization {
        official: Some("Mark McConahay, Registrar".into()),
        parent: Some(Box::new(Organization { name: "Indiana University Bloomington".into(), ..Default::default() })),
        ..office("Office of the Registrar", "+1 812 855 6500", "https://registrar.indiana.edu")
    }
}

fn achievement(name: &str, kind: &str) -> IssuedAchievement {
    IssuedAchievement {
        id: format!("urn:uuid:{name}"),
        version: 1,
        achievement_type: AchievementType::parse(kind).unwrap(),
        name: name.into(),
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
        issuer: office("Office of Enrollment Management", "+1 812 855 8908", "https://oemv.oem.indiana.edu"),
        result_descriptions: Vec::new(),
        alignments: Vec::new(),
        associations: Vec::new(),
        identifiers: Vec::new(),
        endorsements: Vec::new(),
        extensions: Extensions::default(),
    }
}

pub fn event(name: &str, area: &str, day: u32) -> IssuedEvent {
    let start = Utc.with_ymd_and_hms(2019, 9, day, 16, 0, 0).unwrap();
    IssuedEvent {
        id: format!("urn:uuid:event-{name}"),
        achievement: achievement(name, "ext:Event"),
        areas: vec![area.into()],
        starts_at: Some(start),
        ends_at: Some(start),
        place: None,
    }
}

fn result(id: &str, of: &str, value: &str) -> IssuedResult {
    IssuedResult {
        id: id.into(),
        result_description: of.into(),
        achieved_level: None,
        value: Some(value.into()),
        status: None,
        alignments: Vec::new(),
    }
}

pub fn describe(id: &str, name: &str, kind: &str) -> IssuedResultDescription {
    IssuedResultDescription {
        id: id.into(),
        name: name.into(),
        result_type: ResultType::parse(kind).unwrap(),
        rubric: None,
        allowed_values: Vec::new(),
        required_value: None,
        required_level: None,
        value_min: None,
        value_max: None,
        levels: Vec::new(),
        alignments: Vec::new(),
        extensions: Extensions::new(),
    }
}

/// The example of the look book, awarded to somebody.
pub fn hoosier(holder: &str) -> Award {
    let achievement = IssuedAchievement {
        title: Some("First-Year Hoosier Experience Achievement Award".into()),
        description: Some("Awarded to a student who attends 6 or more First Year Experience events.".into()),
        criteria: Some("Attend six or more First-Year Experience events across the four areas.".into()),
        result_descriptions: vec![describe("r", "Status", "Status")],
        ..achievement("FYE Hoosier Experience", "Award")
    };
    let events = [
        ("Student Involvement Fair", "Community & Engagement"),
        ("Culture Fest", "Equity & Inclusion"),
        ("Winter Involvement Fair", "Community & Engagement"),
        ("SICE Career Fair", "Academics & Careers"),
        ("University Division Majors, Minors, and More Fair", "Academics & Careers"),
        ("Sex, Drugs, and Rock’n’Roll", "Arts & Humanities"),
    ];
    Award {
        issued: Issued {
            format: FORMAT,
            assertion: IssuedAssertion {
                id: "urn:uuid:5a6b1c7e-0a3e-4d4d-9b0e-0c5b8a3f2d11".into(),
                cedid: CeDiD::parse("19FD-D80S-A9TU").unwrap(),
                issued_on: Utc.with_ymd_and_hms(2020, 3, 12, 9, 30, 0).unwrap(),
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
                results: vec![result("1", "r", "Awarded")],
                evidence: Vec::new(),
                endorsements: Vec::new(),
                extensions: Extensions::default(),
            },
            holder: Holder {
                id: "urn:uuid:holder".into(),
                name: holder.into(),
                given_name: None,
                additional_name: None,
                family_name: None,
            },
            achievement,
            publisher: publisher(),
            events: (3u32..).zip(events).map(|(day, (name, area))| event(name, area, day)).collect(),
            received: None,
        },
        standing: standing(Status::InForce, Reading::Valid),
    }
}

pub fn standing(status: Status, reading: Reading) -> Standing {
    Standing { status, reading, since: None, reason: None, replaced_by: None, newest_is_revoked: false, replaces: None }
}

/// An award that says everything one can say.
pub fn full(holder: &str) -> Award {
    let mut award = hoosier(holder);
    let assertion = &mut award.issued.assertion;
    assertion.expires = Some(Utc.with_ymd_and_hms(2029, 6, 30, 23, 59, 59).unwrap());
    assertion.activity_start = NaiveDate::from_ymd_opt(2019, 8, 26);
    assertion.activity_end = NaiveDate::from_ymd_opt(2019, 11, 1);
    assertion.credits_earned = Some(1.5);
    assertion.license_number = Some("LIC-8841".into());
    assertion.narrative = Some("Took part **throughout** the term:\n\n- spoke at the fair\n- led a group\n\nSee [the report](https://iu.edu/r).".into());
    assertion.role = Some("Peer mentor".into());
    assertion.term = Some("Fall 2019".into());
    assertion.source = Some(office("Student Life", "+1 812 855 1111", "https://studentlife.indiana.edu"));
    assertion.results.push(result("2", "gpa", "3.8"));
    assertion.results.push(IssuedResult { achieved_level: Some("l2".into()), value: None, ..result("3", "c1", "") });
    assertion.results.push(IssuedResult { status: Some(ResultStatus::Completed), ..result("4", "c2", "Proficient") });
    assertion.evidence.push(IssuedEvidence {
        id: "urn:uuid:e".into(),
        name: "Reflection essay".into(),
        audience: None,
        description: Some("Two pages on belonging".into()),
        genre: Some("Essay".into()),
        narrative: None,
        artifacts: vec![IssuedArtifact {
            name: Some("essay.pdf".into()),
            description: None,
            url: Some("https://files.example.edu/essay.pdf".into()),
        }],
    });
    let achievement = &mut award.issued.achievement;
    achievement.code = Some("FYE-100".into());
    achievement.criteria_url = Some("https://fye.indiana.edu/criteria".into());
    achievement.credits_available = Some(3.0);
    achievement.field_of_study = Some("Student affairs".into());
    achievement.level = Some("Foundation".into());
    achievement.specialization = Some("Transition".into());
    achievement.tags = vec!["first year".into(), "engagement".into()];
    achievement.alignments.push(alignment());
    achievement.associations.push(IssuedAssociation {
        association_type: crate::values::AssociationType::IsPartOf,
        target_id: "urn:uuid:p".into(),
        title: "Hoosier Journey".into(),
        extensions: Extensions::new(),
    });
    let gpa = describe("gpa", "Grade point average", "GradePointAverage");
    let (value_min, value_max, required_value) = (Some("0".into()), Some("4".into()), Some("2.0".into()));
    achievement.result_descriptions.push(IssuedResultDescription { value_min, value_max, required_value, ..gpa });
    let criterion = |id, name| IssuedResultDescription {
        rubric: Some("Engagement".into()),
        levels: vec![level("l1", "Emerging", "1"), level("l2", "Leading", "3")],
        ..describe(id, name, "RubricCriterion")
    };
    achievement.result_descriptions.extend([criterion("c1", "Takes part"), criterion("c2", "Reflects")]);
    award
}

fn alignment() -> IssuedAlignment {
    IssuedAlignment {
        id: None,
        target_name: "Civic engagement".into(),
        target_url: "https://aacu.org/value/civic".into(),
        target_code: Some("CE-1".into()),
        target_description: None,
        target_framework: Some("VALUE".into()),
        target_type: None,
        extensions: Extensions::new(),
    }
}

fn level(id: &str, name: &str, points: &str) -> IssuedLevel {
    IssuedLevel {
        id: id.into(),
        name: name.into(),
        description: Some(format!("What {name} looks like in practice")),
        level: None,
        points: Some(points.into()),
        alignments: Vec::new(),
        extensions: Extensions::new(),
    }
}

/// An award with so many events that they need a second page.
pub fn long(holder: &str, events: u32) -> Award {
    let mut award = hoosier(holder);
    award.issued.events = (0..events)
        .map(|n| event(&format!("Involvement Fair No. {}", n + 1), "Community & Engagement", n % 28 + 1))
        .collect();
    award
}

pub fn record(holder: &str) -> Record {
    let mut revoked = hoosier(holder);
    revoked.standing = Standing {
        since: Some(Utc.with_ymd_and_hms(2021, 2, 3, 8, 0, 0).unwrap()),
        reason: Some("Issued in error.".into()),
        ..standing(Status::Revoked, Reading::Revoked)
    };
    revoked.issued.achievement.title = Some("Groups Scholars Certificate".into());
    revoked.issued.assertion.cedid = CeDiD::parse("7K3M-9Q2X-HTDA").unwrap();
    Record {
        id: "urn:uuid:clr".into(),
        learner: Learner {
            holder: hoosier(holder).issued.holder,
            email: None,
            telephone: None,
            url: None,
            student_id: Some("0003172901".into()),
            sourced_id: None,
            birth_date: None,
            address: Address::default(),
            identifiers: Vec::new(),
            extensions: Extensions::default(),
        },
        publisher: publisher(),
        awards: vec![hoosier(holder), full(holder), revoked],
        as_of: Utc.with_ymd_and_hms(2021, 2, 3, 8, 0, 0).unwrap(),
        partial: true,
        name: None,
        pathway: Vec::new(),
        endorsements: Vec::new(),
        withdrawn: Vec::new(),
        taken_back: Vec::new(),
        publication: None,
    }
}

/// The same, published: with a name, a pathway of three steps and an award that was taken back.
pub fn published(holder: &str) -> Record {
    let record = record(holder);
    let awarded = record.awards[0].issued.achievement.clone();
    let step = |id: &str, name: &str, target: &str| IssuedAchievement {
        id: id.into(),
        name: name.into(),
        title: None,
        associations: vec![IssuedAssociation {
            association_type: AssociationType::IsPartOf,
            target_id: target.into(),
            title: "x".into(),
            extensions: Extensions::default(),
        }],
        ..awarded.clone()
    };
    let pathway = vec![
        IssuedAchievement { associations: step("x", "x", "urn:x:honors").associations, ..awarded.clone() },
        step("urn:x:honors", "First-Year Honors", "urn:x:elsewhere"),
        step("urn:x:open", "Sophomore Seminar", "urn:x:honors"),
    ];
    Record {
        name: Some("Record for graduate school".into()),
        pathway,
        endorsements: Vec::new(),
        withdrawn: vec!["urn:uuid:taken-back".into(), "urn:uuid:event-behind-it".into()],
        taken_back: vec![TakenBack {
            title: "Peer Tutoring Certificate".into(),
            cedid: CeDiD::parse("19FD-D80S-A9TU").unwrap(),
        }],
        publication: Some(Publication {
            cedid: CeDiD::parse("0123-4567-89A5").unwrap(),
            number: 2,
            standing: standing(Status::InForce, Reading::Valid),
            newer: Some(Utc.with_ymd_and_hms(2022, 2, 3, 8, 0, 0).unwrap()),
        }),
        ..record
    }
}
