//! `worker`: queued work without pages.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    cli::{Failure, opened, running},
    config::Config,
    jobs::{self, Work},
};

/// Runs the queue's loops until told to stop.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let post = running::post(config)?.map(Arc::new);
    let db = opened::existing(config).await?;
    let (portal, _) = opened::portal(config, &db).await?;
    if post.is_none() {
        tracing::warn!("without TESTAMUR_SMTP_URL mail stays in the outbox");
    }
    let (stop, told) = watch::channel(false);
    let loops = jobs::start(&Work { db, portal, post }, config.workers.max(1), &told);
    tracing::info!("working");
    running::told_to_stop().await?;
    stop.send_replace(true);
    running::ended(loops).await;
    Ok(())
}
