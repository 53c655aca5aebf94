//! The languages that are built in: a table each, which a translator can edit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Key, Texts};

/// A language that the page speaks by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
}

impl Language {
    /// The language of the BCP 47 tag `tag`, whatever its country; `None` for one that is not built in.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The texts of this language, as they are built in.
    pub(super) fn texts(self) -> &'static Texts {
        static ENGLISH: LazyLock<Texts> = LazyLock::new(|| table(include_str!("en.json")));
        match self {
            Self::English => &ENGLISH,
        }
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
    fn a_table_has_every_key_and_no_other() {
        let names: Vec<String> = Key::ALL.iter().map(|key| key.name()).collect();
        let table = keys_and_texts(include_str!("en.json"));
        for name in &names {
            assert!(table.contains_key(name), "{name} is missing");
        }
        for name in table.keys() {
            assert!(names.contains(name), "{name} is the name of no text");
        }
    }
}
