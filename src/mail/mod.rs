//! MESSAGES: what the portal writes to people, and how it is handed over.
//!
//! A [`Letter`] is composed from the words of a language and a few facts; addressed to somebody it is a [`Message`]; a
//! [`Transport`] hands it to a mail server or writes it into a folder. Nothing here knows a queue or a database: who
//! calls decides what to do about a [`DeliveryError`].

mod letters;
mod share;
mod status;
mod transport;

#[cfg(test)]
mod tests;

pub use letters::{
    AwardIssued, CheckpointSigned, RecordPublished, SignInLink, StaffSetUp, award_issued, checkpoint_signed,
    record_published, sign_in_link, staff_set_up,
};
pub use lettre::message::Mailbox;
pub use share::{ShareTold, share_told};
pub use status::{StatusChanged, What, status_changed};
pub use transport::{DeliveryError, Transport, WrongAddress};

use crate::values::Email;

/// A letter, or why its template could not be filled in.
pub type Written = askama::Result<Letter>;

/// What is written, before it is said to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject.
    pub subject: String,
    /// The plain text, in lines of at most 72 characters, links whole.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    /// The letter, to somebody.
    pub fn addressed(self, to: Email, to_name: impl Into<String>) -> Message {
        let Letter { subject, text, html } = self;
        Message { to, to_name: to_name.into(), subject, text, html }
    }
}

/// A letter to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The address.
    pub to: Email,
    /// The name beside it.
    pub to_name: String,
    /// Subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}
