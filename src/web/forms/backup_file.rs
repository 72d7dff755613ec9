//! A backup that is handed in. It may be larger than the memory, so it goes to a file that has no name and is gone when
//! nobody reads it any more; and nothing of it is taken where it could not be restored.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures_util::TryStreamExt;

use super::handed_in::{self, Most, Reading};
use crate::{
    db::Address,
    registrar::restore,
    web::{State, error::Error},
};

/// Bytes that are written at once.
const CHUNK: usize = 1 << 20;
/// Of the token that stands before the file.
const MOST: Most = Most { file: 0, at_once: 0, text: 1024, read: 1024 };

/// A backup as it came.
#[derive(Debug)]
pub struct BackupFile {
    /// The name it has on the sender's machine.
    pub name: String,
    /// Its bytes; none where no file was chosen.
    pub file: Option<File>,
}

impl FromRequest for BackupFile {
    type Error = Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = handed_in::after_token(request, payload, MOST);
        let state = request.app_data::<web::Data<State>>().cloned();
        Box::pin(async move {
            let mut parts = parts.await?;
            let state = state.ok_or_else(|| Error::Defect("the server has no state".to_owned()))?;
            match state.db.read(restore::refuse_in_use).await {
                Ok(()) => taken(parts, folder(&state.config.database)).await,
                Err(refusal) => {
                    // Read to its end, so that the browser shows the answer.
                    while let Ok(Some(part)) = parts.try_next().await {
                        passed_over(part).await;
                    }
                    Err(refusal.into())
                }
            }
        })
    }
}

/// Where there is room for a backup: beside the database that it is to become. With PostgreSQL in the system's folder for
/// what is temporary.
fn folder(database: &Address) -> Option<PathBuf> {
    match database {
        Address::Sqlite(path) => match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => Some(folder.to_owned()),
            _ => Some(Path::new(".").to_owned()),
        },
        Address::Postgres(_) => None,
    }
}

async fn passed_over(mut part: Field) {
    while let Ok(Some(_)) = part.try_next().await {}
}

async fn taken(mut parts: Multipart, folder: Option<PathBuf>) -> Result<BackupFile, Error> {
    while let Some(part) = parts.try_next().await.map_err(|_| Error::BadRequest("the form cannot be read"))? {
        match handed_in::file_name(&part) {
            Some(name) => return Ok(BackupFile { name, file: kept(part, folder).await? }),
            None => passed_over(part).await,
        }
    }
    Ok(BackupFile { name: String::new(), file: None })
}

async fn kept(mut part: Field, folder: Option<PathBuf>) -> Result<Option<File>, Error> {
    let (mut file, mut waiting, mut is_empty) = (None, Vec::new(), true);
    loop {
        let chunk = part.try_next().await.map_err(|_| Error::BadRequest("the file did not come to its end"))?;
        is_empty &= chunk.is_none();
        let is_last = chunk.is_none();
        waiting.extend_from_slice(&chunk.unwrap_or_default());
        if waiting.len() >= CHUNK || is_last {
            let (opened, bytes, folder) = (file.take(), std::mem::take(&mut waiting), folder.clone());
            let written = tokio::task::spawn_blocking(move || written(opened, &bytes, folder.as_deref())).await;
            let written = written.map_err(|error| Error::Defect(error.to_string()))?;
            match written {
                Ok(written) => file = Some(written),
                Err(error) => {
                    if !is_last {
                        passed_over(part).await;
                    }
                    return Err(unwritten(&error));
                }
            }
        }
        if is_last {
            return Ok(file.filter(|_| !is_empty));
        }
    }
}

fn written(file: Option<File>, bytes: &[u8], folder: Option<&Path>) -> io::Result<File> {
    let mut file = match (file, folder) {
        (Some(file), _) => file,
        (None, Some(folder)) => tempfile::tempfile_in(folder)?,
        (None, None) => tempfile::tempfile()?,
    };
    file.write_all(bytes)?;
    Ok(file)
}

fn unwritten(error: &io::Error) -> Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge | ReadOnlyFilesystem => Error::NoRoom,
        _ => Error::Defect(format!("a backup that was handed in could not be kept: {error}")),
    }
}
