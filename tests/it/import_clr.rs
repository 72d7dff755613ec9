//! Bringing CLR 1.0 files in: every example of the standard and of real systems, other publishers' and our own, twice, and
//! taken back again.

mod after;

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

use crate::app::{Answer, App, Browser, between, by, person, shared};

/// The tables whose rows an import may leave behind: the trail of what was done, and the import itself.
const TRAIL: &[&str] =
    &["audit_entry", "import", "session", "tombstone", "__diesel_schema_migrations", "staff", "signing_key"];

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
            // Not the inner tables of the index of words, which merges its pages when it likes.
            Conn::Sqlite(_) => {
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite_%'"
            }
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
pub async fn brought(app: &App, name: &str, bytes: Vec<u8>, draft: bool) -> Result<Import, Refusal> {
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
            assert_eq!((group.fresh(), group.different().len()), (0, 0), "{file}: {group:?}");
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
    let first = brought(&app, "kitchen-sink.json", file.clone(), false).await.unwrap();
    taken_back(&app, &first.id).await.unwrap();
    assert_eq!(counts(&app).await, before);
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
            let allowed = ["/testamur:", "/licenseNumber: null", "/verification: {\"type\":\"Hosted\"} → null", "/revoked: false → null", "/achievement/issuer/verification/", "/achievement/issuer/publicKey/", "/achievement/issuer/publicKey: ", "/achievement/issuer/revocationList: "]
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

    // It is signed with the keys of its issuers, which are never deleted.
    app.browser().get("/c/19FD-D80S-A9TU.vc.json").await.expect(200);
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    app.browser().get("/c/19FD-D80S-A9TU.jws").await.expect(200);
    let refused = taken_back(&app, &done.id).await.unwrap_err().to_string();
    assert!(refused.contains("keys sign for profiles of it"), "{refused}");
}

/// Hands a file in through the page, as a browser does.
async fn handed_in(browser: &Browser, base_url: &str, name: &str, file: &[u8], pasted: &str) -> Answer {
    let token = browser.get("/admin/imports").await.expect(200).token();
    send(browser, base_url, &token, (name, file), pasted).await
}

