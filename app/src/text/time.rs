//! Times as the visitor reads them, by the format tokens of the SDK contract.

use domain::timestamp::Civil;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The longer of two tokens that begin alike comes first.
const TOKENS: [&str; 19] =
    ["YYYY", "MMMM", "dddd", "MMM", "ddd", "YY", "MM", "DD", "HH", "hh", "mm", "ss", "M", "D", "H", "h", "m", "s", "A"];

/// `time` in `format`: `YYYY YY MMMM MMM MM M DD D dddd ddd HH H hh h mm m ss s A a` are replaced, all else is literal.
pub fn time_label(format: &str, time: Civil) -> String {
    let mut label = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(**token)) {
            write_token(&mut label, token, time);
            rest = &rest[token.len()..];
        } else {
            match first {
                'a' => label.push_str(if time.hour < 12 { "am" } else { "pm" }),
                other => label.push(other),
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    label
}

fn write_token(label: &mut String, token: &str, time: Civil) {
    let month = MONTHS[usize::from(time.month - 1)];
    let day = DAYS[usize::from(time.weekday)];
    let clock = match time.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let number = match token {
        "MMMM" => return label.push_str(month),
        "MMM" => return label.push_str(&month[..3]),
        "dddd" => return label.push_str(day),
        "ddd" => return label.push_str(&day[..3]),
        "A" => return label.push_str(if time.hour < 12 { "AM" } else { "PM" }),
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

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::time_label;

    #[test]
    fn every_token_is_known() {
        // Thursday, 1 January 2026, 00:05:09.
        let night = Timestamp::from_millis(1_767_225_909_000).civil(0);
        let evening = Timestamp::from_millis(1_767_225_909_000).civil(-5 * 60);
        for (format, at_night, in_the_evening) in [
            ("MMMM D YYYY, h:mm A", "January 1 2026, 12:05 AM", "December 31 2025, 7:05 PM"),
            ("h:mm A", "12:05 AM", "7:05 PM"),
            ("MM/DD/YY", "01/01/26", "12/31/25"),
            ("dddd ddd MMM M", "Thursday Thu Jan 1", "Wednesday Wed Dec 12"),
            ("HH:mm:ss H hh m s a", "00:05:09 0 12 5 9 am", "19:05:09 19 07 5 9 pm"),
            ("§ [x]", "§ [x]", "§ [x]"),
        ] {
            assert_eq!(time_label(format, night), at_night);
            assert_eq!(time_label(format, evening), in_the_evening);
        }
    }
}
