//! Fetching from hosts that an administrator allowed: https, one GET, no redirect, no cookie, no proxy, five seconds, one
//! megabyte. A name is looked up once, every address it stands for must be public, and the connection goes to one of those
//! addresses: a name that turns out to lead inside leads nowhere.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use tokio::sync::Semaphore;
use ureq::{
    Agent, Error,
    config::Config,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::outside::{Answer, host, is_public};

#[cfg(test)]
pub(super) mod pretend;

const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_BYTES: u64 = 1024 * 1024;
/// Addresses that are fetched at once, by all who verify.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What lies at an address; [`Answer::Nothing`] where it did not answer as it should, whatever the reason.
pub async fn fetch(address: String) -> Answer {
    let Ok(_one) = AT_ONCE.acquire().await else { return Answer::Nothing };
    let asked = tokio::task::spawn_blocking(move || got(&address));
    match tokio::time::timeout(MOST_TIME, asked).await {
        Ok(Ok(Some(answer))) => answer,
        _ => Answer::Nothing,
    }
}

fn got(address: &str) -> Option<Answer> {
    host(address)?;
    let agent = Agent::with_parts(settings(), DefaultConnector::default(), Vetted);
    let mut answer = agent.get(address).call().ok()?;
    match answer.status().as_u16() {
        200 => answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec().ok().map(Answer::Content),
        410 => Some(Answer::Gone),
        _ => None,
    }
}

fn settings() -> Config {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls_native_certs::load_native_certs().certs;
    #[cfg_attr(not(test), expect(unused_mut, reason = "tests trust a certificate of their own"))]
    let mut roots: Vec<_> = roots.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
    #[cfg(test)]
    roots.push(pretend::trusted());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::from(roots.into_iter()))
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Agent::config_builder()
        .https_only(true)
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(MOST_TIME))
        .user_agent("Testamur")
        .accept("application/json, application/ld+json, application/did+json, application/vc")
        .tls_config(tls)
        .build()
}

/// Looks names up, and refuses one that stands for any address that is not public.
#[derive(Debug)]
struct Vetted;

impl Resolver for Vetted {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut vetted = self.empty();
        for address in vetted_addresses(uri).ok_or(Error::HostNotFound)? {
            // Tests run their own hosts: what was vetted above is then connected to a port of this machine.
            #[cfg(test)]
            let address = pretend::reached(address);
            vetted.push(address);
        }
        Ok(vetted)
    }
}

/// What a name stands for, where all of it is public.
fn vetted_addresses(uri: &Uri) -> Option<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = looked_up(uri.host()?)?.into_iter().take(16).collect();
    (!found.is_empty() && found.iter().all(|one| is_public(one.ip()))).then_some(found)
}

/// What a name stands for.
fn looked_up(host: &str) -> Option<Vec<SocketAddr>> {
    #[cfg(test)]
    if let Some(pretended) = pretend::looked_up(host) {
        return Some(pretended);
    }
    Some((host, 443).to_socket_addrs().ok()?.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_leads_nowhere_even_when_it_looks_like_one_of_outside() {
        // On every machine these stand for an address of its own.
        for name in ["localhost", "127.0.0.1", "2130706433", "0x7f.1"] {
            let uri: Uri = format!("https://{name}/").parse().unwrap();
            assert_eq!(vetted_addresses(&uri), None, "{name}");
        }
        assert_eq!(fetch("http://example.edu/".to_owned()).await, Answer::Nothing);
        assert_eq!(fetch("https://localhost/".to_owned()).await, Answer::Nothing);
    }
}
