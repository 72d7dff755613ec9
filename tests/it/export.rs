//! Export: of what a list shows, of chosen learners, of everything; the same bytes twice; and each in the audit trail.

use std::{collections::BTreeMap, fs, io::Read, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::RunQueryDsl;
use serde_json::Value;
use testamur::{
    db::schema,
    models::{
        Clr, Profile,
        audit::{self, AuditEntry},
        issued::Extensions,
    },
    registrar::{
        export,
        publish::{How, publish},
    },
    values::{Id, Iri, Json, Name, Origin, Packed, ProfileKind, Role},
};

use crate::{
    app::{App, by, person},
    cli::{out, refusal, run},
    demonstration::{holds_under, validators},
};

/// The latest export in the audit trail.
async fn noted(app: &App) -> AuditEntry {
    app.read(|conn| Ok(audit::of_kind(conn, export::KIND, 1)?.remove(0))).await
}

/// What the trail says of it under a heading.
fn fact(entry: &AuditEntry, field: &str) -> String {
    entry.changes.get().iter().find(|one| one.field == field).and_then(|one| one.after.clone()).unwrap_or_default()
}

fn json_lines(bytes: &[u8]) -> Vec<Value> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The files of a ZIP folder by name.
fn unzipped(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// A record of another publisher, of which only the bytes are known.
async fn foreign(app: &App, learner: &Profile, document: &'static [u8]) -> Id<Clr> {
    let learner = learner.clone();
    app.write(move |conn| {
        let publisher = crate::app::organization(conn, "Another College")?;
        let now = testamur::clock::now().naive_utc();
        let row = Clr {
            id: Id::fresh(),
            iri: Iri::fresh(),
            origin: Origin::Foreign,
            learner_id: learner.id.clone(),
            publisher_id: publisher.id,
            name: None,
            takes_all: false,
            partial: false,
            number: None,
            issued_at: None,
            document: Some(document.to_vec()),
            media_type: Some("application/json".to_owned()),
            extensions: Json::new(Extensions::new()),
            learner_sort: String::new(),
            search_text: String::new(),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(schema::clr::table).values(&row).execute(conn)?;
        Ok(row.id)
    })
    .await
}

#[actix_web::test]
async fn everything_goes_out_as_lines_and_as_a_folder_the_same_twice() {
    let app = App::start().await;
    let (one, _) = app.award("Zoë Łukasiewicz").await;
    app.issue(&app.another_draft(&one).await.id).await;
    let (other, _) = app.award("Ann Lee").await;
    // More than one step.
    app.write(|conn| (0..120).try_for_each(|nth| person(conn, "Bo Quiet", &format!("00077{nth:05}")).map(|_| ())))
        .await;
    let document = b" {\"not\": \"ours\"}\r\n\n\xff ";
    let imported = foreign(&app, &one.learner, document).await;

    let registrar = app.signed_in(Role::Registrar).await;
    let export = |form: &'static str| {
        let registrar = registrar.clone();
        async move {
            registrar.submit("/admin/exports", "/admin/exports", &[("what", "all"), ("form", form)]).await.expect(200)
        }
    };
    // The first document that is shown alone makes the keys of its signers, which every later one tells.
    registrar.get(&format!("/admin/learners/{}/record.json", one.learner.id)).await.expect(200);
    let (lines, again) = (export("ndjson").await, export("ndjson").await);
    assert_eq!(lines.bytes, again.bytes);
    assert!(lines.header("content-disposition").contains("attachment"));
    let records = json_lines(&lines.bytes);
    assert_eq!(records.len(), 123);
    let of = |name: &str| records.iter().find(|one| one["learner"]["name"] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(of("Zoë Łukasiewicz")["assertions"].as_array().unwrap().len(), 2);
    assert_eq!(of("Ann Lee")["learner"]["studentId"], other.learner.student_id.as_ref().unwrap().as_str());
    assert_eq!(of("Ann Lee")["partial"], false);
    assert_eq!(records.last().unwrap()["testamur:imported"]["id"], imported.as_str());
    let validators = validators();
    for record in &records[..122] {
        holds_under(&validators, record);
    }

    let (folder, again) = (export("zip").await, export("zip").await);
    assert_eq!(folder.bytes, again.bytes);
    let files = unzipped(folder.bytes);
    assert_eq!(files.len(), 123);
    assert_eq!(files[&format!("imported/{imported}.json")], document);
    let page = registrar.get(&format!("/admin/learners/{}/record.json", one.learner.id)).await.expect(200);
    assert_eq!(files[&format!("learners/{}.json", one.learner.id)], page.bytes);

    let entry = noted(&app).await;
    assert!(entry.actor_name.contains("registrar") && entry.action == "exported");
    assert_eq!((fact(&entry, "Learners"), fact(&entry, "Imported documents")), ("122".to_owned(), "1".to_owned()));
    let own = app.read(move |conn| Ok(audit::history(conn, "profile", one.learner.id.as_str())?.remove(0))).await;
    assert_eq!(own.action, "exported");
    registrar.get("/admin/exports").await.expect(200).says("Exports that were made").says("everything");
}

/// The learner's record, published; its row and its code.
async fn published(app: &App, learner: &Profile) -> (Id<Clr>, testamur::models::Credential) {
    let (learner, portal) = (learner.clone(), app.portal());
    app.write(move |conn| {
        let publisher = testamur::models::profile::publisher(conn)?.unwrap();
        let draft = Clr::new(&learner, publisher.id);
        draft.insert(conn, &[], &by())?;
        let how = How { notify: false, previewed: None };
        Ok((draft.id.clone(), publish(conn, &draft.id, &portal, &how, &by())?))
    })
    .await
}

#[actix_web::test]
async fn published_records_go_out_beside_the_record_of_now_as_they_are_told_and_as_they_are_stored() {
    let app = App::start().await;
    let (one, _) = app.award("Zoë Łukasiewicz").await;
    let (first, code) = published(&app, &one.learner).await;
    app.issue(&app.another_draft(&one).await.id).await;
    let (second, _) = published(&app, &one.learner).await;
    app.award("Ann Lee").await;
    let id = code.id.clone();
    let stored: Vec<u8> = app
        .read(move |conn| {
            use diesel::{ExpressionMethods, QueryDsl};
            let rows = schema::credential_document::table.filter(schema::credential_document::credential_id.eq(id));
            let stored: Packed = rows.select(schema::credential_document::content).first(conn)?;
            Ok(stored.into_inner())
        })
        .await;
    let registrar = app.signed_in(Role::Registrar).await;
    let export = |form: [(&'static str, &'static str); 3]| {
        let registrar = registrar.clone();
        async move { registrar.submit("/admin/exports", "/admin/exports", &form).await.expect(200).bytes }
    };
    // The keys that a document names are made when one is first shown.
    registrar.get(&format!("/admin/clrs/{first}/record.json")).await.expect(200);
    let files = unzipped(export([("what", "all"), ("q", ""), ("form", "zip")]).await);
    assert_eq!(files.len(), 2 + 4);
    assert_eq!(files[&format!("published/{first}.record.json")], stored);
    for id in [&first, &second] {
        let page = registrar.get(&format!("/admin/clrs/{id}/record.json")).await.expect(200);
        assert_eq!(files[&format!("published/{id}.json")], page.bytes);
    }
    assert_eq!(fact(&noted(&app).await, "Published records"), "2");

    let lines = json_lines(&export([("what", "found"), ("q", "zoe"), ("form", "ndjson")]).await);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["learner"]["name"], "Zoë Łukasiewicz");
    let told = &lines[1]["testamur:published"];
    assert_eq!((&told["id"], &told["number"]), (&first.as_str().into(), &1.into()));
    assert_eq!((&told["cedid"], &told["learner"]), (&code.cedid.to_string().into(), &one.learner.id.as_str().into()));
    assert_eq!(told["documents"][0]["base64"], STANDARD.encode(&stored));
    let validators = validators();
    for line in &lines[1..] {
        let mut clr = line["testamur:published"]["clr"].clone();
        clr["@context"] = testamur::clr::v1::CONTEXT.into();
        holds_under(&validators, &clr);
    }
    assert_eq!(fact(&noted(&app).await, "Published records"), "2");
    // Of awards that were found, only these: a published record would say more.
    let of_awards = registrar.get("/admin/assertions.ndjson?q=zoe").await.expect(200);
    assert_eq!(json_lines(&of_awards.bytes).len(), 1);
    registrar.get("/admin/exports").await.expect(200).says("2 published records");
}

#[actix_web::test]
async fn only_what_is_filtered_goes_out() {
    let app = App::start().await;
    let (one, first) = app.award("Zoë Łukasiewicz").await;
    let draft = app.another_draft(&one).await;
    app.award("Ann Lee").await;
    let registrar = app.signed_in(Role::Registrar).await;

    let found = registrar.get("/admin/learners.ndjson?q=zoe").await.expect(200);
    let records = json_lines(&found.bytes);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["learner"]["name"], "Zoë Łukasiewicz");
    let entry = noted(&app).await;
    assert_eq!(
        (fact(&entry, "Chosen by"), fact(&entry, "Learners")),
        ("learners, search “zoe”".to_owned(), "1".to_owned())
    );

    // Of an assertions' list: the learners of what it shows, with that and no more.
    let second = app.issue(&draft.id).await;
    let address = format!("/admin/assertions.ndjson?q={}", second.cedid.as_str());
    let records = json_lines(&registrar.get(&address).await.expect(200).bytes);
    assert_eq!(records.len(), 1);
    let assertions = records[0]["assertions"].as_array().unwrap();
    assert_eq!(assertions.len(), 1);
    assert_eq!(assertions[0]["testamur:cedid"], second.cedid.to_string());
    assert_ne!(assertions[0]["testamur:cedid"], first.cedid.to_string());
    assert_eq!(records[0]["partial"], true);
    assert!(json_lines(&registrar.get("/admin/assertions.ndjson?status=revoked").await.expect(200).bytes).is_empty());

    let form = [("what", "found"), ("q", "lee"), ("form", "zip")];
    let files = unzipped(registrar.submit("/admin/exports", "/admin/exports", &form).await.expect(200).bytes);
    assert_eq!(files.len(), 1);
    let nothing = [("what", "found"), ("q", " "), ("form", "zip")];
    let refused = registrar.submit("/admin/exports", "/admin/exports", &nothing).await.expect(422);
    refused.says("Enter what to search for").says("value=\"zip\" checked");
}

#[actix_web::test]
async fn a_list_is_a_table_file_of_exactly_what_it_shows() {
    let app = App::start().await;
    app.write(|conn| {
        for nth in 0..130 {
            person(conn, &format!("Ann Learner{nth:03}"), &format!("00066{nth:05}"))?;
        }
        let mut trap = Profile::new(ProfileKind::Person, Name::parse("=HYPERLINK(\"http://x\", \"Ann\")").unwrap());
        trap.refold();
        Ok(trap.insert(conn, &by())?)
    })
    .await;
    let (draft, credential) = app.award("Zoë Łukasiewicz").await;
    let auditor = app.signed_in(Role::Auditor).await;

    let file = auditor.get("/admin/learners.csv?q=ann&sort=-name").await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let text = file.text();
    let mut rows = text.strip_prefix('\u{feff}').unwrap().split("\r\n");
    assert_eq!(rows.next(), Some("Name,Student number,E-mail,Further,Address"));
    let rows: Vec<&str> = rows.filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 131);
    assert!(rows[0].starts_with("Ann Learner129,0006600129,"), "{}", rows[0]);
    assert!(
        rows.iter().any(|row| row.starts_with("\"'=HYPERLINK(\"\"http://x\"\", \"\"Ann\"\")\",")),
        "the formula is not guarded"
    );
    let entry = noted(&app).await;
    assert_eq!((fact(&entry, "Rows"), fact(&entry, "Chosen by")), ("131".to_owned(), "search “ann”".to_owned()));

    let page = auditor.get("/admin/assertions?status=issued").await.expect(200).text();
    assert!(page.contains("href=\"/admin/assertions.csv?status=issued"), "{page}");
    let text = auditor.get("/admin/assertions.csv?status=issued").await.expect(200).text();
    let row = text.split("\r\n").nth(1).unwrap();
    let number = draft.learner.student_id.unwrap();
    let address = format!("{}/admin/assertions/{}", app.base_url, draft.assertion.id);
    assert_eq!(
        row,
        format!("Zoë Łukasiewicz,Hoosier Experience,{},2019-11-07,Issued,{number},{address}", credential.cedid)
    );
    for list in ["profiles", "achievements"] {
        auditor.get(&format!("/admin/{list}.csv")).await.expect(200);
    }

    // An office has what is its own, and no list of all learners.
    let issuer = app.signed_in(Role::Issuer).await;
    assert_eq!(issuer.get("/admin/assertions.csv").await.expect(200).text().lines().count(), 1);
    issuer.get("/admin/learners.csv").await.expect(403);
    issuer.get("/admin/learners").await.expect(200).never_says("learners.csv");
    auditor.get("/admin/learners").await.expect(200).never_says("learners.ndjson").says("learners.csv");
    auditor.get("/admin/exports").await.expect(200).never_says("Download the records");
}

