//! Checkpoints of the audit trail: what the publisher signed for cannot be changed, cut off or written anew without being
//! found out, whoever owns the database.

mod page;
mod trials;

use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper, connection::SimpleConnection};
use openssl::pkey::{Id as KeyId, PKey};
use testamur::{
    clock,
    db::{Conn, Db, schema::audit_entry},
    models::{
        audit::{self, Change},
        audit_chain::Link,
        audit_check::Verdict,
        audit_checkpoint::{self, Checkpoint},
        setting, signing_key,
    },
    registrar::{
        Portal, Refusal, erase,
        keys::{self, Keyring},
        trail::{self, Report},
    },
    sign::MasterKey,
    values::Line,
};

use crate::{
    app::{App, by, organization},
    cli::{out, refusal, run},
};

pub fn entries(conn: &mut Conn, many: usize) -> Result<(), Refusal> {
    (1..=many).try_for_each(|number| {
        let change = Change { field: "Name".to_owned(), before: None, after: Some(format!("Zoë \"{number}\"")) };
        Ok(audit::write(conn, &by(), "changed", ("thing", &number.to_string()), vec![change])?)
    })
}

pub async fn signed(app: &App) -> Checkpoint {
    let portal = app.portal();
    app.write(move |conn| trail::sign(conn, &portal, &by())).await
}

/// What somebody does who owns the database.
pub fn without_triggers(conn: &mut Conn) -> Result<(), Refusal> {
    let guards = [
        ("audit_entry", "no_update"),
        ("audit_entry", "no_delete"),
        ("audit_entry", "blank_only_in_erasing"),
        ("audit_checkpoint", "no_update"),
        ("audit_checkpoint", "no_delete"),
        ("audit_checkpoint", "guard"),
    ];
    for (table, name) in guards {
        let of = if matches!(conn, Conn::Postgres(_)) { format!(" ON {table}") } else { String::new() };
        conn.batch_execute(&format!("DROP TRIGGER IF EXISTS {table}_{name}{of}"))?;
    }
    Ok(())
}

/// Writes the chain anew from an entry on, as the program would have: nothing in the chain itself shows it.
pub fn rechained(conn: &mut Conn, from: i64) -> Result<(), Refusal> {
    let mut before: String = match from {
        1 => String::new(),
        _ => audit_entry::table
            .find(from - 1)
            .select(audit_entry::hash)
            .first::<Option<String>>(conn)?
            .unwrap_or_default(),
    };
    let links: Vec<Link> = audit_entry::table
        .filter(audit_entry::seq.ge(from))
        .order(audit_entry::seq)
        .select(Link::as_select())
        .load(conn)?;
    for mut link in links {
        link.join(&before);
        before = link.hash.clone().unwrap();
        diesel::update(audit_entry::table.find(link.seq))
            .set((
                audit_entry::actor_salt.eq(link.actor_salt),
                audit_entry::actor_digest.eq(link.actor_digest),
                audit_entry::changes_salt.eq(link.changes_salt),
                audit_entry::changes_digest.eq(link.changes_digest),
                audit_entry::hash.eq(link.hash),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The trail after somebody did something to it, by its own checkpoints and one that was kept elsewhere; what was done is
/// undone again.
pub async fn after(
    db: &Db,
    kept: Option<String>,
    tampering: impl Fn(&mut Conn) -> Result<(), Refusal> + Send + Sync + 'static,
) -> Result<Report, String> {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let own = seen.clone();
    let undone = db
        .write(move |conn| {
            without_triggers(conn)?;
            tampering(conn)?;
            let given = trail::given(kept.as_deref().unwrap_or_default()).unwrap();
            *own.lock().unwrap() = Some(trail::check(conn, &given).map_err(|refusal| refusal.to_string()));
            Err::<(), _>(Refusal::conflict("undone"))
        })
        .await;
    assert_eq!(undone.unwrap_err().to_string(), "undone");
    seen.lock().unwrap().take().unwrap()
}

/// Runs these statements.
fn sql(statements: String) -> impl Fn(&mut Conn) -> Result<(), Refusal> + Send + Sync + 'static {
    move |conn| Ok(conn.batch_execute(&statements)?)
}

#[track_caller]
pub fn broken_at(report: Result<Report, String>) -> (i64, String) {
    match report.unwrap().verdict {
        Verdict::Broken { seq, fault } => (seq, fault),
        other => panic!("not found out: {other:?}"),
    }
}

async fn report(app: &App) -> Report {
    app.read(|conn| trail::check(conn, &[])).await
}

#[actix_web::test]
async fn a_checkpoint_is_checked_with_a_library_that_is_not_ours() {
    let app = App::start().await;
    let made = signed(&app).await;
    let parts: Vec<&str> = made.token.split('.').collect();
    let decoded = |part: &str| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()
    };
    let header: serde_json::Value = serde_json::from_slice(&decoded(parts[0])).unwrap();
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some(trail::TYPE)));
    let jwk = app.browser().get(&header["kid"].as_str().unwrap().replace(&app.base_url, "")).await.expect(200);
    let jwk: serde_json::Value = serde_json::from_slice(&jwk.bytes).unwrap();
    let key = PKey::public_key_from_raw_bytes(&decoded(jwk["x"].as_str().unwrap()), KeyId::ED25519).unwrap();
    let holds = |signed: &str| {
        let mut verifier = openssl::sign::Verifier::new_without_digest(&key).unwrap();
        verifier.verify_oneshot(&decoded(parts[2]), signed.as_bytes()).unwrap()
    };
    let signed = format!("{}.{}", parts[0], parts[1]);
    assert!(holds(&signed) && !holds(&format!("{signed}x")));
    let claims: serde_json::Value = serde_json::from_slice(&decoded(parts[1])).unwrap();
    assert_eq!(claims["hash"], made.hash);
    let newest = app.read(|conn| Ok(audit::latest(conn, 1)?.remove(0))).await;
    assert_eq!((claims["seq"].as_i64(), newest.seq), (Some(made.seq), made.seq), "its own entry is the last");
    assert_eq!((newest.action.as_str(), newest.object_kind.as_str()), ("signed", audit_checkpoint::KIND));
}

