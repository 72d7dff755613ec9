//! Seeding.
