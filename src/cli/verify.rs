//! `verify`: whether files hold credentials that are valid now, or whether the audit trail is as it was written.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{Failure, opened, say, tell, verify_files};
use crate::{
    config::Config,
    models::{
        audit_check::Verdict,
        audit_checkpoint::{self, Checkpoint},
    },
    registrar::{
        Refusal,
        trail::{self, Report},
    },
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
    /// Check the audit trail: each entry against the one before, and all against what was signed for
    #[arg(long)]
    audit: bool,
    /// With --audit: compare with checkpoints that were kept elsewhere, one a line; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "audit")]
    checkpoint: Option<PathBuf>,
    /// With --audit: write the signed checkpoints to a file, one a line, to be kept elsewhere
    #[arg(long, value_name = "FILE", requires = "audit")]
    save: Option<PathBuf>,
}

/// Checks what was asked for.
pub async fn run(config: &Config, options: Options) -> Result<ExitCode, Failure> {
    if options.audit {
        let done = audit(config, options.checkpoint.as_deref(), options.save.as_deref()).await;
        done.map(|()| ExitCode::SUCCESS)
    } else {
        verify_files::run(config, options.files, options.json).await
    }
}

/// Says what was found; exit status 1, and the number of the first bad entry, where it is not as it was written.
async fn audit(config: &Config, checkpoint: Option<&Path>, save: Option<&Path>) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let given = match checkpoint {
        None => Vec::new(),
        Some(path) => trail::given(&read(path)?)
            .map_err(|why| Failure::refused(format!("{} holds no checkpoint: {why}", path.display())))?,
    };
    let (compared, wanted) = (given.clone(), save.is_some());
    let (report, kept) = db
        .snapshot(move |conn| {
            let kept = if wanted { audit_checkpoint::all(conn)? } else { Vec::new() };
            Ok::<_, Refusal>((trail::check(conn, &compared)?, kept))
        })
        .await?;
    match &report.verdict {
        Verdict::Broken { seq, fault } => return Err(Failure::refused(format!("audit entry no. {seq} {fault}"))),
        Verdict::NotYetChained { entries } => {
            return Err(Failure::refused(format!(
                "the audit trail could not be checked: its {entries} entries are from before there was a chain; the \
                 next change in the portal chains them"
            )));
        }
        Verdict::Whole { entries, head, erased } => tell_whole(*entries, head, *erased),
    }
    tell_signed(&report);
    let counted = |given: &&trail::Given| !report.void.contains(&given.claims.seq);
    for one in given.iter().filter(counted) {
        say(&format!("The checkpoint of no. {} that was given agrees with it.", one.claims.seq));
    }
    match given.iter().find(|given| !counted(given)) {
        Some(one) => Err(Failure::refused(format!(
            "the checkpoint of no. {} counts for nothing: its key was compromised before it was signed",
            one.claims.seq
        ))),
        None => save.map_or(Ok(()), |path| written(path, &kept)),
    }
}

fn tell_whole(entries: i64, head: &str, erased: i64) {
    say(&format!("The audit trail is as it was written: {entries} entries, each chained to the one before."));
    if erased > 0 {
        say(&format!("Personal values were erased from {erased} of them, each by an erasure that the trail tells of."));
    }
    if entries > 0 {
        say(&format!("Head: no. {entries}, {head}"));
    }
}

fn tell_signed(report: &Report) {
    match report.believed.last() {
        Some(last) => {
            let at = last.at.format("%Y-%m-%d %H:%M UTC");
            let signed = match report.believed.len() {
                1 => "A checkpoint is signed,".to_owned(),
                number => format!("{number} checkpoints are signed, the last"),
            };
            say(&format!("{signed} up to no. {} on {at}.", last.seq));
        }
        None if !report.void.is_empty() => tell("No checkpoint counts any more. Sign one with a key that is believed."),
        // A cut tail leaves a shorter chain that is whole in itself.
        None => tell(
            "No checkpoint was signed yet: a chain alone does not show that its newest entries were cut off, or that \
             all of it was written anew.",
        ),
    }
    for seq in &report.void {
        tell(&format!("The checkpoint of no. {seq} is not counted: its key was compromised before it was signed."));
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = if path == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    text.map_err(|error| Failure::refused(format!("{} cannot be read: {error}", path.display())))
}

/// Writes the checkpoints, one a line, oldest first.
fn written(path: &Path, kept: &[Checkpoint]) -> Result<(), Failure> {
    let lines: String = kept.iter().map(|one| format!("{}\n", one.token)).collect();
    fs::write(path, lines)
        .map_err(|error| Failure::refused(format!("{} cannot be written: {error}", path.display())))?;
    let wrote =
        if kept.len() == 1 { "1 checkpoint was".to_owned() } else { format!("{} checkpoints were", kept.len()) };
    say(&format!("{wrote} written to {}.", path.display()));
    Ok(())
}
