//! The log: to standard error, as text or as JSON lines. A log that cannot be written ends nothing.

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::Config;

/// Begins logging. Commands that run for long tell what they do; the others only what goes wrong.
pub fn begin(config: &Config, talkative: bool) {
    let filter = EnvFilter::new(if talkative { "info" } else { "warn" });
    // The subscriber would report its own failures to the same place that just failed, and panic.
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).log_internal_errors(false);
    // A second beginning, as in tests, keeps the first.
    let _begun = if config.log_json { lines.json().try_init() } else { lines.try_init() };
}
