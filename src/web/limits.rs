//! Who asked too often (`contract.md`, Limits).
//!
//! Sign-in: ten attempts a minute for an address. Validation: an address may miss ten times a minute after twenty at
//! once; fifty misses a second overall. An address over its limit is refused before any look-up; over the overall
//! ceiling only addresses with a miss in the last minute are. A code that is found costs nothing. A share's link is looked
//! up within the same limits, and opened twice a second after 120 at once: each opening is written down.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Mutex,
    time::{Duration, Instant},
};

use actix_web::HttpRequest;
use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use super::{State, error::Error};

const fn count(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// The limiters of a portal.
pub struct Limits {
    sign_in: DefaultKeyedRateLimiter<IpAddr>,
    wrong: Mutex<HashMap<(String, Option<IpAddr>), Wrong>>,
    verifications: DefaultKeyedRateLimiter<IpAddr>,
    openings: DefaultKeyedRateLimiter<IpAddr>,
    misses: Mutex<HashMap<IpAddr, Bucket>>,
    misses_overall: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

/// Misses of one address: what is left of its twenty, refilled at ten a minute.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
    missed_at: Instant,
}

/// Wrong passwords in a row for an account.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    until: Instant,
}

impl Wrong {
    /// Seconds to wait after so many: none for the first two, then 1, 2, 4 … up to the most.
    fn seconds(count: u32, most: u64) -> u64 {
        if count < 3 { 0 } else { (1_u64 << (count - 3).min(10)).min(most) }
    }
}

/// The most seconds that one network waits for an account it has guessed at …
const MOST_FOR_A_NETWORK: u64 = 900;
/// … and that anybody else waits for the same account, so that nobody can keep a colleague out.
const MOST_FOR_ANYBODY: u64 = 4;

const AT_ONCE: f64 = 20.0;
const A_MINUTE: f64 = 10.0;
const MINUTE: Duration = Duration::from_secs(60);

impl Limits {
    /// Fresh limiters.
    pub fn new() -> Self {
        Self {
            sign_in: RateLimiter::keyed(Quota::per_minute(count(10))),
            wrong: Mutex::new(HashMap::new()),
            verifications: RateLimiter::keyed(Quota::per_minute(count(120))),
            openings: RateLimiter::keyed(Quota::per_minute(count(120))),
            misses: Mutex::new(HashMap::new()),
            misses_overall: RateLimiter::direct(Quota::per_second(count(50))),
            clock: DefaultClock::default(),
        }
    }

    /// Counts an attempt to sign in.
    pub fn sign_in(&self, address: IpAddr) -> Result<(), Error> {
        self.counted(&self.sign_in, address)
    }

    /// Counts a document that is handed in to be verified: two a second for an address, after a minute's worth at once.
    pub fn verification(&self, address: IpAddr) -> Result<(), Error> {
        self.counted(&self.verifications, address)
    }

    /// Counts an opening of a share, in whatever form: two a second for an address, after a minute's worth at once.
    pub fn opening(&self, address: IpAddr) -> Result<(), Error> {
        self.counted(&self.openings, address)
    }

    fn counted(&self, limiter: &DefaultKeyedRateLimiter<IpAddr>, address: IpAddr) -> Result<(), Error> {
        limiter.check_key(&network(address)).map_err(|wait| {
            let seconds = wait.wait_time_from(self.clock.now()).as_secs() + 1;
            Error::TooMany(seconds)
        })?;
        if limiter.len() > 10_000 {
            limiter.retain_recent();
        }
        Ok(())
    }

    /// Counts an attempt for an account before its password is looked at, so that many at once are counted as well.
    /// Whether there is such an account makes no difference. A right password takes it back: [`Limits::right_password`].
    pub fn attempt(&self, account: &str, address: IpAddr) -> Result<(), Error> {
        let Ok(mut wrong) = self.wrong.lock() else { return Ok(()) };
        let now = Instant::now();
        if wrong.len() > 50_000 {
            wrong.retain(|_, one| now < one.until + Duration::from_secs(MOST_FOR_A_NETWORK));
        }
        let keys = [
            ((account.to_lowercase(), Some(network(address))), MOST_FOR_A_NETWORK),
            ((account.to_lowercase(), None), MOST_FOR_ANYBODY),
        ];
        if let Some(until) =
            keys.iter().filter_map(|(key, _)| wrong.get(key)).map(|one| one.until).filter(|at| *at > now).max()
        {
            return Err(Error::TooMany((until - now).as_secs() + 1));
        }
        for (key, most) in keys {
            let one = wrong.entry(key).or_insert(Wrong { count: 0, until: now });
            one.count = one.count.saturating_add(1);
            one.until = now + Duration::from_secs(Wrong::seconds(one.count, most));
        }
        Ok(())
    }

