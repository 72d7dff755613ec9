//! Bringing CLR 1.0 files in: every example of the standard and of real systems, other publishers' and our own, twice, and
//! taken back again.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testamur::{
    db::Conn,
    models::{Clr, Import, clr, publisher_claim},
    registrar::{
        Refusal,
        import_clr::{self, Choice},
    },
    values::{Id, Iri, Role},
};

use crate::app::{App, by, shared};

/// The tables whose rows an import may leave behind: the trail of what was done, and the import itself.
const TRAIL: &[&str] = &["audit_entry", "import", "session", "__diesel_schema_migrations", "staff"];

/// How many rows each table has.
async fn counts(app: &App) -> BTreeMap<String, i64> {
    use diesel::{
        QueryableByName, RunQueryDsl, sql_query,
        sql_types::{BigInt, Text},
    };
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    app.read(|conn| {
        let tables = match conn {
            Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            Conn::Postgres(_) => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
        };
        let names: Vec<Name> = sql_query(tables).load(conn)?;
        let mut counts = BTreeMap::new();
        for Name { name } in names.into_iter().filter(|one| !TRAIL.contains(&one.name.as_str())) {
            let count: Count = sql_query(format!("SELECT COUNT(*) AS number FROM {name}")).get_result(conn)?;
            counts.insert(name, count.number);
        }
        Ok(counts)
    })
    .await
}

async fn uploaded(app: &App, name: &str, bytes: Vec<u8>) -> Import {
    let name = name.to_owned();
    app.write(move |conn| import_clr::upload(conn, &name, bytes.clone(), &by())).await
}

async fn planned(app: &App, upload: &Import) -> import_clr::Plan {
    let upload = upload.clone();
    app.read(move |conn| Ok(import_clr::plan(conn, &upload)?.0)).await
}

/// Brings everything of a file in.
async fn brought(app: &App, name: &str, bytes: Vec<u8>, draft: bool) -> Result<Import, Refusal> {
    let upload = uploaded(app, name, bytes).await;
    let choice = Choice::everything(&planned(app, &upload).await, draft);
    import_clr::bring_in(&app.db, &upload.id, choice, &by()).await?;
    Ok(upload)
}

async fn taken_back(app: &App, id: &Id<Import>) -> Result<(), Refusal> {
    let id = id.clone();
    app.db.write(move |conn| import_clr::take_back(conn, &id, &by())).await
}

async fn claim(app: &App, iri: &str) {
    let iri = Iri::parse(iri).unwrap();
    app.write(move |conn| Ok(publisher_claim::claim(conn, &iri, &by())?)).await;
}

async fn record(app: &App, iri: &str) -> Clr {
    let iri = Iri::parse(iri).unwrap();
    app.read(move |conn| Ok(clr::by_iri(conn, &iri)?.unwrap())).await
}

async fn again(app: &App, record: &Clr) -> (Vec<u8>, String) {
    let record = record.clone();
    app.read(move |conn| Ok(import_clr::again(conn, &record)?.unwrap())).await
}

fn examples() -> Vec<(String, Vec<u8>)> {
    let files = [
        "examples/CLRdemo1.json",
        "examples/CLRdemo3.json",
        "examples/infotekka-sample-clr.json",
        "examples/signedVC-ClrSet.json",
        "examples/wallet-nd-clr-transcript.json",
        "derived/indiana-corrected-clr.json",
        "derived/kitchen-sink-clr.json",
    ];
    let read = |file: &&str| {
        let path = shared(&format!("standards/clr1/{file}"))?;
        Some(((*file).to_owned(), std::fs::read(path).unwrap()))
    };
    files.iter().filter_map(read).collect()
}

fn example(name: &str) -> Option<Vec<u8>> {
    examples().into_iter().find(|(file, _)| file.ends_with(name)).map(|(_, bytes)| bytes)
}

