//! `export`: records in the standard's form, to standard output.

use std::io::Write;

use clap::Subcommand;

use super::{Failure, opened};
use crate::{
    clock, clr,
    config::Config,
    models::{profile, record},
    registrar::Refusal,
};

/// What is written out.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One learner's whole record as CLR 1.0 JSON
    Clr {
        /// The learner: the id here, the student number or the profile id
        #[arg(long)]
        learner: String,
    },
}

/// Writes it to standard output.
pub async fn run(config: &Config, Command::Clr { learner }: Command) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let base_url = config.base_url.clone();
    let bytes = db
        .read(move |conn| {
            let person = profile::person_named(conn, &learner)?
                .ok_or_else(|| Refusal::conflict(format!("there is no learner {learner:?}")))?;
            let record = record::assemble(conn, &person, &base_url, clock::now())?
                .ok_or_else(|| Refusal::conflict("choose the publisher in the settings before you export"))?;
            Ok::<_, Refusal>(clr::v1::record(&record))
        })
        .await?;
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
