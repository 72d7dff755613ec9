//! The records of the demonstration: how its achievements belong together, two published records of the first learner and
//! a draft of the second.

use super::{awards::Desk, define::Defined, fixed, missing};
use crate::{
    db::Conn,
    models::{Association, Clr, Profile, credential, profile},
    registrar::{
        Refusal,
        publish::{How, publish},
    },
    values::{AssociationType, Name},
};

/// Which achievement of the catalogue is tied to which, and how.
const TIES: [(&str, AssociationType, &str); 4] = [
    ("DATA-LITERACY", AssociationType::Precedes, "RESEARCH-FELLOW"),
    ("RESEARCH-FELLOW", AssociationType::IsPartOf, "FOUNDERS-SCHOLAR"),
    ("GLOBAL-LEARNER", AssociationType::IsPartOf, "FOUNDERS-SCHOLAR"),
    ("BUS-ETHICS", AssociationType::IsPartOf, "GLOBAL-LEARNER"),
];

/// Ties the achievements together, before any of them is awarded.
pub fn tie(conn: &mut Conn, defined: &[Defined]) -> Result<(), Refusal> {
    let of = |code: &str| defined.iter().find(|one| one.definition.code == code).map(|one| &one.achievement);
    for (from, kind, to) in TIES {
        let (Some(from), Some(to)) = (of(from), of(to)) else { return Err(missing("an achievement that is tied")) };
        Association::to(from.id.clone(), kind, to).insert(conn)?;
    }
    Ok(())
}

/// Publishes a part and then the whole record of one learner, and drafts one of another.
pub fn insert(conn: &mut Conn, desk: &Desk<'_>, one: &Profile, other: &Profile) -> Result<(), Refusal> {
    let publisher = profile::publisher(conn)?.ok_or_else(|| missing("a publisher"))?;
    let first = credential::of_learner(conn, &one.id)?.into_iter().next().and_then(|one| one.assertion_id);
    let mut part = Clr::new(one, publisher.id.clone());
    part.name = Some(fixed(Name::parse("For a scholarship"))?);
    part.takes_all = false;
    part.refold(one);
    part.insert(conn, first.as_slice(), desk.by)?;
    let whole = Clr::new(one, publisher.id.clone());
    whole.insert(conn, &[], desk.by)?;
    let quietly = How { notify: false, previewed: None };
    for record in [&part, &whole] {
        publish(conn, &record.id, desk.portal, &quietly, desk.by)?;
    }
    Clr::new(other, publisher.id).insert(conn, &[], desk.by)?;
    Ok(())
}
