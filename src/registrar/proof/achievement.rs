//! Achievements as Open Badges 3.0 names them: each of ours by its page, which also answers the definition itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    clr::v2::{self, Signing},
    db::Conn,
    models::{achievement, issued::IssuedAchievement, profile, signing_key},
    registrar::{Portal, Refusal, keys},
    values::{Iri, Purpose},
};

/// The pages of those of these achievements, and of what they are tied to, that are ours: by achievement id.
pub fn pages<'a>(
    conn: &mut Conn,
    portal: &Portal,
    named: impl Iterator<Item = &'a IssuedAchievement>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut ids = BTreeSet::new();
    for one in named {
        ids.insert(one.id.as_str());
        ids.extend(one.associations.iter().map(|tie| tie.target_id.as_str()));
    }
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut pages = BTreeMap::new();
    for part in ids.chunks(500) {
        let own = achievement::own_among(conn, part)?;
        pages.extend(own.iter().filter_map(|iri| Some((iri.to_string(), iri.page(&portal.base_url, "achievements")?))));
    }
    Ok(pages)
}

/// The definition of an achievement, under the ids that it has in signed credentials.
pub fn document(conn: &mut Conn, portal: &Portal, content: &IssuedAchievement) -> Result<Vec<u8>, Refusal> {
    let mut signing = Signing { pages: pages(conn, portal, std::iter::once(content))?, ..Signing::default() };
    if let Ok(iri) = Iri::parse(&content.issuer.id)
        && let Some(issuer) = profile::by_iri(conn, &iri)?
        && let Some(key) = signing_key::active_for(conn, &issuer.id, Purpose::DataIntegrity)?
    {
        signing.issuers.insert(content.issuer.id.clone(), keys::issuer_did(portal, &key)?);
    }
    Ok(v2::achievement_document(content, &signing))
}
