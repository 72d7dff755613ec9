//! A backup to keep elsewhere, taken while the portal runs; and when the last one was made.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    clock,
    models::audit::AuditEntry,
    registrar::backup,
    web::{
        State, download,
        error::Error,
        filters,
        forms::{Empty, Submitted},
        frame::{Frame, page},
        guards::{MakeBackups, May},
    },
};

#[derive(Template)]
#[template(path = "staff/backup.html")]
struct BackupPage {
    frame: Frame,
    last: Option<AuditEntry>,
    key_file: String,
}

/// `GET /admin/backup`
pub async fn show(may: May<MakeBackups>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let last = state.db.read(backup::last).await?;
    let key_file = state.config.master_key_file.display().to_string();
    page(&BackupPage { frame: may.frame, last, key_file })
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
