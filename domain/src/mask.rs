//! Texts without what must not be kept.

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// How many digits a card's number has.
const CARD_DIGITS: RangeInclusive<usize> = 13..=19;
/// Digits that stay readable.
const SHOWN: usize = 4;

/// `text` with `*` for all but the last four digits of every card number in it.
///
/// A card number is 13 to 19 digits, with or without single spaces or dashes between, whose last digit checks (Luhn).
/// # Panics
/// Never: only ASCII digits become ASCII stars.
pub fn card_numbers(text: &str) -> Cow<'_, str> {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    let mut at = 0;
    while let Some(begin) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let groups = digit_groups(text.as_bytes(), at + begin);
        at = groups.last().map_or(text.len(), |(_, end)| *end);
        let mut first = 0;
        while first < groups.len() {
            let Some(last) = card_from(text.as_bytes(), &groups, first) else {
                first += 1;
                continue;
            };
            hide(bytes.to_mut(), &groups[first..=last]);
            first = last + 1;
        }
    }
    match bytes {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).expect("only ASCII digits became ASCII stars")),
    }
}

/// The runs of digits from `at` on that a single space or dash keeps together, as ranges of bytes.
fn digit_groups(text: &[u8], mut at: usize) -> Vec<(usize, usize)> {
    let mut groups = Vec::new();
    loop {
        let end = text[at..].iter().position(|c| !c.is_ascii_digit()).map_or(text.len(), |length| at + length);
        groups.push((at, end));
        let goes_on = matches!(text.get(end), Some(b' ' | b'-')) && text.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !goes_on {
            return groups;
        }
        at = end + 1;
    }
}

/// The last group of the longest card number that begins with group `first`.
fn card_from(text: &[u8], groups: &[(usize, usize)], first: usize) -> Option<usize> {
    let mut digits = Vec::new();
    let mut card = None;
    for (at, (from, to)) in groups.iter().enumerate().skip(first) {
        digits.extend_from_slice(&text[*from..*to]);
        if digits.len() > *CARD_DIGITS.end() {
            break;
        }
        if CARD_DIGITS.contains(&digits.len()) && checks(&digits) {
            card = Some(at);
        }
    }
    card
}

/// Luhn's check. Nothing but zeros checks too, but is nobody's card.
fn checks(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit - b'0') << (at % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}

fn hide(bytes: &mut [u8], groups: &[(usize, usize)]) {
    let digits = groups.iter().rev().flat_map(|(from, to)| (*from..*to).rev());
    for at in digits.skip(SHOWN) {
        bytes[at] = b'*';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_hidden_but_for_four_digits() {
        for (text, masked) in [
            ("4111111111111111", "************1111"),
            ("my card: 4111 1111 1111 1111, ok?", "my card: **** **** **** 1111, ok?"),
            ("5500-0000-0000-0004", "****-****-****-0004"),
            ("é378282246310005é", "é***********0005é"),
            ("12 4111 1111 1111 1111 56", "12 **** **** **** 1111 56"),
            ("4222222222222 and 4111111111111111", "*********2222 and ************1111"),
        ] {
            assert_eq!(card_numbers(text), masked);
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "4111111111111112",
            "4111 1111  1111 1111",
            "call +420 123 456 789",
            "411111111111",
            "41111111111111111111",
            "0000000000000000",
            "",
            "no digits, é",
        ] {
            assert!(matches!(card_numbers(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
