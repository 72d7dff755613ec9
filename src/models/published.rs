//! `Published`: a learner's record as it was published, frozen.
//!
//! A versioned document of our own, kept in the credential's documents under a format name of its own. Page, PDF and
//! CLR 1.0 of a published record render this plus the present standing of the record and of each award in it. Old
//! versions stay readable for ever: a new member must have a default, and `tests/fixtures/published/` keeps one of each.
//!
//! It holds what the learner's own download holds, so it is **never** what the record's CeDiD opens: there stands a
//! [`Cover`], which has no member for an award or for anything private (`docs/standards.md`).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Credential, clr,
    credential::{self, PublicFacts},
    credential_document, endorsement,
    issued::{Holder, Issued, IssuedAchievement, IssuedEndorsement, Organization},
    record::{Award, Learner, Publication, Record, Standing, TakenBack},
};
use crate::{
    db::{
        Conn,
        schema::{assertion, credential as credentials},
    },
    values::{CeDiD, Json, Status},
};

/// The present format number of [`Published`].
pub const FORMAT: u32 = 1;

/// A record as it was when it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The format of this document, see [`FORMAT`].
    pub format: u32,
    /// Its public id (CLR 1.0 `Clr.id`).
    pub id: String,
    /// The code it is checked by.
    pub cedid: CeDiD,
    /// The how-manieth record of this learner.
    pub number: i32,
    /// When it was published.
    pub published_on: DateTime<Utc>,
    /// What it is called, where it has a name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the publisher knew more than it says.
    pub partial: bool,
    /// Whose it is, with what the office knew.
    pub learner: Learner,
    /// Who published it.
    pub publisher: Organization,
    /// The awards, newest conferral first, each as it was issued.
    pub awards: Vec<Issued>,
    /// Ids of assertions that stood in an earlier record and had been taken back.
    #[serde(default)]
    pub withdrawn: Vec<String>,
    /// The achievements that belong to those awarded, and these among them.
    #[serde(default)]
    pub pathway: Vec<IssuedAchievement>,
    /// What others say of the record itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endorsements: Vec<IssuedEndorsement>,
}

/// What the code of a published record opens: that it is one, whose, by whom, since when, and how many awards it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The record's public id.
    pub id: String,
    /// Its code.
    pub cedid: CeDiD,
    /// Whose it is: name and profile id.
    pub holder: Holder,
    /// Who published it.
    pub publisher: Organization,
    /// The how-manieth record of this learner.
    pub number: i32,
    /// How many awards stand in it.
    pub awards: usize,
    /// When it was published.
    pub published_on: DateTime<Utc>,
    /// How it stands.
    pub standing: Standing,
    /// When a newer record was published, if one was and stands.
    pub newer: Option<DateTime<Utc>>,
}

impl Published {
    /// The record, with how it and its awards stand now. An award without a standing of its own stands as issued.
    /// [`taken_back`] says what was withdrawn.
    pub fn into_record(
        self,
        publication: Option<Publication>,
        standings: &HashMap<CeDiD, Standing>,
        taken_back: Vec<TakenBack>,
    ) -> Record {
        let standing = |issued: &Issued| {
            let known = standings.get(&issued.assertion.cedid).cloned();
            known.unwrap_or_else(|| in_force(self.published_on, issued.assertion.expires))
        };
        let awards = self.awards.iter().map(|issued| Award { standing: standing(issued), issued: issued.clone() });
        Record {
            awards: awards.collect(),
            id: self.id,
            learner: self.learner,
            publisher: self.publisher,
            as_of: self.published_on,
            partial: self.partial,
            name: self.name,
            pathway: self.pathway,
            withdrawn: self.withdrawn,
            taken_back,
            endorsements: self.endorsements,
            publication,
        }
    }

    /// The record as it was when it was published: nothing speaks against it or against any award in it. What was
    /// withdrawn stands there by its ids alone.
    pub fn into_record_as_published(self) -> Record {
        let publication = Publication {
            cedid: self.cedid.clone(),
            number: self.number,
            standing: in_force(self.published_on, None),
            newer: None,
        };
        self.into_record(Some(publication), &HashMap::new(), Vec::new())
    }

