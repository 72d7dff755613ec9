//! The files beside the repository: each comes out as docs/verifying.md says, and why where that is not what the validator
//! of 1EdTech says.

use serde_json::Value;
use testamur::registrar::{Portal, verify, verify::Verdict};

use super::failed;
use crate::app::shared;

const VALID_THERE: Verdict = Verdict::Unchecked;

/// The file, the verdict here, and the check that must have failed.
const EXPECTED: &[(&str, Verdict, &str)] = &[
    ("ob3/validator-fixtures/simple.json", VALID_THERE, ""),
    ("clr2/validator-fixtures/simple.json", VALID_THERE, ""),
    ("ob3/validator-fixtures/sd/derivedcredential.json", VALID_THERE, ""),
    ("ob3/validator-fixtures/simple-context-version.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple_v1.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple-did-web-method.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple-json.svg", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/testlist", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/credential-status-revoked.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/credential-status-revoked-blank-nodes.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/endorsement-err-schema-status-refresh.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/complete_v1.json", Verdict::Invalid, "schema"),
    ("ob3/validator-fixtures/simple-err-context.json", Verdict::Invalid, "context"),
    ("ob3/validator-fixtures/simple-err-credential-subject-identifier-type.json", Verdict::Invalid, "subject"),
    ("ob3/validator-fixtures/simple-err-credential-subject-result-type.json", Verdict::Invalid, "subject"),
    ("ob3/validator-fixtures/simple-err-evidence-type.json", Verdict::Invalid, "evidence"),
    ("ob3/validator-fixtures/simple-err-issued.json", Verdict::Invalid, "issuance"),
    ("ob3/validator-fixtures/simple-err-issuer-parentorg-type.json", Verdict::Invalid, "issuer"),
    ("ob3/validator-fixtures/simple-err-issuer.json", Verdict::Invalid, "schema"),
    ("ob3/validator-fixtures/simple-err-proof-method-unknown-did-method.json", Verdict::Invalid, "signature"),
    ("ob3/validator-fixtures/simple-err-proof-method.json", Verdict::Invalid, "signature"),
    ("ob3/validator-fixtures/simple-err-type.json", Verdict::Invalid, "type"),
    ("ob3/validator-fixtures/simple-noproof.json", Verdict::Invalid, "signature"),
    ("clr2/validator-fixtures/simple-noproof.json", Verdict::Invalid, "signature"),
    ("clr2/validator-fixtures/simple_old_safesigned.json", Verdict::Invalid, "context"),
    ("ob3/validator-fixtures/simple-jwt.svg", Verdict::Invalid, "signature"),
    ("ob3/validator-fixtures/simple-jwt_v1.svg", Verdict::Invalid, "signature"),
    ("ob3/examples/achievementAlignmentCase.json", Verdict::Invalid, "signature"),
    ("ob3/examples/basicOpenBadgeCredential.json", Verdict::Invalid, "signature"),
    ("ob3/examples/skillAssertionCase.json", Verdict::Invalid, "signature"),
    ("clr1/derived/indiana-corrected-clr.json", Verdict::Unchecked, ""),
    ("clr1/derived/indiana-seed-payload.json", Verdict::Invalid, "references"),
    ("clr1/derived/kitchen-sink-clr.json", Verdict::Invalid, "status"),
    ("clr1/derived/revocation-list.json", Verdict::Invalid, "structure"),
    ("clr1/derived/signed-clr-vectors.json", Verdict::Invalid, "structure"),
    ("clr1/examples/CLRdemo1.json", Verdict::Unchecked, ""),
    ("clr1/examples/CLRdemo3.json", Verdict::Unchecked, ""),
    ("clr1/examples/infotekka-sample-clr.json", Verdict::Unchecked, ""),
    ("clr1/examples/signedVC-ClrSet.json", Verdict::Unchecked, ""),
    ("clr1/examples/wallet-nd-clr-transcript.json", Verdict::Unchecked, ""),
];

async fn report(content: Vec<u8>) -> verify::Report {
    verify::verify(None, &Portal::without_keys("https://portal.example.edu"), &[], content).await.unwrap()
}

#[actix_web::test]
async fn every_fixture_comes_out_as_the_documentation_says() {
    let Some(standards) = shared("standards") else { return };
    let mut wrong = Vec::new();
    for (file, verdict, check) in EXPECTED {
        let report = report(std::fs::read(standards.join(file)).unwrap()).await;
        if report.verdict() != *verdict || !(check.is_empty() || failed(&report).contains(check)) {
            wrong.push(format!("{file}: {:?} {:?}", report.verdict(), failed(&report)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn no_file_that_the_validator_refuses_is_called_valid_and_none_is_left_out() {
    let Some(expected) = shared("standards/ob3/validator-fixtures/EXPECTED.json") else { return };
    let expected: Value = serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap();
    for (file, outcome) in expected.as_object().unwrap() {
        let (_, verdict, _) = EXPECTED.iter().find(|(known, ..)| known == file).unwrap_or_else(|| panic!("{file}"));
        assert_ne!(*verdict, Verdict::Valid, "{file}: {outcome}");
    }
}

#[actix_web::test]
async fn signed_records_of_old_come_out_by_the_key_that_may_not_be_asked_for() {
    let Some(vectors) = shared("standards/clr1/derived/signed-clr-vectors.json") else { return };
    let vectors: Value = serde_json::from_slice(&std::fs::read(vectors).unwrap()).unwrap();
    for vector in vectors["vectors"].as_array().unwrap() {
        let report = report(vector["jws"].as_str().unwrap().as_bytes().to_vec()).await;
        assert_ne!(report.verdict(), Verdict::Valid, "{}", vector["name"]);
        let name = vector["name"].as_str().unwrap();
        if name.contains("none") || name.contains("HS") {
            assert!(failed(&report).contains(&"signature"), "{name}: {report:#?}");
        }
    }
}
