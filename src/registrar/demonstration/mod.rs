//! The demonstration: an institution of believable size, made at each start. Choices are the same every time; codes,
//! ids and passwords are not. Everything but the Hoosier record (`hoosier`) is invented.

mod awards;
mod catalogue;
mod choice;
mod define;
mod events;
mod hoosier;
mod learners;
mod names;
mod offices;
mod people;
mod programs;
mod records;
mod shares;

use chrono::{NaiveDate, TimeDelta};

use self::{awards::Desk, hoosier::Program};
pub use self::{
    awards::{drafted, issued_after},
    catalogue::CATALOGUE,
    choice::Choice,
    define::{Defined, define, results},
    hoosier::CEDID,
    learners::learner,
    offices::insert as insert_offices,
    people::{Member, Password, passwords},
};
use super::{Portal, Refusal, hold, sign_in};
use crate::{
    clock,
    db::{Conn, Db},
    models::{Achievement, Actor, Attendance, Credential, Event, Profile, achievement, credential, event, setting},
    values::{AttendanceStatus, CeDiD, HoldKind, Invalid, Reading},
};

/// How many learners there are, Allison of the record among them.
const LEARNERS: usize = 500;
/// How many hours the learners' sign-in links work.
const LINK_HOURS: i64 = 12;
/// From how many attended events on the program's award is earned.
const ENOUGH: usize = 6;

/// What the demonstration tells of itself.
#[derive(Debug, Clone)]
pub struct Told {
    /// Who can sign in.
    pub staff: Vec<Member>,
    /// A learner with several awards.
    pub learner: ToldLearner,
    /// Another one.
    pub other_learner: ToldLearner,
    /// A code that is valid …
    pub valid: CeDiD,
    /// … that of the record …
    pub hoosier: CeDiD,
    /// … one that was revoked …
    pub revoked: CeDiD,
    /// … one that is suspended …
    pub suspended: CeDiD,
    /// … one that was corrected …
    pub replaced: CeDiD,
    /// … one that has expired …
    pub expired: CeDiD,
    /// … and one whose learner opted out of disclosure: to the public it looks as if it were unknown.
    pub held: CeDiD,
    /// The codes of what can be awarded.
    pub achievements: Vec<String>,
    /// The codes of the events.
    pub events: Vec<String>,
    /// The code of the program.
    pub program: String,
    /// A link by which the first learner shares awards.
    pub share_url: String,
    /// One of the learner who opted out of disclosure: the link is consent, and opens all the same.
    pub held_share_url: String,
}

/// A learner, with a link that signs in once.
#[derive(Debug, Clone)]
pub struct ToldLearner {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The link.
    pub sign_in_url: String,
    /// Row id.
    pub id: String,
    /// Student number.
    pub student_id: String,
}

/// Fills an empty database, in one transaction.
pub async fn fill(db: &Db, portal: &Portal, passwords: Vec<Password>) -> Result<Told, Refusal> {
    let portal = portal.clone();
    db.write(move |conn| institution(conn, &portal, &passwords)).await
}

/// Sample data that one of our own value types refuses is a defect of ours.
pub(super) fn fixed<T>(value: Result<T, Invalid>) -> Result<T, Refusal> {
    value.map_err(|invalid| Refusal::Defect(format!("the sample data is wrong: {invalid}")))
}

