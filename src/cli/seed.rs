//! `seed`
use super::Failure;
use crate::config::Config;
#[derive(Debug, clap::Args)]
pub struct Options {}
pub async fn run(_c: &Config, _o: Options) -> Result<(), Failure> {
    Ok(())
}
