//! Bytes in, bytes out: keys and what is done with them. Knows nothing of learners.

mod master_key;

pub use master_key::{MasterKey, MasterKeyError};
