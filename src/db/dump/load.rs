//! Putting the lines of a dump into an empty database, within the transaction it is given.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    pg::Pg,
    query_builder::BoxedSqlQuery,
    sql_types::{BigInt, Binary, Bool, Date, Double, Nullable, Text, Timestamp},
    sqlite::Sqlite,
};

use super::{
    Contents, DumpError, Tally,
    layout::{self, Reference, Table, quoted},
    value::{Kind, Value},
};
use crate::db::Conn;

/// Values bound in one statement; both databases take more.
const BINDS: usize = 4000;

/// The tables of a dump that have a row.
pub fn filled(conn: &mut Conn) -> Result<Vec<String>, DumpError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let mut filled = Vec::new();
    for table in layout::tables(conn)? {
        let sql = format!("SELECT COUNT(*) AS number FROM (SELECT 1 FROM {} LIMIT 1) AS any_row", quoted(&table.name));
        if diesel::sql_query(sql).get_result::<Found>(conn)?.number > 0 {
            filled.push(table.name);
        }
    }
    Ok(filled)
}

/// Keeps everybody else out of every table until the transaction ends. SQLite has one writer anyway.
pub fn lock(conn: &mut Conn) -> Result<(), DumpError> {
    let tables: Vec<String> = layout::tables(conn)?.iter().map(|table| quoted(&table.name)).collect();
    if let Conn::Postgres(inner) = conn {
        inner.batch_execute(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")))?;
    }
    Ok(())
}

/// Inserts every row of the lines. Foreign keys that lead back (to the same table, or in a circle) are looked at when all
/// rows are in, the others at once.
pub fn load(conn: &mut Conn, lines: &mut dyn Iterator<Item = std::io::Result<String>>) -> Result<Contents, DumpError> {
    let known = layout::tables(conn)?;
    let backward = backward(conn, &known)?;
    put_off(conn, &backward)?;
    let (mut tally, mut table, mut waiting) = (Tally::default(), None::<Table>, Vec::new());
    for line in lines {
        let line = line?;
        tally.take(&line);
        if line.starts_with('{') {
            insert(conn, table.as_ref(), &mut waiting)?;
            table = Some(fitting(&line, &known)?);
        } else {
            let own = table.as_ref().ok_or_else(before_any_table)?;
            waiting.push(row(&line, own)?);
            if waiting.len() * own.columns.len() >= BINDS {
                insert(conn, table.as_ref(), &mut waiting)?;
            }
        }
    }
    insert(conn, table.as_ref(), &mut waiting)?;
    put_back(conn, &backward)?;
    Ok(tally.contents())
}

/// Reads every line as [`load`] would, without a database. Says also how many rows each table has.
pub fn check(
    lines: &mut dyn Iterator<Item = std::io::Result<String>>,
) -> Result<(Contents, BTreeMap<String, u64>), DumpError> {
    let (mut tally, mut table, mut rows) = (Tally::default(), None::<Table>, BTreeMap::new());
    for line in lines {
        let line = line?;
        tally.take(&line);
        if line.starts_with('{') {
            table = Some(told(&line)?);
        } else {
            let own = table.as_ref().ok_or_else(before_any_table)?;
            row(&line, own)?;
            *rows.entry(own.name.clone()).or_default() += 1;
        }
    }
    Ok((tally.contents(), rows))
}

fn before_any_table() -> DumpError {
    DumpError::Unfit("a row stands before any table".to_owned())
}

fn told(line: &str) -> Result<Table, DumpError> {
    Table::parse_head(line).ok_or_else(|| DumpError::Unfit("a table's line cannot be read".to_owned()))
}

/// The table that a line names, when this database has it with these columns.
fn fitting(line: &str, known: &[Table]) -> Result<Table, DumpError> {
    let told = told(line)?;
    let own = known.iter().find(|table| table.name == told.name);
    if own.is_none_or(|own| own.columns != told.columns) {
        return Err(DumpError::Unfit(format!("the table {} is not as this database has it", told.name)));
    }
    Ok(told)
}

fn row(line: &str, table: &Table) -> Result<Vec<Value>, DumpError> {
    let wrong = || DumpError::Unfit(format!("a row of {} cannot be read", table.name));
    let values: Vec<serde_json::Value> = serde_json::from_str(line).map_err(|_| wrong())?;
    if values.len() != table.columns.len() {
        return Err(wrong());
    }
    let values = values.into_iter().zip(&table.columns).map(|(value, (_, kind))| Value::from_json(value, *kind));
    values.collect::<Option<_>>().ok_or_else(wrong)
}

/// Binds a value with the type of its column, which an absent one has as well.
macro_rules! bound {
    ($query:expr, $value:expr, $kind:expr) => {
        match ($kind, $value) {
            (Kind::Text, Value::Text(text)) => $query.bind::<Nullable<Text>, _>(Some(text)),
            (Kind::Text, _) => $query.bind::<Nullable<Text>, _>(None::<String>),
            (Kind::Integer, Value::Integer(number)) => $query.bind::<Nullable<BigInt>, _>(Some(number)),
            (Kind::Integer, _) => $query.bind::<Nullable<BigInt>, _>(None::<i64>),
            (Kind::Double, Value::Double(number)) => $query.bind::<Nullable<Double>, _>(Some(number)),
            (Kind::Double, _) => $query.bind::<Nullable<Double>, _>(None::<f64>),
            (Kind::Boolean, Value::Boolean(yes)) => $query.bind::<Nullable<Bool>, _>(Some(yes)),
            (Kind::Boolean, _) => $query.bind::<Nullable<Bool>, _>(None::<bool>),
            (Kind::Date, Value::Date(date)) => $query.bind::<Nullable<Date>, _>(Some(date)),
            (Kind::Date, _) => $query.bind::<Nullable<Date>, _>(None::<chrono::NaiveDate>),
            (Kind::Timestamp, Value::Timestamp(at)) => $query.bind::<Nullable<Timestamp>, _>(Some(at)),
            (Kind::Timestamp, _) => $query.bind::<Nullable<Timestamp>, _>(None::<chrono::NaiveDateTime>),
            (Kind::Bytes, Value::Bytes(bytes)) => $query.bind::<Nullable<Binary>, _>(Some(bytes)),
            (Kind::Bytes, _) => $query.bind::<Nullable<Binary>, _>(None::<Vec<u8>>),
        }
    };
}

fn insert(conn: &mut Conn, table: Option<&Table>, waiting: &mut Vec<Vec<Value>>) -> Result<(), DumpError> {
    let Some(table) = table.filter(|_| !waiting.is_empty()) else { return Ok(()) };
    let sql = statement(table, waiting.len(), matches!(conn, Conn::Postgres(_)));
    let rows = std::mem::take(waiting);
    let kinds: Vec<Kind> = table.columns.iter().map(|(_, kind)| *kind).collect();
    let values = rows.into_iter().flat_map(|row| row.into_iter().zip(kinds.iter().copied()));
    let done = match conn {
        Conn::Sqlite(inner) => {
            let query: BoxedSqlQuery<'_, Sqlite, _> = diesel::sql_query(sql).into_boxed();
            values.fold(query, |query, (value, kind)| bound!(query, value, kind)).execute(inner)
        }
        Conn::Postgres(inner) => {
            let query: BoxedSqlQuery<'_, Pg, _> = diesel::sql_query(sql).into_boxed();
            values.fold(query, |query, (value, kind)| bound!(query, value, kind)).execute(inner)
        }
    };
    done.map(|_| ()).map_err(|error| refused(table, error))
}

/// PostgreSQL keeps no text with a NUL sign in it, which SQLite does; and a row may clash with what a trigger made.
fn refused(table: &Table, error: diesel::result::Error) -> DumpError {
    match crate::db::Error::from(error) {
        crate::db::Error::Query(error @ diesel::result::Error::DatabaseError(..)) => {
            let told = error.to_string();
            let told = told.lines().next().unwrap_or_default();
            DumpError::Unfit(format!("a row of {} was refused by this database: {told}", table.name))
        }
        other => other.into(),
    }
}

fn statement(table: &Table, rows: usize, postgres: bool) -> String {
    let width = table.columns.len();
    let place = |at: usize| if postgres { format!("${}", at + 1) } else { "?".to_owned() };
    let row = |nth: usize| {
        let places: Vec<String> = (0..width).map(|at| place(nth * width + at)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("INSERT INTO {} ({}) VALUES {}", quoted(&table.name), table.column_list(), rows.join(", "))
}

/// The foreign keys that lead to the same table or a later one.
fn backward(conn: &mut Conn, order: &[Table]) -> Result<Vec<Reference>, DumpError> {
    let place = |name: &str| order.iter().position(|table| table.name == name);
    let mut references = layout::references(conn)?;
    references
        .retain(|one| matches!((place(&one.from_table), place(&one.to_table)), (Some(from), Some(to)) if to >= from));
    Ok(references)
}

fn put_off(conn: &mut Conn, backward: &[Reference]) -> Result<(), DumpError> {
    match conn {
        // Until the end of the transaction, for all of them.
        Conn::Sqlite(inner) => inner.batch_execute("PRAGMA defer_foreign_keys=ON")?,
        Conn::Postgres(inner) => {
            inner.batch_execute("SET LOCAL statement_timeout = 0")?;
            // Whoever owns the tables may; replication mode, which would do it in one word, is for superusers.
            for one in backward {
                let (table, name) = (quoted(&one.from_table), quoted(&one.name));
                inner.batch_execute(&format!(
                    "ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED"
                ))?;
            }
        }
    }
    Ok(())
}

fn put_back(conn: &mut Conn, backward: &[Reference]) -> Result<(), DumpError> {
    let Conn::Postgres(inner) = conn else { return Ok(()) };
    // Looks at all that was put off; a table with checks to come could not be altered.
    inner.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    for one in backward {
        let (table, name) = (quoted(&one.from_table), quoted(&one.name));
        inner.batch_execute(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE"))?;
    }
    Ok(())
}
