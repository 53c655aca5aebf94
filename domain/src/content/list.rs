//! Lists: cards one below the other.

use serde::{Deserialize, Serialize};

use crate::action::ActionPlace;
use crate::invalid::{counted, each};
use crate::item::{checked_items, numbered_lines};
use crate::wire::or_empty;
use crate::{Action, Invalid, Item};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct List {
    /// The items as numbered lines, made by the server.
    #[serde(default)]
    pub text: String,
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10))]
    pub items: Vec<Item>,
    /// Of the list as a whole.
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

impl List {
    /// The list with its `text`.
    /// # Errors
    /// Names the field, as seen from the content: `items[0].actions[1].uri`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let items = checked_items(self.items)?;
        if !self.actions.is_empty() {
            counted("actions", &self.actions, 10)?;
        }
        let actions = each("actions", self.actions, |action| action.checked(ActionPlace::Items))?;
        Ok(Self { text: numbered_lines(&items), items, actions })
    }
}