#[actix_web::test]
async fn what_the_chain_alone_cannot_show_the_checkpoints_do() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 3)).await;
    let first = signed(&app).await;
    app.write(|conn| entries(conn, 5)).await;
    let last = signed(&app).await;
    let (kept, end, inside) = (last.token.clone(), last.seq, first.seq + 3);
    assert!(matches!(report(&app).await.verdict, Verdict::Whole { entries, .. } if entries == end));

    let cut = format!("DELETE FROM audit_entry WHERE seq > {inside}");
    let (seq, fault) = broken_at(after(&app.db, None, sql(cut.clone())).await);
    assert_eq!(seq, inside + 1);
    assert!(fault.contains(&format!("signed for up to no. {end}")), "{fault}");
    assert_eq!(broken_at(after(&app.db, None, sql("DELETE FROM audit_entry".to_owned())).await).0, 1);
    let wiped = "UPDATE audit_entry SET hash = NULL".to_owned();
    assert_eq!(broken_at(after(&app.db, None, sql(wiped)).await).0, 1);
    // Written anew behind the first checkpoint: the chain holds in itself.
    let anew = move |conn: &mut Conn| {
        conn.batch_execute(&format!("UPDATE audit_entry SET object_id = '9' WHERE seq = {inside}"))?;
        rechained(conn, inside)
    };
    let (seq, fault) = broken_at(after(&app.db, None, anew).await);
    assert_eq!(seq, first.seq + 1);
    assert!(fault.contains("written anew") && fault.contains(&format!("no. {end}")), "{fault}");
    let from_the_first = |conn: &mut Conn| {
        conn.batch_execute("UPDATE audit_entry SET action = 'viewed' WHERE seq = 1")?;
        rechained(conn, 1)
    };
    assert_eq!(broken_at(after(&app.db, None, from_the_first).await).0, 1);
    // The checkpoints are taken away as well: the trail tells of them, and a copy was kept.
    let without = "DELETE FROM audit_checkpoint".to_owned();
    let (seq, fault) = broken_at(after(&app.db, None, sql(without.clone())).await);
    assert_eq!((seq, fault.as_str()), (first.seq, "tells of a checkpoint that is gone"));
    let all = format!("{without}; DELETE FROM audit_entry WHERE seq >= {}", first.seq);
    assert!(matches!(after(&app.db, None, sql(all.clone())).await.unwrap().verdict, Verdict::Whole { .. }));
    assert_eq!(broken_at(after(&app.db, Some(kept.clone()), sql(all)).await).0, first.seq);
    let emptied = format!("{without}; DELETE FROM audit_entry");
    let (seq, _) = broken_at(after(&app.db, None, sql(emptied.clone())).await);
    assert_eq!(seq, 1, "an empty trail does not go with keys");
    assert_eq!(broken_at(after(&app.db, Some(kept.clone()), sql(emptied)).await).0, 1);
    let other = format!("UPDATE audit_checkpoint SET hash = 'x' WHERE seq = {}", first.seq);
    assert_eq!(broken_at(after(&app.db, None, sql(other)).await).0, first.seq);
    assert!(matches!(report(&app).await.verdict, Verdict::Whole { .. }), "what was tried was undone");
}

