//! Messages, and the drafts they are made from.

use serde::{Deserialize, Serialize};

use crate::invalid::{length, web_address};
use crate::{ClientMessageId, Content, IntegrationId, Invalid, MessageId, Metadata, Timestamp, UserId};

/// One utterance, as every listener and every API caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub received: Timestamp,
    pub author: Author,
    pub content: Content,
    pub source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its number in the conversation's log. Not part of the v2 message: events carry it beside.
    #[serde(skip)]
    pub seq: u64,
    /// The sender's own name for it, where the sender gave one.
    #[serde(skip)]
    pub sent_as: Option<ClientMessageId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum AuthorType {
    Business,
    User,
}

/// Who said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Author {
    #[serde(rename = "type")]
    pub kind: AuthorType,
    /// Given for users, `None` for the business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub subtypes: Vec<String>,
}

/// A list that may be `null`.
fn or_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Author {
    pub fn business(display_name: Option<String>) -> Self {
        Self { kind: AuthorType::Business, user_id: None, display_name, avatar_url: None, subtypes: Vec::new() }
    }

    pub fn user(id: UserId, display_name: Option<String>) -> Self {
        Self { kind: AuthorType::User, user_id: Some(id), display_name, avatar_url: None, subtypes: Vec::new() }
    }

    pub fn is_business(&self) -> bool {
        self.kind == AuthorType::Business
    }

    /// # Errors
    /// `author.displayName` (1 to 128 characters), `author.avatarUrl`, `author.subtypes` (only `AI`).
    pub fn checked(self) -> Result<Self, Invalid> {
        if let Some(name) = &self.display_name {
            length("author.displayName", name, 128)?;
        }
        if let Some(avatar) = &self.avatar_url {
            web_address("author.avatarUrl", avatar)?;
        }
        if self.subtypes.iter().any(|subtype| subtype != "AI") {
            return Err(Invalid::new("author.subtypes", "should be equal to one of the allowed values: AI"));
        }
        Ok(self)
    }
}

/// By which door it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<IntegrationId>,
}

impl Source {
    /// Posted through the v2 API.
    pub fn api() -> Self {
        Self { kind: "api:conversations".to_owned(), integration_id: None }
    }

    /// Written on the chat page of `integration`.
    pub fn web(integration: IntegrationId) -> Self {
        Self { kind: "web".to_owned(), integration_id: Some(integration) }
    }
}

/// A message before it has a place in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub author: Author,
    pub content: Content,
    pub source: Source,
    pub metadata: Option<Metadata>,
    pub sent_as: Option<ClientMessageId>,
}

impl Draft {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        Ok(Self {
            author: self.author.checked()?,
            content: self.content.checked()?,
            metadata: self.metadata.map(Metadata::checked).transpose()?.filter(|metadata| !metadata.is_empty()),
            ..self
        })
    }

    /// The message that this draft becomes once it has an id, a number and a time.
    pub fn into_message(self, id: MessageId, seq: u64, received: Timestamp) -> Message {
        let Self { author, content, source, metadata, sent_as } = self;
        Message { id, received, author, content, source, metadata, seq, sent_as }
    }

    /// Whether `message` is what this draft became, when both bear the same client id.
    pub fn is_same_as(&self, message: &Message) -> bool {
        self.author.kind == message.author.kind
            && self.author.user_id == message.author.user_id
            && self.content == message.content
            && self.metadata == message.metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(author: Author, text: &str) -> Draft {
        Draft { author, content: Content::text(text), source: Source::api(), metadata: None, sent_as: None }
    }

    #[test]
    fn a_message_has_the_shape_of_the_contract() {
        let id = "66b000000000000000000001".parse().unwrap();
        let author = Author {
            avatar_url: Some("https://shop.example/ada.png".into()),
            ..Author::business(Some("Ada (Shop)".into()))
        };
        let message = draft(author, "On its way.").into_message(id, 7, Timestamp::from_millis(1_767_225_600_125));
        assert_eq!(
            serde_json::to_string(&message).unwrap(),
            r#"{"id":"66b000000000000000000001","received":"2026-01-01T00:00:00.125Z","author":{"type":"business","displayName":"Ada (Shop)","avatarUrl":"https://shop.example/ada.png"},"content":{"type":"text","text":"On its way."},"source":{"type":"api:conversations"}}"#
        );
    }

    #[test]
    fn an_author_is_checked_field_by_field() {
        let name = |name: &str| draft(Author::business(Some(name.into())), "x").checked();
        assert!(name("<img src=x onerror=window.__xss=8>").is_ok(), "markup is only text");
        assert_eq!(name("").unwrap_err().field, "author.displayName");
        assert_eq!(name(&"x".repeat(129)).unwrap_err().field, "author.displayName");
    }

    #[test]
    fn an_unknown_content_type_is_read_but_never_accepted() {
        let content: Content =
            serde_json::from_str(r#"{"type":"hologram","text":"fallback","payload":{"x":1}}"#).unwrap();
        assert_eq!(content, Content::Unknown);
        assert_eq!(content.checked().unwrap_err().field, "content.type");
    }
}
