//! A portal of its own for each test, and a client that behaves like a browser: it keeps cookies, follows nothing by
//! itself, and sends a form's token back.

mod template;

use std::{collections::BTreeMap, net::TcpListener, path::PathBuf, sync::OnceLock};

use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use testamur::{
    config::Config,
    db::{self, Conn, Db},
    models::{Achievement, Actor, Assertion, Credential, Profile, ResultDescription, Staff, assertion, setting, staff},
    registrar::{
        Portal, Refusal,
        check_in::Codes,
        deliver::{self, Post},
        issue::{How, issue},
        keys::Keyring,
        password,
    },
    sign::MasterKey,
    values::{AchievementType, Code, Email, HumanCode, Id, Iri, Line, Name, ProfileKind, ResultType, Role},
    web,
};

pub const PASSWORD: &str = "a long enough password";

/// A running portal.
pub struct App {
    pub base_url: String,
    pub db: Db,
    /// As the program knows it, with the public address of its settings.
    pub portal: Portal,
    /// The codes on its screens.
    pub codes: Codes,
    _folder: tempfile::TempDir,
    _database: Option<OwnDatabase>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn location(&self) -> String {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The token of the page's forms.
    pub fn token(&self) -> String {
        between(&self.text(), "name=\"csrf\" value=\"", "\"").unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.text().contains(words), "the page does not say {words:?}:\n{}", self.text());
        self
    }

    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        assert!(!self.text().contains(words), "the page says {words:?}:\n{}", self.text());
        self
    }
}

pub fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}

