//! What is checked of results: that they speak of the assertion's own achievement, and say what it allows.

use super::{Class, Finding, Problem, Spot};
use crate::clr::v1::wire::{Assertion, ResultDescription};

/// Checks the results of an assertion. One without an achievement is an Open Badge, whose results are not ours to judge.
pub(super) fn check(assertion: &Assertion, place: &str, found: &mut Vec<Finding>) {
    let Some(achievement) = &assertion.achievement else { return };
    for (nth, result) in assertion.results.iter().enumerate() {
        let place = format!("{place}/results/{nth}");
        let described = achievement.result_descriptions.iter().find(|one| one.id == result.result_description);
        let spot = Spot {
            class: Class::Result,
            id: result.id.as_deref().unwrap_or_default(),
            label: described.map_or(achievement.name.as_str(), |one| one.name.as_str()),
            place: &place,
            within: Some((Class::Assertion, &assertion.id)),
        };
        let Some(description) = described else {
            let id = result.result_description.clone();
            found.push(spot.finds("resultDescription", Problem::NoSuchResultDescription(id)));
            continue;
        };
        if let Some(level) = &result.achieved_level
            && !description.rubric_criterion_levels.iter().any(|one| one.id == *level)
        {
            found.push(spot.finds("achievedLevel", Problem::NoSuchLevel(level.clone())));
        }
        if let Some(value) = &result.value
            && let Some(problem) = fits(value, description)
        {
            found.push(spot.finds("value", problem));
        }
        if description.result_type == "Status" && result.status.is_none() {
            found.push(spot.finds("status", Problem::StatusMissing));
        }
    }
}

/// Why a value does not lie where its description allows it; `None` when it does. Values and bounds are text: bounds that
/// are no numbers cannot be compared and bind nothing.
pub(super) fn fits(value: &str, description: &ResultDescription) -> Option<Problem> {
    if !description.allowed_values.is_empty() {
        let allowed = description.allowed_values.iter().any(|one| one == value);
        return (!allowed).then(|| Problem::NotAllowed(value.to_owned()));
    }
    let bound = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let (least, most) = (bound(&description.value_min), bound(&description.value_max));
    if least.is_none() && most.is_none() {
        return None;
    }
    let lies_within = value
        .trim()
        .parse::<f64>()
        .is_ok_and(|value| least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most));
    (!lies_within).then(|| Problem::OutOfRange(value.to_owned()))
}
