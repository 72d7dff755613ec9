//! A file that is not, to the last bit, what was written is refused before anything is touched.

use std::{fs, path::Path};

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use testamur::{
    db::Db,
    registrar::{backup::Opened, restore},
};

use super::{Place, backed_up, restored};
use crate::app::App;

/// The bytes of a small backup.
async fn small() -> Vec<u8> {
    let app = App::start().await;
    app.award("Zoë Łukasiewicz").await;
    let place = Place::sqlite();
    let file = place.file("small.backup");
    backed_up(&app.db, &file).await;
    fs::read(&file).unwrap()
}

/// What a file with these bytes is refused with; `None` when it is taken.
fn refusal(folder: &Path, bytes: &[u8]) -> Option<String> {
    let file = folder.join("tried.backup");
    fs::write(&file, bytes).unwrap();
    Opened::open(&file).err().map(|refusal| refusal.to_string())
}

/// The same backup with another first line, and a checksum that fits again.
pub fn with_header(bytes: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let mut header: serde_json::Value = serde_json::from_slice(&bytes[..end]).unwrap();
    change(&mut header);
    sealed([header.to_string().as_bytes(), &bytes[end..bytes.len() - 65]].concat())
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.extend(format!("{digest}\n").into_bytes());
    bytes
}

#[actix_web::test]
async fn one_wrong_bit_anywhere_is_found() {
    let bytes = small().await;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refusal(folder.path(), &bytes), None);
    for at in 0..bytes.len() {
        let mut wrong = bytes.clone();
        wrong[at] ^= 1 << (at % 8);
        assert!(refusal(folder.path(), &wrong).is_some(), "bit {} of byte {at} of {}", at % 8, bytes.len());
    }
}

#[actix_web::test]
async fn what_is_cut_off_added_or_mixed_up_is_found() {
    let bytes = small().await;
    let folder = tempfile::tempdir().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 300, ..ProptestConfig::default() });
    let places = (0..bytes.len(), 0..bytes.len(), any::<Vec<u8>>());
    let result = runner.run(&places, |(one, other, more)| {
        prop_assert!(refusal(folder.path(), &bytes[..one]).is_some(), "cut off at {one}");
        if !more.is_empty() {
            prop_assert!(refusal(folder.path(), &[&bytes[..], &more].concat()).is_some(), "added {more:?}");
        }
        let mut mixed = bytes.clone();
        mixed.swap(one, other);
        prop_assert_eq!(refusal(folder.path(), &mixed).is_some(), mixed != bytes);
        let (first, last) = (one.min(other), one.max(other));
        let without = [&bytes[..first], &bytes[last..]].concat();
        prop_assert_eq!(refusal(folder.path(), &without).is_some(), first != last, "{}..{} is missing", first, last);
        Ok(())
    });
    result.unwrap();
    for other in [&b""[..], b"\n", b"{}\n", b"SQLite format 3\0", b"{\"testamur\":\"backup\",\"format\":1}\n"] {
        assert!(refusal(folder.path(), other).is_some());
    }
}

#[actix_web::test]
async fn a_backup_of_a_newer_format_or_program_is_refused_by_name() {
    let bytes = small().await;
    let place = Place::sqlite();
    let newer = with_header(&bytes, |header| header["format"] = 2.into());
    let said = refusal(place.file("").as_path(), &newer).unwrap();
    assert!(said.contains("newer version of Testamur"), "{said}");

    let newer =
        with_header(&bytes, |header| header["migrations"].as_array_mut().unwrap().push("29991231000000".into()));
    fs::write(place.file("newer.backup"), &newer).unwrap();
    let opened = Opened::open(&place.file("newer.backup")).unwrap();
    let said = restore::refuse_newer(&opened.header).unwrap_err().to_string();
    assert!(said.contains("newer version of Testamur") && said.contains("29991231000000"), "{said}");
    let db: Db = place.db();
    assert!(restored(&place.file("newer.backup"), &db).await.is_err());
    assert!(db.pending_migrations().await.unwrap() > 0, "the database was touched");
}

/// Sealed rightly, and wrong all the same: what was restored is taken back.
#[actix_web::test]
async fn rows_that_do_not_fit_leave_the_database_as_it_was() {
    let bytes = small().await;
    for place in Place::each_kind() {
        let level = with_header(&bytes, |header| {
            let migrations = header["migrations"].as_array_mut().unwrap();
            migrations.truncate(2);
        });
        let file = place.file("wrong.backup");
        fs::write(&file, &level).unwrap();
        let db = place.db();
        let said = restored(&file, &db).await.unwrap_err().to_string();
        assert!(said.contains("is not as this database has it"), "{said}");
        assert!(db.pending_migrations().await.unwrap() > 2, "migrations were kept");
        // And the right one still goes in.
        fs::write(&file, &bytes).unwrap();
        restored(&file, &db).await.unwrap();
    }
}
