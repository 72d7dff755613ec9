//! The pathway of a record: which achievements belong to those that were awarded (CLR 1.0 `Clr.achievements`, "related
//! directly or indirectly through associations with the asserted achievements").
//!
//! Found breadth-first over what is known here, however the associations run, also in a circle, and never more than
//! [`MOST`]. From an award the search climbs to what it is part of or leads to, and from there down to the other parts,
//! so that a degree shows with all of its steps and not with the whole catalogue. What was awarded stands as it was
//! issued: of the live definitions only the others are taken.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{
    Achievement, achievement,
    issued::IssuedAchievement,
    record::{Award, Record},
};
use crate::{
    db::{
        Conn,
        schema::{achievement as achievements, association},
    },
    values::{AchievementType, AssociationType, Reading},
};

/// How many achievements are added to those awarded.
pub const MOST: usize = 120;

/// How far the search goes on from an achievement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It is named, and no more.
    Stays,
    /// To its parts.
    Descends,
    /// To its parts and to what it is part of.
    Climbs,
}

/// Which way an association leads, seen from the achievement that has it.
fn leads(kind: AssociationType) -> Reach {
    match kind {
        AssociationType::IsPartOf | AssociationType::IsChildOf | AssociationType::Precedes => Reach::Climbs,
        AssociationType::IsParentOf => Reach::Descends,
        _ => Reach::Stays,
    }
}

/// How the other end is reached, if at all, over an association that is followed from its owner or from its target.
fn over(from: Reach, kind: AssociationType, from_owner: bool) -> Option<Reach> {
    let way = match (leads(kind), from_owner) {
        (Reach::Climbs, true) | (Reach::Descends, false) => Reach::Climbs,
        (Reach::Climbs, false) | (Reach::Descends, true) => Reach::Descends,
        (Reach::Stays, true) => Reach::Stays,
        (Reach::Stays, false) => return None,
    };
    match (from, way) {
        (Reach::Climbs, way) => Some(way),
        (Reach::Descends, Reach::Descends) => Some(Reach::Descends),
        _ => None,
    }
}

/// The pathway of what was awarded, each achievement once, those awarded first. Empty when nothing belongs to them.
pub fn of(conn: &mut Conn, awarded: &[&IssuedAchievement]) -> QueryResult<Vec<IssuedAchievement>> {
    let mut search = Search::from(awarded);
    let mut edge: Vec<String> = awarded.iter().map(|one| one.id.clone()).collect();
    while !edge.is_empty() && search.found.len() < MOST {
        edge = search.step(conn, awarded, &edge)?;
    }
    let related = search.found.iter().map(|one| achievement::content(conn, one)).collect::<QueryResult<Vec<_>>>()?;
    Ok(tied(awarded, related))
}

struct Search {
    /// How each achievement was reached, by its public id.
    reached: HashMap<String, Reach>,
    /// What was found beside the awarded, in the order of finding.
    found: Vec<Achievement>,
}

impl Search {
    fn from(awarded: &[&IssuedAchievement]) -> Self {
        let reached = awarded.iter().map(|one| (one.id.clone(), Reach::Climbs)).collect();
        Self { reached, found: Vec::new() }
    }

    /// One step outwards from the edge; the new edge.
    fn step(&mut self, conn: &mut Conn, awarded: &[&IssuedAchievement], edge: &[String]) -> QueryResult<Vec<String>> {
        let is_awarded = |id: &String| awarded.iter().any(|one| one.id == *id);
        let live: Vec<&String> = edge.iter().filter(|id| !is_awarded(id)).collect();
        let mut ties = awarded_ties(awarded, edge);
        ties.extend(ties_of(conn, &live)?);
        let mut next: HashMap<String, Reach> = HashMap::new();
        for tie in &ties {
            self.follow(tie, true, &mut next);
        }
        for tie in &ties_to(conn, edge)? {
            self.follow(tie, false, &mut next);
        }
        let known = known(conn, next.keys().filter(|id| !self.reached.contains_key(*id)))?;
        for one in known.into_iter().take(MOST.saturating_sub(self.found.len())) {
            self.found.push(one);
        }
        // What is not known here leads no further.
        let here: HashSet<&str> =
            self.found.iter().map(|one| one.iri.as_str()).chain(awarded.iter().map(|one| one.id.as_str())).collect();
        next.retain(|id, _| here.contains(id.as_str()));
        let edge = next.keys().cloned().collect();
        self.reached.extend(next);
        Ok(edge)
    }

    /// Follows an association from its owner to its target, or the other way.
    fn follow(&self, (owner, kind, target): &Tie, from_owner: bool, next: &mut HashMap<String, Reach>) {
        let (from, to) = if from_owner { (owner, target) } else { (target, owner) };
        let Some(reach) = self.reached.get(from).and_then(|reach| over(*reach, *kind, from_owner)) else { return };
        let before = self.reached.get(to).max(next.get(to));
        // Reached again from a better side, it is gone on from again; so a circle comes to an end.
        if before.is_none_or(|before| *before < reach) {
            next.insert(to.clone(), reach);
        }
    }
}

/// An association: whose it is, its kind, and where it leads, by public ids.
type Tie = (String, AssociationType, String);

/// The associations of awarded achievements, as they were when they were issued.
fn awarded_ties(awarded: &[&IssuedAchievement], edge: &[String]) -> Vec<Tie> {
    let on_edge = awarded.iter().filter(|one| edge.contains(&one.id));
    let ties = on_edge.flat_map(|one| {
        one.associations.iter().map(|tie| (one.id.clone(), tie.association_type, tie.target_id.clone()))
    });
    ties.collect()
}

