//! The demonstration, on both databases: the Hoosier record complete under its own code, and everything it publishes
//! without an error under both schemas.

use testamur::{registrar::demonstration, values::Role};

use crate::app::{App, shared};

const SCHEMAS: [&str; 2] = [
    "standards/clr1/json-schema/final-2021-01/clrv1p0-getclr-200-responsepayload-schemav2p0.json",
    "standards/clr1/derived/clr_v1p0.strict.schema.json",
];

/// The schemas that are at hand.
pub fn validators() -> Vec<jsonschema::Validator> {
    let files = SCHEMAS.iter().filter_map(|schema| shared(schema));
    files
        .map(|file| jsonschema::validator_for(&serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).unwrap())
        .collect()
}

#[track_caller]
pub fn holds_under(validators: &[jsonschema::Validator], document: &serde_json::Value) {
    for validator in validators {
        let errors: Vec<String> =
            validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}\n{document:#}");
    }
}

#[actix_web::test]
async fn the_hoosier_record_is_complete_under_its_own_code() {
    let app = App::start().await;
    let told = demonstration::fill(&app.db, &app.portal(), demonstration::passwords().await.unwrap()).await.unwrap();
    let visitor = app.browser();
    let page = visitor.get("/c/19FD-D80S-A9TU").await.expect(200);
    for fact in [
        "This credential is valid",
        "First-Year Hoosier Experience Achievement Award",
        "Allison Fake Student",
        "7 November 2019",
        "FYE Hoosier Experience",
        "Office of the Registrar Indiana University Bloomington",
        "Office of Enrollment Management",
        "408 N. Union St., Bloomington, IN 47405",
        "registrar.indiana.edu",
        "Educational Experience",
        "Student Involvement Fair",
        "Culture Fest",
        "Winter Involvement Fair",
        "SICE Career Fair",
        "University Division Majors, Minors, and More Fair",
        "Sex, Drugs, and Rock",
        "Export json",
        "Demonstration",
    ] {
        assert!(page.text().contains(fact), "the page does not say {fact}");
    }
    let definition =
        crate::app::between(&page.text(), &format!("href=\"{}/achievements/", app.base_url), "\"").unwrap();
    visitor.get(&format!("/achievements/{definition}")).await.expect(200).says("FYE Hoosier Experience");
    let json = |bytes: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
    let record = json(visitor.get("/c/19FD-D80S-A9TU.json").await.expect(200).bytes);
    let assertions = record["assertions"].as_array().unwrap();
    assert_eq!(assertions.len(), 7);
    let award = &assertions[0];
    assert!(award["id"].as_str().unwrap().ends_with("/ims/clr/v1p0/assertions/cdbc8423-f010-4a28-84cb-dad933798db8"));
    assert_eq!(award["licenseNumber"], "19FD-D80S-A9TU");
    assert_eq!(award["testamur:conferralDate"], "2019-11-07");
    assert_eq!(award["issuedOn"], "2020-03-12T13:12:45Z");
    assert_eq!(award["achievement"]["issuer"]["id"], "urn:uuid:737c9937-408a-443e-b891-74cc12ea381c");
    assert!(award["achievement"].get("associations").is_none());
    assert_eq!(record["publisher"]["id"], "urn:uuid:805877d8-3110-4745-8283-aa90dfac115f");
    assert_eq!(record["learner"]["id"], "urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55");
    for event in &assertions[1..] {
        assert_eq!(event["achievement"]["achievementType"], "ext:Event");
        assert_eq!(event["achievement"]["associations"][0]["associationType"], "isPartOf");
        assert_eq!(event["achievement"]["associations"][0]["targetId"], award["achievement"]["id"]);
    }

    let validators = validators();
    holds_under(&validators, &record);
    for code in [&told.valid, &told.revoked, &told.expired, &told.suspended, &told.replaced] {
        holds_under(&validators, &json(visitor.get(&format!("/c/{code}.json")).await.expect(200).bytes));
    }
    let staff = app.signed_in(Role::Auditor).await;
    for learner in [&told.learner, &told.other_learner] {
        let whole = json(staff.get(&format!("/admin/learners/{}/record.json", learner.id)).await.expect(200).bytes);
        assert_eq!(whole["learner"]["email"], learner.email.as_str());
        assert_eq!(whole["partial"], false);
        holds_under(&validators, &whole);
    }
}
