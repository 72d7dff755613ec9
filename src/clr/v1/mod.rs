//! CLR 1.0 (final, January 2021): what an issued award and a learner's record look like in that standard.
//!
//! [`wire`] holds the standard's classes, for writing and for reading. The other files turn `Issued` documents and their
//! present standing into them. The same input gives the same bytes: nothing here asks for the time, and `issuedOn` is
//! never "now". Nothing is signed and no `verification` is claimed here.
//!
//! What the standard has no member for travels as an extension, `testamur:…`, on a class below the top of the document:
//!
//! | on | extension | is |
//! |---|---|---|
//! | Assertion | `testamur:cedid` | the code as shown, `19FD-D80S-A9TU` |
//! | Assertion | `testamur:conferralDate` | the calendar date of conferral |
//! | Assertion | `testamur:replacedBy` | the code of the newest credential in its place |
//! | learner of a published record | `testamur:cedid`, `testamur:number` | the record's code and its number |
//! | learner, where only the code was given | `testamur:awards` | how many awards the record has |
//! | Achievement | `testamur:title` | the credential's title, where it differs from the name |
//! | Achievement | `testamur:version` | which version of the achievement was awarded |
//! | Achievement of an event | `testamur:areas`, `testamur:place` | what it counts for, where it was |
//! | ResultDescription | `testamur:rubric` | the rubric it is a criterion of |

mod achievement;
mod again;
mod assertion;
mod document;
mod edited;
mod endorsement;
mod profile;
pub(in crate::clr) mod write;

pub mod checks;
pub mod proof;
pub mod read;
pub mod taken;
pub mod wire;

#[cfg(test)]
mod hoosier;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use achievement::achievement;
pub use again::received_record;
pub use assertion::{assertions, why_revoked};
pub(in crate::clr) use document::derived_id;
pub use document::{CONTEXT, cover, cover_clr, credential, credential_clr, record, record_clr, record_line};
pub use edited::{comparable, edited};
pub use endorsement::document as endorsement;
pub use write::{bytes, line};
