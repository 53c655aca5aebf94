//! When to try again.

use std::time::Duration;

/// The pauses between attempts: one more attempt than there are pauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

impl Schedule {
    pub fn new(pauses: Vec<Duration>) -> Self {
        Self(pauses)
    }

    /// No wait is longer.
    pub fn longest(&self) -> Duration {
        self.0.iter().max().map_or(Duration::ZERO, |pause| *pause * 2)
    }

    /// How long to wait after `failures` (1 or more); `None` when it is time to give up.
    ///
    /// What the receiver asks for counts between the pause and its double. `jitter`, 0 to 1, spreads a tenth of the pause, so
    /// that those who failed together do not come back together.
    pub fn wait(&self, failures: u32, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        let pause = *self.0.get(usize::try_from(failures).ok()?.checked_sub(1)?)?;
        let asked = retry_after.unwrap_or_default().clamp(pause, pause * 2);
        Some((asked + pause.mul_f64(jitter.clamp(0.0, 1.0) / 10.0)).min(pause * 2))
    }
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// It will never be taken.
    Refused,
    /// Another try may succeed.
    Failed,
}

impl Verdict {
    /// Of a status; `None`: no answer. A redirect is not followed, because it may lead anywhere.
    pub fn of(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(400 | 401 | 403 | 404 | 406) => Self::Refused,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn schedule() -> Schedule {
        Schedule::new([5, 30, 150, 660].map(Duration::from_secs).to_vec())
    }

    #[test]
    fn five_attempts_take_a_quarter_of_an_hour() {
        let waits: Vec<u64> =
            (1..).map_while(|failures| Some(schedule().wait(failures, None, 0.0)?.as_secs())).collect();
        assert_eq!(waits, [5, 30, 150, 660]);
        assert_eq!(schedule().wait(5, None, 0.0), None);
        assert_eq!(Schedule::new(Vec::new()).wait(1, None, 0.0), None, "one attempt and no more");
        assert_eq!(schedule().wait(0, None, 0.0), None, "nothing has failed");
    }

    #[test]
    fn what_the_receiver_asks_for_counts_within_bounds() {
        for (asked, waits) in [(0, 30), (29, 30), (45, 45), (60, 60), (3600, 60), (u64::MAX, 60)] {
            let wait = schedule().wait(2, Some(Duration::from_secs(asked)), 0.0).unwrap();
            assert_eq!(wait, SECOND * waits, "{asked}");
        }
    }

    #[test]
    fn jitter_spreads_a_tenth_and_never_beyond_the_double() {
        assert_eq!(schedule().wait(2, None, 1.0), Some(SECOND * 33));
        assert_eq!(schedule().wait(2, None, 7.0), Some(SECOND * 33));
        assert_eq!(schedule().wait(2, Some(SECOND * 59), 1.0), Some(SECOND * 60));
    }

    #[test]
    fn answers_are_told_apart() {
        for delivered in [200, 201, 204, 299] {
            assert_eq!(Verdict::of(Some(delivered)), Verdict::Delivered, "{delivered}");
        }
        for refused in [400, 401, 403, 404, 406] {
            assert_eq!(Verdict::of(Some(refused)), Verdict::Refused, "{refused}");
        }
        for failed in [100, 301, 302, 307, 402, 405, 408, 409, 410, 422, 429, 500, 503, 599] {
            assert_eq!(Verdict::of(Some(failed)), Verdict::Failed, "{failed}");
        }
        assert_eq!(Verdict::of(None), Verdict::Failed);
    }
}
