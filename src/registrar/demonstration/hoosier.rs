//! Indiana University's First-Year Hoosier Experience record, as it was shown at the CLR roundtable of 28 September
//! 2020, under its own ids and its own CeDiD. The learner is invented by the university. What the source does not tell
//! (criteria, areas, places and times of the events) is sample data and says so.

use chrono::{NaiveDate, TimeZone, Utc};
use uuid::Uuid;

use super::{events, fixed};
use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Assertion, Attendance, Credential, Profile, ResultDescription,
        result::{self, AwardResult},
    },
    registrar::{
        Portal, Refusal,
        issue::{How, issue},
    },
    values::{
        AchievementType, Address, AttendanceStatus, CeDiD, Email, HumanCode, Id, Iri, Json, Line, Name, ProfileKind,
        Prose, ResultType, WebAddress,
    },
};

/// The code of the program's achievement.
pub const PROGRAM: &str = "FYE-HOOSIER";
/// The code of the credential.
pub const CEDID: &str = "19FD-D80S-A9TU";
/// The last part of the assertion's public id.
const ASSERTION: Uuid = Uuid::from_u128(0xcdbc8423_f010_4a28_84cb_dad933798db8);

/// What there is of the program before anybody attends.
#[derive(Debug, Clone)]
pub struct Program {
    /// The registrar.
    pub publisher: Profile,
    /// Who issues the award and hosts the events of the record.
    pub issuer: Profile,
    /// The award's achievement.
    pub achievement: Achievement,
    /// Its one result.
    pub result: ResultDescription,
}

/// Records the two offices and the award.
pub fn program(conn: &mut Conn, by: &Actor) -> Result<Program, Refusal> {
    let publisher = office(
        "urn:uuid:805877d8-3110-4745-8283-aa90dfac115f",
        "Office of the Registrar Indiana University Bloomington",
        ["https://registrar.indiana.edu/", "+18128556500"],
    )?;
    publisher.insert(conn, by)?;
    let issuer = office(
        "urn:uuid:737c9937-408a-443e-b891-74cc12ea381c",
        "Office of Enrollment Management",
        ["https://oemv.oem.indiana.edu/", "+18128558908"],
    )?;
    issuer.insert(conn, by)?;
    let achievement = achievement(&issuer)?;
    achievement.insert(conn, by)?;
    let kind = fixed(ResultType::parse("Result"))?;
    let result = ResultDescription::new(achievement.id.clone(), fixed(Name::parse("Result"))?, kind, 0);
    result.insert(conn)?;
    Ok(Program { publisher, issuer, achievement, result })
}

fn office(iri: &str, name: &str, [url, telephone]: [&str; 2]) -> Result<Profile, Refusal> {
    let mut office = Profile::new(ProfileKind::Organization, fixed(Name::parse(name))?);
    office.iri = fixed(Iri::parse(iri))?;
    office.url = Some(fixed(WebAddress::parse(url))?);
    office.telephone = Some(fixed(Line::parse(telephone))?);
    let text = |text: &str| Some(text.to_owned());
    office.address = Json::new(Address {
        street: text("408 N. Union St."),
        locality: text("Bloomington"),
        region: text("IN"),
        postal_code: text("47405"),
        ..Address::default()
    });
    office.refold();
    Ok(office)
}

fn achievement(issuer: &Profile) -> Result<Achievement, Refusal> {
    let kind = fixed(AchievementType::parse("Award"))?;
    let mut award = Achievement::new(fixed(Name::parse("FYE Hoosier Experience"))?, kind, issuer.id.clone());
    award.code = Some(fixed(HumanCode::parse(PROGRAM))?);
    award.title = Some(fixed(Name::parse("First-Year Hoosier Experience Achievement Award"))?);
    award.description =
        Some(fixed(Prose::parse("Awarded to a student who attends 6 or more First Year Experience events."))?);
    award.criteria = Some(fixed(Prose::parse(
        "Attend six or more events of the first year in the areas Academics & Careers, Arts & Humanities, Equity & \
         Inclusion, and Community & Engagement. (Sample data: the wording of the criteria is not in the source.)",
    ))?);
    award.refold();
    Ok(award)
}

/// The value of the program's one result.
pub fn awarded(program: &Program, assertion: &Id<Assertion>) -> Result<AwardResult, Refusal> {
    Ok(AwardResult {
        value: Some(fixed(Line::parse("Awarded"))?),
        ..AwardResult::new(assertion.clone(), program.result.id.clone(), 0)
    })
}

/// The learner, the six events attended, and the award, issued when it was issued there.
pub fn record(conn: &mut Conn, program: &Program, portal: &Portal, by: &Actor) -> Result<Credential, Refusal> {
    let learner = learner()?;
    learner.insert(conn, by)?;
    for told in &events::of_the_record() {
        let event = events::insert(conn, told, &program.issuer, &[&program.achievement], by)?;
        Attendance::new(&event.id, &learner.id, AttendanceStatus::Attended, by).record(conn)?;
    }
    let iri = Iri::published(&portal.base_url, "assertions", ASSERTION);
    let conferred = NaiveDate::from_ymd_opt(2019, 11, 7).unwrap_or_default();
    let mut draft = Assertion::new(iri, &learner, &program.achievement, conferred);
    draft.kept_cedid = Some(fixed(CeDiD::parse(CEDID))?);
    draft.refold(&learner, &program.achievement, None);
    draft.insert(conn, by)?;
    result::replace(conn, &draft.id, &[awarded(program, &draft.id)?])?;
    let issued_on = Utc.with_ymd_and_hms(2020, 3, 12, 13, 12, 45).single().unwrap_or_default();
    issue(conn, &draft.id, portal, &How::quietly(issued_on), by)
}

fn learner() -> Result<Profile, Refusal> {
    let mut learner = Profile::new(ProfileKind::Person, fixed(Name::parse("Allison Fake Student"))?);
    learner.iri = fixed(Iri::parse("urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55"))?;
    learner.given_name = Some(fixed(Line::parse("Allison"))?);
    learner.additional_name = Some(fixed(Line::parse("Fake"))?);
    learner.family_name = Some(fixed(Line::parse("Student"))?);
    learner.email = Some(fixed(Email::parse("afstudent@indiana.edu"))?);
    learner.refold();
    Ok(learner)
}
