//! Conferring: what was earned becomes awards. Who is meant is frozen when it is prepared, somebody approves it (a second
//! person, where the institution wants one), and queued work issues it a batch at a time. What was interrupted goes on
//! where it stopped; nobody is awarded twice, however often it is tried.

use chrono::NaiveDate;

use super::{
    Portal, Refusal,
    evaluate::{self, Measure, Stands},
    issue::{self, How},
};
use crate::{
    clock,
    db::{Conn, Db, savepoint},
    models::{
        Achievement, Actor, Assertion, Conferral, Profile, Program, achievement, assertion,
        conferral::{self, Member},
        erasure, evidence, hold,
        issued::{Issued, IssuedEvidence},
        profile,
        program::{
            self,
            award::{self, ProgramAward},
            progress,
        },
        result::{self, AwardResult},
        result_description, setting,
    },
    values::{CeDiD, ConferralOutcome, ConferralState, Id, Iri, Json, Line},
};

/// Awards in one transaction.
const BATCH: i64 = 25;
/// Learners that are written down in one statement when a conferral is prepared.
const MEMBERS: i64 = 1_000;

/// How a conferral is made.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The date of conferral.
    pub date: NaiveDate,
    /// The term that stands on the awards.
    pub term: Option<Line>,
    /// Whether the learners are told by mail.
    pub notify: bool,
    /// How many were shown to whoever asked for it.
    pub expected: i64,
}

/// Freezes who has earned a program's award now. Nothing is issued yet.
pub fn prepare(conn: &mut Conn, program: &Program, wanted: &Wanted, by: &Actor) -> Result<Conferral, Refusal> {
    let Some(number) = program.rule_in_force else {
        return Err(Refusal::conflict("Switch the program on before you confer its award"));
    };
    if program.evaluated_at.is_none() || !evaluate::rest(conn)? {
        return Err(Refusal::conflict(
            "Attendance that came in just now is still being counted. Look again in a few seconds.",
        ));
    }
    if let Some(open) = conferral::open(conn, &program.id)? {
        return Err(Refusal::conflict(format!(
            "A conferral of {} learners is not finished; finish or drop it first",
            open.members
        )));
    }
    let earned = achievement::find(conn, &program.achievement_id)?;
    if earned.retired_at.is_some() {
        return Err(Refusal::conflict("The achievement is retired; it is no longer awarded"));
    }
    let new = Conferral {
        id: Id::fresh(),
        program_id: program.id.clone(),
        rule_number: number,
        state: ConferralState::Prepared,
        conferral_date: wanted.date,
        term: wanted.term.clone(),
        notify: wanted.notify,
        needs_second: setting::two_people_confer(conn)?,
        members: i32::try_from(wanted.expected).unwrap_or(i32::MAX),
        prepared_by: by.name.clone(),
        prepared_by_id: by.id.clone(),
        prepared_at: clock::now().naive_utc(),
        decided_by: None,
        decided_by_id: None,
        decided_at: None,
        refusal: None,
        finished_at: None,
    };
    new.insert(conn, by)?;
    let (mut after, mut members) = (None, 0_i64);
    loop {
        let batch = progress::earned_after(conn, &program.id, after.as_ref(), MEMBERS)?;
        new.add(conn, &batch)?;
        members += batch.len() as i64;
        match batch.last() {
            Some(last) if batch.len() as i64 == MEMBERS => {
                after = Some((last.learner_sort.clone(), last.learner_id.clone()));
            }
            _ => break,
        }
    }
    match members {
        0 => Err(Refusal::conflict("Nobody has earned this award who was not awarded it")),
        _ if members != wanted.expected => Err(Refusal::conflict(format!(
            "Meanwhile {members} learners have earned it, and not {}. Look again before you confer it.",
            wanted.expected
        ))),
        _ => Ok(new),
    }
}

/// Approves a conferral, or drops it for a reason.
pub fn decide(conn: &mut Conn, known: &Conferral, refusal: Option<&Line>, by: &Actor) -> Result<(), Refusal> {
    if refusal.is_none() && !known.may_be_approved_by(by) {
        return Err(Refusal::conflict("You prepared this conferral; another person has to approve it"));
    }
    if refusal.is_none() {
        let program = program::find(conn, &known.program_id)?;
        if program.rule_in_force != Some(known.rule_number) {
            return Err(Refusal::conflict("Another rule is in force since; drop this conferral and prepare a new one"));
        }
    }
    if known.decide(conn, refusal, by)? {
        Ok(())
    } else {
        Err(Refusal::conflict("Somebody decided about this conferral before you"))
    }
}

