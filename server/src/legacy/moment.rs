//! Moments as callers of the older API write them: Unix seconds with decimals.

use domain::Timestamp;

/// A text that is no number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be a number of seconds since 1970, such as 1471995721.123")]
pub struct NotSeconds;

/// The first whole millisecond at or after `text`: what is before it was before `text`.
/// # Errors
/// For anything but digits, with or without decimals.
pub fn millis_before(text: &str) -> Result<Timestamp, NotSeconds> {
    let (millis, is_whole) = parse(text)?;
    Ok(Timestamp::from_millis(if is_whole { millis } else { millis + 1 }))
}

/// The last whole millisecond at or before `text`: what is after it was after `text`.
/// # Errors
/// As [`millis_before`].
pub fn millis_after(text: &str) -> Result<Timestamp, NotSeconds> {
    parse(text).map(|(millis, _)| Timestamp::from_millis(millis))
}

/// Whole milliseconds, and whether nothing was cut off. Digit by digit: a double would be off by one now and then.
fn parse(text: &str) -> Result<(i64, bool), NotSeconds> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    // Enough for the year 30000, and far from overflow.
    if !is_number(whole) || !is_number(decimals) || whole.len() > 12 {
        return Err(NotSeconds);
    }
    let number = |digits: &str| digits.bytes().fold(0, |n, c| n * 10 + i64::from(c - b'0'));
    let (kept, cut) = decimals.split_at(decimals.len().min(3));
    let scale = [1000, 100, 10, 1][kept.len()];
    Ok((number(whole) * 1000 + number(kept) * scale, cut.bytes().all(|c| c == b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legacy::seconds;

    #[test]
    fn a_moment_survives_its_number() {
        for millis in [0, 1, 1_471_995_721_123, 1_471_995_721_100, 1_767_225_600_000, 1_767_225_600_999] {
            let at = Timestamp::from_millis(millis);
            let text = seconds(at).to_string();
            assert_eq!((millis_before(&text), millis_after(&text)), (Ok(at), Ok(at)), "{text}");
        }
    }

    #[test]
    fn between_milliseconds_the_neighbours_are_taken() {
        let at = |millis| Ok(Timestamp::from_millis(millis));
        assert_eq!((millis_before("1.0004"), millis_after("1.0004")), (at(1001), at(1000)));
        assert_eq!(
            (millis_before("1471995721"), millis_after("1471995721.5")),
            (at(1_471_995_721_000), at(1_471_995_721_500))
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "1e3", "NaN", "1.2.3", " 1", "١", "9999999999999", "2026-01-01"] {
            assert_eq!(millis_before(text), Err(NotSeconds), "{text}");
        }
    }
}
