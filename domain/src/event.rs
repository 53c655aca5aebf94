//! Events: facts in a conversation's log, and the hints that pass by beside it.

use serde::{Deserialize, Serialize};

use crate::{Activity, ClientMessageId, ConversationId, Message, MessageId, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    #[serde(rename = "conversation:message")]
    Message,
    /// A message was deleted, or all of them.
    #[serde(rename = "conversation:message:remove")]
    MessageRemove,
    #[serde(rename = "conversation:read")]
    Read,
    #[serde(rename = "conversation:typing")]
    Typing,
    /// The conversation is gone, and with it all that was in it.
    #[serde(rename = "conversation:remove")]
    ConversationRemove,
    /// Of a newer server. Its number still counts.
    #[serde(other, rename = "unknown")]
    Unknown,
}

/// What `/events` carries, shaped like a v2 webhook event with the conversation's number beside.
///
/// A flat struct rather than an enum, so that a client skips a kind that it does not know without losing count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: EventKind,
    pub conversation: ConversationRef,
    /// 1, 2, 3 … without gaps in its conversation; `None` for typing, which is never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    pub created_at: Timestamp,
    pub payload: Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRef {
    pub id: ConversationId,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The message that was deleted; `None`: all that came before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The sender's own name for the message, so that its author knows it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<ClientMessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
}

impl Event {
    pub fn message(conversation: ConversationId, message: Message) -> Self {
        let (seq, at, sent_as) = (message.seq, message.received, message.sent_as.clone());
        let payload = Payload { message: Some(message), sent_as, ..Payload::default() };
        Self::new(EventKind::Message, conversation, Some(seq), at, payload)
    }

    /// `message` was deleted; `None`: all messages that came before number `seq`.
    pub fn message_remove(conversation: ConversationId, seq: u64, at: Timestamp, message: Option<MessageId>) -> Self {
        let payload = Payload { message_id: message, ..Payload::default() };
        Self::new(EventKind::MessageRemove, conversation, Some(seq), at, payload)
    }

    pub fn read(conversation: ConversationId, seq: u64, at: Timestamp, activity: Activity) -> Self {
        let payload = Payload { activity: Some(activity), ..Payload::default() };
        Self::new(EventKind::Read, conversation, Some(seq), at, payload)
    }

    pub fn typing(conversation: ConversationId, at: Timestamp, activity: Activity) -> Self {
        let payload = Payload { activity: Some(activity), ..Payload::default() };
        Self::new(EventKind::Typing, conversation, None, at, payload)
    }

    fn new(kind: EventKind, id: ConversationId, seq: Option<u64>, created_at: Timestamp, payload: Payload) -> Self {
        Self { kind, conversation: ConversationRef { id }, seq, created_at, payload }
    }
}

impl Event {
    /// `conversation` was deleted. Its log is gone, too, so this is not kept.
    pub fn conversation_remove(conversation: ConversationId, at: Timestamp) -> Self {
        Self {
            kind: EventKind::ConversationRemove,
            conversation: ConversationRef { id: conversation },
            seq: None,
            created_at: at,
            payload: Payload::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivityType, Author};

    #[test]
    fn an_event_of_a_newer_server_keeps_its_number() {
        let text = r#"{"type":"conversation:hologram","conversation":{"id":"66b000000000000000000001"},"seq":9,"createdAt":"2026-01-01T00:00:00.125Z","payload":{"depth":3}}"#;
        let event: Event = serde_json::from_str(text).unwrap();
        assert_eq!((event.kind, event.seq), (EventKind::Unknown, Some(9)));
    }

    #[test]
    fn typing_has_no_number() {
        let id = "66b000000000000000000001".parse().unwrap();
        let activity = Activity { kind: ActivityType::TypingStart, author: Author::business(Some("Ann".into())) };
        assert_eq!(
            serde_json::to_string(&Event::typing(id, Timestamp::from_millis(0), activity)).unwrap(),
            r#"{"type":"conversation:typing","conversation":{"id":"66b000000000000000000001"},"createdAt":"1970-01-01T00:00:00.000Z","payload":{"activity":{"type":"typing:start","author":{"type":"business","displayName":"Ann"}}}}"#
        );
    }
}
