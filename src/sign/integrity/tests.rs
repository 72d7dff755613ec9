//! The canonical form and the proofs against the vectors and fixtures of the standards, which lie beside the repository.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use super::{Undefined, Unproven};
use crate::{
    clock,
    sign::{integrity, oracle},
};

/// Every credential of the fixtures and examples that names contexts which we know: the library and the table agree.
#[test]
fn the_table_and_the_library_agree_on_every_fixture() {
    let folders =
        ["ob3/validator-fixtures", "ob3/validator-fixtures/bit-string-list", "ob3/examples", "clr2/validator-fixtures"];
    let (mut agreed, mut unknown) = (0, Vec::new());
    for folder in folders.iter().filter(|_| oracle::is_here()) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/standards").join(folder);
        for file in std::fs::read_dir(path).unwrap().map(|file| file.unwrap().path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if !name.ends_with(".json") || name == "EXPECTED.json" {
                continue;
            }
            let document: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            match integrity::canonical_form(&document) {
                Ok(ours) => {
                    assert_eq!(ours, oracle::canonical(&document).unwrap(), "{name}");
                    agreed += 1;
                }
                Err(reason) => unknown.push(format!("{name}: {reason}")),
            }
        }
    }
    if oracle::is_here() {
        assert!(agreed >= 16, "{agreed} agreed; {unknown:#?}");
    }
}

fn credential() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:1", "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": "did:web:a.edu", "type": ["Profile"], "name": "A"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:2", "type": ["AchievementSubject"], "achievement":
            {"id": "urn:uuid:3", "type": ["Achievement"], "name": "N", "description": "D", "criteria": {"narrative": "C"}}},
    })
}

#[test]
fn what_is_undefined_or_relative_is_not_signed() {
    let refused = |change: fn(&mut Value)| {
        let mut document = credential();
        change(&mut document);
        integrity::prove(&document.to_string(), "did:web:a.edu#1", clock::now(), |_| [0; 64]).unwrap_err()
    };
    assert_eq!(refused(|one| one["invented"] = json!(1)), Undefined::Term("invented".to_owned()));
    assert_eq!(refused(|one| one["jti"] = json!("urn:uuid:1")), Undefined::Term("jti".to_owned()));
    assert_eq!(refused(|one| one["id"] = json!("a/b")), Undefined::Address("a/b".to_owned()));
    assert_eq!(refused(|one| one["issuer"]["id"] = json!("https://a b")), Undefined::Address("https://a b".to_owned()));
    // A term of one class is undefined within another.
    assert_eq!(refused(|one| one["issuer"]["tag"] = json!("x")), Undefined::Term("tag".to_owned()));
    // The type of a revocation list needs the context of the extensions.
    assert_eq!(
        refused(|one| one["credentialStatus"] = json!({"id": "https://a.edu/r", "type": "1EdTechRevocationList"})),
        Undefined::Class("1EdTechRevocationList".to_owned())
    );
    assert!(matches!(refused(|one| one["@context"] = json!(["https://words.example.edu/v1"])), Undefined::Context(_)));
}

#[test]
fn a_proof_fits_no_other_document_and_no_other_key() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let proven = integrity::prove(&credential().to_string(), "did:web:a.edu#1", clock::now(), |bytes| {
        key.sign(bytes).to_bytes()
    });
    let proven: Value = serde_json::from_str(&proven.unwrap()).unwrap();
    integrity::check(&proven, key.verifying_key().as_bytes()).unwrap();
    let other = SigningKey::from_bytes(&[8; 32]);
    assert_eq!(integrity::check(&proven, other.verifying_key().as_bytes()), Err(Unproven::Wrong));
    let changes: [fn(&mut Value); 4] = [
        |one| one["issuer"]["name"] = json!("B"),
        |one| one["credentialSubject"]["achievement"]["criteria"]["narrative"] = json!("c"),
        |one| one["proof"]["created"] = json!("2026-01-01T00:00:00Z"),
        |one| one["proof"]["verificationMethod"] = json!("did:web:a.edu#2"),
    ];
    for change in changes {
        let mut changed = proven.clone();
        change(&mut changed);
        assert_eq!(integrity::check(&changed, key.verifying_key().as_bytes()), Err(Unproven::Wrong));
    }
    let mut bare = proven.clone();
    bare.as_object_mut().unwrap().remove("proof");
    assert_eq!(integrity::check(&bare, key.verifying_key().as_bytes()), Err(Unproven::None));
}
