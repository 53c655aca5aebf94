//! Times as the visitor reads them, by the format tokens of the SDK contract.

use domain::timestamp::Civil;

use crate::i18n::{Key, Texts};

/// The longer of two tokens that begin alike comes first.
const TOKENS: [&str; 20] = [
    "YYYY", "MMMM", "dddd", "MMM", "ddd", "YY", "MM", "DD", "HH", "hh", "mm", "ss", "M", "D", "H", "h", "m", "s", "A",
    "a",
];

/// `time` in the format that `texts` have as `format`, with their names of months and days:
/// `YYYY YY MMMM MMM MM M DD D dddd ddd HH H hh h mm m ss s A a` are replaced, all else is literal.
pub fn time_label(texts: &Texts, format: Key, time: Civil) -> String {
    let mut label = String::new();
    let mut rest = texts.get(format);
    while let Some(first) = rest.chars().next() {
        if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(**token)) {
            write_token(&mut label, token, texts, time);
            rest = &rest[token.len()..];
        } else {
            label.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    label
}

fn write_token(label: &mut String, token: &str, texts: &Texts, time: Civil) {
    let clock = match time.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = time.hour / 12;
    let number = match token {
        "MMMM" => return label.push_str(name(texts, Key::MonthNames, time.month - 1)),
        "MMM" => return label.push_str(name(texts, Key::MonthNamesShort, time.month - 1)),
        "dddd" => return label.push_str(name(texts, Key::DayNames, time.weekday)),
        "ddd" => return label.push_str(name(texts, Key::DayNamesShort, time.weekday)),
        "A" => return label.push_str(name(texts, Key::DayHalves, half)),
        "a" => return label.push_str(name(texts, Key::DayHalves, 2 + half)),
        "YYYY" => return label.push_str(&time.year.to_string()),
        "YY" => u8::try_from(time.year.rem_euclid(100)).unwrap_or(0),
        "MM" | "M" => time.month,
        "DD" | "D" => time.day,
        "HH" | "H" => time.hour,
        "hh" | "h" => clock,
        "mm" | "m" => time.minute,
        _ => time.second,
    };
    if token.len() == 2 && number < 10 {
        label.push('0');
    }
    label.push_str(&number.to_string());
}

/// The name at `at` of those that stand between bars.
fn name(texts: &Texts, names: Key, at: u8) -> &str {
    texts.get(names).split('|').nth(usize::from(at)).unwrap_or_default()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::Timestamp;

    use super::*;
    use crate::i18n::Language;

    /// Thursday, 1 January 2026, 00:05:09.
    const NIGHT: Timestamp = Timestamp::from_millis(1_767_225_909_000);

    #[test]
    fn every_token_is_known() {
        let night = NIGHT.civil(0);
        let evening = NIGHT.civil(-5 * 60);
        for (format, at_night, in_the_evening) in [
            ("MMMM D YYYY, h:mm A", "January 1 2026, 12:05 AM", "December 31 2025, 7:05 PM"),
            ("h:mm A", "12:05 AM", "7:05 PM"),
            ("MM/DD/YY", "01/01/26", "12/31/25"),
            ("dddd ddd MMM M", "Thursday Thu Jan 1", "Wednesday Wed Dec 12"),
            ("HH:mm:ss H hh h m s a", "00:05:09 0 12 12 5 9 am", "19:05:09 19 07 7 5 9 pm"),
            ("§ [x]", "§ [x]", "§ [x]"),
        ] {
            let custom = serde_json::json!({ "messageTimestampFormat": format });
            let texts = Texts::of(Language::English, &serde_json::from_value(custom).unwrap()).for_browser();
            assert_eq!(time_label(&texts, Key::MessageTimestampFormat, night), at_night);
            assert_eq!(time_label(&texts, Key::MessageTimestampFormat, evening), in_the_evening);
        }
    }

    #[test]
    fn every_language_has_formats_of_its_own() {
        for (language, header, time, list) in [
            (Language::English, "January 1 2026, 12:05 AM", "12:05 AM", "01/01/26"),
            (Language::German, "1. Januar 2026, 00:05", "00:05", "01.01.26"),
            (Language::French, "1 janvier 2026, 00:05", "00:05", "01/01/26"),
            (Language::Spanish, "1 de enero de 2026, 0:05", "0:05", "01/01/26"),
            (Language::Arabic, "1 يناير 2026، 12:05 ص", "12:05 ص", "01/01/2026"),
            (Language::Japanese, "2026年1月1日 0:05", "0:05", "2026/01/01"),
        ] {
            let texts = Texts::of(language, &domain::integration::CustomText::default());
            let label = |texts, format| time_label(texts, format, NIGHT.civil(0));
            assert_eq!(label(&texts, Key::ConversationListTimestampFormat), list);
            for texts in [&texts, &texts.for_browser()] {
                assert_eq!(label(texts, Key::ConversationTimestampHeaderFormat), header);
                assert_eq!(label(texts, Key::MessageTimestampFormat), time);
            }
        }
    }
}
