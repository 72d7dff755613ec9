//! Cards of learners: what a card says when it is scanned, where that is no number the office knows.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Profile,
    audit::{self, Actor, Change},
    profile,
};
use crate::{
    clock,
    db::{Conn, schema::learner_card},
    values::{Id, Line, scanned},
};

/// A card.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = learner_card)]
pub struct LearnerCard {
    /// How it is compared: [`folded`].
    pub card_folded: String,
    /// As it was scanned.
    pub card: Line,
    /// Whose it is.
    pub learner_id: Id<Profile>,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: NaiveDateTime,
}

/// What came of adding a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is the learner's now.
    New,
    /// It was already.
    Known,
    /// It is somebody else's.
    Taken(Id<Profile>),
}

/// A card as it is compared: without what scanners add, in small letters.
pub fn folded(card: &str) -> String {
    scanned::core(card).to_lowercase()
}

/// The cards of a learner, oldest first.
pub fn of(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<LearnerCard>> {
    learner_card::table
        .filter(learner_card::learner_id.eq(learner))
        .order((learner_card::added_at, learner_card::card_folded))
        .select(LearnerCard::as_select())
        .load(conn)
}

/// Whose card it is.
pub fn owner(conn: &mut Conn, card: &str) -> QueryResult<Option<Id<Profile>>> {
    learner_card::table.find(folded(card)).select(learner_card::learner_id).first(conn).optional()
}

/// Gives a card to a learner, unless it is somebody's already.
pub fn add(conn: &mut Conn, learner: &Id<Profile>, card: &Line, by: &Actor) -> QueryResult<Added> {
    match owner(conn, card.as_str())? {
        Some(own) if own == *learner => return Ok(Added::Known),
        Some(other) => return Ok(Added::Taken(other)),
        None => {}
    }
    let row = LearnerCard {
        card_folded: folded(card.as_str()),
        card: card.clone(),
        learner_id: learner.clone(),
        added_by: by.name.clone(),
        added_at: clock::now().naive_utc(),
    };
    diesel::insert_into(learner_card::table).values(row).execute(conn)?;
    let change = Change { field: "Card".to_owned(), before: None, after: Some(card.to_string()) };
    audit::write(conn, by, "changed", (profile::KIND, learner.as_str()), vec![change])?;
    Ok(Added::New)
}

/// Takes a card from a learner; `false` when it was not theirs.
pub fn remove(conn: &mut Conn, learner: &Id<Profile>, card: &str, by: &Actor) -> QueryResult<bool> {
    let own = learner_card::table.find(folded(card)).filter(learner_card::learner_id.eq(learner));
    if diesel::delete(own).execute(conn)? == 0 {
        return Ok(false);
    }
    let change = Change { field: "Card".to_owned(), before: Some(card.to_owned()), after: None };
    audit::write(conn, by, "changed", (profile::KIND, learner.as_str()), vec![change])?;
    Ok(true)
}
