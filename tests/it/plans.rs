//! Lists of a million rows page without slowing: however a list is sorted and narrowed, the database reads it in the
//! order of an index and sorts nothing. Asked of the databases themselves, in their own plans.

use std::sync::{Arc, Mutex};

use diesel::{
    Connection, QueryableByName, RunQueryDsl,
    connection::{InstrumentationEvent, SimpleConnection},
    sql_types::Text,
};
use testamur::{
    db::{Conn, QueryError},
    models::{
        Achievement, Alignment, Assertion, Association, AwardResult, Clr, Endorsement, Event, Evidence, Level, Profile,
        ResultDescription, Rubric, credential, hold, page::Query, profile,
    },
    values::{CeDiD, Id, Status},
    web::objects::Managed,
};

use crate::{
    app::{App, by},
    lists::one_of_each,
};

/// More than this many awards are walked and not sorted.
const MANY: usize = 10_001;

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

/// What a connection was asked.
pub type Asked = Arc<Mutex<Vec<String>>>;

pub fn listened(conn: &mut Conn) -> Asked {
    let asked = Asked::default();
    let listener = asked.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            listener.lock().unwrap().push(query.to_string());
        }
    });
    asked
}

/// The steps of the database's plan. PostgreSQL sorts wherever a table is small; it is told to sort only where no index
/// gives the order.
fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    let (sql, _) = statement.split_once(" -- binds").unwrap_or((statement, ""));
    match conn {
        Conn::Sqlite(own) => {
            let steps: Vec<SqliteStep> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(own).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        Conn::Postgres(own) => {
            let most = (1..=60).rev().find(|nth| sql.contains(&format!("${nth}"))).unwrap_or(0);
            let nothing = vec!["NULL"; most].join(", ");
            let arguments = if most == 0 { String::new() } else { format!("({nothing})") };
            own.batch_execute(&format!(
                "SET plan_cache_mode = force_generic_plan; SET enable_sort = off; SET enable_seqscan = off; \
                 SET enable_bitmapscan = off; PREPARE asked AS {sql}"
            ))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
            let steps: Vec<PostgresStep> =
                diesel::sql_query(format!("EXPLAIN EXECUTE asked{arguments}")).load(own).unwrap();
            own.batch_execute("DEALLOCATE asked").unwrap();
            steps.into_iter().map(|step| step.step).collect()
        }
    }
}

fn sorts(steps: &[String]) -> bool {
    steps
        .iter()
        .any(|step| step.contains("TEMP B-TREE") || step.trim_start_matches([' ', '-', '>']).starts_with("Sort"))
}

/// A list that can be read and counted.
struct List<'a> {
    name: &'a str,
    sorts: Vec<&'a str>,
    search: &'a dyn Fn(&mut Conn, &Query) -> Result<(), QueryError>,
    count: &'a dyn Fn(&mut Conn, &Query) -> Result<i64, QueryError>,
}

/// What is wrong with the plans of a list, narrowed in each of these ways, in all its orders.
fn wrong(conn: &mut Conn, asked: &Asked, list: &List<'_>, narrowed: &[(Query, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (query, how) in narrowed {
        for sort in &list.sorts {
            for descending in [false, true] {
                let query = Query { sort: (*sort).to_owned(), descending, ..query.clone() };
                asked.lock().unwrap().clear();
                (list.search)(conn, &query).unwrap();
                let page = asked.lock().unwrap().iter().find(|one| one.contains(" ORDER BY ")).cloned().unwrap();
                let steps = plan(conn, &page);
                if sorts(&steps) {
                    wrong.push(format!("{} {how} by {sort}: {steps:#?}\n{page}", list.name));
                }
            }
        }
        asked.lock().unwrap().clear();
        (list.count)(conn, query).unwrap();
        let counted = asked.lock().unwrap().last().cloned().unwrap();
        if !counted.contains(" LIMIT ") || sorts(&plan(conn, &counted)) {
            wrong.push(format!("{} {how} is counted to its end: {counted}", list.name));
        }
    }
    wrong
}

