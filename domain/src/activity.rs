//! Activities: typing and reading.

use serde::{Deserialize, Serialize};

use crate::Author;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ActivityType {
    #[serde(rename = "conversation:read")]
    Read,
    #[serde(rename = "typing:start")]
    TypingStart,
    #[serde(rename = "typing:stop")]
    TypingStop,
}

/// What somebody does besides speaking. Reading is kept, typing never is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    #[serde(rename = "type")]
    pub kind: ActivityType,
    pub author: Author,
}
