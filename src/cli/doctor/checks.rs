//! The checks, one a function. None changes anything that stays.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use chrono::{Datelike, TimeDelta};

use super::Finding;
use crate::{
    cli::{opened, running},
    clock,
    config::Config,
    db::{Address, Conn, Db},
    models::{
        SigningKey, audit, audit_checkpoint,
        signing_key::{self, KeyState},
        staff,
    },
    registrar::{
        Portal, Refusal, backup,
        keys::{self, Keyring},
        trail,
    },
    sign::MasterKey,
};

/// Everything there is to check.
pub async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = vec![storage(config), key(config)];
    match opened::existing(config).await {
        Err(_) if is_still_to_be_made(config) => findings.push(Finding::note(
            "database",
            format!("there is none yet at {}; `testamur serve` or `testamur migrate` makes it", config.database),
        )),
        Ok(db) => {
            findings.push(writable(config, &db).await);
            findings.push(signing_keys(config, &db).await);
            findings.push(accounts(&db).await);
            findings.push(clock(&db).await);
            findings.push(last_backup(&db).await);
            findings.push(checkpoints(&db).await);
        }
        Err(failure) => {
            let sentence = failure.to_string();
            findings.push(Finding::problem("database", sentence.trim_start_matches("testamur: ")));
        }
    }
    findings.extend([public_address(config), mail(config), fonts(config)]);
    findings
}

/// The folder of a file; that of the program's start where the path names none.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn is_still_to_be_made(config: &Config) -> bool {
    matches!(&config.database, Address::Sqlite(path) if !path.exists() && folder_of(path).is_dir())
}

fn storage(config: &Config) -> Finding {
    let Address::Sqlite(path) = &config.database else {
        return Finding::fine("storage", "the database is on a server; nothing is kept here");
    };
    let folder = folder_of(path);
    let trial = folder.join(format!(".testamur-doctor-{}", clock::public_id()));
    let written = fs::write(&trial, "written to see whether it can be").and_then(|()| fs::remove_file(&trial));
    let folder = folder.display();
    match written {
        Ok(()) => Finding::fine("storage", format!("the folder {folder} can be written to")),
        Err(error) => {
            let what = "give it to the account that runs testamur, or free some space";
            Finding::problem("storage", format!("the folder {folder} cannot be written to ({error}); {what}"))
        }
    }
}

fn key(config: &Config) -> Finding {
    let path = &config.master_key_file;
    let shown = path.display();
    let Ok(metadata) = fs::metadata(path) else {
        return if folder_of(path).is_dir() {
            Finding::note("master key", format!("{shown} is not there yet; the first start makes it"))
        } else {
            let what = "make the folder, or set TESTAMUR_MASTER_KEY_FILE";
            Finding::problem("master key", format!("the folder of {shown} does not exist; {what}"))
        };
    };
    let mode = metadata.permissions().mode() & 0o777;
    match MasterKey::load_or_create(path) {
        Err(error) => Finding::problem("master key", format!("{error}; bring it back from where you keep a copy")),
        Ok(_) if mode & 0o077 != 0 => {
            Finding::problem("master key", format!("others can read {shown} (mode {mode:o}); run: chmod 600 {shown}"))
        }
        Ok(_) => Finding::fine("master key", format!("{shown} can be read, and by nobody else; keep a copy elsewhere")),
    }
}

async fn signing_keys(config: &Config, db: &Db) -> Finding {
    let ring = match MasterKey::load(&config.master_key_file) {
        Ok(Some(master)) => Keyring::of(&master),
        Ok(None) => {
            Keyring::locked("the master key that opens them is not there; bring it back from where you keep a copy")
        }
        // The check of the master key says what is wrong with it.
        Err(_) => Keyring::locked("the master key that opens them cannot be read"),
    };
    let portal = Portal::new(config.base_url.clone(), ring);
    let checked = db
        .read(move |conn| {
            keys::check(conn, &portal)?;
            Ok::<_, Refusal>(signing_key::all(conn)?)
        })
        .await;
    match checked {
        Ok(keys) if keys.is_empty() => {
            Finding::note("signing keys", "there are none yet; they are made when something is first signed")
        }
        Ok(keys) => Finding::fine("signing keys", format!("{}; those in use can be opened", counted(&keys))),
        Err(refusal) => Finding::problem("signing keys", refusal.to_string()),
    }
}

