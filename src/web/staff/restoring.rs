//! Restoring a backup into a portal that is new: the file is handed in and checked as a whole, what it holds is shown, and
//! with the password it takes the place of everything.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::backup;
use crate::{
    models::audit_check::Verdict,
    registrar::{
        Refusal,
        backup::Opened,
        keys,
        restore::{self, BrokenTrail, Target},
        trail::Report,
    },
    web::{
        State, confirmed,
        error::Error,
        filters,
        forms::{Submitted, backup_file::BackupFile, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, RestoreBackups},
    },
};

/// What is shown of a backup, by table.
const SHOWN: [(&str, &str); 7] = [
    ("profile", "People and organisations"),
    ("achievement", "Achievements"),
    ("assertion", "Awards"),
    ("clr", "CLRs"),
    ("event", "Events"),
    ("attendance", "Entries of attendance"),
    ("staff", "Staff accounts"),
];

/// Where nothing waits of this person: it waited too long, another one was handed in, or to another copy of the portal.
const GONE: &str = "The file that you handed in is no longer here. Hand it in again";

/// How long a backup that was handed in waits.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The backup that was handed in last, until it is restored, another one comes or an hour went by: whose it is, and its file.
#[derive(Default)]
pub struct HandedIn(Mutex<Option<(String, Arc<Opened>)>>);

impl HandedIn {
    fn put(&self, backup: (String, Arc<Opened>)) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(backup);
    }

    /// Lets this one go, if it still waits.
    fn forget(&self, backup: &Arc<Opened>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take_if(|(_, own)| Arc::ptr_eq(own, backup));
    }

    /// The one that this person handed in.
    fn of(&self, by: Option<&str>) -> Option<Arc<Opened>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(own, _)| Some(own.as_str()) == by).map(|(_, backup)| backup.clone())
    }
}

#[derive(Template)]
#[template(path = "staff/restore.html")]
struct RestorePage {
    frame: Frame,
    backup: Arc<Opened>,
    /// What it holds: how many of what.
    held: Vec<(i64, &'static str)>,
    accept: bool,
    errors: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "staff/restored.html")]
struct RestoredPage {
    frame: Frame,
    backup: Arc<Opened>,
    rows: i64,
    report: Report,
}

/// What is entered to restore it.
#[derive(Deserialize, Default)]
pub struct Entered {
    /// Of the backup that was looked at.
    #[serde(default)]
    digest: String,
    #[serde(default)]
    accept: bool,
    #[serde(default)]
    password: String,
}

/// `POST /admin/backup/file`: takes a backup and checks it. Nothing is restored yet.
pub async fn hand_in(
    may: May<RestoreBackups>,
    state: web::Data<State>,
    handed: BackupFile,
) -> Result<HttpResponse, Error> {
    let BackupFile { name, file } = handed;
    const NOT_TAKEN: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(file) = file else {
        return backup::refused(may.frame, &state, (NOT_TAKEN, "Choose the file of a backup")).await;
    };
    let name = if name.is_empty() { "The file".to_owned() } else { name };
    let opened = tokio::task::spawn_blocking(move || Opened::read(file, &name)).await;
    let opened = opened.map_err(|error| Error::Defect(error.to_string()))?.and_then(|opened| {
        restore::refuse_unfit(&opened.header, Some(&state.key_fingerprint))?;
        Ok(opened)
    });
    match (opened, may.by.id) {
        (Ok(opened), Some(by)) => {
            let backup = Arc::new(opened);
            let waiting = Arc::downgrade(&backup);
            state.handed_in.put((by, backup));
            actix_web::rt::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                waiting.upgrade().inspect(|backup| state.handed_in.forget(backup))
            });
            Ok(see("/admin/backup/restore"))
        }
        (Err(Refusal::Conflict(sentence)), _) => backup::refused(may.frame, &state, (NOT_TAKEN, &sentence)).await,
        (Err(other), _) => Err(other.into()),
        (Ok(_), None) => Err(Error::NotAllowed),
    }
}

