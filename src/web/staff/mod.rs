//! The registrar's pages beyond the seven that every kind has.

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod correction;
pub mod dashboard;
pub mod endorsements;
pub mod erasure;
pub mod evidence;
pub mod exports;
pub mod findings;
pub mod holds;
pub mod imports;
pub mod issue;
pub mod keys;
pub mod learners;
pub mod mail;
pub mod publication;
pub mod renaming;
pub mod retirement;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod standing;
pub mod suggestions;
pub mod versions;
