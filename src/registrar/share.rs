//! Sharing: a learner consents to show chosen awards to somebody, for a purpose and a time; the link that shows them is
//! made, and switched off by the learner or by the office. Nothing that was consented to is ever forgotten.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::{
    Portal, Refusal,
    issue::{composed, line_of},
    proof,
    publish::belongs,
};
use crate::{
    clock,
    db::Conn,
    mail::{self, ShareTold},
    models::{
        Actor, Credential, Profile, Share, credential, erasure, hold,
        outbox::{self, Mail},
        profile,
        record::{self, Record},
        setting, share,
        share::ShareState,
        signed_form::{self, DATA_INTEGRITY},
    },
    values::{CeDiD, Id, Iri, Line, Status},
    words::Words,
};

/// For how long a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// So many days.
    Days(i64),
    /// Until it is switched off.
    UntilOff,
}

impl Lasts {
    /// What can be chosen, the shortest first; a year at most, where it ends by itself.
    pub const ALL: [Lasts; 5] = [Lasts::Days(7), Lasts::Days(30), Lasts::Days(90), Lasts::Days(365), Lasts::UntilOff];

    /// The first instant at which a link that is made now opens nothing.
    fn end(self) -> Option<NaiveDateTime> {
        match self {
            Lasts::Days(days) => Some(clock::now().naive_utc() + TimeDelta::days(days)),
            Lasts::UntilOff => None,
        }
    }
}

/// What a learner consents to.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The row id; the same one sent twice makes one share.
    pub id: Id<Share>,
    /// To whom.
    pub recipient: Line,
    /// What for.
    pub purpose: Line,
    /// Which awards.
    pub awards: Vec<Id<Credential>>,
    /// For how long.
    pub lasts: Lasts,
    /// Whether the recipient may take the PDF along.
    pub with_pdf: bool,
    /// Whether the recipient may take CLR 1.0 along.
    pub with_json: bool,
    /// Whether the recipient may take the signed CLR 2.0 along.
    pub with_vc: bool,
    /// Whether the learner gets a copy of the consent by mail.
    pub copy: bool,
}

/// The awards that can be shared now: those that a record would hold.
pub fn choosable(conn: &mut Conn, learner: &Id<Profile>) -> Result<Vec<Credential>, Refusal> {
    let now = clock::now();
    let all = credential::of_learner(conn, learner)?;
    Ok(all.into_iter().filter(|one| belongs(one.standing(now).reading)).collect())
}

/// Makes a share and returns it with the token of its link, which nobody can find again. `None` when this very share was
/// made before.
pub fn make(
    conn: &mut Conn,
    learner: &Profile,
    terms: &Terms,
    portal: &Portal,
    by: &Actor,
) -> Result<Option<(Share, String)>, Refusal> {
    refuse_while_withheld(conn, &learner.id)?;
    match share::find(conn, &terms.id) {
        Ok(made) if made.learner_id == learner.id => return Ok(None),
        Ok(_) => return Err(Refusal::NotFound),
        Err(diesel::result::Error::NotFound) => {}
        Err(other) => return Err(other.into()),
    }
    let can_be: Vec<Id<Credential>> = choosable(conn, &learner.id)?.into_iter().map(|one| one.id).collect();
    if terms.awards.is_empty() || terms.awards.iter().any(|one| !can_be.contains(one)) {
        return Err(Refusal::conflict(
            "An award that you chose cannot be shared any more. Go back, load the form again and choose once more.",
        ));
    }
    let token = clock::secret();
    let share = drawn_up(learner, terms, &token);
    share.insert(conn, &terms.awards, by)?;
    if share.with_vc {
        let shown = shown(conn, &share)?;
        proof::sign_share(conn, portal, &shown.record)?;
    }
    if terms.copy {
        tell(conn, (&share, learner), portal, None)?;
    }
    Ok(Some((share, token)))
}

fn drawn_up(learner: &Profile, terms: &Terms, token: &str) -> Share {
    Share {
        id: terms.id.clone(),
        learner_id: learner.id.clone(),
        fingerprint: clock::fingerprint(token),
        iri: Iri::fresh(),
        recipient: terms.recipient.clone(),
        purpose: terms.purpose.clone(),
        with_pdf: terms.with_pdf,
        with_json: terms.with_json,
        with_vc: terms.with_vc,
        signed_in_as: learner.email.clone(),
        created_at: clock::now().naive_utc(),
        expires_at: terms.lasts.end(),
        off_at: None,
        off_by: None,
        off_by_learner: false,
        off_reason: None,
        revision: 1,
    }
}

