//! The files beside the repository: each comes out as it is judged here, and where that is not what the validator of
//! 1EdTech says, docs/verifying.md says so and why. A file that nobody judged fails the test.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;
use testamur::registrar::{Portal, verify, verify::Verdict};

use super::failed;
use crate::app::shared;

/// The file, the verdict here, and the check that must have failed.
const EXPECTED: &[(&str, Verdict, &str)] = &[
    ("ob3/validator-fixtures/simple.json", Verdict::Unchecked, ""),
    ("clr2/validator-fixtures/simple.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/sd/derivedcredential.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple-context-version.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple_v1.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple-did-web-method.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/simple-json.svg", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/testlist", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/credential-status-revoked.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/bit-string-list/credential-status-revoked-blank-nodes.json", Verdict::Unchecked, ""),
    ("ob3/validator-fixtures/endorsement-err-schema-status-refresh.json", Verdict::Invalid, "signature"),
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

/// Where files lie that are handed in whole.
const FOLDERS: [&str; 5] =
    ["ob3/validator-fixtures", "clr2/validator-fixtures", "ob3/examples", "clr1/derived", "clr1/examples"];
/// What lies there and is none: a list of outcomes, schemas.
const NOT_HANDED_IN: [&str; 2] = ["EXPECTED.json", ".schema.json"];

#[actix_web::test]
async fn every_file_is_judged_and_comes_out_as_it_is() {
    let Some(standards) = shared("standards") else { return };
    let mut found = BTreeSet::new();
    FOLDERS.iter().for_each(|folder| files(&standards, folder, &mut found));
    found.retain(|file| !NOT_HANDED_IN.iter().any(|ending| file.ends_with(ending)));
    let judged: BTreeSet<String> = EXPECTED.iter().map(|(file, ..)| (*file).to_owned()).collect();
    assert_eq!(found, judged, "each file is judged once");
    let mut wrong = Vec::new();
    for (file, verdict, check) in EXPECTED {
        let report = report(std::fs::read(standards.join(file)).unwrap()).await;
        if report.verdict() != *verdict || !(check.is_empty() || failed(&report).contains(check)) {
            wrong.push(format!("{file}: {:?} {:?}", report.verdict(), failed(&report)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn files(standards: &Path, folder: &str, into: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(standards.join(folder)).unwrap().map(|file| file.unwrap().path()) {
        let path = file.strip_prefix(standards).unwrap().to_str().unwrap().to_owned();
        match file.is_dir() {
            true => files(standards, &path, into),
            false => drop(into.insert(path)),
        }
    }
}

/// The check of ours that does the work of one of the validator's.
fn check_of(probe: &str) -> &'static str {
    match probe {
        "BitstringStatusListProbe" => "status",
        "ContextPropertyProbe" => "context",
        "CredentialSubjectProbe" => "subject",
        "EvidenceProbe" => "evidence",
        "IssuanceProbe" => "issuance",
        "IssuerProbe" => "issuer",
        "JsonSchemaProbe" | "InlineJsonSchemaProbe" => "schema",
        "EmbeddedProofProbe" => "signature",
        "TypePropertyProbe" => "type",
        other => panic!("no check is known that does what {other} does"),
    }
}

/// Whether what we say is what the validator says. Where its tests are silent there is nothing to differ from.
fn agrees(there: &str, verdict: Verdict, failed: &str) -> bool {
    match there.split(' ').collect::<Vec<_>>()[..] {
        [""] => true,
        ["VALID" | "WARNING", ..] => verdict == Verdict::Valid,
        ["no", "proof"] => verdict == Verdict::Invalid && failed == "signature",
        ["INVALID", probe, ..] | [probe, "item", "expected"] => {
            verdict == Verdict::Invalid && failed == check_of(probe)
        }
        _ => panic!("{there} is no outcome that is known here"),
    }
}

#[actix_web::test]
async fn the_documentation_names_every_difference_from_the_outcomes_of_the_validator_and_no_other() {
    let Some(standards) = shared("standards") else { return };
    let mut lists = BTreeSet::new();
    ["clr1", "clr2", "ob3", "vc"].iter().for_each(|folder| files(&standards, folder, &mut lists));
    lists.retain(|file| file.ends_with("EXPECTED.json"));
    assert!(!lists.is_empty());
    let mut differences = BTreeSet::new();
    for list in lists {
        let outcomes: Value = serde_json::from_slice(&std::fs::read(standards.join(list)).unwrap()).unwrap();
        for (file, there) in outcomes.as_object().unwrap() {
            let there = there.as_str().unwrap();
            let judged = EXPECTED.iter().find(|(known, ..)| known == file);
            let (_, verdict, failed) = judged.unwrap_or_else(|| panic!("{file} was not judged"));
            if !agrees(there, *verdict, failed) {
                differences.insert((file.clone(), there.to_owned(), shown(*verdict).to_owned()));
            }
        }
    }
    assert_eq!(documented(), differences);
}

fn shown(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "not valid",
        Verdict::Unchecked => "could not be checked",
    }
}

/// The rows of the table: the file, what is said there, what is said here. Each has a reason.
fn documented() -> BTreeSet<(String, String, String)> {
    let text = include_str!("../../../docs/verifying.md");
    let (_, table) = text.split_once("## Where we differ").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").map(str::trim).collect();
        let [file, there, here, why] = cells[..] else { panic!("{row} has not four cells") };
        assert!(why.len() > 20, "{file} has no reason");
        (file.trim_matches('`').to_owned(), there.to_owned(), here.to_owned())
    })
    .collect()
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
