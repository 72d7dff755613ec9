//! Signed credentials: signed when issued, served as they were signed, their status told at once; and checked by three
//! verifiers that we did not write. These run where `TEST_VERIFIERS` names a folder in which they are installed
//! (`tests/run` makes one from the copies beside the repository).

mod lists;
mod records;

use std::{collections::BTreeSet, path::PathBuf, process::Command};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use testamur::{
    models::{Alignment, Association, AwardResult, Level, alignment::Aligned, signed_form, signing_key},
    registrar::{
        Portal, demonstration,
        issue::{How, issue},
        keys, proof,
        revoke::{Reason, revoke},
        share::Lasts,
    },
    sign::integrity,
    values::{AssociationType, Id, Iri, Line, Name, Packed, Role},
};

use crate::app::{Answer, App, Browser, by, on_postgres, organization, shared};

fn json_of(answer: Answer) -> Value {
    serde_json::from_slice(&answer.expect(200).bytes).unwrap()
}

/// The address as the server of the test knows it.
fn path<'a>(app: &App, address: &'a str) -> &'a str {
    address.strip_prefix(&app.base_url).unwrap()
}

/// The bits that are set in a status list.
pub fn set_bits(list: &Value) -> BTreeSet<u64> {
    use std::io::Read;
    let encoded = list["credentialSubject"]["encodedList"].as_str().unwrap().strip_prefix('u').unwrap();
    let mut bits = Vec::new();
    flate2::read::GzDecoder::new(&*URL_SAFE_NO_PAD.decode(encoded).unwrap()).read_to_end(&mut bits).unwrap();
    assert_eq!(bits.len(), 131_072 / 8);
    (0..131_072_u64).filter(|at| bits[*at as usize / 8] & (0x80 >> (at % 8)) != 0).collect()
}

#[actix_web::test]
async fn an_award_is_signed_when_issued_and_keeps_its_bytes_while_its_status_changes() {
    let app = App::start().await;
    let (draft, issued) = app.award("李小龍").await;
    let visitor = app.browser();
    let address = format!("/c/{}.vc.json", issued.cedid);
    let first = visitor.get(&address).await.expect(200);
    assert!(first.header("content-disposition").starts_with("attachment"));
    let credential: Value = serde_json::from_slice(&first.bytes).unwrap();
    assert_eq!(credential["credentialSubject"]["identifier"][0]["identityHash"], "李小龍");
    assert_eq!(credential["awardedDate"], "2019-11-07T00:00:00Z");
    let multikey = credential["issuer"]["id"].as_str().unwrap().strip_prefix("did:key:z").unwrap();
    let key: [u8; 32] = bs58::decode(multikey).into_vec().unwrap()[2..].try_into().unwrap();
    integrity::check(&credential, &key).unwrap();
    visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200).says(&format!("{}.vc.json", issued.cedid));

    let status = &credential["credentialStatus"];
    let list_at = path(&app, status["statusListCredential"].as_str().unwrap());
    let place: u64 = status["statusListIndex"].as_str().unwrap().parse().unwrap();
    let before = visitor.get(list_at).await.expect(200).bytes;
    assert_eq!(visitor.get(list_at).await.expect(200).bytes, before, "signed once while nothing changes");
    let list: Value = serde_json::from_slice(&before).unwrap();
    assert_eq!(list["issuer"]["id"], credential["issuer"]["id"]);
    integrity::check(&list, &key).unwrap();
    assert_eq!(set_bits(&list), BTreeSet::new());
    let told_at = list_at.replace("/status/", "/revocations/");
    assert_eq!(json_of(visitor.get(&told_at).await)["revokedCredential"], json!([]));

    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &id, &reason, &by())
    })
    .await;
    let list = json_of(visitor.get(list_at).await);
    integrity::check(&list, &key).unwrap();
    assert_eq!(set_bits(&list), BTreeSet::from([place]));
    let told = json_of(visitor.get(&told_at).await);
    assert_eq!(told["revokedCredential"][0]["id"], credential["id"]);
    assert_eq!(told["revokedCredential"][0]["revocationReason"], "Conferred in error");
    assert_eq!(visitor.get(&address).await.expect(200).bytes, first.bytes);
}

