//! `testamur import clr`, run as an operator runs it.

use std::path::Path;

use serde_json::Value;

use crate::{
    app::{OwnDatabase, shared},
    cli::{out, run},
};

/// A folder with a database that is up to date.
fn portal() -> (tempfile::TempDir, Option<OwnDatabase>, String) {
    let folder = tempfile::tempdir().unwrap();
    let own = OwnDatabase::on_the_server();
    let url = own.as_ref().map_or_else(|| "sqlite:testamur.db".to_owned(), |own| own.address.clone());
    assert!(run(folder.path(), &[("DATABASE_URL", &url)], &["migrate"]).status.success());
    (folder, own, url)
}

fn report(folder: &Path, url: &str, arguments: &[&str]) -> (Value, i32) {
    let told = run(folder, &[("DATABASE_URL", url)], arguments);
    let line = out(&told);
    let line = line.lines().last().unwrap_or_default();
    let report = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} {told:?}"));
    (report, told.status.code().unwrap())
}

#[test]
fn the_dry_run_tells_what_the_run_then_does_and_a_second_run_changes_nothing() {
    let Some(file) = shared("standards/clr1/examples/signedVC-ClrSet.json") else { return };
    let file = file.canonicalize().unwrap().display().to_string();
    let (folder, _own, url) = portal();
    let import = |more: &[&str]| report(folder.path(), &url, &[&["import", "clr", &file, "--json"], more].concat());

    let (dry, status) = import(&["--dry-run"]);
    assert_eq!(status, 0);
    assert_eq!(
        (&dry["rows"], &dry["new"], &dry["duplicate"], &dry["wrong"]),
        (&66.into(), &66.into(), &1.into(), &0.into())
    );
    assert!(
        dry["warnings"].as_array().unwrap().iter().any(|one| one["place"] == "/credentialSubject/clrs/0/achievements")
    );
    assert!(dry["import"].is_null());
    let (again, _) = import(&["--dry-run"]);
    assert_eq!(again, dry, "a dry run changed something");

    let (mut done, status) = import(&[]);
    assert_eq!(status, 0);
    assert!(done["import"].is_string());
    done.as_object_mut().unwrap().remove("import");
    done["dry_run"] = true.into();
    assert_eq!(done, dry);

    let (twice, status) = import(&[]);
    assert_eq!((status, &twice["new"], &twice["unchanged"]), (0, &0.into(), &66.into()));
    let told = run(folder.path(), &[("DATABASE_URL", &url)], &["import", "clr", &file]);
    assert!(out(&told).contains("changes nothing"), "{told:?}");
    for member in ["rows", "new", "unchanged", "updated", "duplicate", "unknown_learner", "held", "wrong", "errors"] {
        assert!(dry.get(member).is_some(), "the report has no {member}");
    }
}

/// Two records of one school that tell of different districts above it: the school stays as it is, so nothing is made of
/// the second district, and the second file brought in once more changes nothing.
#[test]
fn a_parent_that_nothing_is_made_of_is_not_new_each_time() {
    let (folder, _own, url) = portal();
    let record = |name: &str| {
        serde_json::json!({
            "@context": "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld",
            "id": format!("urn:x:clr:{name}"),
            "issuedOn": "2021-06-01T00:00:00Z",
            "learner": {"id": format!("urn:x:learner:{name}"), "name": format!("Ann {name}")},
            "publisher": {
                "id": "urn:x:school", "name": "Else High School",
                "parentOrg": {"id": format!("urn:x:district:{name}"), "name": format!("District {name}")},
            },
            "assertions": [],
        })
    };
    let import = |name: &str| {
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, record(name).to_string()).unwrap();
        report(folder.path(), &url, &["import", "clr", file.to_str().unwrap(), "--json"])
    };
    assert!(import("one").0["import"].is_string());
    assert!(import("two").0["import"].is_string());
    assert!(import("two").0["import"].is_null(), "the same file made another import");
}

