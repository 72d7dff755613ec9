//! Restoring from the page: an administrator of a portal that is new hands a backup in, sees what it holds, and puts it in
//! the place of everything.

use std::{
    fs,
    path::{Path, PathBuf},
};

use diesel::{QueryDsl, RunQueryDsl, connection::SimpleConnection};
use testamur::{
    db::{Conn, Db, dump, schema},
    models::{Staff, audit, setting},
    registrar::{Refusal, backup, demonstration},
    sign::MasterKey,
    values::Role,
};

use super::{ADDRESS, Place, backed_up, damaged::with_header, same_to_everybody, whole};
use crate::app::{Answer, App, Browser, PASSWORD};

/// A portal with the master key of another one, in a folder of both.
async fn portal(key: &str, address: &str) -> App {
    App::empty(&[ADDRESS, ("MASTER_KEY_FILE", key), ("DATABASE_URL", address)]).await
}

/// A new portal over a database of each kind, and its administrator.
async fn new_ones(key: &str) -> Vec<(Place, App, Staff, Browser)> {
    let mut all = Vec::new();
    for place in Place::each_kind() {
        let app = portal(key, &place.address).await;
        let account = app.staff(Role::Administrator, None).await;
        let browser = app.sign_in(&account).await;
        all.push((place, app, account, browser));
    }
    all
}

async fn handed_in(browser: &Browser, bytes: &[u8]) -> Answer {
    let token = browser.get("/admin/backup").await.token();
    browser.hand_in_as("file", "/admin/backup/file", &[("csrf", &token)], &[("night.backup", bytes)]).await
}

async fn confirmed(browser: &Browser, password: &str, more: &[(&str, &str)]) -> Answer {
    let page = browser.get("/admin/backup/restore").await.expect(200).text();
    let digest = crate::app::between(&page, "name=\"digest\" value=\"", "\"").unwrap();
    let fields = [&[("digest", digest.as_str()), ("password", password)], more].concat();
    browser.submit("/admin/backup/restore", "/admin/backup/restore", &fields).await
}

/// A backup as the page of a portal in use gives it, with the key of that portal beside it.
struct Made {
    _folder: tempfile::TempDir,
    key: String,
    source: App,
    told: demonstration::Told,
    clerk: Staff,
    bytes: Vec<u8>,
}

async fn made_on(place: &Place) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key").display().to_string();
    let source = portal(&key, &place.address).await;
    let passwords = demonstration::passwords().await.unwrap();
    let told = demonstration::fill(&source.db, &source.portal(), passwords).await.unwrap();
    for code in [&told.valid, &told.hoosier, &told.revoked, &told.expired] {
        source.browser().get(&format!("/c/{code}.json")).await.expect(200);
    }
    let clerk = source.staff(Role::Registrar, None).await;
    let administrator = source.signed_in(Role::Administrator).await;
    let bytes = administrator.submit("/admin/backup", "/admin/backup", &[]).await.expect(200).bytes;
    Made { _folder: folder, key, source, told, clerk, bytes }
}

#[actix_web::test]
async fn a_backup_takes_the_place_of_a_new_portal_of_either_kind() {
    for from in Place::each_kind() {
        let made = made_on(&from).await;
        let digest = backup::digest(&made.source.db).await.unwrap();
        for (_place, copy, own, browser) in new_ones(&made.key).await {
            browser.get("/admin").await.expect(200).says("restore its backup");
            browser.get("/admin/backup").await.expect(200).says("Restore a backup into this portal");
            assert_eq!(handed_in(&browser, &made.bytes).await.expect(303).location(), "/admin/backup/restore");
            let page = browser.get("/admin/backup/restore").await.expect(200).says(&digest);
            page.says("The file is whole").says("Achievements").says("Leave this portal as it is");
            // Nothing was changed by looking, and the wrong password changes nothing either.
            confirmed(&browser, "not the password", &[]).await.expect(422).says("This is not your password");
            assert_ne!(backup::digest(&copy.db).await.unwrap(), digest);

            let other = copy.sign_in(&own).await;
            let done = confirmed(&browser, PASSWORD, &[]).await.expect(200);
            done.says("The backup was restored").says(&digest).says("The audit trail is whole").says("Sign in");
            assert_eq!(backup::digest(&copy.db).await.unwrap(), digest);
            let sessions: i64 = copy.read(|conn| Ok(schema::session::table.count().get_result(conn)?)).await;
            assert_eq!(sessions, 0);
            for ended in [&browser, &other] {
                assert!(ended.get("/admin").await.expect(303).location().starts_with("/sign-in"));
            }
            same_to_everybody(&made.source, &copy, &made.told).await;
            let fields = [("email", own.email.as_str()), ("password", PASSWORD)];
            copy.browser().submit("/sign-in", "/sign-in", &fields).await.expect(422);
            let clerk = copy.sign_in(&made.clerk).await;
            clerk.get("/admin/assertions").await.expect(200);
            whole(&copy).await;
        }
    }
}