/// A browser with its own cookies.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    base_url: String,
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Posts fields as a form, with whatever token is among them.
    pub async fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        self.send(Method::POST, path, Some(body)).await
    }

    /// Opens the page of a form and posts it with the page's token.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await.expect(200);
        let token = shown.token();
        assert!(!token.is_empty(), "{page} has no form");
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(action, &all).await
    }

    /// The whole address of a page.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Posts fields and files as a form that hands files in.
    pub async fn hand_in(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        self.hand_in_as("files", path, fields, files).await
    }

    /// The same with files in a field of this name.
    pub async fn hand_in_as(
        &self,
        field: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Answer {
        const BETWEEN: &str = "----between-the-parts";
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (name, content) in files {
            let about = format!("Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"");
            let head = format!("--{BETWEEN}\r\n{about}\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BETWEEN}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BETWEEN}");
        let request = self.client.post(format!("{}{path}", self.base_url)).header("content-type", kind).body(body);
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }

    pub async fn send(&self, method: Method, path: &str, form: Option<String>) -> Answer {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base_url) };
        let mut request = self.client.request(method, address);
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl App {
    /// A portal with a publisher, and nothing else.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with settings of its own.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let app = Self::empty(settings).await;
        app.write(|conn| {
            let publisher = organization(conn, "Office of the Registrar")?;
            setting::set(conn, setting::PUBLISHER, publisher.id.as_str())?;
            Ok(())
        })
        .await;
        app
    }

    /// A portal over a database as it is; over an empty one of its own, if no other is named.
    pub async fn empty(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (address, own) = match server() {
            None => {
                let file = folder.path().join("test.db");
                template::copied_to(&file);
                (format!("sqlite:{}", file.display()), None)
            }
            Some(server) => {
                let own = OwnDatabase::copy(&server);
                (own.address.clone(), Some(own))
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let bind = listener.local_addr().unwrap().to_string();
        let mut environment: BTreeMap<String, String> = BTreeMap::from([
            ("DATABASE_URL".to_owned(), address),
            ("BIND".to_owned(), bind.clone()),
            ("MASTER_KEY_FILE".to_owned(), folder.path().join("key").display().to_string()),
        ]);
        environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config::from(environment, "").unwrap();
        let db = Db::open(&config.database).unwrap();
        db.migrate().await.unwrap();
        let key = MasterKey::load_or_create(&config.master_key_file).unwrap();
        let portal = Portal::new(config.base_url.clone(), Keyring::of(&key));
        let codes = Codes::new(key.derive("check-in"));
        let state = web::State::new(db.clone(), config, &key, portal.clone());
        let server = web::server(state, listener).unwrap();
        actix_web::rt::spawn(server);
        Self { base_url: format!("http://{bind}"), portal, db, codes, _folder: folder, _database: own }
    }

    pub fn browser(&self) -> Browser {
        self.browser_with(HeaderMap::new())
    }

    /// Each request has a connection of its own. A server that answered before it read a file to its end closes the
    /// connection; a real browser then asks again on another one, and this client does not.
    fn browser_with(&self, headers: HeaderMap) -> Browser {
        let client = Client::builder().cookie_store(true).default_headers(headers).pool_max_idle_per_host(0);
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser { client, base_url: self.base_url.clone() }
    }

    /// A browser that asks from an address of its own, where the portal trusts what stands before it.
    pub fn browser_at(&self, from: &str) -> Browser {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", from.parse().unwrap());
        self.browser_with(headers)
    }

    pub fn portal(&self) -> Portal {
        Portal::new(self.base_url.clone(), self.portal.keys.clone())
    }

    /// A change made behind the portal's back.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnMut(&mut Conn) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.db.write(change).await.unwrap()
    }

    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Conn) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.db.read(question).await.unwrap()
    }

    /// A member of staff who has set a password.
    pub async fn staff(&self, role: Role, office: Option<Id<Profile>>) -> Staff {
        static HASH: OnceLock<String> = OnceLock::new();
        if HASH.get().is_none() {
            let _ = HASH.set(password::hash(PASSWORD.to_owned()).await.unwrap());
        }
        let hash = HASH.get().unwrap().clone();
        self.write(move |conn| {
            let email = Email::parse(&format!("{role}-{}@example.edu", testamur::clock::row_id())).unwrap();
            let account = Staff::new(email, Name::parse(&format!("Dana {role}")).unwrap(), role, office.clone());
            account.insert(conn, &by())?;
            staff::set_password(conn, &account.id, &hash, &by())?;
            Ok(account)
        })
        .await
    }

    /// A browser in which somebody of this role has signed in.
    pub async fn signed_in(&self, role: Role) -> Browser {
        let office = match role.needs_office() {
            false => None,
            true => Some(self.write(|conn| Ok(organization(conn, "Office of Enrollment Management")?.id)).await),
        };
        let account = self.staff(role, office).await;
        self.sign_in(&account).await
    }

    pub async fn sign_in(&self, account: &Staff) -> Browser {
        let browser = self.browser();
        let fields = [("email", account.email.as_str()), ("password", PASSWORD)];
        browser.submit("/sign-in", "/sign-in", &fields).await.expect(303);
        browser
    }

    /// A learner, an achievement of an office, and a draft that awards it.
    pub async fn draft(&self, learner: &str) -> Draft {
        let name = learner.to_owned();
        self.write(move |conn| {
            let number = testamur::clock::row_id().simple().to_string();
            let learner = person(conn, &name, &number)?;
            let office = organization(conn, &format!("Office {}", &number[20..]))?;
            let kind = AchievementType::parse("Award").unwrap();
            let mut achievement = Achievement::new(Name::parse("Hoosier Experience").unwrap(), kind, office.id.clone());
            achievement.code = Some(HumanCode::parse(&format!("HX-{}", &number[20..])).unwrap());
            achievement.insert(conn, &by())?;
            let date = chrono::NaiveDate::from_ymd_opt(2019, 11, 7).unwrap();
            let draft = Assertion::new(Iri::fresh(), &learner, &achievement, date);
            draft.insert(conn, &by())?;
            Ok(Draft { learner, office, achievement, assertion: draft })
        })
        .await
    }

    /// Another draft of the same achievement for the same learner.
    pub async fn another_draft(&self, of: &Draft) -> Assertion {
        let of = of.clone();
        self.write(move |conn| {
            let draft = Assertion::new(Iri::fresh(), &of.learner, &of.achievement, of.assertion.conferral_date);
            draft.insert(conn, &by())?;
            Ok(draft)
        })
        .await
    }

    /// Something to reach with the draft's achievement.
    pub async fn described(&self, of: &Draft, name: &'static str, kind: &'static str) -> Id<ResultDescription> {
        let achievement = of.achievement.id.clone();
        self.write(move |conn| {
            let (name, kind) = (Name::parse(name).unwrap(), ResultType::parse(kind).unwrap());
            let made = ResultDescription::new(achievement.clone(), name, kind, 0);
            made.insert(conn)?;
            Ok(made.id)
        })
        .await
    }

    /// The same, issued without mail.
    pub async fn award(&self, learner: &str) -> (Draft, Credential) {
        let draft = self.draft(learner).await;
        let credential = self.issue(&draft.assertion.id).await;
        (draft, credential)
    }

    pub async fn issue(&self, id: &Id<Assertion>) -> Credential {
        let (id, portal) = (id.clone(), self.portal());
        let how = How::quietly(testamur::clock::now());
        self.write(move |conn| issue(conn, &id, &portal, &how, &by())).await
    }

    /// Hands over the mail that waits, and returns the text of each mail as its recipient reads it.
    pub async fn deliver(&self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let post = Post::new(&format!("file:{}", folder.path().display()), None, &self.portal()).unwrap();
        deliver::due(&self.db, &post).await.unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        let mut mails: Vec<_> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        mails.sort();
        // Quoted-printable: soft line ends go, and what is left of it is plain in addresses.
        mails.iter().map(|mail| mail.replace("=\r\n", "").replace("=3D", "=")).collect()
    }

    pub async fn assertion(&self, id: &Id<Assertion>) -> Assertion {
        let id = id.clone();
        self.read(move |conn| Ok(assertion::find(conn, &id)?)).await
    }
}

