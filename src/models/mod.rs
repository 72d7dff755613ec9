//! NOUNS: what the registrar keeps. All SQL is here. One file a noun: the struct (which is the row), queries as
//! questions, changes as verbs. A function that changes something takes who did it and writes the audit entry as its
//! last statement, in the transaction of the change.

pub mod achievement;
pub mod achievement_parts;
pub mod achievement_version;
pub mod alignment;
pub mod assertion;
pub mod association;
pub mod audit;
pub mod clr;
pub mod credential;
pub mod credential_document;
pub mod event;
pub mod evidence;
pub mod import;
pub mod issued;
pub mod kept_form;
pub mod one_time_link;
pub mod outbox;
pub mod page;
pub mod pathway;
pub mod profile;
pub mod published;
pub mod publisher_claim;
pub mod record;
pub mod result;
pub mod result_description;
pub mod rubric;
pub mod rubric_criterion_level;
pub mod session;
pub mod setting;
pub mod staff;

pub use achievement::Achievement;
pub use alignment::Alignment;
pub use assertion::Assertion;
pub use association::Association;
pub use audit::Actor;
pub use clr::Clr;
pub use credential::Credential;
pub use event::Event;
pub use import::Import;
pub use profile::Profile;
pub use result::AwardResult;
pub use result_description::ResultDescription;
pub use rubric::Rubric;
pub use rubric_criterion_level::Level;
pub use staff::Staff;
