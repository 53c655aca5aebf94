//! The one conversation that the older API knows of each user.

use domain::{ConversationId, Timestamp};
use serde::{Serialize, Serializer};

use super::seconds;
use crate::chat::DefaultConversation;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    #[serde(rename = "_id")]
    id: ConversationId,
    /// By the user.
    unread_count: u64,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_seconds")]
    app_maker_last_read: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_seconds")]
    app_user_last_read: Option<Timestamp>,
}

impl From<DefaultConversation> for Conversation {
    fn from(it: DefaultConversation) -> Self {
        Self {
            id: it.id,
            unread_count: it.unread_count,
            app_maker_last_read: it.business_last_read,
            app_user_last_read: it.user_last_read,
        }
    }
}

#[expect(clippy::ref_option, reason = "the shape that serde asks for")]
fn as_seconds<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(seconds).serialize(serializer)
}
