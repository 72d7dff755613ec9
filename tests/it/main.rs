//! The integration tests: one binary, so that it is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used)] // In a test a panic is an answer.

mod cli;
mod house;
