//! A name changed: a chosen set of a learner's awards is issued again under the present one, in small batches.

use super::{Correction, Earlier, Why, many::reissue_all, refuse_unless_correctable};
use crate::{
    db::Conn,
    models::{
        Actor, Assertion, Credential, Profile,
        audit::{self, Change},
        credential, credential_document,
        issued::Holder,
        profile,
    },
    registrar::{Portal, Refusal},
    values::Id,
};

/// The awards that stand and were issued under another name than the learner has now, each with that name.
pub fn candidates(conn: &mut Conn, learner: &Profile) -> Result<Vec<(Credential, String)>, Refusal> {
    let mut standing = credential::of_learner(conn, &learner.id)?;
    standing.retain(|one| refuse_unless_correctable(one).is_ok());
    let documents = credential_document::issued_of(conn, &standing)?;
    let now = learner.as_holder();
    let named = standing.into_iter().zip(documents).filter(|(_, issued)| issued.holder != now);
    Ok(named.map(|(credential, issued)| (credential, told(&issued.holder, &now))).collect())
}

/// The name something was issued under; with its parts where it is only they that differ.
fn told(issued: &Holder, now: &Holder) -> String {
    if issued.name != now.name {
        return issued.name.clone();
    }
    if issued.id != now.id {
        return format!("{} (under the id of an entry that was merged)", issued.name);
    }
    let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let (given, other, family) = (&issued.given_name, &issued.additional_name, &issued.family_name);
    format!("{} (given: {}, other: {}, family: {})", issued.name, part(given), part(other), part(family))
}

/// Reissues a batch of a learner's awards under the present name, with one audit entry for all of them.
pub fn rename(
    conn: &mut Conn,
    (learner, awards): (&Id<Profile>, &[Id<Assertion>]),
    why: &Why,
    portal: &Portal,
    by: &Actor,
) -> Result<Vec<Credential>, Refusal> {
    let correction = |earlier: &Earlier| {
        let is_theirs = earlier.credential.learner_id == *learner;
        is_theirs.then(|| Correction::of_name(&earlier.issued)).ok_or(Refusal::NotFound)
    };
    let reissued = reissue_all(conn, awards, (correction, why), portal, by)?;
    let name = profile::find(conn, learner)?.name.to_string();
    let renamed = Change { field: "Name".to_owned(), before: Some(reissued.names.join("; ")), after: Some(name) };
    let changes = [vec![renamed], reissued.changes].concat();
    audit::write(conn, by, "reissued awards of", (profile::KIND, learner.as_str()), changes)?;
    Ok(reissued.made)
}