fn narrowed(filters: &[(String, String)]) -> (Query, String) {
    let how = filters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    (Query { filters: filters.to_vec(), ..Query::default() }, how)
}

/// Every filter of a kind's list by itself, every two of different names, and whose the objects are.
fn all_ways<T: Managed>(conn: &mut Conn) -> Vec<(Query, String)> {
    let filters = T::filters(conn, "", None).unwrap();
    let mut single: Vec<(String, String)> = filters
        .iter()
        .flat_map(|filter| filter.choices.iter().take(8).map(|(value, _)| (filter.name.to_owned(), value.clone())))
        .collect();
    single.extend(["own", "foreign"].map(|origin| ("origin".to_owned(), origin.to_owned())));
    let mut ways = vec![narrowed(&[])];
    for (nth, one) in single.iter().enumerate() {
        ways.push(narrowed(std::slice::from_ref(one)));
        let others = single.iter().skip(nth + 1).filter(|other| other.0 != one.0);
        ways.extend(others.take(6).map(|other| narrowed(&[one.clone(), other.clone()])));
    }
    ways
}

fn of_kind<T: Managed>(conn: &mut Conn, asked: &Asked, may_sort: fn(&str) -> bool) -> Vec<String> {
    let mut ways = all_ways::<T>(conn);
    ways.retain(|(_, how)| !may_sort(how));
    let list = List {
        name: T::KIND.path,
        sorts: T::COLUMNS.iter().filter_map(|column| column.sort).collect(),
        search: &|conn, query| T::search(conn, query).map(|_| ()),
        count: &|conn, query| T::count(conn, query),
    };
    assert!(!list.sorts.is_empty() && ways.len() > 2, "{}", list.name);
    wrong(conn, asked, &list, &ways)
}

/// As many awards like one that there is.
fn fill(conn: &mut Conn, standing: &str, issued_at: &str) {
    let sql = format!(
        "INSERT INTO assertion (id, iri, origin, learner_id, achievement_id, issued_at, conferral_date, term, extensions, \
         learner_sort, achievement_sort, search_text, revision, created_at, updated_at, standing) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) \
         SELECT '{standing}-' || i, 'urn:{standing}:' || i, 'own', a.learner_id, a.achievement_id, {issued_at}, \
         a.conferral_date, 'Fall 2026', '{{}}', a.learner_sort, a.achievement_sort, '', 1, a.created_at, a.updated_at, \
         '{standing}' FROM n, (SELECT * FROM assertion WHERE issued_at IS NULL LIMIT 1) a"
    );
    match conn {
        Conn::Sqlite(own) => own.batch_execute(&sql).unwrap(),
        Conn::Postgres(own) => own.batch_execute(&sql).unwrap(),
    }
}

#[actix_web::test]
async fn no_list_is_sorted_however_it_is_sorted_and_narrowed() {
    let app = App::start().await;
    app.write(|conn| (0..4).try_for_each(|nth| one_of_each(conn, nth))).await;
    app.write(|conn| {
        fill(conn, "draft", "NULL");
        fill(conn, "in_force", "a.created_at");
        Ok(())
    })
    .await;
    let wrong = app
        .read(|conn| {
            let asked = listened(conn);
            let none = |_: &str| false;
            // What stands on the parts of one achievement is a handful, found by their descriptions and levels.
            let of_one = |how: &str| how.contains("achievement=");
            let mut wrong = of_kind::<Profile>(conn, &asked, none);
            wrong.extend(of_kind::<Achievement>(conn, &asked, none));
            wrong.extend(of_kind::<Assertion>(conn, &asked, none));
            wrong.extend(of_kind::<Clr>(conn, &asked, none));
            wrong.extend(of_kind::<Alignment>(conn, &asked, of_one));
            wrong.extend(of_kind::<Association>(conn, &asked, none));
            wrong.extend(of_kind::<Endorsement>(conn, &asked, none));
            wrong.extend(of_kind::<Evidence>(conn, &asked, none));
            wrong.extend(of_kind::<ResultDescription>(conn, &asked, none));
            wrong.extend(of_kind::<Level>(conn, &asked, of_one));
            wrong.extend(of_kind::<AwardResult>(conn, &asked, none));
            wrong.extend(of_kind::<Rubric>(conn, &asked, none));
            Ok(wrong)
        })
        .await;
    assert!(wrong.is_empty(), "{} plans sort:\n{}", wrong.len(), wrong.join("\n"));
}

