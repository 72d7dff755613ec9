//! `testamur import attendance`, run as an operator runs it.

use serde_json::Value;
use testamur::{
    db::{Address, Db},
    models::{Achievement, Event, attendance::roster},
    registrar::Refusal,
    values::{AchievementType, Code, Name},
};

use crate::{
    app::{OwnDatabase, by, organization, person},
    cli::{out, run},
};

#[actix_web::test]
async fn a_file_comes_in_and_what_does_not_is_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let own = OwnDatabase::on_the_server();
    let path = folder.path().join("testamur.db").display().to_string();
    let url = own.as_ref().map_or_else(|| format!("sqlite:{path}"), |own| own.address.clone());
    assert!(run(folder.path(), &[("DATABASE_URL", &url)], &["migrate"]).status.success());
    let db = Db::open(&url.parse::<Address>().unwrap()).unwrap();
    let event = db
        .write(|conn| {
            let host = organization(conn, "Office of Student Life")?;
            let kind = AchievementType::parse("ext:Event").unwrap();
            let game = Achievement::new(Name::parse("Game night").unwrap(), kind, host.id.clone());
            game.insert(conn, &by())?;
            let starts = testamur::clock::now().naive_utc();
            let event = Event::new(&game, Code::parse("GAME-1").unwrap(), (starts, starts));
            event.insert(conn, &by())?;
            for nth in 1..=3 {
                person(conn, &format!("Ann Number{nth}"), &format!("{nth:010}"))?;
            }
            Ok::<_, Refusal>(event)
        })
        .await
        .unwrap();
    let file = folder.path().join("came.csv");
    let rows = "student_id,event_code,status\n0000000001,GAME-1,attended\n0000000002,GAME-1,absent\n\
                0000000001,GAME-1,attended\n0000000009,GAME-1,attended\n0000000003,NONE,attended\n0000000003,GAME-1,maybe\n";
    std::fs::write(&file, rows).unwrap();
    let name = file.display().to_string();
    let import = |more: &[&str]| {
        let told =
            run(folder.path(), &[("DATABASE_URL", &url)], &[&["import", "attendance", &name, "--json"], more].concat());
        let report: Value = serde_json::from_str(out(&told).trim()).unwrap_or_else(|_| panic!("{told:?}"));
        (report, told.status.code().unwrap())
    };
    let rejected = folder.path().join("came.csv.rejected.csv");
    let (dry, status) = import(&["--dry-run"]);
    assert_eq!(status, 1);
    let numbers = |report: &Value| {
        ["rows", "new", "unchanged", "updated", "duplicate", "unknown_learner", "held", "wrong"]
            .map(|name| report[name].as_u64().unwrap())
    };
    assert_eq!(numbers(&dry), [6, 2, 0, 0, 1, 1, 0, 2]);
    assert!(!rejected.exists(), "a dry run wrote a file");
    let (done, _) = import(&[]);
    assert_eq!((numbers(&done), &done["errors"]), (numbers(&dry), &dry["errors"]));
    let id = event.id.clone();
    let counts = db.read(move |conn| Ok::<_, Refusal>(roster::counts(conn, &id)?)).await.unwrap();
    assert_eq!((counts.attended, counts.absent), (1, 1));
    let left = std::fs::read_to_string(&rejected).unwrap();
    let lines: Vec<&str> = left.lines().collect();
    assert_eq!(lines[0], "student_id,event_code,status,reason");
    assert_eq!(lines.len(), 4, "{left}");
    assert!(lines[2].starts_with("0000000003,NONE,attended,") && lines[2].contains("no event NONE"), "{left}");
    let (again, _) = import(&[]);
    assert_eq!(numbers(&again), [6, 0, 2, 0, 1, 1, 0, 2]);
    // A corrected file changes how somebody stands, and says from where that comes.
    std::fs::write(&file, "student_id;event_code;status\n0000000002;GAME-1;attended\n").unwrap();
    let (changed, status) = import(&[]);
    assert_eq!((status, numbers(&changed)), (0, [1, 0, 0, 1, 0, 0, 0, 0]));
    std::fs::write(&file, b"PK\x03\x04").unwrap();
    let (refused, status) = import(&[]);
    assert_eq!(status, 1);
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("no Excel workbook"));
}