/// What a draft is made of.
#[derive(Clone)]
pub struct Draft {
    pub learner: Profile,
    pub office: Profile,
    pub achievement: Achievement,
    pub assertion: Assertion,
}

pub fn by() -> Actor {
    Actor::command("test")
}

pub fn organization(conn: &mut Conn, name: &str) -> Result<Profile, Refusal> {
    let made = Profile::new(ProfileKind::Organization, Name::parse(name).unwrap());
    made.insert(conn, &by())?;
    Ok(made)
}

pub fn person(conn: &mut Conn, name: &str, number: &str) -> Result<Profile, Refusal> {
    let mut made = Profile::new(ProfileKind::Person, Name::parse(name).unwrap());
    let (given, family) = name.rsplit_once(' ').unwrap_or((name, "Single"));
    made.given_name = Line::parse(given).ok();
    made.family_name = Line::parse(family).ok();
    made.student_id = Code::parse(number).ok();
    made.email = Email::parse(&format!("{number}@iu.example")).ok();
    made.refold();
    made.insert(conn, &by())?;
    Ok(made)
}

/// The PostgreSQL server to test on; SQLite without one.
#[allow(clippy::disallowed_methods)] // Tests are told by the environment where to run.
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// Whether these tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    server().is_some()
}

/// A database on the server that is gone with the test.
pub struct OwnDatabase {
    server: String,
    name: String,
    pub address: String,
}

impl OwnDatabase {
    /// A fresh one, where a server is given.
    pub fn on_the_server() -> Option<Self> {
        server().map(|server| Self::create(&server))
    }

    fn create(server: &str) -> Self {
        Self::made(server, "")
    }

    /// One that is up to date.
    fn copy(server: &str) -> Self {
        Self::made(server, &format!(" TEMPLATE {}", template::on(server)))
    }

    fn made(server: &str, how: &str) -> Self {
        let name = format!("t_{}", testamur::clock::public_id().simple());
        command(server, &format!("CREATE DATABASE {name}{how}"));
        let (start, _) = server.rsplit_once('/').unwrap();
        Self { server: server.to_owned(), address: format!("{start}/{name}"), name }
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        command(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn command(server: &str, sql: &str) {
    use diesel::{Connection, connection::SimpleConnection};
    let mut conn = diesel::PgConnection::establish(server).unwrap();
    conn.batch_execute(sql).unwrap();
}

/// A folder of third-party material beside the project, when it is there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: ../shared/{path} is not here");
    None
}

/// So that a database's own errors can be told in tests.
pub type DatabaseError = db::Error;
