//! Signing many awards at once, outside the transactions that reserve their places and store them.

use std::collections::BTreeMap;

use super::{Voice, status};
use crate::{
    clr::v2::{self, Signing, Told},
    db::Conn,
    models::{Credential, issued::Issued, setting, signed_form::SignedForm, status_list::Place},
    registrar::{Portal, Refusal},
};

/// Where the status of each award will be told, in their order.
pub type Reserved = Vec<Option<(Told, Place)>>;

/// Takes a place for each award in the list of its issuer. `voices` are by public id.
pub fn reserve(
    conn: &mut Conn,
    portal: &Portal,
    voices: &BTreeMap<String, Voice>,
    rows: &[(Credential, Issued)],
) -> Result<Reserved, Refusal> {
    let how = status::How { portal, method: setting::status_method(conn)? };
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, issued) in rows {
        *wanted.entry(&issued.achievement.issuer.id).or_default() += 1;
    }
    let mut taken = BTreeMap::new();
    for (id, count) in wanted {
        if let Some(issuer) = voices.get(id) {
            taken.insert(id, status::turns(conn, issuer, count)?);
        }
    }
    Ok(rows
        .iter()
        .map(|(credential, issued)| {
            let (list, turn) = taken.get_mut(issued.achievement.issuer.id.as_str())?;
            let document = v2::award_id(&issued.assertion.id);
            let place = how.place(list, *turn, (&credential.id, &document));
            *turn += 1;
            Some(place)
        })
        .collect())
}

/// Signs awards whose places were reserved, on this thread alone: the batch before is written beside it. They have no events
/// and nobody endorses them.
pub fn sign_reserved(
    voices: &BTreeMap<String, Voice>,
    pages: &BTreeMap<String, String>,
    rows: &[(Credential, Issued)],
    reserved: &[Option<(Told, Place)>],
) -> Result<Vec<SignedForm>, Refusal> {
    let signing = Signing {
        issuers: voices.iter().map(|(id, voice)| (id.clone(), voice.issuer.clone())).collect(),
        pages: pages.clone(),
        ..Signing::default()
    };
    let one = |((credential, issued), place): (&(Credential, Issued), &Option<(Told, Place)>)| {
        let (Some((told, _)), Some(issuer)) = (place, voices.get(&issued.achievement.issuer.id)) else {
            return Ok(None);
        };
        let proven = issuer.prove(&v2::award(issued, &signing, told))?;
        Ok(Some(issuer.form(&issued.assertion.id, Some(&credential.id), proven)))
    };
    rows.iter().zip(reserved).filter_map(|pair| one(pair).transpose()).collect()
}
