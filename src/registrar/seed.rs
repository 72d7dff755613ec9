//! Filling an empty database with plausible data, for trials and measurements: an invented institution, what it awards,
//! learners, and awards that are issued.
//!
//! A million awards must not take an hour, so they do not pass one by one through `issue`: what is frozen of an
//! achievement is read once, each award swaps in its own facts, and a batch of rows is written in one transaction
//! with one audit entry. While one batch is written the next one is signed, and the one after that is made.

mod batch;

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt, stream};

use self::batch::{Batch, Stock};
use super::{
    Portal, Refusal,
    demonstration::{self, CATALOGUE, Choice, Defined, fixed},
    issue,
    proof::{self, Voice},
};
use crate::{
    clock,
    db::{Conn, Db},
    models::{
        Actor, Profile, achievement, achievement_version, assertion, audit, credential, issued::Issued, page::Query,
        profile, setting, signed_form, status_list,
    },
    values::{CeDiD, Name, ProfileKind},
};

/// Awards of one transaction, about a second: nobody else works on a database that is being filled, and a page of an index
/// that many of them change is written once.
const AT_ONCE: usize = 2000;
/// Batches that are under way at once: one is written, one is signed, one is made.
const AHEAD: usize = 3;
/// How often a batch is made anew because one of its codes was taken.
const REPEATS: usize = 3;

/// How much is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Learners.
    pub learners: usize,
    /// Awards among them.
    pub awards: usize,
    /// Whether the learners are told by mail.
    pub notify: bool,
    /// Whether each award is signed.
    pub signed: bool,
}

/// Fills the database, and tells after each batch how many learners and awards there are.
pub async fn seed(db: &Db, portal: &Portal, size: Size, mut progress: impl FnMut(usize, usize)) -> Result<(), Refusal> {
    if size.learners == 0 && size.awards > 0 {
        return Err(Refusal::conflict("awards need learners; ask for at least one"));
    }
    let base = portal.clone();
    let stock = Arc::new(db.write(move |conn| institution(conn, &base)).await?);
    let steps = steps(size);
    // While a batch is written, the next one is signed and the one after it is made, each in a task of its own. Whichever
    // asks first gets the next turn to write; nothing depends on their order.
    let coming =
        |step: &Step| arrived(tokio::spawn(prepare(db.clone(), portal.clone(), stock.clone(), step.clone(), size)));
    let mut coming = stream::iter(&steps).map(coming).buffered(AHEAD);
    for step in &steps {
        let Some(batch) = coming.next().await else { break };
        write(db, portal, &stock, (step, batch?), size).await?;
        progress(step.learners.end, step.awards.end);
    }
    Ok(())
}

async fn arrived(batch: tokio::task::JoinHandle<Result<Batch, Refusal>>) -> Result<Batch, Refusal> {
    batch.await.map_err(|error| Refusal::Defect(error.to_string()))?
}

/// What one batch holds: places of learners, and of awards; an award's learner is in the same batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Places of the learners.
    pub learners: std::ops::Range<usize>,
    /// Places of the awards.
    pub awards: std::ops::Range<usize>,
}

/// Learners with all their awards, so many that a batch has the right size.
fn steps(size: Size) -> Vec<Step> {
    let Size { learners, awards, .. } = size;
    // The first award of a learner, and so the end of the one before.
    let begin = |learner: usize| (learner as u128 * awards as u128).div_ceil(learners.max(1) as u128) as usize;
    let each = awards.div_ceil(learners.max(1)).max(1);
    let at_once = (AT_ONCE / each).max(1);
    (0..learners)
        .step_by(at_once)
        .map(|first| {
            let last = (first + at_once).min(learners);
            Step { learners: first..last, awards: begin(first)..begin(last) }
        })
        .collect()
}

/// Writes a batch. When one of its codes is taken already, which hardly ever happens, it is made anew.
async fn write(
    db: &Db,
    portal: &Portal,
    stock: &Arc<Stock>,
    (step, mut batch): (&Step, Batch),
    size: Size,
) -> Result<(), Refusal> {
    for repeat in 0.. {
        let (rows, base) = (Arc::new(batch), portal.clone());
        match db.write(move |conn| insert(conn, &rows, size.notify.then_some(&base))).await {
            Err(Refusal::Database(error)) if error.is_clash() && repeat < REPEATS => {}
            other => return other,
        }
        batch = prepare(db.clone(), portal.clone(), stock.clone(), step.clone(), size).await?;
    }
    Ok(())
}

/// Makes a batch, and signs its awards where that is wanted: their places are reserved in a short transaction, and signing
/// holds none.
async fn prepare(db: Db, portal: Portal, stock: Arc<Stock>, step: Step, size: Size) -> Result<Batch, Refusal> {
    let own = stock.clone();
    let mut batch = arrived(tokio::task::spawn_blocking(move || batch::make(&own, &step))).await?;
    if !size.signed {
        return Ok(batch);
    }
    let rows = Arc::new(std::mem::take(&mut batch.credentials));
    let (voices, own) = (stock.clone(), rows.clone());
    let reserved = db.write(move |conn| proof::reserve(conn, &portal, &voices.voices, &own)).await?;
    arrived(tokio::task::spawn_blocking(move || {
        let forms = proof::sign_reserved(&stock.voices, &stock.pages, &rows, &reserved)?;
        let places = reserved.into_iter().flatten().map(|(_, place)| place).collect();
        Ok(Batch { credentials: Arc::unwrap_or_clone(rows), forms, places, ..batch })
    }))
    .await
}

