//! Bitstring Status Lists (W3C): one bit for each credential, and the order in which places are given.
//!
//! A place must not tell how many credentials were issued before it. So each list has a secret of its own that puts its
//! places into a random order: the next credential takes the next place of that order, which no other has, and giving
//! places never has to be tried again.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
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
    use std::io::Read;

    use base64::Engine as _;

    use super::*;

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
