//! Revoking an award in one call, for what has no portal at hand: it tells nobody by mail. See [`super::standing`].

use super::{
    Portal, Refusal,
    standing::{Step, Subject, Why, change},
};
use crate::{
    db::Conn,
    models::{Actor, Assertion, Credential},
    values::{Id, Line, Prose},
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
    let why = Why { public: Some(reason.public.clone()), internal: reason.internal.clone(), ..Why::default() };
    let nowhere = Portal::without_keys(String::new());
    change(conn, (&Subject::Award(id.clone()), Step::Revoke), &why, &nowhere, by)
}
