//! A thousand ways of tampering, each found out by the number of the first bad entry: any bit of any member flipped, an
//! entry deleted, the tail cut off, entries swapped, repeated, moved down, emptied, taken out of the chain, or written anew.

use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_types};
use proptest::{prelude::*, test_runner::TestRunner};
use testamur::{
    db::{Conn, Db},
    models::{
        audit::{self, Change},
        audit_check::{self, Verdict},
        setting,
    },
    registrar::{Portal, Refusal, erase, keys::Keyring, trail},
    sign::MasterKey,
    values::Line,
};

use super::{entries, rechained, without_triggers};
use crate::app::{App, by, on_postgres, organization, person};

const MEMBERS: [&str; 16] = [
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "object_kind",
    "object_id",
    "changes",
    "request_id",
    "actor_salt",
    "actor_digest",
    "changes_salt",
    "changes_digest",
    "hash",
];

/// One way of tampering. `row` and `other` are places among the entries, as fractions.
#[derive(Debug, Clone)]
enum Tampering {
    Flip { row: f64, member: usize, bit: f64 },
    Delete { row: f64 },
    Cut { row: f64 },
    Swap { row: f64, other: f64 },
    Append { row: f64 },
    Insert { row: f64 },
    Empty { row: f64 },
    Unchain { row: f64 },
    Anew { row: f64 },
}

fn tampering() -> impl Strategy<Value = Tampering> {
    use Tampering::*;
    let place = || 0.0..1.0_f64;
    prop_oneof![
        10 => (place(), 0..MEMBERS.len(), place()).prop_map(|(row, member, bit)| Flip { row, member, bit }),
        2 => place().prop_map(|row| Delete { row }),
        2 => place().prop_map(|row| Cut { row }),
        2 => (place(), place()).prop_map(|(row, other)| Swap { row, other }),
        1 => place().prop_map(|row| Append { row }),
        1 => place().prop_map(|row| Insert { row }),
        1 => place().prop_map(|row| Empty { row }),
        1 => place().prop_map(|row| Unchain { row }),
        2 => place().prop_map(|row| Anew { row }),
    ]
}

/// The trail that is tampered with.
struct Trail {
    db: Db,
    last: i64,
    /// Entries that checkpoints vouch for, in their order.
    signed: Vec<i64>,
}

impl Trail {
    /// Entries of people, of the portal and of an erased learner, signed for three times, the last entry too.
    async fn write(db: Db, portal: Portal) -> Self {
        let signed = db
            .write(move |conn| {
                let publisher = organization(conn, "Office of the Registrar")?;
                setting::set(conn, setting::PUBLISHER, publisher.id.as_str())?;
                entries(conn, 6)?;
                let first = trail::sign(conn, &portal, &by())?.seq;
                let learner = person(conn, "Ana Lima", "0000000001")?;
                entries(conn, 4)?;
                erase::erase(conn, &learner.id, &Line::parse("Asked for").unwrap(), &by())?;
                let bare = testamur::models::Actor { id: None, request_id: None, ..by() };
                audit::write(conn, &bare, "changed", ("thing", "1"), Vec::<Change>::new())?;
                let second = trail::sign(conn, &portal, &by())?.seq;
                entries(conn, 6)?;
                Ok::<_, Refusal>(vec![first, second, trail::sign(conn, &portal, &by())?.seq])
            })
            .await
            .unwrap();
        let last = *signed.last().unwrap();
        let whole = db.read(|conn| trail::check(conn, &[])).await.unwrap().verdict;
        assert!(matches!(whole, Verdict::Whole { entries, erased: 1.., .. } if entries == last), "{whole:?}");
        Self { db, last, signed }
    }

    fn place(&self, fraction: f64) -> i64 {
        1 + (fraction * self.last as f64) as i64
    }

