//! COMMANDS: one file each. A command reads the settings, opens the database, calls verbs and says what happened. What
//! was asked for goes to standard output, everything else to standard error, and errors are one sentence.

mod backup;
mod demo;
mod doctor;
mod export;
mod failure;
mod healthcheck;
mod import;
mod keys;
mod log;
mod migrate;
mod opened;
mod restore;
mod running;
mod seed;
mod serve;
mod staff;
mod verify;
mod verify_files;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

use self::failure::Failure;
use crate::config::Config;

/// A self-hosted registrar's portal: award achievements, publish learner records, let anyone check a credential.
#[derive(Debug, Parser)]
#[command(name = "testamur", version, disable_help_subcommand = true)]
#[command(after_help = "Settings are environment variables; `testamur doctor` lists them with their values.")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: a made-up institution in a temporary folder, served at once
    Demo(demo::Options),
    /// Run the portal from its settings, after bringing its database up to date
    Serve,
    /// Bring the database up to date and stop
    Migrate,
    /// Fill an empty database with plausible data, for trials and measurements
    Seed(seed::Options),
    /// Manage the accounts of staff
    #[command(subcommand)]
    Staff(staff::Command),
    /// Write out records
    #[command(subcommand)]
    Export(export::Command),
    /// Copy everything into one file, while the portal runs
    Backup(backup::Options),
    /// Put a backup into an empty database of either kind
    Restore(restore::Options),
    /// Bring in what other systems wrote
    #[command(subcommand)]
    Import(import::Command),
    /// Manage the signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Check credentials (JSON, JWT, PDF, PNG, SVG), or with --audit that the audit trail is as it was written
    Verify(verify::Options),
    /// Run queued work, such as mail, without serving pages
    Worker,
    /// Check settings, database, key, mail, clock and storage, and say what to do about each finding
    Doctor,
    /// Ask a running portal whether it is ready; for containers
    Healthcheck,
}

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    match CommandLine::try_parse() {
        Ok(line) => ended(perform(line.command)),
        Err(answer) if !answer.use_stderr() => {
            say(answer.to_string().trim_end());
            ExitCode::SUCCESS
        }
        Err(wrong) => ended(Err(Failure::usage(&wrong))),
    }
}

fn ended(outcome: Result<ExitCode, Failure>) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        tell(&failure.to_string());
        failure.exit_code()
    })
}

fn perform(command: Command) -> Result<ExitCode, Failure> {
    let config = Config::read()?;
    log::begin(&config, matches!(command, Command::Serve | Command::Worker));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = ExitCode::SUCCESS;
    let outcome = runtime.block_on(async {
        match command {
            Command::Demo(options) => demo::run(config, options).await.map(|()| done),
            Command::Serve => serve::run(config).await.map(|()| done),
            Command::Migrate => migrate::run(&config).await.map(|()| done),
            Command::Seed(options) => seed::run(&config, options).await.map(|()| done),
            Command::Staff(command) => staff::run(&config, command).await.map(|()| done),
            Command::Export(command) => export::run(&config, command).await.map(|()| done),
            Command::Backup(options) => backup::run(&config, options).await.map(|()| done),
            Command::Restore(options) => restore::run(&config, options).await.map(|()| done),
            Command::Import(command) => import::run(&config, command).await,
            Command::Keys(command) => keys::run(&config, command).await.map(|()| done),
            Command::Verify(options) => verify::run(&config, options).await,
            Command::Worker => serve::worker::run(&config).await.map(|()| done),
            Command::Doctor => doctor::run(&config).await,
            Command::Healthcheck => healthcheck::run(&config).await.map(|()| done),
        }
    });
    // A query that is stuck does not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    outcome
}

/// A line on standard output. A reader who has gone away is no reason to fail.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A line on standard error.
fn tell(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_put_together_rightly() {
        CommandLine::command().debug_assert();
    }
}
