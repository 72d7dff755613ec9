//! Why a command ended without doing what was asked: one sentence and an exit status.

use std::process::ExitCode;

use crate::{
    config::ConfigError,
    db::{self, MigrateError},
    registrar::Refusal,
    sign::MasterKeyError,
};

/// A failure, as one sentence.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or a setting is wrong: exit status 2.
    #[error("testamur: {0}")]
    Usage(String),
    /// What was asked for does not hold, or failed: exit status 1.
    #[error("testamur: {0}")]
    Refused(String),
}

impl Failure {
    /// The command line is wrong. The parser says so in several lines; they become one.
    pub fn usage(wrong: &clap::Error) -> Self {
        let told = wrong.to_string();
        let sentence: Vec<&str> = told.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let sentence = sentence.join(" ");
        let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
        // With no command at all the parser shows its help in the place of an error.
        if wrong.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Failure::Usage("name a command; `testamur --help` lists them".to_owned());
        }
        Failure::Usage(format!("{sentence} (try --help)"))
    }

    /// Refused, with a sentence.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Failure::Refused(sentence.into())
    }

    /// The exit status.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            Failure::Refused(_) => ExitCode::from(1),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Usage(error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal.to_string())
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Failure::Refused(error.to_string())
    }
}

impl From<MigrateError> for Failure {
    fn from(error: MigrateError) -> Self {
        Failure::Refused(error.to_string())
    }
}

impl From<MasterKeyError> for Failure {
    fn from(error: MasterKeyError) -> Self {
        Failure::Refused(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Refused(error.to_string())
    }
}
