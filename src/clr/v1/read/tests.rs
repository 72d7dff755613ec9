//! What the reader makes of the standard's words, of real systems' files, and of files that were made to break it.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{JSON, JWS, MOST_BYTES, Reading, Shape, read};

#[allow(clippy::print_stdout)] // A test that cannot run says so.
fn shared(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/standards/clr1").join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        println!("skipped: ../shared/standards/clr1/{path} is not here");
    }
    bytes
}

fn small() -> Value {
    json!({
        "@context": "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld",
        "id": "https://else.example/clrs/1", "type": "Clr", "issuedOn": "2021-06-01T00:00:00Z",
        "learner": {"id": "urn:uuid:f9bd9da5-dff6-51a0-90dc-6778e8bca655", "name": "Zoë Student", "ndt:more": {"a": [1]}},
        "publisher": {"id": "https://else.example/", "name": "Else"},
        "assertions": [{
            "id": "https://else.example/assertions/1", "issuedOn": "2021-05-15T12:00:00-05:00",
            "recipient": {"type": "id", "identity": "urn:uuid:f9bd9da5-dff6-51a0-90dc-6778e8bca655", "hashed": false},
            "achievement": {
                "id": "https://else.example/achievements/1", "name": "One", "achievementType": "Course",
                "issuer": {"id": "https://else.example/"},
                "alignments": [{"targetName": "N", "targetUrl": "https://case.example/1"}],
                "resultDescriptions": [{"id": "urn:x:1", "name": "Grade", "resultType": "LetterGrade"}]
            },
            "results": [{"resultDescription": "urn:x:1", "value": "A"}]
        }]
    })
}

fn reading(value: &Value) -> Reading {
    read(value.to_string().as_bytes()).unwrap()
}

#[track_caller]
fn warned(reading: &Reading, place: &str, words: &str) {
    let found = reading.warnings.iter().any(|one| one.place == place && one.message.contains(words));
    assert!(found, "no warning at {place} says {words:?}: {:#?}", reading.warnings);
}

fn jws(payload: &Value) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({"alg": "RS256"})), part(payload))
}

#[test]
fn what_keeps_to_the_standard_is_read_without_a_warning_and_whole() {
    let document = small();
    let read = reading(&document);
    assert_eq!((read.shape, read.records.len(), read.warnings.as_slice()), (Shape::Clr, 1, [].as_slice()));
    let mut whole = document.clone();
    whole.as_object_mut().unwrap().remove("@context");
    assert_eq!(Value::Object(read.records[0].json.clone()), whole);
    assert_eq!(read.records[0].bytes, document.to_string().into_bytes());
    assert_eq!(serde_json::to_value(&read.records[0].clr).unwrap(), whole);
}

#[test]
fn the_kitchen_sink_is_read_without_losing_anything() {
    let Some(bytes) = shared("derived/kitchen-sink-clr.json") else { return };
    let read = read(&bytes).unwrap();
    let mut whole: Value = serde_json::from_slice(&bytes).unwrap();
    whole.as_object_mut().unwrap().remove("@context");
    assert_eq!(serde_json::to_value(&read.records[0].clr).unwrap(), whole);
    assert!(read.warnings.iter().all(|one| one.message.contains("signature is kept")), "{:#?}", read.warnings);
    assert_eq!(read.records[0].signed.len(), 1);
}

