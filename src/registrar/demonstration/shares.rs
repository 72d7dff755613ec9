//! The shares of the demonstration: what two of its learners show to whom.

use super::{awards::Desk, fixed, missing};
use crate::{
    db::Conn,
    models::{Actor, Profile, credential},
    registrar::{
        Refusal,
        share::{self, Lasts, Terms},
    },
    values::{Id, Line, Reading},
};

/// What is shared with whom.
pub struct Sample {
    recipient: &'static str,
    purpose: &'static str,
    lasts: Lasts,
}

/// The share of a learner who applies for work.
pub const WITH_AN_EMPLOYER: Sample =
    Sample { recipient: "Hoosier Robotics, Inc.", purpose: "Application for an internship", lasts: Lasts::Days(90) };
/// The share of a learner whose codes open nothing for anybody.
pub const UNDER_A_HOLD: Sample =
    Sample { recipient: "Graduate School, State University", purpose: "Admission", lasts: Lasts::UntilOff };

/// Shares all valid awards of a learner; returns the link.
pub fn share(conn: &mut Conn, desk: &Desk<'_>, learner: &Profile, sample: &Sample) -> Result<String, Refusal> {
    let can_be = share::choosable(conn, &learner.id)?;
    let valid = can_be.iter().filter(|one| one.standing(crate::clock::now()).reading == Reading::Valid);
    let terms = Terms {
        id: Id::fresh(),
        recipient: fixed(Line::parse(sample.recipient))?,
        purpose: fixed(Line::parse(sample.purpose))?,
        awards: valid.map(|one: &credential::Credential| one.id.clone()).collect(),
        lasts: sample.lasts,
        with_pdf: true,
        with_json: true,
        with_vc: true,
        copy: false,
    };
    let by = Actor::learner(learner, None);
    let made = share::make(conn, learner, &terms, desk.portal, &by)?;
    let (_, token) = made.ok_or_else(|| missing("a share"))?;
    Ok(share::address(desk.portal, &token))
}
