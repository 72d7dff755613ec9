//! What a hold means to the learner: the record is always seen (FERPA gives the right to inspect it), official documents
//! are withheld while an administrative hold is on.

use crate::{
    models::{Profile, hold},
    values::{HoldKind, Id},
    web::{State, error::Error, guards::Learned},
};

/// What is on the learner now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    No,
    /// The public sees nothing.
    Public,
    /// The public sees nothing, and the learner gets no official documents.
    Documents,
}

/// What is on a learner now.
pub async fn of(state: &State, learner: &Id<Profile>) -> Result<Held, Error> {
    let own = learner.clone();
    let holds = state.db.read(move |conn| hold::active(conn, &own).map_err(Error::from)).await?;
    Ok(match holds.iter().any(|one| one.kind == HoldKind::Administrative) {
        true => Held::Documents,
        false if holds.is_empty() => Held::No,
        false => Held::Public,
    })
}

/// Refuses an official document, with a sentence, while they are withheld.
pub async fn refuse_documents(state: &State, learned: &Learned) -> Result<(), Error> {
    match of(state, &learned.learner.id).await? {
        Held::Documents => Err(Error::Conflict(learned.frame.words.get("held-download"))),
        Held::No | Held::Public => Ok(()),
    }
}
