//! Exports against the official schema and our strict one, reading back, privacy, and the Hoosier record.
//! The schemas lie beside the repository and are never part of it; where they are absent, the test says so.

use std::sync::LazyLock;

use chrono::{TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::hoosier::hoosier;
use super::samples;
use super::wire::{Clr, Document};
use crate::models::record::{Record, Standing};
use crate::values::{CeDiD, Status};

fn third_party(path: &str) -> Option<Value> {
    let path = format!("{}/../shared/{path}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(_) => {
            #[allow(clippy::print_stdout)]
            {
                println!("skipped: {path} is not there");
            }
            None
        }
    }
}

fn schema(path: &str) -> Option<jsonschema::Validator> {
    let schema = third_party(path)?;
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

/// The official final schema of `getClr`, and our own with the rules that the standard says in prose only.
static SCHEMAS: LazyLock<Vec<jsonschema::Validator>> = LazyLock::new(|| {
    [
        "json-schema/final-2021-01/clrv1p0-getclr-200-responsepayload-schemav2p0.json",
        "derived/clr_v1p0.strict.schema.json",
    ]
    .iter()
    .filter_map(|path| schema(&format!("standards/clr1/{path}")))
    .collect()
});

fn faults(document: &Value) -> Vec<String> {
    SCHEMAS
        .iter()
        .flat_map(|schema| {
            schema.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect::<Vec<_>>()
        })
        .collect()
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Every name and every text, number and truth value of a document.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            leaves(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    if SCHEMAS.is_empty() {
        return;
    }
    let mut document = read(&super::credential(&hoosier()));
    assert_eq!(faults(&document), Vec::<String>::new());
    document["issuedOn"] = json!("2020-03-12T13:12:45+0000");
    document["publisher"]["url"] = json!("https://a b");
    document["publisher"]["typeLabel"] = json!("x");
    assert_eq!(faults(&document).len(), 5, "{:?}", faults(&document));
}

#[test]
fn the_kitchen_sink_is_read_and_written_without_loss() {
    let Some(document) = third_party("standards/clr1/derived/kitchen-sink-clr.json") else { return };
    let parsed: Document<Clr> = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(serde_json::to_value(&parsed).unwrap(), document);
    assert!(parsed.body.extensions.is_empty() && parsed.body.publisher.extensions.is_empty());
    assert_eq!(super::checks::check(&parsed.body), Vec::new());
}

#[test]
fn real_records_of_others_are_read() {
    for example in ["CLRdemo1", "CLRdemo3", "infotekka-sample-clr", "wallet-nd-clr-transcript"] {
        let Some(document) = third_party(&format!("standards/clr1/examples/{example}.json")) else { return };
        let parsed: Clr = serde_json::from_value(document).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert!(!parsed.id.is_empty() && !parsed.assertions.is_empty(), "{example}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_credential_is_without_fault_and_reads_back_the_same(award in samples::award()) {
        let bytes = super::credential(&award);
        let document = read(&bytes);
        prop_assert_eq!(faults(&document), Vec::<String>::new());
        let parsed: Document<Clr> = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(super::bytes(&parsed), bytes);
        prop_assert_eq!(&parsed.body, &super::credential_clr(&award));
        prop_assert_eq!(parsed.body.assertions.len(), 1 + award.issued.events.len());
        let taken_back = award.standing.status != Status::InForce;
        for assertion in &parsed.body.assertions {
            prop_assert_eq!(assertion.revoked, taken_back.then_some(true));
            prop_assert_eq!(assertion.revocation_reason.is_some(), taken_back);
        }
    }

    #[test]
    fn every_record_is_without_fault(record in samples::record()) {
        let document = read(&super::record(&record));
        prop_assert_eq!(faults(&document), Vec::<String>::new());
        prop_assert_eq!(&document["partial"], &json!(record.partial));
        prop_assert_eq!(super::record(&record), super::record(&record.clone()));
    }

    #[test]
    fn a_published_record_says_so_and_its_pathway_copies_what_was_awarded(record in samples::record()) {
        let document = read(&super::record(&record));
        let Some(publication) = &record.publication else {
            prop_assert!(document.get("achievements").is_none() && document.get("revoked").is_none());
            prop_assert!(document["learner"].get("testamur:number").is_none());
            return Ok(());
        };
        prop_assert_eq!(&document["learner"]["testamur:cedid"], &json!(publication.cedid.to_string()));
        prop_assert_eq!(&document["learner"]["testamur:number"], &json!(publication.number.to_string()));
        let is_revoked = publication.standing.status != Status::InForce;
        prop_assert_eq!(document.get("revoked"), is_revoked.then_some(&json!(true)));
        let parsed = super::record_clr(&record);
        for achievement in parsed.assertions.iter().filter_map(|one| one.achievement.as_ref()) {
            for copy in parsed.achievements.iter().filter(|one| one.id == achievement.id) {
                prop_assert_eq!(copy, achievement);
            }
        }
        for id in &record.withdrawn {
            let stub = parsed.assertions.iter().find(|one| one.id == *id).unwrap();
            let wanted = json!({"id": id, "type": "Assertion", "revoked": true});
            prop_assert_eq!(serde_json::to_value(stub).unwrap(), wanted);
        }
    }

    #[test]
    fn what_a_records_code_opens_is_without_fault_and_tells_no_award_and_nothing_private(record in samples::record()) {
        let Some(cover) = samples::cover(&record) else { return Ok(()) };
        let document = read(&super::cover(&cover));
        prop_assert_eq!(faults(&document), Vec::<String>::new());
        prop_assert_eq!(super::checks::check(&super::cover_clr(&cover)), Vec::new());
        prop_assert_eq!(&document["partial"], &json!(true));
        for member in ["assertions", "achievements", "endorsements", "signedAssertions", "name"] {
            prop_assert!(document.get(member).is_none(), "{} is told", member);
        }
        let mut opened = Vec::new();
        leaves(&document, &mut opened);
        for private in samples::PRIVATE {
            prop_assert!(!opened.iter().any(|leaf| leaf.contains(private)), "{} is told", private);
        }
        for award in &record.awards {
            let (code, id) = (award.issued.assertion.cedid.to_string(), &award.issued.achievement.id);
            prop_assert!(!opened.contains(&code) && !opened.contains(id), "an award is told");
        }
    }

    #[test]
    fn a_credential_tells_nothing_private_and_a_record_everything(record in samples::record()) {
        let mut whole = Vec::new();
        leaves(&read(&super::record(&record)), &mut whole);
        for private in samples::PRIVATE {
            prop_assert!(whole.iter().any(|leaf| leaf == private), "the record lacks {}", private);
        }
        for (place, award) in record.awards.iter().enumerate() {
            let document = read(&super::credential(award));
            let mut opened = Vec::new();
            leaves(&document, &mut opened);
            for private in samples::PRIVATE {
                prop_assert!(!opened.iter().any(|leaf| leaf.contains(private)), "{} is told", private);
            }
            for (_, other) in record.awards.iter().enumerate().filter(|(other, _)| *other != place) {
                let code = other.issued.assertion.cedid.to_string();
                prop_assert!(!opened.contains(&code), "another award is told");
            }
            let allowed = ["id", "type", "name", "givenName", "additionalName", "familyName"];
            for member in document["learner"].as_object().unwrap().keys() {
                prop_assert!(allowed.contains(&member.as_str()), "{} of the learner is told", member);
            }
            prop_assert_eq!(document["assertions"][0]["recipient"].as_object().unwrap().len(), 3);
        }
    }
}

#[test]
fn the_hoosier_credential_says_what_the_university_showed() {
    let document = read(&super::credential(&hoosier()));
    assert_eq!(document["@context"], super::CONTEXT);
    assert_eq!(document["type"], "Clr");
    assert_eq!(document["id"], "https://clr.example.edu/ims/clr/v1p0/clrs/cdbc8423-f010-4a28-84cb-dad933798db8");
    assert_eq!(document["issuedOn"], "2020-03-12T13:12:45Z");
    assert_eq!(document["partial"], true);
    assert_eq!(
        document["learner"],
        json!({"id": "urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55", "type": "Profile", "name": "Allison Fake Student",
               "givenName": "Allison", "additionalName": "Fake", "familyName": "Student"})
    );
    assert_eq!(document["publisher"]["name"], "Office of the Registrar Indiana University Bloomington");
    assert_eq!(document["publisher"]["address"]["streetAddress"], "408 N. Union St.");
    let award = &document["assertions"][0];
    assert_eq!(award["testamur:cedid"], "19FD-D80S-A9TU");
    assert_eq!(award["licenseNumber"], "19FD-D80S-A9TU");
    assert_eq!(award["testamur:conferralDate"], "2019-11-07");
    assert_eq!(award["recipient"]["identity"], document["learner"]["id"]);
    assert_eq!(award["recipient"]["hashed"], false);
    assert_eq!(award["achievement"]["achievementType"], "Award");
    assert_eq!(award["achievement"]["testamur:title"], "First-Year Hoosier Experience Achievement Award");
    assert_eq!(award["achievement"]["issuer"]["name"], "Office of Enrollment Management");
    assert_eq!(award["achievement"].get("associations"), None);
    assert_eq!(award["results"][0]["resultDescription"], award["achievement"]["resultDescriptions"][0]["id"]);
    assert_eq!(award["results"][0]["value"], "Awarded");
    assert_eq!(award.get("verification"), None);
    let event = &document["assertions"][6];
    assert_eq!(event["achievement"]["name"], "Sex, Drugs, and Rock'n'Roll");
    assert_eq!(event["achievement"]["achievementType"], "ext:Event");
    assert_eq!(event["achievement"]["associations"][0]["targetId"], award["achievement"]["id"]);
    assert_eq!(event["achievement"]["tags"], json!(["Equity & Inclusion"]));
    assert_eq!(event["achievement"]["testamur:areas"], json!(["Equity & Inclusion"]));
    assert_eq!(event["activityStartDate"], "2019-09-06T18:00:00Z");
    assert_eq!(event.get("testamur:cedid"), None);
    assert_eq!(event.get("licenseNumber"), None);
}

#[test]
fn how_an_award_stands_shows_on_it_and_on_its_events() {
    let since = Utc.with_ymd_and_hms(2026, 11, 23, 8, 55, 0).unwrap();
    let newest = CeDiD::parse("7K3M-9Q2X-HTDA").unwrap();
    let reason = || Some("The name was misspelt.".to_owned());
    for (status, reason, expected) in [
        (Status::InForce, reason(), None),
        (Status::Revoked, reason(), Some("The name was misspelt.")),
        (Status::Revoked, None, Some("Revoked by the publisher")),
        (Status::Replaced, reason(), Some("Replaced by 7K3M-9Q2X-HTDA: The name was misspelt.")),
        (Status::Replaced, None, Some("Replaced by 7K3M-9Q2X-HTDA")),
        (Status::Suspended, reason(), Some("Suspended since 2026-11-23: The name was misspelt.")),
        (Status::Suspended, None, Some("Suspended since 2026-11-23")),
    ] {
        let mut award = hoosier();
        award.standing =
            Standing { status, since: Some(since), reason, replaced_by: Some(newest.clone()), ..award.standing };
        let document = read(&super::credential(&award));
        assert_eq!(document["issuedOn"], "2026-11-23T08:55:00Z");
        for assertion in document["assertions"].as_array().unwrap() {
            assert_eq!(assertion.get("revoked"), expected.map(|_| &json!(true)));
            assert_eq!(assertion.get("revocationReason").and_then(Value::as_str), expected);
            assert_eq!(assertion["issuedOn"], "2020-03-12T13:12:45Z");
        }
        let told = document["assertions"][0].get("testamur:replacedBy").is_some();
        assert_eq!(told, status == Status::Replaced);
    }
}

#[test]
fn a_record_marks_each_award_for_itself() {
    let (good, mut bad) = (hoosier(), hoosier());
    bad.standing.status = Status::Revoked;
    let record = Record {
        id: "https://clr.example.edu/ims/clr/v1p0/clrs/63b4a04c-2d4d-42be-83c3-fd2c53a929f8".to_owned(),
        learner: samples::learner(good.issued.holder.clone()),
        publisher: good.issued.publisher.clone(),
        as_of: good.issued.assertion.issued_on,
        awards: vec![good, bad],
        partial: false,
        name: None,
        pathway: Vec::new(),
        endorsements: Vec::new(),
        withdrawn: Vec::new(),
        taken_back: Vec::new(),
        publication: None,
    };
    let document = read(&super::record(&record));
    let revoked: Vec<bool> =
        document["assertions"].as_array().unwrap().iter().map(|assertion| assertion.get("revoked").is_some()).collect();
    assert_eq!(revoked, [[false; 7], [true; 7]].concat());
    assert_eq!(document["id"], record.id);
    assert_eq!(document["partial"], false);
    assert_eq!(document["learner"]["studentId"], "S-00112233");
    assert_eq!(document["learner"]["birthDate"], "1999-12-31");
}