/// The associations that these have.
fn ties_of(conn: &mut Conn, ids: &[&String]) -> QueryResult<Vec<Tie>> {
    association::table
        .inner_join(achievements::table.on(association::achievement_id.eq(achievements::id)))
        .filter(achievements::iri.eq_any(ids))
        .order((association::position, association::id))
        .select((achievements::iri, association::association_type, association::target_iri))
        .load(conn)
}

/// The associations that lead to these. Events are not steps of a pathway, and what was retired is no open one.
fn ties_to(conn: &mut Conn, ids: &[String]) -> QueryResult<Vec<Tie>> {
    association::table
        .inner_join(achievements::table.on(association::achievement_id.eq(achievements::id)))
        .filter(association::target_iri.eq_any(ids))
        .filter(achievements::achievement_type.ne(AchievementType::event()))
        .filter(achievements::retired_at.is_null())
        .order((achievements::sort_name, achievements::id))
        .limit(2 * MOST as i64)
        .select((achievements::iri, association::association_type, association::target_iri))
        .load(conn)
}

fn known<'a>(conn: &mut Conn, ids: impl Iterator<Item = &'a String>) -> QueryResult<Vec<Achievement>> {
    achievements::table
        .filter(achievements::iri.eq_any(ids.collect::<Vec<_>>()))
        .filter(achievements::achievement_type.ne(AchievementType::event()))
        .order((achievements::sort_name, achievements::id))
        .limit(MOST as i64)
        .select(Achievement::as_select())
        .load(conn)
}

/// Those awarded that belong to something, and what belongs to them. An achievement that was awarded in two versions is
/// left out: it could not be the same as both of its copies, as the standard wants it.
fn tied(awarded: &[&IssuedAchievement], related: Vec<IssuedAchievement>) -> Vec<IssuedAchievement> {
    let ids: HashSet<&str> =
        awarded.iter().map(|one| one.id.as_str()).chain(related.iter().map(|one| one.id.as_str())).collect();
    let mut belongs: HashSet<String> = HashSet::new();
    for one in awarded.iter().copied().chain(&related) {
        for tie in one.associations.iter().filter(|tie| tie.target_id != one.id && ids.contains(tie.target_id.as_str()))
        {
            belongs.extend([one.id.clone(), tie.target_id.clone()]);
        }
    }
    let mut pathway: Vec<IssuedAchievement> = Vec::new();
    for one in awarded.iter().filter(|one| belongs.contains(&one.id)) {
        let is_one = awarded.iter().all(|other| other.id != one.id || other == one);
        if is_one && !pathway.iter().any(|known| known.id == one.id) {
            pathway.push((*one).clone());
        }
    }
    pathway.extend(related);
    pathway
}

/// A step of a pathway as it is shown: how deep it stands, and the award that did it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// 0 for what nothing in this record is above of.
    pub depth: usize,
    /// What it is.
    pub achievement: &'a IssuedAchievement,
    /// The award that stands, or has expired; an open step has none.
    pub award: Option<&'a Award>,
}

/// The pathway of a record as a tree, written from the top: each achievement once, its parts below it.
pub fn steps(record: &Record) -> Vec<Step<'_>> {
    let parents = parents(&record.pathway);
    let mut steps = Vec::new();
    let mut shown: HashSet<&str> = HashSet::new();
    let roots = record.pathway.iter().filter(|one| parents.get(one.id.as_str()).is_none_or(Vec::is_empty));
    // A circle has no top: whatever was not reached from one begins a tree of its own.
    for root in roots.chain(&record.pathway) {
        descend(record, root, 0, &parents, (&mut shown, &mut steps));
    }
    steps
}

fn descend<'a>(
    record: &'a Record,
    one: &'a IssuedAchievement,
    depth: usize,
    parents: &HashMap<&'a str, Vec<&'a str>>,
    (shown, steps): (&mut HashSet<&'a str>, &mut Vec<Step<'a>>),
) {
    if !shown.insert(&one.id) {
        return;
    }
    steps.push(Step { depth, achievement: one, award: earned(record, &one.id) });
    for below in &record.pathway {
        if parents.get(below.id.as_str()).is_some_and(|above| above.contains(&one.id.as_str())) {
            descend(record, below, depth + 1, parents, (shown, steps));
        }
    }
}

/// What each achievement is a part of, or a step towards, within the pathway.
fn parents(pathway: &[IssuedAchievement]) -> HashMap<&str, Vec<&str>> {
    let mut parents: HashMap<&str, Vec<&str>> = HashMap::new();
    for one in pathway {
        for tie in &one.associations {
            match leads(tie.association_type) {
                Reach::Climbs if pathway.iter().any(|other| other.id == tie.target_id && other.id != one.id) => {
                    parents.entry(&one.id).or_default().push(&tie.target_id);
                }
                Reach::Descends => parents.entry(&tie.target_id).or_default().push(&one.id),
                _ => {}
            }
        }
    }
    parents
}

fn earned<'a>(record: &'a Record, achievement: &str) -> Option<&'a Award> {
    let counts = |award: &&Award| matches!(award.standing.reading, Reading::Valid | Reading::Expired);
    record.awards.iter().filter(|award| award.issued.achievement.id == achievement).find(counts)
}
