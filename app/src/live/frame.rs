//! What goes over the wire, either way.

use domain::ConversationId;

use crate::json::{FromJson, Json, ToJson};
use crate::state::Event;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The line stands. Another epoch than before means that the database is another.
    Hello {
        epoch: String,
    },
    /// The server is alive.
    Beat,
    /// The server is about to stop; another takes over.
    Reconnect,
    /// What this page knows can't be continued.
    Reload,
    Event(Box<Event>),
}

impl Frame {
    /// Reads a frame; `None` for one of a newer server that this build need not understand.
    pub fn read(text: &str) -> Option<Self> {
        let frame = Json::parse(text)?;
        let kind: String = frame.get("type")?;
        match kind.as_str() {
            "hello" => Some(Self::Hello { epoch: frame.get("epoch").unwrap_or_default() }),
            "beat" => Some(Self::Beat),
            "reconnect" => Some(Self::Reconnect),
            "reload" => Some(Self::Reload),
            // An event that can't be understood still counts, or all that follow it would wait for it.
            _ => Event::from_json(&frame)
                .or_else(|| Some(Event::unknown(frame.get("conversation")?, frame.get("seq")?)))
                .map(|event| Self::Event(Box::new(event))),
        }
    }
}

/// The first frame to the server: who this is, and the number of the last event that this page has of the conversation it shows.
pub fn greeting(token: Option<&str>, position: Option<(ConversationId, u64)>) -> String {
    let since = match position {
        Some((conversation, seq)) => Json::object(&[(&conversation.to_string(), seq.to_json())]),
        None => Json::object(&[]),
    };
    let mut greeting = vec![("type", "hello".into()), ("since", since)];
    if let Some(token) = token {
        greeting.push(("token", token.into()));
    }
    Json::object(&greeting).text()
}

/// Tells the server whether the visitor is writing in `conversation`.
pub fn typing(conversation: ConversationId, on: bool) -> String {
    Json::object(&[("type", "typing".into()), ("conversation", conversation.to_json()), ("on", on.into())]).text()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_greeting_says_who_and_since_when() {
        let conversation = "66b000000000000000000001".parse().unwrap();
        let frame = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        let since = json!({ "66b000000000000000000001": 16.0 });
        assert_eq!(frame(greeting(None, Some((conversation, 16)))), json!({ "type": "hello", "since": since }));
        assert_eq!(frame(greeting(Some("a\"b"), None)), json!({ "type": "hello", "token": "a\"b", "since": {} }));
        assert_eq!(
            frame(typing(conversation, true)),
            json!({ "type": "typing", "conversation": "66b000000000000000000001", "on": true })
        );
    }

    #[test]
    fn frames_are_told_apart() {
        assert_eq!(Frame::read(r#"{"type":"hello","epoch":"e1"}"#), Some(Frame::Hello { epoch: "e1".into() }));
        assert_eq!(Frame::read(r#"{"type":"beat"}"#), Some(Frame::Beat));
        assert_eq!(Frame::read(r#"{"type":"reload","why":1}"#), Some(Frame::Reload));
        assert_eq!(Frame::read(r#"{"type":"from the future"}"#), None);
        assert_eq!(Frame::read("<html>"), None);
        let typing = r#"{"type":"conversation:typing","conversation":{"id":"66b000000000000000000001"},"createdAt":"2026-01-01T00:00:00.000Z","payload":{}}"#;
        assert!(matches!(Frame::read(typing), Some(Frame::Event(_))));
        let hologram = r#"{"type":"conversation:hologram","conversation":{"id":"66b000000000000000000001"},"seq":9,"payload":{"message":3}}"#;
        assert!(matches!(Frame::read(hologram), Some(Frame::Event(event)) if event.seq == Some(9)));
    }
}
