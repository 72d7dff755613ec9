//! Where the status of what we signed is told: Bitstring Status Lists, which are signed again when they are read after a
//! change, and the 1EdTech revocation list of the same credentials.

use serde_json::json;

use super::Voice;
use crate::{
    clock,
    clr::{v1, v2, v2::Told},
    db::{Conn, Db},
    models::{
        Credential,
        record::Standing,
        setting::{self, StatusMethod},
        status_list::{self, Place, StatusList},
    },
    registrar::{Portal, Refusal, keys},
    sign::status_bits,
    values::{CeDiD, Id, Line, Purpose},
};

/// The address of a list.
fn address(portal: &Portal, list: &Id<StatusList>) -> String {
    format!("{}/status/{list}", portal.base_url)
}

/// The address of the 1EdTech revocation list of the same credentials.
fn revocations_address(portal: &Portal, list: &Id<StatusList>) -> String {
    format!("{}/revocations/{list}", portal.base_url)
}

/// Takes a place for a signed credential in its issuer's list.
pub(super) fn take(
    conn: &mut Conn,
    portal: &Portal,
    issuer: &Voice,
    (credential, document): (&Id<Credential>, &str),
) -> Result<Told, Refusal> {
    let (list, turn) = turns(conn, issuer, 1)?;
    let told = How { portal, method: setting::status_method(conn)? };
    let (told, place) = told.place(&list, turn, (credential, document));
    status_list::insert_places(conn, &[place])?;
    Ok(told)
}

/// Begins an issuer's list, unless there is one.
pub fn begin_list(conn: &mut Conn, issuer: &Voice) -> Result<(), Refusal> {
    turns(conn, issuer, 0).map(|_| ())
}

/// Takes turns of an issuer's list.
pub(super) fn turns(conn: &mut Conn, issuer: &Voice, count: usize) -> Result<(StatusList, i32), Refusal> {
    let too_many = || Refusal::Defect("more places than a status list has".to_owned());
    let count = i32::try_from(count).map_err(|_| too_many())?;
    let most = i32::try_from(status_bits::PLACES).map_err(|_| too_many())?;
    Ok(status_list::take(conn, &issuer.profile, count, most)?)
}

/// How what is signed now says where its status is told.
pub(super) struct How<'a> {
    pub portal: &'a Portal,
    pub method: StatusMethod,
}

impl How<'_> {
    /// What a turn comes to: where the status is told, and the row that says whose place it is. A place is taken whatever
    /// the credential names, so that both lists always tell of it.
    pub fn place(
        &self,
        list: &StatusList,
        turn: i32,
        (credential, document): (&Id<Credential>, &str),
    ) -> (Told, Place) {
        let place = status_bits::place(&list.secret, turn.unsigned_abs());
        let row = Place {
            list_id: list.id.clone(),
            place: place.cast_signed(),
            credential_id: credential.clone(),
            document_id: document.to_owned(),
        };
        let told = match self.method {
            StatusMethod::Bitstring => Told::Bit { list: address(self.portal, &list.id), place },
            StatusMethod::RevocationList => Told::Listed(revocations_address(self.portal, &list.id)),
        };
        (told, row)
    }
}

/// A Bitstring Status List credential, as it stands now.
pub async fn status_list(db: &Db, portal: &Portal, id: Id<StatusList>) -> Result<Vec<u8>, Refusal> {
    let (own, list) = (portal.clone(), id.clone());
    let (content, is_new) = db.read(move |conn| read(conn, &own, &list)).await?;
    if let Some(made_of) = is_new {
        let kept = content.clone();
        // A list that could not be kept is as true as one that was: reading goes on while nothing can be written.
        let _ = db.write(move |conn| status_list::keep(conn, &id, &kept, &made_of).map_err(Refusal::from)).await;
    }
    Ok(content)
}

/// The list as it was signed, or signed anew with a digest of what it says.
fn read(conn: &mut Conn, portal: &Portal, id: &Id<StatusList>) -> Result<(Vec<u8>, Option<String>), Refusal> {
    let list = status_list::find(conn, id)?;
    let told = status_list::told(conn, id)?;
    let places: Vec<u32> = told.iter().map(|one| one.place.unsigned_abs()).collect();
    let signer = keys::signer(conn, portal, &list.issuer_id, Purpose::DataIntegrity)?
        .ok_or_else(|| Refusal::Defect("the issuer of a status list has no key".to_owned()))?;
    let made_of = clock::fingerprint(&format!("{} {places:?}", signer.key.id));
    match list.content {
        Some(content) if list.made_of.as_deref() == Some(&*made_of) => Ok((content, None)),
        _ => {
            let issuer = Voice::with(portal, signer)?;
            let written = v2::list(&address(portal, id), &issuer.issuer, &clock::now(), status_bits::encoded(&places));
            Ok((issuer.prove(&written)?.into_bytes(), Some(made_of)))
        }
    }
}

/// The 1EdTech revocation list of the credentials in a list.
pub fn revocation_list(conn: &mut Conn, portal: &Portal, id: &Id<StatusList>) -> Result<Vec<u8>, Refusal> {
    let list = status_list::find(conn, id)?;
    let told = status_list::told(conn, id)?;
    let newer: Vec<_> = told.iter().filter_map(|one| one.replaced_by.clone()).collect();
    let codes = status_list::codes(conn, &newer)?;
    let revoked: Vec<_> = told
        .into_iter()
        .map(|one| {
            let code = codes.iter().find(|(id, _)| Some(id) == one.replaced_by.as_ref()).map(|(_, code)| code.clone());
            let (id, reason) = (one.document_id.clone(), reason(one, code));
            json!({"id": id, "revoked": true, "revocationReason": reason})
        })
        .collect();
    let issuer = Voice::of(conn, portal, &list.issuer_id)?;
    let list = json!({
        "id": revocations_address(portal, id),
        "issuer": issuer.issuer,
        "revokedCredential": revoked,
    });
    serde_json::to_vec(&list).map_err(|error| Refusal::Defect(error.to_string()))
}

fn reason(told: status_list::Told, replaced_by: Option<CeDiD>) -> String {
    let standing = Standing {
        status: told.status,
        reading: told.status.at(clock::now(), None),
        since: told.since.map(|since| since.and_utc()),
        reason: told.reason.as_ref().map(Line::to_string),
        replaced_by,
        newest_is_revoked: false,
        replaces: None,
    };
    v1::why_revoked(&standing).unwrap_or_default()
}
