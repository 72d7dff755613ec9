//! Now, and fresh random ids and secrets.
//!
//! The only room that asks the system for the time or for randomness, so that a test can hold both still. Times are
//! UTC and cut to whole microseconds: PostgreSQL keeps no more, and a value must compare equal after a round trip
//! through either database.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SubsecRound, Utc};
use rand::RngExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The present instant, UTC, whole microseconds.
#[allow(clippy::disallowed_methods)] // This is the one place that may ask.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A time-ordered id (UUID v7) for a row. Never shown in a public document: it tells when the row was made.
#[allow(clippy::disallowed_methods)]
pub fn row_id() -> Uuid {
    Uuid::now_v7()
}

/// An unguessable id (UUID v4) for anything that stands in a public document.
#[allow(clippy::disallowed_methods)]
pub fn public_id() -> Uuid {
    Uuid::new_v4()
}

/// A fresh secret of 256 random bits, URL-safe, without padding: 43 characters. Store [`fingerprint`] of it only.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes())
}

/// 256 random bits from the cryptographic generator.
pub fn random_bytes() -> [u8; 32] {
    rand::rng().random()
}

/// SHA-256 of a secret, in hexadecimal: what may be stored of it.
pub fn fingerprint(secret: &str) -> String {
    digest(secret.as_bytes())
}

/// SHA-256 of bytes, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number below `limit`, evenly distributed, from the cryptographic generator.
pub fn random_below(limit: u32) -> u32 {
    rand::rng().random_range(0..limit)
}