#[actix_web::test]
async fn nothing_is_restored_over_a_portal_in_use_or_by_anybody_else() {
    let app = App::start().await;
    let place = Place::sqlite();
    let file = place.file("some.backup");
    backed_up(&app.db, &file).await;
    let bytes = fs::read(&file).unwrap();
    let administrator = app.signed_in(Role::Administrator).await;
    let page = administrator.get("/admin/backup").await.expect(200);
    page.says("It is not restored over a portal in use").never_says("/admin/backup/file");
    handed_in(&administrator, &bytes).await.expect(409).says("This portal is in use");
    administrator.get("/admin/backup/restore").await.expect(409).says("Hand it in again");
    let fields = [("digest", "x"), ("password", PASSWORD)];
    administrator.submit("/admin/backup", "/admin/backup/restore", &fields).await.expect(409).says("Hand it in again");
    app.signed_in(Role::Registrar).await.get("/admin/backup/restore").await.expect(403);

    // In use since the file was looked at: one office is enough.
    let key = key_in(&place);
    for (place, copy, _, browser) in new_ones(&key).await {
        let bytes = fs::read(of_another(&place, &key).await).unwrap();
        handed_in(&browser, &bytes).await.expect(303);
        copy.write(|conn| crate::app::organization(conn, "Somebody’s work").map(|_| ())).await;
        let before = backup::digest(&copy.db).await.unwrap();
        confirmed(&browser, PASSWORD, &[]).await.expect(409).says("This portal is in use");
        assert_eq!(backup::digest(&copy.db).await.unwrap(), before);
        browser.get("/admin").await.expect(200);
    }
}

fn key_in(place: &Place) -> String {
    place.file("key").display().to_string()
}

/// A backup of another portal that has this master key.
async fn of_another(place: &Place, key: &str) -> PathBuf {
    let other = App::start().await;
    other.award("Zoë Łukasiewicz").await;
    let file = place.file("other.backup");
    written(&other.db, key, &file).await;
    file
}

async fn written(db: &Db, key: &str, file: &Path) {
    let key = MasterKey::load(Path::new(key)).unwrap().map(|key| key.fingerprint());
    let out = fs::File::create(file).unwrap();
    db.snapshot(move |conn| backup::write(conn, key, out, &mut |_| {})).await.unwrap();
}

#[actix_web::test]
async fn a_file_that_cannot_be_restored_is_refused_beside_its_field() {
    let both = Place::sqlite();
    let key = key_in(&both);
    for (place, copy, _, browser) in new_ones(&key).await {
        let bytes = fs::read(of_another(&place, &key).await).unwrap();
        let before = backup::digest(&copy.db).await.unwrap();
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let newer = with_header(&bytes, |header| header["format"] = 7.into());
        let ahead = with_header(&bytes, |header| header["migrations"][0] = "29991231000000".into());
        let elsewhere = with_header(&bytes, |header| header["master_key"] = "another".into());
        for (bytes, named) in [
            (&flipped[..], "night.backup is damaged"),
            (&bytes[..bytes.len() - 100], "night.backup is damaged"),
            (b"something else", "not a backup of Testamur"),
            (b"", "Choose the file of a backup"),
            (&newer, "newer version"),
            (&ahead, "newer version"),
            (&elsewhere, "another master key"),
        ] {
            handed_in(&browser, bytes).await.expect(422).says(named).says("Restore a backup into this portal");
            browser.get("/admin/backup/restore").await.expect(409);
        }
        let without = browser.hand_in_as("file", "/admin/backup/file", &[("csrf", "forged")], &[("x", &bytes)]).await;
        without.expect(403);
        assert_eq!(backup::digest(&copy.db).await.unwrap(), before);
        // A file that is whole, with rows that this database does not take: all of it is taken back.
        let unfit = with_header(&bytes, |header| header["migrations"].as_array_mut().unwrap().truncate(2));
        handed_in(&browser, &unfit).await.expect(303);
        confirmed(&browser, PASSWORD, &[]).await.expect(409).says("It was not restored");
        assert_eq!(backup::digest(&copy.db).await.unwrap(), before);
        browser.get("/admin").await.expect(200);
    }
}