/// Writes the rows of a batch, with one audit entry that holds a digest of what is in it.
fn insert(conn: &mut Conn, batch: &Batch, notify: Option<&Portal>) -> Result<(), Refusal> {
    profile::insert_all(conn, &batch.learners)?;
    assertion::insert_issued(conn, &batch.assertions, &batch.credentials, &batch.results)?;
    credential::insert_all(conn, &batch.credentials, &batch.documents)?;
    status_list::insert_places(conn, &batch.places)?;
    signed_form::insert_all(conn, &batch.forms)?;
    if let Some(portal) = notify {
        for (credential, issued) in &batch.credentials {
            let learner = profile::find(conn, &credential.learner_id)?;
            issue::notify(conn, &learner, (credential, issued), portal)?;
        }
    }
    let members: Vec<&str> = batch.assertions.iter().map(|one| one.id.as_str()).collect();
    let told = |field: &str, after: String| audit::Change { field: field.to_owned(), before: None, after: Some(after) };
    let changes = vec![
        told("Learners", batch.learners.len().to_string()),
        told("Awards", members.len().to_string()),
        told("Digest of the awards' ids", clock::fingerprint(&members.join("\n"))),
    ];
    let id = clock::row_id().to_string();
    Ok(audit::write(conn, &Actor::command("seed"), "seeded", ("batch", &id), changes)?)
}

/// The institution, its offices and what they award, in an empty database.
fn institution(conn: &mut Conn, portal: &Portal) -> Result<Stock, Refusal> {
    refuse_if_filled(conn)?;
    let by = Actor::command("seed");
    setting::set(conn, setting::INSTITUTION, "Northfield State University (sample data)")?;
    let publisher = Profile::new(ProfileKind::Organization, fixed(Name::parse("Office of the Registrar"))?);
    publisher.insert(conn, &by)?;
    setting::set(conn, setting::PUBLISHER, publisher.id.as_str())?;
    let offices = demonstration::insert_offices(conn, Some(&publisher), &by)?;
    let (mut awards, mut voices) = (Vec::new(), BTreeMap::new());
    for definition in &CATALOGUE {
        let office = offices.get(definition.office).unwrap_or(&publisher);
        let defined = demonstration::define(conn, definition, office, &by)?;
        let pattern = pattern(conn, portal, &defined)?;
        if let Some(voice) = Voice::named(conn, portal, &pattern.achievement.issuer.id)? {
            // Begun here, so that batches which ask at the same time find one and the same.
            proof::begin_list(conn, &voice)?;
            voices.insert(pattern.achievement.issuer.id.clone(), voice);
        }
        achievement_version::freeze(conn, &defined.achievement.id, &pattern.achievement)?;
        awards.push((defined, pattern));
    }
    let awarded = awards.iter().map(|(_, pattern): &(_, Issued)| &pattern.achievement);
    let pages = proof::pages(conn, portal, awarded)?;
    Ok(Stock { portal: portal.clone(), awards, voices, pages })
}

fn refuse_if_filled(conn: &mut Conn) -> Result<(), Refusal> {
    let everything = Query::default();
    let known = profile::count(conn, &everything)? + achievement::count(conn, &everything)? + credential::count(conn)?;
    if known > 0 {
        return Err(Refusal::conflict("the database is not empty; seed a new one"));
    }
    Ok(())
}

/// What an award of it freezes, made as issuing makes it, for a learner and a draft that are never stored.
fn pattern(conn: &mut Conn, portal: &Portal, defined: &Defined) -> Result<Issued, Refusal> {
    let mut choice = Choice::new(0);
    let learner = fixed(demonstration::learner(0, &mut choice))?;
    let draft = demonstration::drafted(portal, &learner, defined, clock::now().date_naive(), &mut choice)?;
    issue::freeze(conn, &draft, &learner, portal, (CeDiD::fresh(), clock::now()))
}

#[cfg(test)]
mod tests {
    use super::{Size, steps};

    #[test]
    fn every_award_falls_to_one_learner_of_its_own_batch() {
        for (learners, awards) in [(1, 0), (1, 5000), (7, 3), (1000, 10_000), (10_000, 10_001), (999, 5003)] {
            let steps = steps(Size { learners, awards, notify: false, signed: false });
            let ends: Vec<_> = steps.iter().map(|step| (step.learners.end, step.awards.end)).collect();
            assert_eq!(ends.last(), Some(&(learners, awards)));
            let mut reached = (0, 0);
            for step in &steps {
                assert_eq!((step.learners.start, step.awards.start), reached);
                reached = (step.learners.end, step.awards.end);
            }
        }
        assert!(steps(Size { learners: 0, awards: 0, notify: false, signed: false }).is_empty());
    }
}
