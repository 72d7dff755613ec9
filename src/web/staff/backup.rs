//! A backup to keep elsewhere, taken while the portal runs; and when the last one was made.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;

use crate::{
    clock,
    models::audit::AuditEntry,
    registrar::{Refusal, backup, restore},
    web::{
        State, download,
        error::Error,
        filters,
        forms::{Empty, Submitted, error_of},
        frame::{Frame, page, page_with},
        guards::{MakeBackups, May},
    },
};

#[derive(Template)]
#[template(path = "staff/backup.html")]
struct BackupPage {
    frame: Frame,
    last: Option<AuditEntry>,
    key_file: String,
    /// Nobody has worked with this portal yet: a backup can be restored into it.
    is_new: bool,
    errors: Vec<(&'static str, String)>,
}

/// `GET /admin/backup`
pub async fn show(may: May<MakeBackups>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    page(&backup_page(may.frame, &state, Vec::new()).await?)
}

async fn backup_page(frame: Frame, state: &State, errors: Vec<(&'static str, String)>) -> Result<BackupPage, Error> {
    let told = state.db.read(|conn| Ok::<_, Refusal>((backup::last(conn)?, restore::refuse_in_use(conn))));
    let (last, in_use) = told.await?;
    let is_new = match in_use {
        Ok(()) => true,
        Err(Refusal::Conflict(_)) => false,
        Err(other) => return Err(other.into()),
    };
    let key_file = state.config.master_key_file.display().to_string();
    Ok(BackupPage { frame, last, key_file, is_new, errors })
}

/// The page once more, with what was wrong with a file that was handed in.
pub async fn refused(
    frame: Frame,
    state: &State,
    (status, sentence): (StatusCode, &str),
) -> Result<HttpResponse, Error> {
    let page = backup_page(frame, state, vec![("file", sentence.to_owned())]).await?;
    page_with(status, &page)
}

impl BackupPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `POST /admin/backup`: the file.
pub async fn make(may: May<MakeBackups>, state: web::Data<State>, _: Submitted<Empty>) -> Result<HttpResponse, Error> {
    let busy = "Another backup is being downloaded. Try again when it is done.";
    let turn = state.copying.clone().try_acquire_owned().map_err(|_| Error::Conflict(busy.to_owned()))?;
    let by = may.by.clone();
    let id = state.db.write(move |conn| backup::begin(conn, &by, "a download")).await?;
    let name = format!("testamur-{}.backup", clock::now().format("%Y-%m-%dT%H-%M-%SZ"));
    Ok(download::backup(state, turn, (may.by, id), &name))
}
