//! The checkpoints of the audit trail: what was signed for, to be downloaded and kept elsewhere.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::{
        SigningKey,
        audit_checkpoint::{self, Checkpoint},
        setting, signing_key,
    },
    registrar::trail,
    values::Id,
    web::{
        State, download,
        error::Error,
        filters,
        forms::{Empty, Submitted},
        frame::{Frame, page, see},
        guards::{ManageKeys, ManageSettings, May, ReadAudit},
    },
};

/// Checkpoints of the page; a download has all.
const SHOWN: i64 = 50;

/// A checkpoint with the key that signed it.
struct Row {
    made: Checkpoint,
    key: SigningKey,
}

impl Row {
    /// Whether it counts: a key that was compromised before it was signed proves nothing.
    fn counts(&self) -> bool {
        self.key.is_believed_at(self.made.at)
    }
}

#[derive(Template)]
#[template(path = "audit/checkpoints.html")]
struct CheckpointsPage {
    frame: Frame,
    rows: Vec<Row>,
    sent_to: String,
    may_sign: bool,
    may_set: bool,
}

/// `GET /admin/audit/checkpoints`
pub async fn index(may: May<ReadAudit>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let (rows, sent_to) = state
        .db
        .read(|conn| {
            let keys = signing_key::all(conn)?;
            let key = |id: &Id<SigningKey>| keys.iter().find(|key| key.id == *id).cloned();
            let made = audit_checkpoint::latest(conn, SHOWN)?;
            let rows = made.into_iter().filter_map(|made| Some(Row { key: key(&made.key_id)?, made })).collect();
            Ok::<_, Error>((rows, setting::get(conn, setting::CHECKPOINTS_TO)?.unwrap_or_default()))
        })
        .await?;
    let (may_sign, may_set) = (may.frame.may::<ManageKeys>(), may.frame.may::<ManageSettings>());
    page(&CheckpointsPage { frame: may.frame, rows, sent_to, may_sign, may_set })
}

/// `POST /admin/audit/checkpoints`: signs now.
pub async fn sign(may: May<ManageKeys>, state: web::Data<State>, _: Submitted<Empty>) -> Result<HttpResponse, Error> {
    let portal = state.portal.clone();
    state.db.write(move |conn| trail::sign(conn, &portal, &may.by)).await?;
    Ok(see("/admin/audit/checkpoints"))
}

/// `GET /admin/audit/checkpoints/{seq}.jws`
pub async fn one(_: May<ReadAudit>, state: web::Data<State>, seq: web::Path<String>) -> Result<HttpResponse, Error> {
    let seq: i64 = seq.parse().map_err(|_| Error::NotFound)?;
    let found = state.db.read(move |conn| Ok::<_, Error>(audit_checkpoint::find(conn, seq)?)).await?;
    let name = format!("audit-checkpoint-{seq}.jws");
    Ok(download::attachment("application/jose", &name).body(format!("{}\n", found.token)))
}

/// `GET /admin/audit/checkpoints.jws`: all of them, one a line, oldest first.
pub async fn all(_: May<ReadAudit>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let found = state.db.read(|conn| Ok::<_, Error>(audit_checkpoint::all(conn)?)).await?;
    let lines: String = found.into_iter().map(|one| format!("{}\n", one.token)).collect();
    Ok(download::attachment("text/plain; charset=utf-8", "audit-checkpoints.jws").body(lines))
}
