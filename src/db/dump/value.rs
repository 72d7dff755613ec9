//! A value of a row, and its one spelling in a line of a dump.
//!
//! Numbers that JSON might round travel as text, bytes as base64, times to the microsecond, which is what PostgreSQL keeps.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value as Json;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number of up to 64 bits.
    Integer,
    /// A double.
    Double,
    /// Yes or no.
    Boolean,
    /// A calendar date.
    Date,
    /// An instant, UTC.
    Timestamp,
    /// Bytes.
    Bytes,
}

const KINDS: [(Kind, &str, &[&str]); 7] = [
    (Kind::Text, "text", &["text"]),
    (Kind::Integer, "integer", &["integer", "bigint", "smallint"]),
    (Kind::Double, "double", &["double precision"]),
    (Kind::Boolean, "boolean", &["boolean"]),
    (Kind::Date, "date", &["date"]),
    (Kind::Timestamp, "timestamp", &["timestamp", "timestamp without time zone"]),
    (Kind::Bytes, "bytes", &["bytea"]),
];

impl Kind {
    /// The kind of a column by its type, as either database names it.
    pub fn of(sql_type: &str) -> Option<Self> {
        let sql_type = sql_type.to_lowercase();
        KINDS.iter().find(|(_, _, types)| types.contains(&sql_type.as_str())).map(|(kind, _, _)| *kind)
    }

    /// Its name in a dump.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _, _)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, own, _)| *own == name).map(|(kind, _, _)| *kind)
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A double.
    Double(f64),
    /// Yes or no.
    Boolean(bool),
    /// A calendar date.
    Date(NaiveDate),
    /// An instant.
    Timestamp(NaiveDateTime),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// How an instant is spelled.
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6f";

impl Value {
    /// As it stands in a line.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Text(text) => Json::from(text.as_str()),
            Value::Integer(number) => Json::from(*number),
            // The shortest decimal that is this very double; JSON has no infinity.
            // SQLite keeps no sign of nothing, so there is one zero.
            Value::Double(number) => Json::from(if *number == 0.0 { 0.0 } else { *number }.to_string()),
            Value::Boolean(yes) => Json::from(*yes),
            Value::Date(date) => Json::from(date.to_string()),
            Value::Timestamp(at) => Json::from(at.format(INSTANT).to_string()),
            Value::Bytes(bytes) => Json::from(STANDARD.encode(bytes)),
        }
    }

    /// From a line; `None` when it is no value of this kind.
    pub fn from_json(json: Json, kind: Kind) -> Option<Self> {
        match (kind, json) {
            (_, Json::Null) => Some(Value::Null),
            (Kind::Text, Json::String(text)) => Some(Value::Text(text)),
            (Kind::Integer, Json::Number(number)) => number.as_i64().map(Value::Integer),
            (Kind::Double, Json::String(text)) => text.parse().ok().map(Value::Double),
            (Kind::Boolean, Json::Bool(yes)) => Some(Value::Boolean(yes)),
            (Kind::Date, Json::String(text)) => text.parse().ok().map(Value::Date),
            (Kind::Timestamp, Json::String(text)) => {
                NaiveDateTime::parse_from_str(&text, INSTANT).ok().map(Value::Timestamp)
            }
            (Kind::Bytes, Json::String(text)) => STANDARD.decode(text).ok().map(Value::Bytes),
            _ => None,
        }
    }

    /// What SQLite keeps in a column of this kind: it has no dates, times and booleans of its own.
    pub fn from_sqlite(stored: Value, kind: Kind) -> Option<Self> {
        match (kind, stored) {
            (_, Value::Null) => Some(Value::Null),
            (Kind::Text, text @ Value::Text(_)) => Some(text),
            (Kind::Integer, number @ Value::Integer(_)) => Some(number),
            (Kind::Double, number @ Value::Double(_)) => Some(number),
            (Kind::Double, Value::Integer(number)) => Some(Value::Double(number as f64)),
            (Kind::Boolean, Value::Integer(number)) => Some(Value::Boolean(number != 0)),
            (Kind::Date, Value::Text(text)) => text.parse().ok().map(Value::Date),
            (Kind::Timestamp, Value::Text(text)) => ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
                .map(Value::Timestamp),
            (Kind::Bytes, bytes @ Value::Bytes(_)) => Some(bytes),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = (Kind, Value)> {
        let instant = (-2_000_000_000_000_000i64..60_000_000_000_000_000)
            .prop_map(|micros| chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc());
        let date = (-3_000_000..3_000_000).prop_filter_map("a date", NaiveDate::from_num_days_from_ce_opt);
        prop_oneof![
            any::<String>().prop_map(|text| (Kind::Text, Value::Text(text))),
            any::<i64>().prop_map(|number| (Kind::Integer, Value::Integer(number))),
            any::<f64>()
                .prop_filter("one that both keep", |number| !number.is_nan() && *number != 0.0)
                .prop_map(|number| (Kind::Double, Value::Double(number))),
            any::<bool>().prop_map(|yes| (Kind::Boolean, Value::Boolean(yes))),
            date.prop_map(|date| (Kind::Date, Value::Date(date))),
            instant.prop_map(|at| (Kind::Timestamp, Value::Timestamp(at))),
            any::<Vec<u8>>().prop_map(|bytes| (Kind::Bytes, Value::Bytes(bytes))),
            Just((Kind::Text, Value::Null)),
        ]
    }

    proptest! {
        #[test]
        fn a_value_is_read_as_it_was_written((kind, value) in values()) {
            let line = value.to_json().to_string();
            let read = Value::from_json(serde_json::from_str(&line).unwrap(), kind);
            if let (Value::Double(written), Some(Value::Double(read))) = (&value, &read) {
                prop_assert_eq!(written.to_bits(), read.to_bits());
            }
            prop_assert_eq!(read, Some(value));
        }
    }

    #[test]
    fn both_databases_names_of_a_kind_are_known() {
        for (sql, kind) in [("BIGINT", Kind::Integer), ("integer", Kind::Integer), ("BYTEA", Kind::Bytes)] {
            assert_eq!(Kind::of(sql), Some(kind));
        }
        assert_eq!(Kind::of("timestamp without time zone"), Kind::of("TIMESTAMP"));
        assert_eq!(Kind::of("xml"), None);
    }
}
