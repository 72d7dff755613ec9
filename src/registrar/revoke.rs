//! Revoking: taking a credential back for good, with a reason for the public and a note for staff.

use super::{Refusal, issue::refuse_if_not_ours};
use crate::{
    db::Conn,
    models::{
        Actor, Assertion, Clr, Credential, assertion,
        credential::{self, StatusChange},
    },
    values::{Id, Line, Prose, Status},
};

/// Why a credential is taken back.
#[derive(Debug, Clone)]
pub struct Reason {
    /// What whoever checks the credential is told.
    pub public: Line,
    /// What stays in the office.
    pub internal: Option<Prose>,
}

/// Revokes the credential of an assertion. It cannot be undone.
pub fn revoke(conn: &mut Conn, id: &Id<Assertion>, reason: &Reason, by: &Actor) -> Result<Credential, Refusal> {
    let issued = of_ours(conn, id, by)?;
    for_good(conn, issued, reason, by)
}

/// Revokes a published record. Its awards stand as they stood; newer and older records too.
pub fn revoke_record(conn: &mut Conn, id: &Id<Clr>, reason: &Reason, by: &Actor) -> Result<Credential, Refusal> {
    let published = credential::of_clr(conn, id)?
        .ok_or_else(|| Refusal::conflict("This record was not published by us, so there is nothing to revoke"))?;
    for_good(conn, published, reason, by)
}

fn for_good(conn: &mut Conn, issued: Credential, reason: &Reason, by: &Actor) -> Result<Credential, Refusal> {
    match issued.status {
        Status::InForce | Status::Suspended => {}
        Status::Revoked => return Err(Refusal::conflict("This credential was already revoked")),
        Status::Replaced => {
            return Err(Refusal::conflict("This credential was replaced; revoke the newest one instead"));
        }
    }
    change(conn, &issued, Status::Revoked, reason, by)?;
    Ok(issued)
}

/// The credential of an assertion that the actor may change.
fn of_ours(conn: &mut Conn, id: &Id<Assertion>, by: &Actor) -> Result<Credential, Refusal> {
    let assertion = assertion::find(conn, id)?;
    refuse_if_not_ours(conn, &assertion, by)?;
    credential::of_assertion(conn, id)?.ok_or_else(|| Refusal::conflict("This assertion was not issued yet"))
}

fn change(conn: &mut Conn, issued: &Credential, status: Status, reason: &Reason, by: &Actor) -> Result<(), Refusal> {
    let to =
        StatusChange { status, public_reason: Some(reason.public.clone()), internal_note: reason.internal.clone() };
    if credential::set_status(conn, issued, to, by)? {
        Ok(())
    } else {
        Err(Refusal::conflict("Somebody else has just changed the status of this credential"))
    }
}
