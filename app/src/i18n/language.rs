//! The languages that are built in: a table each, which a translator can edit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use domain::Locale;

use super::{Key, Texts};

macro_rules! languages {
    ($($language:ident = $code:literal;)*) => {
        /// A language that the page speaks by itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Language {
            $($language,)*
        }

        impl Language {
            /// The language of `locale`, whatever its country; `None` for one that is not built in.
            pub fn of(locale: &Locale) -> Option<Self> {
                match locale.language().as_str() {
                    $($code => Some(Self::$language),)*
                    _ => None,
                }
            }

            /// As tags begin.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$language => $code,)*
                }
            }

            /// The texts of this language, as they are built in.
            pub(super) fn texts(self) -> &'static Texts {
                match self {
                    $(Self::$language => {
                        static TEXTS: LazyLock<Texts> = LazyLock::new(|| table(include_str!(concat!($code, ".json"))));
                        &TEXTS
                    })*
                }
            }

            #[cfg(test)]
            const TABLES: &[(&str, &str)] = &[$(($code, include_str!(concat!($code, ".json")))),*];
        }
    };
}

// Adding a language: its table, with every key of `en.json` and the same placeholders, and a line here.
languages! {
    English = "en";
    German = "de";
    French = "fr";
    Spanish = "es";
    Arabic = "ar";
    Japanese = "ja";
}

/// The contract's default.
impl Default for Language {
    fn default() -> Self {
        Self::English
    }
}

/// The texts of the table `json`.
fn table(json: &'static str) -> Texts {
    let table: HashMap<String, String> = serde_json::from_str(json).expect("the tables are tested");
    let text = |key: &Key| table.get(&key.name()).cloned().unwrap_or_default();
    // They are needed for as long as the program runs; pages borrow them.
    Texts::new(Key::ALL.iter().map(|key| Cow::Borrowed(&*text(key).leak())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the SDK contract.
    const CONTRACT: &str = include_str!("contract.json");

    fn keys_and_texts(json: &str) -> HashMap<String, String> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn english_is_what_the_contract_says() {
        let english = keys_and_texts(include_str!("en.json"));
        for (key, text) in keys_and_texts(CONTRACT) {
            assert_eq!(english.get(&key), Some(&text), "{key}");
        }
        assert_eq!(Language::English.texts().get(Key::ViberQRCodeError), english["viberQRCodeError"]);
    }

    #[test]
    fn every_table_has_every_key_and_no_other() {
        let names: Vec<String> = Key::ALL.iter().map(|key| key.name()).collect();
        for (code, json) in Language::TABLES {
            let table = keys_and_texts(json);
            for name in &names {
                assert!(table.get(name).is_some_and(|text| !text.is_empty()), "{code}: {name} is missing");
            }
            for name in table.keys() {
                assert!(names.contains(name), "{code}: {name} is the name of no text");
            }
        }
    }

    /// The placeholders and the marks of HTML in `text`, in any order.
    fn marks(text: &str) -> Vec<&str> {
        let mut marks = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '<']) {
            let close = if rest[at..].starts_with('{') { '}' } else { '>' };
            let end = rest[at..].find(close).map_or(rest.len(), |end| at + end + 1);
            marks.push(&rest[at..end]);
            rest = &rest[end..];
        }
        marks.sort_unstable();
        marks
    }

    #[test]
    fn every_translation_keeps_the_placeholders() {
        assert_eq!(marks("a {b} <c>d{{e}}"), ["<c>", "{b}", "{{e}"]);
        let english = keys_and_texts(include_str!("en.json"));
        for (code, json) in Language::TABLES {
            for (key, text) in keys_and_texts(json) {
                assert_eq!(marks(&text), marks(&english[&key]), "{code}: {key}");
            }
        }
    }

    #[test]
    fn names_of_months_and_days_are_complete() {
        for (code, json) in Language::TABLES {
            let table = keys_and_texts(json);
            for (key, count) in
                [("monthNames", 12), ("monthNamesShort", 12), ("dayNames", 7), ("dayNamesShort", 7), ("dayHalves", 4)]
            {
                let names: Vec<&str> = table[key].split('|').collect();
                assert!(names.len() == count && !names.contains(&""), "{code}: {key}");
            }
        }
    }

    #[test]
    fn a_language_is_found_whatever_its_country() {
        let of = |tag: &str| Language::of(&tag.parse().unwrap()).map(Language::code);
        assert_eq!((of("de"), of("FR-ca"), of("ar-EG"), of("ja-JP")), (Some("de"), Some("fr"), Some("ar"), Some("ja")));
        assert_eq!((of("it"), of("deu")), (None, None));
    }
}
