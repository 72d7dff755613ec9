//! Backup and restore: between both kinds of database in both directions, while writers write, and never from a file that
//! was not kept well.

mod commands;
mod damaged;
mod older;
mod page;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel::{QueryDsl, RunQueryDsl};
use testamur::{
    db::{Conn, Db, dump, schema},
    models::{Achievement, Clr, Profile, audit, issued::Extensions, page::Query, profile},
    registrar::{Refusal, backup, demonstration, restore},
    values::{AchievementType, HumanCode, Id, Iri, Json, Name, Origin, ProfileKind, Prose, Role},
};

use crate::app::{App, OwnDatabase, PASSWORD, between, by};

/// The address that both the portal and its restored copy have, so that what they show is the same.
const ADDRESS: (&str, &str) = ("BASE_URL", "http://records.example.edu");

/// A database of one kind, gone with the test.
pub struct Place {
    pub address: String,
    folder: tempfile::TempDir,
    _own: Option<OwnDatabase>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { address: format!("sqlite:{}", folder.path().join("other.db").display()), folder, _own: None }
    }

    /// An empty database of each kind that is at hand.
    pub fn each_kind() -> Vec<Self> {
        let mut places = vec![Self::sqlite()];
        if let Some(own) = OwnDatabase::on_the_server() {
            places.push(Self { address: own.address.clone(), folder: tempfile::tempdir().unwrap(), _own: Some(own) });
        }
        places
    }

    pub fn db(&self) -> Db {
        Db::open(&self.address.parse().unwrap()).unwrap()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn portal(&self) -> App {
        App::empty(&[ADDRESS, ("DATABASE_URL", &self.address)]).await
    }
}

/// A backup of a database, in a file.
pub async fn backed_up(db: &Db, path: &Path) -> dump::Contents {
    let file = File::create(path).unwrap();
    db.snapshot(move |conn| backup::write(conn, Some("key".to_owned()), file, &mut |_| {})).await.unwrap()
}

pub async fn restored(path: &Path, db: &Db) -> Result<dump::Contents, Refusal> {
    let opened = Arc::new(backup::Opened::open(path)?);
    restore::restore(db, opened.clone(), restore::Target::Empty, restore::BrokenTrail::Refuse).await?;
    Ok(opened.contents.clone())
}

