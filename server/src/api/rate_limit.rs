//! How often a key may call.

use std::num::NonZeroU32;
use std::time::Duration;

use domain::KeyId;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys that are counted before those that have been quiet are forgotten.
const COUNTED: usize = 10_000;

/// Counts the calls of each key, in the memory of this process.
pub struct RateLimit(Option<DefaultKeyedRateLimiter<KeyId>>);

impl RateLimit {
    /// So many calls a second for each key, and twice as many at once; 0 sets no limit.
    pub fn new(per_second: u32) -> Self {
        Self(
            NonZeroU32::new(per_second)
                .map(|rate| RateLimiter::keyed(Quota::per_second(rate).allow_burst(rate.saturating_add(rate.get())))),
        )
    }

    /// Counts a call of `key`.
    /// # Errors
    /// How long to wait before the next, where this one is too many.
    pub fn count(&self, key: &KeyId) -> Result<(), Duration> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        if limiter.len() > COUNTED {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(last: char) -> KeyId {
        format!("app_65f0a1b2c3d4e5f6aabbccd{last}").parse().unwrap()
    }

    #[test]
    fn each_key_is_counted_by_itself() {
        let limit = RateLimit::new(1);
        assert!(limit.count(&key('1')).is_ok() && limit.count(&key('1')).is_ok(), "two at once");
        let wait = limit.count(&key('1')).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        assert!(limit.count(&key('2')).is_ok());
    }

    #[test]
    fn zero_is_no_limit() {
        let limit = RateLimit::new(0);
        assert!((0..10_000).all(|_| limit.count(&key('1')).is_ok()));
    }
}