/// `3 active, 3 next, 2 retired`.
fn counted(keys: &[SigningKey]) -> String {
    let states = [KeyState::Active, KeyState::Next, KeyState::Retired, KeyState::Compromised];
    let count = |state: &KeyState| (keys.iter().filter(|key| key.state == *state).count(), state.as_str());
    let counted = states.iter().map(count).filter(|(number, _)| *number > 0);
    counted.map(|(number, state)| format!("{number} {state}")).collect::<Vec<_>>().join(", ")
}

async fn writable(config: &Config, db: &Db) -> Finding {
    match db.is_writable().await {
        Ok(()) => Finding::fine("database", format!("{} is reachable, up to date and writable", config.database)),
        Err(error) => {
            let what = "check the space on its disk and who may write to it";
            Finding::problem("database", format!("{} cannot be written to ({error}); {what}", config.database))
        }
    }
}

async fn accounts(db: &Db) -> Finding {
    match db.read(|conn| staff::active_administrators(conn, None).map_err(Refusal::from)).await {
        Ok(0) => Finding::note(
            "staff",
            "there is no administrator; add one with: testamur staff add --role administrator --email ADDRESS --name NAME",
        ),
        Ok(1) => Finding::fine("staff", "there is one administrator"),
        Ok(many) => Finding::fine("staff", format!("there are {many} administrators")),
        Err(error) => Finding::problem("staff", format!("the accounts cannot be read ({error}); see the database")),
    }
}

/// The clock must not stand before what was already written down. Two machines may differ by a few minutes.
async fn clock(db: &Db) -> Finding {
    let now = clock::now();
    let what = "set the machine's clock, and let it follow a time server";
    if !(2026..2100).contains(&now.year()) {
        return Finding::problem("clock", format!("it says {}; {what}", now.date_naive()));
    }
    match db.read(|conn| audit::latest(conn, 1).map_err(Refusal::from)).await {
        Ok(latest) => match latest.first() {
            Some(entry) if entry.at - now.naive_utc() > TimeDelta::minutes(5) => {
                Finding::problem("clock", format!("it is behind the latest audit entry ({} UTC); {what}", entry.at))
            }
            _ => Finding::fine("clock", format!("it says {}", now.format("%Y-%m-%d %H:%M UTC"))),
        },
        Err(error) => Finding::problem("clock", format!("the audit trail cannot be read ({error}); see the database")),
    }
}

/// How long ago the last backup was made from here. Others may be made of the database by other means.
async fn last_backup(db: &Db) -> Finding {
    let how = "`testamur backup FILE` makes one while the portal runs";
    match db.read(backup::last).await {
        Ok(Some(entry)) => {
            let (made, by) = (entry.at.format("%Y-%m-%d %H:%M UTC"), entry.actor_name);
            match (clock::now().naive_utc() - entry.at).num_days() {
                days if days > OLD_DAYS => Finding::note(
                    "backup",
                    format!("the last backup was made {days} days ago ({made}, by {by}); {how}"),
                ),
                _ => Finding::fine("backup", format!("the last backup was made on {made} by {by}")),
            }
        }
        Ok(None) => Finding::note("backup", format!("no backup was made from here yet; {how}")),
        Err(error) => Finding::problem("backup", format!("the audit trail cannot be read ({error}); see the database")),
    }
}

/// Whether the audit trail was signed for lately.
async fn checkpoints(db: &Db) -> Finding {
    let about = "checkpoints";
    let known = |conn: &mut Conn| Ok::<_, Refusal>((audit::latest(conn, 1)?, audit_checkpoint::latest(conn, 1)?));
    let (entry, last) = match db.read(known).await {
        Ok((entries, checkpoints)) => (entries.first().map_or(0, |one| one.seq), checkpoints.into_iter().next()),
        Err(error) => {
            return Finding::problem(about, format!("the audit trail cannot be read ({error}); see the database"));
        }
    };
    let Some(last) = last else {
        return Finding::note(about, "the audit trail was not signed for yet; a running portal does it every day");
    };
    let made = format!("no. {} on {}", last.seq, last.at.format("%Y-%m-%d %H:%M UTC"));
    if last.seq > entry {
        let what = "newer entries are missing; run: testamur verify --audit";
        return Finding::problem(
            about,
            format!("the audit trail was signed for up to {made}, and ends at no. {entry}; {what}"),
        );
    }
    if last.seq < entry && clock::now().naive_utc() - last.at > trail::OVERDUE {
        let what = "a running portal signs every day: see its log, and whether TESTAMUR_WORKERS is 0";
        return Finding::problem(about, format!("the audit trail was last signed for up to {made}; {what}"));
    }
    Finding::fine(about, format!("the audit trail was signed for up to {made}"))
}

