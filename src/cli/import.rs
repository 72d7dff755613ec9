//! `import`: files of other systems, brought in by the same verbs as the import pages.

mod attendance;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, opened, say, tell};
use crate::{
    clr::v1::read::Warning,
    config::Config,
    models::{Actor, Import},
    registrar::{
        Refusal,
        import_clr::{self, Choice, Plan, Standing, Who},
    },
};

/// What is brought in.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A CLR 1.0 document, a set of them, a signed one, or a credential that wraps one
    Clr(Options),
    /// Who came to events: a CSV file or a workbook (.xlsx) with the columns student_id, event_code and status
    Attendance(attendance::Options),
}

/// How.
#[derive(Debug, Args)]
pub struct Options {
    /// The file
    file: PathBuf,
    /// Only say what it would bring; nothing is changed
    #[arg(long)]
    dry_run: bool,
    /// Bring awards of our own in as drafts, not issued
    #[arg(long)]
    draft: bool,
    /// Say it as one line of JSON
    #[arg(long)]
    json: bool,
}

/// What came of it, in numbers of awards (`contract.md`, Files for `import`). `updated` are those of which another
/// publisher says something else in a newer document, which takes the older one's place; `unknown_learner` those of
/// somebody who is not known here and comes in with them. `held` are those of the new and updated that come in for a
/// learner on hold: they are recorded, and withheld as long as the hold is on.
#[derive(Debug, Default, Serialize)]
struct Report {
    rows: usize,
    new: usize,
    unchanged: usize,
    updated: usize,
    duplicate: usize,
    unknown_learner: usize,
    held: usize,
    wrong: usize,
    errors: Vec<Wrong>,
    warnings: Vec<Warning>,
    different: usize,
    records: usize,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<String>,
}

/// A record that cannot come in.
#[derive(Debug, Serialize)]
struct Wrong {
    row: usize,
    column: String,
    message: String,
}

/// Brings a file in, or says what it would bring.
pub async fn run(config: &Config, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Clr(options) => clr(config, options).await,
        Command::Attendance(options) => attendance::run(config, options).await,
    }
}

async fn clr(config: &Config, options: Options) -> Result<ExitCode, Failure> {
    let content = std::fs::read(&options.file)
        .map_err(|why| Failure::refused(format!("{} cannot be read: {why}", options.file.display())))?;
    let db = opened::existing(config).await?;
    let by = Actor::command("import clr");
    let name = options.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let looked_at = Import::new(&name, content.clone(), &by);
    let plan = match db.read(move |conn| Ok::<_, Refusal>(import_clr::plan(conn, &looked_at)?.0)).await {
        Err(Refusal::Conflict(message)) if options.json => {
            let errors = vec![Wrong { row: 0, column: String::new(), message }];
            let report = Report { wrong: 1, errors, dry_run: options.dry_run, ..Report::default() };
            say(&serde_json::to_string(&report).unwrap_or_default());
            return Ok(ExitCode::from(1));
        }
        other => other?,
    };
    let mut report = report(&plan, options.dry_run);
    if !options.dry_run && report.errors.is_empty() && !plan.changes_nothing() {
        let (uploader, choice) = (by.clone(), Choice::everything(&plan, options.draft));
        let upload = db.write(move |conn| import_clr::upload(conn, &name, content.clone(), &uploader)).await?;
        import_clr::bring_in(&db, &upload.id, choice, &by).await?;
        report.import = Some(upload.id.to_string());
    }
    told(&plan, &report, &options);
    Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn report(plan: &Plan, dry_run: bool) -> Report {
    let mut report = Report { duplicate: plan.duplicates, records: plan.records.len(), dry_run, ..Report::default() };
    report.warnings = plan.warnings.clone();
    for (at, record) in plan.records.iter().enumerate() {
        let awards = record.groups.iter().filter(|group| group.key == "assertions");
        for group in awards {
            report.rows += group.items.len();
            report.new += group.fresh();
            report.unchanged += group.known();
            report.different += group.different().len();
            if record.is_renewed() {
                report.updated += group.different().len();
            }
            match import_clr::proposed(record) {
                Who::New => report.unknown_learner += group.items.len(),
                Who::Known(id) if record.candidates.iter().any(|one| one.on_hold && one.profile.id == id) => {
                    report.held += group.fresh();
                    report.held += if record.is_renewed() { group.different().len() } else { 0 };
                }
                Who::Known(_) => {}
            }
        }
        report.warnings.extend(record.doubtful.iter().cloned());
        if let Standing::Refused(why) = &record.standing {
            report.wrong += 1;
            let message = why.clone();
            report.errors.push(Wrong { row: at + 1, column: record.place.clone(), message });
        }
    }
    report
}

fn told(plan: &Plan, report: &Report, options: &Options) {
    if options.json {
        say(&serde_json::to_string(report).unwrap_or_default());
        return;
    }
    for one in &report.warnings {
        tell(&format!("{}: {}", one.place, one.message));
    }
    for one in &report.errors {
        tell(&format!("record {}: {}", one.row, one.message));
    }
    let so = match (options.dry_run, plan.changes_nothing()) {
        (_, true) => "changes nothing",
        (true, false) => "would be brought in",
        (false, false) if !report.errors.is_empty() => "was not brought in",
        (false, false) => "was brought in",
    };
    say(&format!(
        "{}, {}: {} awards, {} new, {} known, {} different. It {so}.",
        options.file.display(),
        plan.what,
        report.rows,
        report.new,
        report.unchanged,
        report.different
    ));
}
