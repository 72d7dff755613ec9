//! Reading the rows of a table one by one, without knowing its columns when this is compiled.

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    connection::DefaultLoadingMode,
    deserialize::{self, FromSql},
    pg::{Pg, PgRowByRowLoadingMode},
    row::{Field, NamedRow, Row as DatabaseRow},
    sql_types,
    sqlite::{Sqlite, SqliteType},
};

use super::{
    DumpError,
    layout::{Table, quoted},
    value::{Kind, Value},
};
use crate::db::Conn;

/// The values of a row, as the database has them.
struct Row(Vec<Value>);

fn values<'a, DB: Backend>(
    row: &impl DatabaseRow<'a, DB>,
    one: impl Fn(DB::RawValue<'_>) -> deserialize::Result<Value>,
) -> deserialize::Result<Row> {
    let values = (0..row.field_count()).map(|at| {
        let field = DatabaseRow::get(row, at).ok_or("a row is shorter than it says")?;
        field.value().map_or(Ok(Value::Null), &one)
    });
    values.collect::<Result<_, _>>().map(Row)
}

impl QueryableByName<Sqlite> for Row {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        values(row, |value| match value.value_type() {
            None => Ok(Value::Null),
            Some(SqliteType::Text) => FromSql::<sql_types::Text, Sqlite>::from_sql(value).map(Value::Text),
            Some(SqliteType::Binary) => FromSql::<sql_types::Binary, Sqlite>::from_sql(value).map(Value::Bytes),
            Some(SqliteType::Float | SqliteType::Double) => {
                FromSql::<sql_types::Double, Sqlite>::from_sql(value).map(Value::Double)
            }
            Some(_) => FromSql::<sql_types::BigInt, Sqlite>::from_sql(value).map(Value::Integer),
        })
    }
}

impl QueryableByName<Pg> for Row {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        // The numbers by which PostgreSQL knows its own types never change.
        values(row, |value| match value.get_oid().get() {
            16 => FromSql::<sql_types::Bool, Pg>::from_sql(value).map(Value::Boolean),
            17 => FromSql::<sql_types::Binary, Pg>::from_sql(value).map(Value::Bytes),
            20 => FromSql::<sql_types::BigInt, Pg>::from_sql(value).map(Value::Integer),
            21 => <i16 as FromSql<sql_types::SmallInt, Pg>>::from_sql(value).map(|small| Value::Integer(small.into())),
            23 => <i32 as FromSql<sql_types::Integer, Pg>>::from_sql(value).map(|small| Value::Integer(small.into())),
            25 => FromSql::<sql_types::Text, Pg>::from_sql(value).map(Value::Text),
            701 => FromSql::<sql_types::Double, Pg>::from_sql(value).map(Value::Double),
            1082 => FromSql::<sql_types::Date, Pg>::from_sql(value).map(Value::Date),
            1114 => FromSql::<sql_types::Timestamp, Pg>::from_sql(value).map(Value::Timestamp),
            other => Err(format!("a value of type {other} cannot be read").into()),
        })
    }
}

/// Hands every row of a table to `line`, by its key, in constant memory.
pub fn rows(
    conn: &mut Conn,
    table: &Table,
    line: &mut dyn FnMut(&str) -> Result<(), DumpError>,
) -> Result<(), DumpError> {
    let sql = select(table, matches!(conn, Conn::Postgres(_)));
    match conn {
        Conn::Sqlite(inner) => {
            for row in diesel::sql_query(sql).load_iter::<Row, DefaultLoadingMode>(inner)? {
                line(&spelled(table, row?.0, Value::from_sqlite)?)?;
            }
        }
        Conn::Postgres(inner) => {
            for row in diesel::sql_query(sql).load_iter::<Row, PgRowByRowLoadingMode>(inner)? {
                line(&spelled(table, row?.0, |value, _| Some(value))?)?;
            }
        }
    }
    Ok(())
}

/// Rows by key, as bytes: the order that both databases share.
fn select(table: &Table, postgres: bool) -> String {
    let kind_of = |column: &str| table.columns.iter().find(|(name, _)| name == column).map(|(_, kind)| *kind);
    let by = |column: &String| match kind_of(column) {
        Some(Kind::Text) if postgres => format!("{} COLLATE \"C\"", quoted(column)),
        _ => quoted(column),
    };
    let all: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
    let key = if table.key.is_empty() { &all } else { &table.key };
    let key: Vec<String> = key.iter().map(by).collect();
    format!("SELECT {} FROM {} ORDER BY {}", table.column_list(), quoted(&table.name), key.join(", "))
}

fn spelled(table: &Table, row: Vec<Value>, known: impl Fn(Value, Kind) -> Option<Value>) -> Result<String, DumpError> {
    let mut spelled = Vec::with_capacity(row.len());
    for (value, (column, kind)) in row.into_iter().zip(&table.columns) {
        let value = known(value, *kind).ok_or_else(|| {
            DumpError::Unfit(format!("a row of {} has a {column} that is no {}", table.name, kind.name()))
        })?;
        spelled.push(value.to_json());
    }
    Ok(serde_json::Value::from(spelled).to_string())
}
