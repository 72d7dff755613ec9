//! The canonical form and the proofs against the vectors and fixtures of the standards, which lie beside the repository.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Undefined, Unproven};
use crate::{
    clock,
    sign::{
        integrity,
        oracle::{self, standard},
    },
};

fn json(path: &str) -> Option<Value> {
    Some(serde_json::from_str(&standard(path)?).unwrap())
}

fn unsigned(path: &str) -> Option<Value> {
    let mut document = json(path)?;
    document.as_object_mut().unwrap().remove("proof");
    Some(document)
}

#[test]
fn the_canonical_form_equals_every_vector() {
    let vectors = [
        (
            "vc/test-vectors/vc-di-eddsa/unsigned.json",
            "vc/test-vectors/vc-di-eddsa/eddsa-rdfc-2022/canonDocDataInt.txt",
        ),
        (
            "vc/test-vectors/vc-di-ecdsa/unsigned.json",
            "vc/test-vectors/vc-di-ecdsa/ecdsa-rdfc-2019-p256/canonDocECDSAP256.txt",
        ),
        ("clr2/test-vectors/json/01-unsigned.json", "clr2/test-vectors/document-canon.txt"),
    ];
    for (document, canonical) in vectors {
        let (Some(document), Some(canonical)) = (unsigned(document), standard(canonical)) else { continue };
        assert_eq!(integrity::canonical_form(&document).unwrap(), canonical);
    }
}

/// The document of this vector is the fixture with another issuer.
#[test]
fn the_canonical_form_equals_the_vector_of_open_badges() {
    let (Some(mut document), Some(canonical)) =
        (unsigned("ob3/validator-fixtures/simple.json"), standard("ob3/test-vectors/document-canon.txt"))
    else {
        return;
    };
    document["issuer"] = json!({
        "id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example Corp",
        "url": "https://www.imsglobal.org",
    });
    assert_eq!(integrity::canonical_form(&document).unwrap(), canonical);
}

#[test]
fn the_facts_of_a_proof_equal_their_vector() {
    let folder = "vc/test-vectors/vc-di-eddsa/eddsa-rdfc-2022";
    let (Some(config), Some(canonical), Some(hash)) = (
        json(&format!("{folder}/proofConfigDataInt.json")),
        standard(&format!("{folder}/proofCanonDataInt.txt")),
        standard(&format!("{folder}/proofHashDataInt.txt")),
    ) else {
        return;
    };
    let text = |member: &str| config[member].as_str().unwrap();
    let facts = integrity::proof_facts(text("created"), text("verificationMethod"));
    assert_eq!(facts, canonical);
    let digest: String = Sha256::digest(facts).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, hash.trim());
}

#[test]
fn a_proof_equals_the_vector_signed_with_its_key() {
    let folder = "vc/test-vectors/vc-di-eddsa";
    let (Some(unsigned), Some(signed), Some(pair)) = (
        standard(&format!("{folder}/unsigned.json")),
        json(&format!("{folder}/eddsa-rdfc-2022/signedDataInt.json")),
        json(&format!("{folder}/keyPair.json")),
    ) else {
        return;
    };
    let secret = pair["privateKeyMultibase"].as_str().unwrap().strip_prefix('z').unwrap();
    let secret = bs58::decode(secret).into_vec().unwrap();
    let key = SigningKey::from_bytes(secret[2..].try_into().unwrap());
    let proof = &signed["proof"];
    let created = proof["created"].as_str().unwrap().parse().unwrap();
    let method = proof["verificationMethod"].as_str().unwrap();
    let proven = integrity::prove(&unsigned, method, created, |bytes| key.sign(bytes).to_bytes()).unwrap();
    let proven: Value = serde_json::from_str(&proven).unwrap();
    assert_eq!(proven["proof"]["proofValue"], proof["proofValue"]);
    integrity::check(&proven, key.verifying_key().as_bytes()).unwrap();
}

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
        assert!(agreed >= 10, "{agreed} agreed; {unknown:#?}");
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
    assert!(matches!(
        refused(|one| one["@context"] = json!(["https://www.w3.org/2018/credentials/v1"])),
        Undefined::Context(_)
    ));
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
