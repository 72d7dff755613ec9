//! What a learner sees: signing in with a mailed link, and the own record.

pub mod check_in;
pub mod held;
pub mod published;
pub mod record;
pub mod sign_in;
