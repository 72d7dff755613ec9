//! The page of the audit trail: sentences, filters that stay in the address, how the chain stands, and the trail as a file.

use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_types::Text};
use testamur::{
    models::{
        audit::{self, Change},
        profile,
    },
    registrar::Refusal,
    values::Role,
};

use super::{entries, rechained, signed, without_triggers};
use crate::app::{App, by, on_postgres};

#[actix_web::test]
async fn the_trail_is_read_as_sentences_and_narrowed_by_its_address() {
    let app = App::start().await;
    let (of, credential) = app.award("Ana Lima").await;
    app.write(|conn| entries(conn, 60)).await;
    let auditor = app.signed_in(Role::Auditor).await;
    let page = auditor.get("/admin/audit").await.expect(200);
    let page = page
        .says("The trail is whole up to entry no.")
        .says("It has no checkpoint that counts yet")
        .says("Older entries");
    page.says("signed in").says("<time datetime=").says("just now");
    let all = auditor.get(&format!("/admin/audit?object={}", credential.cedid)).await.expect(200);
    all.says("issued").says("Ana Lima").never_says("Older entries");
    let issued = auditor.get("/admin/audit?action=issued&kind=assertion").await.expect(200);
    issued.says("<option value=\"issued\" selected>").says("for Ana Lima").never_says("Older entries");
    let by_who = auditor.get("/admin/audit?who=system&kind=signing+key").await.expect(200);
    by_who.says("the portal").says("made").never_says("Nothing fits");
    auditor.get("/admin/audit?from=2020-01-01&until=2020-12-31").await.expect(200).says("Nothing fits");
    let wrong = auditor.get("/admin/audit?from=yesterday&action=issued").await.expect(422);
    wrong.says("Enter a day such as").says("value=\"yesterday\"");
    let older = crate::app::between(
        &auditor.get("/admin/audit?kind=thing").await.text(),
        "href=\"/admin/audit?kind=thing&#38;before=",
        "\"",
    );
    let older = auditor.get(&format!("/admin/audit?kind=thing&before={}", older.unwrap())).await.expect(200);
    older.says("&#34;1&#34;").never_says("Older entries");
    let learner = of.learner.id;
    auditor.get(&format!("/admin/audit?object={learner}&kind=profile")).await.expect(200).says("created");
    let issuer = app.staff(Role::Issuer, Some(app.read(|conn| Ok(profile::publisher(conn)?.unwrap().id)).await)).await;
    let issuer = app.sign_in(&issuer).await;
    for path in ["/admin/audit", "/admin/audit.csv", "/admin/audit.ndjson", "/admin/audit/checkpoints"] {
        issuer.get(path).await.expect(403);
    }
}

#[actix_web::test]
async fn the_page_says_when_the_trail_is_not_as_it_was_written() {
    let app = App::start().await;
    app.write(|conn| entries(conn, 3)).await;
    let made = signed(&app).await;
    let administrator = app.signed_in(Role::Administrator).await;
    administrator.get("/admin/audit").await.expect(200).says(&format!("signed for it up to no. {}", made.seq));
    app.write(|conn| {
        without_triggers(conn)?;
        conn.batch_execute("UPDATE audit_entry SET object_id = '9' WHERE seq = 2")?;
        rechained(conn, 2)
    })
    .await;
    let page = administrator.get("/admin/audit?again=1").await.expect(200);
    page.says("not as it was written").says("Entry no. 1 or one behind it was written anew");
}

#[actix_web::test]
async fn checkpoints_are_signed_on_demand_and_downloaded() {
    let app = App::start().await;
    let administrator = app.signed_in(Role::Administrator).await;
    let path = "/admin/audit/checkpoints";
    administrator.get(path).await.expect(200).says("None was signed yet");
    administrator.submit(path, path, &[]).await.expect(303);
    administrator.submit(path, path, &[]).await.expect(303);
    let all = administrator.get("/admin/audit/checkpoints.jws").await.expect(200).text();
    assert_eq!(all.lines().count(), 2);
    let seq = app.read(|conn| Ok(testamur::models::audit_checkpoint::last_seq(conn)?)).await;
    let auditor = app.signed_in(Role::Auditor).await;
    let one = auditor.get(&format!("{path}/{seq}.jws")).await.expect(200);
    assert_eq!(one.text().trim(), all.lines().last().unwrap());
    assert_eq!(one.header("content-type"), "application/jose");
    auditor.get(path).await.expect(200).never_says("Sign a checkpoint now");
    auditor.get(&format!("{path}/999999.jws")).await.expect(404);
    auditor.get(&format!("{path}/x.jws")).await.expect(404);
}