async fn send(browser: &Browser, base_url: &str, token: &str, (name, file): (&str, &[u8]), pasted: &str) -> Answer {
    let mut body = Vec::new();
    let boundary = "----a-boundary-of-a-form";
    let field = |name: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
    body.extend_from_slice(format!("{}\r\n\r\n{token}\r\n", field("csrf")).as_bytes());
    let about = format!("{}; filename=\"{name}\"\r\nContent-Type: application/json\r\n\r\n", field("file"));
    body.extend_from_slice(about.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n{}\r\n\r\n{pasted}\r\n--{boundary}--\r\n", field("pasted")).as_bytes());
    let answer = browser
        .client()
        .post(format!("{base_url}/admin/imports"))
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .body(body)
        .send()
        .await
        .unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

/// Everything of the first record, with a learner.
fn all_of_it(learner: &str) -> Vec<(&str, &str)> {
    vec![
        ("take", "0"),
        ("with-0", "assertions"),
        ("with-0", "related"),
        ("with-0", "endorsements"),
        ("learner-0", learner),
    ]
}

#[actix_web::test]
async fn a_registrar_looks_at_a_file_chooses_brings_it_in_and_takes_it_back() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let ours = app.write(|conn| person(conn, "Zoë Student", "0000123")).await;
    let before = counts(&app).await;

    let looked =
        handed_in(&browser, &app.base_url, "transcript.json", &bytes(&small()), "").await.expect(303).location();
    let plan = browser.get(&looked).await.expect(200);
    let plan = plan.says("Check before anything is saved").says("Else College").says("Underwater Basketry");
    let plan = plan.says("Another publisher").says("another institution’s number").says(ours.id.as_str());
    plan.says("/assertions/0");
    browser.get("/admin/imports").await.expect(200).says("transcript.json").says("Waits for you");
    assert_eq!(counts(&app).await, before);

    // Another institution's number is a proposal, and the registrar takes it.
    let done = browser.submit(&looked, &looked, &all_of_it(ours.id.as_str())).await.expect(303).location();
    let page = browser.get(&done).await.expect(200).says("Brought in").says("Take this import back");
    let received = between(&page.text(), "href=\"/admin/clrs/", "\"").unwrap();
    let received = format!("/admin/clrs/{received}");
    let shown =
        browser.get(&received).await.expect(200).says("Else College").says("Underwater Basketry").says("Grade: A");
    shown.says("never changed");
    let out = browser.get(&format!("{received}.json")).await.expect(200);
    assert_eq!(out.bytes, bytes(&small()));
    assert_eq!(out.header("content-type"), "application/ld+json");

    // It is seen beside our learner's record and found in the lists, and is no part of the record.
    let learner = format!("/admin/learners/{}", ours.id);
    browser.get(&learner).await.expect(200).says("Records of other publishers").says("Else College");
    browser.get(&format!("{learner}/record.json")).await.expect(200).never_says("Underwater");
    browser
        .get("/admin/assertions?status=foreign")
        .await
        .expect(200)
        .says("Underwater Basketry")
        .says("of Else College");
    browser.get("/admin/assertions?status=draft").await.expect(200).never_says("Underwater");
    browser.get("/admin/achievements?q=uwb-1").await.expect(200).says("Underwater Basketry").says("another publisher");
    // Nobody outside gets an answer, though the document has a number that looks like a code.
    app.browser().get("/c/19FD-D80S-A9TU").await.expect(404);
    app.browser().get("/validate?cedid=19FD-D80S-A9TU").await.expect(422);

    // Nothing foreign is edited, issued or deleted by itself.
    let assertion = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1"))).await;
    let achievement = format!("/admin/achievements/{}", assertion.achievement_id);
    let assertion = format!("/admin/assertions/{}", assertion.id);
    browser.get(&assertion).await.expect(200).says("Another publisher’s").never_says("Check and issue");
    browser.get(&format!("{assertion}/edit")).await.expect(409);
    browser.get(&format!("{achievement}/edit")).await.expect(409).says("another publisher");
    browser.get(&format!("{achievement}/deletion")).await.expect(200).says("goes when that import is taken back");
    let token = browser.get(&done).await.token();
    browser.post_raw(&format!("{assertion}/issue"), &[("csrf", &token), ("revision", "1")]).await.expect(409);
    browser.post_raw(&format!("{achievement}/deletion"), &[("csrf", &token)]).await.expect(409);

    // The same file again changes nothing and says so.
    let again = handed_in(&browser, &app.base_url, "again.json", &bytes(&small()), "").await.expect(303).location();
    let again_page = browser.get(&again).await.expect(200).says("The same file was").says("would change nothing");
    again_page.never_says("Bring in what is chosen");
    let after = counts(&app).await;
    browser.submit(&again, &again, &all_of_it("new")).await.expect(422).says("would change nothing");
    assert_eq!(counts(&app).await, after);
    let forget = format!("{again}/deletion");
    browser.submit(&again, &forget, &[]).await.expect(303);
    browser.get(&again).await.expect(404);

    let reversal = format!("{done}/reversal");
    browser.submit(&done, &reversal, &[]).await.expect(303);
    browser.get(&done).await.expect(200).says("Taken back");
    assert_eq!(counts(&app).await, before);
    browser.get(&received).await.expect(404);
    browser.post_raw(&reversal, &[("csrf", &token)]).await.expect(409);
}

pub fn find_assertion(conn: &mut Conn, iri: &str) -> testamur::models::Assertion {
    testamur::models::import::known::assertion(conn, &Iri::parse(iri).unwrap()).unwrap().unwrap()
}

#[actix_web::test]
async fn what_is_pasted_is_read_too_and_a_refused_file_is_told_in_a_sentence() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let pasted = handed_in(&browser, &app.base_url, "", b"", &small().to_string()).await.expect(303).location();
    browser.get(&pasted).await.expect(200).says("pasted text");
    for (file, words) in [
        (b"".to_vec(), "Choose a file, or paste"),
        (b"{".to_vec(), "neither JSON nor a signed document"),
        (b"{}".to_vec(), "This is not a CLR"),
        (vec![0xff, 0xfe], "not UTF-8"),
        (b"[".repeat(200_000), "nested"),
        (format!("[{}1]", "1,".repeat(1_600_000)).into_bytes(), "values"),
        (vec![b' '; 26 * 1024 * 1024], "larger than 25 MB"),
    ] {
        let refused = handed_in(&browser, &app.base_url, "wrong.json", &file, "").await.expect(422);
        refused.says(words).says("<title>Error: ");
    }
    // What was pasted is not lost.
    handed_in(&browser, &app.base_url, "", b"", "{\"typed\": \"by hand\"}").await.expect(422).says("by hand");
    // The token of another session, or none, is refused before the file is looked at.
    for token in ["", "stolen"] {
        send(&browser, &app.base_url, token, ("a.json", b"{}"), "").await.expect(403);
    }
    // What was pasted in a form of another session is not lost either.
    let refused = send(&browser, &app.base_url, "stolen", ("", b""), "{\"pasted\": \"by hand\"}").await.expect(403);
    let kept = between(&refused.text(), "class=\"btn primary\" href=\"", "\"").unwrap();
    assert!(kept.starts_with("/admin/imports?kept="), "{kept}");
    browser.get(&kept).await.expect(200).says("by hand");
    app.signed_in(Role::Registrar).await.get(&kept).await.expect(200).never_says("by hand");
    // An auditor sees, and does not import.
    let auditor = app.signed_in(Role::Auditor).await;
    auditor.get("/admin/imports").await.expect(200).never_says("Bring a file in");
    auditor.get(&pasted).await.expect(200).never_says("Bring in what is chosen");
}

