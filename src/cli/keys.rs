//! `keys`: the signing keys, from the machine the portal runs on.

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, opened, say};
use crate::{
    clock,
    config::Config,
    db::{Conn, Db},
    models::{Actor, Profile, SigningKey, profile, signing_key},
    registrar::{Portal, Refusal, correct, keys},
    values::{Id, Line},
};

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the keys, oldest first
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let the next keys sign; the present ones are retired, and what they signed stays valid
    Rotate {
        /// Only the keys of this profile: its name, its id here or its profile id
        #[arg(long)]
        profile: Option<String>,
    },
    /// Retire one key before its turn; another takes its place
    Retire {
        /// The key as `keys list` names it, or as proofs name it
        id: String,
    },
    /// Mark a key as compromised: what it signed since then is no longer believed
    Compromised {
        /// The key as `keys list` names it, or as proofs name it
        id: String,
        /// From when on, such as 2026-11-07T00:00:00Z
        #[arg(long, value_name = "TIME", value_parser = instant)]
        since: DateTime<Utc>,
        /// Why, for the audit trail
        #[arg(long, default_value = "Marked on the command line", value_parser = Line::parse)]
        reason: Line,
    },
    /// Issue the awards in force that a compromised key signed again, with the key that signs now
    Reissue {
        /// The key as `keys list` names it, or as proofs name it
        id: String,
        /// What whoever types an earlier code is told
        #[arg(long, default_value = correct::SIGNED_ANEW, value_parser = Line::parse)]
        reason: Line,
    },
}

fn instant(raw: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(raw).map(|at| at.to_utc());
    parsed.map_err(|_| "a time is written like 2026-11-07T00:00:00Z".to_owned())
}

/// Does it.
pub async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    if let Command::List { json } = command {
        return list(&db, &Portal::without_keys(config.base_url.clone()), json).await;
    }
    let (portal, _) = opened::portal(config, &db).await?;
    match command {
        Command::List { .. } => Ok(()),
        Command::Rotate { profile } => rotate(&db, &portal, profile).await,
        Command::Retire { id } => {
            let key = named(&db, &portal, id).await?;
            keys::retire(&db, &portal, &key.id, &Actor::command("keys retire")).await?;
            say(&format!("{} is retired. What it signed stays valid.", key.fragment()));
            Ok(())
        }
        Command::Compromised { id, since, reason } => {
            let key = named(&db, &portal, id).await?;
            let by = Actor::command("keys compromised");
            let affected = keys::mark_compromised(&db, &portal, &key.id, (since, reason), &by).await?;
            say(&format!(
                "{} is marked as compromised since {}. Signed forms no longer believed: {affected}.",
                key.fragment(),
                shown(since)
            ));
            Ok(())
        }
        Command::Reissue { id, reason } => {
            let key = named(&db, &portal, id).await?;
            let by = Actor::command("keys reissue");
            let why = correct::Why { listed: None, public: reason, internal: None, notify: false };
            let done = correct::sign_anew(&db, &portal, (&key.id, usize::MAX), &why, &by).await?;
            say(&format!("Issued again: {done}. Each earlier code leads to the new one."));
            Ok(())
        }
    }
}

async fn rotate(db: &Db, portal: &Portal, profile: Option<String>) -> Result<(), Failure> {
    let of = db.read(move |conn| profile.map(|named| organization(conn, &named)).transpose()).await?;
    let now = keys::rotate(db, portal, of, &Actor::command("keys rotate")).await?;
    for key in now {
        say(&format!("{} signs now ({}).", keys::key_id(portal, &key)?, key.purpose.shown()));
        if clock::now().naive_utc() - key.created_at < keys::PUBLISHED_FOR {
            say("  It was published less than five minutes ago: somebody with an older copy may not know it yet.");
        }
    }
    Ok(())
}

fn organization(conn: &mut Conn, named: &str) -> Result<Id<Profile>, Refusal> {
    let found = profile::organization_named(conn, named)?;
    found.map(|one| one.id).ok_or_else(|| Refusal::conflict(format!("there is no organisation {named:?}")))
}

/// The key that is meant.
async fn named(db: &Db, portal: &Portal, id: String) -> Result<SigningKey, Failure> {
    let portal = portal.clone();
    let found = db.read(move |conn| keys::named(conn, &portal, &id)).await?;
    Ok(found)
}

async fn list(db: &Db, portal: &Portal, as_json: bool) -> Result<(), Failure> {
    let (all, names) = db
        .read(|conn| {
            let all = signing_key::all(conn)?;
            let names = all.iter().map(|key| profile::find(conn, &key.profile_id).map(|one| one.name.to_string()));
            let names = names.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Refusal>((all, names))
        })
        .await?;
    if as_json {
        let rows = all.iter().zip(&names).map(|(key, name)| row(portal, key, name)).collect::<Result<Vec<_>, _>>()?;
        say(&Value::Array(rows).to_string());
    } else if all.is_empty() {
        say("There are no keys yet; they are made when something is first signed.");
    } else {
        for (key, name) in all.iter().zip(&names) {
            say(&format!("{}  {}  {}  {name}", keys::key_id(portal, key)?, key.purpose.shown(), key.state.as_str()));
        }
    }
    Ok(())
}

fn row(portal: &Portal, key: &SigningKey, name: &str) -> Result<Value, Refusal> {
    let time = |at: Option<chrono::NaiveDateTime>| at.map(|at| shown(at.and_utc()));
    Ok(json!({
        "id": keys::key_id(portal, key)?,
        "number": key.number,
        "url": keys::key_url(portal, key),
        "profile": key.profile_id.as_str(),
        "profile_name": name,
        "purpose": key.purpose.as_str(),
        "algorithm": key.algorithm,
        "state": key.state.as_str(),
        "created": time(Some(key.created_at)),
        "activated": time(key.activated_at),
        "retired": time(key.retired_at),
        "compromised_since": time(key.compromised_since),
    }))
}

fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
