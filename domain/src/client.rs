//! Clients: a user's endpoints on channels. Devices: the browsers and phones behind the one of type `sdk`.

use std::fmt;
use std::str::FromStr;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::invalid::text;
use crate::{ClientId, ConversationId, IntegrationId, Invalid, SessionId, Timestamp};

/// A channel that a user can be reached on. Web, iOS and Android count as `sdk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ClientType {
    Apple,
    Gbm,
    GoogleRcs,
    Instagram,
    Kakao,
    Line,
    Mailgun,
    MessageBird,
    Messenger,
    Sdk,
    SlackConnect,
    Telegram,
    Twilio,
    Twitter,
    Viber,
    WeChat,
    WhatsApp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ClientStatus {
    Active,
    Blocked,
    Inactive,
    /// Waits for its user to confirm it.
    Pending,
}

macro_rules! as_on_the_wire {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.serialize(f)
            }
        }

        impl FromStr for $name {
            type Err = serde::de::value::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::deserialize(text.into_deserializer())
            }
        }
    )*};
}

as_on_the_wire!(ClientType ClientStatus);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Client {
    pub id: ClientId,
    #[serde(rename = "type")]
    pub kind: ClientType,
    pub status: ClientStatus,
    /// The channel that it came by; none for `sdk`, which is the same on every chat page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<IntegrationId>,
    /// The channel's own id for the user: a phone number, an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// What the channel tells of the user, in a flat form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Map<String, Value>>,
    /// What the channel tells of the user, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeviceType {
    Android,
    Ios,
    Web,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeviceStatus {
    Active,
    /// Its session was ended.
    Inactive,
}

/// A browser or phone of a user. Those of the web chat are its sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Device {
    pub id: SessionId,
    #[serde(rename = "type")]
    pub kind: DeviceType,
    /// Names the installation; the same as `id` for a browser.
    pub guid: String,
    pub client_id: ClientId,
    pub status: DeviceStatus,
    pub integration_id: IntegrationId,
    pub last_seen: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<DeviceInfo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

/// What a browser says of itself. Each text is cut to [`INFO_CHARACTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceInfo {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The language it likes best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser_language: Option<String>,
    /// The page that it was on when it spoke first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_url: Option<String>,
}

/// Longer says nothing more.
pub const INFO_CHARACTERS: usize = 512;

impl DeviceInfo {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    #[must_use]
    pub fn cut(self) -> Self {
        let cut = |text: Option<String>| {
            text.map(|text| text.chars().take(INFO_CHARACTERS).collect()).filter(|text: &String| !text.is_empty())
        };
        Self {
            user_agent: cut(self.user_agent),
            browser_language: cut(self.browser_language),
            current_url: cut(self.current_url),
        }
    }
}

/// The body of `POST …/clients`: links a user to a channel by what the business knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewClient {
    pub match_criteria: MatchCriteria,
    pub confirmation: Confirmation,
    pub target: Target,
}

/// Who the user is on the channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MatchCriteria {
    #[serde(rename = "type")]
    pub kind: MatchType,
    pub integration_id: IntegrationId,
    /// Whether it becomes the user's first client of its type; `true` unless said.
    #[serde(default)]
    pub primary: Option<bool>,
    /// For `mailgun`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
    pub address: Option<String>,
    /// For `mailgun`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
    pub subject: Option<String>,
    /// For the others.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
    pub phone_number: Option<String>,
}

/// A channel on which a user can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MatchType {
    Mailgun,
    MessageBird,
    Twilio,
    WhatsApp,
}

impl From<MatchType> for ClientType {
    fn from(kind: MatchType) -> Self {
        match kind {
            MatchType::Mailgun => Self::Mailgun,
            MatchType::MessageBird => Self::MessageBird,
            MatchType::Twilio => Self::Twilio,
            MatchType::WhatsApp => Self::WhatsApp,
        }
    }
}

/// How the user agrees to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Confirmation {
    #[serde(rename = "type")]
    pub kind: ConfirmationType,
    /// What the user is told on the channel.
    #[serde(default)]
    pub message: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ConfirmationType {
    Immediate,
    UserActivity,
    Prompt,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The conversation that the client is to take part in.
    pub conversation_id: ConversationId,
}

impl NewClient {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        let criteria = &self.match_criteria;
        let needed = match criteria.kind {
            MatchType::Mailgun => {
                vec![("matchCriteria.address", &criteria.address), ("matchCriteria.subject", &criteria.subject)]
            }
            MatchType::MessageBird | MatchType::Twilio | MatchType::WhatsApp => {
                vec![("matchCriteria.phoneNumber", &criteria.phone_number)]
            }
        };
        for (field, value) in needed {
            text(field, value.as_deref().ok_or_else(|| Invalid::new(field, "is required"))?, 1024)?;
        }
        Ok(self)
    }

    /// The channel's own id for the user.
    pub fn external_id(&self) -> Option<&str> {
        let criteria = &self.match_criteria;
        match criteria.kind {
            MatchType::Mailgun => criteria.address.as_deref(),
            MatchType::MessageBird | MatchType::Twilio | MatchType::WhatsApp => criteria.phone_number.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_spelled_as_on_the_wire() {
        for (kind, text) in [(ClientType::Sdk, "sdk"), (ClientType::GoogleRcs, "googlercs")] {
            assert_eq!(kind.to_string(), text);
            assert_eq!(text.parse::<ClientType>().unwrap(), kind);
        }
        assert!("SDK".parse::<ClientType>().is_err());
        assert_eq!(ClientStatus::Pending.to_string(), "pending");
    }

    #[test]
    fn a_channel_asks_for_what_it_needs() {
        let body = |criteria: &str| {
            format!(
                r#"{{"matchCriteria":{{"integrationId":"65f0a1b2c3d4e5f6aabbccdd",{criteria}}},
                "confirmation":{{"type":"prompt"}},"target":{{"conversationId":"65f0a1b2c3d4e5f6aabbccdd"}}}}"#
            )
        };
        let refused =
            |criteria: &str| serde_json::from_str::<NewClient>(&body(criteria)).unwrap().checked().unwrap_err().field;
        assert_eq!(refused(r#""type":"twilio""#), "matchCriteria.phoneNumber");
        assert_eq!(refused(r#""type":"mailgun","address":"a@b.example""#), "matchCriteria.subject");
        let good = body(r#""type":"whatsapp","phoneNumber":"+15145555555""#);
        let good = serde_json::from_str::<NewClient>(&good).unwrap().checked().unwrap();
        assert_eq!(good.external_id(), Some("+15145555555"));
    }

    #[test]
    fn what_a_browser_says_is_bounded() {
        let info = DeviceInfo {
            user_agent: Some("é".repeat(9000)),
            current_url: Some(String::new()),
            ..DeviceInfo::default()
        };
        let info = info.cut();
        assert_eq!(info.user_agent.unwrap().chars().count(), INFO_CHARACTERS);
        assert_eq!(info.current_url, None);
    }
}
