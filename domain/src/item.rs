//! Items: the cards of a carousel or a list.

use serde::{Deserialize, Serialize};

use crate::action::ActionPlace;
use crate::invalid::{at_most, counted, each, text, web_address};
use crate::{Action, Invalid, Metadata};

/// Characters of a title, a description or an alternative text.
const ITEM_CHARACTERS: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ItemSize {
    Compact,
    Large,
}

/// A card with a title, maybe a picture, and one to three buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Item {
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub media_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub alt_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<ItemSize>,
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 3))]
    pub actions: Vec<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

impl Item {
    /// # Errors
    /// Names the field, as seen from the item: `actions[0].uri`.
    pub fn checked(self) -> Result<Self, Invalid> {
        text("title", &self.title, ITEM_CHARACTERS)?;
        at_most("description", self.description.as_deref(), ITEM_CHARACTERS)?;
        self.media_url.as_deref().map_or(Ok(()), |url| web_address("mediaUrl", url))?;
        at_most("mediaType", self.media_type.as_deref(), ITEM_CHARACTERS)?;
        at_most("altText", self.alt_text.as_deref(), ITEM_CHARACTERS)?;
        counted("actions", &self.actions, 3)?;
        Ok(Self {
            actions: each("actions", self.actions, |action| action.checked(ActionPlace::Items))?,
            metadata: self.metadata.map(Metadata::checked).transpose()?.filter(|metadata| !metadata.is_empty()),
            ..self
        })
    }
}

/// One to ten items, each by its own rules.
pub(crate) fn checked_items(items: Vec<Item>) -> Result<Vec<Item>, Invalid> {
    counted("items", &items, 10)?;
    each("items", items, Item::checked)
}

/// Items as numbered plain text: titles, descriptions and links, a line each.
pub(crate) fn numbered_lines(items: &[Item]) -> String {
    let mut lines = Vec::new();
    for (item, number) in items.iter().zip(1..) {
        lines.push(format!("{number}. {}", item.title));
        lines.extend(item.description.clone().filter(|description| !description.is_empty()));
        lines.extend(item.actions.iter().filter(|action| action.address().is_some()).map(ToString::to_string));
    }
    lines.join("\n")
}