#[test]
fn the_report_tells_whose_awards_are_somebody_new_s_and_which_are_told_anew() {
    let (folder, _own, url) = portal();
    let file = folder.path().join("record.json");
    let mut document = serde_json::json!({
        "@context": "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld",
        "id": "https://else.example/clrs/1", "type": "Clr", "issuedOn": "2021-06-01T00:00:00Z",
        "learner": {"id": "urn:uuid:f9bd9da5-dff6-51a0-90dc-6778e8bca655", "name": "Zoë Student"},
        "publisher": {"id": "https://else.example/", "name": "Else College"},
        "assertions": [{
            "id": "https://else.example/assertions/1", "issuedOn": "2021-05-15T12:00:00Z", "role": "Swimmer",
            "achievement": {"id": "https://else.example/achievements/1", "name": "Basketry", "achievementType": "Course",
                "issuer": {"id": "https://else.example/"}}
        }]
    });
    let import = |document: &Value| {
        std::fs::write(&file, document.to_string()).unwrap();
        let (report, status) = report(folder.path(), &url, &["import", "clr", &file.display().to_string(), "--json"]);
        assert_eq!(status, 0, "{report}");
        ["rows", "new", "unchanged", "updated", "unknown_learner", "held", "wrong"]
            .map(|member| report[member].as_i64().unwrap())
    };
    assert_eq!(import(&document), [1, 1, 0, 0, 1, 0, 0]);
    assert_eq!(import(&document), [1, 0, 1, 0, 0, 0, 0]);
    // For a learner on hold it comes in as well, and is told as held.
    hold(folder.path(), &url, "urn:uuid:f9bd9da5-dff6-51a0-90dc-6778e8bca655");
    let mut more = document["assertions"][0].clone();
    more["id"] = "https://else.example/assertions/2".into();
    document["assertions"].as_array_mut().unwrap().push(more);
    assert_eq!(import(&document), [2, 1, 1, 0, 0, 1, 0]);
    document["assertions"][0]["role"] = "Diver".into();
    assert_eq!(import(&document), [2, 0, 1, 1, 0, 1, 0]);
}

/// Places a hold on the documents of whoever has this profile id.
fn hold(folder: &Path, url: &str, iri: &str) {
    let url = url.replace("sqlite:", &format!("sqlite:{}/", folder.display()));
    let (address, iri) = (url.parse::<testamur::db::Address>().unwrap(), iri.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = testamur::db::Db::open(&address).unwrap();
        db.write(move |conn| {
            // A learner of ours, as one who was recorded before has it.
            let sql = format!("UPDATE profile SET origin = 'own' WHERE iri = '{iri}'");
            match conn {
                testamur::db::Conn::Sqlite(own) => diesel::connection::SimpleConnection::batch_execute(own, &sql)?,
                testamur::db::Conn::Postgres(own) => diesel::connection::SimpleConnection::batch_execute(own, &sql)?,
            }
            let iri = testamur::values::Iri::parse(&iri).unwrap();
            let learner = testamur::models::profile::by_iri(conn, &iri)?.unwrap();
            let terms = crate::holds::terms(testamur::values::HoldKind::Privacy);
            testamur::registrar::hold::place(conn, &learner.id, &terms, &crate::app::by()).map(|_| ())
        })
        .await
        .unwrap();
    });
}

#[test]
fn what_cannot_be_read_is_one_sentence_and_exit_status_1_and_a_wrong_use_is_2() {
    let (folder, _own, url) = portal();
    let file = folder.path().join("wrong.json");
    std::fs::write(&file, "{}").unwrap();
    let file = file.display().to_string();
    let (report, status) = report(folder.path(), &url, &["import", "clr", &file, "--json"]);
    assert_eq!((status, &report["wrong"]), (1, &1.into()));
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("not a CLR"));
    let settings = [("DATABASE_URL", url.as_str())];
    for (arguments, status, words) in [
        (vec!["import", "clr", &file], 1, "not a CLR"),
        (vec!["import", "clr", "no-such-file.json"], 1, "cannot be read"),
        (vec!["import", "clr"], 2, "FILE"),
        (vec!["import", "nonsense", &file], 2, "nonsense"),
    ] {
        let told = run(folder.path(), &settings, &arguments);
        let sentence = String::from_utf8(told.stderr.clone()).unwrap();
        assert_eq!((told.status.code(), sentence.trim().lines().count()), (Some(status), 1), "{sentence}");
        assert!(sentence.contains(words), "{sentence}");
    }
}
