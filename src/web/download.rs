//! Answers that are made while they are sent, so that memory does not grow with them: records by the line, records as a
//! ZIP folder, a backup. Each waits for its reader; what breaks off midway is an answer that breaks off, never one that
//! looks whole.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    web::{Bytes, Data},
};
use futures_util::stream;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, mpsc},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{State, error::Error};
use crate::{
    models::Actor,
    registrar::{
        backup,
        export::{Export, Piece},
    },
};

/// The head of an answer that is a file to keep.
pub fn attachment(kind: &'static str, name: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.content_type(kind).insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")));
    answer
}

/// The same for a file that is packed already.
fn packed(kind: &'static str, name: &str) -> HttpResponseBuilder {
    let mut answer = attachment(kind, name);
    answer.insert_header(("Content-Encoding", "identity"));
    answer
}

/// Records, a line each.
pub fn lines(export: Export, name: &str) -> HttpResponse {
    let steps = stream::try_unfold(export, |mut export| async move {
        let Some(pieces) = export.next().await? else { return Ok::<_, Error>(None) };
        let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.bytes).collect();
        Ok(Some((Bytes::from(bytes), export)))
    });
    attachment("application/x-ndjson", name).streaming(steps)
}

/// Records, a file each in a ZIP folder.
pub fn folder(export: Export, name: &str) -> HttpResponse {
    let written = Shared::default();
    let zip = ZipWriter::new_stream(written.clone());
    let steps = stream::try_unfold(Some((export, zip, written)), |state| async move {
        let Some((mut export, zip, written)) = state else { return Ok::<_, Error>(None) };
        let pieces = export.next().await?;
        let is_last = pieces.is_none();
        // Packing takes the processor, so it is done where that holds up nobody.
        let zip = tokio::task::spawn_blocking(move || match pieces {
            Some(pieces) => added(zip, pieces).map(Some),
            None => zip.finish().map(|_| None),
        });
        let failed =
            |error: &dyn std::fmt::Display| Error::Defect(format!("a ZIP folder could not be written: {error}"));
        let zip = zip.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let bytes = Bytes::from(written.take());
        Ok(Some((bytes, zip.filter(|_| !is_last).map(|zip| (export, zip, written)))))
    });
    packed("application/zip", name).streaming(steps)
}

type Zip = ZipWriter<StreamWriter<Shared>>;

/// Every file has the same time: twice without a change gives the same bytes.
fn added(mut zip: Zip, pieces: Vec<Piece>) -> zip::result::ZipResult<Zip> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o600);
    for piece in pieces {
        zip.start_file(piece.name, options)?;
        zip.write_all(&piece.bytes)?;
    }
    Ok(zip)
}

/// A writer whose bytes somebody else takes away.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;
/// How long a reader may take nothing. A backup holds its instant open, and with that everything written since.
const PATIENCE: Duration = Duration::from_secs(60);

/// A backup, begun by somebody under an id of the audit trail. `turn` is given back when it is done.
pub fn backup(state: Data<State>, turn: OwnedSemaphorePermit, begun: (Actor, String), name: &str) -> HttpResponse {
    let (sender, mut chunks) = mpsc::channel::<Result<Bytes, Error>>(2);
    actix_web::rt::spawn(async move {
        let (db, key, out) = (&state.db, state.key_fingerprint.clone(), sender.clone());
        let written = db.snapshot(move |conn| {
            let mut out = Sent { sender: out, runtime: Handle::current(), waiting: Vec::with_capacity(CHUNK) };
            backup::write(conn, Some(key), &mut out, &mut |_| {})
        });
        if let Err(refusal) = written.await {
            tracing::warn!(%refusal, "a backup did not come to its end");
            let (by, id) = begun;
            if let Err(error) = backup::failed(db, by, id).await {
                tracing::error!(%error, "the audit trail does not say so");
            }
            let _gone = sender.send(Err(refusal.into())).await;
        }
        drop(turn);
    });
    let chunks = stream::poll_fn(move |context| chunks.poll_recv(context));
    packed("application/octet-stream", name).streaming(chunks)
}

/// Writes into an answer that is being sent; waits for its reader, though not for ever.
struct Sent {
    sender: mpsc::Sender<Result<Bytes, Error>>,
    runtime: Handle,
    waiting: Vec<u8>,
}

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK)));
        match self.runtime.block_on(tokio::time::timeout(PATIENCE, self.sender.send(Ok(chunk)))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::other("the reader has gone away")),
            Err(_) => Err(io::Error::other("the reader took nothing for a minute")),
        }
    }
}
