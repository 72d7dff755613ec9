//! Bitstring Status Lists (W3C): one bit for each credential, and the order in which places are given.
//!
//! A place must not tell how many credentials were issued before it. So each list has a secret of its own that puts its
//! places into a random order: the next credential takes the next place of that order, which no other has, and giving
//! places never has to be tried again.

use std::io::{Read, Write};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::integrity::base64url;

/// How many places a list has: the least that the standard allows, so that a bit hides among many.
pub const PLACES: u32 = 131_072;

/// The `encodedList` of a list in which the bits of these places are set; a place outside is left out.
pub fn encoded(places: &[u32]) -> String {
    let mut bits = vec![0_u8; (PLACES / 8) as usize];
    for place in places {
        if let Some(byte) = bits.get_mut((place / 8) as usize) {
            *byte |= 0x80 >> (place % 8);
        }
    }
    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let zipped = zipped.write_all(&bits).and_then(|()| zipped.finish()).unwrap_or_default();
    format!("u{}", base64url(&zipped))
}

/// The most bytes that a list of somebody else may unpack to: eight million places.
const MOST_UNPACKED: u64 = 1024 * 1024;

/// Why a list of somebody else is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    /// It is no list.
    #[error("the status list is damaged")]
    Damaged,
    /// It unpacks to more than any list.
    #[error("the status list unpacks to more than a list may hold")]
    TooLarge,
    /// It has fewer places than the standard asks, or not this one.
    #[error("the status list is cut short: it has fewer places than it must")]
    Truncated,
}

/// Whether the bit at a place of an `encodedList` is set.
pub fn is_set(encoded: &str, place: u64) -> Result<bool, Unlisted> {
    let zipped = encoded.strip_prefix('u').ok_or(Unlisted::Damaged)?;
    let zipped = URL_SAFE_NO_PAD.decode(zipped).map_err(|_| Unlisted::Damaged)?;
    let mut bits = Vec::new();
    GzDecoder::new(zipped.as_slice()).take(MOST_UNPACKED + 1).read_to_end(&mut bits).map_err(|_| Unlisted::Damaged)?;
    if bits.len() as u64 > MOST_UNPACKED {
        return Err(Unlisted::TooLarge);
    }
    if bits.len() < (PLACES / 8) as usize {
        return Err(Unlisted::Truncated);
    }
    let byte = usize::try_from(place / 8).ok().and_then(|at| bits.get(at)).ok_or(Unlisted::Truncated)?;
    Ok(byte & (0x80 >> (place % 8)) != 0)
}

/// The place that is the `nth` of the order which this secret makes: a permutation of all places.
pub fn place(secret: &[u8], nth: u32) -> u32 {
    // A Feistel network over twice as many places; what falls outside walks on until it falls inside again.
    let mut place = nth % PLACES;
    loop {
        place = permuted(secret, place);
        if place < PLACES {
            return place;
        }
    }
}

/// A permutation of the numbers of 18 bits.
fn permuted(secret: &[u8], number: u32) -> u32 {
    let (mut left, mut right) = (number >> 9, number & 0x1ff);
    for round in 0..6_u8 {
        (left, right) = (right, left ^ (scrambled(secret, round, right) & 0x1ff));
    }
    (left << 9) | right
}

/// Of a secret of a fixed length, a hash of it and the place is as good as a keyed one.
fn scrambled(secret: &[u8], round: u8, half: u32) -> u32 {
    let digest = Sha256::new().chain_update(secret).chain_update([round]).chain_update(half.to_be_bytes()).finalize();
    digest.iter().take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zipped(bytes: &[u8]) -> String {
        let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
        zipped.write_all(bytes).unwrap();
        format!("u{}", base64url(&zipped.finish().unwrap()))
    }

    #[test]
    fn a_list_is_read_as_it_was_written_and_a_cut_or_swollen_one_is_refused() {
        let list = encoded(&[7, 4711]);
        assert_eq!(is_set(&list, 4711), Ok(true));
        assert_eq!(is_set(&list, 4712), Ok(false));
        assert_eq!(is_set(&list, u64::from(PLACES)), Err(Unlisted::Truncated));
        assert_eq!(is_set(&zipped(&[0; 100]), 5), Err(Unlisted::Truncated));
        assert_eq!(is_set(&zipped(&vec![0; 50_000_000]), 5), Err(Unlisted::TooLarge));
        assert_eq!(is_set("uAAAA", 5), Err(Unlisted::Damaged));
        assert_eq!(is_set("", 5), Err(Unlisted::Damaged));
    }

    #[test]
    fn every_place_is_given_once_and_in_no_order_that_shows() {
        let mut given: Vec<u32> = (0..PLACES).map(|nth| place(b"a secret", nth)).collect();
        let rising = given.windows(2).filter(|two| two[0] < two[1]).count();
        assert!((60_000..71_000).contains(&rising), "{rising}");
        given.sort_unstable();
        assert!(given.iter().enumerate().all(|(at, place)| at == *place as usize));
        assert_ne!(place(b"a secret", 0), place(b"another", 0));
    }

    #[test]
    fn a_list_has_the_bits_of_its_places_from_the_left() {
        let encoded = encoded(&[0, 9, PLACES - 1, PLACES]);
        let zipped = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&encoded[1..]).unwrap();
        let mut bits = Vec::new();
        flate2::read::GzDecoder::new(zipped.as_slice()).read_to_end(&mut bits).unwrap();
        assert_eq!(bits.len(), 16_384);
        assert_eq!((bits[0], bits[1], bits[16_383]), (0x80, 0x40, 0x01));
        assert_eq!(bits.iter().map(|byte| byte.count_ones()).sum::<u32>(), 3);
    }
}