fn institution(conn: &mut Conn, portal: &Portal, passwords: &[Password]) -> Result<Told, Refusal> {
    let by = Actor::command("demo");
    setting::set(conn, setting::INSTITUTION, "Indiana University Bloomington")?;
    setting::set(conn, setting::DEMONSTRATION, "yes")?;
    setting::set(conn, setting::TIME_ZONE, events::ZONE)?;
    setting::set(conn, setting::AREAS, &events::AREAS.join("\n"))?;
    let program = hoosier::program(conn, &by)?;
    setting::set(conn, setting::PUBLISHER, program.publisher.id.as_str())?;
    let offices = insert_offices(conn, None, &by)?;
    let host = offices.get(offices::HOST).unwrap_or(&program.issuer);
    let staff = people::insert(conn, passwords, (&program.issuer, host), &by)?;
    let record = hoosier::record(conn, &program, portal, &by)?;

    let mut desk = Desk { portal, by: &by, choice: Choice::new(19) };
    let learners = insert_learners(conn, &mut desk)?;
    let defined = CATALOGUE
        .iter()
        .map(|definition| define(conn, definition, offices.get(definition.office).unwrap_or(host), &by))
        .collect::<Result<Vec<_>, _>>()?;
    records::tie(conn, &defined)?;
    let distinction = programs::distinction(conn, &program, &by)?;
    let attended = attend(conn, &mut desk, host, &[&program.achievement, &distinction], &learners)?;
    let valid = award_program(conn, &mut desk, &program, &attended)?;
    programs::switch_on(conn, &program, &distinction, &by)?;
    for told in events::ahead() {
        events::insert(conn, &told, host, &[&distinction], &by)?;
    }
    let (revoked, expired) = award_catalogue(conn, &mut desk, &defined, &learners)?;
    wait(conn, &mut desk, &defined, &learners)?;
    let (suspended, replaced) = stand_otherwise(conn, &desk, learners.iter().skip(8))?;

    let (held, of_held) = hold_one(conn, &by, learners.iter().skip(8).rev())?.ok_or_else(|| missing("a held award"))?;

    let [one, other, ..] = learners.as_slice() else { return Err(missing("learners")) };
    records::insert(conn, &desk, one, other)?;
    let share_url = shares::share(conn, &desk, one, &shares::WITH_AN_EMPLOYER)?;
    let held_share_url = shares::share(conn, &desk, of_held, &shares::UNDER_A_HOLD)?;
    Ok(Told {
        staff,
        learner: told(conn, portal, one)?,
        other_learner: told(conn, portal, other)?,
        valid: valid.ok_or_else(|| missing("a valid award"))?,
        hoosier: record.cedid,
        revoked: revoked.ok_or_else(|| missing("a revoked award"))?,
        expired: expired.ok_or_else(|| missing("an expired award"))?,
        suspended: suspended.ok_or_else(|| missing("a suspended award"))?,
        held,
        replaced: replaced.ok_or_else(|| missing("a replaced award"))?,
        achievements: codes(conn)?,
        events: event::codes(conn)?,
        program: hoosier::PROGRAM.to_owned(),
        share_url,
        held_share_url,
    })
}

fn missing(what: &str) -> Refusal {
    Refusal::Defect(format!("the demonstration has not got {what}"))
}

fn codes(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    let awardable = achievement::awardable(conn, None)?;
    Ok(awardable.into_iter().filter_map(|one| one.code).map(String::from).collect())
}

fn told(conn: &mut Conn, portal: &Portal, learner: &Profile) -> Result<ToldLearner, Refusal> {
    Ok(ToldLearner {
        name: learner.name.to_string(),
        email: learner.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        sign_in_url: sign_in::link_lasting(conn, &learner.id, portal, TimeDelta::hours(LINK_HOURS))?,
        id: learner.id.to_string(),
        student_id: learner.student_id.as_ref().map(ToString::to_string).unwrap_or_default(),
    })
}

fn insert_learners(conn: &mut Conn, desk: &mut Desk<'_>) -> Result<Vec<Profile>, Refusal> {
    (0..LEARNERS - 1)
        .map(|place| {
            let learner = fixed(learner(place, &mut desk.choice))?;
            learner.insert(conn, desk.by)?;
            Ok(learner)
        })
        .collect()
}

/// The term's events, and who came. Of every learner who came at all, the attended events are counted.
fn attend<'a>(
    conn: &mut Conn,
    desk: &mut Desk<'_>,
    host: &Profile,
    programs: &[&Achievement],
    learners: &'a [Profile],
) -> Result<Vec<(&'a Profile, usize)>, Refusal> {
    let events: Vec<Event> = events::of_the_term(&mut desk.choice)
        .iter()
        .map(|told| events::insert(conn, told, host, programs, desk.by))
        .collect::<Result<_, _>>()?;
    let mut counted = Vec::new();
    // The first learners come for certain; of the others two thirds at all, and few of them often.
    for (place, learner) in learners.iter().enumerate().take(360) {
        let wanted = if place < 6 { ENOUGH + 2 } else { desk.choice.below(9) };
        let first = desk.choice.below(events.len());
        let mut attended = 0;
        for nth in 0..wanted {
            // Three is prime to forty, so no event comes twice.
            let Some(event) = events.get((first + nth * 3) % events.len()) else { continue };
            let status = match desk.choice.below(20) {
                0 if place >= 6 => AttendanceStatus::Absent,
                1 if place >= 6 => AttendanceStatus::Excused,
                _ => AttendanceStatus::Attended,
            };
            attended += usize::from(status == AttendanceStatus::Attended);
            Attendance::new(&event.id, &learner.id, status, desk.by).record(conn)?;
        }
        counted.push((learner, attended));
    }
    Ok(counted)
}

