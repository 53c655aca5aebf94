//! Carousels: cards side by side.

use serde::{Deserialize, Serialize};

use crate::item::{checked_items, numbered_lines};
use crate::{Invalid, Item};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Carousel {
    /// The items as numbered lines, made by the server.
    #[serde(default)]
    pub text: String,
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10))]
    pub items: Vec<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_settings: Option<DisplaySettings>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DisplaySettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_aspect_ratio: Option<AspectRatio>,
}

/// Of the pictures on the cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AspectRatio {
    Horizontal,
    Square,
}

impl Carousel {
    /// The carousel with its `text`.
    /// # Errors
    /// Names the field, as seen from the content: `items[0].actions[1].uri`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let items = checked_items(self.items)?;
        Ok(Self { text: numbered_lines(&items), items, ..self })
    }
}
