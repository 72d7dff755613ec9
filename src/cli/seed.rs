//! `seed`: fills an empty database for trials and measurements.

use std::{
    io::{IsTerminal, Write},
    time::Instant,
};

use clap::Args;

use super::{Failure, opened, say, tell};
use crate::{
    config::Config,
    registrar::seed::{self, Size},
};

/// How much data.
#[derive(Debug, Args)]
pub struct Options {
    /// How many learners
    #[arg(long, value_name = "NUMBER")]
    learners: usize,
    /// How many awards among them, all issued
    #[arg(long, value_name = "NUMBER")]
    awards: usize,
    /// Leave the signatures out, which is faster
    #[arg(long)]
    unsigned: bool,
    /// Queue a mail to the learner for each award
    #[arg(long)]
    notify: bool,
}

/// Fills it.
pub async fn run(config: &Config, options: Options) -> Result<(), Failure> {
    let Options { learners, awards, unsigned, notify } = options;
    if learners == 0 && awards > 0 {
        return Err(Failure::Usage("awards need learners; give --learners a number above 0".to_owned()));
    }
    let (db, _) = opened::migrated(config).await?;
    let portal = opened::portal(config, &db).await?.0;
    let mut progress = Progress::new(awards);
    seed::seed(&db, &portal, Size { learners, awards, notify, signed: !unsigned }, |_, done| progress.show(done))
        .await?;
    progress.end();
    let seconds = progress.began.elapsed().as_secs_f64();
    let rate = (awards as f64 / seconds.max(0.001)).round();
    say(&format!("Seeded {learners} learners and {awards} awards in {seconds:.1} seconds, {rate} awards a second."));
    Ok(())
}

/// A bar on a terminal; elsewhere a line at every tenth.
struct Progress {
    began: Instant,
    whole: usize,
    told: usize,
    terminal: bool,
}

impl Progress {
    fn new(whole: usize) -> Self {
        Self { began: Instant::now(), whole: whole.max(1), told: 0, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, done: usize) {
        let percent = done * 100 / self.whole;
        if percent <= self.told && done > 0 {
            return;
        }
        if self.terminal {
            self.told = percent;
            let bar = "#".repeat(percent / 4);
            let _gone = write!(std::io::stderr(), "\r[{bar:<25}] {percent:>3} % of {} awards", self.whole);
        } else if percent / 10 > self.told / 10 {
            self.told = percent;
            tell(&format!("{done} of {} awards", self.whole));
        }
    }

    fn end(&self) {
        if self.terminal {
            tell("");
        }
    }
}
