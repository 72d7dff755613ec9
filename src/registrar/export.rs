//! Export: the records of one learner, of a chosen set or of all, in the standard's form, a step at a time.
//!
//! A step reads a few learners as of one instant and gives their bytes; whoever takes them asks for the next one when
//! there is room. So memory does not grow with the number of learners. A learner's published records follow the record as
//! of now. What another publisher sent goes out as it came.
//! Each export is in the audit trail before its first byte leaves: it hands personal data to somebody.

mod published;

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Portal, Refusal, clr1};
use crate::{
    clock, clr,
    db::{Conn, Db},
    models::{
        Actor, Clr, Profile, audit, credential, profile, record,
        record::Record,
        roll::{self, Received, Roll},
    },
    values::Id,
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "export";

/// What is exported.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Whose records.
    pub roll: Roll,
    /// Whether the documents of other publishers go with them.
    pub received: bool,
    /// How the choice was made, in words.
    pub chosen: String,
}

impl Selection {
    /// Everything.
    pub fn everything() -> Self {
        Self { roll: Roll::Everybody, received: true, chosen: "everything".to_owned() }
    }
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A file each.
    Files,
    /// A line each (NDJSON).
    Lines,
}

impl Form {
    fn in_words(self) -> &'static str {
        match self {
            Form::Files => "CLR 1.0, a file each",
            Form::Lines => "CLR 1.0, a line each (NDJSON)",
        }
    }
}

/// A file of an export, or a line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Folder and name of the file; a line has none.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// How much a selection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Learners.
    pub learners: i64,
    /// Their published records.
    pub published: i64,
    /// Documents of other publishers.
    pub received: i64,
}

/// How much a selection is, now.
pub fn extent(conn: &mut Conn, selection: &Selection) -> Result<Extent, Refusal> {
    let received = if selection.received { roll::count_received(conn)? } else { 0 };
    let published = roll::count_published(conn, &selection.roll)?;
    Ok(Extent { learners: roll::count(conn, &selection.roll)?, published, received })
}

/// About how many bytes everything is as lines: what a record is without awards, and what an award adds to it, by the
/// first twenty records.
pub fn usual_size(conn: &mut Conn, portal: &Portal) -> Result<i64, Refusal> {
    let sample = records(conn, portal, &Roll::Everybody, None, 20)?;
    let (mut whole, mut bare, mut awards) = (0, 0, 0);
    for (_, mut record) in sample.iter().cloned() {
        whole += clr::v1::record_line(&record).len() as i64;
        awards += record.awards.len() as i64;
        record.awards.clear();
        bare += clr::v1::record_line(&record).len() as i64;
    }
    let of_awards = (whole - bare) * credential::count(conn)? / awards.max(1);
    let of_records = bare * roll::count(conn, &Roll::Everybody)? / sample.len().max(1) as i64;
    Ok(of_records + of_awards)
}

/// Writes down who takes what, before it goes.
pub fn begin(conn: &mut Conn, selection: &Selection, form: Form, by: &Actor) -> Result<Extent, Refusal> {
    profile::publisher(conn)?.ok_or_else(no_publisher)?;
    let extent = extent(conn, selection)?;
    let facts = [
        ("What", format!("records as {}", form.in_words())),
        ("Chosen by", selection.chosen.clone()),
        ("Learners", extent.learners.to_string()),
        ("Published records", extent.published.to_string()),
        ("Imported documents", extent.received.to_string()),
    ];
    note(conn, &facts, by)?;
    Ok(extent)
}

/// An entry about what was taken out, by its facts.
pub fn note(conn: &mut Conn, facts: &[(&str, String)], by: &Actor) -> Result<(), Refusal> {
    let changes = facts
        .iter()
        .map(|(field, what)| audit::Change { field: (*field).to_owned(), before: None, after: Some(what.clone()) })
        .collect();
    let id = clock::row_id().to_string();
    Ok(audit::write(conn, by, "exported", (KIND, &id), changes)?)
}

/// An entry about one learner's record. A portal whose storage is full still answers what only reads; then the log says it.
pub async fn note_one(db: &Db, learner: &Profile, form: &'static str, by: Actor) -> Result<(), Refusal> {
    let id = learner.id.clone();
    let noted = db.write(move |conn| {
        let change = audit::Change { field: "Record".to_owned(), before: None, after: Some(form.to_owned()) };
        Ok::<_, Refusal>(audit::write(conn, &by, "exported", (profile::KIND, id.as_str()), vec![change])?)
    });
    match noted.await {
        Err(Refusal::Database(crate::db::Error::NoRoom)) => {
            tracing::error!(learner = %learner.id, "a record was exported, and the audit trail has no room for it");
            Ok(())
        }
        other => other,
    }
}

fn no_publisher() -> Refusal {
    Refusal::conflict("choose the publisher in the settings before you export")
}

/// Learners of one step.
const LEARNERS: i64 = 50;
/// Documents of one step: each may be large.
const DOCUMENTS: i64 = 5;

/// Where an export stands.
#[derive(Debug, Clone)]
enum Place {
    Learners(Option<Id<Profile>>),
    Received(Option<Id<Clr>>),
    End,
}

