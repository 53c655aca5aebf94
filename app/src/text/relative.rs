//! How long ago something was, in words.

use domain::Timestamp;

use super::time_label;
use crate::i18n::{Key, Texts};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// When a conversation of the list last moved: a while ago, yesterday, or on a date. `at` and `now` are milliseconds since
/// 1970, `offset` is the visitor's in minutes east of Greenwich. A time to come is just now: clocks differ.
pub fn list_time(texts: &Texts, at: i64, now: i64, offset: i32) -> String {
    let ago = now - at;
    let count = |one: Key, many: Key, value: i64| match value {
        1 => texts.get(one).to_owned(),
        value => texts.fill(many, &[("value", &value.to_string())]),
    };
    let day = |time: i64| (time + i64::from(offset) * MINUTE).div_euclid(DAY);
    if ago < MINUTE {
        texts.get(Key::ConversationListRelativeTimeJustNow).to_owned()
    } else if ago < HOUR {
        let (one, many) = (Key::ConversationListRelativeTimeMinute, Key::ConversationListRelativeTimeMinutes);
        count(one, many, ago / MINUTE)
    } else if ago < DAY {
        count(Key::ConversationListRelativeTimeHour, Key::ConversationListRelativeTimeHours, ago / HOUR)
    } else if day(at) + 1 == day(now) {
        texts.get(Key::ConversationListRelativeTimeYesterday).to_owned()
    } else {
        time_label(texts, Key::ConversationListTimestampFormat, Timestamp::from_millis(at).civil(offset))
    }
}

/// How long ago a message came, in short: `Just now`, `5m ago`, `3h ago`, `2d ago`.
pub fn message_age(texts: &Texts, at: i64, now: i64) -> String {
    let (key, value) = match now - at {
        ago if ago < MINUTE => return texts.get(Key::MessageRelativeTimeJustNow).to_owned(),
        ago if ago < HOUR => (Key::MessageRelativeTimeMinute, ago / MINUTE),
        ago if ago < DAY => (Key::MessageRelativeTimeHour, ago / HOUR),
        ago => (Key::MessageRelativeTimeDay, ago / DAY),
    };
    texts.fill(key, &[("value", &value.to_string())])
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::integration::CustomText;

    use super::*;
    use crate::i18n::Language;

    /// 2 January 2026, 10:00.
    const NOW: i64 = 1_767_348_000_000;

    #[test]
    fn a_conversation_was_a_while_ago_or_on_a_date() {
        let english = Texts::of(Language::English, &CustomText::default());
        let german = Texts::of(Language::German, &CustomText::default());
        for (ago, in_english, in_german) in [
            (-5 * HOUR, "Just now", "Gerade eben"),
            (MINUTE - 1, "Just now", "Gerade eben"),
            (MINUTE, "1 minute ago", "vor 1 Minute"),
            (59 * MINUTE, "59 minutes ago", "vor 59 Minuten"),
            (HOUR, "1 hour ago", "vor 1 Stunde"),
            (23 * HOUR, "23 hours ago", "vor 23 Stunden"),
            (DAY, "Yesterday", "Gestern"),
            (DAY + 10 * HOUR, "Yesterday", "Gestern"),
            (DAY + 10 * HOUR + 1, "12/31/25", "31.12.25"),
        ] {
            assert_eq!(list_time(&english, NOW - ago, NOW, 0), in_english);
            assert_eq!(list_time(&german, NOW - ago, NOW, 0), in_german);
        }
    }

    #[test]
    fn yesterday_is_the_visitors() {
        let texts = Texts::of(Language::English, &CustomText::default());
        let at = NOW - DAY - 11 * HOUR;
        assert_eq!(list_time(&texts, at, NOW, 0), "12/31/25");
        assert_eq!(list_time(&texts, at, NOW, 2 * 60), "Yesterday");
    }

    #[test]
    fn a_message_is_so_old() {
        let texts = Texts::of(Language::English, &CustomText::default());
        for (ago, age) in [
            (-1, "Just now"),
            (MINUTE, "1m ago"),
            (HOUR - 1, "59m ago"),
            (HOUR, "1h ago"),
            (DAY - 1, "23h ago"),
            (40 * DAY, "40d ago"),
        ] {
            assert_eq!(message_age(&texts, NOW - ago, NOW), age);
        }
    }
}