/// Days after which a backup is worth a word.
const OLD_DAYS: i64 = 7;

fn public_address(config: &Config) -> Finding {
    if config.is_https() || config.bind.ip().is_loopback() && config.base_url.starts_with("http://127.") {
        return Finding::fine("public address", config.base_url.clone());
    }
    let what = "put a reverse proxy with TLS before it and set TESTAMUR_BASE_URL to its https:// address";
    Finding::note("public address", format!("{} is not encrypted; {what}", config.base_url))
}

fn mail(config: &Config) -> Finding {
    let Some(url) = &config.smtp_url else {
        return Finding::note(
            "mail",
            "there are no mail settings; mail stays in the outbox. Set TESTAMUR_SMTP_URL to send it",
        );
    };
    match running::post(config) {
        Err(failure) => Finding::problem("mail", failure.to_string().trim_start_matches("testamur: ").to_owned()),
        Ok(Some(post)) if !post.is_local() && sends_password_openly(url) => {
            let what = "use smtps:// or add ?tls=required";
            Finding::problem("mail", format!("the password travels without encryption; {what} to TESTAMUR_SMTP_URL"))
        }
        Ok(_) if config.mail_from.is_none() => {
            Finding::note("mail", "TESTAMUR_MAIL_FROM is not set; mail comes from no-reply at the portal's host")
        }
        Ok(_) => Finding::fine("mail", "mail is handed over as TESTAMUR_SMTP_URL says"),
    }
}

fn sends_password_openly(url: &str) -> bool {
    url.strip_prefix("smtp://").is_some_and(|rest| rest.contains('@') && !rest.contains("tls=required"))
}

/// Folders in which a system keeps its fonts.
const FONT_FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

fn fonts(config: &Config) -> Finding {
    let folders = match &config.font_dir {
        Some(folder) if !folder.is_dir() => {
            let what = "make it, or set another one";
            return Finding::problem("fonts", format!("TESTAMUR_FONT_DIR {} is no folder; {what}", folder.display()));
        }
        Some(folder) => vec![folder.clone()],
        None => FONT_FOLDERS.map(PathBuf::from).to_vec(),
    };
    if folders.iter().any(|folder| has_cjk(folder, 4)) {
        return Finding::fine("fonts", "there is a font for Chinese, Japanese and Korean names");
    }
    let what = "install one (Debian: fonts-noto-cjk) or name its folder in TESTAMUR_FONT_DIR";
    Finding::note("fonts", format!("no font for Chinese, Japanese and Korean names was found for PDFs; {what}"))
}

/// Whether a font file in a folder names itself after those scripts.
fn has_cjk(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let font = [".otf", ".ttf", ".ttc"].iter().any(|ending| name.ends_with(ending));
        let named =
            ["cjk", "notosanssc", "notosanstc", "notosansjp", "notosanskr"].iter().any(|sign| name.contains(sign));
        font && named || depth > 0 && path.is_dir() && has_cjk(&path, depth - 1)
    })
}

#[cfg(test)]
mod tests {
    use super::sends_password_openly;

    #[test]
    fn a_password_needs_an_encrypted_way() {
        assert!(sends_password_openly("smtp://ann:secret@mail.example.edu"));
        assert!(sends_password_openly("smtp://ann:secret@mail.example.edu?tls=opportunistic"));
        assert!(!sends_password_openly("smtp://ann:secret@mail.example.edu?tls=required"));
        assert!(!sends_password_openly("smtps://ann:secret@mail.example.edu"));
        assert!(!sends_password_openly("smtp://mail.example.edu:25"));
    }
}
