//! How a value type becomes a text column on both databases.

/// Lets a type with `as_str(&self) -> &str` and `from_stored(String) -> Result<Self, String>` stand for a text column
/// on SQLite and PostgreSQL. What was stored was valid when it was stored, so reading does not parse again.
macro_rules! stored_text {
    ($type:ty $(, $generic:ident)?) => {
        impl$(<$generic>)? diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $type
        where Self: std::fmt::Debug {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                out.set_value(self.as_str().to_owned());
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl$(<$generic>)? diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $type
        where Self: std::fmt::Debug {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.as_str().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl$(<$generic: 'static>)? diesel::serialize::ToSql<diesel::sql_types::Text, $crate::db::MultiBackend> for $type
        where Self: std::fmt::Debug {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, $crate::db::MultiBackend>) -> diesel::serialize::Result {
                out.set_value((diesel::sql_types::Text, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl<DB: diesel::backend::Backend $(, $generic)?> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $type
        where String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB> {
            fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(raw)?;
                Self::from_stored(text).map_err(Into::into)
            }
        }
    };
}
pub(crate) use stored_text;
