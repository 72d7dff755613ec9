//! What tables there are, with what columns, and in which order they refer to one another: read from the database.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Text},
};

use super::{DumpError, LEFT_OUT, value::Kind};
use crate::db::Conn;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Name and kind of each column, by name.
    pub columns: Vec<(String, Kind)>,
    /// The columns of its primary key, in their order.
    pub key: Vec<String>,
}

/// The migration library's own table: which migrations were run is told apart from the rows.
const MIGRATIONS: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    /// The place in the primary key, from 1; 0 when it is not part of it.
    #[diesel(sql_type = BigInt)]
    key: i64,
}

/// A foreign key: whose it is, and to which table it leads.
#[derive(Debug, Clone, QueryableByName)]
pub struct Reference {
    /// The table that has it.
    #[diesel(sql_type = Text)]
    pub from_table: String,
    /// The table it leads to.
    #[diesel(sql_type = Text)]
    pub to_table: String,
    /// Its name; SQLite gives none.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// Virtual tables (full text) and their shadows are filled by triggers, generated columns by the database.
const SQLITE_COLUMNS: &str = "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind, CAST(c.pk AS BIGINT) AS key \
    FROM pragma_table_list t, pragma_table_info(t.name) c \
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1, 2";
const SQLITE_REFERENCES: &str = "SELECT t.name AS from_table, f.\"table\" AS to_table, '' AS name \
    FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main' AND t.type = 'table'";
const POSTGRES_COLUMNS: &str = "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
    format_type(a.atttypid, a.atttypmod) AS kind, COALESCE(array_position(k.conkey, a.attnum), 0)::bigint AS key \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' \
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 \
    AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname COLLATE \"C\", a.attname COLLATE \"C\"";
const POSTGRES_REFERENCES: &str = "SELECT f.relname::text AS from_table, t.relname::text AS to_table, k.conname::text AS name \
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid \
    WHERE k.contype = 'f' AND f.relnamespace = current_schema()::regnamespace ORDER BY 1, 3";

/// Whether a table belongs to SQLite's index of words, which triggers fill again as the rows come in.
fn is_derived(name: &str) -> bool {
    name == "search_entry"
}

/// The tables of a dump, each after those it refers to.
pub fn tables(conn: &mut Conn) -> Result<Vec<Table>, DumpError> {
    let mut found = BTreeMap::new();
    for column in columns(conn)? {
        let name = column.table_name.as_str();
        if name == MIGRATIONS || LEFT_OUT.contains(&name) || is_derived(name) {
            continue;
        }
        let kind = Kind::of(&column.kind).ok_or_else(|| {
            let Column { table_name, column_name, kind, .. } = &column;
            DumpError::Unfit(format!("{table_name}.{column_name} is of a kind ({kind}) that no backup can hold"))
        })?;
        let (columns, key): &mut (Vec<_>, Vec<_>) = found.entry(column.table_name).or_default();
        if column.key > 0 {
            key.push((column.key, column.column_name.clone()));
        }
        columns.push((column.column_name, kind));
    }
    let order = order(found.keys().cloned().collect(), &references(conn)?);
    let mut take = |name: String| {
        let (mut columns, mut key) = found.remove(&name)?;
        columns.sort();
        key.sort();
        Some(Table { name, columns, key: key.into_iter().map(|(_, column)| column).collect() })
    };
    Ok(order.into_iter().filter_map(&mut take).collect())
}

fn columns(conn: &mut Conn) -> Result<Vec<Column>, DumpError> {
    Ok(match conn {
        Conn::Sqlite(inner) => diesel::sql_query(SQLITE_COLUMNS).load(inner)?,
        Conn::Postgres(inner) => diesel::sql_query(POSTGRES_COLUMNS).load(inner)?,
    })
}

/// All foreign keys.
pub fn references(conn: &mut Conn) -> Result<Vec<Reference>, DumpError> {
    Ok(match conn {
        Conn::Sqlite(inner) => diesel::sql_query(SQLITE_REFERENCES).load(inner)?,
        Conn::Postgres(inner) => diesel::sql_query(POSTGRES_REFERENCES).load(inner)?,
    })
}

/// Each name after those it refers to, and otherwise by name. In a circle the first by name comes first.
fn order(mut left: BTreeSet<String>, references: &[Reference]) -> Vec<String> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |name: &str| {
            references.iter().any(|one| one.from_table == name && one.to_table != name && left.contains(&one.to_table))
        };
        let next = left.iter().find(|name| !waits(name)).or_else(|| left.first()).cloned().unwrap_or_default();
        left.remove(&next);
        ordered.push(next);
    }
    ordered
}

impl Table {
    /// The line that stands before its rows.
    pub fn head(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|(name, kind)| serde_json::json!([name, kind.name()])).collect();
        let (name, columns) = (serde_json::json!(self.name), serde_json::Value::from(columns));
        format!("{{\"table\":{name},\"columns\":{columns}}}")
    }

    /// What a line before rows says: the table and its columns, without the key.
    pub fn parse_head(line: &str) -> Option<Self> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Head {
            table: String,
            columns: Vec<(String, String)>,
        }
        let Head { table, columns } = serde_json::from_str(line).ok()?;
        let columns = columns.into_iter().map(|(name, kind)| Some((name, Kind::named(&kind)?)));
        Some(Self { name: table, columns: columns.collect::<Option<_>>()?, key: Vec::new() })
    }

    /// Its columns as SQL names them.
    pub fn column_list(&self) -> String {
        self.columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name as SQL has it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_comes_after_those_it_refers_to() {
        let names = ["staff", "profile", "clr", "credential", "assertion"].map(str::to_owned).into();
        let refers = [
            ("staff", "profile"),
            ("profile", "profile"),
            ("assertion", "profile"),
            ("credential", "assertion"),
            ("credential", "clr"),
            ("clr", "credential"),
        ];
        let references = refers.map(|(from, to)| Reference {
            from_table: from.to_owned(),
            to_table: to.to_owned(),
            name: String::new(),
        });
        assert_eq!(order(names, &references), ["profile", "assertion", "staff", "clr", "credential"]);
    }

    #[test]
    fn the_line_before_rows_is_read_as_it_was_written() {
        let table = Table {
            name: "clr".to_owned(),
            columns: vec![("document".to_owned(), Kind::Bytes), ("id".to_owned(), Kind::Text)],
            key: Vec::new(),
        };
        assert_eq!(table.head(), r#"{"table":"clr","columns":[["document","bytes"],["id","text"]]}"#);
        assert_eq!(Table::parse_head(&table.head()), Some(table));
        assert_eq!(Table::parse_head(r#"{"table":"clr","columns":[["id","xml"]]}"#), None);
    }
}
