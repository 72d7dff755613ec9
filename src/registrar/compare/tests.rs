use proptest::{collection::vec, option, prelude::*, sample::Index};
use serde_json::{Value, json};

use super::*;

fn words() -> impl Strategy<Value = String> {
    vec("[a-eé]{1,4}", 1..8).prop_map(|words| words.join(" "))
}

fn alignment() -> impl Strategy<Value = Value> {
    (words(), 0..4u8, option::of(words())).prop_map(|(name, node, text)| {
        json!({"target_name": name, "target_url": format!("https://node/{node}"), "target_description": text})
    })
}

fn described() -> impl Strategy<Value = Value> {
    let level = (words(), 0..4u8, option::of(words()), vec(alignment(), 0..2)).prop_map(|(name, id, text, alignments)| {
        json!({"id": format!("urn:l{id}"), "name": name, "description": text, "alignments": alignments})
    });
    (words(), 0..4u8, option::of(words()), vec(level, 0..4)).prop_map(|(name, id, rubric, levels)| {
        json!({"id": format!("urn:d{id}"), "name": name, "result_type": "RubricCriterion", "rubric": rubric, "levels": levels})
    })
}

prop_compose! {
    fn achievement()(
        name in words(),
        criteria in option::of(words()),
        tags in vec(words(), 0..3),
        descriptions in vec(described(), 0..4),
        alignments in vec(alignment(), 0..3),
    ) -> IssuedAchievement {
        serde_json::from_value(json!({
            "id": "urn:a", "achievement_type": "Award", "name": name, "criteria": criteria, "tags": tags,
            "issuer": {"id": "urn:o", "name": "Office"}, "result_descriptions": descriptions, "alignments": alignments,
        }))
        .unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_the_same_differs_in_nothing(one in achievement()) {
        prop_assert!(Comparison::of(&one, &one.clone()).is_empty());
    }

    #[test]
    fn what_is_not_the_same_differs_in_something(one in achievement(), other in achievement()) {
        prop_assert_eq!(Comparison::of(&one, &other).is_empty(), one == other);
    }

    #[test]
    fn the_order_of_parts_is_told_and_nothing_else(one in achievement(), at in any::<Index>()) {
        let mut turned = one.clone();
        let parts = &mut turned.result_descriptions;
        let mut ids: Vec<String> = parts.iter().map(|part| part.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assume!(parts.len() > 1 && ids.len() == parts.len());
        let turn = 1 + at.index(parts.len() - 1);
        parts.rotate_left(turn);
        let told = Comparison::of(&one, &turned);
        prop_assert!(told.parts.is_empty());
        prop_assert_eq!(told.facts.iter().map(|fact| fact.label).collect::<Vec<_>>(), ["Order of results"]);
    }

    #[test]
    fn marks_hold_both_texts_whole(old in words(), new in words()) {
        let (mut before, mut after) = (String::new(), String::new());
        for mark in marks(&old, &new) {
            match mark {
                Mark::Same(text) => { before.push_str(&text); after.push_str(&text); }
                Mark::Removed(text) => before.push_str(&text),
                Mark::Added(text) => after.push_str(&text),
            }
        }
        prop_assert_eq!((before, after), (old, new));
    }
}

/// An achievement in which every member says something.
fn whole() -> Value {
    let alignment = json!({
        "target_name": "Node", "target_url": "https://node/1", "target_code": "N1", "target_description": "About",
        "target_framework": "Frame", "target_type": "CFItem",
    });
    let level = json!({
        "id": "urn:l", "name": "Low", "description": "Barely", "level": "1", "points": "2", "alignments": [alignment],
    });
    json!({
        "id": "urn:a", "version": 1, "achievement_type": "Award", "name": "Award", "title": "The Award", "code": "A-1",
        "description": "For work", "criteria": "Work", "criteria_url": "https://a.edu/c", "credits_available": 3.0,
        "field_of_study": "Work", "level": "First", "specialization": "Hard", "image": "https://a.edu/i",
        "tags": ["one"], "extensions": {"x:y": "z"},
        "issuer": {
            "id": "urn:o", "name": "Office", "url": "https://o.edu", "telephone": "1", "email": "o@o.edu",
            "description": "An office", "image": "https://o.edu/i", "official": "Dana",
            "address": {
                "street": "s", "post_office_box": "p", "locality": "l", "region": "r", "postal_code": "c", "country": "n",
            },
            "parent": {"id": "urn:u", "name": "University"},
        },
        "result_descriptions": [{
            "id": "urn:d", "name": "Talk", "result_type": "RubricCriterion", "rubric": "Speaking",
            "allowed_values": ["1"], "required_value": "1", "required_level": "urn:l", "value_min": "0",
            "value_max": "4", "levels": [level], "alignments": [alignment],
        }],
        "alignments": [alignment],
        "associations": [{"association_type": "precedes", "target_id": "urn:b", "title": "Next"}],
    })
}

/// The places of all single values in a document.
fn leaves(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, own)| leaves(own, format!("{place}/{name}"), found)),
        Value::Array(members) => {
            members.iter().enumerate().for_each(|(at, own)| leaves(own, format!("{place}/{at}"), found));
        }
        _ => found.push(place),
    }
}

