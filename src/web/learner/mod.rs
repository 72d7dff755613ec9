//! What a learner sees: signing in with a mailed link, the own record, and what is shown of it to whom.

pub mod attendance;
pub mod check_in;
pub mod disclosures;
pub mod held;
pub mod published;
pub mod record;
pub mod shares;
pub mod sign_in;
