//! How often each of many may do something.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After so many counts, keys that have been quiet are forgotten: there are never more than these and the busy ones.
const TIDIED_AFTER: u32 = 10_000;

/// Counts for each key, in the memory of this process.
pub struct Rate<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    /// Names the limit in the figures.
    by: &'static str,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// So many a second for each key, and at once as many as in `burst` seconds; 0 sets no limit. `by` names it in the figures.
    pub fn new(by: &'static str, per_second: u32, burst: u32) -> Self {
        let limiter = NonZeroU32::new(per_second).map(|rate| {
            let most = NonZeroU32::new(per_second.saturating_mul(burst)).unwrap_or(rate);
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(most))
        });
        Self { limiter, by, counted: AtomicU32::new(0) }
    }

    /// Counts once for `key`.
    /// # Errors
    /// How long to wait before the next, where this one is too many.
    pub fn count(&self, key: &K) -> Result<(), Duration> {
        self.weigh(key, 1)
    }

    /// Counts something that is worth `weight`. Nothing weighs more than what may come at once.
    /// # Errors
    /// How long to wait before the next, where this one is too many.
    pub fn weigh(&self, key: &K, weight: u32) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDIED_AFTER == TIDIED_AFTER - 1 {
            limiter.retain_recent();
        }
        let weight = NonZeroU32::new(weight).unwrap_or(NonZeroU32::MIN);
        let counted = limiter.check_key_n(key, weight).unwrap_or_else(|_| limiter.check_key(key));
        counted.map_err(|until| {
            metrics::counter!("parlor_limited_total", "by" => self.by).increment(1);
            until.wait_time_from(DefaultClock::default().now())
        })
    }
}

/// Whole seconds, as `retry-after` says them.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_counted_by_itself() {
        let rate = Rate::new("test", 1, 2);
        assert!(rate.count(&'a').is_ok() && rate.count(&'a').is_ok(), "two at once");
        let wait = rate.count(&'a').unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(whole_seconds(wait), 1);
        assert!(rate.count(&'b').is_ok());
    }

    #[test]
    fn what_is_heavy_counts_for_several() {
        let rate = Rate::new("test", 1, 4);
        assert!(rate.weigh(&'a', 3).is_ok());
        assert!(rate.weigh(&'a', 3).is_err());
        assert!(rate.count(&'a').is_ok());
        assert!(rate.weigh(&'b', 1000).is_ok(), "not impossible");
    }

    #[test]
    fn zero_is_no_limit() {
        let rate = Rate::new("test", 0, 2);
        assert!((0..10_000).all(|_| rate.count(&'a').is_ok()));
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let rate = Rate::new("test", u32::MAX, 1);
        for key in 0..TIDIED_AFTER * 3 {
            assert!(rate.count(&key).is_ok());
        }
        let known = rate.limiter.as_ref().map_or(0, RateLimiter::len);
        assert!(known <= TIDIED_AFTER as usize, "{known}");
    }
}
