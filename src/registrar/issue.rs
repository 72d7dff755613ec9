//! Issuing: a draft becomes a credential. What is true now is frozen, the code is given, the mail is queued, and the
//! audit entry is written, all in one transaction.

use chrono::{DateTime, Utc};

use super::{Portal, Refusal, evaluate, proof};
use crate::{
    clock,
    clr::v1::{self, checks::Finding},
    db::Conn,
    mail,
    models::{
        Actor, Assertion, Credential, Profile, achievement, achievement_version, assertion, audit, credential,
        credential::PublicFacts,
        endorsement::{self, Endorsed},
        erasure, event, evidence, hold,
        import::received::{self, Received},
        issued::{Extensions, FORMAT, Issued, IssuedAssertion, Organization},
        outbox::{self, Mail},
        profile, published,
        record::Award,
        result,
    },
    values::{CeDiD, Id, Iri, Json, Line, Origin, Prose, Status, WebAddress},
    words::Words,
};

/// How an award is issued.
#[derive(Debug, Clone)]
pub struct How {
    /// Whether the learner is told by mail.
    pub notify: bool,
    /// The revision of the draft that was looked at; any, where nobody looked.
    pub previewed: Option<i32>,
    /// When it was issued; now, except for records that another system issued long ago.
    pub issued_on: DateTime<Utc>,
}

impl How {
    /// Issued at a time, and nobody is told: for records that were made elsewhere or in bulk.
    pub fn quietly(issued_on: DateTime<Utc>) -> Self {
        Self { notify: false, previewed: None, issued_on }
    }

    /// Issued now, and the learner is told.
    pub fn now_with_mail() -> Self {
        Self { notify: true, previewed: None, issued_on: clock::now() }
    }
}

/// Issues a draft.
pub fn issue(
    conn: &mut Conn,
    id: &Id<Assertion>,
    portal: &Portal,
    how: &How,
    by: &Actor,
) -> Result<Credential, Refusal> {
    let draft = assertion::find(conn, id)?;
    refuse_if_not_ours(conn, &draft, by)?;
    achievement_version::take_turn(conn, &draft.achievement_id)?;
    if how.previewed.is_some_and(|revision| revision != draft.revision) {
        return Err(Refusal::conflict(
            "Somebody changed this draft after you looked at it. Look at it again before you issue it.",
        ));
    }
    let (awarded, learner) = (achievement::find(conn, &draft.achievement_id)?, profile::find(conn, &draft.learner_id)?);
    refuse_what_is_foreign(draft.origin, awarded.origin, learner.origin)?;
    if awarded.retired_at.is_some() {
        return Err(Refusal::conflict("The achievement was retired after this was drafted; it is no longer awarded"));
    }
    if erasure::of(conn, &learner.id)?.is_some() {
        return Err(Refusal::conflict("The data of this learner was erased; nothing is issued any more"));
    }
    let cedid = code_for(conn, &draft)?;
    let issued = freeze(conn, &draft, &learner, portal, (cedid, how.issued_on))?;
    Refusal::if_any(findings(&issued))?;
    achievement_version::freeze(conn, &draft.achievement_id, &issued.achievement)?;
    let credential = to_credential(&draft, &issued);
    credential.insert(conn, &issued)?;
    proof::sign_award(conn, portal, &credential.id, &issued)?;
    freeze_endorsements(conn, &draft, portal)?;
    if !assertion::mark_issued(conn, &draft, &credential, &issued.assertion.id)? {
        return Err(already_issued());
    }
    achievement_version::awarded_under(conn, &[id], issued.achievement.version)?;
    if how.notify {
        notify(conn, &learner, (&credential, &issued), portal)?;
    }
    let issued_as =
        audit::Change { field: "CeDiD".to_owned(), before: None, after: Some(credential.cedid.to_string()) };
    audit::write(conn, by, "issued", (assertion::KIND, id.as_str()), vec![issued_as])?;
    Ok(credential)
}

/// Only what is ours is awarded, by us, to a learner of ours.
fn refuse_what_is_foreign(assertion: Origin, awarded: Origin, learner: Origin) -> Result<(), Refusal> {
    let why = if assertion == Origin::Foreign {
        "This award is another publisher’s; it cannot be issued here"
    } else if awarded == Origin::Foreign {
        "The achievement is another publisher’s; copy it, and award the copy"
    } else if learner == Origin::Foreign {
        "This person is known from another publisher’s record only; record the learner first"
    } else {
        return Ok(());
    };
    Err(Refusal::conflict(why))
}

