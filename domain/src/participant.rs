//! Participants: users' memberships in conversations.

use serde::{Deserialize, Serialize};

use crate::client::ClientType;
use crate::{ClientId, Invalid, ParticipantId, Timestamp, UserId};

/// Users that may take part in one `sdkGroup`.
pub const GROUP_PARTICIPANTS: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    pub id: ParticipantId,
    pub user_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_external_id: Option<String>,
    /// Messages by others since this user read last.
    pub unread_count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_read: Option<Timestamp>,
    /// The clients that the conversation shows on, most recently active first.
    pub client_associations: Vec<ClientAssociation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientAssociation {
    #[serde(rename = "type")]
    pub kind: ClientType,
    pub client_id: ClientId,
}

/// Whoever is to take part in a conversation: exactly one of the two ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitee {
    #[serde(default)]
    pub user_id: Option<String>,
    /// The business's own id for the user.
    #[serde(default)]
    pub user_external_id: Option<String>,
    /// Whether the conversation shows on the user's chat pages at once; a user without an `sdk` client gets one. Unless said,
    /// a personal conversation shows and a group does not.
    #[serde(default, rename = "subscribeSDKClient")]
    pub subscribe_sdk_client: Option<bool>,
}

/// A user as a body names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    Id(UserId),
    ExternalId(String),
    /// By a text that is no id: nobody.
    Nobody,
}

impl Invitee {
    /// # Errors
    /// Neither id, or both. `at` is where the invitee stands in its body.
    pub fn user(&self, at: &'static str) -> Result<UserRef, Invalid> {
        match (&self.user_id, &self.user_external_id) {
            (Some(id), None) => Ok(id.parse().map_or(UserRef::Nobody, UserRef::Id)),
            (None, Some(external_id)) => Ok(UserRef::ExternalId(external_id.clone())),
            _ => Err(Invalid::new(at, "should have either userId or userExternalId")),
        }
    }
}

/// The body of `POST …/leave`: exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Leaver {
    #[serde(default)]
    pub user_id: Option<String>,
    #[serde(default)]
    pub user_external_id: Option<String>,
    #[serde(default)]
    pub participant_id: Option<String>,
}

/// A participant as a body names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParticipantRef {
    Participant(ParticipantId),
    User(UserId),
    ExternalId(String),
    /// By a text that is no id: nobody.
    Nobody,
}

impl Leaver {
    /// # Errors
    /// None of the three ids, or more than one.
    pub fn participant(self) -> Result<ParticipantRef, Invalid> {
        match (self.user_id, self.user_external_id, self.participant_id) {
            (Some(id), None, None) => Ok(id.parse().map_or(ParticipantRef::Nobody, ParticipantRef::User)),
            (None, Some(external_id), None) => Ok(ParticipantRef::ExternalId(external_id)),
            (None, None, Some(id)) => Ok(id.parse().map_or(ParticipantRef::Nobody, ParticipantRef::Participant)),
            _ => Err(Invalid::new("body", "should have one of userId, userExternalId and participantId")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_once() {
        let named = |body: &str| serde_json::from_str::<Invitee>(body).unwrap().user("participants");
        assert_eq!(named(r#"{"userExternalId":"ann"}"#).unwrap(), UserRef::ExternalId("ann".into()));
        assert_eq!(named(r#"{"userId":"nonsense"}"#).unwrap(), UserRef::Nobody);
        for bad in ["{}", r#"{"userId":"65f0a1b2c3d4e5f6aabbccdd","userExternalId":"ann"}"#] {
            assert_eq!(named(bad).unwrap_err().field, "participants", "{bad}");
        }
        let leaver = |body: &str| serde_json::from_str::<Leaver>(body).unwrap().participant();
        assert!(matches!(
            leaver(r#"{"participantId":"65f0a1b2c3d4e5f6aabbccdd"}"#),
            Ok(ParticipantRef::Participant(_))
        ));
        assert!(leaver(r#"{"userId":"a","participantId":"b"}"#).is_err());
        assert!(leaver("{}").is_err());
    }
}