    /// Forgets the attempts of this network for an account, and of everybody.
    pub fn right_password(&self, account: &str, address: IpAddr) {
        if let Ok(mut wrong) = self.wrong.lock() {
            wrong.remove(&(account.to_lowercase(), Some(network(address))));
            wrong.remove(&(account.to_lowercase(), None));
        }
    }

    /// Refuses an address that has missed too often, before anything is looked up for it.
    pub fn before_lookup(&self, address: IpAddr) -> Result<(), Error> {
        let Ok(mut misses) = self.misses.lock() else { return Ok(()) };
        match misses.get_mut(&network(address)) {
            None => Ok(()),
            Some(bucket) => {
                bucket.refill();
                if bucket.left >= 1.0 { Ok(()) } else { Err(Error::TooMany(bucket.seconds_until_one())) }
            }
        }
    }

    /// Counts a miss. Over the overall ceiling, an address that missed in the last minute is refused.
    pub fn missed(&self, address: IpAddr) -> Result<(), Error> {
        let Ok(mut misses) = self.misses.lock() else { return Ok(()) };
        let now = Instant::now();
        if misses.len() > 50_000 {
            misses.retain(|_, bucket| now - bucket.missed_at < 3 * MINUTE);
        }
        let new = Bucket { left: AT_ONCE, at: now, missed_at: now };
        let before = misses.get(&network(address)).map(|bucket| bucket.missed_at);
        let bucket = misses.entry(network(address)).or_insert(new);
        bucket.refill();
        bucket.left -= 1.0;
        bucket.missed_at = now;
        let over_all = self.misses_overall.check().is_err();
        if over_all && before.is_some_and(|at| now - at < MINUTE) { Err(Error::TooMany(2)) } else { Ok(()) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Bucket {
    fn refill(&mut self) {
        let now = Instant::now();
        self.left = (self.left + (now - self.at).as_secs_f64() * A_MINUTE / 60.0).min(AT_ONCE);
        self.at = now;
    }

    fn seconds_until_one(self) -> u64 {
        ((1.0 - self.left) * 60.0 / A_MINUTE).ceil().max(1.0) as u64
    }
}

/// One household or office: a whole address of IPv4, a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        },
        v4 => v4,
    }
}

/// The visitor's address: the peer's, or what a trusted proxy says of it (its last entry that is no proxy itself).
pub fn address(request: &HttpRequest, state: &State) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let trusted = &state.config.trusted_proxies;
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_miss_twenty_times_at_once() {
        let limits = Limits::new();
        let address = IpAddr::from([203, 0, 113, 7]);
        for _ in 0..20 {
            limits.before_lookup(address).unwrap();
            limits.missed(address).unwrap();
        }
        assert!(matches!(limits.before_lookup(address), Err(Error::TooMany(seconds)) if (1..=6).contains(&seconds)));
        assert!(limits.before_lookup(IpAddr::from([203, 0, 113, 8])).is_ok());
    }

    #[test]
    fn an_address_opens_shares_120_times_at_once() {
        let limits = Limits::new();
        let address = IpAddr::from([203, 0, 113, 7]);
        let opened = (0..1000).take_while(|_| limits.opening(address).is_ok()).count();
        assert!((120..200).contains(&opened), "{opened}");
        assert!(limits.opening(IpAddr::from([203, 0, 113, 8])).is_ok());
    }

    #[test]
    fn guessing_at_an_account_slows_the_guesser_down_and_hardly_anybody_else() {
        let limits = Limits::new();
        let (guesser, owner) = (IpAddr::from([203, 0, 113, 7]), IpAddr::from([198, 51, 100, 1]));
        for _ in 0..3 {
            limits.attempt("dana@iu.example", guesser).unwrap();
        }
        assert!(matches!(limits.attempt("Dana@iu.example", guesser), Err(Error::TooMany(1))));
        for count in 0..100 {
            assert!(Wrong::seconds(count, MOST_FOR_A_NETWORK) <= 900);
        }
        assert_eq!((Wrong::seconds(12, MOST_FOR_A_NETWORK), Wrong::seconds(40, MOST_FOR_ANYBODY)), (512, 4));
        assert!(limits.attempt("somebody.else@iu.example", owner).is_ok());
        limits.right_password("dana@iu.example", guesser);
        assert!(limits.attempt("dana@iu.example", guesser).is_ok());
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let limits = Limits::new();
        for host in 0..20 {
            limits.missed(format!("2001:db8::{host}").parse().unwrap()).unwrap();
        }
        assert!(limits.before_lookup("2001:db8::ffff".parse().unwrap()).is_err());
        assert!(limits.before_lookup("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }
}
