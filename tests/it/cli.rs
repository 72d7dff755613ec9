//! The commands, run as an operator runs them: the program itself, in a folder of its own, with the settings given here
//! and no others.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use testamur::{
    db::Db,
    models::{audit, credential, credential_document, outbox, profile},
    registrar::Refusal,
    values::CeDiD,
};

/// The program in a folder, without any setting of the machine.
pub fn program(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_testamur"));
    command.env_clear().current_dir(folder).args(arguments).stdin(Stdio::null());
    command.envs(settings.iter().map(|(name, value)| (format!("TESTAMUR_{name}"), value)));
    command
}

pub fn run(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    program(folder, settings, arguments).output().unwrap()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one sentence on standard error, and the exit status.
pub fn refusal(output: &Output) -> (String, i32) {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(told.trim_end().lines().count(), 1, "not one sentence: {told}");
    assert!(output.stdout.is_empty(), "{}", out(output));
    (told.trim_end().to_owned(), output.status.code().unwrap())
}

/// A program that runs until it is told to stop, and is ended with the test in any case.
struct Started(Child);

impl Started {
    fn begin(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Sends SIGTERM; the exit status, and how long it took.
    fn stop(&mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        assert!(Command::new("kill").arg(self.0.id().to_string()).status().unwrap().success());
        (self.0.wait().unwrap().code(), began.elapsed())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

fn open(url: &str) -> Db {
    Db::open(&url.parse().unwrap()).unwrap()
}

#[tokio::test]
async fn the_demonstration_tells_what_there_is_and_every_command_runs_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Started::begin(program(folder.path(), &[], &["demo", "--bind", ":0", "--json"]));
    let told: serde_json::Value = serde_json::from_str(&demo.first_line()).unwrap();
    let text = |pointer: &str| told.pointer(pointer).and_then(|value| value.as_str()).unwrap_or(pointer).to_owned();

    let base_url = text("/base_url");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(reqwest::get(format!("{base_url}{path}")).await.unwrap().status(), 200, "{path}");
    }
    assert_eq!(text("/cedids/hoosier"), "19FD-D80S-A9TU");
    let roles: Vec<&str> = told["staff"].as_array().unwrap().iter().map(|one| one["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["administrator", "registrar", "issuer", "host", "auditor"]);
    assert!(told["staff"][2]["office"].is_string() && told["staff"][3]["office"].is_string());
    assert!(text("/learner/sign_in_url").starts_with(&format!("{base_url}/sign-in/link/")));
    assert!(told["achievements"].as_array().unwrap().contains(&told["program"]));
    assert_eq!(told["events"].as_array().unwrap().len(), 50);

    let (database, key) = (text("/settings/TESTAMUR_DATABASE_URL"), text("/settings/TESTAMUR_MASTER_KEY_FILE"));
    let bind = base_url.trim_start_matches("http://").to_owned();
    let settings =
        [("DATABASE_URL", &*database), ("MASTER_KEY_FILE", &*key), ("BASE_URL", &*base_url), ("BIND", &*bind)];
    let beside = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    assert!(beside(&["healthcheck"]).status.success());
    let doctor = beside(&["doctor"]);
    assert!(doctor.status.success(), "{}", out(&doctor));
    assert_eq!(out(&beside(&["staff", "list"])).lines().count(), 5);
    for learner in ["/learner/id", "/learner/student_id"] {
        let exported = beside(&["export", "clr", "--learner", &text(learner)]);
        let clr: serde_json::Value = serde_json::from_slice(&exported.stdout).unwrap();
        assert!(clr["assertions"].as_array().unwrap().len() > 3);
        assert_eq!(clr["learner"]["studentId"], told["learner"]["student_id"]);
    }
    assert_eq!(refusal(&beside(&["seed", "--learners", "1", "--awards", "1"])).1, 1);
    the_record_of_the_roundtable_is_complete(open(&database)).await;
    the_awards_of_a_lost_key_are_issued_again(beside);

    let (status, took) = demo.stop();
    assert_eq!(status, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!Path::new(&key).parent().unwrap().exists(), "the temporary folder is still there");
}

/// In the demonstration's database.
/// A key of an office that has issued is marked as compromised, and what it signed is issued again, once.
fn the_awards_of_a_lost_key_are_issued_again(beside: impl Fn(&[&str]) -> Output) {
    let keys: serde_json::Value = serde_json::from_slice(&beside(&["keys", "list", "--json"]).stdout).unwrap();
    let signs = |key: &&serde_json::Value| key["state"] == "active" && key["purpose"] == "data_integrity";
    let key = keys
        .as_array()
        .unwrap()
        .iter()
        .filter(signs)
        .find(|key| key["profile_name"] == "Center for Student Leadership");
    let id = key.unwrap_or_else(|| panic!("no such key among {keys:#}"))["id"].as_str().unwrap().to_owned();
    let reissue = || beside(&["keys", "reissue", &id]);
    assert!(refusal(&reissue()).0.contains("is believed"));
    let marked = out(&beside(&["keys", "compromised", &id, "--since", "2020-01-01T00:00:00Z"]));
    assert!(marked.contains("is marked as compromised"), "{marked}");
    let done = out(&reissue());
    let count: usize = done.split(['.', ':']).nth(1).unwrap().trim().parse().unwrap();
    assert!(count > 0, "{done}");
    assert!(out(&reissue()).starts_with("Issued again: 0."));
}

async fn the_record_of_the_roundtable_is_complete(db: Db) {
    let (issued, learners) = db
        .read(|conn| {
            let found = credential::by_cedid(conn, &CeDiD::parse("19FD-D80S-A9TU").unwrap())?;
            let persons = testamur::models::page::Query {
                filters: vec![("kind".to_owned(), "person".to_owned())],
                ..Default::default()
            };
            let issued = credential_document::issued(conn, &found.unwrap().id)?;
            Ok::<_, Refusal>((issued, profile::count(conn, &persons)?))
        })
        .await
        .unwrap();
    assert_eq!(learners, 500);
    assert_eq!(issued.publisher.id, "urn:uuid:805877d8-3110-4745-8283-aa90dfac115f");
    assert_eq!(issued.achievement.issuer.id, "urn:uuid:737c9937-408a-443e-b891-74cc12ea381c");
    assert_eq!(issued.holder.id, "urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55");
    assert!(issued.assertion.id.ends_with("/ims/clr/v1p0/assertions/cdbc8423-f010-4a28-84cb-dad933798db8"));
    assert_eq!(issued.assertion.conferral_date.to_string(), "2019-11-07");
    assert_eq!(issued.assertion.issued_on.to_rfc3339(), "2020-03-12T13:12:45+00:00");
    assert_eq!(issued.assertion.results[0].value.as_deref(), Some("Awarded"));
    let names: Vec<&str> = issued.events.iter().map(|event| event.achievement.name.as_str()).collect();
    assert_eq!(names.len(), 6);
    assert!(names.contains(&"University Division Majors, Minors, and More Fair"));

    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/hoosier.json");
    match std::fs::read(&fixture) {
        Ok(bytes) => {
            let fixture: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(issued.publisher.name, fixture["publisher"]["name"]);
            assert_eq!(issued.publisher.telephone.as_deref(), fixture["publisher"]["telephone"].as_str());
            assert_eq!(issued.achievement.issuer.url.as_deref(), fixture["issuer"]["url"].as_str());
            assert_eq!(issued.achievement.title.as_deref(), fixture["achievement"]["credential_title"].as_str());
            assert_eq!(issued.achievement.description.as_deref(), fixture["achievement"]["description"].as_str());
            assert_eq!(issued.holder.name, fixture["learner"]["displayName"]);
            for event in fixture["events"].as_array().unwrap() {
                assert!(names.contains(&event.as_str().unwrap()), "{event}");
            }
        }
        Err(_) => eprintln!("skipped: ../shared/fixtures/hoosier.json is not here"),
    }
}

#[test]
fn wrong_settings_and_wrong_usage_are_one_sentence_and_exit_status_2() {
    let folder = tempfile::tempdir().unwrap();
    for (settings, arguments, named) in [
        (vec![("BASE_URL", "https://a/b")], vec!["serve"], "TESTAMUR_BASE_URL"),
        (vec![("SMTP_URL", "smtp://")], vec!["serve"], "TESTAMUR_SMTP_URL"),
        (vec![("BINDD", "x")], vec!["doctor"], "TESTAMUR_BINDD"),
        (vec![], vec!["bake"], "bake"),
        (vec![], vec![], "--help"),
        (vec![], vec!["seed", "--learners", "many", "--awards", "1"], "many"),
        (vec![], vec!["seed", "--learners", "0", "--awards", "1"], "--learners"),
        (vec![], vec!["staff", "add", "--email", "nobody", "--name", "N", "--role", "auditor"], "nobody"),
        (vec![], vec!["staff", "add", "--email", "a@b.edu", "--name", "N", "--role", "king"], "king"),
        (vec![], vec!["staff", "add", "--email", "a@b.edu", "--name", "N", "--role", "host"], "--office"),
        (vec![], vec!["demo", "--bind", "nowhere"], "nowhere"),
    ] {
        let (sentence, status) = refusal(&run(folder.path(), &settings, &arguments));
        assert!(sentence.contains(named), "{arguments:?}: {sentence}");
        assert_eq!(status, 2, "{sentence}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was made in spite of it");
}

#[test]
fn a_database_that_cannot_be_used_is_one_sentence_and_exit_status_1() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("text.db"), "this is no database at all, only some text".repeat(100)).unwrap();
    for (url, command, named) in [
        ("sqlite:nowhere/t.db", "serve", "nowhere"),
        ("sqlite:text.db", "serve", "text.db"),
        ("sqlite:none.db", "worker", "testamur migrate"),
        // A server that refuses tells why in several lines.
        ("postgres://nobody@127.0.0.1:1/none", "serve", "Connection refused"),
        ("sqlite:none.db", "staff", "testamur migrate"),
    ] {
        let arguments = if command == "staff" { vec!["staff", "list"] } else { vec![command] };
        let (sentence, status) = refusal(&run(folder.path(), &[("DATABASE_URL", url)], &arguments));
        assert!(sentence.contains(named), "{url}: {sentence}");
        assert_eq!(status, 1, "{sentence}");
    }
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run(folder.path(), &[], &["migrate"]).status.success());
    let path = folder.path().join("testamur.db");
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')").unwrap();
    for arguments in [vec!["serve"], vec!["migrate"], vec!["staff", "list"]] {
        let (sentence, status) = refusal(&run(folder.path(), &[], &arguments));
        assert!(sentence.contains("newer version of Testamur"), "{sentence}");
        assert_eq!(status, 1);
    }
}

#[test]
fn migrating_twice_does_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    assert!(out(&run(folder.path(), &[], &["migrate"])).contains("migrations were run"));
    assert_eq!(out(&run(folder.path(), &[], &["migrate"])), "The database is up to date.\n");
}

#[test]
fn the_first_administrator_comes_in_by_a_link_that_is_printed_and_the_last_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let staff = |arguments: &[&str]| run(folder.path(), &[], &[&["staff"], arguments].concat());
    assert!(run(folder.path(), &[], &["migrate"]).status.success());
    let add = ["add", "--email", "Ann@Example.edu", "--name", "Zoë Łukasiewicz", "--role", "administrator"];
    let added = out(&staff(&add));
    assert!(added.lines().any(|line| line.starts_with("http://127.0.0.1:8080/set-up/")), "{added}");
    assert!(refusal(&staff(&add)).0.contains("There is already an account"));
    let list = out(&staff(&["list"]));
    assert!(list.contains("Zoë Łukasiewicz") && list.contains("waits for its password"), "{list}");
    let (sentence, status) = refusal(&staff(&["disable", "ann@example.edu"]));
    assert!(sentence.contains("last administrator"), "{sentence}");
    assert_eq!(status, 1);
    let missing = ["add", "--email", "h@b.edu", "--name", "H", "--role", "host", "--office", "Nowhere"];
    assert!(refusal(&staff(&missing)).0.contains("Nowhere"));
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let doctor = |settings: &[(&str, &str)]| run(folder.path(), settings, &["doctor"]);
    assert!(doctor(&[]).status.success(), "{}", out(&doctor(&[])));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the doctor left something behind");
    assert!(run(folder.path(), &[], &["migrate"]).status.success());
    std::fs::write(folder.path().join("testamur.key"), "no key").unwrap();
    let found = doctor(&[("SMTP_URL", "smtp://ann:secret@mail.example.edu"), ("FONT_DIR", "/nowhere")]);
    assert_eq!(found.status.code(), Some(1));
    let found = out(&found);
    for problem in ["does not hold a key", "tls=required", "/nowhere"] {
        assert!(found.contains(problem), "{problem} is missing in {found}");
    }
    assert!(!found.contains("secret"), "{found}");
    let key = format!("{}=\n", "A".repeat(86) + "=");
    std::fs::write(folder.path().join("testamur.key"), key).unwrap();
    std::fs::set_permissions(folder.path().join("testamur.key"), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(out(&doctor(&[])).contains("chmod 600"));
}

#[test]
fn a_portal_that_is_not_there_is_not_healthy() {
    let folder = tempfile::tempdir().unwrap();
    // Port 9 (discard) is free on any machine that runs tests.
    let (sentence, status) = refusal(&run(folder.path(), &[("BIND", "127.0.0.1:9")], &["healthcheck"]));
    assert!(sentence.contains("127.0.0.1:9"), "{sentence}");
    assert_eq!(status, 1);
}

#[tokio::test]
async fn a_seeded_database_holds_what_was_asked_for_and_nothing_is_seeded_twice() {
    let folder = tempfile::tempdir().unwrap();
    let seed = || run(folder.path(), &[], &["seed", "--learners", "60", "--awards", "700", "--unsigned"]);
    let seeded = seed();
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    let again = seed();
    assert!(String::from_utf8_lossy(&again.stderr).contains("not empty"));
    assert_eq!(again.status.code(), Some(1));

    let db = open(&format!("sqlite:{}", folder.path().join("testamur.db").display()));
    let (count, mails, entry, award) = db
        .read(|conn| {
            let learner = profile::person_by_student_id(conn, "0000350060")?.unwrap();
            let credential = credential::of_learner(conn, &learner.id)?.remove(0);
            let award = credential::award(conn, &credential, testamur::clock::now())?;
            let entry = audit::latest(conn, 1)?.remove(0);
            Ok::<_, Refusal>((credential::count(conn)?, outbox::waiting_and_failed(conn)?, entry, award))
        })
        .await
        .unwrap();
    assert_eq!((count, mails), (700, (0, 0)));
    assert_eq!(entry.action, "seeded");
    assert!(entry.changes.get().iter().any(|change| change.field.starts_with("Digest")));
    assert!(award.issued.assertion.cedid.check_symbol_fits());
    assert!(!testamur::clr::v1::credential(&award).is_empty());
}

#[test]
fn queued_mail_is_delivered_by_the_worker() {
    let folder = tempfile::tempdir().unwrap();
    let seeded = run(folder.path(), &[], &["seed", "--learners", "2", "--awards", "3", "--notify"]);
    assert!(seeded.status.success());
    let mut worker = Started::begin(program(folder.path(), &[("SMTP_URL", "file:mail")], &["worker"]));
    let delivered = || std::fs::read_dir(folder.path().join("mail")).map_or(0, |files| files.flatten().count());
    let began = Instant::now();
    while delivered() < 3 && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(delivered(), 3);
    assert_eq!(worker.stop().0, Some(0));
}

/// A mail server that takes mail over TLS and with a password only, under a certificate of its own.
struct SecuredMail {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for SecuredMail {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl SecuredMail {
    fn start(way: &str) -> Option<Self> {
        let has = |program: &str, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        if !has("python3", &["-c", "import aiosmtpd"]) || !has("openssl", &["version"]) {
            println!("skipped: Python's aiosmtpd or openssl is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(path("mail")).unwrap();
        let (key, certificate) = (path("key.pem"), path("certificate.pem"));
        let mut make = vec!["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
        make.extend(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
        make.extend(["-keyout", &key, "-out", &certificate]);
        assert!(has("openssl", &make));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/smtp/secured.py"))
            .args([&port.to_string(), &path("mail"), &certificate, &key, way])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        Some(Self { process, folder, port })
    }

    fn received(&self) -> usize {
        let files = std::fs::read_dir(self.folder.path().join("mail")).unwrap();
        files.flatten().filter(|file| file.path().extension().is_some_and(|end| end == "eml")).count()
    }
}

/// Runs a worker until it has tried the mail that waits, and says what the outbox then tells of the failure.
async fn tried(folder: &Path, smtp_url: &str, certificate: Option<&Path>, done: impl Fn() -> bool) -> Option<String> {
    let mut command = program(folder, &[("SMTP_URL", smtp_url)], &["worker"]);
    if let Some(certificate) = certificate {
        command.env("SSL_CERT_FILE", certificate);
    }
    let mut worker = Started::begin(command);
    let db = open(&format!("sqlite:{}", folder.join("testamur.db").display()));
    let began = Instant::now();
    loop {
        let mails = db.read(|conn| Ok::<_, Refusal>(outbox::latest(conn, 1)?)).await.unwrap();
        let failure = mails[0].last_error.clone();
        if failure.is_some() || done() || began.elapsed() > Duration::from_secs(60) {
            worker.stop();
            return failure;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[actix_web::test]
async fn mail_leaves_over_tls_and_with_a_password_and_a_certificate_nobody_vouches_for_is_refused() {
    for (way, url) in [("implicit", "smtps://"), ("starttls", "smtp://")] {
        let Some(server) = SecuredMail::start(way) else { return };
        let certificate = server.folder.path().join("certificate.pem");
        let end = if way == "starttls" { "?tls=required" } else { "" };
        let address = |password: &str| format!("{url}registrar:{password}@localhost:{}{end}", server.port);
        let outcomes = [
            (address("open%20sesame"), None, Some("certificate")),
            (address("guess"), Some(certificate.as_path()), Some("535")),
            (address("open%20sesame"), Some(certificate.as_path()), None),
        ];
        for (smtp_url, trusted, complaint) in outcomes {
            let folder = tempfile::tempdir().unwrap();
            let seeded = run(folder.path(), &[], &["seed", "--learners", "1", "--awards", "1", "--notify"]);
            assert!(seeded.status.success());
            let failure = tried(folder.path(), &smtp_url, trusted, || server.received() > 0).await;
            match complaint {
                None => assert_eq!((failure, server.received()), (None, 1), "{way}"),
                Some(word) => {
                    let failure = failure.unwrap_or_default();
                    assert!(failure.to_lowercase().contains(word), "{way}: {failure:?}");
                    assert_eq!(server.received(), 0, "{way}: it was sent in spite of {word}");
                }
            }
        }
    }
}

/// The other tests of this file run on SQLite; here are the commands that touch the database, on the server.
#[actix_web::test]
async fn the_commands_work_on_postgresql() {
    let Some(database) = crate::app::OwnDatabase::on_the_server() else {
        println!("skipped: no PostgreSQL server is given");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = [("DATABASE_URL", database.address.as_str())];
    let done = |arguments: &[&str]| {
        let output = run(folder.path(), &settings, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        out(&output)
    };
    done(&["migrate"]);
    done(&["seed", "--learners", "3", "--awards", "12", "--unsigned"]);
    let link = done(&["staff", "add", "--email", "dana@iu.example", "--name", "Dana Reyes", "--role", "registrar"]);
    assert!(link.contains("/set-up/"), "{link}");
    assert!(done(&["staff", "list"]).contains("dana@iu.example"));
    done(&["staff", "disable", "dana@iu.example"]);
    done(&["doctor"]);
    let db = open(&database.address);
    let (id, awards) = db
        .read(|conn| {
            use testamur::models::page::Query;
            let filters = vec![("kind".to_owned(), "person".to_owned())];
            let found = profile::search(conn, &Query { filters, sort: "name".to_owned(), ..Query::default() })?;
            let first = found.rows.into_iter().next().unwrap();
            let awards = credential::of_learner(conn, &first.id)?.len();
            Ok::<_, Refusal>((first.id.to_string(), awards))
        })
        .await
        .unwrap();
    let exported: serde_json::Value = serde_json::from_str(&done(&["export", "clr", "--learner", &id])).unwrap();
    assert_eq!(exported["assertions"].as_array().unwrap().len(), awards);
}