#[actix_web::test]
async fn the_jwt_is_made_once_and_what_is_not_there_has_none() {
    let app = App::start().await;
    let (_, issued) = app.award("Ann Lee").await;
    let visitor = app.browser();
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let address = format!("/c/{}.jwt", issued.cedid);
    let first = visitor.get(&address).await.expect(200);
    assert_eq!(visitor.get(&address).await.expect(200).bytes, first.bytes);
    let part = |nth: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(first.text().split('.').nth(nth).unwrap()).unwrap()).unwrap()
    };
    let (header, payload) = (part(0), part(1));
    assert_eq!(header.as_object().unwrap().keys().collect::<Vec<_>>(), ["alg", "kid", "typ"]);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    assert_eq!(payload["iss"], payload["issuer"]["id"]);
    assert_eq!(payload["jti"], payload["id"]);
    assert_eq!(payload["sub"], payload["credentialSubject"]["id"]);
    assert!(payload["nbf"].is_i64() && payload.get("proof").is_none());
    for missing in ["/c/0000-0000-001J.vc.json", "/c/0000-0000-001J.jwt", "/refresh/nothing"] {
        visitor.get(missing).await.expect(404);
    }
    for missing in ["/status/", "/revocations/"] {
        visitor.get(&format!("{missing}{}", testamur::clock::public_id())).await.expect(404);
    }
}

// ---- Verifiers that we did not write.

/// Files for the verifiers, and what is to be served to them.
struct Bench {
    home: PathBuf,
    folder: tempfile::TempDir,
    served: Vec<String>,
}

impl Bench {
    #[allow(clippy::disallowed_methods)] // Where the verifiers are is no setting of the portal.
    fn new() -> Option<Self> {
        shared("verifiers/verify-vc.mjs")?;
        let Ok(home) = std::env::var("TEST_VERIFIERS") else {
            println!("skipped: TEST_VERIFIERS names no folder with the verifiers");
            return None;
        };
        Some(Self { home: home.into(), folder: tempfile::tempdir().unwrap(), served: Vec::new() })
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn serve(&mut self, address: &str, bytes: &[u8]) {
        let file = self.keep(&format!("served-{}", self.served.len() / 2), bytes);
        self.served.extend(["--doc".to_owned(), format!("{address}={file}")]);
    }

    /// What one of the npm stacks says of each file.
    fn stack(&self, name: &str, more: &[&str], files: &[String]) -> Vec<Value> {
        let standards = shared("standards").unwrap();
        let mut command = Command::new("node");
        command.arg(self.home.join("verify-vc.mjs")).args(["--standards", standards.to_str().unwrap()]);
        command.args(["--json", "--stack", name]).args(more).args(&self.served).args(files);
        let said = command.output().unwrap();
        let lines = String::from_utf8(said.stdout).unwrap();
        let found: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(found.len(), files.len(), "{}", String::from_utf8_lossy(&said.stderr));
        found
    }

    /// What the Python stack says of each file.
    fn python(&self, files: &[String]) -> Vec<String> {
        let mut command = Command::new(self.home.join("venv/bin/python"));
        let said = command.arg(self.home.join("verify-vc-py.py")).args(files).output().unwrap();
        let lines: Vec<String> = String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), files.len(), "{}", String::from_utf8_lossy(&said.stderr));
        lines
    }
}

impl Bench {
    /// What the Python stack says of each file, with its status, where it has what is served in place of a network.
    fn python_by_address(&self, files: &[String]) -> Vec<String> {
        let script = self.keep("did_web.py", include_bytes!("proofs/did_web.py"));
        let mut command = Command::new(self.home.join("venv/bin/python"));
        command.arg(script).args(self.served.iter().filter(|part| *part != "--doc")).arg("--").args(files);
        let said = command.output().unwrap();
        let lines: Vec<String> = String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), files.len(), "{}", String::from_utf8_lossy(&said.stderr));
        lines
    }
}

/// Every leaf of a document but its proof's facts that no one signs twice, as JSON pointers.
fn leaves(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, one)| leaves(one, format!("{at}/{name}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(nth, one)| leaves(one, format!("{at}/{nth}"), found));
        }
        _ => found.push(at),
    }
}

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