#[test]
fn every_shape_is_taken_and_a_record_keeps_exactly_its_bytes() {
    let one = small();
    let mut two = small();
    two["id"] = "https://else.example/clrs/2".into();
    let (first, second) = (one.to_string(), two.to_string());

    let set = format!(
        "{{\"@context\": \"x\", \"type\":\"ClrSet\", \"clrs\":[ {first} ,{second}], \"signedClrs\":[\"{}\"]}}",
        jws(&one)
    );
    let read_set = read(set.as_bytes()).unwrap();
    assert_eq!((read_set.shape, read_set.records.len(), read_set.duplicates), (Shape::ClrSet, 2, 1));
    assert_eq!(read_set.records[0].bytes, first.as_bytes());
    assert_eq!(read_set.records[1].bytes, second.as_bytes());
    warned(&read_set, "/signedClrs/0", "the same record as at /clrs/0");

    let signed = jws(&one);
    let read_signed = read(signed.as_bytes()).unwrap();
    assert_eq!((read_signed.shape, read_signed.records[0].media_type), (Shape::Signed, JWS));
    assert_eq!(read_signed.records[0].bytes, signed.as_bytes());
    warned(&read_signed, "/", "was not checked");

    let credential =
        json!({"type": ["VerifiableCredential"], "credentialSubject": {"id": "x", "clrs": [one]}, "proof": {}});
    let read_credential = reading(&credential);
    assert_eq!((read_credential.shape, read_credential.records[0].media_type), (Shape::Credential, JSON));
    assert_eq!(read_credential.records[0].bytes, credential.to_string().as_bytes());
    assert_eq!(read_credential.records[0].place, "/credentialSubject/clrs/0");

    let wrapped = jws(&json!({"vc": {"credentialSubject": one}}));
    assert_eq!(read(wrapped.as_bytes()).unwrap().records[0].place, "/vc/credentialSubject");
    let posted = reading(&json!({"@context": "x", "signedClr": jws(&one)}));
    assert_eq!((posted.records.len(), posted.records[0].media_type), (1, JWS));
    let list = reading(&json!([one, two]));
    assert_eq!((list.shape, list.records.len()), (Shape::List, 2));
}

