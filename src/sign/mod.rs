//! Bytes in, bytes out: keys and what is done with them. Knows nothing of learners.

pub mod jws;
pub mod keys;
mod master_key;
#[cfg(test)]
mod tests;
mod wrapping;

pub use keys::{Algorithm, Ed25519Secret, KeyError, PublicKey, RsaSecret, Secret};
pub use master_key::{MasterKey, MasterKeyError};
pub use wrapping::WrappingKey;