/// An award that is endorsed by two, with evidence and a number that floats badly.
async fn rich(app: &App, staff: &Browser) -> String {
    let draft = app.draft("نور الهدى").await;
    let boards = app
        .write(|conn| Ok([organization(conn, "Board of Accreditation")?.id, organization(conn, "Ελένη & Co")?.id]))
        .await;
    let csrf = staff.get("/admin/evidence/new").await.expect(200).token();
    let (award, achievement) = (draft.assertion.id.as_str(), draft.achievement.id.as_str());
    for (of, board) in [(("award_id", award), &boards[0]), (("achievement_id", achievement), &boards[1])] {
        let fields = [
            ("csrf", csrf.as_str()),
            of,
            ("issuer_id", board.as_str()),
            ("issued_on", "2019-10-01"),
            ("comment", "A sound program, \"tested\"\nand *true*."),
        ];
        staff.post_raw("/admin/endorsements", &fields).await.expect(303);
    }
    let evidence = [("csrf", csrf.as_str()), ("assertion_id", award), ("name", "Отчёт"), ("narrative", "Line\nline")];
    staff.post_raw("/admin/evidence", &evidence).await.expect(303);
    let description = app.described(&draft, "Письмо", "RubricCriterion").await;
    let (id, of) = (draft.assertion.id.clone(), draft.achievement.id.clone());
    app.write(move |conn| {
        use diesel::prelude::*;
        use testamur::db::schema::assertion;
        let (name, address) =
            (Name::parse("Ψηφιακή ικανότητα").unwrap(), Iri::parse("https://case.example/items/1").unwrap());
        Alignment::new(Aligned::Achievement(of.clone()), name.clone(), address.clone(), 0).insert(conn)?;
        Association::new(of.clone(), AssociationType::Precedes, (address, name), 0).insert(conn)?;
        let level = Level::new(description.clone(), Name::parse("Accomplished").unwrap(), 0);
        level.insert(conn)?;
        let mut reached = AwardResult::new(id.clone(), description.clone(), 0);
        reached.achieved_level_id = Some(level.id.clone());
        assert!(reached.insert(conn, &by())?);
        let last = chrono::NaiveDate::from_ymd_opt(2099, 12, 31);
        let facts = (assertion::credits_earned.eq(Some(9.7)), assertion::expires_on.eq(last));
        Ok(diesel::update(assertion::table.find(&id)).set(facts).execute(conn)?)
    })
    .await;
    app.issue(&draft.assertion.id).await.cedid.to_string()
}

