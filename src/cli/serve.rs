//! `serve`: the portal.

pub mod worker;

use std::{net::TcpListener, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{Failure, opened, running, tell};
use crate::{
    config::Config,
    jobs::{self, Work},
    models::staff,
    registrar::{Refusal, deliver::Post},
    web,
};

/// The longest that stopping may take; whoever told us to stop waits ten seconds.
const STOPPING: Duration = Duration::from_secs(9);

/// Brings the database up to date, then serves until told to stop.
pub async fn run(mut config: Config) -> Result<(), Failure> {
    let post = running::post(&config)?;
    let (db, done) = opened::migrated(&config).await?;
    opened::refuse_read_only(&config, &db).await?;
    if done > 0 {
        tracing::info!(migrations = done, "the database was brought up to date");
    }
    let (portal, key) = opened::portal(&config, &db).await?;
    if db.read(|conn| staff::all(conn).map_err(Refusal::from)).await?.is_empty() {
        tell(
            "Nobody can sign in yet. Add the first administrator with: \
             testamur staff add --role administrator --email ADDRESS --name NAME",
        );
    }
    let listener = running::listen(&mut config)?;
    tracing::info!("listening on http://{}, open {}", config.bind, config.base_url);
    until_told_to_stop(web::State::new(db, config, &key, portal), listener, post, async { Ok(()) }).await
}

/// Serves pages and runs queued work until SIGTERM or SIGINT. Then no new request is taken, and those under way are
/// answered. `opened` runs as soon as the server has started; its failure ends it.
pub async fn until_told_to_stop(
    state: Arc<web::State>,
    listener: TcpListener,
    post: Option<Post>,
    opened: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let (stop, told) = watch::channel(false);
    let work = Work { db: state.db.clone(), portal: state.portal.clone(), post: post.map(Arc::new) };
    let loops = jobs::start(&work, state.config.workers, &told);
    let server = web::server(state, listener)?;
    let handle = server.handle();
    let mut server = tokio::spawn(server);
    opened.await?;
    tokio::select! {
        told = running::told_to_stop() => told?,
        ended = &mut server => return Err(Failure::refused(format!("the server ended by itself: {ended:?}"))),
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    let everything = async {
        handle.stop(true).await;
        running::ended(loops).await;
    };
    if tokio::time::timeout(STOPPING, everything).await.is_err() {
        tracing::warn!("some requests were cut off: they took too long");
    }
    tracing::info!("stopped");
    Ok(())
}