#[actix_web::test]
async fn hostile_documents_come_in_or_are_refused_and_nothing_breaks() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let mut circle = small();
    circle["publisher"]["parentOrg"] = json!({"id": "urn:b", "name": "B", "parentOrg": {"id": "https://else.example/", "name": "Else College", "parentOrg": {"id": "urn:b", "name": "B"}}});
    let mut same = small();
    same["publisher"]["id"] = same["learner"]["id"].clone();
    same["assertions"][0]["id"] = same["id"].clone();
    same["assertions"][0]["achievement"]["id"] = same["id"].clone();
    let mut script = small();
    let attack = "<script>alert(1)</script>\u{202e}\u{0}'; DROP TABLE profile; --";
    for place in
        ["/name", "/learner/name", "/publisher/name", "/assertions/0/achievement/name", "/assertions/0/licenseNumber"]
    {
        *script.pointer_mut(place).unwrap() = attack.into();
    }
    script["assertions"][0]["image"] = "javascript:alert(1)".into();
    let mut long = small();
    long["name"] = "x".repeat(100_000).into();
    long["assertions"][0]["achievement"]["description"] = "y".repeat(100_000).into();
    long["assertions"][0]["achievement"]["resultDescriptions"][0]["name"] = "z".repeat(5_000).into();
    let mut bare = json!({"learner": {}, "publisher": {}, "assertions": [{}, {"revoked": true}, "x", 1, null]});
    bare["id"] = "not an id".into();
    let mut twice = small();
    let first = twice["assertions"][0].clone();
    twice["assertions"].as_array_mut().unwrap().push(first);
    let mut numbers = small();
    numbers["assertions"][0]["creditsEarned"] = json!(1e308);
    numbers["assertions"][0]["issuedOn"] = "9999-12-31T23:59:59Z".into();
    numbers["issuedOn"] = "-0001-01-01T00:00:00Z".into();
    for (name, document) in [
        ("circle", circle),
        ("same", same),
        ("script", script),
        ("long", long),
        ("bare", bare),
        ("twice", twice),
        ("numbers", numbers),
    ] {
        let before = counts(&app).await;
        let looked = handed_in(&browser, &app.base_url, name, &bytes(&document), "").await.expect(303).location();
        browser.get(&looked).await.expect(200).never_says("<script>alert");
        let done = browser.submit(&looked, &looked, &all_of_it("new")).await;
        assert!(matches!(done.status.as_u16(), 303 | 409 | 422), "{name}: {}", done.text());
        if done.status.as_u16() == 303 {
            browser.get(&looked).await.expect(200).never_says("<script>alert");
            browser.get("/admin/assertions").await.expect(200).never_says("<script>alert");
            browser.submit(&looked, &format!("{looked}/reversal"), &[]).await.expect(303);
        }
        assert_eq!(counts(&app).await, before, "{name}");
    }
}