/// A small record of another publisher.
pub fn small() -> Value {
    json!({
        "@context": "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld",
        "id": "https://else.example/clrs/1", "type": "Clr", "issuedOn": "2021-06-01T00:00:00Z", "name": "Transcript",
        "learner": {
            "id": "urn:uuid:f9bd9da5-dff6-51a0-90dc-6778e8bca655", "name": "Zoë Student", "email": "zoe@else.example",
            "studentId": "0000123"
        },
        "publisher": {"id": "https://else.example/", "name": "Else College"},
        "assertions": [{
            "id": "https://else.example/assertions/1", "issuedOn": "2021-05-15T12:00:00-05:00",
            "recipient": {"type": "email", "identity": "zoe@else.example", "hashed": false},
            "licenseNumber": "19FD-D80S-A9TU",
            "achievement": {
                "id": "https://else.example/achievements/1", "name": "Underwater Basketry", "achievementType": "Course",
                "humanCode": "UWB-1", "issuer": {"id": "https://else.example/"},
                "resultDescriptions": [{"id": "urn:x:1", "name": "Grade", "resultType": "LetterGrade"}]
            },
            "results": [{"resultDescription": "urn:x:1", "value": "A"}],
            "ndt:note": {"kept": [1, 2.5, null]}
        }]
    })
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[actix_web::test]
async fn every_example_comes_in_twice_changes_nothing_and_goes_again_without_a_trace() {
    for (file, bytes) in examples() {
        let app = App::start().await;
        let before = counts(&app).await;
        let plan = planned(&app, &uploaded(&app, &file, bytes.clone()).await).await;
        assert_eq!(counts(&app).await, before, "looking at {file} changed something");
        assert!(!plan.changes_nothing() && plan.before.is_none(), "{file}");

        let done = brought(&app, &file, bytes.clone(), false).await.unwrap();
        let after = counts(&app).await;
        assert!(after["assertion"] > before["assertion"] && after["clr"] == 1, "{file}: {after:?}");
        assert_eq!(after["credential"], 0, "{file}: another publisher’s record was issued here");

        let twice = brought(&app, &file, bytes.clone(), false).await.unwrap_err().to_string();
        assert!(twice.contains("would change nothing"), "{file}: {twice}");
        assert_eq!(counts(&app).await, after, "{file} changed something the second time");
        let plan = planned(&app, &uploaded(&app, &file, bytes.clone()).await).await;
        assert!(plan.changes_nothing() && plan.before.is_some(), "{file}");
        for group in &plan.records[0].groups {
            assert_eq!((group.new(), group.different().len()), (0, 0), "{file}: {group:?}");
        }

        let iri = plan.records[0].iri.clone();
        let (out, _) = again(&app, &record(&app, &iri).await).await;
        assert!(out == bytes, "{file} did not come out byte for byte");

        taken_back(&app, &done.id).await.unwrap();
        assert_eq!(counts(&app).await, before, "{file} left something behind");
    }
}

/// What differs between two documents, as `place: before → after`.
fn differences(before: &Value, after: &Value, place: &str, into: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let nothing = Value::Null;
                let (old, new) = (old.get(name).unwrap_or(&nothing), new.get(name).unwrap_or(&nothing));
                differences(old, new, &format!("{place}/{name}"), into);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                differences(old, new, &format!("{place}/{at}"), into);
            }
        }
        (old, new) if old != new => into.push(format!("{place}: {old} → {new}")),
        _ => {}
    }
}

#[actix_web::test]
async fn the_kitchen_sink_of_our_own_comes_out_as_it_went_in_but_for_codes_and_verification() {
    let Some(file) = example("kitchen-sink-clr.json") else { return };
    let document: Value = serde_json::from_slice(&file).unwrap();
    let app = App::start().await;
    claim(&app, "urn:uuid:536926d0-53d5-5b73-b69d-dcac60e22021").await;
    let before = counts(&app).await;
    let done = brought(&app, "kitchen-sink.json", file.clone(), false).await.unwrap();
    let after = counts(&app).await;
    // Eighteen assertions and a signed one; one says only that it was revoked and awards nothing.
    let awards = document["assertions"].as_array().unwrap().len() as i64;
    assert_eq!(after["credential"], awards, "{after:?}");

    let row = record(&app, "https://clr.example.edu/ims/clr/v1p0/clrs/sink").await;
    let (out, media_type) = again(&app, &row).await;
    assert_eq!(media_type, "application/ld+json");
    let out: Value = serde_json::from_slice(&out).unwrap();
    let mut found = Vec::new();
    differences(&document, &out, "", &mut found);
    // Everything that may differ, by its place: nothing else does.
    for difference in found {
        let (place, change) = difference.split_once(": ").unwrap();
        let member = place.rsplit('/').next().unwrap();
        let allowed = match member {
            // What the portal adds.
            "testamur:cedid" | "testamur:conferralDate" => change.starts_with("null → "),
            // The code, where there was no licence number.
            "licenseNumber" => change.starts_with("null → "),
            // What it cannot vouch for: addresses that another system answered.
            "verification" => place.matches('/').count() <= 3 && change.ends_with("→ null"),
            _ => false,
        };
        assert!(allowed, "{difference}");
    }
    assert_eq!(out["assertions"][0]["testamur:cedid"], "19FD-D80S-A9TU");

    // The learner's own record says the same of each award.
    let learner = row.learner_id.clone();
    let own =
        app.signed_in(Role::Registrar).await.get(&format!("/admin/learners/{learner}/record.json")).await.expect(200);
    let own: Value = serde_json::from_slice(&own.bytes).unwrap();
    let of = |document: &Value, id: &str| {
        let all = document["assertions"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).cloned().unwrap_or_default()
    };
    for told in document["assertions"].as_array().unwrap() {
        let id = told["id"].as_str().unwrap();
        if told.get("achievement").is_none() {
            continue;
        }
        let mut found = Vec::new();
        differences(told, &of(&own, id), "", &mut found);
        for difference in found {
            let allowed = ["/testamur:", "/licenseNumber: null", "/verification: {\"type\":\"Hosted\"} → null", "/revoked: false → null"]
                .iter()
                .any(|start| difference.starts_with(start))
                // Who has the code learns the profile id and nothing else; so does who has the record by it.
                || (id.ends_with("/hashed") && difference.starts_with("/recipient/"));
            assert!(allowed, "{id}{difference}");
        }
    }

    // What the code opens names the person and the profile id, and no address or hash of one.
    let public = app.browser().get("/c/19FD-D80S-A9TU.json").await.expect(200);
    public.says("Degree of Everything").never_says("alice@example.edu").never_says("deadsea").never_says("000123");
    app.browser().get("/c/19FD-D80S-A9TU").await.expect(200).says("Degree of Everything");

    taken_back(&app, &done.id).await.unwrap();
    assert_eq!(counts(&app).await, before);
    app.browser().get("/c/19FD-D80S-A9TU").await.expect(404);
}
