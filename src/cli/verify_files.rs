//! `verify FILE…`: whether files hold credentials that are valid now. Works without a database; then nothing is known of what
//! this portal issued itself.

use std::{io::Read, path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{Failure, opened, say};
use crate::{
    config::Config,
    db::Db,
    registrar::{
        Portal,
        verify::{self, Outcome, Report, Verdict},
    },
};

/// Says what was found; exit status 0 only when every file is valid now.
pub async fn run(config: &Config, files: Vec<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    // Whatever keeps the database from being opened, what others issued can be checked without it.
    let db = opened::existing(config).await.ok();
    let mut is_valid = true;
    for file in files {
        let report = one(config, db.as_ref(), &file).await?;
        is_valid &= report.verdict() == Verdict::Valid;
        if json {
            let mut told = report.to_json();
            if let Some(members) = told.as_object_mut() {
                members.insert("file".to_owned(), json!(file.display().to_string()));
            }
            say(&told.to_string());
        } else {
            tell(&file.display().to_string(), &report);
        }
    }
    Ok(if is_valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn one(config: &Config, db: Option<&Db>, file: &PathBuf) -> Result<Report, Failure> {
    let most = verify::MOST_BYTES as u64 + 1;
    let mut content = Vec::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().take(most).read_to_end(&mut content),
        false => std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut content)),
    };
    read.map_err(|error| Failure::refused(format!("{} cannot be read: {error}", file.display())))?;
    let portal = Portal::without_keys(config.base_url.clone());
    Ok(verify::verify(db, &portal, &config.fetch_allow, content).await?)
}

fn tell(file: &str, report: &Report) {
    let verdict = match report.verdict() {
        Verdict::Valid => "valid",
        Verdict::Invalid => "NOT VALID",
        Verdict::Unchecked => "could not be checked",
    };
    say(&format!(
        "{file}: {verdict}{}",
        if report.kind.is_empty() { String::new() } else { format!(" ({})", report.kind) }
    ));
    if let Some(caution) = &report.caution {
        say(&format!("  {caution}"));
    }
    for check in &report.checks {
        let outcome = match check.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::Unchecked => "not checked",
        };
        say(&format!("  {outcome:<12} {:<12} {}{}", check.id, check.detail, place(&check.about)));
        if check.outcome != Outcome::Passed {
            check.technical.iter().for_each(|line| say(&format!("{:28}{line}", "")));
        }
    }
}

fn place(about: &str) -> String {
    if about.is_empty() { String::new() } else { format!(" [{about}]") }
}
