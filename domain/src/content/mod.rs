//! What a message says, one file a content type.
//!
//! Adding a content type: a file here with its struct and its `checked`, a variant below, a renderer of the same name in
//! `app/src/components/content`.

mod text;

use serde::{Deserialize, Serialize};

pub use text::{TEXT_CHARACTERS, Text, is_blank};

use crate::Invalid;

/// The content of a message, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Content {
    Text(Text),
    /// A type of a newer server: shown as "Unsupported message type.", never accepted.
    #[serde(other, skip_serializing)]
    Unknown,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text { text: text.into() })
    }

    /// # Errors
    /// Names the field below `content` that broke a rule.
    pub fn checked(self) -> Result<Self, Invalid> {
        match self {
            Self::Text(text) => text.checked().map(Self::Text),
            Self::Unknown => Err(Invalid::new("content.type", "should be equal to one of the allowed values: text")),
        }
    }
}
