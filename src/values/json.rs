//! A structured value kept as JSON in a text column, for what is never searched or sorted by.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};
use serde::{Serialize, de::DeserializeOwned};

/// `T` as JSON text. Reading what does not fit `T` is an error of the database, never a silent default.
#[derive(Debug, Clone, PartialEq, Eq, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T: 'static> {
    value: T,
    text: String,
}

impl<T: Serialize> Json<T> {
    /// Wraps a value. A value type that cannot be written as JSON is a defect of this program, caught by its tests.
    pub fn new(value: T) -> Self {
        let text = serde_json::to_string(&value).unwrap_or_default();
        Self { value, text }
    }
}

impl<T> Json<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// The value, taken out.
    pub fn into_inner(self) -> T {
        self.value
    }

    fn as_str(&self) -> &str {
        &self.text
    }
}

mod stored {
    use super::{DeserializeOwned, Json};
    use diesel::{backend::Backend, deserialize, serialize, sql_types::Text};

    impl<T: std::fmt::Debug> serialize::ToSql<Text, diesel::sqlite::Sqlite> for Json<T> {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
            out.set_value(self.as_str().to_owned());
            Ok(serialize::IsNull::No)
        }
    }
    impl<T: std::fmt::Debug> serialize::ToSql<Text, diesel::pg::Pg> for Json<T> {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
            std::io::Write::write_all(out, self.as_str().as_bytes())?;
            Ok(serialize::IsNull::No)
        }
    }
    impl<T: std::fmt::Debug + Send + Sync> serialize::ToSql<Text, crate::db::MultiBackend> for Json<T> {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, crate::db::MultiBackend>) -> serialize::Result {
            out.set_value((Text, self));
            Ok(serialize::IsNull::No)
        }
    }
    impl<T: DeserializeOwned, DB: Backend> deserialize::FromSql<Text, DB> for Json<T>
    where
        String: deserialize::FromSql<Text, DB>,
    {
        fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
            let text = <String as deserialize::FromSql<Text, DB>>::from_sql(raw)?;
            let value = serde_json::from_str(&text)?;
            Ok(Self { value, text })
        }
    }
}
