//! Plain text, with or without buttons.

use serde::{Deserialize, Serialize};

use crate::action::ActionPlace;
use crate::invalid::{each, text};
use crate::wire::or_empty;
use crate::{Action, Invalid};

/// Characters (code points) that a text message may have.
pub const TEXT_CHARACTERS: usize = 4096;

/// Text, kept byte for byte as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Text {
    /// May lack only where there are actions or a richer text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub text: Option<String>,
    /// The same in HTML of a stranger: not to be shown as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub html_text: Option<String>,
    /// The same in Markdown of a stranger: not to be shown as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub markdown_text: Option<String>,
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// Of the reply button that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub payload: Option<String>,
}

impl Text {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// # Errors
    /// `text` when it lacks, is empty, longer than 4096 characters, or holds a NUL; likewise the other texts;
    /// what is wrong with an action, by its path.
    pub fn checked(self) -> Result<Self, Invalid> {
        let texts = [("text", &self.text), ("htmlText", &self.html_text), ("markdownText", &self.markdown_text)];
        if self.actions.is_empty() && texts.iter().all(|(_, text)| text.is_none()) {
            return Err(Invalid::new("text", "is required"));
        }
        for (field, value) in texts.into_iter().chain([("payload", &self.payload)]) {
            value.as_deref().map_or(Ok(()), |value| text(field, value, TEXT_CHARACTERS))?;
        }
        let actions = each("actions", self.actions, |action| action.checked(ActionPlace::Message))?;
        Ok(Self { actions, ..self })
    }
}

/// Whether nothing of `text` can be seen: a visitor's composer does not send it.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<Text, Invalid> {
        Text::new(text).checked()
    }

    #[test]
    fn the_limit_is_4096_characters() {
        assert!(checked(&"😀".repeat(4096)).is_ok());
        assert_eq!(checked(&"x".repeat(4097)).unwrap_err().field, "text");
        assert_eq!(checked("").unwrap_err().field, "text");
        assert!(checked("a\0b").is_err());
    }

    #[test]
    fn text_is_kept_as_sent() {
        let odd = "  \u{202e}evil\u{202c} e\u{301} 👨‍👩‍👧‍👦\n";
        assert_eq!(checked(odd).unwrap().text.as_deref(), Some(odd));
    }

    #[test]
    fn something_must_be_said() {
        let checked = |json: &str| serde_json::from_str::<Text>(json).unwrap().checked();
        for good in [
            r#"{"actions":[{"type":"reply","text":"Yes","payload":"Y"}],"text":null}"#,
            r#"{"htmlText":"<b>hi</b>"}"#,
            r#"{"markdownText":"**hi**","actions":null}"#,
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for (bad, field) in [
            (r#"{"actions":[]}"#, "text"),
            (r#"{"text":"a","htmlText":""}"#, "htmlText"),
            (
                r#"{"text":"a","actions":[{"type":"reply","text":"b","payload":"c"},{"type":"link","text":"b"}]}"#,
                "actions[1].uri",
            ),
        ] {
            assert_eq!(checked(bad).unwrap_err().field, field);
        }
    }

    #[test]
    fn what_nobody_can_see_is_blank() {
        for blank in ["", "   ", "\n\n", "\u{200b}\u{200b}", "\u{feff}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}a"));
        assert!(!is_blank("👍"));
    }
}
