//! Correcting: what was issued is never changed, so a corrected award is issued again under a new code and takes the
//! place of the old one. The conferral date stays, each earlier code names the newest, and nothing revives an earlier one.

mod compose;
mod many;
mod rename;
mod sign_anew;
mod told;

pub use compose::{Correction, Which, compose, events_now};
pub use many::BATCH;
pub use rename::{candidates, rename};
pub use sign_anew::{SIGNED_ANEW, sign_anew};

use super::{
    Portal, Refusal, evaluate,
    issue::{findings, freeze_endorsements},
    proof,
    standing::{self, Listed, Step, Subject, changed_meanwhile, tell},
};
use crate::{
    clock,
    db::Conn,
    mail::What,
    models::{
        Achievement, Actor, Assertion, Credential, Profile, achievement, achievement_version, assertion, audit,
        audit::Change, award_flag, clr, credential, credential::PublicFacts, credential_document, evidence,
        issued::Issued, profile, program::award, result::AwardResult, result_description, rubric_criterion_level,
        signed_form,
    },
    values::{FlagDecision, Id, Iri, Json, Line, Prose, Status},
};

/// Why it is issued again, and who is told.
#[derive(Debug, Clone)]
pub struct Why {
    /// What was picked from the list, as staff read it.
    pub listed: Option<&'static str>,
    /// What whoever checks the earlier code is told.
    pub public: Line,
    /// What stays in the office.
    pub internal: Option<Prose>,
    /// Whether the learner is told by mail.
    pub notify: bool,
}

/// The reasons to pick from.
pub const REASONS: &[Listed] = &[
    Listed { key: "name", label: "The holder’s name changed", wording: "The details of the holder were corrected" },
    Listed { key: "error", label: "Clerical error", wording: "A clerical error was corrected" },
    Listed { key: "result", label: "A result was amended", wording: "A result was amended" },
    Listed { key: "evidence", label: "Evidence or narrative was amended", wording: "Its description was amended" },
];

/// An issued award that can be corrected, with all that a correction draws on.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its row.
    pub assertion: Assertion,
    /// Its credential.
    pub credential: Credential,
    /// What was issued.
    pub issued: Issued,
    /// The learner, as of now.
    pub learner: Profile,
    /// The achievement, as of now.
    pub achievement: Achievement,
}

/// What would be corrected; refuses what can't be: a draft, and what was revoked or replaced.
pub fn earlier(conn: &mut Conn, id: &Id<Assertion>, by: &Actor) -> Result<Earlier, Refusal> {
    let credential = standing::of(conn, &Subject::Award(id.clone()), by)?;
    refuse_unless_correctable(&credential)?;
    let assertion = assertion::find(conn, id)?;
    Ok(Earlier {
        issued: credential_document::issued(conn, &credential.id)?,
        learner: profile::find(conn, &credential.learner_id)?,
        achievement: achievement::find(conn, &assertion.achievement_id)?,
        assertion,
        credential,
    })
}

fn refuse_unless_correctable(credential: &Credential) -> Result<(), Refusal> {
    match credential.status {
        Status::Revoked => Err(Refusal::conflict(
            "This award was revoked, and a correction does not revive it. Award it anew if it was earned after all.",
        )),
        status => Step::Revoke.refuse_unless_it_fits(status),
    }
}

/// Issues a corrected award in the place of an earlier one.
pub fn correct(
    conn: &mut Conn,
    id: &Id<Assertion>,
    (correction, why): (&Correction, &Why),
    portal: &Portal,
    by: &Actor,
) -> Result<Credential, Refusal> {
    let earlier = earlier(conn, id, by)?;
    let (made, issued) = reissue(conn, &earlier, (correction, why), portal, by)?;
    let mut changes = compose::differences(&earlier.issued, &issued);
    changes.extend(noted(why));
    told(conn, (&earlier.credential, &made), (why, changes), by)?;
    Ok(made)
}

/// Writes down on both awards that one took the place of the other, and on the new one what else changed.
fn told(
    conn: &mut Conn,
    (old, new): (&Credential, &Credential),
    (why, mut changes): (&Why, Vec<Change>),
    by: &Actor,
) -> Result<(), Refusal> {
    let code = |one: &Credential| Some(one.cedid.to_string());
    let place = Change { field: "CeDiD".to_owned(), before: code(old), after: code(new) };
    audit::write(conn, by, "replaced", old.object(), [vec![place.clone()], noted(why)].concat())?;
    changes.insert(0, place);
    Ok(audit::write(conn, by, "reissued", new.object(), changes)?)
}

fn noted(why: &Why) -> Vec<Change> {
    let listed = why.listed.map(str::to_owned);
    let facts = [
        ("Reason", listed),
        ("Public reason", Some(why.public.to_string())),
        ("Internal note", why.internal.as_ref().map(Prose::to_string)),
    ];
    let change = |(field, after): (&str, Option<String>)| {
        after.map(|after| Change { field: field.to_owned(), before: None, after: Some(after) })
    };
    facts.into_iter().filter_map(change).collect()
}