/// `GET /admin/backup/restore`: what the backup holds that was handed in.
pub async fn ask(may: May<RestoreBackups>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    match state.handed_in.of(may.by.id.as_deref()) {
        Some(backup) => page(&asked(may.frame, backup, false, Vec::new())),
        None => backup::refused(may.frame, &state, (StatusCode::CONFLICT, GONE)).await,
    }
}

fn asked(frame: Frame, backup: Arc<Opened>, accept: bool, errors: Vec<(&'static str, String)>) -> RestorePage {
    let rows = |table: &str| backup.rows.get(table).copied().unwrap_or_default();
    let held = SHOWN.iter().map(|(table, name)| (shown(rows(table)), *name));
    let held = held.chain([(shown(backup.contents.rows), "Rows in all")]).collect();
    RestorePage { frame, backup, held, accept, errors }
}

fn shown(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// `POST /admin/backup/restore`
pub async fn submit(
    may: May<RestoreBackups>,
    state: web::Data<State>,
    request: HttpRequest,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let Entered { digest, accept, password } = form.0;
    let held = state.handed_in.of(may.by.id.as_deref()).filter(|backup| backup.contents.digest == digest);
    let Some(backup) = held else {
        return backup::refused(may.frame, &state, (StatusCode::CONFLICT, GONE)).await;
    };
    if let Err(wrong) = confirmed::password(&state, &request, &may.by, &password).await? {
        let errors = vec![(confirmed::FIELD, wrong.sentence.clone())];
        return wrong.page(&asked(may.frame, backup, accept, errors));
    }
    tracing::info!(by = %may.by.name, digest, "restoring a backup");
    let broken = if accept { BrokenTrail::Accept } else { BrokenTrail::Refuse };
    // By itself: it comes to its end, and what this process remembers is forgotten, also when the browser went away.
    let done = actix_web::rt::spawn(replaced(state.clone(), backup.clone(), broken));
    match done.await.map_err(|error| Error::Defect(error.to_string()))? {
        Ok(report) => {
            // The accounts are other ones now, and nobody is signed in.
            request.get_session().purge();
            let site = state.site.get(&state.db).await;
            let rows = shown(backup.contents.rows);
            page(&RestoredPage { frame: Frame::new(&request, site), backup, rows, report })
        }
        Err(Refusal::Conflict(sentence)) => {
            let errors = vec![("restore", format!("It was not restored: {sentence}"))];
            page_with(StatusCode::CONFLICT, &asked(may.frame, backup, accept, errors))
        }
        Err(other) => Err(other.into()),
    }
}

async fn replaced(state: web::Data<State>, backup: Arc<Opened>, broken: BrokenTrail) -> Result<Report, Refusal> {
    let busy = "A backup is being restored just now. When it is done, you can sign in with an account of it";
    let _turn = state.restoring.try_acquire().map_err(|_| Refusal::conflict(busy))?;
    let restored = restore::restore(&state.db, backup.clone(), Target::New, broken).await;
    match &restored {
        Ok(_) => {
            state.handed_in.forget(&backup);
            state.site.forget();
            *state.trail.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
            tracing::info!("the backup was restored");
            if let Err(refusal) = keys::make_older_ready(&state.db, &state.portal).await {
                tracing::warn!(%refusal, "the keys that older awards need could not be made");
            }
        }
        Err(refusal) => tracing::warn!(%refusal, "the backup was not restored"),
    }
    restored
}

impl RestorePage {
    fn has_no_account(&self) -> bool {
        !self.backup.rows.contains_key("staff")
    }

    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

impl RestoredPage {
    /// How the audit trail was found, as a sentence.
    fn trail(&self) -> String {
        match &self.report.verdict {
            Verdict::Whole { entries, .. } => match self.report.believed.last() {
                Some(last) => {
                    format!("The audit trail is whole: {entries} entries, signed for up to no. {}.", last.seq)
                }
                None => format!("The audit trail is whole: {entries} entries; none was signed for yet."),
            },
            Verdict::NotYetChained { entries } => format!(
                "The audit trail has {entries} entries from before there was a chain; the next change chains them."
            ),
            Verdict::Broken { seq, fault } => {
                format!("The audit trail is not whole: entry no. {seq} {fault}. It was so when the backup was made.")
            }
        }
    }
}
