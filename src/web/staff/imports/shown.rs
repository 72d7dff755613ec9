//! How imports are told on their pages: words for states, remarks taken together, objects with their addresses.

use crate::{
    clr::v1::read::Warning,
    db::Conn,
    models::{
        Import, achievement, assertion, clr,
        import::{self, DONE, UNDONE},
        profile,
    },
    registrar::import_clr::Standing,
    values::Id,
    web::error::Error,
};

/// The same remark at several places.
pub struct Noted {
    /// The remark.
    pub message: String,
    /// The first places of it.
    pub places: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// Places that are named of the same remark.
const NAMED: usize = 5;

/// Remarks, the same ones together, in the order of their first place.
pub fn noted(warnings: &[Warning]) -> Vec<Noted> {
    let mut all: Vec<Noted> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for one in warnings {
        let at = *known.entry(one.message.as_str()).or_insert_with(|| {
            all.push(Noted { message: one.message.clone(), places: Vec::new(), more: 0 });
            all.len() - 1
        });
        if let Some(noted) = all.get_mut(at) {
            if noted.places.len() < NAMED {
                noted.places.push(one.place.clone());
            } else {
                noted.more += 1;
            }
        }
    }
    all
}

/// Objects of one kind that an import made.
pub struct Made {
    /// The kind: "3 assertions".
    pub heading: String,
    /// The first of them: name and address.
    pub objects: Vec<(String, String)>,
    /// How many more there are.
    pub more: usize,
}

/// Objects that are named of each kind.
const OBJECTS: usize = 20;

/// What an import made, by kind, with links to what still is there.
pub fn made(conn: &mut Conn, id: &Id<Import>) -> Result<Vec<Made>, Error> {
    let objects = import::objects(conn, id)?;
    let kinds = [
        (clr::KIND, "record", "records"),
        (assertion::KIND, "assertion", "assertions"),
        (achievement::KIND, "achievement", "achievements"),
        (profile::KIND, "profile", "profiles"),
        ("endorsement", "endorsement", "endorsements"),
        ("credential", "code given or kept", "codes given or kept"),
    ];
    let mut made = Vec::new();
    for (kind, one, many) in kinds {
        let ids: Vec<&str> = objects
            .iter()
            .filter(|object| object.object_kind == kind)
            .map(|object| object.object_id.as_str())
            .collect();
        if ids.is_empty() {
            continue;
        }
        let mut named = Vec::new();
        for id in ids.iter().take(OBJECTS) {
            named.extend(link(conn, kind, id)?);
        }
        let heading = format!("{} {}", ids.len(), if ids.len() == 1 { one } else { many });
        let more = if named.is_empty() { 0 } else { ids.len() - named.len() };
        made.push(Made { heading, more, objects: named });
    }
    Ok(made)
}

fn link(conn: &mut Conn, kind: &str, id: &str) -> Result<Option<(String, String)>, Error> {
    Ok(match kind {
        clr::KIND => named(clr::find(conn, &parsed(id)?))?.map(|row| {
            let name = row.name.map_or_else(|| "Learner record".to_owned(), String::from);
            (name, format!("/admin/clrs/{id}/received"))
        }),
        assertion::KIND => {
            let Some(row) = named(assertion::find(conn, &parsed(id)?))? else { return Ok(None) };
            let awarded = achievement::find(conn, &row.achievement_id)?;
            Some((awarded.shown_title().to_owned(), format!("/admin/assertions/{id}")))
        }
        achievement::KIND => named(achievement::find(conn, &parsed(id)?))?
            .map(|row| (row.name.to_string(), format!("/admin/achievements/{id}"))),
        profile::KIND => {
            named(profile::find(conn, &parsed(id)?))?.map(|row| (row.name.to_string(), format!("/admin/profiles/{id}")))
        }
        _ => None,
    })
}

fn parsed<T>(id: &str) -> Result<Id<T>, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

/// An object that may have gone since.
fn named<T>(found: Result<T, crate::db::QueryError>) -> Result<Option<T>, Error> {
    match found {
        Ok(row) => Ok(Some(row)),
        Err(crate::db::QueryError::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// The state of an import: tone, icon, word.
pub fn state_word(state: &str) -> (&'static str, &'static str, &'static str) {
    match state {
        DONE => ("ok", "check", "Brought in"),
        UNDONE => ("mute", "x", "Taken back"),
        _ => ("info", "hourglass", "Waits for you"),
    }
}

/// How a record stands to what is here: tone, icon, word.
pub fn standing_word(standing: &Standing) -> (&'static str, &'static str, &'static str) {
    match standing {
        Standing::New => ("ok", "plus", "New"),
        Standing::Known => ("mute", "check", "Already here"),
        Standing::Different(_) => ("warn", "swap", "Different"),
        Standing::Refused(_) => ("bad", "cross", "Cannot come in"),
    }
}
