//! Conversations: threads of messages between users and a business.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, Metadata, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ConversationType {
    /// One user and the business.
    Personal,
    /// Up to ten users and the business.
    SdkGroup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    pub id: ConversationId,
    #[serde(rename = "type")]
    pub kind: ConversationType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// True only for the first personal conversation of its user.
    pub is_default: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// When the business last read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_last_read: Option<Timestamp>,
    /// When its newest message came, else when it was made.
    pub last_updated_at: Timestamp,
    pub created_at: Timestamp,
    /// The number of its newest event, 0 before the first. Not part of the v2 object.
    #[serde(skip)]
    pub seq: u64,
}