#[actix_web::test]
async fn a_claimed_publisher_is_ours_its_awards_are_issued_and_revoked_ones_stay_revoked() {
    let app = App::start().await;
    let administrator = app.signed_in(Role::Administrator).await;
    let mut document = small();
    document["assertions"][0]["achievement"]["humanCode"] = "UWB 101".into();
    document["publisher"]["email"] = "nobody".into();
    let mut gone = document["assertions"][0].clone();
    gone["id"] = "https://else.example/assertions/2".into();
    gone["revoked"] = true.into();
    gone["revocationReason"] = "Issued in error".into();
    gone.as_object_mut().unwrap().remove("licenseNumber");
    document["assertions"].as_array_mut().unwrap().push(gone);

    // Brought in before the claim it is another publisher's, and then stands in the way of our own.
    let foreign = brought(&app, "first.json", bytes(&document), false).await.unwrap();
    administrator.get("/admin/settings").await.expect(200).says("/admin/settings/publishers");
    let claims = "/admin/settings/publishers";
    administrator.submit(claims, claims, &[("iri", "nonsense")]).await.expect(422).says("Enter an identifier");
    administrator.submit(claims, claims, &[("iri", "https://else.example/")]).await.expect(303);
    administrator.submit(claims, claims, &[("iri", "https://else.example/")]).await.expect(422).says("claimed before");
    administrator.get("/admin/audit").await.expect(200).says("claimed");
    let looked = handed_in(&administrator, &app.base_url, "b.json", &bytes(&document), "").await.expect(303).location();
    administrator.get(&looked).await.expect(200).says("Take that import back first");
    taken_back(&app, &foreign.id).await.unwrap();

    let page = administrator.get(&looked).await.expect(200).says("Ours").says("issued with their own ids");
    page.says("cannot be kept as email").says("publisher/email").never_says("Take that import back first");
    administrator.submit(&looked, &looked, &all_of_it("new")).await.expect(303);
    administrator.get("/admin/achievements?q=UWB+101").await.expect(200).says("Underwater Basketry").says("UWB 101");
    let visitor = app.browser();
    let page = visitor.get("/c/19FD-D80S-A9TU").await.expect(200).says("Underwater Basketry").says("Else College");
    page.never_says("zoe@else.example").never_says("0000123");
    let public = visitor.get("/c/19FD-D80S-A9TU.json").await.expect(200);
    let public: Value = serde_json::from_slice(&public.bytes).unwrap();
    let award = &public["assertions"][0];
    assert_eq!(award["id"], "https://else.example/assertions/1");
    assert_eq!(award["issuedOn"], "2021-05-15T12:00:00-05:00");
    assert_eq!(award["ndt:note"], json!({"kept": [1, 2.5, null]}));
    assert_eq!(award["recipient"]["type"], "id");
    let revoked = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/2").id)).await;
    administrator
        .get(&format!("/admin/assertions/{revoked}"))
        .await
        .expect(200)
        .says("Revoked")
        .says("Issued in error");

    // Once something depends on it, it stays; what that is, is named.
    let learner = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1").learner_id)).await;
    let person = format!("/admin/profiles/{learner}");
    let edited = [("kind", "person"), ("name", "Zoë Student-Lee"), ("revision", "1")];
    administrator.submit(&format!("{person}/edit"), &person, &edited).await.expect(303);
    administrator
        .get(&looked)
        .await
        .expect(200)
        .says("1 of its objects was changed since")
        .never_says("Take this import back");
    let token = administrator.get("/admin/imports").await.token();
    let refused = administrator.post_raw(&format!("{looked}/reversal"), &[("csrf", &token)]).await.expect(409);
    refused.says("1 of its objects was changed since");
    visitor.get("/c/19FD-D80S-A9TU").await.expect(200).says("Zoë Student");
}

#[actix_web::test]
async fn our_own_awards_can_come_in_as_drafts_and_parts_of_a_record_can_be_left_out() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    claim(&app, "https://else.example/").await;
    let before = counts(&app).await;
    let looked = handed_in(&browser, &app.base_url, "d.json", &bytes(&small()), "").await.expect(303).location();
    let mut chosen = all_of_it("new");
    chosen.push(("draft", "true"));
    browser.submit(&looked, &looked, &chosen).await.expect(303);
    let after = counts(&app).await;
    assert_eq!((after["credential"], after["assertion"], after["result"]), (0, 1, 1));
    browser.get("/admin/assertions?status=draft").await.expect(200).says("Underwater Basketry");
    app.browser().get("/c/19FD-D80S-A9TU").await.expect(404);
    let draft = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1").id)).await;
    // A draft of it is issued like any other, and keeps its code; then the import stays.
    let credential = app.issue(&draft).await;
    assert_eq!(credential.cedid.to_string(), "19FD-D80S-A9TU");
    browser.get(&looked).await.expect(200).says("1 credential was issued from it since");

    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let looked = handed_in(&browser, &app.base_url, "d.json", &bytes(&small()), "").await.expect(303).location();
    browser.submit(&looked, &looked, &[("learner-0", "new")]).await.expect(422).says("Choose at least one record");
    browser.submit(&looked, &looked, &[("take", "0"), ("learner-0", "new")]).await.expect(303);
    let after = counts(&app).await;
    assert_eq!((after["assertion"], after["achievement"], after["clr"]), (0, 0, before["clr"] + 1));
}