#[actix_web::test]
async fn a_broken_trail_is_refused_until_it_is_accepted() {
    let both = Place::sqlite();
    let key = key_in(&both);
    for (place, copy, _, browser) in new_ones(&key).await {
        let file = of_another(&place, &key).await;
        let broken = Place::sqlite();
        let db = broken.db();
        super::restored(&file, &db).await.unwrap();
        let forged = "DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET action = 'viewed' WHERE seq = 2";
        db.write(move |conn| Ok::<_, Refusal>(conn.batch_execute(forged)?)).await.unwrap();
        written(&db, &key, &file).await;

        handed_in(&browser, &fs::read(&file).unwrap()).await.expect(303);
        let refused = confirmed(&browser, PASSWORD, &[]).await.expect(409);
        refused.says("It was not restored: its audit trail was not whole").says("entry no. 2 ").says("name=\"accept\"");
        browser.get("/admin").await.expect(200);
        let done = confirmed(&browser, PASSWORD, &[("accept", "true")]).await.expect(200);
        done.says("The audit trail is not whole: entry no. 2 ");
        let second = copy.read(|conn| Ok(audit::latest(conn, 1_000)?)).await;
        assert!(second.iter().any(|entry| entry.seq == 2 && entry.action == "viewed"));
    }
}

/// It was allowed by accounts that are gone when its turn comes.
#[actix_web::test]
async fn what_waits_while_everything_is_replaced_is_refused() {
    for place in Place::each_kind() {
        let db = place.db();
        db.migrate().await.unwrap();
        let (tell, told) = tokio::sync::oneshot::channel();
        let (own, mut tell) = (db.clone(), Some(tell));
        let replacing = actix_web::rt::spawn(async move {
            let change = move |conn: &mut Conn| {
                dump::lock(conn)?;
                tell.take().map(|tell| tell.send(()));
                std::thread::sleep(std::time::Duration::from_millis(500));
                Ok::<_, Refusal>(())
            };
            own.replace(change).await
        });
        told.await.unwrap();
        let waited = db.write(|conn| Ok::<_, Refusal>(setting::set(conn, setting::INSTITUTION, "Northfield")?)).await;
        replacing.await.unwrap().unwrap();
        let refused = waited.unwrap_err().to_string();
        assert!(refused.contains("everything was replaced"), "{refused}");
        assert_eq!(db.read(|conn| Ok::<_, Refusal>(setting::get(conn, setting::INSTITUTION)?)).await.unwrap(), None);
        db.write(|conn| Ok::<_, Refusal>(setting::set(conn, setting::INSTITUTION, "Northfield")?)).await.unwrap();
    }
}

/// On SQLite, where pages can still be read meanwhile.
#[actix_web::test]
async fn a_second_press_is_told_that_it_is_being_restored_and_the_portal_stays_ready() {
    let both = Place::sqlite();
    let key = key_in(&both);
    let place = Place::sqlite();
    let copy = portal(&key, &place.address).await;
    let browser = copy.sign_in(&copy.staff(Role::Administrator, None).await).await;
    handed_in(&browser, &fs::read(of_another(&place, &key).await).unwrap()).await.expect(303);
    let page = browser.get("/admin/backup/restore").await.expect(200);
    let digest = crate::app::between(&page.text(), "name=\"digest\" value=\"", "\"").unwrap();
    let token = page.token();
    let fields = [("csrf", token.as_str()), ("digest", digest.as_str()), ("password", PASSWORD)];

    // Somebody writes, so that the first press waits for its turn.
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let (db, mut tell) = (copy.db.clone(), Some(tell));
    let writing = actix_web::rt::spawn(async move {
        let change = move |_: &mut Conn| {
            tell.take().map(|tell| tell.send(()));
            Ok::<_, Refusal>(wait.recv().is_err())
        };
        db.write(change).await
    });
    told.await.unwrap();
    let press = || Box::pin(browser.post_raw("/admin/backup/restore", &fields));
    let (mut one, mut other) = (press(), press());
    // Both would wait here for ever if the second were not refused.
    let (first, last) = tokio::select! {
        first = &mut one => (first, other),
        first = &mut other => (first, one),
        () = tokio::time::sleep(std::time::Duration::from_secs(60)) => panic!("nobody was refused"),
    };
    first.expect(409).says("being restored just now");
    copy.browser().get("/readyz").await.expect(200);
    drop(done);
    assert!(writing.await.unwrap().unwrap());
    last.await.expect(200).says("The backup was restored");
}