/// The program's award for all who attended enough but a few, who are still to be found. The first one's code.
fn award_program(
    conn: &mut Conn,
    desk: &mut Desk<'_>,
    program: &Program,
    attended: &[(&Profile, usize)],
) -> Result<Option<CeDiD>, Refusal> {
    let conferred = NaiveDate::from_ymd_opt(2026, 5, 8).unwrap_or_default();
    let mut first = None;
    for (place, (learner, count)) in attended.iter().enumerate() {
        if *count >= ENOUGH && place % 12 != 11 {
            let credential = desk.program_award(conn, learner, program, conferred)?;
            first.get_or_insert(credential.cedid);
        }
    }
    Ok(first)
}

/// Several hundred awards of the years 2022 to 2026. A revoked one's code, and an expired one's.
fn award_catalogue(
    conn: &mut Conn,
    desk: &mut Desk<'_>,
    defined: &[Defined],
    learners: &[Profile],
) -> Result<(Option<CeDiD>, Option<CeDiD>), Refusal> {
    let (mut revoked, mut expired) = (None, None);
    for (place, learner) in learners.iter().enumerate() {
        let wanted = if place < 6 { 3 } else { desk.choice.below(3) };
        let start = desk.choice.below(defined.len());
        for nth in 0..wanted {
            let Some(chosen) = defined.get((start + nth * 3) % defined.len()) else { continue };
            let year = 2022 + desk.choice.below(5) as i32;
            let month_day = if desk.choice.chance(60) { (5, 8) } else { (2, 20) };
            let conferred = NaiveDate::from_ymd_opt(year, month_day.0, month_day.1).unwrap_or_default();
            let credential = desk.award(conn, learner, chosen, conferred)?;
            if place % 31 == 30 && nth == 0 {
                revoked = revoke(conn, desk, &credential)?.or(revoked);
            } else if chosen.definition.years.is_some() && year <= 2023 {
                expired.get_or_insert(credential.cedid);
            }
        }
    }
    Ok((revoked, expired))
}

/// One award is under review, and one was corrected: their codes.
fn stand_otherwise<'a>(
    conn: &mut Conn,
    desk: &Desk<'_>,
    learners: impl Iterator<Item = &'a Profile>,
) -> Result<(Option<CeDiD>, Option<CeDiD>), Refusal> {
    let (mut suspended, mut replaced) = (None, None);
    for learner in learners {
        let all = credential::of_learner(conn, &learner.id)?;
        let Some(valid) = all.iter().find(|one| one.standing(clock::now()).reading == Reading::Valid) else { continue };
        let Some(award) = &valid.assertion_id else { continue };
        if suspended.is_none() {
            desk.suspend(conn, award)?;
            suspended = Some(valid.cedid.clone());
        } else {
            desk.correct(conn, award)?;
            replaced = Some(valid.cedid.clone());
            break;
        }
    }
    Ok((suspended, replaced))
}

/// One learner opted out of disclosure: the code of a valid award, and who it is.
fn hold_one<'a>(
    conn: &mut Conn,
    by: &Actor,
    learners: impl Iterator<Item = &'a Profile>,
) -> Result<Option<(CeDiD, &'a Profile)>, Refusal> {
    let terms = hold::Terms {
        kind: HoldKind::Privacy,
        reason_code: "ferpa".to_owned(),
        reason: None,
        internal_note: None,
        from: None,
        until: None,
    };
    for learner in learners {
        let all = credential::of_learner(conn, &learner.id)?;
        let stands = |one: &&Credential| one.standing(clock::now()).reading == Reading::Valid;
        let Some(valid) = all.iter().find(stands) else { continue };
        hold::place(conn, &learner.id, &terms, by)?;
        return Ok(Some((valid.cedid.clone(), learner)));
    }
    Ok(None)
}

fn revoke(conn: &mut Conn, desk: &mut Desk<'_>, credential: &Credential) -> Result<Option<CeDiD>, Refusal> {
    let Some(assertion) = &credential.assertion_id else { return Ok(None) };
    desk.revoke(conn, assertion)?;
    Ok(Some(credential.cedid.clone()))
}

/// Twelve drafts that wait for somebody to look at them.
fn wait(conn: &mut Conn, desk: &mut Desk<'_>, defined: &[Defined], learners: &[Profile]) -> Result<(), Refusal> {
    let conferred = NaiveDate::from_ymd_opt(2026, 12, 18).unwrap_or_default();
    for (learner, chosen) in learners.iter().skip(40).step_by(17).zip(defined.iter().cycle()).take(12) {
        desk.draft(conn, learner, chosen, conferred)?;
    }
    Ok(())
}