#[actix_web::test]
async fn three_verifiers_accept_what_we_sign_and_refuse_it_with_one_changed_leaf() {
    let Some(mut bench) = Bench::new() else { return };
    let app = App::start().await;
    let told = demonstration::fill(&app.db, &app.portal(), demonstration::passwords().await.unwrap()).await.unwrap();
    let (visitor, staff) = (app.browser(), app.signed_in(Role::Registrar).await);
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let rich = rich(&app, &staff).await;
    let mut good = Vec::new();
    let codes = ["19FD-D80S-A9TU".to_owned(), told.valid.to_string(), rich];
    for code in &codes {
        let signed = visitor.get(&format!("/c/{code}.vc.json")).await.expect(200).bytes;
        good.push((format!("{code}.json"), signed));
    }
    for (nth, learner) in [&told.learner, &told.other_learner].into_iter().enumerate() {
        let signed = staff.get(&format!("/admin/learners/{}/record.vc.json", learner.id)).await.expect(200).bytes;
        good.push((format!("record-{nth}.json"), signed));
    }
    good.push(("published.json".to_owned(), published_record(&app).await));
    let own = crate::shares::sharing(&app, "Ανδρέας").await;
    let (_, share) = crate::shares::shared(&app, &own.learner, &[&own.first, &own.second], Lasts::Days(30)).await;
    good.push(("share.json".to_owned(), visitor.get(&format!("{share}.vc.json")).await.expect(200).bytes));
    covers_what_there_is(&good);
    let mut fallen = Vec::new();
    for code in [&told.revoked, &told.suspended, &told.replaced, &told.expired] {
        fallen.push(visitor.get(&format!("/c/{code}.vc.json")).await.expect(200).bytes);
    }
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let jwt = visitor.get(&format!("/c/{}.jwt", codes[1])).await.expect(200).bytes;
    serve_lists(&app, &mut bench, good.iter().map(|(_, bytes)| bytes).chain(&fallen)).await;

    let files: Vec<String> = good.iter().map(|(name, bytes)| bench.keep(name, bytes)).collect();
    // The members of records have ended at different times; whether they had is not what is asked here.
    let before_any_end = ["--schema", "--no-nested"];
    for stack in ["db", "dcc"] {
        for said in bench.stack(stack, &before_any_end, &files) {
            assert_eq!(said["valid"], true, "{stack}: {said}");
        }
        let bad: Vec<String> =
            fallen.iter().enumerate().map(|(nth, bytes)| bench.keep(&format!("fallen-{nth}.json"), bytes)).collect();
        let said = bench.stack(stack, &["--schema"], &bad);
        // One bit says that a credential is revoked, suspended or replaced.
        for one in &said[..3] {
            assert!(one["reason"].as_str().unwrap().contains("revoked"), "{stack}: {said:?}");
        }
        assert!(said[3]["valid"] == false, "{stack}: {said:?}");
    }
    for said in bench.python(&files) {
        assert!(said.starts_with("VALID"), "{said}");
    }

    let mut broken = Vec::new();
    for (name, bytes) in &good {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        let mut all = Vec::new();
        leaves(&document, String::new(), &mut all);
        // Every leaf of an award; of a whole record, which has thousands, a spread. A verifier sees bytes and no database, so
        // on the second one a spread of the award too.
        let few = if on_postgres() { 8 } else { 40 };
        let is_record = document["type"].to_string().contains("ClrCredential");
        let step = if is_record || on_postgres() { (all.len() / few).max(1) } else { 1 };
        for (nth, leaf) in all.iter().step_by(step).enumerate() {
            let changed = serde_json::to_vec(&changed(&document, leaf)).unwrap();
            broken.push(bench.keep(&format!("broken-{nth}-{name}"), &changed));
        }
    }
    let enough = if on_postgres() { 50 } else { 300 };
    assert!(broken.len() > enough, "{}", broken.len());
    for stack in ["db", "dcc"] {
        for said in bench.stack(stack, &["--no-nested", "--no-status"], &broken) {
            assert_eq!(said["valid"], false, "{stack}: {said}");
        }
    }
    for said in bench.python(&broken) {
        assert!(said.starts_with("INVALID"), "{said}");
    }

    let (kid, jwk) = key_of(&app, &jwt).await;
    bench.serve(&kid, &serde_json::to_vec(&jwk).unwrap());
    let file = bench.keep("credential.jwt", &jwt);
    let said = bench.stack("db", &["--schema"], &[file]);
    assert_eq!(said[0]["valid"], true, "{said:?}");
}

/// The envelope of a record that the demonstration published and that stands.
async fn published_record(app: &App) -> Vec<u8> {
    use diesel::prelude::*;
    use testamur::db::schema::{credential, signed_form};
    let standing = credential::table.filter(credential::kind.ne("assertion")).filter(credential::status.eq("in_force"));
    app.read(move |conn| {
        let forms = signed_form::table.filter(signed_form::form.eq("vc.json"));
        let records = standing.select(credential::id.nullable());
        let of_records = forms.filter(signed_form::credential_id.eq_any(records)).select(signed_form::content);
        Ok(of_records.first::<Packed>(conn)?.into_inner())
    })
    .await
}

/// The set is only worth something while it has one of everything.
fn covers_what_there_is(good: &[(String, Vec<u8>)]) {
    let whole: String = good.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    let members = [
        "alignment",
        "achievedLevel",
        "rubricCriterionLevel",
        "identifier",
        "evidence",
        "refreshService",
        "validUntil",
        "creditsEarned",
    ];
    let missing: Vec<&str> = members.into_iter().filter(|member| !whole.contains(&format!("\"{member}\":"))).collect();
    assert!(missing.is_empty(), "no credential of the set has {missing:?}");
    assert!(whole.contains("نور الهدى") && whole.matches("EndorsementCredential").count() >= 2);
}

