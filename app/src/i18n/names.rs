//! Names of months and days in the languages that the page does not speak itself.

use domain::Locale;
use pure_rust_locales::{Locale as Known, locale_match};

use super::{Key, Language};

/// Which names the tokens of a time format need.
pub const TOKENS: [(Key, &[&str]); 5] = [
    (Key::MonthNames, &["MMMM"]),
    (Key::MonthNamesShort, &["MMM"]),
    (Key::DayNames, &["dddd"]),
    (Key::DayNamesShort, &["ddd"]),
    (Key::DayHalves, &["A", "a"]),
];

/// Countries of languages that are not called like one of theirs, as `sv` is not called like Sweden.
const COUNTRIES: [(&str, &str); 34] = [
    ("af", "ZA"),
    ("be", "BY"),
    ("bn", "BD"),
    ("ca", "ES"),
    ("cs", "CZ"),
    ("cy", "GB"),
    ("da", "DK"),
    ("el", "GR"),
    ("et", "EE"),
    ("eu", "ES"),
    ("fa", "IR"),
    ("ga", "IE"),
    ("gl", "ES"),
    ("he", "IL"),
    ("hi", "IN"),
    ("hy", "AM"),
    ("ka", "GE"),
    ("kk", "KZ"),
    ("km", "KH"),
    ("ko", "KR"),
    ("ms", "MY"),
    ("nb", "NO"),
    ("nn", "NO"),
    ("sl", "SI"),
    ("sq", "AL"),
    ("sr", "RS"),
    ("sv", "SE"),
    ("sw", "KE"),
    ("ta", "IN"),
    ("te", "IN"),
    ("uk", "UA"),
    ("ur", "PK"),
    ("vi", "VN"),
    ("zh", "CN"),
];

/// The names that `locale` has, as the tables write them; none where the page's own tables have them, and none for a
/// language that nobody knows. An unknown country has the names of its language.
pub fn names_of(locale: &Locale) -> Vec<(Key, String)> {
    let Some(known) = known(locale).filter(|_| Language::of(locale).is_none()) else { return Vec::new() };
    let lists: [(Key, &[&str]); 4] = [
        (Key::MonthNames, locale_match!(known => LC_TIME::MON)),
        (Key::MonthNamesShort, locale_match!(known => LC_TIME::ABMON)),
        (Key::DayNames, locale_match!(known => LC_TIME::DAY)),
        (Key::DayNamesShort, locale_match!(known => LC_TIME::ABDAY)),
    ];
    let names = |list: &[&str]| list.iter().map(|name| name.trim()).collect::<Vec<_>>().join("|");
    lists.map(|(key, list)| (key, names(list))).into()
}

fn known(locale: &Locale) -> Option<Known> {
    let language = locale.language();
    let is_country = |group: &&str| group.len() == 2 && group.bytes().all(|c| c.is_ascii_alphabetic());
    let country = locale.as_str().split('-').skip(1).find(is_country).map(str::to_ascii_uppercase);
    let of = |country: &str| format!("{language}_{country}").parse().ok();
    let usual = COUNTRIES.iter().find(|(of, _)| *of == language).map(|(_, country)| *country);
    let named = country.and_then(|country| of(&country));
    named.or_else(|| of(&language.to_ascii_uppercase())).or_else(|| of(usual?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_month(tag: &str) -> Option<String> {
        let names = names_of(&tag.parse().unwrap());
        names.into_iter().next().and_then(|(_, names)| names.split('|').next().map(str::to_owned))
    }

    #[test]
    fn a_locale_names_its_months() {
        for (tag, name) in [
            ("it-IT", "gennaio"),
            ("it", "gennaio"),
            ("it-XX", "gennaio"),
            ("sv", "januari"),
            ("pt-BR", "janeiro"),
            ("zh-Hant-TW", "一月"),
            ("he-IL", "ינואר"),
        ] {
            assert_eq!(first_month(tag).as_deref(), Some(name), "{tag}");
        }
    }

    #[test]
    fn all_other_names_are_in_the_tables() {
        for tag in ["en-GB", "de-AT", "ar", "tlh", "xx-YY"] {
            assert_eq!(first_month(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_name_never_has_a_bar_in_it() {
        for (language, _) in COUNTRIES {
            let counts: Vec<usize> =
                names_of(&language.parse().unwrap()).iter().map(|(_, names)| names.split('|').count()).collect();
            assert_eq!(counts, [12, 12, 7, 7], "{language}");
        }
    }
}