#[actix_web::test]
async fn numbers_that_were_signed_for_are_never_given_again() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 4)).await;
    let made = signed(&app).await;
    let cut = made.seq - 2;
    app.write(move |conn| {
        without_triggers(conn)?;
        conn.batch_execute(&format!("DELETE FROM audit_entry WHERE seq > {cut}"))?;
        entries(conn, 3)
    })
    .await;
    let Verdict::Broken { seq, fault } = report(&app).await.verdict else { panic!("not found out") };
    assert_eq!((seq, fault.as_str()), (cut + 1, "is missing"));
}

#[actix_web::test]
async fn the_database_refuses_to_change_a_checkpoint() {
    let app = App::start().await;
    signed(&app).await;
    for tampering in ["DELETE FROM audit_checkpoint", "UPDATE audit_checkpoint SET hash = 'x'"] {
        let refused = app.db.write(move |conn| Ok::<_, Refusal>(conn.batch_execute(tampering)?)).await;
        assert!(refused.is_err(), "{tampering}");
    }
}

#[actix_web::test]
async fn a_retired_key_stays_good_and_a_compromised_one_signed_for_nothing_later() {
    let app = App::start().await;
    let first = signed(&app).await;
    keys::rotate(&app.db, &app.portal(), None, &by()).await.unwrap();
    let second = signed(&app).await;
    assert_ne!(first.key_id, second.key_id);
    let since = clock::now();
    let third = signed(&app).await;
    assert_eq!(report(&app).await.believed.len(), 3, "retired and active alike");
    let what = (since, Line::parse("Copied").unwrap());
    keys::mark_compromised(&app.db, &app.portal(), &third.key_id, what, &by()).await.unwrap();
    let found = report(&app).await;
    assert_eq!(found.believed.iter().map(|one| one.seq).collect::<Vec<_>>(), [first.seq, second.seq]);
    assert_eq!(found.void, [third.seq]);
    assert!(matches!(found.verdict, Verdict::Whole { .. }));
    // Who has the stolen key and the database finds no ear with a checkpoint of his own.
    let anew = move |conn: &mut Conn| {
        conn.batch_execute(&format!("UPDATE audit_entry SET action = 'viewed' WHERE seq = {}", third.seq))?;
        rechained(conn, third.seq)
    };
    assert!(
        matches!(after(&app.db, None, anew).await.unwrap().verdict, Verdict::Whole { .. }),
        "nothing vouches for it"
    );
    // A key that is not this portal's.
    let stranger = Portal::new(app.base_url.clone(), Keyring::of(&MasterKey::passing()));
    let other = App::start().await;
    let stranger = other.write(move |conn| trail::sign(conn, &stranger, &by())).await;
    let refused = after(&app.db, Some(stranger.token), |_| Ok(())).await.unwrap_err();
    assert!(refused.contains("not one of whoever should have signed"), "{refused}");
}

#[actix_web::test]
async fn the_portal_signs_once_a_day_and_mails_it_to_whom_the_settings_say() {
    let app = App::start().await;
    app.write(|conn| Ok(setting::set(conn, setting::CHECKPOINTS_TO, "auditor@state.example")?)).await;
    let made = trail::daily(&app.db, &app.portal()).await.unwrap().unwrap();
    app.write(|conn| entries(conn, 2)).await;
    assert_eq!(trail::daily(&app.db, &app.portal()).await.unwrap(), None, "once a day");
    let mails = app.deliver().await;
    let mail = mails.iter().find(|mail| mail.contains("auditor@state.example")).unwrap();
    let whole = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    assert!(whole.contains(&made.token), "{whole}");
    let yesterday = (clock::now() - TimeDelta::hours(25)).naive_utc();
    app.write(move |conn| {
        without_triggers(conn)?;
        let at = yesterday.format("%Y-%m-%d %H:%M:%S");
        Ok(conn.batch_execute(&format!("UPDATE audit_checkpoint SET at = '{at}'"))?)
    })
    .await;
    assert!(trail::daily(&app.db, &app.portal()).await.unwrap().is_some(), "a day later again");
    let nobody = App::empty(&[]).await;
    nobody.write(|conn| Ok(organization(conn, "Nobody publishes")?.id)).await;
    assert_eq!(trail::daily(&nobody.db, &nobody.portal()).await.unwrap(), None);
    let keys = nobody.read(|conn| Ok(signing_key::all(conn)?)).await;
    assert!(keys.is_empty(), "without a publisher nobody signs");
}