#[actix_web::test]
async fn the_verifiers_find_the_keys_of_did_web_in_the_documents_we_serve() {
    let Some(mut bench) = Bench::new() else { return };
    let app = App::start().await;
    let portal = Portal::new("https://clr.example.edu", app.portal().keys);
    let draft = app.draft("Ελένη").await;
    let (id, own) = (draft.assertion.id.clone(), portal.clone());
    let issued = app.write(move |conn| issue(conn, &id, &own, &How::quietly(testamur::clock::now()), &by())).await;
    let (of, own) = (issued.id.clone(), portal.clone());
    let (signed, did_document) = app
        .read(move |conn| {
            let signed = signed_form::of(conn, &of)?.remove(0).content.into_inner();
            Ok((signed, keys::published::issuer_document(conn, &own, &draft.office.id)?))
        })
        .await;
    let credential: Value = serde_json::from_slice(&signed).unwrap();
    let issuer = credential["issuer"]["id"].as_str().unwrap();
    assert!(issuer.starts_with("did:web:clr.example.edu:issuers:"), "{issuer}");
    assert_eq!(did_document["id"], issuer);
    bench.serve(issuer, &serde_json::to_vec(&did_document).unwrap());
    let list = credential["credentialStatus"]["statusListCredential"].as_str().unwrap().to_owned();
    let of: Id<_> = list.rsplit('/').next().unwrap().parse().unwrap();
    bench.serve(&list, &proof::status_list(&app.db, &portal, of).await.unwrap());
    let files = [
        bench.keep("good.json", &signed),
        bench.keep(
            "changed.json",
            &serde_json::to_vec(&changed(&credential, "/credentialSubject/achievement/name")).unwrap(),
        ),
    ];
    for stack in ["db", "dcc"] {
        let said = bench.stack(stack, &["--schema"], &files);
        assert_eq!((&said[0]["valid"], &said[1]["valid"]), (&json!(true), &json!(false)), "{stack}: {said:?}");
    }
    // The third asks for the document by its address.
    let path = issuer.strip_prefix("did:web:").unwrap().replace(':', "/");
    bench.serve(&format!("https://{path}/did.json"), &serde_json::to_vec(&did_document).unwrap());
    let said = bench.python_by_address(&files);
    assert!(said[0].starts_with("VALID") && said[1].starts_with("INVALID"), "{said:?}");
    let mut other = did_document.clone();
    other["verificationMethod"] = json!([]);
    bench.serve(&format!("https://{path}/did.json"), &serde_json::to_vec(&other).unwrap());
    let said = bench.python_by_address(&files[..1]);
    assert!(said[0].starts_with("INVALID"), "a key that is not published: {said:?}");
}

/// Serves every status list that these name to the verifiers.
async fn serve_lists(app: &App, bench: &mut Bench, signed: impl Iterator<Item = &Vec<u8>>) {
    let mut lists = BTreeSet::new();
    for bytes in signed {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        let mut all = Vec::new();
        leaves(&document, String::new(), &mut all);
        let named = all.iter().filter(|leaf| leaf.ends_with("/statusListCredential"));
        lists.extend(named.map(|leaf| document.pointer(leaf).unwrap().as_str().unwrap().to_owned()));
        let named = all.iter().filter(|leaf| leaf.ends_with("/credentialStatus/id"));
        let named = named.map(|leaf| document.pointer(leaf).unwrap().as_str().unwrap().to_owned());
        lists.extend(named.filter(|list| list.contains("/revocations/")));
    }
    for list in lists {
        let content = app.browser().get(path(app, &list)).await.expect(200).bytes;
        bench.serve(&list, &content);
    }
}

/// The address and the JWK of the key that signed a JWT.
async fn key_of(app: &App, jwt: &[u8]) -> (String, Value) {
    let header = jwt.split(|byte| *byte == b'.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let kid = header["kid"].as_str().unwrap().to_owned();
    let id: Id<_> = kid.rsplit('/').next().unwrap().parse().unwrap();
    let key = app.read(move |conn| Ok(signing_key::find(conn, &id)?)).await;
    (kid, keys::public(&key).unwrap().to_jwk().unwrap())
}
