//! Every setting: its name, its default, where its value came from. Read once at the start and passed by value.
//!
//! A setting is an environment variable `TESTAMUR_…`; a `testamur.toml` in the working directory may hold the same in
//! lower case without the prefix. Nobody else reads the environment.

use std::{collections::BTreeMap, net::IpAddr, net::SocketAddr, path::PathBuf};

use crate::db::Address;

/// All settings by name, with their defaults and what they are, as `doctor` lists them.
pub const KNOWN: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "sqlite:testamur.db", "the database: sqlite:PATH or postgres://…"),
    ("BIND", "127.0.0.1:8080", "the address to listen on"),
    ("BASE_URL", "", "the public address: scheme, host and port, without a path"),
    ("MASTER_KEY_FILE", "testamur.key", "the file of the key that wraps private keys"),
    ("SMTP_URL", "", "smtp://, smtps:// or file:DIR; without it mail stays in the outbox"),
    ("MAIL_FROM", "", "the sender of mail"),
    ("TRUSTED_PROXIES", "", "addresses of reverse proxies whose X-Forwarded-For counts, with commas"),
    ("WORKERS", "1", "tasks for queued work in this process; 0 leaves it to `testamur worker`"),
    ("METRICS_BIND", "", "the address of the metrics page; none without it"),
    ("FETCH_ALLOW", "", "hosts that verification of foreign credentials may reach, with commas"),
    ("FONT_DIR", "", "a folder of further fonts, such as CJK; the system's folders by default"),
    ("LOG", "text", "the form of the log: text or json"),
];

/// A setting's value, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// The name without `TESTAMUR_`.
    pub name: &'static str,
    /// The value, as it was given.
    pub value: String,
    /// `environment`, `testamur.toml` or `default`.
    pub source: &'static str,
}

/// The settings of this process.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database.
    pub database: Address,
    /// Where to listen.
    pub bind: SocketAddr,
    /// The public address, without a slash at the end.
    pub base_url: String,
    /// The file of the master key.
    pub master_key_file: PathBuf,
    /// How mail travels; `None` leaves it in the outbox.
    pub smtp_url: Option<String>,
    /// The sender of mail.
    pub mail_from: Option<String>,
    /// Reverse proxies that may speak for a visitor's address.
    pub trusted_proxies: Vec<IpAddr>,
    /// Hosts that verifying what others issued may ask.
    pub fetch_allow: Vec<String>,
    /// Tasks for queued work.
    pub workers: usize,
    /// A folder of further fonts.
    pub font_dir: Option<PathBuf>,
    /// Log lines as JSON.
    pub log_json: bool,
    /// Each setting with its source, for `doctor`.
    pub sources: Vec<Sourced>,
}

/// A wrong setting, as one sentence that names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("TESTAMUR_{name} is {value:?}, but {must}")]
pub struct Wrong {
    name: &'static str,
    value: String,
    must: String,
}

/// What kept the settings from being read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The file is not TOML, or has a name in it that is no setting.
    #[error("testamur.toml: {0}")]
    File(String),
    /// A variable that looks like one of ours is none: most likely a slip.
    #[error("TESTAMUR_{0} is not a setting; `testamur doctor` lists them")]
    Unknown(String),
}

impl Config {
    /// Reads the environment and `testamur.toml`.
    #[allow(clippy::disallowed_methods)] // The one place that may read the environment.
    pub fn read() -> Result<Self, ConfigError> {
        let environment =
            std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix("TESTAMUR_")?.to_owned(), value)));
        let file = match std::fs::read_to_string("testamur.toml") {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ConfigError::File(error.to_string())),
        };
        Self::from(environment.collect(), &file)
    }

    /// From given variables (without prefix) and the text of a file; for tests and the demonstration.
    pub fn from(environment: BTreeMap<String, String>, file: &str) -> Result<Self, ConfigError> {
        let sources = sources(environment, file)?;
        let value =
            |name: &str| sources.iter().find(|one| one.name == name).map(|one| one.value.clone()).unwrap_or_default();
        let wrong = |name: &'static str, must: &str| Wrong { name, value: value(name), must: must.to_owned() };
        let optional = |name: &str| Some(value(name)).filter(|text| !text.is_empty());

        let database = value("DATABASE_URL").parse().map_err(|error: crate::db::AddressError| Wrong {
            name: "DATABASE_URL",
            value: "…".to_owned(),
            must: error.to_string(),
        })?;
        let bind: SocketAddr = value("BIND")
            .parse()
            .map_err(|_| wrong("BIND", "it must be an address and a port, such as 127.0.0.1:8080"))?;
        let base_url = match optional("BASE_URL") {
            Some(url) => checked_base_url(&url)
                .ok_or_else(|| wrong("BASE_URL", "it must be http:// or https:// with a host and nothing after it"))?,
            None if bind.ip().is_loopback() => format!("http://{bind}"),
            None => return Err(wrong("BASE_URL", "it is needed when the portal listens outside loopback").into()),
        };
        let trusted_proxies = addresses(&value("TRUSTED_PROXIES"))
            .ok_or_else(|| wrong("TRUSTED_PROXIES", "it must be IP addresses with commas between them"))?;
        let fetch_allow = hosts(&value("FETCH_ALLOW"))
            .ok_or_else(|| wrong("FETCH_ALLOW", "it must be names of hosts with commas between them"))?;
        let smtp_url = optional("SMTP_URL");
        if let Some(url) = &smtp_url
            && !["smtp://", "smtps://", "file:"].iter().any(|scheme| url.starts_with(scheme))
        {
            return Err(Wrong {
                name: "SMTP_URL",
                value: "…".to_owned(),
                must: "it must begin with smtp://, smtps:// or file:".to_owned(),
            }
            .into());
        }
        let mail_from = optional("MAIL_FROM");
        if let Some(from) = &mail_from
            && from.parse::<lettre::message::Mailbox>().is_err()
        {
            return Err(
                wrong("MAIL_FROM", "it must be an e-mail address, or a name and an address in angle brackets").into()
            );
        }
        let log = value("LOG");
        if !["text", "json"].contains(&log.as_str()) {
            return Err(wrong("LOG", "it must be text or json").into());
        }
        Ok(Self {
            database,
            bind,
            base_url,
            master_key_file: value("MASTER_KEY_FILE").into(),
            smtp_url,
            mail_from,
            trusted_proxies,
            fetch_allow,
            workers: value("WORKERS").parse().map_err(|_| wrong("WORKERS", "it must be a whole number"))?,
            font_dir: optional("FONT_DIR").map(PathBuf::from),
            log_json: log == "json",
            sources,
        })
    }

    /// The folder in which the system keeps what is only needed for a while.
    pub fn temporary_folder() -> PathBuf {
        std::env::temp_dir()
    }

    /// Whether visitors come over TLS, so that cookies are `Secure` and HSTS is sent.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// IP addresses with commas between them; `None` when one is none.