    /// Does it, asks which entry is the first bad one, and undoes it. `None` where nothing was changed.
    async fn trial(&self, tampering: Tampering) -> Option<(i64, Verdict)> {
        let (last, signed) = (self.last, self.signed.clone());
        let row = self.place(match tampering {
            Tampering::Flip { row, .. }
            | Tampering::Delete { row }
            | Tampering::Cut { row }
            | Tampering::Swap { row, .. }
            | Tampering::Append { row }
            | Tampering::Insert { row }
            | Tampering::Empty { row }
            | Tampering::Unchain { row }
            | Tampering::Anew { row } => row,
        });
        let other = if let Tampering::Swap { other, .. } = tampering { self.place(other) } else { row };
        let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
        let own = seen.clone();
        let undone = self
            .db
            .write(move |conn| {
                without_triggers(conn)?;
                let place = Place { row, other, last, signed: signed.clone() };
                if let Some(expected) = place.tampered(conn, &tampering)? {
                    *own.lock().unwrap() = Some((expected, trail::check(conn, &[])?.verdict));
                }
                Err::<(), _>(Refusal::conflict("undone"))
            })
            .await;
        let undone = undone.unwrap_err().to_string();
        assert_eq!(undone, "undone");
        seen.lock().unwrap().take()
    }
}

struct Place {
    row: i64,
    other: i64,
    last: i64,
    signed: Vec<i64>,
}

impl Place {
    /// Tampers, and returns the entry that must be named.
    fn tampered(&self, conn: &mut Conn, tampering: &Tampering) -> Result<Option<i64>, Refusal> {
        let Self { row, other, last, .. } = self;
        let run = |conn: &mut Conn, sql: String| Ok::<_, Refusal>(conn.batch_execute(&sql)?);
        match tampering {
            Tampering::Flip { member, bit, .. } => return flipped(conn, *row, (MEMBERS[*member], *bit), *last),
            Tampering::Delete { .. } => run(conn, format!("DELETE FROM audit_entry WHERE seq = {row}"))?,
            Tampering::Cut { .. } => run(conn, format!("DELETE FROM audit_entry WHERE seq >= {row}"))?,
            Tampering::Swap { .. } if row == other => return Ok(None),
            Tampering::Swap { .. } => {
                for (from, to) in [(*row, 0), (*other, *row), (0, *other)] {
                    run(conn, format!("UPDATE audit_entry SET seq = {to} WHERE seq = {from}"))?;
                }
                return Ok(Some(*row.min(other)));
            }
            Tampering::Append { .. } => {
                run(conn, copied(*row, last + 1))?;
                return Ok(Some(last + 1));
            }
            Tampering::Insert { .. } => {
                for seq in (row + 1..=*last).rev() {
                    run(conn, format!("UPDATE audit_entry SET seq = {} WHERE seq = {seq}", seq + 1))?;
                }
                run(conn, copied(*row, row + 1))?;
                return Ok(Some(row + 1));
            }
            Tampering::Empty { .. } => {
                let sql = format!("UPDATE audit_entry SET changes = '[]', changes_salt = NULL WHERE seq = {row}");
                let emptied =
                    format!("SELECT count(*) AS number FROM audit_entry WHERE seq = {row} AND changes_salt IS NULL");
                if number(conn, emptied)? > 0 {
                    return Ok(None);
                }
                run(conn, sql)?;
            }
            Tampering::Unchain { .. } => run(conn, format!("UPDATE audit_entry SET hash = NULL WHERE seq >= {row}"))?,
            Tampering::Anew { .. } => {
                run(conn, format!("UPDATE audit_entry SET request_id = 'x' WHERE seq = {row}"))?;
                rechained(conn, *row)?;
                // Of the entries since the one that was signed for last, nobody can tell which was changed.
                return Ok(Some(self.signed.iter().filter(|seq| *seq < row).max().map_or(1, |seq| seq + 1)));
            }
        }
        Ok(Some(*row))
    }
}

fn copied(row: i64, to: i64) -> String {
    let members = MEMBERS[1..].join(", ");
    format!("INSERT INTO audit_entry (seq, {members}) SELECT {to}, {members} FROM audit_entry WHERE seq = {row}")
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

fn number(conn: &mut Conn, sql: String) -> Result<i64, Refusal> {
    Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.number)
}

