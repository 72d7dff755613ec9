//! A backup of an older version goes in at its own state and is brought up to date from there, whatever state the empty
//! database was in.

use diesel::connection::SimpleConnection;
use testamur::{
    db::{self, Level},
    models::{profile, setting},
    registrar::Refusal,
};

use super::{Place, backed_up, restored};

/// The last migration of the first release.
const FIRST_RELEASE: &str = "20261123000202";

/// In SQL that was right then: the models know the newest tables only.
const ROWS: &str = "INSERT INTO setting (name, value) VALUES ('institution', 'Northfield');
    INSERT INTO profile (id, iri, kind, origin, name, address, identifiers, extensions, sort_name, search_text, revision,
        created_at, updated_at) VALUES ('0198a8b0-0000-7000-8000-000000000001',
        'urn:uuid:6941e96f-e4fc-468b-8b12-ddcdd2b33e55', 'person', 'own', 'Zoë', '{}', '[]', '{}', 'zoe', 'zoe', 1,
        '2026-11-23 10:00:00.123456', '2026-11-23 10:00:00')";

#[actix_web::test]
async fn a_backup_of_an_older_version_is_brought_up_to_date() {
    for from in Place::each_kind() {
        let source = from.db();
        source.migrate().await.unwrap();
        source
            .write(|conn| {
                let mut level = Level::of(conn);
                level.applied.retain(|version| version.as_str() <= FIRST_RELEASE);
                db::bring_to(conn, &level).map_err(|error| Refusal::conflict(error.to_string()))?;
                Ok::<_, Refusal>(conn.batch_execute(ROWS)?)
            })
            .await
            .unwrap();
        assert!(source.pending_migrations().await.unwrap() > 0);
        let file = from.file("old.backup");
        let made = backed_up(&source, &file).await;
        for (to, prepared) in Place::each_kind().into_iter().flat_map(|one| [(one, false)]).chain(prepared()) {
            let db = to.db();
            if prepared {
                db.migrate().await.unwrap();
            }
            assert_eq!(restored(&file, &db).await.unwrap(), made);
            assert_eq!(db.pending_migrations().await.unwrap(), 0);
            let (institution, learner) = db
                .read(|conn| {
                    let learner = profile::person_named(conn, "0198a8b0-0000-7000-8000-000000000001")?.unwrap();
                    Ok::<_, Refusal>((setting::get(conn, setting::INSTITUTION)?, learner))
                })
                .await
                .unwrap();
            assert_eq!(institution.as_deref(), Some("Northfield"));
            assert_eq!(learner.name.as_str(), "Zoë");
            assert_eq!(learner.created_at.and_utc().timestamp_subsec_micros(), 123_456);
        }
    }
}

/// Databases that are empty and up to date.
fn prepared() -> impl Iterator<Item = (Place, bool)> {
    Place::each_kind().into_iter().map(|place| (place, true))
}