#[actix_web::test]
async fn lists_of_learners_and_holds_and_those_of_an_office_are_read_in_order_too() {
    let app = App::start().await;
    app.write(|conn| (0..4).try_for_each(|nth| one_of_each(conn, nth))).await;
    app.write(|conn| {
        fill(conn, "in_force", "a.created_at");
        Ok(())
    })
    .await;
    let wrong = app
        .read(|conn| {
            let asked = listened(conn);
            let learners = List {
                name: "learners",
                sorts: vec!["name"],
                search: &|conn, query| profile::search(conn, query).map(|_| ()),
                count: &|conn, query| profile::count(conn, query),
            };
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let persons = narrowed(&[pair("kind", "person"), pair("origin", "own")]);
            let mut wrong = wrong(conn, &asked, &learners, &[persons]);
            let holds = List {
                name: "holds",
                sorts: vec!["placed"],
                search: &|conn, query| hold::list::search(conn, query).map(|_| ()),
                count: &|conn, query| hold::list::count(conn, query),
            };
            let states = ["active", "soon", "planned", "over"].map(|state| narrowed(&[pair("state", state)]));
            let kinds = ["privacy", "administrative"].map(|kind| narrowed(&[pair("kind", kind)]));
            wrong.extend(self::wrong(conn, &asked, &holds, &[states.as_slice(), kinds.as_slice()].concat()));

            // The office has too many awards to sort them.
            let awards = testamur::models::assertion::search(conn, &narrowed(&[pair("status", "issued")]).0)?;
            let office = testamur::models::assertion::office(conn, &awards.rows[0].assertion)?;
            let theirs = (Query { office: Some(office), ..Query::default() }, "of an office".to_owned());
            let theirs = std::slice::from_ref(&theirs);
            let listed = List {
                name: "assertions",
                sorts: vec!["conferral", "learner", "achievement"],
                search: &|conn, query| Assertion::search(conn, query).map(|_| ()),
                count: &|conn, query| Assertion::count(conn, query),
            };
            wrong.extend(self::wrong(conn, &asked, &listed, theirs));
            let listed = List {
                name: "evidence",
                sorts: vec!["name", "updated"],
                search: &|conn, query| Evidence::search(conn, query).map(|_| ()),
                count: &|conn, query| Evidence::count(conn, query),
            };
            wrong.extend(self::wrong(conn, &asked, &listed, theirs));
            let listed = List {
                name: "results",
                sorts: vec!["recorded"],
                search: &|conn, query| AwardResult::search(conn, query).map(|_| ()),
                count: &|conn, query| AwardResult::count(conn, query),
            };
            wrong.extend(self::wrong(conn, &asked, &listed, theirs));
            Ok(wrong)
        })
        .await;
    assert!(wrong.is_empty(), "{} plans sort:\n{}", wrong.len(), wrong.join("\n"));
}