    /// What its code opened when it was published.
    pub fn into_cover(self) -> Cover {
        Cover {
            newer: None,
            standing: in_force(self.published_on, None),
            awards: self.awards.len(),
            id: self.id,
            cedid: self.cedid,
            holder: self.learner.holder,
            publisher: self.publisher,
            number: self.number,
            published_on: self.published_on,
        }
    }

    /// The codes of its awards.
    pub fn codes(&self) -> Vec<CeDiD> {
        self.awards.iter().map(|issued| issued.assertion.cedid.clone()).collect()
    }

    /// What others say of the record, of its awards and of the achievements on its pathway.
    fn all_endorsements(&mut self) -> impl Iterator<Item = &mut IssuedEndorsement> {
        let of_awards = self.awards.iter_mut().flat_map(Issued::endorsements_mut);
        let of_pathway = self.pathway.iter_mut().flat_map(IssuedAchievement::endorsements_mut);
        self.endorsements.iter_mut().chain(of_awards).chain(of_pathway)
    }

    /// The ids of every assertion in it, those of events too.
    pub fn assertion_ids(&self) -> impl Iterator<Item = &str> {
        self.awards.iter().flat_map(Issued::assertion_ids)
    }
}

/// Nothing speaks against it.
pub fn in_force(now: DateTime<Utc>, expires: Option<DateTime<Utc>>) -> Standing {
    let status = Status::InForce;
    let reading = status.at(now, expires);
    Standing { status, reading, since: None, reason: None, replaced_by: None, newest_is_revoked: false, replaces: None }
}

/// A published record with its awards, as they stand now: for the learner and for staff.
pub fn record(conn: &mut Conn, credential: &Credential, now: DateTime<Utc>) -> QueryResult<Record> {
    let mut published = credential_document::published(conn, &credential.id)?;
    endorsement::read_standing_of(conn, published.all_endorsements().collect())?;
    let standings = credential::standings(conn, &published.codes(), now)?.into_iter().collect();
    let publication = Publication {
        cedid: published.cedid.clone(),
        number: published.number,
        standing: credential.standing(now),
        newer: clr::newer(conn, &credential.learner_id, credential.issued_at)?,
    };
    let taken_back = taken_back(conn, &published.withdrawn)?;
    Ok(published.into_record(Some(publication), &standings, taken_back))
}

/// The awards among the ids of withdrawn assertions, newest conferral first. The other ids are those of the events behind
/// them, which no page tells.
pub fn taken_back(conn: &mut Conn, withdrawn: &[String]) -> QueryResult<Vec<TakenBack>> {
    if withdrawn.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(Json<PublicFacts>, CeDiD)> = credentials::table
        .inner_join(assertion::table.on(credentials::assertion_id.eq(assertion::id.nullable())))
        .filter(assertion::iri.eq_any(withdrawn))
        .order((credentials::conferral_date.desc(), credentials::id.desc()))
        .select((credentials::facts, credentials::cedid))
        .load(conn)?;
    Ok(found.into_iter().map(|(facts, cedid)| TakenBack { title: facts.get().title.clone(), cedid }).collect())
}

/// What may be shown to whoever has the code of a published record.
pub fn cover(conn: &mut Conn, credential: &Credential, now: DateTime<Utc>) -> QueryResult<Cover> {
    let published = credential_document::published(conn, &credential.id)?;
    let newer = clr::newer(conn, &credential.learner_id, credential.issued_at)?;
    Ok(Cover { newer, standing: credential.standing(now), ..published.into_cover() })
}

#[cfg(test)]
mod tests {
    use super::Published;

    /// A record that was published is read by every later version of the program, and says the same when written again.
    #[test]
    fn every_format_that_was_ever_published_is_still_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/published");
        let mut read = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let stored: serde_json::Value =
                serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
            let published: Published = serde_json::from_value(stored.clone()).unwrap();
            assert_eq!(serde_json::to_value(&published).unwrap(), stored);
            assert!(!published.awards.is_empty() && !published.pathway.is_empty() && !published.withdrawn.is_empty());
            read += 1;
        }
        assert!(read > 0, "no published record was read");
    }
}
