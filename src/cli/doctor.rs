//! `doctor`: looks at everything the portal needs and says what to do about each finding.

mod checks;

use std::process::ExitCode;

use super::{Failure, say};
use crate::{
    config::{Config, KNOWN, Sourced},
    db::Address,
};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// All is well.
    Fine,
    /// Worth knowing; nothing has to be done.
    Note,
    /// Something has to be done.
    Problem,
}

/// What was found about one thing, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    weight: Weight,
    about: &'static str,
    sentence: String,
}

impl Finding {
    fn fine(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { weight: Weight::Fine, about, sentence: sentence.into() }
    }

    fn note(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { weight: Weight::Note, about, sentence: sentence.into() }
    }

    fn problem(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { weight: Weight::Problem, about, sentence: sentence.into() }
    }
}

/// Lists the settings, then what was found. Exit status 1 when something has to be done.
pub async fn run(config: &Config) -> Result<ExitCode, Failure> {
    say("Settings");
    for setting in &config.sources {
        let about = KNOWN.iter().find(|(name, _, _)| *name == setting.name).map_or("", |(_, _, about)| about);
        let value = shown(config, setting);
        say(&format!("  TESTAMUR_{:<17} {value}  [{}]  {about}", setting.name, setting.source));
    }
    say("");
    say("Findings");
    let findings = checks::all(config).await;
    for Finding { weight, about, sentence } in &findings {
        let word = match weight {
            Weight::Fine => "ok",
            Weight::Note => "note",
            Weight::Problem => "problem",
        };
        say(&format!("  {word:<8} {about}: {sentence}"));
    }
    let problems = findings.iter().filter(|finding| finding.weight == Weight::Problem).count();
    say("");
    Ok(match problems {
        0 => {
            say("All is well.");
            ExitCode::SUCCESS
        }
        number => {
            say(&format!("{number} to be looked at."));
            ExitCode::FAILURE
        }
    })
}

/// The value as it may be shown: without passwords.
fn shown(config: &Config, setting: &Sourced) -> String {
    match (setting.name, setting.value.as_str()) {
        ("BASE_URL", "") => format!("{} (follows TESTAMUR_BIND)", config.base_url),
        (_, "") => "(none)".to_owned(),
        ("DATABASE_URL", _) => match &config.database {
            Address::Sqlite(_) => config.database.to_string(),
            Address::Postgres(url) => without_password(url),
        },
        ("SMTP_URL", url) => without_password(url),
        (_, value) => value.to_owned(),
    }
}

/// `smtp://user:…@host`: what stands between the last `@` and the scheme's slashes keeps only the user. Parameters may
/// hold a password as well, and are left out.
fn without_password(url: &str) -> String {
    let plain = url.split_once('?').map_or(url, |(before, _)| before);
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, host)) => {
            let user = who.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{host}")
        }
        None => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("smtp://ann:se:c@ret@mail.example.edu:587?tls=required", "smtp://ann:…@mail.example.edu:587"),
            ("postgres://ann:secret@db/testamur?password=secret", "postgres://ann:…@db/testamur"),
            ("postgres://db/testamur?password=secret", "postgres://db/testamur"),
            ("smtp://localhost:25", "smtp://localhost:25"),
            ("file:/var/mail", "file:/var/mail"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
