//! What issued awards and records become as W3C credentials, over generated ones: the official schemas, the canonical
//! form against a JSON-LD library, and one changed leaf. The schemas and contexts lie beside the repository.

use std::sync::LazyLock;

use chrono::DateTime;
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use crate::{
    clr::{
        v1::samples,
        v2::{self, Signing, Told},
    },
    models::record::{Award, Record},
    sign::{integrity, oracle},
};

static SCHEMAS: LazyLock<Vec<(&str, jsonschema::Validator)>> = LazyLock::new(|| {
    let schemas = [
        ("AchievementCredential", "ob3/schemas/ob_v3p0_achievementcredential_schema.json"),
        ("EndorsementCredential", "ob3/schemas/ob_v3p0_endorsementcredential_schema.json"),
        ("ClrCredential", "clr2/schemas/clr_v2p0_clrcredential_schema.json"),
    ];
    let built = |(class, path)| {
        let schema: Value = serde_json::from_str(&oracle::standard(path)?).unwrap();
        Some((class, jsonschema::options().should_validate_formats(true).build(&schema).unwrap()))
    };
    schemas.into_iter().filter_map(built).collect()
});

fn faults(document: &Value) -> Vec<String> {
    let types = document["type"].as_array().unwrap();
    let known = SCHEMAS.iter().filter(|(class, _)| types.iter().any(|one| one == class));
    known.flat_map(|(_, schema)| schema.iter_errors(document)).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn proven(document: &str) -> String {
    let method = "did:web:clr.example.edu#key-1";
    integrity::prove(document, method, DateTime::UNIX_EPOCH, |bytes| key().sign(bytes).to_bytes()).unwrap()
}

fn told() -> Told {
    Told::Bit { list: "https://clr.example.edu/status/1".to_owned(), place: 4711 }
}

/// Every credential of an award, signed, and who signs it.
fn signed(award: &Award) -> (Vec<String>, Signing) {
    let mut signing = Signing::default();
    let mut all = Vec::new();
    for one in v2::endorsements(&award.issued) {
        let written = proven(&v2::endorsement(one, "did:web:endorser.example.org", &signing));
        all.push(written.clone());
        signing.endorsements.insert(one.id.clone(), RawValue::from_string(written).unwrap());
    }
    all.push(proven(&v2::award(&award.issued, &signing, &told())));
    let listed = Told::Listed("https://clr.example.edu/revocations/1".to_owned());
    all.extend(award.issued.events.iter().map(|event| proven(&v2::event(&award.issued, event, &signing, &listed))));
    (all, signing)
}

fn enveloped(record: &Record) -> Option<String> {
    let mut members = Vec::new();
    let mut signing = Signing::default();
    for award in &record.awards {
        let (signed, of_award) = signed(award);
        signing.endorsements.extend(of_award.endorsements);
        // By its own type: an award that carries endorsements names theirs too.
        let is_award = |one: &&String| {
            let document: Value = serde_json::from_str(one).unwrap();
            !document["type"].as_array().unwrap().contains(&json!("EndorsementCredential"))
        };
        members.extend(signed.iter().filter(is_award).map(|one| RawValue::from_string(one.clone()).unwrap()));
    }
    let told = told();
    let how = v2::Envelope { told: Some(&told), refresh: Some("https://clr.example.edu/refresh/x"), signing: &signing };
    (!members.is_empty()).then(|| proven(&v2::envelope(record, members, &how)))
}

/// Whatever is said of it: it fits the schema, its canonical form is what a library finds, and its proof holds.
fn stands(written: &str) -> Result<(), TestCaseError> {
    let document: Value = serde_json::from_str(written).unwrap();
    prop_assert_eq!(faults(&document), Vec::<String>::new());
    if oracle::is_here() {
        let library = oracle::canonical(&document).unwrap();
        prop_assert_eq!(integrity::canonical_form(&document).unwrap(), library);
    }
    prop_assert_eq!(integrity::check(&document, key().verifying_key().as_bytes()), Ok(()));
    Ok(())
}

/// Every leaf of a document, as a JSON pointer.
fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, value)| leaves(value, format!("{at}/{place}"), found));
        }
        _ => found.push(at),
    }
}

/// The document with one leaf changed.
fn changed(document: &Value, leaf: &str) -> Value {
    let mut changed = document.clone();
    let value = changed.pointer_mut(leaf).unwrap();
    *value = match &*value {
        Value::String(text) => json!(format!("{text}x")),
        Value::Bool(truth) => json!(!*truth),
        Value::Number(number) => json!(number.as_f64().unwrap() + 1.0),
        _ => json!("x"),
    };
    changed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_credential_of_an_award_stands(award in samples::award()) {
        for written in signed(&award).0 {
            stands(&written)?;
        }
    }

    #[test]
    fn a_credential_says_nothing_of_its_holder_but_name_and_profile_id(record in samples::record()) {
        for award in &record.awards {
            for written in signed(award).0 {
                for secret in samples::PRIVATE {
                    prop_assert!(!written.contains(secret), "{secret} stands in {written}");
                }
            }
        }
    }

    #[test]
    fn one_changed_leaf_is_refused(award in samples::award(), at in any::<prop::sample::Index>()) {
        let written = signed(&award).0.pop().unwrap();
        let document: Value = serde_json::from_str(&written).unwrap();
        let mut all = Vec::new();
        leaves(&document, String::new(), &mut all);
        let leaf = at.get(&all);
        prop_assert!(integrity::check(&changed(&document, leaf), key().verifying_key().as_bytes()).is_err(), "{leaf}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_record_stands_with_its_members_as_they_were_signed(record in samples::record()) {
        if let Some(written) = enveloped(&record) {
            stands(&written)?;
            for award in &record.awards {
                prop_assert!(written.contains(signed(award).0.last().unwrap()));
            }
        }
    }
}
