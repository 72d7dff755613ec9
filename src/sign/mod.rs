//! Bytes in, bytes out: keys and what is done with them. Knows nothing of learners.

mod canonical;
mod literal;
mod master_key;
mod quads;
mod vocabulary;

pub mod integrity;
pub mod status_bits;

#[cfg(test)]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;

pub use master_key::{MasterKey, MasterKeyError};
