//! Bytes in, bytes out: keys and what is done with them. Knows nothing of learners.

mod canonical;
mod literal;
mod master_key;
mod quads;
mod vocabulary;
mod wrapping;

pub mod integrity;
pub mod jws;
pub mod keys;
pub mod passing_code;
pub mod status_bits;

#[cfg(test)]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;

pub use keys::{Algorithm, Ed25519Secret, KeyError, PublicKey, RsaSecret, Secret};
pub use master_key::{MasterKey, MasterKeyError};
pub use wrapping::WrappingKey;