#[derive(QueryableByName)]
struct Hex {
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    hex: Option<String>,
}

/// Flips a bit of a member, as it lies in the database. Nothing to flip in what is absent.
fn flipped(conn: &mut Conn, row: i64, (member, bit): (&str, f64), last: i64) -> Result<Option<i64>, Refusal> {
    if member == "seq" {
        let seq = row ^ (1 << ((bit * 63.0) as u32));
        if (1..=last).contains(&seq) {
            return Ok(None);
        }
        conn.batch_execute(&format!("UPDATE audit_entry SET seq = {seq} WHERE seq = {row}"))?;
        return Ok(Some(row.min(seq.max(0))));
    }
    if on_postgres() && member == "at" {
        let micros = 1_i64 << ((bit * 40.0) as u32);
        let later = format!("UPDATE audit_entry SET at = at + interval '{micros} microseconds' WHERE seq = {row}");
        conn.batch_execute(&later)?;
        return Ok(Some(row));
    }
    let hex =
        if on_postgres() { format!("encode(convert_to({member}, 'UTF8'), 'hex')") } else { format!("hex({member})") };
    let read = format!("SELECT {hex} AS hex FROM audit_entry WHERE seq = {row} AND {member} IS NOT NULL");
    let found = diesel::sql_query(read).load::<Hex>(conn)?.into_iter().next().and_then(|one| one.hex);
    let Some(hex) = found.filter(|hex| !hex.is_empty()) else { return Ok(None) };
    let mut bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let place = (bit * (bytes.len() * 8) as f64) as usize;
    bytes[place / 8] ^= 1 << (place % 8);
    if on_postgres() && (bytes.contains(&0) || std::str::from_utf8(&bytes).is_err()) {
        // PostgreSQL takes no such text.
        return Ok(None);
    }
    let written: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = if on_postgres() {
        format!("convert_from(decode('{written}', 'hex'), 'UTF8')")
    } else {
        format!("CAST(x'{written}' AS TEXT)")
    };
    conn.batch_execute(&format!("UPDATE audit_entry SET {member} = {text} WHERE seq = {row}"))?;
    Ok(Some(row))
}

fn run(cases: u32, trail: &Trail, runtime: &tokio::runtime::Runtime) {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) });
    let tried = std::cell::Cell::new(0);
    runner
        .run(&tampering(), |tampering| {
            let Some((expected, verdict)) = runtime.block_on(trail.trial(tampering)) else {
                return Err(TestCaseError::reject("nothing was changed"));
            };
            tried.set(tried.get() + 1);
            prop_assert!(
                matches!(verdict, Verdict::Broken { seq, .. } if seq == expected),
                "{}: {:?}",
                expected,
                verdict
            );
            Ok(())
        })
        .unwrap();
    assert!(tried.get() >= cases);
    let whole = runtime.block_on(trail.db.read(|conn| Ok::<_, Refusal>(audit_check::verify(conn)?))).unwrap();
    assert!(matches!(whole, Verdict::Whole { .. }), "what was tried was undone");
}

/// The thousand, on SQLite whatever the other tests run on; PostgreSQL gets its dozens below.
#[test]
fn a_thousand_tamperings_are_each_found_out_by_the_first_bad_entry() {
    if on_postgres() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("trail.db").display()).parse().unwrap()).unwrap();
    let trail = runtime.block_on(async {
        db.migrate().await.unwrap();
        Trail::write(db, Portal::new("https://records.example.edu", Keyring::of(&MasterKey::passing()))).await
    });
    run(1000, &trail, &runtime);
}

#[test]
fn dozens_of_tamperings_are_found_out_on_either_database() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(App::empty(&[]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let trail = runtime.block_on(Trail::write(app.db.clone(), app.portal()));
    run(60, &trail, &runtime);
}
