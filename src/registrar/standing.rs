//! How a credential stands, changed by the office: revoked for good, suspended for now, or put in force again. The public
//! is told a reason, the office keeps a note, and the learner is told by mail where that is wished.

use super::{
    Portal, Refusal,
    issue::{composed, line_of, refuse_if_not_ours},
};
use crate::{
    db::Conn,
    mail::{self, StatusChanged, What},
    models::{
        Actor, Assertion, Clr, Credential, assertion, award_flag, clr,
        credential::{self, StatusChange},
        hold,
        outbox::{self, Mail},
        profile,
    },
    values::{FlagDecision, Id, Line, Prose, Status},
    words::Words,
};

/// What stands one way or another: an issued award, or a published record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An award.
    Award(Id<Assertion>),
    /// A record.
    Record(Id<Clr>),
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is taken back for good.
    Revoke,
    /// It is held back while a question about it is settled.
    Suspend,
    /// It is in force again.
    Lift,
}

/// A reason that the office picks from its list: a key, what staff read, and what the public is told.
pub struct Listed {
    /// Key.
    pub key: &'static str,
    /// For staff.
    pub label: &'static str,
    /// For the public: nothing about the person.
    pub wording: &'static str,
}

const fn listed(key: &'static str, label: &'static str, wording: &'static str) -> Listed {
    Listed { key, label, wording }
}

const REVOKING: &[Listed] = &[
    listed("error", "Issued in error", "It was issued in error"),
    listed("twice", "Issued twice", "It was issued twice; the other one stands"),
    listed("requirements", "Requirements not met", "Its requirements were found not to be met"),
    listed("integrity", "Decision on academic integrity", "Withdrawn by a decision of the institution"),
    listed("request", "The holder asked for it", "Withdrawn at the request of the holder"),
];

const SUSPENDING: &[Listed] = &[
    listed("review", "Under review", "It is under review"),
    listed("appeal", "An appeal is being decided", "A decision about it is awaited"),
    listed("records", "Records are being checked", "The records behind it are being checked"),
];

impl Step {
    /// The reasons to pick from.
    pub fn reasons(self) -> &'static [Listed] {
        match self {
            Step::Revoke => REVOKING,
            Step::Suspend => SUSPENDING,
            Step::Lift => &[],
        }
    }

    /// The status it leads to.
    pub fn leads_to(self) -> Status {
        match self {
            Step::Revoke => Status::Revoked,
            Step::Suspend => Status::Suspended,
            Step::Lift => Status::InForce,
        }
    }

    /// Whether it can be done to what stands like this.
    pub fn fits(self, status: Status) -> bool {
        match self {
            Step::Revoke => matches!(status, Status::InForce | Status::Suspended),
            Step::Suspend => status == Status::InForce,
            Step::Lift => status == Status::Suspended,
        }
    }

    /// Refuses what does not stand as this needs it.
    pub fn refuse_unless_it_fits(self, status: Status) -> Result<(), Refusal> {
        if self.fits(status) {
            return Ok(());
        }
        Err(Refusal::conflict(match (self, status) {
            (_, Status::Revoked) => "This credential was already revoked, and that cannot be undone",
            (_, Status::Replaced) => "This credential was replaced; turn to the newest one instead",
            (Step::Suspend, _) => "This credential is already suspended",
            (_, _) => "This credential is not suspended, so there is nothing to lift",
        }))
    }
}

/// Why, and who is told.
#[derive(Debug, Clone, Default)]
pub struct Why {
    /// What was picked from the list, as staff read it.
    pub listed: Option<&'static str>,
    /// What whoever checks the credential is told; nothing once it is in force again.
    pub public: Option<Line>,
    /// What stays in the office.
    pub internal: Option<Prose>,
    /// Whether the learner is told by mail.
    pub notify: bool,
}

/// The credential of an award or a record that the actor may change.
pub fn of(conn: &mut Conn, subject: &Subject, by: &Actor) -> Result<Credential, Refusal> {
    match subject {
        Subject::Award(id) => {
            let found = assertion::find(conn, id)?;
            refuse_if_not_ours(conn, &found, by)?;
            credential::of_assertion(conn, id)?.ok_or_else(|| Refusal::conflict("This award was not issued yet"))
        }
        Subject::Record(id) => {
            clr::find(conn, id)?;
            credential::of_clr(conn, id)?.ok_or_else(|| Refusal::conflict("This record was not published by us"))
        }
    }
}

/// Changes how something stands. Only suspending can be undone.
pub fn change(
    conn: &mut Conn,
    (subject, step): (&Subject, Step),
    why: &Why,
    portal: &Portal,
    by: &Actor,
) -> Result<Credential, Refusal> {
    let issued = of(conn, subject, by)?;
    step.refuse_unless_it_fits(issued.status)?;
    if step != Step::Lift && why.public.is_none() {
        return Err(Refusal::conflict("Enter the reason that the public is told"));
    }
    if why.notify {
        let (what, reason) = match step {
            Step::Revoke => (What::Revoked, why.public.as_ref()),
            Step::Suspend => (What::Suspended, why.public.as_ref()),
            Step::Lift => (What::InForceAgain, None),
        };
        tell(conn, (&issued, what), reason, portal)?;
    }
    let to = StatusChange {
        status: step.leads_to(),
        listed_reason: why.listed,
        public_reason: why.public.clone().filter(|_| step != Step::Lift),
        internal_note: why.internal.clone(),
    };
    if !credential::set_status(conn, &issued, to, by)? {
        return Err(changed_meanwhile());
    }
    if step == Step::Revoke
        && let Some(award) = &issued.assertion_id
        && let Some(flag) = award_flag::open_of(conn, award)?
    {
        flag.settle(conn, (FlagDecision::Revoked, why.public.as_ref()), by)?;
    }
    Ok(issued)
}

/// Of two changes at once, one is made.
pub(super) fn changed_meanwhile() -> Refusal {
    Refusal::conflict("Somebody else has just changed the status of this credential")
}

/// Queues the mail that tells the learner, with a link to what stands now; nothing to do for a learner without an address.
pub(super) fn tell(
    conn: &mut Conn,
    (credential, what): (&Credential, What),
    reason: Option<&Line>,
    portal: &Portal,
) -> Result<(), Refusal> {
    let learner = profile::find(conn, &credential.learner_id)?;
    let Some(address) = learner.email.clone() else { return Ok(()) };
    let facts = credential.facts.get();
    let open = match &what {
        What::Corrected(newest) => newest,
        _ => &credential.cedid,
    };
    let credential_url = format!("{}/c/{open}", portal.base_url);
    let letter = mail::status_changed(
        &Words::default(),
        &StatusChanged {
            what,
            holder_name: facts.holder.clone(),
            title: facts.title.clone(),
            record: facts.record.as_ref().map(|record| record.number),
            publisher_name: facts.publisher.clone(),
            cedid: credential.cedid.clone(),
            reason: reason.map(Line::to_string),
            is_withheld: hold::is_on(conn, &learner.id)?,
            credential_url,
            record_url: format!("{}/record", portal.base_url),
        },
    );
    let mut queued = Mail::new(outbox::STATUS, address, line_of(learner.name.as_str()), composed(letter)?);
    queued.learner_id = Some(learner.id);
    queued.credential_id = Some(credential.id.clone());
    queued.insert(conn)?;
    Ok(())
}