/// What others say of the award, of what is awarded and of its issuer is part of the credential from now on.
pub(super) fn freeze_endorsements(conn: &mut Conn, draft: &Assertion, portal: &Portal) -> Result<(), Refusal> {
    let endorsed = [
        Endorsed::Assertion(draft.id.clone()),
        Endorsed::Achievement(draft.achievement_id.clone()),
        Endorsed::Profile(assertion::office(conn, draft)?),
    ];
    endorsed.iter().try_for_each(|one| Ok(endorsement::freeze(conn, one, &portal.base_url)?))
}

/// What would be issued now: the preview, and what issuing freezes. The code is the one the credential gets.
pub fn freeze(
    conn: &mut Conn,
    draft: &Assertion,
    learner: &Profile,
    portal: &Portal,
    (cedid, issued_on): (CeDiD, DateTime<Utc>),
) -> Result<Issued, Refusal> {
    let publisher = profile::publisher(conn)?
        .ok_or_else(|| Refusal::conflict("Choose the publisher in the settings before you issue"))?;
    let publisher = profile::organization(conn, &publisher.id)?;
    let mut issued = composed_of(conn, draft, learner, (publisher, &portal.base_url), (cedid, issued_on))?;
    issued.received = received_again(conn, draft, &issued)?;
    Ok(issued)
}

/// An award as it is now, without what it said where it came from.
fn composed_of(
    conn: &mut Conn,
    draft: &Assertion,
    learner: &Profile,
    (publisher, base_url): (Organization, &str),
    (cedid, issued_on): (CeDiD, DateTime<Utc>),
) -> Result<Issued, Refusal> {
    let awarded = achievement::find(conn, &draft.achievement_id)?;
    let mut content = achievement::content(conn, &awarded)?;
    let mut endorsements = |endorsed: Endorsed| endorsement::issued(conn, &endorsed, base_url);
    content.issuer.endorsements = endorsements(Endorsed::Profile(awarded.issuer_id.clone()))?;
    content.endorsements = endorsements(Endorsed::Achievement(awarded.id.clone()))?;
    let own_endorsements = endorsements(Endorsed::Assertion(draft.id.clone()))?;
    let mut new_iri = || Iri::published(base_url, "assertions", clock::public_id());
    let iri = assertion::iri_when_issued(conn, draft, base_url)?;
    let source = draft.source_id.as_ref().map(|id| profile::organization(conn, id)).transpose()?;
    let counted = evaluate::counted(conn, &draft.learner_id, &draft.achievement_id)?;
    Ok(Issued {
        format: FORMAT,
        assertion: IssuedAssertion {
            id: iri.to_string(),
            source,
            results: result::issued(conn, &draft.id)?,
            endorsements: own_endorsements,
            evidence: evidence::issued(conn, &draft.id, base_url)?,
            ..facts(draft, cedid, issued_on)
        },
        holder: learner.as_holder(),
        events: event::attended(conn, (&draft.learner_id, &draft.achievement_id), counted.as_deref(), &mut new_iri)?,
        achievement: content,
        publisher,
        received: None,
    })
}

/// Whose award a draft was when it came in; not a member of CLR 1.0, so it is taken out before anything is compared.
const LEARNER: &str = "learner";

/// What a draft from elsewhere shows as it came in: compared with what it shows when it is issued, it tells what was
/// changed here.
pub(super) fn drafted(
    conn: &mut Conn,
    draft: &Assertion,
    learner: &Profile,
    publisher: Organization,
) -> Result<Extensions, Refusal> {
    let now = clock::now();
    // The portal's own address stands in nothing that came from elsewhere.
    let issued = composed_of(conn, draft, learner, (publisher, ""), (CeDiD::fresh(), now))?;
    let mut shown = v1::comparable(&issued, published::in_force(now, None));
    shown.insert(LEARNER.to_owned(), draft.learner_id.as_str().into());
    Ok(shown)
}

/// What a draft from elsewhere said there, with what was changed here. Another learner's or achievement's award says only
/// what is known of it here.
fn received_again(conn: &mut Conn, draft: &Assertion, issued: &Issued) -> Result<Option<Extensions>, Refusal> {
    let Some(Received { told, drafted }) = received::of(conn, draft)? else { return Ok(None) };
    let said = match drafted {
        Some(mut before) => {
            let learner = before.remove(LEARNER);
            let now = v1::comparable(issued, published::in_force(issued.assertion.issued_on, None));
            let is_theirs = learner.as_ref().and_then(|id| id.as_str()) == Some(draft.learner_id.as_str());
            if is_theirs { v1::edited(&told, &before, &now) } else { None }
        }
        None => (draft.revision == 1).then_some(told),
    };
    Ok(said.map(|said| v1::taken::issued_on(said, &issued.assertion.issued_on)))
}

/// What is wrong with what would be issued, in ways that no schema finds.
pub fn findings(issued: &Issued) -> Vec<Finding> {
    let standing = published::in_force(issued.assertion.issued_on, issued.assertion.expires);
    v1::checks::check(&v1::credential_clr(&Award { issued: issued.clone(), standing }))
}

