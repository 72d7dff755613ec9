//! The audit chain: whoever gets past the triggers and changes, removes, adds or moves an entry is found out by number.

use diesel::connection::SimpleConnection;
use proptest::prelude::*;
use testamur::{
    db::{Conn, Db},
    models::{
        audit::{self, Change},
        audit_chain,
        audit_check::{self, Verdict},
        audit_lawful,
    },
    registrar::Refusal,
};

use crate::{
    app::{App, by, on_postgres},
    cli::{out, refusal, run},
};

fn entry(conn: &mut Conn, number: usize) -> Result<(), Refusal> {
    let change = Change { field: "Name".to_owned(), before: None, after: Some(format!("Zoë \"{number}\"")) };
    Ok(audit::write(conn, &by(), "changed", ("thing", &number.to_string()), vec![change])?)
}

fn entries(conn: &mut Conn, many: usize) -> Result<(), Refusal> {
    (1..=many).try_for_each(|number| entry(conn, number))
}

/// What somebody does who owns the database.
fn without_triggers(conn: &mut Conn) -> Result<(), Refusal> {
    for name in ["audit_entry_no_update", "audit_entry_no_delete", "audit_entry_blank_only_in_erasing"] {
        let of = if on_postgres() { " ON audit_entry" } else { "" };
        conn.batch_execute(&format!("DROP TRIGGER IF EXISTS {name}{of}"))?;
    }
    Ok(())
}

/// The trail after somebody ran these statements on it; what was done is undone again.
async fn verdict_after(app: &App, tampering: String) -> Verdict {
    struct Undone(Verdict);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let own = seen.clone();
    let undone = app
        .db
        .write(move |conn| {
            without_triggers(conn)?;
            conn.batch_execute(&tampering)?;
            *own.lock().unwrap() = Some(Undone(audit_check::verify(conn)?));
            Err::<(), _>(Refusal::conflict("undone"))
        })
        .await;
    assert_eq!(undone.unwrap_err().to_string(), "undone");
    seen.lock().unwrap().take().map(|Undone(verdict)| verdict).unwrap()
}

#[track_caller]
fn broken_at(verdict: &Verdict) -> i64 {
    let Verdict::Broken { seq, .. } = verdict else { panic!("not found out: {verdict:?}") };
    *seq
}

async fn verdict(db: &Db) -> Verdict {
    db.read(|conn| Ok::<_, Refusal>(audit_check::verify(conn)?)).await.unwrap()
}

async fn last_of(app: &App) -> i64 {
    let Verdict::Whole { entries, .. } = verdict(&app.db).await else { panic!("the trail is broken") };
    entries
}

#[actix_web::test]
async fn every_way_of_tampering_is_found_out_by_the_number_of_the_entry() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 12)).await;
    let last = last_of(&app).await;
    let (five, six) = (last - 7, last - 6);
    let members = [
        ("at", "'2020-01-01 00:00:00'"),
        ("actor_kind", "'system'"),
        ("actor_id", "'somebody'"),
        ("actor_name", "'Somebody Else'"),
        ("actor_name", "''"),
        ("actor_role", "'auditor'"),
        ("action", "'viewed'"),
        ("object_kind", "'profile'"),
        ("object_id", "'7'"),
        ("changes", "'[]'"),
        ("changes", "changes || ' '"),
        ("request_id", "'1'"),
        ("actor_salt", "'1'"),
        ("actor_digest", "'1'"),
        ("actor_digest", "NULL"),
        ("actor_salt", "NULL"),
        ("changes_salt", "'1'"),
        ("changes_salt", "NULL"),
        ("changes_digest", "'1'"),
        ("hash", "'1'"),
        ("hash", "NULL"),
    ];
    for (member, value) in members {
        let found = verdict_after(&app, format!("UPDATE audit_entry SET {member} = {value} WHERE seq = {five}")).await;
        assert_eq!(broken_at(&found), five, "{member} = {value}");
    }
    let delete = format!("DELETE FROM audit_entry WHERE seq = {five}");
    assert_eq!(
        verdict_after(&app, delete.clone()).await,
        Verdict::Broken { seq: five, fault: "is missing".to_owned() }
    );
    let close = format!("{delete}; UPDATE audit_entry SET seq = {five} WHERE seq = {six}");
    assert_eq!(broken_at(&verdict_after(&app, close).await), five);
    let swap = format!(
        "UPDATE audit_entry SET seq = -1 WHERE seq = {five}; UPDATE audit_entry SET seq = {five} WHERE seq = {six}; \
         UPDATE audit_entry SET seq = {six} WHERE seq = -1"
    );
    assert_eq!(broken_at(&verdict_after(&app, swap).await), five);
    for (place, hash) in [(last + 1, "hash"), (last + 1, "NULL"), (0, "hash"), (-3, "hash")] {
        let put_in = format!(
            "INSERT INTO audit_entry SELECT {place}, at, actor_kind, actor_id, actor_name, actor_role, action, \
             object_kind, object_id, changes, request_id, actor_salt, actor_digest, changes_salt, changes_digest, {hash} \
             FROM audit_entry WHERE seq = {five}"
        );
        assert_eq!(broken_at(&verdict_after(&app, put_in).await), place);
    }
    assert_eq!(last_of(&app).await, last, "what was tried was undone");
}