/// Issues what was approved, a batch at a time; says how many learners were settled.
pub async fn due(db: &Db, portal: &Portal) -> Result<usize, Refusal> {
    let approved = db.read(|conn| Ok::<_, Refusal>(conferral::approved(conn)?)).await?;
    let mut settled = 0;
    for one in approved {
        loop {
            let (own, with) = (one.clone(), portal.clone());
            let number = db.write(move |conn| batch(conn, &own, &with)).await?;
            settled += number;
            if number == 0 {
                break;
            }
        }
        db.write(move |conn| {
            let outcomes = conferral::outcomes(conn, &one.id)?;
            // What another program on this database has in hand is still waiting; that program finishes it.
            if outcomes.waiting == 0 {
                one.finish(conn, outcomes, &decider(&one))?;
            }
            Ok::<_, Refusal>(())
        })
        .await?;
    }
    Ok(settled)
}

/// Who approved it, for the audit trail.
fn decider(one: &Conferral) -> Actor {
    let name = one.decided_by.clone().unwrap_or_else(|| one.prepared_by.clone());
    Actor { kind: "staff", id: one.decided_by_id.clone(), name, ..Actor::system() }
}

/// Settles the next learners.
fn batch(conn: &mut Conn, own: &Conferral, portal: &Portal) -> Result<usize, Refusal> {
    let members = conferral::take_waiting(conn, &own.id, BATCH)?;
    if members.is_empty() {
        return Ok(0);
    }
    let (by, go) = (decider(own), Go::of(conn, own, portal)?);
    let ids: Vec<Id<Profile>> = members.iter().map(|member| member.learner_id.clone()).collect();
    let stands = evaluate::stand(conn, &go.measure, &ids)?;
    for member in &members {
        // What was begun for whoever is refused is taken back, and nothing of the others.
        let settled = savepoint(conn, |conn| one_of(conn, &go, (member, stands.get(&member.learner_id)), &by));
        let (outcome, why) = match settled {
            Ok(None) => (ConferralOutcome::Issued, None),
            Ok(Some(why)) => (ConferralOutcome::LeftOut, Some(why)),
            Err(why @ (Refusal::Conflict(_) | Refusal::Findings(_) | Refusal::NotFound)) => {
                (ConferralOutcome::LeftOut, Some(why.to_string()))
            }
            Err(other) => return Err(other),
        };
        conferral::settle(conn, member, outcome, why.as_deref())?;
    }
    evaluate::look_at(conn, &ids, std::slice::from_ref(&go.measure))?;
    Ok(members.len())
}

/// Awards one learner, or says why not.
fn one_of(
    conn: &mut Conn,
    go: &Go<'_>,
    (member, stands): (&Member, Option<&Stands>),
    by: &Actor,
) -> Result<Option<String>, Refusal> {
    if let Some(why) = why_not(conn, go, member, stands)? {
        return Ok(Some(why));
    }
    award_one(conn, go, member, stands.ok_or(Refusal::NotFound)?, by)?;
    Ok(None)
}

/// What the awards of one go have in common.
struct Go<'a> {
    own: &'a Conferral,
    measure: Measure,
    earned: Achievement,
    portal: &'a Portal,
}

impl<'a> Go<'a> {
    fn of(conn: &mut Conn, own: &'a Conferral, portal: &'a Portal) -> Result<Self, Refusal> {
        let program = program::find(conn, &own.program_id)?;
        let earned = achievement::find(conn, &program.achievement_id)?;
        let measure = Measure::of(conn, &program, own.rule_number)?;
        Ok(Self { own, measure, earned, portal })
    }
}

/// Why a learner is not awarded after all, if that is so.
fn why_not(conn: &mut Conn, go: &Go<'_>, member: &Member, stands: Option<&Stands>) -> Result<Option<String>, Refusal> {
    if erasure::of(conn, &member.learner_id)?.is_some() {
        return Ok(Some("The data of this learner was erased".to_owned()));
    }
    let Some(stands) = stands else { return Ok(Some("This learner is not there any more".to_owned())) };
    if stands.is_awarded || award::of(conn, &go.measure.program.id, &member.learner_id)?.is_some() {
        return Ok(Some("The award was issued to this learner before".to_owned()));
    }
    if assertion::draft_of(conn, &member.learner_id, &go.earned.id)?.is_some() {
        return Ok(Some("A draft of this award waits for this learner; issue or delete it".to_owned()));
    }
    if hold::withholds_documents(conn, &member.learner_id)? {
        return Ok(Some("An administrative hold was placed on this learner".to_owned()));
    }
    if !stands.judged.is_earned() {
        return Ok(Some(format!("No longer earned: {}", stands.judged.lacks())));
    }
    Ok(None)
}

