//! Importing CLR 1.0: a file is looked at, chosen from and brought in, and can be taken back while nothing depends on it.
//!
//! Another publisher's record stays foreign: its bytes are kept, its objects are recorded so that they can be seen and
//! found, and nothing of it is ever issued, coded or signed here. A record of a publisher whose id an administrator
//! claimed becomes ours: its awards are issued with their own ids, dates and codes, revoked ones as revoked.
//!
//! What is known here stays as it is: a file never changes an object that somebody here looks after. What it says
//! otherwise is shown field by field, and stands in its document.

mod award;
mod bring;
mod compared;
mod contents;
mod copy;
mod part_rows;
mod plan;
mod rows;
mod words;
mod written;

use std::collections::HashMap;

use super::Refusal;
use crate::{
    db::{Conn, Db},
    models::{
        Actor, Clr, Import, Profile, audit,
        import::{self, Summary, undo},
    },
    values::Id,
};

pub use copy::copy;
pub use plan::{Candidate, Group, Item, Plan, PlannedRecord, Standing, plan};
pub use written::{again, received};

/// Records brought in with one transaction. A file with more is brought in by several, each record whole or not at all;
/// stopped half-way, it goes on where it stopped.
const AT_ONCE: usize = 25;

/// The groups of objects that can be left out. Profiles come with whatever names them.
pub const GROUPS: [&str; 3] = ["assertions", "related", "endorsements"];

/// Who the learner of a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody who is known here.
    Known(Id<Profile>),
    /// Somebody new.
    New,
}

/// What is chosen of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Whether it comes in.
    pub takes: bool,
    /// The groups that are left out.
    pub without: Vec<String>,
    /// Who its learner is.
    pub learner: Who,
}

/// What is chosen of a file: by the public id of each record.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Of each record.
    pub records: HashMap<String, Chosen>,
    /// Whether awards of ours stay drafts.
    pub draft: bool,
}

impl Choice {
    /// Everything, and the learner by what is certain: the profile id; for our own records also the student number.
    pub fn everything(plan: &Plan, draft: bool) -> Self {
        let of = |record: &PlannedRecord| Chosen {
            takes: !matches!(record.standing, Standing::Refused(_)),
            without: Vec::new(),
            learner: proposed(record),
        };
        Self { records: plan.records.iter().map(|record| (record.iri.clone(), of(record))).collect(), draft }
    }
}

/// Whom a record's learner is taken for when nobody chooses: never somebody by another institution's number or by mail.
pub fn proposed(record: &PlannedRecord) -> Who {
    let certain = match record.candidates.as_slice() {
        [only] if record.learner_is_known || (record.ours && only.because.contains("student number")) => Some(only),
        _ => None,
    };
    certain.map_or(Who::New, |only| Who::Known(only.profile.id.clone()))
}

/// Keeps a file so that it can be looked at; says why where it cannot be read.
pub fn upload(conn: &mut Conn, file_name: &str, content: Vec<u8>, by: &Actor) -> Result<Import, Refusal> {
    crate::clr::v1::read::read(&content).map_err(|why| Refusal::conflict(why.to_string()))?;
    // What nobody came back for in a month is forgotten.
    import::forget_older(conn, (crate::clock::now() - chrono::TimeDelta::days(30)).naive_utc())?;
    let upload = Import::new(file_name, content, by);
    upload.insert(conn)?;
    Ok(upload)
}

/// Brings in what was chosen.
pub async fn bring_in(db: &Db, id: &Id<Import>, choice: Choice, by: &Actor) -> Result<Summary, Refusal> {
    let (mut from, mut summary) = (0, Summary::default());
    loop {
        let (id, choice, by, so_far) = (id.clone(), choice.clone(), by.clone(), summary.clone());
        let step = move |conn: &mut Conn| bring::step(conn, &id, &choice, &by, (from, AT_ONCE, so_far.clone()));
        let (sum, finished) = db.write(step).await?;
        summary = sum;
        if finished {
            return Ok(summary);
        }
        from += AT_ONCE;
    }
}

/// Takes an import back, or says what depends on it.
pub fn take_back(conn: &mut Conn, id: &Id<Import>, by: &Actor) -> Result<(), Refusal> {
    let found = import::find(conn, id)?;
    if found.state != import::DONE {
        return Err(Refusal::conflict("Only what was brought in can be taken back"));
    }
    let objects = import::objects(conn, id)?;
    let dependents = undo::dependents(conn, &found, &objects)?;
    if !dependents.is_empty() {
        return Err(Refusal::Conflict(format!(
            "This import cannot be taken back any more: {}.",
            dependents.join("; ")
        )));
    }
    undo::take_back(conn, id, &objects)?;
    let made =
        audit::Change { field: "Objects taken back".to_owned(), before: Some(objects.len().to_string()), after: None };
    Ok(audit::write(conn, by, "taken back", (import::KIND, id.as_str()), vec![made])?)
}

/// What depends on an import, as sentences.
pub fn dependents(conn: &mut Conn, id: &Id<Import>) -> Result<Vec<String>, Refusal> {
    let (found, objects) = (import::find(conn, id)?, import::objects(conn, id)?);
    Ok(undo::dependents(conn, &found, &objects)?)
}

/// A record's row that an import made, for its pages.
pub fn record(conn: &mut Conn, id: &Id<Clr>) -> Result<Clr, Refusal> {
    Ok(crate::models::clr::find(conn, id)?)
}