/// The address of a link.
pub fn address(portal: &Portal, token: &str) -> String {
    format!("{}/s/{token}", portal.base_url)
}

/// Official documents are withheld from the learner, so nobody gets them by the learner's consent.
fn refuse_while_withheld(conn: &mut Conn, learner: &Id<Profile>) -> Result<(), Refusal> {
    if erasure::of(conn, learner)?.is_some() {
        return Err(Refusal::NotFound);
    }
    if hold::withholds_documents(conn, learner)? {
        return Err(Refusal::conflict("Nothing can be shared until the registrar’s office has cleared a hold."));
    }
    Ok(())
}

/// What a share shows.
#[derive(Debug)]
pub struct Shown {
    /// The share.
    pub share: Share,
    /// Its awards as they stand now, in a record that says whether it is partial.
    pub record: Record,
    /// Whether the codes of the awards open anything for others.
    pub codes_open: bool,
    /// Whether there is a signed form of it.
    pub is_signed: bool,
    /// Since when a signature in that form is not believed any more.
    pub not_believed_since: Option<DateTime<Utc>>,
}

/// What a share shows now. Whether it may be shown to whoever asks is not asked here.
pub fn shown(conn: &mut Conn, share: &Share) -> Result<Shown, Refusal> {
    let chosen: Vec<Id<Credential>> = share::awards(conn, &share.id)?
        .into_iter()
        .filter(|one| one.taken_out_at.is_none())
        .map(|one| one.credential_id)
        .collect();
    let learner = profile::find(conn, &share.learner_id)?;
    let called = (share.document_id(), share.created_at.and_utc());
    let record = record::part(conn, &learner, called, &chosen, clock::now())?
        .ok_or_else(|| Refusal::conflict("The institution has not said who publishes its records"))?;
    let codes_open = hold::active(conn, &share.learner_id)?.is_empty();
    let is_signed = share.with_vc && signed(conn, share)?.is_some();
    let not_believed_since = match is_signed {
        true => signed_form::not_believed_within(conn, &share.document_id(), &chosen)?.map(|since| since.and_utc()),
        false => None,
    };
    Ok(Shown { share: share.clone(), record, codes_open, is_signed, not_believed_since })
}

/// What a share showed under a public id, as its awards stand now: for comparing a copy that somebody took along. Where it
/// was whole then and is a part now, because more was awarded, both. Nothing while the codes of its awards open nothing.
pub fn under(conn: &mut Conn, document: &str) -> Result<Vec<Record>, Refusal> {
    let (iri, revision) = match document.split_once('#') {
        Some((iri, later)) => (iri, later.parse().unwrap_or(0)),
        None => (document, 1_usize),
    };
    let Ok(iri) = Iri::parse(iri) else { return Ok(Vec::new()) };
    let Some(share) = share::by_iri(conn, &iri)? else { return Ok(Vec::new()) };
    let is_one = share.document_ids().get(revision.wrapping_sub(1)).is_some_and(|id| id == document);
    if !is_one || hold::is_on(conn, &share.learner_id)? {
        return Ok(Vec::new());
    }
    if erasure::of(conn, &share.learner_id)?.is_some() {
        return Ok(Vec::new());
    }
    // Each award that was taken out made the next document: the first ones out are missing in it.
    let mut awards = share::awards(conn, &share.id)?;
    awards.sort_by_key(|one| (one.taken_out_at.is_none(), one.taken_out_at));
    let chosen: Vec<Id<Credential>> = awards.into_iter().skip(revision - 1).map(|one| one.credential_id).collect();
    let learner = profile::find(conn, &share.learner_id)?;
    let called = (document.to_owned(), share.created_at.and_utc());
    let Some(now) = record::part(conn, &learner, called, &chosen, clock::now())? else { return Ok(Vec::new()) };
    let left = credential::of_learner(conn, &share.learner_id)?;
    let is_new = |one: &Credential| one.issued_at > share.created_at || was_out(one, share.created_at);
    let was_whole = left.iter().filter(|one| !chosen.contains(&one.id)).all(is_new);
    let then = (now.partial && was_whole).then(|| Record { partial: false, ..now.clone() });
    Ok(std::iter::once(now).chain(then).collect())
}