/// Every fact that a comparison names, with the parts it is in.
fn named(facts: &[Fact], parts: &[Part]) -> usize {
    facts.len() + parts.iter().map(|part| named(&part.facts, &part.parts)).sum::<usize>()
}

#[test]
fn a_change_of_any_member_is_named() {
    let before: IssuedAchievement = serde_json::from_value(whole()).unwrap();
    let mut places = Vec::new();
    leaves(&whole(), String::new(), &mut places);
    assert!(places.len() > 50, "only {} members", places.len());
    for place in places.iter().filter(|place| *place != "/version") {
        let mut changed = whole();
        let leaf = changed.pointer_mut(place).unwrap();
        *leaf = match place.rsplit('/').next().unwrap() {
            "credits_available" => json!(4.5),
            "association_type" => json!("isPartOf"),
            "achievement_type" | "result_type" => json!("ext:Other"),
            _ => json!(format!("{} more", leaf.as_str().unwrap())),
        };
        let after: IssuedAchievement = serde_json::from_value(changed).unwrap();
        let told = Comparison::of(&before, &after);
        assert!(named(&told.facts, &told.parts) > 0, "a change of {place} is not named");
    }
}

#[test]
fn a_part_is_matched_by_its_id_and_not_by_its_place() {
    let before: IssuedAchievement = serde_json::from_value(whole()).unwrap();
    let mut after = before.clone();
    let mut first = after.result_descriptions[0].clone();
    first.id = "urn:new".to_owned();
    first.name = "Brand new".to_owned();
    after.result_descriptions.insert(0, first);
    after.result_descriptions[1].levels[0].points = Some("3".to_owned());
    let told = Comparison::of(&before, &after);
    let fates: Vec<_> = told.parts.iter().map(|part| (part.name.as_str(), part.fate)).collect();
    assert_eq!(fates, [("Brand new", Fate::Added), ("Talk", Fate::Changed)]);
    let level = &told.parts[1].parts[0];
    assert_eq!((level.kind, level.facts[0].label), ("Level", "Points"));
    assert_eq!(level.facts[0].marks, [Mark::Removed("2".to_owned()), Mark::Added("3".to_owned())]);
}

#[test]
fn words_are_marked_one_by_one_where_the_texts_are_alike() {
    let told = marks("Present at the spring symposium.", "Present twice at the autumn symposium.");
    let (same, added, removed) = (
        |t: &str| Mark::Same(t.to_owned()),
        |t: &str| Mark::Added(t.to_owned()),
        |t: &str| Mark::Removed(t.to_owned()),
    );
    assert_eq!(
        told,
        [same("Present "), added("twice "), same("at the "), removed("spring"), added("autumn"), same(" symposium.")]
    );
    assert_eq!(marks("A badge", "Something else"), [removed("A badge"), added("Something else")]);
}
