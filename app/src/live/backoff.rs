//! How long to wait before the next try.

const FIRST: f64 = 500.0;
const LONGEST: f64 = 30_000.0;

/// Milliseconds before the next try after `failures` of them, at least 1: the wait doubles from half a second to half a
/// minute.
///
/// `jitter`, from 0 to 1, is the part of it that is really waited, so that a thousand visitors who lost the same server
/// do not come back at once; a tenth of it is waited in any case.
pub fn wait(failures: u32, jitter: f64) -> f64 {
    let doublings = failures.saturating_sub(1).min(10);
    let full = (FIRST * f64::from(1_u32 << doublings)).min(LONGEST);
    full * jitter.clamp(0.1, 1.0)
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn the_wait_doubles_up_to_half_a_minute() {
        let waits: Vec<f64> = (1..=9).map(|failures| wait(failures, 1.0)).collect();
        assert_eq!(waits, [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0, 30_000.0, 30_000.0, 30_000.0]);
        assert!((wait(u32::MAX, 1.0) - 30_000.0).abs() < f64::EPSILON);
    }

    #[test]
    fn jitter_spreads_it() {
        assert!((wait(3, 0.5) - 1000.0).abs() < f64::EPSILON);
        assert!((wait(3, 0.0) - 200.0).abs() < f64::EPSILON, "never at once");
    }
}