/// The draft's own facts, as they are frozen: all but its source, results and evidence.
pub(super) fn facts(draft: &Assertion, cedid: CeDiD, issued_on: DateTime<Utc>) -> IssuedAssertion {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    IssuedAssertion {
        id: draft.iri.to_string(),
        cedid,
        issued_on,
        conferral_date: draft.conferral_date,
        expires: draft.expires_at(),
        activity_start: draft.activity_start,
        activity_end: draft.activity_end,
        credits_earned: draft.credits_earned,
        license_number: text(&draft.license_number),
        narrative: draft.narrative.as_ref().map(Prose::to_string),
        role: text(&draft.role),
        term: text(&draft.term),
        image: draft.image.as_ref().map(WebAddress::to_string),
        source: None,
        results: Vec::new(),
        evidence: Vec::new(),
        endorsements: Vec::new(),
        extensions: draft.extensions.get().clone(),
    }
}

/// Staff of an office see and change only what their office issues; for them anything else does not exist.
pub fn refuse_if_not_ours(conn: &mut Conn, assertion: &Assertion, by: &Actor) -> Result<(), Refusal> {
    match &by.office {
        Some(office) if assertion::office(conn, assertion)? != *office => Err(Refusal::NotFound),
        _ => Ok(()),
    }
}

fn already_issued() -> Refusal {
    Refusal::conflict("This assertion was already issued")
}

fn code_for(conn: &mut Conn, draft: &Assertion) -> Result<CeDiD, Refusal> {
    if draft.is_issued() {
        return Err(already_issued());
    }
    match &draft.kept_cedid {
        Some(kept) if credential::is_taken(conn, kept, &draft.iri)? => {
            Err(Refusal::conflict(format!("Another credential has or had the CeDiD {kept}")))
        }
        Some(kept) => Ok(kept.clone()),
        None => Ok(credential::fresh_code(conn)?),
    }
}

/// The credential that a draft becomes.
pub(super) fn to_credential(draft: &Assertion, issued: &Issued) -> Credential {
    Credential {
        id: Id::fresh(),
        kind: "assertion".to_owned(),
        assertion_id: Some(draft.id.clone()),
        learner_id: draft.learner_id.clone(),
        achievement_id: Some(draft.achievement_id.clone()),
        cedid_folded: issued.assertion.cedid.folded(),
        cedid: issued.assertion.cedid.clone(),
        issued_at: issued.assertion.issued_on.naive_utc(),
        conferral_date: issued.assertion.conferral_date,
        expires_at: issued.assertion.expires.map(|last| last.naive_utc()),
        facts: Json::new(PublicFacts::of(issued)),
        status: Status::InForce,
        status_since: None,
        public_reason: None,
        internal_note: None,
        replaces_id: None,
        replaced_by_id: None,
        clr_id: None,
    }
}

/// Queues the mail that tells the learner; nothing to do for a learner without an address.
pub fn notify(
    conn: &mut Conn,
    learner: &Profile,
    (credential, issued): (&Credential, &Issued),
    portal: &Portal,
) -> Result<(), Refusal> {
    let Some(address) = learner.email.clone() else { return Ok(()) };
    let letter = mail::award_issued(
        &Words::default(),
        &mail::AwardIssued {
            holder_name: issued.holder.name.clone(),
            title: issued.achievement.shown_title().to_owned(),
            publisher_name: issued.publisher.name.clone(),
            issuer_name: issued.achievement.issuer.name.clone(),
            conferral_date: issued.assertion.conferral_date,
            cedid: issued.assertion.cedid.clone(),
            is_withheld: hold::is_on(conn, &learner.id)?,
            credential_url: format!("{}/c/{}", portal.base_url, issued.assertion.cedid),
            record_url: format!("{}/record", portal.base_url),
            base_url: portal.base_url.clone(),
        },
    );
    let mut queued = Mail::new(outbox::AWARD, address, line_of(learner.name.as_str()), composed(letter)?);
    queued.learner_id = Some(learner.id.clone());
    queued.credential_id = Some(credential.id.clone());
    queued.insert(conn)?;
    Ok(())
}

/// A letter that could not be written is a defect of its template; the change that wanted it is not made.
pub(super) fn composed(letter: mail::Written) -> Result<(String, String, String), Refusal> {
    let letter = letter.map_err(|error| Refusal::Defect(format!("a mail could not be written: {error}")))?;
    Ok((letter.subject, letter.text, letter.html))
}

/// A name as a line; a name is one already, so nothing is ever lost here.
pub fn line_of(name: &str) -> Line {
    Line::parse(name).unwrap_or_else(|_| Line::unnamed())
}