/// An export under way.
pub struct Export {
    db: Db,
    portal: Portal,
    selection: Selection,
    form: Form,
    place: Place,
}

impl Export {
    /// At its beginning.
    pub fn new(db: &Db, portal: &Portal, selection: Selection, form: Form) -> Self {
        Self { db: db.clone(), portal: portal.clone(), selection, form, place: Place::Learners(None) }
    }

    /// The pieces of the next step; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Piece>>, Refusal> {
        loop {
            let (pieces, place) = match self.place.clone() {
                Place::Learners(after) => self.learners(after).await?,
                Place::Received(after) => self.received(after).await?,
                Place::End => return Ok(None),
            };
            self.place = place;
            if !pieces.is_empty() {
                return Ok(Some(pieces));
            }
        }
    }

    async fn learners(&self, after: Option<Id<Profile>>) -> Result<(Vec<Piece>, Place), Refusal> {
        let (portal, roll, form) = (self.portal.clone(), self.selection.roll.clone(), self.form);
        let (pieces, last) = self
            .db
            .snapshot(move |conn| {
                let records = records(conn, &portal, &roll, after.as_ref(), LEARNERS)?;
                let last = records.last().map(|(id, _)| id.clone());
                let learners: Vec<_> = records.iter().map(|(id, _)| id.clone()).collect();
                let mut published = published::of(conn, &portal, (&roll, &learners), form)?;
                let mut pieces = Vec::new();
                for (id, record) in &records {
                    pieces.push(written(conn, &portal, (id, record), form)?);
                    pieces.extend(published.remove(id).unwrap_or_default());
                }
                Ok::<_, Refusal>((pieces, last))
            })
            .await?;
        let next = match last {
            Some(last) => Place::Learners(Some(last)),
            None if self.selection.received => Place::Received(None),
            None => Place::End,
        };
        Ok((pieces, next))
    }

    async fn received(&self, after: Option<Id<Clr>>) -> Result<(Vec<Piece>, Place), Refusal> {
        let documents = self
            .db
            .snapshot(move |conn| roll::received(conn, after.as_ref(), DOCUMENTS).map_err(Refusal::from))
            .await?;
        let next = documents.last().map_or(Place::End, |last| Place::Received(Some(last.id.clone())));
        Ok((documents.into_iter().map(|one| as_received(one, self.form)).collect(), next))
    }
}

/// A learner's row id, and the record.
type Recorded = (Id<Profile>, Record);

/// The next records of a roll. Of those who were found by their awards, only these awards.
fn records(
    conn: &mut Conn,
    portal: &Portal,
    roll: &Roll,
    after: Option<&Id<Profile>>,
    most: i64,
) -> Result<Vec<Recorded>, Refusal> {
    let learners = roll::next(conn, roll, after, most)?;
    let mut wanted = match roll {
        Roll::Awarded(query) => Some(roll::matching_awards(conn, query, &learners)?),
        _ => None,
    };
    let mut records = Vec::with_capacity(learners.len());
    for learner in learners {
        let record = record::assemble(conn, &learner, &portal.base_url, clock::now())?.ok_or_else(no_publisher)?;
        let record = match wanted.as_mut().map(|wanted| wanted.remove(&learner.id).unwrap_or_default()) {
            Some(wanted) => only(record, &wanted),
            None => record,
        };
        records.push((learner.id, record));
    }
    Ok(records)
}

/// A record with some of its awards; one that lacks something says that it is partial.
fn only(mut record: Record, wanted: &std::collections::HashSet<String>) -> Record {
    let whole = record.awards.len();
    record.awards.retain(|award| wanted.contains(&award.issued.assertion.id));
    record.partial |= record.awards.len() < whole;
    record
}

fn written(
    conn: &mut Conn,
    portal: &Portal,
    (id, record): (&Id<Profile>, &Record),
    form: Form,
) -> Result<Piece, Refusal> {
    let clr = clr::v1::record_clr(record);
    let proof = clr1::known(conn, portal, &clr::v1::proof::signers(&clr))?;
    Ok(match form {
        Form::Files => Piece { name: format!("learners/{id}.json"), bytes: proof.document(clr) },
        Form::Lines => Piece { name: String::new(), bytes: proof.line(clr) },
    })
}

/// A document of another publisher: its own bytes as a file, and in a line its bytes as base64, since they may be of
/// several lines, or no JSON at all.
fn as_received(received: Received, form: Form) -> Piece {
    let Received { id, document, media_type } = received;
    let (bytes, media_type) = (document.unwrap_or_default(), media_type.unwrap_or_default());
    match form {
        Form::Files => {
            let ending = if media_type.contains("json") || media_type.is_empty() { "json" } else { "jwt" };
            Piece { name: format!("imported/{id}.{ending}"), bytes }
        }
        Form::Lines => {
            let told = HashMap::from([(
                "testamur:imported",
                serde_json::json!({ "id": id.as_str(), "mediaType": media_type, "base64": STANDARD.encode(&bytes) }),
            )]);
            Piece { name: String::new(), bytes: clr::v1::line(&told) }
        }
    }
}
