//! What no schema can check of a result description and its levels: values in their range, levels in their order.
//!
//! Each fault is told with the name of the field it is about, so that a form can show it there.

use super::{Level, ResultDescription};
use crate::values::{Line, ResultType};

/// Faults as they are shown: the field, and a sentence.
pub type Faults = Vec<(&'static str, String)>;

/// The result types whose values are numbers.
pub const NUMERIC: &[&str] =
    &["GradePointAverage", "Percent", "PredictedScore", "RawScore", "RubricScore", "ScaledScore"];

/// Whether values of this type are numbers.
pub fn is_numeric(kind: &ResultType) -> bool {
    NUMERIC.contains(&kind.as_str())
}

/// A value as a number; points, bounds and values travel as text.
pub fn number(line: &Line) -> Option<f64> {
    line.as_str().parse().ok().filter(|number: &f64| number.is_finite())
}

/// What is wrong with a description that has these levels.
pub fn of_description(one: &ResultDescription, levels: &[Level]) -> Faults {
    let mut faults = Faults::new();
    bounds(one, &mut faults);
    required_value(one, &mut faults);
    let allowed = one.allowed_values.get();
    let repeated = (1..).zip(allowed).find(|(next, value)| allowed.iter().skip(*next).any(|other| other == *value));
    if let Some((_, value)) = repeated {
        faults.push(("allowed_values", format!("“{value}” stands there twice")));
    }
    if let Some(required) = &one.required_level_id
        && !levels.iter().any(|level| level.id == *required)
    {
        faults.push(("required_level", "Choose one of the levels of this result description".to_owned()));
    }
    faults
}

fn bounds(one: &ResultDescription, faults: &mut Faults) {
    for (field, bound) in [("value_min", &one.value_min), ("value_max", &one.value_max)] {
        if let Some(bound) = bound
            && is_numeric(&one.result_type)
            && number(bound).is_none()
        {
            faults.push((field, format!("Enter a number, as for every {}", one.result_type.shown().to_lowercase())));
        }
    }
    if let (Some(least), Some(most)) = (&one.value_min, &one.value_max)
        && let (Some(least), Some(most)) = (place(one, least), place(one, most))
        && least > most
    {
        faults.push(("value_max", "The largest value cannot be below the smallest".to_owned()));
    }
}

/// Where a value stands on the scale: among the allowed values, or as a number.
fn place(one: &ResultDescription, value: &Line) -> Option<f64> {
    let allowed = one.allowed_values.get();
    let at = allowed.iter().position(|allowed| allowed == value.as_str());
    at.map(|at| at as f64).or_else(|| number(value).filter(|_| allowed.is_empty()))
}

fn required_value(one: &ResultDescription, faults: &mut Faults) {
    let Some(required) = &one.required_value else { return };
    let allowed = one.allowed_values.get();
    if !allowed.is_empty() && !allowed.iter().any(|value| value == required.as_str()) {
        faults.push(("required_value", format!("Enter one of the allowed values: {}", allowed.join(", "))));
        return;
    }
    let numbers = [&one.value_min, &one.value_max].map(|bound| bound.as_ref().and_then(number));
    if allowed.is_empty()
        && number(required).is_none()
        && (is_numeric(&one.result_type) || numbers.iter().any(Option::is_some))
    {
        faults.push(("required_value", "Enter a number".to_owned()));
        return;
    }
    let Some(at) = place(one, required) else { return };
    let bound = |bound: &Option<Line>| bound.as_ref().and_then(|bound| place(one, bound));
    if bound(&one.value_min).is_some_and(|least| at < least) || bound(&one.value_max).is_some_and(|most| at > most) {
        faults.push(("required_value", "Enter a value between the smallest and the largest".to_owned()));
    }
}

/// Why levels do not stand low to high: points of one that are fewer than those of one before it.
pub fn of_order(levels: &[Level]) -> Option<String> {
    let mut highest: Option<(&Level, f64)> = None;
    for level in levels {
        let Some(points) = level.points.as_ref().and_then(number) else { continue };
        match highest {
            Some((before, most)) if points < most => {
                return Some(format!(
                    "Levels stand low to high: “{}” has fewer points than “{}” before it",
                    level.name, before.name
                ));
            }
            _ => highest = Some((level, points)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Id, Json, Name};
    use proptest::prelude::*;

    fn described(kind: &str) -> ResultDescription {
        ResultDescription::new(Id::fresh(), Name::parse("Grade").unwrap(), ResultType::parse(kind).unwrap(), 0)
    }

    fn line(text: &str) -> Option<Line> {
        Line::parse(text).ok()
    }

    fn fields(faults: &Faults) -> Vec<&'static str> {
        faults.iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn letters_are_ranked_by_their_place_and_not_by_their_name() {
        let mut grade = described("LetterGrade");
        grade.allowed_values = Json::new(["F", "C", "B", "A"].map(str::to_owned).to_vec());
        (grade.value_min, grade.value_max, grade.required_value) = (line("F"), line("A"), line("C"));
        assert!(of_description(&grade, &[]).is_empty());
        (grade.value_min, grade.value_max) = (line("A"), line("F"));
        assert!(fields(&of_description(&grade, &[])).contains(&"value_max"));
        grade.required_value = line("D");
        assert!(fields(&of_description(&grade, &[])).contains(&"required_value"));
    }

    #[test]
    fn a_required_level_is_one_of_its_own() {
        let mut criterion = described("RubricCriterion");
        let level = Level::new(criterion.id.clone(), Name::parse("Proficient").unwrap(), 0);
        criterion.required_level_id = Some(level.id.clone());
        assert!(of_description(&criterion, &[level]).is_empty());
        assert_eq!(fields(&of_description(&criterion, &[])), ["required_level"]);
    }

    proptest! {
        #[test]
        fn a_numeric_range_holds_exactly_what_lies_in_it(least in -50i32..50, most in -50i32..50, required in -50i32..50) {
            let mut percent = described("Percent");
            percent.value_min = line(&least.to_string());
            percent.value_max = line(&format!("{most}.0"));
            percent.required_value = line(&required.to_string());
            let faults = of_description(&percent, &[]);
            prop_assert_eq!(fields(&faults).contains(&"value_max"), least > most);
            prop_assert_eq!(fields(&faults).contains(&"required_value"), required < least || required > most);
        }

        #[test]
        fn levels_are_in_order_exactly_when_their_points_never_fall(points in proptest::collection::vec(0u8..9, 0..6)) {
            let of = Id::fresh();
            let levels: Vec<Level> = (0..).zip(&points).map(|(place, points)| {
                let mut level = Level::new(of.clone(), Name::parse("Level").unwrap(), place);
                level.points = line(&format!("{points}.50"));
                level
            }).collect();
            prop_assert_eq!(of_order(&levels).is_none(), points.is_sorted());
        }
    }
}
