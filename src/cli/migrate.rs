//! `migrate`: brings the database up to date.

use super::{Failure, opened, say};
use crate::config::Config;

/// Runs what is pending.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let (_, done) = opened::migrated(config).await?;
    say(&match done {
        0 => "The database is up to date.".to_owned(),
        1 => "One migration was run; the database is up to date.".to_owned(),
        many => format!("{many} migrations were run; the database is up to date."),
    });
    Ok(())
}
