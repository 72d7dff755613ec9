//! `import attendance`: who came to which event, from a CSV file or a workbook, by the same verb as the pages.
//!
//! Good rows go in. Those that cannot are written to `FILE.rejected.csv` with the reason; of them, what means no learner is
//! also kept in the portal, to be resolved there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{Report, Wrong};
use crate::{
    cli::{Failure, opened, say, tell},
    config::Config,
    db::Db,
    models::{Actor, Event, event},
    registrar::{
        Refusal,
        attend::{
            self, Entry, Outcome, Seen, Way,
            list::{self, Columns},
        },
        rows::{self, List, Row, Written},
    },
    values::{AttendanceDoubt, AttendanceSource, AttendanceStatus, Id, Line},
};

/// How.
#[derive(Debug, Args)]
pub struct Options {
    /// The file
    file: PathBuf,
    /// Only say what it would bring; nothing is changed
    #[arg(long)]
    dry_run: bool,
    /// Say it as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Brings a file in, or says what it would bring.
pub async fn run(config: &Config, options: Options) -> Result<ExitCode, Failure> {
    let shown = options.file.display();
    let content =
        std::fs::read(&options.file).map_err(|why| Failure::refused(format!("{shown} cannot be read: {why}")))?;
    let read = rows::text(&content).and_then(|(text, written)| rows::read(&text, written));
    let list = match read {
        Err(Refusal::Conflict(message)) if options.json => {
            let errors = vec![Wrong { row: 0, column: String::new(), message }];
            let report = Report { wrong: 1, errors, dry_run: options.dry_run, ..Report::default() };
            say(&serde_json::to_string(&report).unwrap_or_default());
            return Ok(ExitCode::from(1));
        }
        other => other?,
    };
    if list.written == Written::Windows1252 {
        tell(&format!("{shown} is not in UTF-8; it was read as Windows-1252"));
    }
    let columns = list.proposed();
    if !columns.headed || columns.event.is_none() {
        return Err(Failure::refused(format!(
            "{shown} has no columns named student_id and event_code in its first row"
        )));
    }
    let db = opened::existing(config).await?;
    let report = brought(&db, &list, &columns, &options).await?;
    if !options.dry_run && !report.errors.is_empty() {
        reject(&options.file, &list, &report)?;
    }
    told(&report, &options);
    Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The entries of an event, each with its place among the rows.
type OfEvent = (Vec<usize>, Vec<Entry>);

async fn brought(db: &Db, list: &List, columns: &Columns, options: &Options) -> Result<Report, Failure> {
    let mut report = Report { dry_run: options.dry_run, ..Report::default() };
    let rows: Vec<&Row> = list.entries(columns).collect();
    report.rows = rows.len();
    let (mut known, mut groups) = (BTreeMap::new(), BTreeMap::<String, OfEvent>::new());
    let usual = file_as_reason(&options.file);
    for (at, row) in rows.iter().enumerate() {
        let code = columns.event.map_or("", |column| row.cell(column)).to_owned();
        if !known.contains_key(&code) {
            let wanted = code.clone();
            let found = db.read(move |conn| Ok::<_, Refusal>(event::by_code(conn, &wanted)?)).await?;
            known.insert(code.clone(), found.map(|event| (event.id, event.cancelled_at.is_some())));
        }
        match (known.get(&code), list::status(row, columns.status, AttendanceStatus::Attended)) {
            (Some(None) | None, _) => report.wrong(row, "event_code", format!("There is no event {code}")),
            (Some(Some((_, true))), _) => report.wrong(row, "event_code", format!("The event {code} was cancelled")),
            (_, None) => report.wrong(row, "status", "The status is none of attended, absent and excused".to_owned()),
            (_, _) if row.cell(columns.who).is_empty() => {
                report.wrong(row, "student_id", "The row names nobody".to_owned());
            }
            (Some(Some((id, false))), Some(status)) => {
                let reason = columns.reason.and_then(|column| Line::parse(row.cell(column)).ok());
                let entry = Entry::typed(row.cell(columns.who), status).because(reason.or_else(|| usual.clone()));
                let (places, entries) = groups.entry(id.to_string()).or_default();
                places.push(at);
                entries.push(entry);
            }
        }
    }
    for (id, (places, entries)) in groups {
        let answered = recorded(db, &id, entries, options.dry_run).await?;
        for (place, outcome) in places.into_iter().zip(answered) {
            report.count(rows.get(place).copied(), outcome);
        }
    }
    report.errors.sort_by_key(|error| error.row);
    Ok(report)
}

fn file_as_reason(file: &Path) -> Option<Line> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    Line::parse(&format!("From the file {name}")).ok()
}

async fn recorded(db: &Db, event: &str, entries: Vec<Entry>, dry_run: bool) -> Result<Vec<Outcome>, Failure> {
    let id: Id<Event> = event.parse().map_err(|_| Failure::refused("an event has no id"))?;
    let (way, by) = (Way { event: id, source: AttendanceSource::Import }, Actor::command("import attendance"));
    let answered = match dry_run {
        true => db.read(move |conn| attend::look(conn, &way, &entries, &mut Seen::new(), &by)).await?,
        false => attend::record_all(db, way, entries, by).await?,
    };
    Ok(answered.into_iter().map(|one| one.outcome).collect())
}

impl Report {
    fn wrong(&mut self, row: &Row, column: &str, message: String) {
        self.wrong += 1;
        self.note(row, column, message);
    }

    fn note(&mut self, row: &Row, column: &str, message: String) {
        let row = usize::try_from(row.line).unwrap_or_default();
        self.errors.push(Wrong { row, column: column.to_owned(), message });
    }

    fn count(&mut self, row: Option<&Row>, outcome: Outcome) {
        let Some(row) = row else { return };
        match outcome {
            Outcome::Recorded => self.new += 1,
            Outcome::Changed(_) => self.updated += 1,
            Outcome::Known | Outcome::Repeated => self.unchanged += 1,
            Outcome::Twice => self.duplicate += 1,
            Outcome::Parked(why) => {
                self.unknown_learner += 1;
                let kept = if why == AttendanceDoubt::Otherwise { "" } else { ", kept to be resolved in the portal" };
                self.note(row, "student_id", format!("{}{kept}", why.label()));
            }
            Outcome::Refused(why) => self.wrong(row, "student_id", why),
        }
    }
}

/// Writes the rows that did not go in beside the file, with the reason of each.
fn reject(file: &Path, list: &List, report: &Report) -> Result<(), Failure> {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected.csv");
    let path = PathBuf::from(name);
    let failed = |why: &dyn std::fmt::Display| Failure::refused(format!("{} cannot be written: {why}", path.display()));
    let wrong: Vec<_> = report.errors.iter().map(|one| (one.row as u64, one.message.clone())).collect();
    std::fs::write(&path, rows::rejected(list, true, &wrong)?).map_err(|why| failed(&why))?;
    tell(&format!("{} rows did not go in; they are in {}", report.errors.len(), path.display()));
    Ok(())
}

fn told(report: &Report, options: &Options) {
    if options.json {
        say(&serde_json::to_string(report).unwrap_or_default());
        return;
    }
    for one in &report.errors {
        tell(&format!("line {}: {}", one.row, one.message));
    }
    let would = if options.dry_run { "It would bring" } else { "It brought" };
    say(&format!(
        "{}: {} rows. {would} {} new, {} changed; {} stood so already, {} named twice, {} of nobody known, {} wrong.",
        options.file.display(),
        report.rows,
        report.new,
        report.updated,
        report.unchanged,
        report.duplicate,
        report.unknown_learner,
        report.wrong
    ));
}
