//! `testamur backup` and `testamur restore`, as an operator runs them.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::{Place, damaged::with_header};
use crate::cli::{out, refusal, run};

/// Runs a command in a folder that must end well; what it printed.
fn done(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = run(folder, settings, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    out(&output)
}

/// A master key, as its file holds it.
fn key(folder: &Path, sign: &str) {
    let file = folder.join("testamur.key");
    fs::write(&file, format!("{}A==\n", sign.repeat(85))).unwrap();
    fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
}

fn digest(told: &str) -> String {
    told.lines().find_map(|line| line.strip_prefix("Digest: ")).unwrap_or(told).trim().to_owned()
}

#[test]
fn a_backup_is_made_and_restored_into_either_kind_of_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("night.backup");
    key(folder.path(), "A");
    for from in Place::each_kind() {
        let settings = [("DATABASE_URL", from.address.as_str())];
        done(folder.path(), &settings, &["seed", "--learners", "20", "--awards", "90", "--unsigned"]);
        let told = done(folder.path(), &settings, &["backup", "night.backup"]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(digest(&told), digest(&done(folder.path(), &settings, &["backup", "--digest"])));
        let doctor = done(folder.path(), &settings, &["doctor"]);
        assert!(doctor.contains("the last backup was made"), "{doctor}");
        for to in Place::each_kind() {
            let settings = [("DATABASE_URL", to.address.as_str())];
            assert_eq!(digest(&done(folder.path(), &settings, &["restore", "night.backup"])), digest(&told));
            assert_eq!(digest(&done(folder.path(), &settings, &["backup", "--digest"])), digest(&told));
            let (sentence, status) = refusal(&run(folder.path(), &settings, &["restore", "night.backup"]));
            assert!(sentence.contains("not empty") && status == 1, "{sentence}");
        }
        let (sentence, status) = refusal(&run(folder.path(), &settings, &["backup", "night.backup"]));
        assert!(sentence.contains("is there already") && status == 1, "{sentence}");
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn what_cannot_be_restored_is_refused_in_one_sentence_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    key(folder.path(), "A");
    done(folder.path(), &[], &["seed", "--learners", "3", "--awards", "5", "--unsigned"]);
    done(folder.path(), &[], &["backup", "good.backup"]);
    let bytes = fs::read(folder.path().join("good.backup")).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    fs::write(folder.path().join("damaged.backup"), flipped).unwrap();
    fs::write(folder.path().join("cut.backup"), &bytes[..bytes.len() - 100]).unwrap();
    fs::write(folder.path().join("other.backup"), "something else").unwrap();
    let newer = with_header(&bytes, |header| header["format"] = 7.into());
    fs::write(folder.path().join("newer.backup"), newer).unwrap();
    let migrated = with_header(&bytes, |header| header["migrations"][0] = "29991231000000".into());
    fs::write(folder.path().join("migrated.backup"), migrated).unwrap();

    let into = [("DATABASE_URL", "sqlite:new.db")];
    for (file, named) in [
        ("damaged.backup", "damaged"),
        ("cut.backup", "damaged"),
        ("other.backup", "not a backup"),
        ("newer.backup", "newer version"),
        ("migrated.backup", "newer version"),
        ("none.backup", "cannot be read"),
    ] {
        let (sentence, status) = refusal(&run(folder.path(), &into, &["restore", file]));
        assert!(sentence.contains(named) && status == 1, "{file}: {sentence}");
        assert!(!folder.path().join("new.db").exists(), "{file} made a database");
    }
    key(folder.path(), "B");
    let (sentence, _) = refusal(&run(folder.path(), &into, &["restore", "good.backup"]));
    assert!(sentence.contains("another master key"), "{sentence}");
    fs::remove_file(folder.path().join("testamur.key")).unwrap();
    let (sentence, _) = refusal(&run(folder.path(), &into, &["restore", "good.backup"]));
    assert!(sentence.contains("master key is not here"), "{sentence}");
    assert!(!folder.path().join("new.db").exists());
    for wrong in [vec!["backup"], vec!["restore"], vec!["backup", "--digest", "x.backup"]] {
        assert_eq!(refusal(&run(folder.path(), &[], &wrong)).1, 2);
    }
}
