//! Plain text.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::invalid::length;

/// Characters (code points) that a text message may have.
pub const TEXT_CHARACTERS: usize = 4096;

/// Plain text, kept byte for byte as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Text {
    pub text: String,
}

impl Text {
    /// # Errors
    /// `content.text` when it is empty, longer than 4096 characters, or holds a NUL.
    pub fn checked(self) -> Result<Self, Invalid> {
        length("content.text", &self.text, TEXT_CHARACTERS)?;
        if self.text.contains('\0') {
            return Err(Invalid::new("content.text", "must not contain the character NUL"));
        }
        Ok(self)
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
        Text { text: text.to_owned() }.checked()
    }

    #[test]
    fn the_limit_is_4096_characters() {
        assert!(checked(&"😀".repeat(4096)).is_ok());
        assert_eq!(checked(&"x".repeat(4097)).unwrap_err().field, "content.text");
        assert_eq!(checked("").unwrap_err().field, "content.text");
        assert!(checked("a\0b").is_err());
    }

    #[test]
    fn text_is_kept_as_sent() {
        let odd = "  \u{202e}evil\u{202c} e\u{301} 👨‍👩‍👧‍👦\n";
        assert_eq!(checked(odd).unwrap().text, odd);
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