#[actix_web::test]
async fn an_entry_put_in_behind_the_last_stays_found_out_when_others_follow() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 2)).await;
    let last = last_of(&app).await;
    app.write(move |conn| {
        conn.batch_execute(&format!(
            "INSERT INTO audit_entry (seq, at, actor_kind, actor_name, action, object_kind, object_id, changes) \
             SELECT {}, at, actor_kind, actor_name, action, object_kind, object_id, changes FROM audit_entry \
             WHERE seq = {last}",
            last + 1
        ))?;
        entries(conn, 2)
    })
    .await;
    assert_eq!(broken_at(&verdict(&app.db).await), last + 1);
}

#[actix_web::test]
async fn the_database_refuses_what_the_program_never_does() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 2)).await;
    for tampering in [
        "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET action = 'viewed' WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET hash = NULL WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET seq = 99 WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET changes = '[]' WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET changes_salt = NULL, changes = '[1]' WHERE seq = (SELECT max(seq) FROM audit_entry)",
        // What an erasure does, while nobody's data is being erased.
        "UPDATE audit_entry SET changes_salt = NULL, changes = '[]' WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET actor_salt = NULL, actor_name = '' WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET actor_name = 'Somebody' WHERE seq = (SELECT max(seq) FROM audit_entry)",
    ] {
        let refused = app.db.write(move |conn| Ok::<_, Refusal>(conn.batch_execute(tampering)?)).await;
        assert!(refused.is_err(), "{tampering}");
    }
    last_of(&app).await;
}

#[actix_web::test]
async fn personal_values_can_be_erased_and_the_chain_still_verifies() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 3)).await;
    let learner = app.draft("Ann Lee").await.learner.id;
    let begun = format!(
        "INSERT INTO erasure (id, learner_id, reason, state, made_by, made_at) \
         VALUES ('one', '{learner}', 'Request', 'erasing', 'test', '2026-01-01 00:00:00')"
    );
    let erased = app
        .write(move |conn| {
            conn.batch_execute(&begun)?;
            let erased = audit_chain::erase_changes(conn, "thing", "2")?;
            conn.batch_execute("UPDATE erasure SET state = 'done'")?;
            let fact =
                |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
            let emptied = audit_lawful::Numbers::of(erased.clone()).in_words();
            let facts = vec![fact(audit_lawful::OF_CHANGES, emptied), fact(audit_lawful::OF_NAMES, String::new())];
            audit::write(conn, &by(), audit_lawful::ERASED, ("profile", learner.as_str()), facts)?;
            Ok(erased)
        })
        .await;
    assert_eq!(erased.len(), 1);
    let history = app.read(|conn| Ok(audit::history(conn, "thing", "2")?)).await;
    assert!(history[0].changes.get().is_empty());
    let Verdict::Whole { erased, .. } = verdict(&app.db).await else { panic!("the trail is broken") };
    assert_eq!(erased, 1);
    // Nor can anything be put where the values were.
    let number = history[0].seq;
    let put_back = format!("UPDATE audit_entry SET changes = '[1]' WHERE seq = {number}");
    assert_eq!(broken_at(&verdict_after(&app, put_back).await), number);
}

#[actix_web::test]
async fn writers_at_once_keep_the_chain() {
    let app = App::start().await;
    let writers = (0..8).map(|number| {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            for _ in 0..5 {
                db.write(move |conn| entry(conn, number)).await.unwrap();
            }
        })
    });
    let before = last_of(&app).await;
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(last_of(&app).await, before + 40);
}

/// Takes every entry out of the chain, as if there had never been one.
const WIPED: &str = "UPDATE audit_entry SET hash = NULL, actor_salt = NULL, actor_digest = NULL, changes_salt = NULL, \
                     changes_digest = NULL";

