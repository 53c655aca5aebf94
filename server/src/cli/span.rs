//! Spans of time, as an operator writes them.

/// `90m`, `12h`, `7d`, in milliseconds.
/// # Errors
/// What it should be.
pub fn milliseconds(text: &str) -> Result<i64, String> {
    const MINUTE: i64 = 60_000;
    /// A century: further away is never.
    const MOST: i64 = 36_525 * 24 * 60 * MINUTE;
    let parsed = || {
        let (at, unit) = text.char_indices().next_back()?;
        let unit = match unit {
            'm' => MINUTE,
            'h' => 60 * MINUTE,
            'd' => 24 * 60 * MINUTE,
            _ => return None,
        };
        let span = text[..at].parse::<u32>().ok().and_then(|count| i64::from(count).checked_mul(unit))?;
        (1..=MOST).contains(&span).then_some(span)
    };
    parsed().ok_or_else(|| "should be a span such as 90m, 12h or 7d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        for (text, milliseconds_in_it) in
            [("90m", Some(5_400_000)), ("12h", Some(43_200_000)), ("7d", Some(604_800_000))]
        {
            assert_eq!(milliseconds(text).ok(), milliseconds_in_it);
        }
        for bad in ["", "7", "d", "0d", "-1d", "7w", "4000000000d", "7é"] {
            assert!(milliseconds(bad).is_err(), "{bad}");
        }
    }
}
