//! The integration tests: one binary, so that it is linked once. Each test runs against a real server over HTTP, on a
//! database of its own: SQLite, or PostgreSQL when `TEST_DATABASE_URL` names a server.
#![allow(clippy::unwrap_used, clippy::expect_used)] // In a test a panic is an answer.
#![allow(clippy::print_stdout)] // A test that cannot run says so.

mod achievement_pages;
mod app;
mod attendance;
mod audit_chain;
mod awards;
mod backup;
mod badges;
mod cli;
mod clrs;
mod contract;
mod databases;
mod demonstration;
mod erasure;
mod events;
mod evidence;
mod export;
mod foreign;
mod frozen;
mod holds;
mod hostile;
mod house;
mod import_clr;
mod import_command;
mod journey;
mod keys;
mod lists;
mod merging;
mod parts;
mod permissions;
mod pickers;
mod plan_events;
mod plans;
mod programs;
mod proofs;
mod reports;
mod rubrics;
mod series;
mod shares;
mod spreadsheets;
mod standings;
mod trail;
mod validation;
mod verifying;
mod versions;
