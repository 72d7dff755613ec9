//! A record that holds has no finding; each mistake that is put into one gives exactly its finding.

use proptest::prelude::*;

use super::{Class, Problem, check};
use crate::clr::v1::{record_clr, samples, wire};

/// A record in which every kind of mistake can be made: result descriptions of all sorts, two related achievements.
fn whole() -> wire::Clr {
    let record = serde_json::json!({
        "id": "urn:x:clr", "issuedOn": "2026-01-01T00:00:00Z", "name": "Record",
        "learner": {"id": "urn:x:ann", "studentId": "7"}, "publisher": {"id": "urn:x:us"},
        "assertions": [{
            "id": "urn:x:assertion", "issuedOn": "2026-01-01T00:00:00Z",
            "recipient": {"type": "id", "identity": "urn:x:ann", "hashed": false},
            "achievement": {
                "id": "urn:x:badge", "name": "Badge", "issuer": {"id": "urn:x:us"},
                "associations": [{"associationType": "isPartOf", "targetId": "urn:x:degree", "title": "Degree"}],
                "resultDescriptions": [
                    {"id": "urn:x:grade", "name": "Grade", "resultType": "LetterGrade", "allowedValues": ["C", "B", "A"],
                     "requiredValue": "C"},
                    {"id": "urn:x:score", "name": "Score", "resultType": "RawScore", "valueMin": "0", "valueMax": "100"},
                    {"id": "urn:x:state", "name": "State", "resultType": "Status"},
                    {"id": "urn:x:essay", "name": "Essay", "resultType": "RubricCriterionLevel", "requiredLevel": "urn:x:l1",
                     "rubricCriterionLevels": [{"id": "urn:x:l1", "name": "Fair", "points": "1"},
                                               {"id": "urn:x:l2", "name": "Good", "points": "2"}]}
                ]
            },
            "results": [
                {"id": "urn:x:r1", "resultDescription": "urn:x:grade", "value": "B"},
                {"id": "urn:x:r2", "resultDescription": "urn:x:score", "value": "99.5"},
                {"id": "urn:x:r3", "resultDescription": "urn:x:state", "status": "Completed"},
                {"id": "urn:x:r4", "resultDescription": "urn:x:essay", "achievedLevel": "urn:x:l2"}
            ]
        }],
        "achievements": [{"id": "urn:x:degree", "name": "Degree", "issuer": {"id": "urn:x:us"}}]
    });
    let mut whole: wire::Clr = serde_json::from_value(record).unwrap();
    whole.achievements.push(whole.assertions[0].achievement.clone().unwrap());
    whole
}

fn defined(clr: &mut wire::Clr, change: impl Fn(&mut wire::Achievement)) {
    change(clr.assertions[0].achievement.as_mut().unwrap());
    change(&mut clr.achievements[1]);
}

