//! What the commands that run for long have in common: where to listen, how mail leaves, when to stop.

use std::net::TcpListener;

use tokio::task::JoinHandle;

use super::Failure;
use crate::{
    config::Config,
    registrar::{Portal, deliver::Post},
};

/// Listens where the settings say. A port of 0 picks one, and the public address then follows, if none was given.
pub fn listen(config: &mut Config) -> Result<TcpListener, Failure> {
    let refused = |error| Failure::refused(format!("TESTAMUR_BIND {} cannot be listened on: {error}", config.bind));
    let listener = TcpListener::bind(config.bind).map_err(refused)?;
    config.bind = listener.local_addr()?;
    if !is_given(config, "BASE_URL") {
        config.base_url = format!("http://{}", config.bind);
    }
    Ok(listener)
}

/// Whether a setting has a value of its own.
fn is_given(config: &Config, name: &str) -> bool {
    config.sources.iter().any(|one| one.name == name && !one.value.is_empty())
}

/// How mail leaves by the settings; none where they are silent.
pub fn post(config: &Config) -> Result<Option<Post>, Failure> {
    let Some(url) = &config.smtp_url else { return Ok(None) };
    let portal = Portal::without_keys(config.base_url.clone());
    let post = Post::new(url, config.mail_from.as_deref(), &portal);
    post.map(Some).map_err(|wrong| Failure::Usage(format!("TESTAMUR_SMTP_URL {wrong}")))
}

/// Waits until all loops have ended.
pub async fn ended(jobs: Vec<JoinHandle<()>>) {
    for job in jobs {
        if let Err(error) = job.await {
            tracing::error!(%error, "a loop of the queue ended badly");
        }
    }
}

/// Waits for the signal to stop: SIGTERM or SIGINT.
pub async fn told_to_stop() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}