#[actix_web::test]
async fn an_administrator_downloads_a_backup_while_the_portal_runs() {
    let app = App::start().await;
    app.award("Zoë Łukasiewicz").await;
    let administrator = app.signed_in(Role::Administrator).await;
    administrator.get("/admin/backup").await.expect(200).says("No backup was made from here yet");
    let file = administrator.submit("/admin/backup", "/admin/backup", &[]).await.expect(200);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("downloaded.backup");
    fs::write(&path, &file.bytes).unwrap();
    let opened = testamur::registrar::backup::Opened::open(&path).unwrap();
    assert!(opened.contents.rows > 5 && opened.header.master_key.is_some());
    administrator.get("/admin/backup").await.expect(200).says("The last backup was made on").says("Dana administrator");
    app.signed_in(Role::Registrar).await.get("/admin/backup").await.expect(403);
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.to_string_lossy().rsplit_once('/').unwrap().1.to_owned(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn the_command_exports_everything_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let command = |arguments: &[&str]| run(folder.path(), &[], arguments);
    assert!(command(&["seed", "--learners", "70", "--awards", "150", "--unsigned"]).status.success());
    for dir in ["one", "two"] {
        let told = out(&command(&["export", "all", dir]));
        assert!(told.contains("Exported 70 documents"), "{told}");
    }
    let (one, two) = (files(&folder.path().join("one")), files(&folder.path().join("two")));
    assert_eq!(one.len(), 70);
    assert!(one == two, "twice without a change is not the same");
    let (name, bytes) = one.first_key_value().unwrap();
    let alone = out(&command(&["export", "clr", "--learner", name.trim_end_matches(".json")]));
    assert_eq!(alone.trim_end().as_bytes(), bytes.trim_ascii_end());
    let lines = command(&["export", "all", "--ndjson", "-"]).stdout;
    assert_eq!(json_lines(&lines).len(), 70);
    assert!(out(&command(&["export", "all", "--ndjson", "all.ndjson"])).contains("70 documents"));
    assert_eq!(fs::read(folder.path().join("all.ndjson")).unwrap(), lines);
    let (sentence, status) = refusal(&command(&["export", "all", "one"]));
    assert!(sentence.contains("not empty") && status == 1, "{sentence}");
    let (sentence, status) = refusal(&command(&["export", "all", "--ndjson", "all.ndjson"]));
    assert!(sentence.contains("is there already") && status == 1, "{sentence}");
    assert_eq!(refusal(&command(&["export", "all"])).1, 2);
}
