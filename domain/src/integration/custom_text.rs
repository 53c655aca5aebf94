//! Texts of the page that the business words itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Invalid;
use crate::invalid::{text, without_nul};

/// Texts in one integration.
const TEXTS: usize = 300;
const KEY_CHARACTERS: usize = 128;
const TEXT_CHARACTERS: usize = 2048;

/// Texts that stand in place of those built in, by key. A key that the page does not know changes nothing.
/// At most 300, each of at most 2048 characters; `null` brings the text built in back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CustomText(BTreeMap<String, String>);

impl CustomText {
    /// The business's own text for `key`, in camel case.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    /// Too many texts, or the key of one that is too long.
    pub(super) fn checked(self) -> Result<Self, Invalid> {
        if self.0.len() > TEXTS {
            return Err(Invalid::new("customText", format!("should not have more than {TEXTS} texts")));
        }
        for (key, worded) in &self.0 {
            text("customText", key, KEY_CHARACTERS)?;
            if worded.len() > TEXT_CHARACTERS && worded.chars().count() > TEXT_CHARACTERS {
                let rule = format!("should not be longer than {TEXT_CHARACTERS} characters");
                return Err(Invalid::new(key.clone(), rule).within("customText"));
            }
            without_nul(key, worded).map_err(|invalid| invalid.within("customText"))?;
        }
        Ok(self)
    }
}

/// A text that is `null` is the one built in.
impl<'de> Deserialize<'de> for CustomText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, Option<String>>::deserialize(deserializer)?;
        Ok(Self(texts.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: serde_json::Value) -> Result<CustomText, Invalid> {
        serde_json::from_value::<CustomText>(json).unwrap().checked()
    }

    #[test]
    fn what_is_too_long_is_named() {
        let long = "é".repeat(TEXT_CHARACTERS);
        assert!(texts(serde_json::json!({ "headerText": long, "introductionText": "" })).is_ok());
        let longer = long + "é";
        let refused = texts(serde_json::json!({ "headerText": longer })).unwrap_err();
        assert_eq!(refused.field, "customText.headerText");
        let many: BTreeMap<String, &str> = (0..=TEXTS).map(|n| (n.to_string(), "x")).collect();
        assert_eq!(texts(serde_json::json!(many)).unwrap_err().field, "customText");
        assert_eq!(texts(serde_json::json!({ longer: "x" })).unwrap_err().field, "customText");
        assert_eq!(texts(serde_json::json!({ "headerText": "a\0" })).unwrap_err().field, "customText.headerText");
    }

    #[test]
    fn null_brings_the_built_in_text_back() {
        let texts = texts(serde_json::json!({ "headerText": null, "sendButtonText": "Go" })).unwrap();
        assert_eq!((texts.get("headerText"), texts.get("sendButtonText")), (None, Some("Go")));
    }
}
