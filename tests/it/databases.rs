//! The database under the portal: migrations, readiness, writers at once.

use diesel::{connection::SimpleConnection, prelude::*};
use testamur::{
    db::{
        Conn,
        schema::{credential_document, signed_form},
    },
    registrar::Refusal,
    values::Packed,
};

use crate::app::{App, by, on_postgres, person};

#[actix_web::test]
async fn migrating_again_changes_nothing_and_a_newer_database_is_refused() {
    let app = App::start().await;
    assert_eq!(app.db.migrate().await.unwrap(), 0);
    assert_eq!(app.db.pending_migrations().await.unwrap(), 0);
    app.write(|conn| {
        Ok(conn.batch_execute(
            "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('29991231000000', '2026-01-01 00:00:00')",
        )?)
    })
    .await;
    let refused = app.db.migrate().await.unwrap_err().to_string();
    assert!(refused.contains("newer version"), "{refused}");
    app.browser().get("/readyz").await.expect(503);
    app.browser().get("/healthz").await.expect(200);
}

#[actix_web::test]
async fn a_ready_portal_says_so() {
    let app = App::start().await;
    app.browser().get("/readyz").await.expect(200);
}

#[actix_web::test]
async fn many_writers_at_once_lose_nothing() {
    let app = App::start().await;
    let writers = (0..40).map(|number| {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            db.write(move |conn| person(conn, "Ann Lee", &format!("{number:010}"))).await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let found = app
        .read(|conn| {
            let query = testamur::models::page::Query {
                filters: vec![("kind".to_owned(), "person".to_owned())],
                ..Default::default()
            };
            Ok(testamur::models::profile::count(conn, &query)?)
        })
        .await;
    assert_eq!(found, 40);
    let entries = app.read(|conn| Ok(testamur::models::audit::latest(conn, 1000)?)).await;
    assert!(entries.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1), "the audit trail has gaps");
}

#[actix_web::test]
async fn an_edit_of_the_same_object_by_two_at_once_is_saved_by_one() {
    let app = App::start().await;
    let made = app.write(|conn| person(conn, "Ann Lee", "1")).await;
    let edits = (0..10).map(|number| {
        let (db, mut mine) = (app.db.clone(), made.clone());
        actix_web::rt::spawn(async move {
            mine.telephone = testamur::values::Line::parse(&format!("+1 {number}")).ok();
            db.write(move |conn| Ok::<_, testamur::registrar::Refusal>(mine.update(conn, &by())?)).await.unwrap()
        })
    });
    let mut saved = 0;
    for edit in edits.collect::<Vec<_>>() {
        saved += usize::from(edit.await.unwrap());
    }
    assert_eq!(saved, 1);
}

/// What was issued before documents had a table of their own opens as it did: the step back and forth, on real rows.
#[actix_web::test]
async fn credentials_of_an_earlier_database_open_unchanged_after_migrating() {
    let app = App::start().await;
    let (_, issued) = app.award("Zoë Łukasiewicz").await;
    let page = format!("/c/{}.json", issued.cedid);
    let before = app.browser().get(&page).await.expect(200).bytes;
    let back = if on_postgres() {
        include_str!("../../migrations/postgres/2026-11-23-000201_move_issued_documents/down.sql")
    } else {
        include_str!("../../migrations/sqlite/2026-11-23-000201_move_issued_documents/down.sql")
    };
    app.write(move |conn| {
        unpack(conn)?;
        conn.batch_execute(back)?;
        Ok(conn.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261123000201'")?)
    })
    .await;
    assert_eq!(app.db.migrate().await.unwrap(), 1);
    assert_eq!(app.browser().get(&page).await.expect(200).bytes, before);
}

/// Whatever the index of a database says, a search finds exactly the rows whose text has every word somewhere in it.
#[actix_web::test]
async fn a_search_finds_every_part_of_a_word_and_nothing_else() {
    use testamur::{
        models::{page::Query, profile},
        values::{Name, fold_words},
    };
    let app = App::start().await;
    let names = [
        "Zoë Łukasiewicz",
        "Nguyễn Thị Ánh",
        "Дмитрий Иванов",
        "محمد علي",
        "李小龍",
        "李 小明",
        "O'Brien \"Bob\" %_x\\y",
        "Ann Lee",
        "Anna-Lena Müller",
        "Ελένη Παπαδοπούλου",
        "aaa aaaa",
        "100 % Sure",
        "AND OR NOT",
        "x*y (z)",
    ];
    app.write(move |conn| {
        for (number, name) in names.iter().enumerate() {
            person(conn, name, &format!("S{number:06}"))?;
        }
        Ok(())
    })
    .await;
    let mut asked =
        vec!["nn", "ann", "nna len", "lena mül", "小龍", "李小", "о", "ванов", "\"bob\"", "%_x", "\\y", "aaaa"];
    asked.extend([
        "and or",
        "s000003",
        "000003@iu",
        "x*y",
        "(z)",
        "lukasiewicz zoe",
        "zoe ann",
        "παπα",
        "nothing here",
    ]);
    for text in asked {
        let (words, query) = (fold_words(text), Query { sort: "name".to_owned(), ..Query::search(text) });
        let (found, all, count) = app
            .read(move |conn| {
                let all = Query { sort: "name".to_owned(), ..Query::default() };
                Ok((
                    profile::search(conn, &query)?.rows,
                    profile::search(conn, &all)?.rows,
                    profile::count(conn, &query)?,
                ))
            })
            .await;
        let fits = |row: &&testamur::models::Profile| words.iter().all(|word| row.search_text.contains(word.as_str()));
        let expected: Vec<_> = all.iter().filter(fits).map(|row| row.name.to_string()).collect();
        let found: Vec<_> = found.iter().map(|row| row.name.to_string()).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(count as usize, expected.len(), "{text}");
    }
    // What changes or goes is found under its new name, or not at all.
    app.write(|conn| {
        let mut ann = profile::search(conn, &Query::search("ann lee"))?.rows.remove(0);
        ann.name = Name::parse("Wilhelmina Stern").unwrap();
        (ann.given_name, ann.family_name) = (None, None);
        ann.refold();
        assert!(ann.update(conn, &by())?);
        let bob = profile::search(conn, &Query::search("o'brien"))?.rows.remove(0);
        Ok(profile::delete(conn, &bob.id, &by())?)
    })
    .await;
    for (text, many) in [("ann lee", 0), ("helmina", 1), ("o'brien", 0)] {
        let found = app.read(move |conn| Ok(profile::count(conn, &Query::search(text))?)).await;
        assert_eq!(found, many, "{text}");
    }
}

/// What lies in the column itself.
#[derive(diesel::QueryableByName)]
struct Stored {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    content: Vec<u8>,
}

async fn stored(app: &App) -> Vec<Stored> {
    let both = "SELECT content FROM credential_document UNION ALL SELECT content FROM signed_form";
    app.read(move |conn| Ok(diesel::sql_query(both).load(conn)?)).await
}

/// Puts what was issued and signed back as versions before wrote it, which did not pack it; how many rows that are.
fn unpack(conn: &mut Conn) -> Result<usize, Refusal> {
    for table in ["credential_document", "signed_form"] {
        let of = if on_postgres() { format!(" ON {table}") } else { String::new() };
        conn.batch_execute(&format!("DROP TRIGGER {table}_frozen{of}"))?;
    }
    let documents: Vec<Packed> = credential_document::table.select(credential_document::content).load(conn)?;
    let forms: Vec<Packed> = signed_form::table.select(signed_form::content).load(conn)?;
    for one in &documents {
        let row = credential_document::table.filter(credential_document::content.eq(one));
        diesel::update(row).set(credential_document::content.eq(one.get())).execute(conn)?;
    }
    for one in &forms {
        let row = signed_form::table.filter(signed_form::content.eq(one));
        diesel::update(row).set(signed_form::content.eq(one.get())).execute(conn)?;
    }
    Ok(documents.len() + forms.len())
}

#[actix_web::test]
async fn what_an_earlier_version_stored_unpacked_is_served_byte_for_byte_as_it_was() {
    let app = App::start().await;
    let (_, issued) = app.award("Zoë Łukasiewicz").await;
    let visitor = app.browser();
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let pages = [".json", ".vc.json", ".jwt", ".jws"].map(|form| format!("/c/{}{form}", issued.cedid));
    let mut before = Vec::new();
    for page in &pages {
        before.push(visitor.get(page).await.expect(200).bytes);
    }
    let packed = stored(&app).await;
    assert!(packed.iter().all(|one| one.content.first() == Some(&b'x')), "a row is not packed");
    let unpacked = app.write(unpack).await;
    assert!(unpacked >= 4, "{unpacked}");
    let plain = stored(&app).await;
    assert!(plain.iter().all(|one| matches!(one.content.first(), Some(b'{' | b'e'))), "a row is still packed");
    assert_eq!((packed.len(), plain.len()), (unpacked, unpacked));
    for (page, before) in pages.iter().zip(before) {
        assert!(visitor.get(page).await.expect(200).bytes == before, "{page} changed");
    }
    visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200).says("Zoë Łukasiewicz");
}
