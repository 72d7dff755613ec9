//! What other hosts say. Nothing is asked but what an administrator allowed (`TESTAMUR_FETCH_ALLOW`), and every address is
//! looked at before anybody connects to it (trust: A4). Verifying asks for what it lacks; whoever runs it fetches that and
//! verifies again, so that nothing is fetched while a connection to the database is held.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use serde_json::Value;

use super::report::{NotHeld, unknown};

/// The most addresses that are fetched for one document.
pub const MOST_FETCHES: usize = 10;

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These bytes.
    Content(Vec<u8>),
    /// What lay there was taken away on purpose (410).
    Gone,
    /// Nothing that could be used, whatever the reason.
    Nothing,
}

/// What was fetched, and what is still wanted.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    allowed: BTreeSet<String>,
    answers: BTreeMap<String, Answer>,
    wanted: BTreeSet<String>,
}

/// What lies at the own address of something that is hosted there.
pub enum Hosted {
    /// This.
    Lies(Value),
    /// It was taken away, which is how a host revokes.
    Gone,
}

impl Outside {
    /// These hosts may be asked.
    pub fn allowing(hosts: &[String]) -> Self {
        Self { allowed: hosts.iter().map(|host| host.to_ascii_lowercase()).collect(), ..Self::default() }
    }

    /// Whether this address may be asked, as far as an administrator has a say in it.
    pub fn may_ask(&self, address: &str) -> bool {
        host(address).is_some_and(|host| self.allowed.contains(&host))
    }

    /// The JSON at an address, where it may be asked for and answered.
    pub fn json(&mut self, address: &str) -> Result<Value, NotHeld> {
        match self.hosted(address)? {
            Hosted::Lies(value) => Ok(value),
            Hosted::Gone => unknown(no_answer(&host(address).unwrap_or_default())),
        }
    }

    /// The same for what is the truth about itself where it lies.
    pub fn hosted(&mut self, address: &str) -> Result<Hosted, NotHeld> {
        let Some(host) = host(address) else {
            return unknown(
                "It names an address that no portal may ask: only https addresses of named hosts may be asked.",
            );
        };
        if !self.allowed.contains(&host) {
            return unknown(format!("{host} was not asked: this portal asks only where its administrator allowed it."));
        }
        match self.answers.get(address) {
            Some(Answer::Content(content)) => match serde_json::from_slice(content) {
                Ok(value) => Ok(Hosted::Lies(value)),
                Err(_) => unknown(format!("What {host} answered could not be understood.")),
            },
            Some(Answer::Gone) => Ok(Hosted::Gone),
            // Refused, closed and too late look the same: this is no way to look into a network.
            Some(Answer::Nothing) => unknown(no_answer(&host)),
            None if self.answers.len() + self.wanted.len() >= MOST_FETCHES => {
                unknown(format!("{host} was not asked: the document names too many addresses."))
            }
            None => {
                self.wanted.insert(address.to_owned());
                unknown(format!("{host} was not asked yet."))
            }
        }
    }

    /// What has to be fetched before verifying again; what is taken counts as asked.
    pub fn take_wanted(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wanted).into_iter().collect()
    }

    /// What an address answered.
    pub fn answered(&mut self, address: String, answer: Answer) {
        self.answers.insert(address, answer);
    }
}

fn no_answer(host: &str) -> String {
    format!("{host} gave no answer that could be used.")
}

/// The host of an address that may be asked at all: https, the usual port, a name with a dot and no number.
pub fn host(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.strip_suffix(":443").unwrap_or(authority).to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
    };
    let last = host.rsplit('.').next()?;
    let is_name = host.len() <= 253
        && host.contains('.')
        && host.split('.').all(is_label)
        && last.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && !matches!(last, "local" | "localhost" | "internal" | "arpa" | "onion" | "test" | "invalid");
    let is_clean = address.bytes().all(|sign| sign > b' ' && sign < 127 && sign != b'\\') && address.len() <= 2000;
    (is_name && is_clean).then_some(host)
}

/// Whether an address of the network is one of the public internet. Everything that is not known to be is not.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    !(first == 0
        || first >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 192 && second == 88 && third == 99)
        || (first == 198 && (18..20).contains(&second)))
}

/// Only 2000::/3 is given out, and of it not what stands for addresses of the older kind or is for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    (first & 0xe000) == 0x2000
        && first != 0x2002
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_asked() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for public in ["8.8.8.8", "93.184.216.34", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn only_https_addresses_of_named_hosts_are_asked() {
        assert_eq!(host("https://Credentials.Example.EDU/a?b"), Some("credentials.example.edu".to_owned()));
        assert_eq!(host("https://example.edu:443/"), Some("example.edu".to_owned()));
        for form in [
            "http://example.edu/",
            "https://example.edu:8443/",
            "https://a@example.edu/",
            "https://a:b@example.edu/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://localhost/",
            "https://a.localhost/",
            "https://metadata.internal/",
            "https://printer.local/",
            "file:///etc/passwd",
            "gopher://example.edu/",
            "ftp://example.edu/",
            "//example.edu/",
            "https:example.edu",
            "https://exa mple.edu/",
            "https://example.edu\\@x/",
            "https://example.edu%2f@x/",
            "https://",
            "https:///a",
            "https://.edu/",
            "https://example.edu\n/",
            "https://１２７.0.0.1/",
            "HTTPS://example.edu/",
            "data:application/json,{}",
            "jar:https://example.edu/!/",
            "",
        ] {
            assert_eq!(host(form), None, "{form}");
        }
    }

    #[test]
    fn a_document_names_ten_addresses_at_most_and_only_of_hosts_that_are_allowed() {
        let mut outside = Outside::allowing(&["example.edu".to_owned()]);
        (0..30).for_each(|at| assert!(outside.json(&format!("https://example.edu/{at}")).is_err()));
        assert_eq!(outside.take_wanted().len(), MOST_FETCHES);
        assert!(
            matches!(outside.json("https://other.edu/"), Err(NotHeld::Unknown(why)) if why.contains("was not asked"))
        );
    }
}
