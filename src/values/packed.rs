//! Bytes that lie packed in a column: what is written once, is large, and is read one at a time.

use std::{
    cell::RefCell,
    io::{self, Read, Write},
};

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
/// The most bytes that a row unpacks to. What is larger is not ours, but of a backup that somebody made to fill the memory.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

thread_local! {
    /// Kept from one document to the next: its tables are a hundred times as large as a document, and their memory would be
    /// given back to the system and asked for again each time.
    static PACKER: RefCell<ZlibEncoder<Vec<u8>>> = RefCell::new(ZlibEncoder::new(Vec::new(), Compression::new(LEVEL)));
}

fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| packer.write_all(bytes).and_then(|()| packer.reset(Vec::new())))
}

impl Packed {
    /// Packs bytes at once, tens of microseconds for a document, so that it need not be done while a transaction is open.
    pub fn new(bytes: Vec<u8>) -> Self {
        // Writing to memory does not fail. If it did, the bytes would stand there as they are.
        let stored = packed(&bytes).unwrap_or_else(|_| bytes.clone());
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

    fn from_stored(stored: Vec<u8>) -> io::Result<Self> {
        if stored.first() != Some(&STREAM) {
            return Ok(Self { bytes: stored.clone(), stored });
        }
        let mut bytes = Vec::new();
        ZlibDecoder::new(stored.as_slice()).take(MOST_UNPACKED + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_UNPACKED {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a document unpacks to more than any document holds",
            ));
        }
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
    fn a_document_lies_packed() {
        let packed = Packed::new(br#"{"id":"urn:uuid:5c1b"}"#.repeat(40));
        assert!(packed.stored.first() == Some(&super::STREAM) && packed.stored.len() * 5 < packed.bytes.len());
    }

    #[test]
    fn a_stream_that_would_fill_the_memory_is_an_error() {
        use std::io::Write;
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(super::LEVEL));
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..=super::MOST_UNPACKED / zeros.len() as u64 {
            packer.write_all(&zeros).unwrap();
        }
        let bomb = packer.finish().unwrap();
        assert!(bomb.len() < 4 * 1024 * 1024 && Packed::from_stored(bomb).is_err());
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
