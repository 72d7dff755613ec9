//! A share's signed form: an envelope around the signed credentials of the awards, byte for byte as they were signed.
//! The publisher signs it once, when the learner consents, and again only when an award is taken out of what is shown,
//! which makes it another document.
//!
//! It has no status of its own and no end: each credential in it names where its status is told, and the end of a link
//! is not the end of what was awarded.

use super::{
    Voice,
    record::{members, signing},
};
use crate::{
    clr::v2::{self, Envelope},
    db::Conn,
    models::{
        record::Record,
        signed_form::{self, DATA_INTEGRITY},
    },
    registrar::{Portal, Refusal},
};

/// Signs what a share shows, unless that is done already. Nothing happens where no award of it is signed.
pub fn sign_share(conn: &mut Conn, portal: &Portal, record: &Record) -> Result<(), Refusal> {
    if signed_form::find(conn, &record.id, DATA_INTEGRITY)?.is_some() {
        return Ok(());
    }
    let members = members(conn, portal, &record.awards)?;
    if members.is_empty() {
        return Ok(());
    }
    let Some(publisher) = Voice::named(conn, portal, &record.publisher.id)? else { return Ok(()) };
    let signing = signing(conn, portal, record, &publisher)?;
    let how = Envelope { told: None, refresh: None, signing: &signing };
    let proven = publisher.prove(&v2::envelope(record, members, &how))?;
    Ok(signed_form::insert_all(conn, &[publisher.form(&record.id, None, proven)])?)
}
