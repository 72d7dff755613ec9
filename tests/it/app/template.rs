//! An empty database that is up to date, made once: every test begins with a copy of it, because two thirds of the time of
//! a short test went into migrating.

use std::{path::Path, sync::OnceLock, time::Duration};

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use testamur::db::Db;

/// Brings a database up to date, on a thread of its own: the test that asks first is in a runtime already.
fn migrated(address: String) {
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { Db::open(&address.parse().unwrap()).unwrap().migrate().await.unwrap() });
    };
    std::thread::spawn(work).join().unwrap();
}

/// Puts a copy of the one on SQLite at a place.
pub fn copied_to(file: &Path) {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("template.db");
        migrated(format!("sqlite:{}", first.display()));
        // What is not in the file itself yet would be missing in its copies.
        let mut conn = SqliteConnection::establish(first.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(conn);
        std::fs::read(first).unwrap()
    };
    std::fs::write(file, TEMPLATE.get_or_init(made)).unwrap();
}

/// The name of the one on a server. It stays there for the next run, and is another one once a migration is added.
pub fn on(server: &str) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("t_template_{}", of_migrations());
        let mut conn = PgConnection::establish(server).unwrap();
        if !is_there(server, &name) {
            let first = format!("t_{}", testamur::clock::public_id().simple());
            conn.batch_execute(&format!("CREATE DATABASE {first}")).unwrap();
            migrated(format!("{}/{first}", server.rsplit_once('/').unwrap().0));
            // Its sessions end a moment after they were closed; another run may have been faster.
            while conn.batch_execute(&format!("ALTER DATABASE {first} RENAME TO {name}")).is_err() {
                if is_there(server, &name) {
                    conn.batch_execute(&format!("DROP DATABASE {first} WITH (FORCE)")).unwrap();
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        name
    })
}

fn is_there(server: &str, name: &str) -> bool {
    PgConnection::establish(&format!("{}/{name}", server.rsplit_once('/').unwrap().0)).is_ok()
}

/// What all migrations come to.
fn of_migrations() -> String {
    fn collect(folder: &Path, into: &mut Vec<(String, String)>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => collect(&path, into),
                false => into.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap())),
            }
        }
    }
    let mut all = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations"), &mut all);
    all.sort();
    let hash = testamur::clock::fingerprint(&format!("{all:?}"));
    hash.chars().filter(char::is_ascii_alphanumeric).take(24).collect::<String>().to_lowercase()
}
