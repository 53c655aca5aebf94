//! Languages and countries, as settings and links name them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A language, mostly with its country: `de`, `pt-BR`, `zh-Hant-TW`. Letters and digits in groups of up to eight, which say
/// nothing but themselves wherever they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}$", example = "pt-BR"))]
#[serde(transparent)]
pub struct Locale(String);

/// Groups after the language.
const GROUPS: usize = 4;

impl Locale {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone, in lower case.
    pub fn language(&self) -> String {
        self.0.split('-').next().unwrap_or_default().to_ascii_lowercase()
    }
}

/// The contract's default.
impl Default for Locale {
    fn default() -> Self {
        Self("en-US".to_owned())
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that names no language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be a language such as de or pt-BR")]
pub struct NotALocale;

impl FromStr for Locale {
    type Err = NotALocale;
    fn from_str(text: &str) -> Result<Self, NotALocale> {
        let mut groups = text.split('-');
        let language = groups.next().unwrap_or_default();
        let is_language = (2..=8).contains(&language.len()) && language.bytes().all(|c| c.is_ascii_alphabetic());
        let is_group = |group: &str| (1..=8).contains(&group.len()) && group.bytes().all(|c| c.is_ascii_alphanumeric());
        let is_locale = is_language && groups.clone().count() <= GROUPS && groups.all(is_group);
        if is_locale { Ok(Self(text.to_owned())) } else { Err(NotALocale) }
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_letters_and_digits() {
        for good in ["de", "pt-BR", "zh-Hant-TW", "sr-Latn-RS", "es-419", "de-DE-1996", "ar-EG"] {
            assert_eq!(good.parse::<Locale>().unwrap().as_str(), good);
        }
        for bad in
            ["", "d", "de-", "-de", "de_DE", "de DE", "1a", "<script>", "abcdefghi", "en-abcdefghi", "a-b-c-d-e-f"]
        {
            assert_eq!(bad.parse::<Locale>(), Err(NotALocale), "{bad}");
        }
        assert_eq!("PT-br".parse::<Locale>().unwrap().language(), "pt");
    }
}
