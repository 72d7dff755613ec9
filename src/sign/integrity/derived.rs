//! Derived proofs of the suite `ecdsa-sd-2023` (W3C VC-DI-ECDSA, 3.6): a holder shows parts of what an issuer signed. Each
//! statement that may be left out has a signature of its own, by a key that the issuer vouches for together with the
//! statements that may not be left out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::Unproven;
use crate::sign::{Algorithm, PublicKey};

/// What a proof value of this kind begins with: the tag of a derived proof.
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];
/// The most things in a list of a proof value: more than statements in any credential.
const MOST: u64 = 20_000;

/// What a derived proof value holds.
struct Derived {
    by_issuer: Vec<u8>,
    /// The key of the single statements, as a multikey's bytes.
    key: Vec<u8>,
    /// A signature for each statement that could have been left out.
    signatures: Vec<Vec<u8>>,
    /// What the things without an address are called in what was signed, by their canonical numbers.
    labels: Vec<(u64, Vec<u8>)>,
    /// Which statements could not be left out.
    mandatory: Vec<u64>,
}

/// Whether a derived proof holds for these facts of the proof and this canonical form of what is shown.
pub fn holds(value: &str, (facts, canonical): (&str, &str), issuer: &PublicKey) -> Result<(), Unproven> {
    let bytes =
        value.strip_prefix('u').and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()).ok_or(Unproven::Foreign)?;
    let body = bytes.strip_prefix(&DERIVED).ok_or(Unproven::Foreign)?;
    let derived = Derived::read(body).ok_or(Unproven::Foreign)?;
    let mut statements: Vec<String> = canonical.lines().map(|line| relabelled(line, &derived.labels)).collect();
    statements.sort_unstable();
    let (mut fixed, mut free) = (String::new(), Vec::new());
    for (at, statement) in (0_u64..).zip(&statements) {
        match derived.mandatory.contains(&at) {
            true => fixed.push_str(statement),
            false => free.push(statement),
        }
    }
    let vouched = [Sha256::digest(facts).as_slice(), &derived.key, Sha256::digest(fixed).as_slice()].concat();
    let key = format!("z{}", bs58::encode(&derived.key).into_string());
    let key = PublicKey::from_multikey(&key).map_err(|_| Unproven::Foreign)?;
    let all_hold = issuer.verify(Algorithm::Es256, &vouched, &derived.by_issuer)
        && free.len() == derived.signatures.len()
        && free
            .iter()
            .zip(&derived.signatures)
            .all(|(statement, signature)| key.verify(Algorithm::Es256, statement.as_bytes(), signature));
    if all_hold { Ok(()) } else { Err(Unproven::Wrong) }
}

/// A canonical statement with the names that things without an address had when it was signed.
fn relabelled(line: &str, labels: &[(u64, Vec<u8>)]) -> String {
    let named = |node: &str| {
        let number = node.strip_prefix("_:c14n").and_then(|number| number.parse::<u64>().ok());
        let label = number.and_then(|number| labels.iter().find(|(at, _)| *at == number));
        label.map_or_else(|| node.to_owned(), |(_, label)| format!("_:u{}", URL_SAFE_NO_PAD.encode(label)))
    };
    let line = line.strip_suffix(" .").unwrap_or(line);
    let Some((subject, rest)) = line.split_once(' ') else { return format!("{line} .\n") };
    let Some((property, object)) = rest.split_once(' ') else { return format!("{line} .\n") };
    // A value may hold anything, but ends with a quotation mark or a datatype: what follows that is a graph's name.
    let object = match object.rsplit_once(' ') {
        Some((object, graph)) if graph.starts_with("_:") && object.ends_with(['"', '>']) => {
            format!("{object} {}", named(graph))
        }
        Some((object, graph)) if object.starts_with("_:") => format!("{} {}", named(object), named(graph)),
        _ => named(object),
    };
    format!("{} {property} {object} .\n", named(subject))
}

impl Derived {
    /// Reads the five parts (CBOR, RFC 8949; definite lengths only, as the suite writes it).
    fn read(body: &[u8]) -> Option<Self> {
        let mut from = Reader(body);
        if from.head(ARRAY)? != 5 {
            return None;
        }
        let by_issuer = from.bytes()?;
        let key = from.bytes()?;
        let signatures = from.several(ARRAY, Reader::bytes)?;
        let labels = from.several(MAP, |from| Some((from.head(NUMBER)?, from.bytes()?)))?;
        let mandatory = from.several(ARRAY, |from| from.head(NUMBER))?;
        from.0.is_empty().then_some(Self { by_issuer, key, signatures, labels, mandatory })
    }
}

const NUMBER: u8 = 0;
const BYTES: u8 = 2;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// The number of a head of this major type.
    fn head(&mut self, major: u8) -> Option<u64> {
        let first = *self.take(1)?.first()?;
        if first >> 5 != major {
            return None;
        }
        let more = match first & 0x1f {
            small @ 0..=23 => return Some(small.into()),
            24 => 1,
            25 => 2,
            26 => 4,
            _ => return None,
        };
        Some(self.take(more)?.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let count = usize::try_from(self.head(BYTES)?).ok()?;
        Some(self.take(count)?.to_vec())
    }

    fn several<T>(&mut self, major: u8, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.head(major).filter(|count| *count <= MOST)?;
        (0..count).map(|_| one(self)).collect()
    }
}
