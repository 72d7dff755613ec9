//! The queue's loop. It looks every few seconds for work whose time has come and hands it to a verb; what fails is
//! written down and tried again, and nothing that fails ends the loop. Several programs may run it on one database: each
//! piece of work is claimed first.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle, time::Instant};

use crate::{
    db::Db,
    registrar::{
        Portal, confer,
        deliver::{self, Post},
        evaluate, keys, trail,
    },
};

/// How long the loop rests when nothing is waiting.
const REST: Duration = Duration::from_secs(2);
/// How long it rests after the database or something else failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How often it is looked whether the audit trail is to be signed for.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(60);
/// How long a delivery under way may go on after the program was told to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// What queued work needs. Without a post mail stays in the outbox, where staff see it.
#[derive(Clone)]
pub struct Work {
    /// The database.
    pub db: Db,
    /// What keys are made with.
    pub portal: Portal,
    /// How mail leaves.
    pub post: Option<Arc<Post>>,
}

/// Starts so many loops. They end when `stop` becomes true or its sender is gone.
pub fn start(work: &Work, loops: usize, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    (0..loops).map(|_| tokio::spawn(until_stopped(work.clone(), stop.clone()))).collect()
}

async fn until_stopped(work: Work, mut stop: watch::Receiver<bool>) {
    if let Err(error) = keys::make_older_ready(&work.db, &work.portal).await {
        tracing::warn!(%error, "the keys that older awards need could not be made");
    }
    let mut next_checkpoint = Instant::now();
    while !*stop.borrow() {
        let rest = tokio::select! {
            rest = round(&work, &mut next_checkpoint) => rest,
            () = patience_after(stop.clone()) => return,
        };
        // A failure to hear is the sender's end, which means the same.
        let stopped = tokio::time::timeout(rest, stop.changed()).await;
        if matches!(stopped, Ok(Err(_))) {
            return;
        }
    }
}

/// Waits until the program was told to stop, and then as long as a delivery may still take.
async fn patience_after(mut stop: watch::Receiver<bool>) {
    let _told = stop.wait_for(|stopped| *stopped).await.is_ok();
    tokio::time::sleep(PATIENCE).await;
}

/// Does what is due, and says how long to rest.
async fn round(work: &Work, next_checkpoint: &mut Instant) -> Duration {
    if let Err(error) = keys::make_signers_ready(&work.db, &work.portal).await {
        tracing::warn!(%error, "a signing key could not be made ready");
    }
    if Instant::now() >= *next_checkpoint {
        *next_checkpoint = Instant::now() + BETWEEN_CHECKPOINTS;
        match trail::daily(&work.db, &work.portal).await {
            Ok(Some(made)) => tracing::info!(seq = made.seq, "the audit trail was signed for"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the audit trail could not be signed for"),
        }
    }
    let counted = count_and_confer(work).await;
    let delivered = deliver_mail(work).await;
    // Work that waits goes on at once; otherwise whatever failed gets its longer rest.
    if counted.is_zero() || delivered.is_zero() { Duration::ZERO } else { counted.max(delivered) }
}

/// Looks again at whoever's progress changed, and issues what was approved.
async fn count_and_confer(work: &Work) -> Duration {
    let mut rest = REST;
    if let Err(error) = evaluate::whole(&work.db).await {
        tracing::warn!(%error, "the progress of learners could not be counted");
        rest = REST_AFTER_FAILURE;
    }
    match evaluate::marked(&work.db).await {
        Ok(0) => {}
        Ok(_) => rest = Duration::ZERO,
        Err(error) => {
            tracing::warn!(%error, "the progress of learners could not be counted again");
            rest = REST_AFTER_FAILURE;
        }
    }
    match confer::due(&work.db, &work.portal).await {
        Ok(0) => {}
        Ok(settled) => tracing::info!(settled, "awards were conferred"),
        Err(error) => {
            tracing::warn!(%error, "an approved conferral could not be issued");
            rest = REST_AFTER_FAILURE;
        }
    }
    rest
}

/// Hands over the mail that is due.
async fn deliver_mail(work: &Work) -> Duration {
    let Some(post) = &work.post else { return REST };
    match deliver::due(&work.db, post).await {
        // More may be waiting than one look takes.
        Ok(deliver::Round { looked_at, .. }) if looked_at > 0 => Duration::ZERO,
        Ok(_) => REST,
        Err(error) => {
            tracing::warn!(%error, "queued mail could not be looked at");
            REST_AFTER_FAILURE
        }
    }
}
