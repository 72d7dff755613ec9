//! Testamur: a registrar's portal. The map of the house.
//!
//! ```text
//! main → cli, web, jobs  →  registrar  →  clr, sign, pdf, mail  →  models  →  db, values, words, clock
//!        (ways in)          (verbs)       (formats)                (nouns)    (ground)
//! ```
//!
//! Nothing points left or sideways; `tests/it/house.rs` reads the `use` lines and fails when a room reaches where it
//! may not. Live rows (`models`) feed staff pages and drafts. Issuing freezes them into one `Issued` document
//! (`models::issued`), and everything shown of a credential afterwards is rendered from that plus its present status.

pub mod cli;
pub mod clock;
pub mod clr;
pub mod config;
pub mod db;
pub mod jobs;
pub mod mail;
pub mod models;
pub mod pdf;
pub mod registrar;
pub mod sign;
pub mod values;
pub mod web;
pub mod words;
