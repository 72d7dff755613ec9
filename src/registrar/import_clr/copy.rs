//! Copying another publisher's achievement: theirs stays as it came, the copy is ours, issued by our publisher until
//! somebody chooses an office, and can be edited and awarded.

use super::{Refusal, part_rows, rows};
use crate::{
    clr::v1,
    db::Conn,
    models::{Achievement, Actor, achievement, audit, profile},
    values::{Id, Iri, Origin},
};

/// Copies an achievement with its parts.
pub fn copy(conn: &mut Conn, id: &Id<Achievement>, by: &Actor) -> Result<Achievement, Refusal> {
    let theirs = achievement::find(conn, id)?;
    if theirs.origin == Origin::Own {
        return Err(Refusal::conflict("This achievement is ours already; edit it"));
    }
    let publisher = profile::publisher(conn)?
        .ok_or_else(|| Refusal::conflict("Choose the publisher in the settings before you copy an achievement"))?;
    let told = v1::achievement(&achievement::content(conn, &theirs)?);
    let mut copy = rows::achievement(&told, publisher.id, Origin::Own);
    copy.iri = Iri::fresh();
    // It keeps their code where no achievement of ours has it.
    if let Some(code) = &copy.code
        && achievement::by_code(conn, code.as_str())?.is_some()
    {
        copy.code = None;
    }
    copy.refold();
    copy.insert(conn, by)?;
    part_rows::of_achievement(conn, &told, &copy)?;
    let from = audit::Change { field: "Copied from".to_owned(), before: None, after: Some(theirs.iri.to_string()) };
    audit::write(conn, by, "copied", (achievement::KIND, copy.id.as_str()), vec![from])?;
    Ok(copy)
}
