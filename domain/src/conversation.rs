//! Conversations: threads of messages between users and a business.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::invalid::{text, web_address};
use crate::participant::GROUP_PARTICIPANTS;
use crate::patch::{each_set, present};
use crate::{ConversationId, IntegrationId, Invalid, Invitee, Metadata, SwitchboardIntegrationId, Timestamp, UserId};

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
    /// Who answers now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_switchboard_integration: Option<SwitchboardSeat>,
    /// Who was asked to answer from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_switchboard_integration: Option<SwitchboardSeat>,
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

/// Where a page of a user's list of conversations begins: after the one where something happened last at `at`. It stays where it
/// is, whatever becomes of that conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListKey {
    pub at: Timestamp,
    pub id: ConversationId,
}

/// As addresses spell it: `1767225600125-66b000000000000000000001`.
impl fmt::Display for ListKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.millis(), self.id)
    }
}

impl FromStr for ListKey {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = || {
            let (at, id) = text.split_once('-')?;
            Some(Self { at: Timestamp::from_millis(at.parse().ok()?), id: id.parse().ok()? })
        };
        parts().ok_or_else(|| Invalid::new("after", "should be a time and an id"))
    }
}

/// A conversation as webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TruncatedConversation {
    pub id: ConversationId,
    #[serde(rename = "type")]
    pub kind: ConversationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Who answers now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_switchboard_integration: Option<SwitchboardSeat>,
    /// Who was asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_switchboard_integration: Option<SwitchboardSeat>,
    /// The user whose default conversation it is. The older API knows only such conversations.
    #[serde(skip)]
    pub default_of: Option<UserId>,
}

/// An integration's seat at a switchboard, as conversations name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SwitchboardSeat {
    pub id: SwitchboardIntegrationId,
    pub name: String,
    pub integration_id: IntegrationId,
    pub integration_type: String,
}

/// The body of `POST /v2/apps/{appId}/conversations`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewConversation {
    #[serde(rename = "type")]
    pub kind: ConversationType,
    /// Exactly one in a personal conversation, up to ten in a group.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub participants: Option<Vec<Invitee>>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub display_name: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub description: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub icon_url: Option<String>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

impl NewConversation {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        let participants = self.participants.as_deref().unwrap_or_default();
        if self.kind == ConversationType::Personal && participants.len() != 1 {
            return Err(Invalid::new("participants", "should have exactly one entry in a personal conversation"));
        }
        if participants.len() > GROUP_PARTICIPANTS {
            return Err(Invalid::new("participants", "should not have more than 10 entries: Too many participants"));
        }
        for participant in participants {
            participant.user("participants")?;
        }
        for (field, value) in [("displayName", &self.display_name), ("description", &self.description)] {
            value.as_deref().map_or(Ok(()), |value| text(field, value, 100))?;
        }
        self.icon_url.as_deref().map_or(Ok(()), |icon| web_address("iconUrl", icon))?;
        Ok(Self { metadata: self.metadata.map(Metadata::checked).transpose()?, ..self })
    }
}

/// The body of `PATCH …/conversations/{id}`: an absent key stays, `null` unsets. `metadata` changes key by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConversationPatch {
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub display_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub icon_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub metadata: Option<Option<Metadata>>,
}

impl ConversationPatch {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        let texts = [("displayName", &self.display_name, 100), ("description", &self.description, 100)];
        each_set(texts, text)?;
        each_set([("iconUrl", &self.icon_url, 2048)], |field, icon, _| web_address(field, icon))?;
        if let Some(Some(metadata)) = &self.metadata {
            metadata.clone().checked()?;
        }
        Ok(self)
    }

    /// `conversation` with what this patch changes.
    /// # Errors
    /// `metadata` when it is too large together with what was there.
    pub fn apply(self, conversation: Conversation) -> Result<Conversation, Invalid> {
        let metadata = match self.metadata {
            None => conversation.metadata,
            Some(None) => None,
            Some(Some(patch)) => Some(conversation.metadata.unwrap_or_default().patched(patch)?),
        };
        Ok(Conversation {
            display_name: self.display_name.unwrap_or(conversation.display_name),
            description: self.description.unwrap_or(conversation.description),
            icon_url: self.icon_url.unwrap_or(conversation.icon_url),
            metadata,
            ..conversation
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_key_is_read_as_it_is_written() {
        let text = "1767225600125-66b000000000000000000001";
        assert_eq!(text.parse::<ListKey>().unwrap().to_string(), text);
        for bad in ["", "-", "1767225600125", "x-66b000000000000000000001", "1-2", "-5-66b000000000000000000001"] {
            assert!(bad.parse::<ListKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_new_conversation_is_checked_field_by_field() {
        let refused = |body: &str| serde_json::from_str::<NewConversation>(body).unwrap().checked().unwrap_err().field;
        let ann = r#"{"userExternalId":"ann"}"#;
        assert_eq!(refused(r#"{"type":"personal"}"#), "participants");
        assert_eq!(refused(&format!(r#"{{"type":"personal","participants":[{ann},{ann}]}}"#)), "participants");
        let eleven = [ann; 11].join(",");
        assert_eq!(refused(&format!(r#"{{"type":"sdkGroup","participants":[{eleven}]}}"#)), "participants");
        assert_eq!(refused(r#"{"type":"sdkGroup","participants":[{}]}"#), "participants");
        assert_eq!(refused(r#"{"type":"sdkGroup","displayName":""}"#), "displayName");
        assert_eq!(refused(r#"{"type":"sdkGroup","description":"a\u0000"}"#), "description");
        assert_eq!(refused(r#"{"type":"sdkGroup","iconUrl":"/relative"}"#), "iconUrl");
        let ten = [ann; 10].join(",");
        let body = format!(r#"{{"type":"sdkGroup","participants":[{ten}]}}"#);
        assert!(serde_json::from_str::<NewConversation>(&body).unwrap().checked().is_ok());
    }

    #[test]
    fn a_patch_is_checked_field_by_field() {
        let refused =
            |body: &str| serde_json::from_str::<ConversationPatch>(body).unwrap().checked().unwrap_err().field;
        assert_eq!(refused(&format!(r#"{{"displayName":"{}"}}"#, "x".repeat(101))), "displayName");
        assert_eq!(refused(r#"{"iconUrl":"data:x"}"#), "iconUrl");
        assert_eq!(refused(r#"{"metadata":{"a":[]}}"#), "metadata.a");
    }
}
