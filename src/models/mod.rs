//! NOUNS: what the registrar keeps. All SQL is here. One file a noun: the struct (which is the row), queries as
//! questions, changes as verbs.

pub mod issued;
pub mod record;
