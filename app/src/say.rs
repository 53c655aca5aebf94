//! What a visitor says.

use domain::{ActionId, MessageId};
use serde::{Deserialize, Serialize};

/// A message of a visitor, as the page knows it before the server does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Say {
    Text(String),
    /// A reply button that was pressed.
    Reply {
        action: ActionId,
        /// What the button says, and so the message.
        text: String,
    },
    /// Where the visitor is, in degrees.
    Location {
        lat: f64,
        long: f64,
    },
    /// A form that was filled in.
    Answers {
        /// `None` for what is asked before the first message.
        form: Option<MessageId>,
        /// By the names of its fields; of a choice, the name of the option.
        answers: Vec<(String, String)>,
        /// The same for people, a line each.
        text: String,
    },
}

impl Say {
    /// In words, while it is on its way; `None` where there are none.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Reply { text, .. } | Self::Answers { text, .. } => Some(text),
            Self::Location { .. } => None,
        }
    }
}
