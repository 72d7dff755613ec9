//! What is checked of achievements: each on its own, and every copy of one against the others.

use std::collections::{HashMap, HashSet};

use super::{Class, Finding, Problem, Spot, achieved::fits, achievement_at, endorsed};
use crate::clr::v1::wire::{Achievement, Clr, ResultDescription};

/// Checks every achievement of a record. A copy that says the same is checked once.
pub(super) fn check(clr: &Clr, found: &mut Vec<Finding>) {
    let asserted: Vec<(String, &Achievement)> = clr
        .assertions
        .iter()
        .enumerate()
        .filter_map(|(nth, one)| Some((format!("/assertions/{nth}/achievement"), one.achievement.as_ref()?)))
        .collect();
    let related = clr.achievements.iter().enumerate().map(|(nth, one)| (format!("/achievements/{nth}"), one));
    let everything: Vec<(String, &Achievement)> = related.chain(asserted.iter().cloned()).collect();
    let known: HashSet<&str> = everything.iter().map(|(_, one)| one.id.as_str()).collect();
    let mut seen: HashMap<&str, Vec<&Achievement>> = HashMap::new();
    for (place, achievement) in everything {
        let earlier = seen.entry(achievement.id.as_str()).or_default();
        if earlier.contains(&achievement) {
            continue;
        }
        earlier.push(achievement);
        on_its_own(achievement, &place, &known, found);
    }
    copies(clr, &asserted, found);
}

/// "If one appears both here and inside an assertion the two MUST match exactly" (CLR 1.0, `Clr.achievements`). Two
/// assertions of different versions of an achievement may well differ.
fn copies(clr: &Clr, asserted: &[(String, &Achievement)], found: &mut Vec<Finding>) {
    for (nth, one) in clr.achievements.iter().enumerate() {
        let place = format!("/achievements/{nth}");
        let spot = achievement_at(one, &place);
        if clr.achievements.iter().take(nth).any(|earlier| earlier.id == one.id) {
            found.push(spot.finds("id", Problem::Twice));
        }
        if let Some((_, other)) = asserted.iter().find(|(_, other)| other.id == one.id && *other != one) {
            found.push(spot.finds(&first_difference(one, other), Problem::CopiesDiffer));
        }
    }
}

/// The first member, in their alphabetical order, in which two copies differ.
fn first_difference(one: &Achievement, other: &Achievement) -> String {
    let members = |achievement| match serde_json::to_value(achievement) {
        Ok(serde_json::Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let (one, other) = (members(one), members(other));
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.into_iter().find(|name| one.get(*name) != other.get(*name)).cloned().unwrap_or_default()
}

fn on_its_own(achievement: &Achievement, place: &str, known: &HashSet<&str>, found: &mut Vec<Finding>) {
    let spot = achievement_at(achievement, place);
    endorsed(&achievement.endorsements, spot, found);
    for (nth, tie) in achievement.associations.iter().enumerate() {
        if known.contains(tie.target_id.as_str()) || is_whole(&tie.target_id) {
            continue;
        }
        let place = format!("{place}/associations/{nth}");
        let spot = Spot { class: Class::Association, id: "", label: &tie.title, place: &place, within: spot.within };
        found.push(spot.finds("targetId", Problem::TargetUnknown(tie.target_id.clone())));
    }
    for (nth, description) in achievement.result_descriptions.iter().enumerate() {
        let place = format!("{place}/resultDescriptions/{nth}");
        let spot = Spot {
            class: Class::ResultDescription,
            id: &description.id,
            label: &description.name,
            place: &place,
            within: spot.within,
        };
        if achievement.result_descriptions.iter().take(nth).any(|earlier| earlier.id == description.id) {
            found.push(spot.finds("id", Problem::Twice));
        }
        described(description, spot, found);
    }
}

fn described(description: &ResultDescription, spot: Spot<'_>, found: &mut Vec<Finding>) {
    if let Some(required) = &description.required_level
        && !description.rubric_criterion_levels.iter().any(|level| level.id == *required)
    {
        found.push(spot.finds("requiredLevel", Problem::NoSuchLevel(required.clone())));
    }
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    if let (Some(least), Some(most)) = (number(&description.value_min), number(&description.value_max))
        && least > most
    {
        found.push(spot.finds("valueMin", Problem::RangeReversed));
    } else if let Some(required) = &description.required_value
        && let Some(problem) = fits(required, description)
    {
        found.push(spot.finds("requiredValue", problem));
    }
    if !rises(description) {
        found.push(spot.finds("rubricCriterionLevels", Problem::LevelsNotRising));
    }
}

/// Whether the levels go from low to high: by their points, or by their level where none has points. Text that is no
/// number says nothing about the order.
fn rises(description: &ResultDescription) -> bool {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let levels = &description.rubric_criterion_levels;
    let mut heights: Vec<f64> = levels.iter().filter_map(|level| number(&level.points)).collect();
    if heights.is_empty() {
        heights = levels.iter().filter_map(|level| number(&level.level)).collect();
    }
    heights.is_sorted()
}

/// A whole address: a scheme (RFC 3986, 3.1) and something after it.
fn is_whole(id: &str) -> bool {
    id.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}
