//! Bytes that lie packed in a column: what is written once, is large, and is read one at a time.

use std::io::{Read, Write};

use diesel::{AsExpression, FromSqlRow, sql_types::Binary};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

/// Bytes, and what stands in the database for them: a zlib stream (RFC 1950), which carries a checksum of its own. What an
/// earlier version wrote stands there as it is, and is told apart by its first byte: a document begins with a brace or, in
/// compact form, with `e`, a stream with `x`.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct Packed {
    bytes: Vec<u8>,
    stored: Vec<u8>,
}

/// The first byte of every stream that [`Packed::new`] makes (RFC 1950 §2.2: deflate with a window of 32 kB).
const STREAM: u8 = 0x78;

/// How hard it is tried: the fastest of all, which is 1, leaves a document a third larger.
const LEVEL: u32 = 2;

impl Packed {
    /// Packs bytes at once, tens of microseconds for a document, so that it need not be done while a transaction is open.
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut packed = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(LEVEL));
        // Writing to memory does not fail.
        let stored = packed.write_all(&bytes).and_then(|()| packed.finish()).unwrap_or_default();
        Self { bytes, stored }
    }

    /// The bytes.
    pub fn get(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, taken out.
    pub fn into_inner(self) -> Vec<u8> {
        self.bytes
    }

    fn from_stored(stored: Vec<u8>) -> std::io::Result<Self> {
        if stored.first() != Some(&STREAM) {
            return Ok(Self { bytes: stored.clone(), stored });
        }
        let mut bytes = Vec::with_capacity(stored.len() * 4);
        ZlibDecoder::new(stored.as_slice()).read_to_end(&mut bytes)?;
        Ok(Self { bytes, stored })
    }
}

mod stored {
    use super::Packed;
    use diesel::{backend::Backend, deserialize, serialize, sql_types::Binary};

    impl serialize::ToSql<Binary, diesel::sqlite::Sqlite> for Packed {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
            out.set_value(self.stored.as_slice());
            Ok(serialize::IsNull::No)
        }
    }
    impl serialize::ToSql<Binary, diesel::pg::Pg> for Packed {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
            std::io::Write::write_all(out, &self.stored)?;
            Ok(serialize::IsNull::No)
        }
    }
    impl serialize::ToSql<Binary, crate::db::MultiBackend> for Packed {
        fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, crate::db::MultiBackend>) -> serialize::Result {
            out.set_value((Binary, self));
            Ok(serialize::IsNull::No)
        }
    }
    impl<DB: Backend> deserialize::FromSql<Binary, DB> for Packed
    where
        Vec<u8>: deserialize::FromSql<Binary, DB>,
    {
        fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(Self::from_stored(<Vec<u8> as deserialize::FromSql<Binary, DB>>::from_sql(raw)?)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Packed;

    proptest! {
        #[test]
        fn what_was_packed_is_read_byte_for_byte(bytes in proptest::collection::vec(any::<u8>(), 0..20_000)) {
            let packed = Packed::new(bytes.clone());
            prop_assert_eq!(Packed::from_stored(packed.stored.clone()).unwrap(), packed.clone());
            prop_assert_eq!(packed.into_inner(), bytes);
        }

        #[test]
        fn what_an_earlier_version_wrote_is_read_as_it_stands(text in "([{e].*)?") {
            let read = Packed::from_stored(text.clone().into_bytes()).unwrap();
            prop_assert_eq!(read.get(), text.as_bytes());
        }
    }

    #[test]
    fn a_damaged_stream_is_an_error() {
        let whole = Packed::new(br#"{"id":"urn:uuid:5c1b"}"#.repeat(40)).stored;
        let cut = whole[..whole.len() - 5].to_vec();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(Packed::from_stored(cut).is_err() && Packed::from_stored(changed).is_err());
    }
}
