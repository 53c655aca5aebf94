//! The languages that a browser asks for.

use domain::Locale;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// More than anybody speaks; whatever follows is passed over.
const LANGUAGES: usize = 16;

/// Those of `Accept-Language`, the dearest first.
pub fn accepted_languages(headers: &HeaderMap) -> Vec<Locale> {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).unwrap_or_default();
    let mut weighed: Vec<(u16, Locale)> = header.split(',').take(LANGUAGES).filter_map(weighed).collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.into_iter().map(|(_, locale)| locale).collect()
}

/// `de-AT;q=0.8` with its weight in thousandths; `None` for nonsense, and for what is not wanted at all.
fn weighed(entry: &str) -> Option<(u16, Locale)> {
    let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(weight) => thousandths(weight.trim())?,
        None => 1000,
    };
    (weight > 0).then_some((weight, tag.trim().parse().ok()?))
}

/// `0.8` as 800.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let fraction = format!("{fraction:0<3}");
    let fraction: u16 = fraction.get(..3)?.parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
        accepted_languages(&headers).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_dearest_comes_first() {
        assert_eq!(accepted("de-AT,de;q=0.9,en;q=0.5"), ["de-AT", "de", "en"]);
        assert_eq!(accepted("en; q=0.25, fr;q=0.1, ja , es;q=1"), ["ja", "es", "en", "fr"]);
        assert_eq!(accepted("en;q=0, de;q=0.001"), ["de"]);
    }

    #[test]
    fn nonsense_is_passed_over() {
        assert_eq!(accepted("*, , <script>, en;q=x, de;q=7, fr;q=-1, ja;q=0.9é"), [""; 0]);
        assert_eq!(accepted("*;q=0.5, en"), ["en"]);
    }
}