#[actix_web::test]
async fn the_trail_is_taken_out_as_filtered_and_that_stands_in_it() {
    let app = App::start().await;
    app.write(|conn| {
        let change =
            Change { field: "Name".to_owned(), before: Some("=1+1".to_owned()), after: Some("Zoë".to_owned()) };
        audit::write(conn, &by(), "changed", ("thing", "=cmd"), vec![change])?;
        entries(conn, 700)
    })
    .await;
    let auditor = app.signed_in(Role::Auditor).await;
    let table = auditor.get("/admin/audit.csv?kind=thing").await.expect(200);
    assert!(table.header("content-disposition").contains("audit-trail.csv"));
    let text = table.text();
    assert_eq!(text.lines().count(), 702, "a heading and every entry that is filtered");
    assert!(text.contains("\"'=cmd\"") && text.contains("Name: =1+1 → Zoë"), "{}", text.lines().last().unwrap());
    let noted = app.read(|conn| Ok(audit::latest(conn, 1)?.remove(0))).await;
    assert_eq!((noted.action.as_str(), noted.object_kind.as_str()), ("exported", "export"));
    assert!(noted.changes.get().iter().any(|change| change.after.as_deref() == Some("kind: thing")), "{noted:?}");
    let lines = auditor.get("/admin/audit.ndjson").await.expect(200).text();
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let newest = app.read(|conn| Ok(audit::latest(conn, 1)?.remove(0).seq)).await;
    assert_eq!(lines.len() as i64, newest - 1, "all but the entry that tells of it");
    // What the guide says of the hash is true of the lines: each part with its length before it.
    for pair in lines.windows(2) {
        assert_eq!(hash_of(&pair[0], pair[1]["hash"].as_str().unwrap()), pair[0]["hash"].as_str().unwrap());
    }
    auditor.get("/admin/audit.csv?from=never").await.expect(400);
}

/// The hash of an entry behind another one, written after docs/operators.md and not after the program.
fn hash_of(entry: &serde_json::Value, before: &str) -> String {
    let at =
        chrono::DateTime::parse_from_rfc3339(entry["at"].as_str().unwrap()).unwrap().timestamp_micros().to_string();
    let seq = entry["seq"].to_string();
    let text = |name: &str| entry[name].as_str();
    let parts = [
        Some(before),
        Some(seq.as_str()),
        Some(at.as_str()),
        text("actor_kind"),
        text("actor_id"),
        text("actor_role"),
        text("action"),
        text("object_kind"),
        text("object_id"),
        text("request_id"),
        text("actor_digest"),
        text("changes_digest"),
    ];
    let mut hasher = openssl::sha::Sha256::new();
    for part in parts {
        hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        hasher.update(part.unwrap_or_default().as_bytes());
    }
    hasher.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[actix_web::test]
async fn no_page_of_the_trail_is_sorted() {
    if on_postgres() {
        return;
    }
    let app = App::start().await;
    app.write(|conn| entries(conn, 20)).await;
    let plans = app
        .read(|conn| {
            let mut plans = Vec::new();
            for narrowed in [
                "1 = 1",
                "actor_id = 'x'",
                "actor_kind = 'learner'",
                "action = 'issued'",
                "object_kind = 'thing'",
                "object_id = '5'",
                "action = 'issued' AND object_kind = 'thing'",
            ] {
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT * FROM audit_entry WHERE {narrowed} AND at >= '2020-01-01' AND \
                     at <= '2030-01-01' AND (at < '2030-01-01' OR seq < 9) ORDER BY at DESC, seq DESC LIMIT 50"
                );
                let steps: Vec<Step> = diesel::sql_query(sql).load(conn)?;
                plans.push((narrowed, steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")));
            }
            Ok::<_, Refusal>(plans)
        })
        .await;
    for (narrowed, plan) in plans {
        assert!(plan.contains("USING INDEX audit_entry_by_") && !plan.contains("TEMP B-TREE"), "{narrowed}: {plan}");
    }
}
