//! Menus: what a user may always ask for, beside the composer. Only the older API has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::invalid::{link_address, required, text};
use crate::{ActionId, Invalid};

/// Items that a menu may have on one level, and levels.
const ITEMS: usize = 100;
const LEVELS: usize = 5;
/// Characters of an item's text and payload.
const ITEM_CHARACTERS: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MenuItemType {
    /// Opens an address.
    Link,
    /// Tells the business.
    Postback,
    /// Opens more items.
    Submenu,
}

/// A menu as it is kept; without items where none was set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Menu {
    pub items: Vec<MenuItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Map<String, Value>>,
}

/// A line of a menu, with an id that stays as long as the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    #[serde(rename = "_id")]
    pub id: ActionId,
    #[serde(rename = "type")]
    pub kind: MenuItemType,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<MenuItem>>,
}

/// A menu to be: items without ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NewMenu {
    pub items: Vec<NewMenuItem>,
    #[serde(default)]
    pub settings: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NewMenuItem {
    #[serde(rename = "type")]
    pub kind: MenuItemType,
    pub text: String,
    #[serde(default)]
    pub uri: Option<String>,
    #[serde(default)]
    pub payload: Option<String>,
    #[serde(default)]
    pub items: Option<Vec<NewMenuItem>>,
}

impl NewMenu {
    /// The menu with the fields of each kind alone, and ids from `new_id`.
    /// # Errors
    /// Names the field: `items[0].items[1].uri`.
    pub fn checked(self, mut new_id: impl FnMut() -> ActionId) -> Result<Menu, Invalid> {
        let items = checked_items(self.items, LEVELS, &mut new_id)?;
        Ok(Menu { items, settings: self.settings })
    }
}

fn checked_items(
    items: Vec<NewMenuItem>,
    levels: usize,
    new_id: &mut dyn FnMut() -> ActionId,
) -> Result<Vec<MenuItem>, Invalid> {
    if items.len() > ITEMS {
        return Err(Invalid::new("items", format!("should not have more than {ITEMS} items")));
    }
    if levels == 0 {
        return Err(Invalid::new("items", format!("should not go deeper than {LEVELS} levels")));
    }
    let checked = items
        .into_iter()
        .zip(0..)
        .map(|(item, at)| item.checked(levels, new_id).map_err(|invalid| invalid.within(format_args!("items[{at}]"))));
    checked.collect()
}

impl NewMenuItem {
    fn checked(self, levels: usize, new_id: &mut dyn FnMut() -> ActionId) -> Result<MenuItem, Invalid> {
        text("text", &self.text, ITEM_CHARACTERS)?;
        let bare = MenuItem { id: new_id(), kind: self.kind, text: self.text, uri: None, payload: None, items: None };
        Ok(match self.kind {
            MenuItemType::Link => MenuItem { uri: Some(required("uri", self.uri, link_address)?), ..bare },
            MenuItemType::Postback => {
                let payload =
                    required("payload", self.payload, |field, payload| text(field, payload, ITEM_CHARACTERS))?;
                MenuItem { payload: Some(payload), ..bare }
            }
            MenuItemType::Submenu => {
                let items = self.items.ok_or_else(|| Invalid::new("items", "is required"))?;
                MenuItem { items: Some(checked_items(items, levels - 1, new_id)?), ..bare }
            }
        })
    }
}

impl Menu {
    /// The item with this id, on whatever level.
    pub fn item(&self, id: ActionId) -> Option<&MenuItem> {
        find(&self.items, id)
    }
}

fn find(items: &[MenuItem], id: ActionId) -> Option<&MenuItem> {
    items.iter().find_map(|item| {
        if item.id == id { Some(item) } else { item.items.as_deref().and_then(|items| find(items, id)) }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Timestamp;

    fn checked(menu: Value) -> Result<Menu, Invalid> {
        let mut made = 0;
        serde_json::from_value::<NewMenu>(menu).unwrap().checked(|| {
            made += 1;
            ActionId::new(Timestamp::default(), [made; 8])
        })
    }

    #[test]
    fn every_item_gets_an_id_on_every_level() {
        let menu = checked(json!({ "items": [
            { "type": "link", "text": "Shop", "uri": "https://shop.example", "payload": "left out" },
            { "type": "submenu", "text": "More", "items": [{ "type": "postback", "text": "Help", "payload": "HELP" }] },
        ] }))
        .unwrap();
        let help = &menu.items[1].items.as_ref().unwrap()[0];
        assert_eq!(menu.item(help.id).unwrap().payload.as_deref(), Some("HELP"));
        assert_eq!(menu.items[0].payload, None);
        assert_eq!(menu.item(ActionId::new(Timestamp::default(), [9; 8])), None);
    }

    #[test]
    fn a_bad_item_is_named() {
        let deep = (0..5).fold(
            json!({ "type": "link", "text": "a", "uri": "https://a.example" }),
            |inner, _| json!({ "type": "submenu", "text": "a", "items": [inner] }),
        );
        for (item, field) in [
            (json!({ "type": "link", "text": "a" }), "items[0].uri"),
            (json!({ "type": "link", "text": "a", "uri": "javascript:x" }), "items[0].uri"),
            (json!({ "type": "postback", "text": "a" }), "items[0].payload"),
            (json!({ "type": "submenu", "text": "a" }), "items[0].items"),
            (
                json!({ "type": "submenu", "text": "a", "items": [{ "type": "link", "text": "" }] }),
                "items[0].items[0].text",
            ),
            (deep, "items[0].items[0].items[0].items[0].items[0].items"),
        ] {
            assert_eq!(checked(json!({ "items": [item] })).unwrap_err().field, field);
        }
    }
}
