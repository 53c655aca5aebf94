//! What goes over the wire, either way.

use domain::ConversationId;
use serde::{Deserialize, Serialize, Serializer};

use crate::json;
use crate::state::{ConversationRef, Event};

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

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    epoch: Option<String>,
    conversation: Option<ConversationRef>,
    seq: Option<u64>,
}

impl Frame {
    /// Reads a frame; `None` for one of a newer server that this build need not understand.
    pub fn read(text: &str) -> Option<Self> {
        let Head { kind, epoch, conversation, seq } = json::read(text)?;
        match kind.as_str() {
            "hello" => Some(Self::Hello { epoch: epoch.unwrap_or_default() }),
            "beat" => Some(Self::Beat),
            "reconnect" => Some(Self::Reconnect),
            "reload" => Some(Self::Reload),
            // An event that can't be understood still counts, or all that follow it would wait for it.
            _ => json::read(text)
                .or_else(|| Some(Event::unknown(conversation?, seq)))
                .map(|event| Self::Event(Box::new(event))),
        }
    }
}

#[derive(Serialize)]
struct Greeting<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    since: Since,
}

struct Since(ConversationId, u64);

impl Serialize for Since {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, self.1)])
    }
}

/// The first frame to the server: who this is, and the last event of `conversation` that this page has.
pub fn greeting(token: Option<&str>, conversation: ConversationId, seq: u64) -> String {
    let greeting = Greeting { kind: "hello", token, since: Since(conversation, seq) };
    // Ids, numbers and texts: there is nothing in it that JSON could not say.
    serde_json::to_string(&greeting).unwrap_or_default()
}

#[derive(Serialize)]
struct Typing {
    #[serde(rename = "type")]
    kind: &'static str,
    conversation: ConversationId,
    on: bool,
}

/// Tells the server whether the visitor is writing in `conversation`.
pub fn typing(conversation: ConversationId, on: bool) -> String {
    // As above.
    serde_json::to_string(&Typing { kind: "typing", conversation, on }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_says_who_and_since_when() {
        let conversation = "66b000000000000000000001".parse().unwrap();
        assert_eq!(greeting(None, conversation, 16), r#"{"type":"hello","since":{"66b000000000000000000001":16}}"#);
        assert_eq!(
            greeting(Some("a\"b"), conversation, 0),
            r#"{"type":"hello","token":"a\"b","since":{"66b000000000000000000001":0}}"#
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
