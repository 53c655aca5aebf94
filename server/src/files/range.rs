//! `Range` as far as players and resumed downloads need it: one range of bytes.

use std::ops::Range;

/// What to send of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    Part(Range<u64>),
    /// Nothing of what was asked for exists.
    Nothing,
}

/// What `header` asks of a file of `size` bytes. What is not understood, and several ranges at once, asks for the whole.
pub fn wanted(header: &str, size: u64) -> Wanted {
    let Some(spec) = header.trim().strip_prefix("bytes=") else { return Wanted::Whole };
    let Some((from, to)) = spec.split_once('-') else { return Wanted::Whole };
    let (from, to) = (from.trim(), to.trim());
    let number = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse::<u64>().unwrap_or(u64::MAX));
    let range = match (from.is_empty(), to.is_empty()) {
        (true, true) => return Wanted::Whole,
        (true, false) => number(to).map(|last| size.saturating_sub(last)..size),
        (false, true) => number(from).map(|from| from..size),
        (false, false) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Some(from..to.saturating_add(1).min(size)),
            _ => None,
        },
    };
    match range {
        None => Wanted::Whole,
        Some(range) if range.start >= range.end => Wanted::Nothing,
        Some(range) => Wanted::Part(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served() {
        for (header, part) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-", 0..10),
            ("bytes=4-6", 4..7),
            ("bytes=4-99", 4..10),
            ("bytes=-3", 7..10),
            ("bytes=-30", 0..10),
            ("bytes=9-18446744073709551615", 9..10),
        ] {
            assert_eq!(wanted(header, 10), Wanted::Part(part), "{header}");
        }
    }

    #[test]
    fn anything_else_is_the_whole_or_nothing() {
        for header in ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2"] {
            assert_eq!(wanted(header, 10), Wanted::Whole, "{header}");
        }
        for header in ["bytes=10-", "bytes=99999999999999999999-", "bytes=-0", "bytes=10-12"] {
            assert_eq!(wanted(header, 10), Wanted::Nothing, "{header}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nothing);
    }
}