type Mistake = (fn(&mut wire::Clr), Class, &'static str, &'static str, &'static str, Problem);

/// What is done to the record, and what is found: class, id, property, place, problem.
const MISTAKES: &[fn() -> Mistake] = &[
    || {
        let problem = Problem::NoSuchResultDescription("urn:x:nowhere".to_owned());
        let mistake: fn(&mut wire::Clr) =
            |clr| clr.assertions[0].results[0].result_description = "urn:x:nowhere".to_owned();
        (mistake, Class::Result, "urn:x:r1", "resultDescription", "/assertions/0/results/0", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].results[0].value = Some("b".to_owned());
        (mistake, Class::Result, "urn:x:r1", "value", "/assertions/0/results/0", Problem::NotAllowed("b".to_owned()))
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].results[1].value = Some("100.1".to_owned());
        let problem = Problem::OutOfRange("100.1".to_owned());
        (mistake, Class::Result, "urn:x:r2", "value", "/assertions/0/results/1", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].results[1].value = Some("many".to_owned());
        let problem = Problem::OutOfRange("many".to_owned());
        (mistake, Class::Result, "urn:x:r2", "value", "/assertions/0/results/1", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].results[2].status = None;
        (mistake, Class::Result, "urn:x:r3", "status", "/assertions/0/results/2", Problem::StatusMissing)
    },
    || {
        let mistake: fn(&mut wire::Clr) =
            |clr| clr.assertions[0].results[3].achieved_level = Some("urn:x:l3".to_owned());
        let problem = Problem::NoSuchLevel("urn:x:l3".to_owned());
        (mistake, Class::Result, "urn:x:r4", "achievedLevel", "/assertions/0/results/3", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) =
            |clr| defined(clr, |one| one.result_descriptions[3].required_level = Some("urn:x:l9".to_owned()));
        let place = "/achievements/1/resultDescriptions/3";
        let problem = Problem::NoSuchLevel("urn:x:l9".to_owned());
        (mistake, Class::ResultDescription, "urn:x:essay", "requiredLevel", place, problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) =
            |clr| defined(clr, |one| one.result_descriptions[3].rubric_criterion_levels.reverse());
        let place = "/achievements/1/resultDescriptions/3";
        (mistake, Class::ResultDescription, "urn:x:essay", "rubricCriterionLevels", place, Problem::LevelsNotRising)
    },
    || {
        let mistake: fn(&mut wire::Clr) =
            |clr| defined(clr, |one| one.result_descriptions[0].required_value = Some("D".to_owned()));
        let place = "/achievements/1/resultDescriptions/0";
        (mistake, Class::ResultDescription, "urn:x:grade", "requiredValue", place, Problem::NotAllowed("D".to_owned()))
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| {
            defined(clr, |one| one.result_descriptions[1].value_min = Some("200".to_owned()));
            clr.assertions[0].results.remove(1);
        };
        let place = "/achievements/1/resultDescriptions/1";
        (mistake, Class::ResultDescription, "urn:x:score", "valueMin", place, Problem::RangeReversed)
    },
    || {
        let mistake: fn(&mut wire::Clr) =
            |clr| defined(clr, |one| one.associations[0].target_id = "the degree".to_owned());
        let problem = Problem::TargetUnknown("the degree".to_owned());
        (mistake, Class::Association, "", "targetId", "/achievements/1/associations/0", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].recipient.as_mut().unwrap().identity.push('x');
        let problem = Problem::RecipientNotTheLearner;
        (mistake, Class::Assertion, "urn:x:assertion", "recipient", "/assertions/0", problem)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.assertions[0].recipient = None;
        (mistake, Class::Assertion, "urn:x:assertion", "recipient", "/assertions/0", Problem::RecipientMissing)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| clr.achievements[1].level = Some("Other".to_owned());
        (mistake, Class::Achievement, "urn:x:badge", "level", "/achievements/1", Problem::CopiesDiffer)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| {
            let again = clr.assertions[0].clone();
            clr.assertions.push(again);
        };
        (mistake, Class::Assertion, "urn:x:assertion", "id", "/assertions/1", Problem::Twice)
    },
    || {
        let mistake: fn(&mut wire::Clr) = |clr| {
            let claim = wire::EndorsementClaim { id: "urn:x:other".to_owned(), ..Default::default() };
            let endorsement = wire::Endorsement { id: "urn:x:e".to_owned(), claim, ..Default::default() };
            clr.assertions[0].endorsements.push(endorsement);
        };
        let problem = Problem::EndorsesAnother("urn:x:other".to_owned());
        (mistake, Class::Endorsement, "urn:x:e", "claim", "/assertions/0/endorsements/0", problem)
    },
];

#[test]
fn each_mistake_gives_exactly_its_finding() {
    assert_eq!(check(&whole()), Vec::new());
    for mistake in MISTAKES {
        let (make, class, id, property, place, problem) = mistake();
        let mut clr = whole();
        make(&mut clr);
        let found = check(&clr);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.class, one.id.as_str(), one.property.as_str(), one.place.as_str(), one.problem.clone()))
            .collect();
        assert_eq!(told, [(class, id, property, place, problem)]);
        let sentence = found[0].to_string();
        assert!(sentence.contains(&found[0].label) && sentence.contains(property), "{sentence}");
    }
}

#[test]
fn a_recipient_may_be_named_by_any_member_in_clear_or_hashed() {
    let identity = |kind: &str, identity: &str, salt: Option<&str>| wire::Identity {
        r#type: kind.to_owned(),
        identity: identity.to_owned(),
        hashed: Some(identity.contains('$')),
        salt: salt.map(str::to_owned),
        ..Default::default()
    };
    // sha256("7") and sha256("7salt").
    let (bare, salted) = (
        "sha256$7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451",
        "sha256$73B3BD4DE547BB7A98614581043F0DE258D4493FE90A3542DB139F43F94AAC44",
    );
    for (one, holds) in [
        (identity("studentId", "7", None), true),
        (identity("studentId", "8", None), false),
        (identity("studentId", bare, None), true),
        (identity("studentId", bare, Some("salt")), false),
        (identity("studentId", salted, Some("salt")), true),
        (identity("studentId", salted, None), false),
        (identity("studentId", "md5$whatever", None), true),
        (identity("email", "ann@example.edu", None), false),
        (identity("shoeSize", "7", None), false),
    ] {
        let mut clr = whole();
        clr.assertions[0].recipient = Some(one.clone());
        assert_eq!(check(&clr).is_empty(), holds, "{one:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_that_holds_has_no_finding(record in samples::record()) {
        prop_assert_eq!(check(&record_clr(&record)), Vec::new());
    }

    #[test]
    fn a_result_that_points_nowhere_is_found_in_any_record(record in samples::record(), nth in any::<prop::sample::Index>()) {
        let mut clr = record_clr(&record);
        let results: Vec<(usize, usize)> = clr.assertions.iter().enumerate()
            .flat_map(|(at, one)| (0..one.results.len()).map(move |result| (at, result))).collect();
        prop_assume!(!results.is_empty());
        let (assertion, result) = *nth.get(&results);
        clr.assertions[assertion].results[result].result_description = "nowhere".to_owned();
        let found = check(&clr);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].place, &format!("/assertions/{assertion}/results/{result}"));
        prop_assert_eq!(&found[0].problem, &Problem::NoSuchResultDescription("nowhere".to_owned()));
    }
}
