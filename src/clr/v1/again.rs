//! Writing again what was received: an award that was issued elsewhere says in CLR 1.0 what it said there, with the code
//! it has here and the status it has now.

use serde_json::Value;

use super::wire::{Assertion, Clr, Context, Document, Extensions, Identity};
use super::write::{bytes, extend};
use super::{CONTEXT, assertion::shown_status};
use crate::models::issued::IssuedAssertion;
use crate::models::record::Award;

/// An assertion as it was received, with our code; `None` where it cannot be read any more.
pub(super) fn assertion(received: &Extensions, issued: &IssuedAssertion, recipient: Identity) -> Option<Assertion> {
    let mut written: Assertion = serde_json::from_value(Value::Object(received.clone())).ok()?;
    written.extensions.remove("testamur:replacedBy");
    written.recipient = Some(recipient);
    coded(&mut written, issued);
    Some(written)
}

fn coded(written: &mut Assertion, issued: &IssuedAssertion) {
    extend(&mut written.extensions, "cedid", issued.cedid.to_string());
    extend(&mut written.extensions, "conferralDate", issued.conferral_date.to_string());
    written.license_number.get_or_insert_with(|| issued.cedid.to_string());
}

/// A record of ours that was received whole, as a `getClr` document: what it said, with the code and the present status
/// of each of its awards that was issued here. It claims no verification: the addresses it named are not ours to answer.
/// What was signed in it stays signed as it was.
pub fn received_record(json: &Extensions, awards: &[Award]) -> Option<Vec<u8>> {
    let mut clr: Clr = serde_json::from_value(Value::Object(json.clone())).ok()?;
    clr.extensions.clear(); // The top of a getClr document takes none.
    clr.verification = None;
    for written in &mut clr.assertions {
        written.verification = None;
        if let Some(award) = awards.iter().find(|award| award.issued.assertion.id == written.id) {
            coded(written, &award.issued.assertion);
            shown_status(written, &award.standing);
        }
    }
    Some(bytes(&Document { context: Context::One(CONTEXT.to_owned()), body: clr }))
}