#[test]
fn sloppiness_is_read_and_each_is_named_with_its_place() {
    let mut sloppy = small();
    sloppy.as_object_mut().unwrap().remove("@context");
    sloppy["achievements"] = Value::Null;
    sloppy["verification"] = "Signed".into();
    sloppy["partial"] = "true".into();
    sloppy["learner"]["birthdate"] = "2002-05-09T00:00:00".into();
    sloppy["publisher"]["id"] = "urn:uuid967906cd-ad51-43b4-bca3-f22cb896da24".into();
    sloppy["publisher"]["parentOrg"] = json!({"name": "District"});
    let one = &mut sloppy["assertions"][0];
    one["issuedOn"] = "2013-05-25T00:00:00".into();
    one["activityEndDate"] = "0001-01-01T00:00:00".into();
    one["endDate"] = "2031-05-15T00:00:00Z".into();
    one["tags"] = json!(["stray"]);
    one["recipient"] = json!({"type": "id", "identity": "urn:uuid:1"});
    one["creditsEarned"] = "3.5".into();
    one["achievement"]["achievementType"] = "AssessmentResult".into();
    one["achievement"]["alignments"][0]["educationalFramework"] = "F".into();
    one["results"][0]["value"] = 87.5.into();
    let read = reading(&sloppy);
    warned(&read, "/", "no “@context”");
    warned(&read, "/achievements", "null");
    warned(&read, "/verification", "is a text here");
    warned(&read, "/partial", "true or false");
    warned(&read, "/learner/birthdate", "birthDate");
    warned(&read, "/publisher/id", "urn:uuid:967906cd-ad51-43b4-bca3-f22cb896da24");
    warned(&read, "/publisher/parentOrg", "has no id");
    warned(&read, "/assertions/0/issuedOn", "UTC was assumed");
    warned(&read, "/assertions/0/activityEndDate", "no date");
    warned(&read, "/assertions/0/endDate", "read as “expires”");
    warned(&read, "/assertions/0/tags", "received:tags");
    warned(&read, "/assertions/0/recipient", "hashed");
    warned(&read, "/assertions/0/creditsEarned", "number");
    warned(&read, "/assertions/0/achievement/achievementType", "Assessment");
    warned(&read, "/assertions/0/achievement/alignments/0/educationalFramework", "targetFramework");
    let clr = &read.records[0].clr;
    let assertion = &clr.assertions[0];
    assert_eq!(clr.learner.birth_date.as_deref(), Some("2002-05-09"));
    assert_eq!(clr.verification.as_ref().map(|one| one.r#type.as_str()), Some("Signed"));
    assert_eq!(assertion.expires.as_deref(), Some("2031-05-15T00:00:00Z"));
    assert_eq!((assertion.credits_earned, assertion.activity_end_date.as_deref()), (Some(3.5), None));
    assert_eq!(assertion.results[0].value.as_deref(), Some("87.5"));
    assert_eq!(assertion.extensions["received:tags"], json!(["stray"]));
    // Reading it again gives the same ids: what was made is made of what was there.
    assert_eq!(reading(&sloppy).records[0].json, read.records[0].json);
}

#[test]
fn every_example_of_a_real_system_is_read() {
    for (file, records, assertions) in [
        ("examples/CLRdemo1.json", 1, 58),
        ("examples/CLRdemo3.json", 1, 42),
        ("examples/infotekka-sample-clr.json", 1, 65),
        ("examples/signedVC-ClrSet.json", 1, 66),
        ("examples/wallet-nd-clr-transcript.json", 1, 66),
        ("derived/indiana-corrected-clr.json", 1, 7),
    ] {
        let Some(bytes) = shared(file) else { return };
        let read = read(&bytes).unwrap();
        assert_eq!((read.records.len(), read.records[0].clr.assertions.len()), (records, assertions), "{file}");
        assert_eq!(read.records[0].bytes, bytes, "{file}");
    }
}

#[test]
fn what_is_no_record_is_refused_in_a_sentence() {
    for (file, words) in [
        ("", "empty"),
        ("   ", "empty"),
        ("{", "line 1"),
        ("{}", "This is not a CLR"),
        ("[{}]", "What stands at /0 is not a CLR"),
        ("[]", "list is empty"),
        ("12", "not a CLR"),
        ("\"eyJ.eyJ.x\"", "not a CLR"),
        (r#"{"clrs": []}"#, "no record"),
        (r#"{"assertions": []}"#, "The record names no learner"),
        (r#"[{"assertions": []}]"#, "The record at /0 names no learner"),
        (r#"{"type": ["VerifiableCredential", "OpenBadgeCredential"], "credentialSubject": {"id": "a"}}"#, "not a CLR"),
        (r#"{"type": "AchievementSubject"}"#, "It is an Open Badge, and not a CLR 1.0 document"),
        ("\u{1}\u{2}", "neither JSON"),
    ] {
        let told = read(file.as_bytes()).map(|_| ()).unwrap_err().to_string();
        assert!(told.contains(words), "{file}: {told}");
    }
    assert!(read(&[0xff, 0xfe, 0x00]).is_err());
    assert!(read(&vec![b' '; MOST_BYTES + 1]).unwrap_err().to_string().contains("25 MB"));
    assert!(read("[".repeat(100_000).as_bytes()).unwrap_err().to_string().contains("nested"));
    assert!(read(format!("[{}1]", "1,".repeat(2_000_000)).as_bytes()).unwrap_err().to_string().contains("values"));
}

/// Everything that may stand where something else should.
fn wrong_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("0001-01-01T00:00:00")),
        Just(json!("urn:uuid967906cd-ad51-43b4-bca3-f22cb896da24")),
        Just(json!({"id": {"a": [null]}, "@id": 3, "a:b:c": {}, "": []})),
        Just(json!([])),
        Just(json!([null, [], {}, "x", 1])),
        Just(json!("eyJhbGciOiJSUzI1NiJ9.eyJpZCI6MX0.eyJh")),
    ]
}

/// Every place in a document.
fn places(value: &Value, place: String, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, format!("{place}/{name}"), into))
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| places(value, format!("{place}/{at}"), into))
        }
        _ => {}
    }
    into.push(place);
}

proptest! {
    #[test]
    fn no_mutation_of_a_record_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), wrong_value()), 1..6)
    ) {
        let mut document = small();
        for (index, value) in changes {
            let mut all = Vec::new();
            places(&document, String::new(), &mut all);
            if let Some(place) = document.pointer_mut(index.get(all.as_slice()).as_str()) {
                *place = value;
            }
        }
        if let Ok(read) = read(document.to_string().as_bytes()) {
            for record in read.records {
                // What was put in order is in order: reading it again changes nothing more.
                let again = reading(&Value::Object(record.json.clone()));
                prop_assert_eq!(&again.records[0].json, &record.json);
            }
        }
    }

    #[test]
    fn no_damage_to_the_bytes_makes_it_panic(cut in 0usize..900, byte in any::<u8>(), length in 0usize..1200) {
        let mut bytes = small().to_string().into_bytes();
        if let Some(place) = bytes.get_mut(cut) {
            *place = byte;
        }
        bytes.truncate(length);
        let _ = read(&bytes);
    }

    #[test]
    fn nothing_typed_makes_it_panic(text in "[\\[\\]{}\":,.\\\\a-z0-9 ]{0,200}") {
        let _ = read(text.as_bytes());
    }
}