/// Issues it again, without an audit entry: the caller writes one for as many as it reissues.
fn reissue(
    conn: &mut Conn,
    earlier: &Earlier,
    (correction, why): (&Correction, &Why),
    portal: &Portal,
    by: &Actor,
) -> Result<(Credential, Issued), Refusal> {
    achievement_version::take_turn(conn, &earlier.achievement.id)?;
    let code = credential::fresh_code(conn)?;
    let issued = compose(conn, earlier, correction, portal, (code, clock::now()))?;
    let is_believed = signed_form::not_believed_since(conn, &earlier.credential.cedid)?.is_none();
    if is_believed && compose::differences(&earlier.issued, &issued).is_empty() {
        return Err(Refusal::conflict("Nothing is corrected: the award would say the same as before"));
    }
    Refusal::if_any(findings(&issued))?;
    if !credential::supersede(conn, &earlier.credential, &why.public, why.internal.as_ref())? {
        return Err(changed_meanwhile());
    }
    achievement_version::freeze(conn, &earlier.achievement.id, &issued.achievement)?;
    let assertion = row(conn, earlier, &issued)?;
    let made = to_credential(&earlier.credential, &assertion, &issued);
    made.insert(conn, &issued)?;
    proof::sign_award(conn, portal, &made.id, &issued)?;
    credential::name_newest(conn, &earlier.credential.id, &made.id)?;
    freeze_endorsements(conn, &assertion, portal)?;
    achievement_version::awarded_under(conn, &[&assertion.id], issued.achievement.version)?;
    clr::follow_correction(conn, &earlier.assertion.id, &assertion.id)?;
    follow_conferral(conn, (earlier, &assertion), correction.events, (why, by))?;
    if why.notify {
        tell(conn, (&earlier.credential, What::Corrected(made.cedid.clone())), Some(&why.public), portal)?;
    }
    Ok((made, issued))
}

/// What a program conferred is the corrected award from now on; a flag on the earlier one is settled where it names the
/// events that count now, and stands on the corrected one otherwise.
fn follow_conferral(
    conn: &mut Conn,
    (earlier, made): (&Earlier, &Assertion),
    events: Which,
    (why, by): (&Why, &Actor),
) -> Result<(), Refusal> {
    let now = match events {
        Which::AsIssued => None,
        Which::AsNow => evaluate::counted(conn, &earlier.assertion.learner_id, &earlier.achievement.id)?,
    };
    let now = now.map(|ids| ids.iter().map(ToString::to_string).collect());
    award::superseded(conn, &earlier.assertion.id, &made.id, now)?;
    if let Some(flag) = award_flag::open_of(conn, &earlier.assertion.id)? {
        match events {
            Which::AsNow => {
                flag.settle(conn, (FlagDecision::Reissued, Some(&why.public)), by)?;
            }
            Which::AsIssued => award_flag::follow(conn, &flag, &made.id)?,
        }
    }
    Ok(())
}

/// The row by which staff find the corrected award, with its results and its evidence.
fn row(conn: &mut Conn, earlier: &Earlier, issued: &Issued) -> Result<Assertion, Refusal> {
    let facts = &issued.assertion;
    let line = |text: &Option<String>| text.as_deref().map(Line::parse).and_then(Result::ok);
    let mut row = Assertion {
        id: Id::fresh(),
        iri: Iri::parse(&facts.id).map_err(|wrong| Refusal::Defect(wrong.to_string()))?,
        issued_at: Some(facts.issued_on.naive_utc()),
        expires_on: facts.last_day(),
        activity_start: facts.activity_start,
        activity_end: facts.activity_end,
        credits_earned: facts.credits_earned,
        license_number: line(&facts.license_number),
        narrative: facts.narrative.as_deref().map(Prose::parse).and_then(Result::ok),
        role: line(&facts.role),
        term: line(&facts.term),
        kept_cedid: None,
        revision: 1,
        created_at: facts.issued_on.naive_utc(),
        updated_at: facts.issued_on.naive_utc(),
        ..earlier.assertion.clone()
    };
    row.refold(&earlier.learner, &earlier.achievement, Some(&facts.cedid));
    let results = results(conn, &row, issued)?;
    assertion::insert_all(conn, std::slice::from_ref(&row), &results)?;
    for (position, piece) in facts.evidence.iter().enumerate() {
        evidence::add(conn, &row.id, piece, position as i32)?;
    }
    Ok(row)
}

/// Rows of the results whose descriptions the achievement still has.
fn results(conn: &mut Conn, row: &Assertion, issued: &Issued) -> Result<Vec<AwardResult>, Refusal> {
    let descriptions = result_description::of_achievement(conn, &row.achievement_id)?;
    let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
    let mut rows = Vec::new();
    for one in &issued.assertion.results {
        let Some(of) = descriptions.iter().find(|known| known.iri.as_str() == one.result_description) else { continue };
        let is_reached = |level: &&crate::models::Level| {
            level.result_description_id == of.id && one.achieved_level.as_deref() == Some(level.iri.as_str())
        };
        rows.push(AwardResult {
            achieved_level_id: levels.iter().find(is_reached).map(|level| level.id.clone()),
            value: one.value.as_deref().map(Line::parse).and_then(Result::ok),
            status: one.status,
            alignments: Json::new(one.alignments.clone()),
            ..AwardResult::new(row.id.clone(), of.id.clone(), rows.len() as i32)
        });
    }
    Ok(rows)
}

fn to_credential(earlier: &Credential, assertion: &Assertion, issued: &Issued) -> Credential {
    Credential {
        id: Id::fresh(),
        assertion_id: Some(assertion.id.clone()),
        cedid_folded: issued.assertion.cedid.folded(),
        cedid: issued.assertion.cedid.clone(),
        facts: Json::new(PublicFacts::of(issued)),
        issued_at: issued.assertion.issued_on.naive_utc(),
        expires_at: issued.assertion.expires.map(|last| last.naive_utc()),
        status: Status::InForce,
        status_since: None,
        public_reason: None,
        internal_note: None,
        replaces_id: Some(earlier.id.clone()),
        replaced_by_id: None,
        ..earlier.clone()
    }
}
