//! The visitor's time zone, as far as the server knows it: from a cookie that the page sets once it runs.

use app::Stationery;
use app::start::Entry;
use domain::{Message, Timestamp, UserId};
use http::HeaderMap;
use jiff::tz::TimeZone;

use crate::auth::visitor_cookie;

/// Set by the page, with the browser's own idea of its zone.
const COOKIE: &str = "parlor_zone";

#[derive(Debug, Clone)]
pub struct Zone {
    /// IANA name; empty for UTC, which is also what an unknown name means.
    pub name: String,
    zone: TimeZone,
}

impl Zone {
    pub fn of(headers: &HeaderMap) -> Self {
        let name = visitor_cookie::value(headers, COOKIE).unwrap_or_default().replace("%2F", "/");
        match TimeZone::get(&name) {
            Ok(zone) if !name.is_empty() => Self { name, zone },
            _ => Self { name: String::new(), zone: TimeZone::UTC },
        }
    }

    /// `message` as a row of the page of `reader`, at this zone's time.
    pub fn entry(&self, message: Message, reader: Option<UserId>, on: &Stationery) -> Entry {
        let offset = self.offset_minutes(message.received);
        Entry::of(message, reader, offset, on)
    }

    /// Minutes east of Greenwich at `at`.
    pub fn offset_minutes(&self, at: Timestamp) -> i32 {
        let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
        self.zone.to_offset(at).seconds() / 60
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(cookie: &str) -> Zone {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", format!("a=b; parlor_zone={cookie}").parse().unwrap());
        Zone::of(&headers)
    }

    #[test]
    fn the_offset_follows_the_season() {
        let berlin = zone("Europe%2FBerlin");
        assert_eq!(berlin.name, "Europe/Berlin");
        assert_eq!(berlin.offset_minutes("2026-01-01T00:00:00Z".parse().unwrap()), 60);
        assert_eq!(berlin.offset_minutes("2026-07-01T00:00:00Z".parse().unwrap()), 120);
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        for nonsense in ["", "Mars/Olympus", "../../etc/passwd", "%00"] {
            assert_eq!(zone(nonsense).name, "", "{nonsense}");
        }
    }

    #[test]
    fn domain_times_agree_with_a_calendar_library() {
        for millis in (-70_000_000_000_000_i64..250_000_000_000_000).step_by(9_876_543_217) {
            let ours = Timestamp::from_millis(millis);
            let theirs = jiff::Timestamp::from_millisecond(millis).unwrap();
            let text = format!("{theirs:.3}");
            if text.starts_with('-') {
                continue; // years before 0000 have no RFC 3339 form
            }
            assert_eq!(ours.to_string(), text);
            assert_eq!(text.parse(), Ok(ours));
            let civil = theirs.to_zoned(TimeZone::UTC).datetime();
            assert_eq!(i8::try_from(ours.civil(0).weekday).unwrap(), civil.weekday().to_sunday_zero_offset());
        }
    }
}
