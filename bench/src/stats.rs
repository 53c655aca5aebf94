//! Medians, percentiles, spread.

/// The median, and the smallest and largest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self { median: percentile(&sorted, 50.0), least: sorted[0], most: sorted[sorted.len() - 1] }
    }
}

/// The value at `percent` of `sorted`, which is not empty.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index from a length"
)]
pub fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let index = (percent / 100.0 * (sorted.len() - 1) as f64).round() as usize;
    sorted[index]
}