#[actix_web::test]
async fn an_erasure_accounts_for_what_it_emptied_and_for_nothing_else() {
    let app = App::start().await;
    let (of, _) = app.award("Ana Lima").await;
    let learner = of.learner.id.clone();
    app.write(move |conn| {
        let changed = Change { field: "Name".to_owned(), before: None, after: Some("Ana".to_owned()) };
        audit::write(conn, &by(), "changed", ("profile", learner.as_str()), vec![changed])?;
        entries(conn, 2)?;
        erase::erase(conn, &learner, &Line::parse("Asked for").unwrap(), &by())
    })
    .await;
    let Verdict::Whole { erased, entries, .. } = report(&app).await.verdict else { panic!("broken") };
    assert!(erased > 1, "{erased}");
    let other = entries - 1;
    let emptied = format!("UPDATE audit_entry SET changes = '[]', changes_salt = NULL WHERE seq = {other}");
    let found = after(&app.db, None, move |conn| Ok(conn.batch_execute(&emptied)?)).await;
    let (seq, fault) = broken_at(found);
    assert_eq!((seq, fault.contains("no erasure tells of it")), (other, true), "{fault}");
}

#[tokio::test]
async fn the_command_compares_with_a_copy_and_a_restore_asks_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", folder.path().join("portal.db").display());
    let settings = [("DATABASE_URL", file.as_str())];
    assert!(run(folder.path(), &settings, &["migrate"]).status.success());
    let db = Db::open(&file.parse().unwrap()).unwrap();
    let key = MasterKey::load_or_create(&folder.path().join("testamur.key")).unwrap();
    let portal = Portal::new("http://127.0.0.1", Keyring::of(&key));
    db.write(move |conn| {
        let publisher = organization(conn, "Office of the Registrar")?;
        setting::set(conn, setting::PUBLISHER, publisher.id.as_str())?;
        entries(conn, 4)?;
        trail::sign(conn, &portal, &by())
    })
    .await
    .unwrap();
    let done = run(folder.path(), &settings, &["verify", "--audit", "--save", "kept.jws"]);
    assert!(done.status.success(), "{done:?}");
    assert!(
        out(&done).contains("A checkpoint is signed, up to no.") && out(&done).contains("1 checkpoint was written"),
        "{}",
        out(&done)
    );
    let again = run(folder.path(), &settings, &["verify", "--audit", "--checkpoint", "kept.jws"]);
    assert!(out(&again).contains("that was given agrees with it"), "{}", out(&again));
    assert_eq!(run(folder.path(), &settings, &["verify", "--checkpoint", "kept.jws"]).status.code(), Some(2));
    assert!(run(folder.path(), &settings, &["backup", "whole.backup"]).status.success());

    db.write(|conn| {
        without_triggers(conn)?;
        conn.batch_execute("DELETE FROM audit_checkpoint; DELETE FROM audit_entry WHERE seq > 3")?;
        entries(conn, 3)
    })
    .await
    .unwrap();
    assert!(run(folder.path(), &settings, &["verify", "--audit"]).status.success(), "the chain alone does not show it");
    let (told, status) = refusal(&run(folder.path(), &settings, &["verify", "--audit", "--checkpoint", "kept.jws"]));
    assert_eq!((told.contains("audit entry no. 7 is missing"), status), (true, 1), "{told}");

    db.write(|conn| Ok::<_, Refusal>(conn.batch_execute("UPDATE audit_entry SET action = 'viewed' WHERE seq = 2")?))
        .await
        .unwrap();
    assert!(run(folder.path(), &settings, &["backup", "broken.backup"]).status.success());
    let other = format!("sqlite://{}", folder.path().join("other.db").display());
    let elsewhere = [("DATABASE_URL", other.as_str())];
    let (told, status) = refusal(&run(folder.path(), &elsewhere, &["restore", "broken.backup"]));
    assert_eq!((told.contains("entry no. 2 ") && told.contains("--accept-broken-trail"), status), (true, 1), "{told}");
    assert!(!folder.path().join("other.db").exists(), "nothing is left of it");
    let accepted = run(folder.path(), &elsewhere, &["restore", "broken.backup", "--accept-broken-trail"]);
    assert!(
        accepted.status.success() && String::from_utf8_lossy(&accepted.stderr).contains("NOT whole"),
        "{accepted:?}"
    );
    let third = format!("sqlite://{}", folder.path().join("third.db").display());
    let whole = run(folder.path(), &[("DATABASE_URL", third.as_str())], &["restore", "whole.backup"]);
    assert!(out(&whole).contains("Audit trail: whole"), "{whole:?}");
    let doctor = out(&run(folder.path(), &[("DATABASE_URL", third.as_str())], &["doctor"]));
    assert!(doctor.contains("checkpoints: the audit trail was signed for up to no."), "{doctor}");
    assert!(doctor.contains("1 active, 1 next; those in use can be opened"), "{doctor}");
}
