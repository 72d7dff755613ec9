//! The invented offices that award beside the real ones of the Hoosier record. Each says of itself that it is invented.

use super::fixed;
use crate::{
    db::Conn,
    models::{Actor, Profile},
    registrar::Refusal,
    values::{Email, Line, Name, ProfileKind, Prose},
};

/// An office: name, what it does, e-mail address.
type Office = (&'static str, &'static str, &'static str);

/// The offices by their place; the catalogue names them by it.
pub const OFFICES: [Office; 4] = [
    (
        "School of Business and Public Affairs",
        "Micro-credentials beside the degrees in business. An invented office of this demonstration.",
        "sbpa@iu.example",
    ),
    (
        "Center for Student Leadership",
        "Peer mentors, student organisations and the events of the campus. An invented office of this demonstration.",
        "leadership@iu.example",
    ),
    (
        "Office of International Engagement",
        "Study abroad and programs on global learning. An invented office of this demonstration.",
        "international@iu.example",
    ),
    (
        "Undergraduate Research Laboratory Network",
        "Research placements for undergraduates. An invented office of this demonstration.",
        "undergraduate-research@iu.example",
    ),
];

/// Place of the office that hosts events.
pub const HOST: usize = 1;

/// Records the offices.
pub fn insert(conn: &mut Conn, parent: Option<&Profile>, by: &Actor) -> Result<Vec<Profile>, Refusal> {
    OFFICES
        .iter()
        .map(|(name, about, email)| {
            let mut office = Profile::new(ProfileKind::Organization, fixed(Name::parse(name))?);
            office.description = Some(fixed(Prose::parse(about))?);
            office.email = Some(fixed(Email::parse(email))?);
            office.telephone = Some(fixed(Line::parse("+1 812 555 0100"))?);
            office.parent_id = parent.map(|parent| parent.id.clone());
            office.refold();
            office.insert(conn, by)?;
            Ok(office)
        })
        .collect()
}
