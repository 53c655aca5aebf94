//! Moments: UTC milliseconds since 1970, spelled `2026-01-01T00:00:00.125Z` on the wire.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DAY: i64 = 86_400_000;
/// The first moments of the years 0000 and 10000.
const YEAR_0: i64 = -719_528 * DAY;
const YEAR_10000: i64 = 2_932_897 * DAY;

/// A moment, in UTC milliseconds since 1970.
///
/// Written by hand because the browser carries it too: a date library would weigh more than the rest of this crate.
/// Years 0000 to 9999 have a text form; `server` checks it against a real calendar library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-01-01T00:00:00.125Z"))]
pub struct Timestamp(i64);

/// A date and a time of day, with no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub millisecond: u16,
    /// 0 is Sunday.
    pub weekday: u8,
}

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    /// So much later.
    #[must_use]
    pub fn plus(self, wait: Duration) -> Self {
        self.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    }

    /// Date and time of day, `offset` minutes east of Greenwich.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "each part is reduced to its range first"
    )]
    pub fn civil(self, offset: i32) -> Civil {
        let local = self.0 + i64::from(offset) * 60_000;
        let (days, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        // Days to date in the proleptic Gregorian calendar, counted in 400-year eras that begin on 1 March.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Civil {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u8,
            day: (of_year - (153 * march_month + 2) / 5 + 1) as u8,
            hour: (of_day / 3_600_000) as u8,
            minute: (of_day / 60_000 % 60) as u8,
            second: (of_day / 1_000 % 60) as u8,
            millisecond: (of_day % 1_000) as u16,
            weekday: (days + 4).rem_euclid(7) as u8,
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, millisecond, .. } = self.civil(0);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be a time such as 2026-01-01T00:00:00.000Z")]
pub struct NotATime;

impl FromStr for Timestamp {
    type Err = NotATime;

    /// Reads RFC 3339: any number of decimals (cut to milliseconds), `Z` or an offset.
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<i64> {
            let digits = bytes.get(from..to)?;
            digits.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
        };
        let is = |at: usize, any: &[u8]| bytes.get(at).is_some_and(|c| any.contains(c));
        let parsed = || -> Option<i64> {
            let marks = is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":");
            let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
            let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
            let month_length = match month {
                2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                1..=12 => 31,
                _ => return None,
            };
            // Second 60 is a leap second: taken as the last one before it.
            let in_range = (1..=month_length).contains(&day) && hour < 24 && minute < 60 && second <= 60;
            if !marks || !in_range {
                return None;
            }
            let mut at = 19;
            let mut millis = 0;
            if is(at, b".") {
                let decimals = bytes[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
                millis = number(at + 1, at + 1 + decimals.min(3))? * [0, 100, 10, 1][decimals.min(3)];
                at += 1 + decimals;
                if decimals == 0 {
                    return None;
                }
            }
            let offset = match bytes.get(at)? {
                b'Z' | b'z' if at + 1 == bytes.len() => 0,
                sign @ (b'+' | b'-') if at + 6 == bytes.len() && is(at + 3, b":") => {
                    let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
                    if hours > 23 || minutes > 59 {
                        return None;
                    }
                    (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
                }
                _ => return None,
            };
            let shifted_year = if month <= 2 { year - 1 } else { year };
            let (era, of_era_year) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
            let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
            let days = era * 146_097 + of_era_year * 365 + of_era_year / 4 - of_era_year / 100 + of_year - 719_468;
            let at = days * DAY + (hour * 60 + minute - offset) * 60_000 + second.min(59) * 1_000 + millis;
            // An offset may push the moment out of the years that have a text.
            (YEAR_0..YEAR_10000).contains(&at).then_some(at)
        };
        parsed().map(Self).ok_or(NotATime)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_always_has_three_decimals() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_767_225_600_125).to_string(), "2026-01-01T00:00:00.125Z");
        assert_eq!(Timestamp::from_millis(-1).to_string(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn any_rfc_3339_time_is_read() {
        for (text, millis) in [
            ("2026-01-01T00:00:00.125Z", 1_767_225_600_125),
            ("2026-01-01T00:00:00Z", 1_767_225_600_000),
            ("2026-01-01T01:30:00.1+01:30", 1_767_225_600_100),
            ("2025-12-31T19:00:00.125999-05:00", 1_767_225_600_125),
            ("2024-02-29t12:00:00z", 1_709_208_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Timestamp::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "2026-01-01",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00Zx",
            "yesterday",
            "２026-01-01T00:00:00Z",
            "0000-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATime), "{text}");
        }
    }

    #[test]
    fn civil_time_knows_offset_and_weekday() {
        // 2026-01-01 is a Thursday; five hours west of Greenwich it is still Wednesday evening.
        let civil = Timestamp::from_millis(1_767_225_600_000).civil(-300);
        assert_eq!((civil.year, civil.month, civil.day, civil.hour, civil.weekday), (2025, 12, 31, 19, 3));
    }
}