#[actix_web::test]
async fn a_chain_that_lost_its_hashes_is_not_chained_anew_by_the_next_change() {
    let app = App::start().await;
    app.write(|conn| {
        entries(conn, 3)?;
        without_triggers(conn)?;
        conn.batch_execute(WIPED)?;
        Ok(())
    })
    .await;
    assert_eq!(broken_at(&verdict(&app.db).await), 1);
    app.write(|conn| entries(conn, 2)).await;
    assert_eq!(broken_at(&verdict(&app.db).await), 1);
}

#[actix_web::test]
async fn an_entry_that_was_emptied_without_an_erasure_is_named() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 3)).await;
    let five = last_of(&app).await - 1;
    for emptied in ["changes = '[]', changes_salt = NULL", "actor_name = '', actor_salt = NULL"] {
        let found = verdict_after(&app, format!("UPDATE audit_entry SET {emptied} WHERE seq = {five}")).await;
        assert_eq!(broken_at(&found), five);
        let Verdict::Broken { fault, .. } = found else { unreachable!() };
        assert!(fault.contains("no erasure tells of it"), "{fault}");
    }
}

#[actix_web::test]
async fn entries_of_an_earlier_database_are_chained_by_the_next_change() {
    let app = App::start().await;
    app.write(|conn| {
        entries(conn, 3)?;
        without_triggers(conn)?;
        conn.batch_execute(WIPED)?;
        conn.batch_execute("INSERT INTO audit_unchained SELECT max(seq) FROM audit_entry")?;
        let upgrade = if on_postgres() {
            include_str!("../../migrations/postgres/2026-11-23-000651_guard_audit_chain/up.sql")
        } else {
            include_str!("../../migrations/sqlite/2026-11-23-000651_guard_audit_chain/up.sql")
        };
        // The rule before, as the migration finds it.
        conn.batch_execute(if on_postgres() {
            include_str!("../../migrations/postgres/2026-11-23-000101_guard_audit/up.sql").lines().nth(1).unwrap()
        } else {
            include_str!("../../migrations/sqlite/2026-11-23-000101_guard_audit/up.sql").lines().next().unwrap()
        })?;
        conn.batch_execute(upgrade)?;
        Ok(())
    })
    .await;
    let Verdict::NotYetChained { entries: older } = verdict(&app.db).await else { panic!("chained already") };
    app.write(|conn| entry(conn, 4)).await;
    assert_eq!(last_of(&app).await, older + 1);
    let found = verdict_after(&app, "UPDATE audit_entry SET action = 'viewed' WHERE seq = 1".to_owned()).await;
    assert_eq!(broken_at(&found), 1);
}

#[tokio::test]
async fn the_command_names_the_first_bad_entry_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", folder.path().join("portal.db").display());
    let settings = [("DATABASE_URL", file.as_str())];
    assert!(run(folder.path(), &settings, &["migrate"]).status.success());
    let db = Db::open(&file.parse().unwrap()).unwrap();
    db.write(|conn| entries(conn, 5)).await.unwrap();
    let whole = run(folder.path(), &settings, &["verify", "--audit"]);
    assert!(whole.status.success());
    assert!(out(&whole).contains("as it was written: 5 entries"), "{}", out(&whole));
    db.write(|conn| {
        conn.batch_execute("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET object_id = '9' WHERE seq = 3")?;
        Ok::<_, Refusal>(())
    })
    .await
    .unwrap();
    let (told, status) = refusal(&run(folder.path(), &settings, &["verify", "--audit"]));
    assert_eq!((told.contains("audit entry no. 3 "), status), (true, 1), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever character is changed in whatever text of whatever entry, that entry is named.
    #[test]
    fn any_changed_character_is_found_out(
        which in 0usize..6,
        member in prop::sample::select(vec![
            "actor_name", "action", "object_kind", "object_id", "changes", "actor_salt", "changes_digest", "hash",
        ]),
        place in 0usize..100,
    ) {
        let runtime = actix_web::rt::System::new();
        runtime.block_on(async move {
            let app = App::start().await;
            app.write(|conn| entries(conn, 6)).await;
            let seq = last_of(&app).await - which as i64;
            let cut = format!("(1 + {place} % length({member}))");
            let other = format!("CASE substr({member}, {cut}, 1) WHEN 'x' THEN 'y' ELSE 'x' END");
            let changed = format!("substr({member}, 1, {cut} - 1) || {other} || substr({member}, {cut} + 1)");
            let found = verdict_after(&app, format!("UPDATE audit_entry SET {member} = {changed} WHERE seq = {seq}")).await;
            assert_eq!(broken_at(&found), seq);
        });
    }
}
