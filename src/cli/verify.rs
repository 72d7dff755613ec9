//! `verify`: whether the audit trail is as it was written.

use clap::Args;

use super::{Failure, opened, say, tell};
use crate::{
    config::Config,
    models::audit_chain::{self, Verdict},
    registrar::Refusal,
};

/// What is checked.
#[derive(Debug, Args)]
pub struct Options {
    /// Check the audit trail: each entry against the one before
    #[arg(long, required = true)]
    audit: bool,
}

/// Says what was found; exit status 1, and the number of the first bad entry, where it is not as it was written.
pub async fn run(config: &Config, Options { audit: _ }: Options) -> Result<(), Failure> {
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