/// What no form would let in, and what the two databases keep differently.
fn odd(conn: &mut Conn) -> Result<(), Refusal> {
    let name = "\u{202b}זואי\u{202c} Zoë 👩🏽‍🎓 a\u{308} 'quoted' \"twice\" \\ %s $1";
    let mut part = Profile::new(ProfileKind::Organization, Name::parse("Part of what comes later").unwrap());
    let whole = Profile::new(ProfileKind::Organization, Name::parse("Whole").unwrap());
    part.description = Some(Prose::parse("One line\nand\tanother — 𝔘𝔫𝔦𝔠𝔬𝔡𝔢").unwrap());
    part.insert(conn, &by())?;
    whole.insert(conn, &by())?;
    let mut odd = profile::find(conn, &part.id)?;
    // A row that refers to a later one of its own table.
    odd.parent_id = Some(whole.id.clone());
    odd.update(conn, &by())?;
    let learner = crate::app::person(conn, "Ann Odd", "0000999999")?;
    for (nth, credits) in [0.1 + 0.2, 1e-300, 1.797_693_134_862_315_7e308, -0.0, 5.0].into_iter().enumerate() {
        let kind = AchievementType::parse("Award").unwrap();
        let mut made = Achievement::new(Name::parse(&format!("Odd {nth}")).unwrap(), kind, whole.id.clone());
        made.credits_available = Some(credits);
        made.code = Some(HumanCode::parse(&format!("ODD-{nth}")).unwrap());
        made.insert(conn, &by())?;
    }
    let extensions: Extensions = serde_json::from_value(serde_json::json!({ "odd:name": name })).unwrap();
    let now = testamur::clock::now().naive_utc();
    let document = Clr {
        id: Id::fresh(),
        iri: Iri::fresh(),
        origin: Origin::Foreign,
        learner_id: learner.id,
        publisher_id: whole.id,
        name: None,
        takes_all: true,
        partial: false,
        number: None,
        issued_at: None,
        document: Some((0..=255).chain([0, 13, 10]).collect()),
        media_type: None,
        extensions: Json::new(extensions),
        learner_sort: String::new(),
        search_text: name.to_owned(),
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(schema::clr::table).values(document).execute(conn)?;
    Ok(())
}

#[actix_web::test]
async fn every_table_is_in_a_backup_or_named_as_left_out() {
    let app = App::start().await;
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs")).unwrap();
    let mut known: Vec<String> = source
        .split("diesel::table! {")
        .skip(1)
        .filter_map(|rest| Some(rest.trim_start().split_once([' ', '('])?.0.to_owned()))
        .collect();
    let mut held = app.read(|conn| Ok(dump::tables(conn)?)).await;
    held.extend(dump::LEFT_OUT.map(str::to_owned));
    known.sort();
    held.sort();
    assert_eq!(known, held);
    assert!(known.contains(&"profile".to_owned()));
}

#[actix_web::test]
async fn a_restored_portal_is_the_same_on_either_kind_of_database() {
    for from in Place::each_kind() {
        let source = from.portal().await;
        let passwords = demonstration::passwords().await.unwrap();
        let told = demonstration::fill(&source.db, &source.portal(), passwords).await.unwrap();
        source.write(odd).await;
        let auditor = source.staff(Role::Auditor, None).await;
        let signed_in = source.sign_in(&auditor).await;
        // Who is first shown a document gets to see the keys of its signers: they are made before the copy is.
        for code in [&told.valid, &told.hoosier, &told.revoked, &told.expired] {
            source.browser().get(&format!("/c/{code}.json")).await.expect(200);
        }
        let file = from.file("everything.backup");
        let made = backed_up(&source.db, &file).await;
        assert!(made.rows > 1000 && made.tables > 15, "{made:?}");
        assert_eq!(made.digest, backup::digest(&source.db).await.unwrap());

        for to in Place::each_kind() {
            let db = to.db();
            assert_eq!(restored(&file, &db).await.unwrap(), made, "{} → {}", from.address, to.address);
            assert_eq!(backup::digest(&db).await.unwrap(), made.digest);
            let copy = to.portal().await;
            same_to_everybody(&source, &copy, &told).await;
            whole(&copy).await;
            let sessions: i64 = copy.read(|conn| Ok(schema::session::table.count().get_result(conn)?)).await;
            assert_eq!(sessions, 0);
            signed_in.get("/admin").await.expect(200);
            let fields = [("email", auditor.email.as_str()), ("password", PASSWORD)];
            copy.browser().submit("/sign-in", "/sign-in", &fields).await.expect(303);
            // Nothing is put over what is there.
            let refused = restored(&file, &db).await.unwrap_err().to_string();
            assert!(refused.contains("not empty"), "{refused}");
        }
    }
}

/// What visitors get for several codes, byte for byte.
async fn same_to_everybody(source: &App, copy: &App, told: &demonstration::Told) {
    let (here, there) = (source.browser(), copy.browser());
    for code in [&told.valid, &told.hoosier, &told.revoked, &told.expired] {
        let pages = ["", ".json", ".pdf", "/certificate.pdf"].map(|form| format!("/c/{code}{form}"));
        for address in pages.into_iter().chain([format!("/validate?cedid={code}")]) {
            let (mine, other) = (here.get(&address).await, there.get(&address).await);
            assert_eq!(mine.status, other.status, "{address}");
            let same = mine.bytes == other.bytes || unchecked(&mine.text()) == unchecked(&other.text());
            assert!(same, "{address} differs:\n{}\n{}", mine.text(), other.text());
        }
    }
}

/// A page without the moment at which it was looked at.
fn unchecked(page: &str) -> String {
    match between(page, "Checked <time", "</time>") {
        Some(moment) => page.replace(&moment, ""),
        None => page.to_owned(),
    }
}

/// The trail has no gap and cannot be changed, as in the portal that was backed up.
async fn whole(copy: &App) {
    let entries = copy.read(|conn| Ok(audit::latest(conn, 1_000_000)?)).await;
    assert!(entries.iter().rev().map(|entry| entry.seq).eq(1..=entries.len() as i64));
    let refused = copy.db.write(|conn| {
        diesel::delete(schema::audit_entry::table).execute(conn)?;
        Ok::<_, Refusal>(())
    });
    assert!(refused.await.is_err());
    // And life goes on.
    copy.write(|conn| Ok(crate::app::person(conn, "Next Learner", "0000888888")?.insert(conn, &by()).is_err())).await;
}

#[actix_web::test]
async fn a_backup_is_one_instant_while_writers_write() {
    let app = App::start().await;
    let writing = {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            for nth in 0..300 {
                let write = db.write(move |conn| {
                    crate::app::person(conn, &format!("Ann Learner{nth}"), &format!("00001{nth:05}")).map(|_| ())
                });
                write.await.unwrap();
            }
        })
    };
    let mut sizes = Vec::new();
    while !writing.is_finished() && sizes.len() < 20 {
        let place = Place::sqlite();
        let file = place.file("now.backup");
        backed_up(&app.db, &file).await;
        let db = place.db();
        restored(&file, &db).await.unwrap();
        let (entries, profiles) = db
            .read(|conn| {
                let profiles = profile::count(conn, &Query::default())?;
                Ok::<_, Refusal>((audit::latest(conn, 1_000_000)?, profiles))
            })
            .await
            .unwrap();
        assert!(entries.iter().rev().map(|entry| entry.seq).eq(1..=entries.len() as i64));
        // Each profile was written with its entry.
        let created = entries.iter().filter(|entry| entry.object_kind == "profile" && entry.action == "created");
        assert_eq!(created.count() as i64, profiles);
        sizes.push(profiles);
    }
    writing.await.unwrap();
    assert!(!sizes.is_empty());
}