/// Whether a credential had been taken back at an instant.
fn was_out(credential: &Credential, at: NaiveDateTime) -> bool {
    matches!(credential.status, Status::Revoked | Status::Replaced)
        && credential.status_since.is_some_and(|since| since <= at)
}

/// The signed form of what a share shows.
pub fn signed(conn: &mut Conn, share: &Share) -> Result<Option<Vec<u8>>, Refusal> {
    Ok(signed_form::find(conn, &share.document_id(), DATA_INTEGRITY)?.map(|form| form.content.into_inner()))
}

/// A share of this learner; anything else is not there.
pub fn own(conn: &mut Conn, learner: &Id<Profile>, id: &Id<Share>) -> Result<Share, Refusal> {
    let share = share::find(conn, id)?;
    if share.learner_id == *learner { Ok(share) } else { Err(Refusal::NotFound) }
}

/// Switches a share off: from the next request on, its link opens nothing. Done twice, it is done. The office says why,
/// and may tell the learner by mail.
pub fn switch_off(
    conn: &mut Conn,
    share: &Share,
    why: Option<(&Line, bool)>,
    portal: &Portal,
    by: &Actor,
) -> Result<(), Refusal> {
    let did = share.switch_off(conn, why.map(|(reason, _)| reason), by)?;
    if let (true, Some((reason, true))) = (did, why) {
        let learner = profile::find(conn, &share.learner_id)?;
        tell(conn, (share, &learner), portal, Some(reason))?;
    }
    Ok(())
}

/// Takes an award out of what a share shows, in the next request. The last one cannot be: the share is switched off.
pub fn take_out(conn: &mut Conn, mut share: Share, award: &CeDiD, portal: &Portal, by: &Actor) -> Result<(), Refusal> {
    refuse_unless_on(&share)?;
    let left = share::awards(conn, &share.id)?.iter().filter(|one| one.taken_out_at.is_none()).count();
    if left < 2 {
        return Err(Refusal::conflict("This is the only award of the share. Switch the share off instead."));
    }
    let award = credential::by_cedid(conn, award)?.ok_or(Refusal::NotFound)?;
    if share.take_out(conn, &award, by)? && share.with_vc {
        let shown = shown(conn, &share)?;
        proof::sign_share(conn, portal, &shown.record)?;
    }
    Ok(())
}

fn refuse_unless_on(share: &Share) -> Result<(), Refusal> {
    match share.state() {
        ShareState::On => Ok(()),
        ShareState::Over | ShareState::Off => {
            Err(Refusal::conflict("This share is over. Make a new one if you want to show your awards again."))
        }
    }
}

/// Queues the mail with the copy of a consent, or that tells why the office switched the share off.
fn tell(
    conn: &mut Conn,
    (share, learner): (&Share, &Profile),
    portal: &Portal,
    ended: Option<&Line>,
) -> Result<(), Refusal> {
    let Some(address) = learner.email.clone() else { return Ok(()) };
    let record = shown(conn, share)?.record;
    let of = |award: &record::Award| {
        let issued = &award.issued;
        format!("{} ({})", issued.achievement.shown_title(), issued.assertion.cedid)
    };
    let utc = |at: NaiveDateTime| -> DateTime<Utc> { at.and_utc() };
    let letter = mail::share_told(
        &Words::default(),
        &ShareTold {
            holder_name: learner.name.to_string(),
            institution: setting::get(conn, setting::INSTITUTION)?.unwrap_or_default(),
            recipient: share.recipient.to_string(),
            purpose: share.purpose.to_string(),
            awards: record.awards.iter().map(of).collect(),
            made_at: utc(share.created_at),
            ends_at: share.expires_at.map(utc),
            signed_in_as: share.signed_in_as.as_ref().map(ToString::to_string),
            reason: ended.map(Line::to_string),
            shares_url: format!("{}/record/shares", portal.base_url),
        },
    );
    let mut queued = Mail::new(outbox::SHARE, address, line_of(learner.name.as_str()), composed(letter)?);
    queued.learner_id = Some(learner.id.clone());
    queued.insert(conn)?;
    Ok(())
}
