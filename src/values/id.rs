//! Typed row ids, so that a learner's id cannot stand where an achievement's belongs.

use std::{fmt, hash::Hash, hash::Hasher, marker::PhantomData, str::FromStr};

use diesel::{AsExpression, FromSqlRow, sql_types::Text};
use uuid::Uuid;

use super::stored_text;

/// The id of a row of `T`: a UUID in its lower-case text form.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Id<T: 'static>(String, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A fresh, time-ordered id.
    pub fn fresh() -> Self {
        Self(crate::clock::row_id().to_string(), PhantomData)
    }

    /// The id as stored and as it stands in addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_stored(text: String) -> Result<Self, String> {
        Ok(Self(text, PhantomData))
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(id: Uuid) -> Self {
        Self(id.to_string(), PhantomData)
    }
}

impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Uuid::from_str(raw).map(Into::into)
    }
}

// An address with something else than an id in its place is 404 by itself: `Path<Id<T>>` refuses it.
impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Uuid::deserialize(from).map(Into::into)
    }
}

// Written out, because deriving would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.0)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

stored_text!(Id<T>, T);
