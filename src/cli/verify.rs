//! `verify`: whether files hold credentials that are valid now, or whether the audit trail is as it was written.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Failure, opened, say, tell, verify_files};
use crate::{
    config::Config,
    models::audit_chain::{self, Verdict},
    registrar::Refusal,
};

/// What is checked.
#[derive(Debug, Args)]
pub struct Options {
    /// The files: JSON, JWT, PDF, PNG or SVG; `-` is standard input
    #[arg(required_unless_present = "audit", conflicts_with = "audit")]
    files: Vec<PathBuf>,
    /// Print one line of JSON for each file
    #[arg(long, conflicts_with = "audit")]
    json: bool,
    /// Check the audit trail: each entry against the one before
    #[arg(long)]
    audit: bool,
}

/// Checks what was asked for.
pub async fn run(config: &Config, Options { files, json, audit: of_trail }: Options) -> Result<ExitCode, Failure> {
    if of_trail {
        audit(config).await.map(|()| ExitCode::SUCCESS)
    } else {
        verify_files::run(config, files, json).await
    }
}

/// Says what was found; exit status 1, and the number of the first bad entry, where it is not as it was written.
async fn audit(config: &Config) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    match db.snapshot(|conn| Ok::<_, Refusal>(audit_chain::verify(conn)?)).await? {
        Verdict::Broken { seq, fault } => Err(Failure::refused(format!("audit entry no. {seq} {fault}"))),
        Verdict::NotYetChained { entries } => Err(Failure::refused(format!(
            "the audit trail could not be checked: its {entries} entries are from before there was a chain; the next \
             change in the portal chains them"
        ))),
        Verdict::Whole { entries, head, erased } => {
            say(&format!("The audit trail is as it was written: {entries} entries, each chained to the one before."));
            if erased > 0 {
                say(&format!("Personal values were erased from {erased} of them, which the chain allows."));
            }
            if entries > 0 {
                say(&format!("Head: no. {entries}, {head}"));
            }
            // A cut tail leaves a shorter chain that is whole in itself.
            tell(
                "Compare the head with one noted earlier: a chain alone does not show that its newest entries were cut off.",
            );
            Ok(())
        }
    }
}
