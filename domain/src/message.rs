//! Messages, and the drafts they are made from.

use serde::{Deserialize, Serialize};

use crate::invalid::{text, web_address};
use crate::wire::or_empty;
use crate::{ClientMessageId, Content, IntegrationId, Invalid, MessageId, Metadata, Timestamp, UserId};

/// One utterance, as every listener and every API caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub received: Timestamp,
    pub author: Author,
    pub content: Content,
    pub source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_message: Option<QuotedMessage>,
    /// Whether this is only the place where a message was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
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
            text("author.displayName", name, 128)?;
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
    /// What its channel calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_message_id: Option<String>,
    /// When it was sent, as its channel says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_message_timestamp: Option<Timestamp>,
}

/// What a message answers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum QuotedMessage {
    Message {
        message: Quoted,
    },
    /// A message that only its channel knows.
    ExternalMessageId {
        external_message_id: String,
    },
}

/// Only named, so that what it said goes with it when it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quoted {
    pub id: MessageId,
}

impl QuotedMessage {
    pub fn message(id: MessageId) -> Self {
        Self::Message { message: Quoted { id } }
    }

    fn checked(self) -> Result<Self, Invalid> {
        if let Self::ExternalMessageId { external_message_id: id } = &self {
            text("quotedMessage.externalMessageId", id, 1024)?;
        }
        Ok(self)
    }
}

impl Source {
    /// Posted through the v2 API.
    pub fn api() -> Self {
        Self::of_type("api:conversations", None)
    }

    /// Written on the chat page of `integration`.
    pub fn web(integration: IntegrationId) -> Self {
        Self::of_type("web", Some(integration))
    }

    fn of_type(kind: &str, integration_id: Option<IntegrationId>) -> Self {
        Self { kind: kind.to_owned(), integration_id, original_message_id: None, original_message_timestamp: None }
    }
}

/// A message before it has a place in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub author: Author,
    pub content: Content,
    pub source: Source,
    pub metadata: Option<Metadata>,
    pub quoted_message: Option<QuotedMessage>,
    pub sent_as: Option<ClientMessageId>,
}

impl Draft {
    /// A draft of the bare necessities.
    pub fn new(author: Author, content: Content, source: Source) -> Self {
        Self { author, content, source, metadata: None, quoted_message: None, sent_as: None }
    }

    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        Ok(Self {
            author: self.author.checked()?,
            content: self.content.checked()?,
            metadata: self.metadata.map(Metadata::checked).transpose()?.filter(|metadata| !metadata.is_empty()),
            quoted_message: self.quoted_message.map(QuotedMessage::checked).transpose()?,
            ..self
        })
    }

    /// The message that this draft becomes once it has an id, a number and a time.
    pub fn into_message(self, id: MessageId, seq: u64, received: Timestamp) -> Message {
        let Self { author, content, source, metadata, quoted_message, sent_as } = self;
        Message { id, received, author, content, source, metadata, quoted_message, deleted: false, seq, sent_as }
    }

    /// Whether `message` is what this draft became, when both bear the same client id. A deleted one says nothing against it.
    pub fn is_same_as(&self, message: &Message) -> bool {
        let (ours, theirs) = (&self.author, &message.author);
        // A user's name may have changed between two tries; the business gives its own each time.
        let is_same_author = if ours.is_business() {
            ours == theirs
        } else {
            ours.kind == theirs.kind && ours.user_id == theirs.user_id
        };
        let says_the_same = self.content == message.content
            && self.metadata == message.metadata
            && self.quoted_message == message.quoted_message;
        is_same_author && (message.deleted || says_the_same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(author: Author, text: &str) -> Draft {
        Draft::new(author, Content::text(text), Source::api())
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
