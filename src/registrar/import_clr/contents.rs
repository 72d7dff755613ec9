//! What a record holds, each object once and with its place: the first time it is told counts, and wholes come before
//! their parts.

use std::collections::HashSet;

use crate::{
    clr::v1::{
        read::{self, Record},
        wire,
    },
    models::issued::Extensions,
    values::ProfileKind,
};

/// A profile of a record.
#[derive(Debug, Clone)]
pub struct Party {
    /// What is told of it.
    pub told: wire::Profile,
    /// Person or organisation.
    pub kind: ProfileKind,
    /// Where it stands.
    pub place: String,
    /// The public id of the organisation as whose parent it is told.
    pub below: Option<String>,
}

/// What an endorsement stands on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A profile, by its public id.
    Profile(String),
    /// An achievement.
    Achievement(String),
    /// An assertion.
    Assertion(String),
    /// The record itself.
    Clr,
}

/// An endorsement of a record.
#[derive(Debug, Clone)]
pub struct Word {
    /// What is told of it.
    pub told: wire::Endorsement,
    /// What it stands on.
    pub target: Target,
    /// The compact JWS it came as.
    pub signed: Option<String>,
    /// Where it stands.
    pub place: String,
}

/// An assertion of a record, with everything it said.
#[derive(Debug, Clone)]
pub struct Awarded {
    /// In the standard's class.
    pub told: wire::Assertion,
    /// As it was put in order.
    pub json: Extensions,
    /// Where it stands.
    pub place: String,
}

/// What a record holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Publisher and learner first.
    pub profiles: Vec<Party>,
    /// What was awarded.
    pub achievements: Vec<(wire::Achievement, String)>,
    /// What is only related to what was awarded.
    pub related: Vec<(wire::Achievement, String)>,
    /// The awards.
    pub assertions: Vec<Awarded>,
    /// What others say.
    pub endorsements: Vec<Word>,
    seen: HashSet<(u8, String)>,
}

impl Contents {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        let (clr, place) = (&record.clr, record.place.as_str());
        let mut all = Self::default();
        all.profile(&clr.publisher, ProfileKind::Organization, &format!("{place}/publisher"));
        all.profile(&clr.learner, ProfileKind::Person, &format!("{place}/learner"));
        let json = record.json.get("assertions").and_then(serde_json::Value::as_array);
        for (at, told) in clr.assertions.iter().enumerate() {
            let json = json.and_then(|all| all.get(at)).and_then(serde_json::Value::as_object).cloned();
            all.assertion(told, json.unwrap_or_default(), format!("{place}/assertions/{at}"));
        }
        for (place, told, json) in &record.signed {
            all.assertion(told, json.clone(), place.clone());
        }
        for (at, told) in clr.achievements.iter().enumerate() {
            all.achievement(told, format!("{place}/achievements/{at}"), true);
        }
        all.words((&clr.endorsements, &clr.signed_endorsements), &Target::Clr, place);
        all
    }

    fn first(&mut self, kind: u8, id: &str) -> bool {
        !id.is_empty() && self.seen.insert((kind, id.to_owned()))
    }

    fn profile(&mut self, told: &wire::Profile, kind: ProfileKind, place: &str) {
        self.party(told, kind, place, None);
    }

    fn party(&mut self, told: &wire::Profile, kind: ProfileKind, place: &str, below: Option<&str>) {
        if !self.first(0, &told.id) {
            return;
        }
        if let Some(parent) = &told.parent_org {
            self.party(parent, ProfileKind::Organization, &format!("{place}/parentOrg"), Some(&told.id));
        }
        let below = below.map(str::to_owned);
        self.profiles.push(Party { told: told.clone(), kind, place: place.to_owned(), below });
        let target = Target::Profile(told.id.clone());
        self.words((&told.endorsements, &told.signed_endorsements), &target, place);
    }

    fn achievement(&mut self, told: &wire::Achievement, place: String, related: bool) {
        if !self.first(1, &told.id) {
            return;
        }
        self.profile(&told.issuer, ProfileKind::Organization, &format!("{place}/issuer"));
        let target = Target::Achievement(told.id.clone());
        self.words((&told.endorsements, &told.signed_endorsements), &target, &place);
        let into = if related { &mut self.related } else { &mut self.achievements };
        into.push((told.clone(), place));
    }

    fn assertion(&mut self, told: &wire::Assertion, json: Extensions, place: String) {
        if !self.first(2, &told.id) {
            return;
        }
        if let Some(awarded) = &told.achievement {
            self.achievement(awarded, format!("{place}/achievement"), false);
        }
        if let Some(source) = &told.source {
            self.profile(source, ProfileKind::Organization, &format!("{place}/source"));
        }
        let target = Target::Assertion(told.id.clone());
        self.words((&told.endorsements, &told.signed_endorsements), &target, &place);
        self.assertions.push(Awarded { told: told.clone(), json, place });
    }

    fn words(&mut self, (plain, signed): (&[wire::Endorsement], &[String]), target: &Target, place: &str) {
        for (at, told) in plain.iter().enumerate() {
            self.word(told.clone(), target, None, format!("{place}/endorsements/{at}"));
        }
        for (at, jws) in signed.iter().enumerate() {
            if let Some(told) = read::signed_endorsement(jws) {
                self.word(told, target, Some(jws.clone()), format!("{place}/signedEndorsements/{at}"));
            }
        }
    }

    fn word(&mut self, told: wire::Endorsement, target: &Target, signed: Option<String>, place: String) {
        if !self.first(3, &told.id) {
            return;
        }
        let json = serde_json::to_value(&told.issuer).unwrap_or_default();
        if let Ok(issuer) = serde_json::from_value::<wire::Profile>(json) {
            self.profile(&issuer, ProfileKind::Organization, &format!("{place}/issuer"));
        }
        self.endorsements.push(Word { told, target: target.clone(), signed, place });
    }
}
