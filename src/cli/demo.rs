//! `demo`: a made-up institution in a temporary folder, served at once. The folder goes when the program ends.

mod folder;
mod told;

use std::{net::SocketAddr, time::Duration};

use clap::Args;

use self::folder::Folder;
use super::{Failure, healthcheck, running, say, serve};
use crate::{
    config::Config,
    db::{Address, Db},
    registrar::{
        Portal,
        deliver::Post,
        demonstration::{self, Told},
        keys::Keyring,
    },
    sign::MasterKey,
    web,
};

/// How the demonstration is opened.
#[derive(Debug, Args)]
pub struct Options {
    /// The address to listen on, 127.0.0.1:8080 without it; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    bind: Option<SocketAddr>,
    /// Print one line of JSON that tells what there is, as soon as the portal answers
    #[arg(long)]
    json: bool,
}

/// `127.0.0.1:8080`, or `:8080` for this machine alone.
fn address(raw: &str) -> Result<SocketAddr, String> {
    let whole = if raw.starts_with(':') { format!("127.0.0.1{raw}") } else { raw.to_owned() };
    whole.parse().map_err(|_| "it must be an address and a port, such as 127.0.0.1:8080 or :0".to_owned())
}

/// Makes the institution, serves it, says what to open, and waits to be told to stop.
pub async fn run(mut config: Config, options: Options) -> Result<(), Failure> {
    config.bind = options.bind.unwrap_or(config.bind);
    let listener = running::listen(&mut config)?;
    let folder = Folder::make()?;
    config.database = Address::Sqlite(folder.path().join("testamur.db"));
    config.master_key_file = folder.path().join("testamur.key");
    let key = MasterKey::load_or_create(&config.master_key_file)?;
    let portal = Portal::new(config.base_url.clone(), Keyring::of(&key));
    let (db, told) = institution(&config, &portal).await?;
    // Whatever the settings say, nothing leaves this machine.
    let post = running::post(&config)?.filter(Post::is_local);

    let state = web::State::new(db, config.clone(), &key, portal);
    let opened = async {
        answers(config.bind).await?;
        say(&if options.json { told::as_json(&config, &told)? } else { told::in_words(&config, &told) });
        Ok(())
    };
    serve::until_told_to_stop(state, listener, post, opened).await
}

async fn institution(config: &Config, portal: &Portal) -> Result<(Db, Told), Failure> {
    let passwords = tokio::spawn(demonstration::passwords());
    let db = Db::open(&config.database)?;
    db.migrate().await?;
    let passwords = passwords.await.map_err(|error| Failure::refused(error.to_string()))??;
    let told = demonstration::fill(&db, portal, passwords).await?;
    Ok((db, told))
}

/// Waits until the portal is ready.
async fn answers(bind: SocketAddr) -> Result<(), Failure> {
    for _ in 0..100 {
        let asked = tokio::task::spawn_blocking(move || healthcheck::ask(bind)).await;
        if matches!(asked, Ok(Ok(200))) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Failure::refused("the demonstration did not become ready"))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_port_alone_is_this_machine() {
        assert_eq!(address(":0").unwrap().to_string(), "127.0.0.1:0");
        assert_eq!(address("0.0.0.0:80").unwrap().to_string(), "0.0.0.0:80");
        assert!(address("nowhere").is_err());
    }
}