/// What a conferral would give to a learner.
pub enum Foreseen {
    /// This award.
    Award(Box<Issued>),
    /// Nothing, for a reason.
    LeftOut(String),
}

/// What a learner of a conferral would be given if it were issued now. The award is drafted to find out, so this is for
/// [`Db::try_out`], which takes it back.
pub fn preview(conn: &mut Conn, own: &Conferral, member: &Member, portal: &Portal) -> Result<Foreseen, Refusal> {
    let go = Go::of(conn, own, portal)?;
    let stands = evaluate::stand(conn, &go.measure, std::slice::from_ref(&member.learner_id))?;
    let stands = stands.get(&member.learner_id);
    if let Some(why) = why_not(conn, &go, member, stands)? {
        return Ok(Foreseen::LeftOut(why));
    }
    let learner = profile::find(conn, &member.learner_id)?;
    let draft = draft(conn, &go, &learner, stands.ok_or(Refusal::NotFound)?, &Actor::system())?;
    // The code is given when it is issued; this one stands in for it and is never shown.
    let issued = issue::freeze(conn, &draft, &learner, portal, (CeDiD::fresh(), clock::now()))?;
    Ok(match Refusal::if_any(issue::findings(&issued)) {
        Ok(()) => Foreseen::Award(Box::new(issued)),
        Err(why) => Foreseen::LeftOut(why.to_string()),
    })
}

/// Drafts the award with its result and the evidence of attendance.
fn draft(conn: &mut Conn, go: &Go<'_>, learner: &Profile, stands: &Stands, by: &Actor) -> Result<Assertion, Refusal> {
    let iri = Iri::published(&go.portal.base_url, "assertions", clock::public_id());
    let mut draft = Assertion::new(iri, learner, &go.earned, go.own.conferral_date);
    draft.term = go.own.term.clone();
    let days = stands.days(&go.measure);
    (draft.activity_start, draft.activity_end) = (days.first().copied(), days.last().copied());
    draft.refold(learner, &go.earned, None);
    draft.insert(conn, by)?;
    write_result(conn, go, &draft)?;
    evidence::add(conn, &draft.id, &attendance(go, stands), 0)?;
    Ok(draft)
}

/// Drafts the award and issues it with its events.
fn award_one(conn: &mut Conn, go: &Go<'_>, member: &Member, stands: &Stands, by: &Actor) -> Result<(), Refusal> {
    let learner = profile::find(conn, &member.learner_id)?;
    let draft = draft(conn, go, &learner, stands, by)?;
    let how = How { notify: go.own.notify, previewed: None, issued_on: clock::now() };
    issue::issue(conn, &draft.id, go.portal, &how, by)?;
    let events: Vec<String> = stands.counting.iter().map(|id| id.to_string()).collect();
    let award = ProgramAward {
        program_id: go.measure.program.id.clone(),
        learner_id: learner.id,
        assertion_id: draft.id,
        conferral_id: go.own.id.clone(),
        rule_number: go.own.rule_number,
        events: Json::new(events),
        awarded_at: clock::now().naive_utc(),
    };
    Ok(award.insert(conn)?)
}

fn write_result(conn: &mut Conn, go: &Go<'_>, draft: &Assertion) -> Result<(), Refusal> {
    let Some(value) = &go.measure.program.result_value else { return Ok(()) };
    let reached = result_description::of_achievement(conn, &go.earned.id)?;
    let Some(first) = reached.first() else { return Ok(()) };
    let result = AwardResult { value: Some(value.clone()), ..AwardResult::new(draft.id.clone(), first.id.clone(), 0) };
    Ok(result::replace(conn, &draft.id, &[result])?)
}

/// The evidence that stands on the award: that it rests on attendance, and on which rule. It names nobody.
fn attendance(go: &Go<'_>, stands: &Stands) -> IssuedEvidence {
    let number = stands.judged.counted;
    let events = if number == 1 { "one event".to_owned() } else { format!("{number} events") };
    IssuedEvidence {
        id: Iri::fresh().to_string(),
        name: "Attendance".to_owned(),
        audience: None,
        description: Some(format!("Attendance of {events}, recorded by those who held them.")),
        genre: Some("Attendance".to_owned()),
        narrative: Some(format!("Earned under rule {}: {}", go.own.rule_number, go.measure.rule.sentence())),
        artifacts: Vec::new(),
    }
}

/// The name of what a conferral confers, for pages and mails.
pub fn title(conn: &mut Conn, one: &Conferral) -> Result<(Program, String), Refusal> {
    let program = program::find(conn, &one.program_id)?;
    let earned = achievement::find(conn, &program.achievement_id)?;
    Ok((program, earned.shown_title().to_owned()))
}
