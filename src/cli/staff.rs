//! `staff`: accounts, from the machine the portal runs on. This is how the first administrator comes in.

use clap::Subcommand;

use super::{Failure, opened, say};
use crate::{
    config::Config,
    models::{Actor, profile, staff},
    registrar::{
        Portal, Refusal,
        staff_account::{self, NewAccount, SET_UP_HOURS},
    },
    values::{Email, Name, Role},
};

/// What is done about accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an account and print a link that sets its password, once
    Add {
        /// The e-mail address, which is also the account's name
        #[arg(long, value_parser = Email::parse)]
        email: Email,
        /// The person's name
        #[arg(long, value_parser = Name::parse)]
        name: Name,
        /// administrator, registrar, issuer, host or auditor
        #[arg(long, value_parser = role)]
        role: Role,
        /// The office an issuer or host works for: its name, its id here or its profile id
        #[arg(long, required_if_eq_any([("role", "issuer"), ("role", "host")]))]
        office: Option<String>,
    },
    /// List the accounts
    List,
    /// Switch an account off; whoever uses it is signed out at once
    Disable {
        /// The account's e-mail address
        #[arg(value_parser = Email::parse)]
        email: Email,
    },
}

fn role(raw: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.iter().map(Role::as_str).collect();
    Role::parse(raw).map_err(|_| format!("a role is one of {}", names.join(", ")))
}

/// Does it.
pub async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add { email, name, role, office } => add(config, email, name, role, office).await,
        Command::List => list(config).await,
        Command::Disable { email } => disable(config, email).await,
    }
}

async fn add(config: &Config, email: Email, name: Name, role: Role, office: Option<String>) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let portal = Portal::without_keys(config.base_url.clone());
    let (account, link) = db
        .write(move |conn| {
            let office = match office.as_deref().filter(|_| role.needs_office()) {
                Some(named) => Some(profile::organization_named(conn, named)?.ok_or_else(|| {
                    Refusal::conflict(format!("there is no organisation {named:?}; record its profile first"))
                })?),
                None => None,
            };
            let (email, name) = (email.clone(), name.clone());
            let new = NewAccount { email, name, role, office: office.map(|office| office.id), notify: false };
            staff_account::add(conn, &new, &portal, &Actor::command("staff add"))
        })
        .await?;
    say(&format!(
        "Added {} as {}. This link sets the password; it works once, for {SET_UP_HOURS} hours:",
        account.email, account.role
    ));
    say(&link);
    Ok(())
}

async fn list(config: &Config) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let (accounts, offices) =
        db.read(|conn| Ok::<_, Refusal>((staff::all(conn)?, profile::organizations(conn)?))).await?;
    if accounts.is_empty() {
        say("There are no accounts yet; `testamur staff add` adds one.");
    }
    for account in accounts {
        let office = offices.iter().find(|office| Some(&office.id) == account.office_id.as_ref());
        let office = office.map(|office| format!(", {}", office.name)).unwrap_or_default();
        let state = match (&account.disabled_at, &account.password_hash) {
            (Some(since), _) => format!("disabled since {}", since.date()),
            (None, None) => "waits for its password to be set".to_owned(),
            (None, Some(_)) => "active".to_owned(),
        };
        say(&format!("{}  {}  {}{office}  {state}", account.email, account.name, account.role));
    }
    Ok(())
}

async fn disable(config: &Config, email: Email) -> Result<(), Failure> {
    let db = opened::existing(config).await?;
    let wanted = email.clone();
    db.write(move |conn| {
        let account = staff::by_email(conn, &wanted)?
            .ok_or_else(|| Refusal::conflict(format!("there is no account for {wanted}")))?;
        staff_account::disable(conn, &account, &Actor::command("staff disable"))
    })
    .await?;
    say(&format!("{email} can no longer sign in."));
    Ok(())
}