fn addresses(raw: &str) -> Option<Vec<IpAddr>> {
    raw.split(',').map(str::trim).filter(|one| !one.is_empty()).map(|one| one.parse().ok()).collect()
}

/// Names of hosts with commas between them; `None` when one is none.
fn hosts(raw: &str) -> Option<Vec<String>> {
    let is_host = |host: &str| host.chars().all(|sign| sign.is_ascii_alphanumeric() || "-.".contains(sign));
    let hosts = raw.split(',').map(str::trim).filter(|one| !one.is_empty());
    hosts.map(|host| is_host(host).then(|| host.to_ascii_lowercase())).collect()
}

/// Scheme, host and port, without a path; a closing slash is taken off.
fn checked_base_url(raw: &str) -> Option<String> {
    let url = raw.trim().trim_end_matches('/');
    let (scheme, host) = url.split_once("://")?;
    let plain = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    (matches!(scheme, "http" | "https") && plain).then(|| url.to_owned())
}

fn sources(environment: BTreeMap<String, String>, file: &str) -> Result<Vec<Sourced>, ConfigError> {
    let file: toml::Table =
        file.parse().map_err(|error: toml::de::Error| ConfigError::File(error.message().to_owned()))?;
    if let Some(unknown) = file.keys().find(|key| !is_known(&key.to_uppercase())) {
        return Err(ConfigError::File(format!("{unknown} is not a setting; `testamur doctor` lists them")));
    }
    if let Some(unknown) = environment.keys().find(|name| !is_known(name)) {
        return Err(ConfigError::Unknown(unknown.clone()));
    }
    Ok(KNOWN
        .iter()
        .map(|(name, default, _)| {
            let from_file = file.get(&name.to_lowercase()).map(|value| match value {
                toml::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            match (environment.get(*name), from_file) {
                (Some(value), _) => Sourced { name, value: value.clone(), source: "environment" },
                (None, Some(value)) => Sourced { name, value, source: "testamur.toml" },
                (None, None) => Sourced { name, value: (*default).to_owned(), source: "default" },
            }
        })
        .collect())
}

/// Variables of ours that are no settings of the program: `TESTAMUR_BIN` names the binary for the browser tests.
fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, _, _)| *known == name) || name == "BIN" || name.starts_with("OIDC_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Config, String> {
        let environment = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from(environment, "").map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_a_working_portal_on_this_machine() {
        let config = read(&[]).unwrap();
        assert_eq!(config.base_url, "http://127.0.0.1:8080");
        assert!(config.database.is_sqlite());
    }

    #[test]
    fn a_wrong_value_is_a_sentence_that_names_it() {
        for (name, value) in [
            ("DATABASE_URL", "mysql://x"),
            ("BIND", "nowhere"),
            ("BASE_URL", "https://a/b"),
            ("BASE_URL", "ftp://a"),
            ("LOG", "xml"),
            ("SMTP_URL", "imap://x"),
            ("MAIL_FROM", "nobody"),
            ("WORKERS", "some"),
            ("TRUSTED_PROXIES", "proxy"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("TESTAMUR_{name} is ")), "{error}");
        }
        assert!(read(&[("BIND", "0.0.0.0:80")]).unwrap_err().contains("TESTAMUR_BASE_URL"));
        assert!(read(&[("BINDD", "x")]).unwrap_err().contains("TESTAMUR_BINDD is not a setting"));
    }

    #[test]
    fn the_environment_comes_before_the_file() {
        let environment = BTreeMap::from([("LOG".to_owned(), "json".to_owned())]);
        let config = Config::from(environment, "log = \"text\"\nworkers = 3").unwrap();
        assert!(config.log_json);
        assert_eq!(config.workers, 3);
        assert!(Config::from(BTreeMap::new(), "wokers = 3").is_err());
    }
}
