//! What endorsements are of and whose they are, by name, for a list of them: with a number of queries that is the same
//! however many there are.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    Achievement, Assertion, Clr, Endorsement, Profile, assertion,
    endorsement::{Endorsed, Listed, Named},
};
use crate::{
    db::{
        Conn,
        schema::{achievement, clr, profile},
    },
    values::{Id, Iri, Name},
};

/// A profile, as far as a list needs it.
type Person = (Name, Iri, bool);

/// The names of a page.
#[derive(Default)]
struct Names {
    assertions: HashMap<Id<Assertion>, assertion::Listed>,
    achievements: HashMap<Id<Achievement>, Achievement>,
    clrs: HashMap<Id<Clr>, Clr>,
    profiles: HashMap<Id<Profile>, Person>,
}

/// Endorsements with the names of both sides.
pub fn listed(conn: &mut Conn, rows: Vec<Endorsement>) -> QueryResult<Vec<Listed>> {
    let names = Names::read(conn, &rows)?;
    rows.into_iter()
        .map(|row| {
            let issuer = names.profiles.get(&row.issuer_id).map(|(name, ..)| name.to_string()).unwrap_or_default();
            let endorsed = row.endorsed().and_then(|endorsed| names.named(&endorsed));
            let endorsed = endorsed.ok_or(diesel::result::Error::NotFound)?;
            Ok(Listed { issuer, endorsed, endorsement: row })
        })
        .collect()
}

impl Names {
    fn read(conn: &mut Conn, rows: &[Endorsement]) -> QueryResult<Self> {
        let ids: Vec<_> = rows.iter().filter_map(|row| row.assertion_id.clone()).collect();
        let assertions: HashMap<_, _> = assertion::listed_by_id(conn, &ids)?
            .into_iter()
            .map(|listed| (listed.assertion.id.clone(), listed))
            .collect();
        let awarded = assertions.values().map(|listed| &listed.assertion.achievement_id);
        let ids: Vec<_> = rows.iter().filter_map(|row| row.achievement_id.as_ref()).chain(awarded).collect();
        let achievements: Vec<Achievement> =
            achievement::table.filter(achievement::id.eq_any(ids)).select(Achievement::as_select()).load(conn)?;
        let ids: Vec<_> = rows.iter().filter_map(|row| row.clr_id.as_ref()).collect();
        let clrs: Vec<Clr> = clr::table.filter(clr::id.eq_any(ids)).select(Clr::as_select()).load(conn)?;
        let own = rows.iter().flat_map(|row| std::iter::once(&row.issuer_id).chain(row.profile_id.as_ref()));
        let ids: Vec<_> = own.chain(clrs.iter().map(|clr| &clr.learner_id)).collect();
        let profiles: Vec<Profile> =
            profile::table.filter(profile::id.eq_any(ids)).select(Profile::as_select()).load(conn)?;
        let person = |one: Profile| {
            let is_person = one.is_person();
            (one.id, (one.name, one.iri, is_person))
        };
        Ok(Self {
            assertions,
            achievements: achievements.into_iter().map(|one| (one.id.clone(), one)).collect(),
            clrs: clrs.into_iter().map(|one| (one.id.clone(), one)).collect(),
            profiles: profiles.into_iter().map(person).collect(),
        })
    }

    fn named(&self, endorsed: &Endorsed) -> Option<Named> {
        Some(match endorsed {
            Endorsed::Profile(id) => {
                let (name, iri, is_person) = self.profiles.get(id)?;
                let office = (!is_person).then(|| id.clone());
                Named { kind: "profile", name: name.to_string(), iri: iri.clone(), office }
            }
            Endorsed::Achievement(id) => {
                let found = self.achievements.get(id)?;
                let name = match &found.code {
                    Some(code) => format!("{} ({})", found.name, code.as_str()),
                    None => found.name.to_string(),
                };
                Named { kind: "achievement", name, iri: found.iri.clone(), office: Some(found.issuer_id.clone()) }
            }
            Endorsed::Assertion(id) => {
                let found = self.assertions.get(id)?;
                let office = self.achievements.get(&found.assertion.achievement_id)?.issuer_id.clone();
                let name = format!("{} for {}", found.title, found.learner_name);
                Named { kind: "assertion", name, iri: found.assertion.iri.clone(), office: Some(office) }
            }
            Endorsed::Clr(id) => {
                let found = self.clrs.get(id)?;
                let (learner, ..) = self.profiles.get(&found.learner_id)?;
                let what = found.name.as_ref().map_or("Record", Name::as_str);
                Named { kind: "clr", name: format!("{what} of {learner}"), iri: found.iri.clone(), office: None }
            }
        })
    }
}
