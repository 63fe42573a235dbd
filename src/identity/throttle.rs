//! Slowing down guessers: failed sign-ins are counted by account and by source.
//!
//! The slot is claimed *before* the password is checked, so that a hundred parallel guesses are a hundred guesses. A throttled
//! sign-in gets the same answer after the same work as a wrong password: who guesses does not learn that he is not heard any more.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::clock::{Clock, Timestamp};

/// The window in which attempts are counted.
const WINDOW: Duration = Duration::from_secs(600);

/// Failed sign-ins of one account from one source in [`WINDOW`].
const PER_ACCOUNT_AND_SOURCE: u32 = 10;

/// Failed sign-ins of one account from anywhere in [`WINDOW`]: guessing spread over many sources, yet a stranger cannot lock
/// somebody out with a handful of tries.
const PER_ACCOUNT: u32 = 100;

/// Failed sign-ins from one source in [`WINDOW`]: trying one password on many accounts. An office behind one address stays below it.
const PER_SOURCE: u32 = 60;

/// Most counters that are kept, about 60 bytes each. When full, those whose window is over go; failing that, the oldest.
const MAX_COUNTERS: usize = 50_000;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account([u8; 16]),
    Source(IpAddr),
    Both([u8; 16], IpAddr),
}

#[derive(Clone, Copy)]
struct Counter {
    since: Timestamp,
    attempts: u32,
}

/// Counts attempts; one for each process.
#[derive(Clone)]
pub struct Throttle {
    clock: Arc<dyn Clock>,
    counters: Arc<Mutex<HashMap<Key, Counter>>>,
}

impl Throttle {
    /// A throttle that has seen nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            counters: Arc::default(),
        }
    }

    /// Claims a slot for an attempt. `false`: it must not succeed, whatever the password.
    #[must_use]
    pub fn claim(&self, account: &str, source: IpAddr) -> bool {
        let now = self.clock.now();
        let mut counters = self.counters.lock();
        make_room(&mut counters, now);
        let mut free = true;
        for (key, limit) in keys(account, source) {
            let counter = counters.entry(key).or_insert(Counter {
                since: now,
                attempts: 0,
            });
            if now.since(counter.since) >= WINDOW {
                *counter = Counter {
                    since: now,
                    attempts: 0,
                };
            }
            counter.attempts = counter.attempts.saturating_add(1);
            free &= counter.attempts <= limit;
        }
        free
    }

    /// Gives the slot back after a sign-in that succeeded.
    pub fn succeeded(&self, account: &str, source: IpAddr) {
        let mut counters = self.counters.lock();
        for (key, _) in keys(account, source) {
            match key {
                // The account's own guesses from here were typing errors of its owner.
                Key::Both(..) => _ = counters.remove(&key),
                Key::Account(_) | Key::Source(_) => {
                    if let Some(counter) = counters.get_mut(&key) {
                        counter.attempts = counter.attempts.saturating_sub(1);
                    }
                }
            }
        }
    }
}

/// The three counters of an attempt. IPv6 sources count by /64: that is what one client owns.
fn keys(account: &str, source: IpAddr) -> [(Key, u32); 3] {
    let mut account_key = [0; 16];
    account_key.copy_from_slice(&Sha256::digest(account.as_bytes())[..16]);
    let source = match source.to_canonical() {
        IpAddr::V6(v6) => {
            let bits = u128::from(v6) & (u128::MAX << 64);
            IpAddr::V6(bits.into())
        }
        v4 => v4,
    };
    [
        (Key::Both(account_key, source), PER_ACCOUNT_AND_SOURCE),
        (Key::Account(account_key), PER_ACCOUNT),
        (Key::Source(source), PER_SOURCE),
    ]
}

fn make_room(counters: &mut HashMap<Key, Counter>, now: Timestamp) {
    if counters.len() + 3 <= MAX_COUNTERS {
        return;
    }
    counters.retain(|_, c| now.since(c.since) < WINDOW);
    while counters.len() + 3 > MAX_COUNTERS {
        let Some(oldest) = counters.iter().min_by_key(|(_, c)| c.since).map(|(k, _)| *k) else {
            return;
        };
        counters.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn throttle() -> (Arc<ManualClock>, Throttle) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        (Arc::clone(&clock), Throttle::new(clock))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_eleventh_guess_is_not_heard_until_the_window_is_over() {
        let (clock, throttle) = throttle();
        let home = ip("198.51.100.1");
        assert!((0..PER_ACCOUNT_AND_SOURCE).all(|_| throttle.claim("wang", home)));
        assert!(!throttle.claim("wang", home));
        assert!(
            throttle.claim("wang", ip("198.51.100.2")),
            "the owner elsewhere is heard"
        );
        assert!(throttle.claim("li", home), "another account is heard");
        clock.advance(WINDOW);
        assert!(throttle.claim("wang", home));
    }

    #[test]
    fn one_source_on_many_accounts_is_stopped() {
        let (_, throttle) = throttle();
        let heard = (0..200)
            .filter(|n| throttle.claim(&format!("a{n}"), ip("198.51.100.1")))
            .count();
        assert_eq!(heard, PER_SOURCE as usize);
    }

    #[test]
    fn one_account_from_many_sources_is_stopped() {
        let (_, throttle) = throttle();
        let heard = (0..200)
            .filter(|n| throttle.claim("wang", ip(&format!("198.51.100.{n}"))))
            .count();
        assert_eq!(heard, PER_ACCOUNT as usize);
    }

    #[test]
    fn success_forgives_typing_errors() {
        let (_, throttle) = throttle();
        let home = ip("198.51.100.1");
        for _ in 0..20 {
            assert!((0..3).all(|_| throttle.claim("wang", home)));
            throttle.succeeded("wang", home);
        }
        assert!(throttle.counters.lock().len() <= 3);
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        let (_, throttle) = throttle();
        let heard = (0..200)
            .filter(|n| throttle.claim("wang", ip(&format!("2001:db8::{n:x}"))))
            .count();
        assert_eq!(heard, PER_ACCOUNT_AND_SOURCE as usize);
    }
}