#[actix_web::test]
async fn lists_of_events_are_read_in_order_however_they_are_narrowed() {
    let app = crate::plan_events::app().await;
    let awarded = app.draft("Ann Lee").await.achievement;
    for nth in 0..3 {
        let mut made = crate::attendance::event(&app, "Game night", None, nth).await;
        made.series = testamur::values::Line::parse(&format!("Series {nth}")).ok();
        let award = awarded.id.clone();
        app.write(move |conn| {
            assert!(made.update(conn, &by())?);
            Ok(testamur::models::event::set_programs(conn, &made.achievement_id, std::slice::from_ref(&award), &by())?)
        })
        .await;
    }
    let wrong = app
        .read(|conn| {
            let asked = listened(conn);
            let series = Event::filters(conn, "", None)?.into_iter().find(|filter| filter.name == "series");
            assert_eq!(series.map(|filter| filter.choices.len()), Some(3));
            // What counts for one award is found by its associations.
            Ok(of_kind::<Event>(conn, &asked, |how| how.contains("program=")))
        })
        .await;
    assert!(wrong.is_empty(), "{} plans sort:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where a list that is narrowed by a status has to begin: at the rows of that status, and not at the first of all.
#[actix_web::test]
async fn a_status_that_is_rare_among_many_is_found_by_an_index() {
    let app = App::start().await;
    app.write(|conn| one_of_each(conn, 0)).await;
    let plans = app
        .read(|conn| {
            let asked = listened(conn);
            let mut plans = Vec::new();
            for status in ["draft", "issued", "suspended", "revoked", "replaced", "expired", "foreign"] {
                for sort in ["conferral", "learner", "achievement"] {
                    let (query, _) = narrowed(&[("status".to_owned(), status.to_owned())]);
                    asked.lock().unwrap().clear();
                    Assertion::search(conn, &Query { sort: sort.to_owned(), ..query })?;
                    let page = asked.lock().unwrap().iter().find(|one| one.contains(" ORDER BY ")).cloned().unwrap();
                    plans.push((format!("{status} by {sort}"), plan(conn, &page)));
                }
            }
            Ok(plans)
        })
        .await;
    for (how, steps) in plans {
        let text = steps.join("\n");
        assert!(text.contains("assertion_by_standing"), "{how}: {text}");
    }
}

#[actix_web::test]
async fn the_lists_tell_of_each_award_and_record_how_it_stands() {
    let app = App::start().await;
    let mut codes = Vec::new();
    let first = app.draft("Ann Lee").await;
    for _ in 0..5 {
        let draft = app.another_draft(&first).await;
        codes.push((draft.id.clone(), app.issue(&draft.id).await));
    }
    let late = app.another_draft(&first).await;
    let expired = late.id.clone();
    app.write(move |conn| {
        let mut draft = testamur::models::assertion::find(conn, &expired)?;
        draft.expires_on = draft.conferral_date.succ_opt();
        assert!(draft.update(conn, None, &by())?);
        Ok(())
    })
    .await;
    app.issue(&late.id).await;
    let set = |code: CeDiD, status: Status| {
        app.write(move |conn| {
            let found = credential::disclosed(conn, &code)?;
            let credential::Disclosed::One(found) = found else { panic!("{code} is not known") };
            let change =
                credential::StatusChange { status, listed_reason: None, public_reason: None, internal_note: None };
            assert!(credential::set_status(conn, &found, change, &by())?);
            Ok(())
        })
    };
    for (nth, status) in [Status::Suspended, Status::Revoked, Status::Replaced].into_iter().enumerate() {
        set(codes[nth].1.cedid.clone(), status).await;
    }
    set(codes[3].1.cedid.clone(), Status::Suspended).await;
    set(codes[3].1.cedid.clone(), Status::InForce).await;
    let found = |status: &'static str| {
        app.read(move |conn| {
            let (query, _) = narrowed(&[("status".to_owned(), status.to_owned())]);
            let rows = Assertion::search(conn, &query)?.rows;
            assert_eq!(Assertion::count(conn, &query)?, rows.len() as i64);
            let mut ids: Vec<Id<Assertion>> = rows.into_iter().map(|row| row.assertion.id).collect();
            ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
            Ok(ids)
        })
    };
    let some = |ids: &[&Id<Assertion>]| {
        let mut ids: Vec<Id<Assertion>> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        ids
    };
    assert_eq!(found("draft").await, some(&[&first.assertion.id]));
    assert_eq!(found("issued").await, some(&[&codes[3].0, &codes[4].0]));
    assert_eq!(found("suspended").await, some(&[&codes[0].0]));
    assert_eq!(found("revoked").await, some(&[&codes[1].0]));
    assert_eq!(found("replaced").await, some(&[&codes[2].0]));
    assert_eq!(found("expired").await, some(&[&late.id]));
    assert_eq!(found("foreign").await, some(&[]));
}