#[actix_web::test]
async fn a_newer_document_of_the_same_record_takes_its_place_and_goes_again() {
    let app = App::start().await;
    let first = brought(&app, "one.json", bytes(&small()), false).await.unwrap();
    let before = counts(&app).await;
    let mut newer = small();
    newer["issuedOn"] = "2022-06-01T00:00:00Z".into();
    newer["assertions"][0]["achievement"]["name"] = "Underwater Basketry II".into();
    let mut more = newer["assertions"][0].clone();
    more["id"] = "https://else.example/assertions/9".into();
    newer["assertions"].as_array_mut().unwrap().push(more);
    let upload = uploaded(&app, "two.json", bytes(&newer)).await;
    let browser = app.signed_in(Role::Registrar).await;
    let page = browser.get(&format!("/admin/imports/{}", upload.id)).await.expect(200).says("Different");
    page.says("Underwater Basketry II").says("/assertions/0/achievement");
    let second = brought(&app, "two.json", bytes(&newer), false).await.unwrap();
    let row = record(&app, "https://else.example/clrs/1").await;
    assert_eq!(again(&app, &row).await.0, bytes(&newer));
    let refused = taken_back(&app, &first.id).await.unwrap_err().to_string();
    assert!(refused.contains("cannot be taken back"), "{refused}");
    taken_back(&app, &second.id).await.unwrap();
    assert_eq!(counts(&app).await, before);
    assert_eq!(again(&app, &record(&app, "https://else.example/clrs/1").await).await.0, bytes(&small()));
    taken_back(&app, &first.id).await.unwrap();
}

#[actix_web::test]
async fn another_publishers_achievement_is_copied_and_the_copy_is_ours() {
    let app = App::start().await;
    brought(&app, "one.json", bytes(&small()), false).await.unwrap();
    let browser = app.signed_in(Role::Registrar).await;
    let theirs = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1").achievement_id)).await;
    let page = format!("/admin/achievements/{theirs}");
    let copy = browser.submit(&page, &format!("{page}/copy"), &[]).await.expect(303).location();
    browser.get(&copy).await.expect(200).says("Underwater Basketry");
    let copy = copy.trim_end_matches("/edit").to_owned();
    assert_ne!(copy, page);
    browser.get(&copy).await.expect(200).says("Grade").says("Award it");
    browser.submit(&copy, &format!("{copy}/copy"), &[]).await.expect(409).says("ours already");
}

#[actix_web::test]
async fn another_publishers_learner_neither_signs_in_nor_is_awarded_by_us() {
    let app = App::start().await;
    brought(&app, "one.json", bytes(&small()), false).await.unwrap();
    let stranger = app.browser();
    stranger.submit("/sign-in/link", "/sign-in/link", &[("email", "zoe@else.example")]).await.expect(303);
    assert!(app.deliver().await.is_empty());
    let browser = app.signed_in(Role::Registrar).await;
    browser.get("/admin/learners?q=student").await.expect(200).never_says("Zoë Student");
    browser.get("/admin/profiles?q=0000123").await.expect(200).says("Zoë Student").says("known from another publisher");
    let draft = app.draft("Ann Lee").await;
    let entered =
        [("learner", "Zoë Student"), ("achievement", draft.achievement.id.as_str()), ("conferral_date", "2026-05-09")];
    browser.submit("/admin/assertions/new", "/admin/assertions", &entered).await.expect(422);
}

#[actix_web::test]
async fn an_import_that_fails_half_way_leaves_nothing() {
    let app = App::start().await;
    let mut second = small();
    second["id"] = "https://else.example/clrs/2".into();
    second["assertions"][0]["id"] = "https://else.example/assertions/2".into();
    // Two records of one set; the learner chosen for the second is no person.
    let set = json!({"clrs": [small(), second]});
    let upload = uploaded(&app, "set.json", bytes(&set)).await;
    let before = counts(&app).await;
    let mut choice = Choice::everything(&planned(&app, &upload).await, false);
    let publisher = app.read(|conn| Ok(testamur::models::profile::publisher(conn)?.unwrap().id)).await;
    choice.records.get_mut("https://else.example/clrs/2").unwrap().learner = import_clr::Who::Known(publisher);
    let refused = import_clr::bring_in(&app.db, &upload.id, choice, &by()).await.unwrap_err().to_string();
    assert!(refused.contains("is a person"), "{refused}");
    assert_eq!(counts(&app).await, before);
}
