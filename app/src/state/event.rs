//! What the messenger reads of a [`domain::Event`].
//!
//! Only what it shows: metadata, sources and the like would bring a third of the decoder's size to the browser. Tests hold
//! it against the real thing.

use crate::json::reads;
use crate::start::{Entry, Rich};
use domain::{ClientMessageId, ConversationId, MessageId, Timestamp};

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: String,
    pub conversation: ConversationRef,
    /// `None` for what passes by without being kept.
    pub seq: Option<u64>,
    pub created_at: Timestamp,
    pub payload: Payload,
    /// The message as this page shows it, where it is more than plain text.
    pub rich: Option<Rich>,
    /// Whether it is this visitor's own doing.
    pub mine: bool,
}

reads!(Event { kind = "type", conversation, seq, created_at = "createdAt", payload, rich, mine });

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRef {
    pub id: ConversationId,
}

reads!(ConversationRef { id });

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payload {
    pub message: Option<Message>,
    /// Of the message that was deleted.
    pub message_id: Option<MessageId>,
    pub sent_as: Option<ClientMessageId>,
    pub activity: Option<Activity>,
}

reads!(Payload { message, message_id = "messageId", sent_as = "sentAs", activity });

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    id: MessageId,
    received: Timestamp,
    author: Author,
    content: Content,
    deleted: bool,
}

reads!(Message { id, received, author, content, deleted });

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    kind: String,
    pub display_name: Option<String>,
    pub avatar_url: Option<String>,
}

reads!(Author { kind = "type", display_name = "displayName", avatar_url = "avatarUrl" });

#[derive(Debug, Clone, PartialEq, Eq)]
struct Content {
    kind: String,
    text: Option<String>,
}

reads!(Content { kind = "type", text });

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    pub kind: String,
    pub author: Author,
}

reads!(Activity { kind = "type", author });

impl Author {
    pub fn is_business(&self) -> bool {
        self.kind == "business"
    }
}

impl Event {
    /// One that only takes its place in the count.
    pub fn unknown(conversation: ConversationRef, seq: Option<u64>) -> Self {
        Self {
            kind: String::new(),
            conversation,
            seq,
            created_at: Timestamp::default(),
            payload: Payload::default(),
            rich: None,
            mine: false,
        }
    }

    /// Whether it brings a message of somebody else.
    pub fn is_from_others(&self) -> bool {
        self.payload.message.is_some() && !self.mine
    }

    /// Whether the list of conversations is not as it was: what only passes by without being kept changes nothing there.
    pub fn changes_list(&self) -> bool {
        self.seq.is_some() || self.kind == "conversation:remove"
    }

    /// Whether it brings a message of the business.
    pub fn is_from_business(&self) -> bool {
        self.payload.message.as_ref().is_some_and(|message| message.author.is_business())
    }

    /// The entry for its message, number `seq`; `offset` gives the visitor's minutes east of Greenwich at a time.
    ///
    /// `None` for a message that is deleted by now.
    pub fn entry(&self, seq: u64, offset: fn(i64) -> i32) -> Option<Entry> {
        let Message { id, received, author, content, .. } = self.payload.message.clone().filter(|it| !it.deleted)?;
        let text = content.text.filter(|_| content.kind == "text" && self.rich.is_none());
        let at = received.millis();
        Some(Entry {
            id,
            seq,
            mine: self.mine,
            by_business: author.is_business(),
            name: author.display_name,
            avatar: author.avatar_url,
            text,
            rich: self.rich.clone(),
            at,
            offset: offset(at),
            sent_as: self.payload.sent_as.clone(),
        })
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::integration::CustomText;

    use crate::components::content::{Stationery, rich};
    use crate::i18n::{Language, Texts};

    #[test]
    fn a_message_of_the_domain_becomes_the_same_entry_live_and_at_start() {
        let id = "66b000000000000000000001";
        let at = Timestamp::from_millis(1_767_225_600_125);
        for author in [domain::Author::business(Some("Ann".into())), domain::Author::user(id.parse().unwrap(), None)] {
            for content in [
                r#"{"type":"text","text":"Hello"}"#,
                r#"{"type":"text","text":""}"#,
                r#"{"type":"text","text":"Ok?","actions":[{"type":"reply","text":"Yes","payload":"Y"}]}"#,
                r#"{"type":"text","markdownText":"**Hello**"}"#,
                r#"{"type":"image","mediaUrl":"https://shop.example/a.png","text":"This?","mediaSize":7}"#,
                r#"{"type":"file","mediaUrl":"https://shop.example/a.pdf","altText":"Invoice"}"#,
                r#"{"type":"location","text":"Here","coordinates":{"lat":50.0755,"long":-14.4378}}"#,
                r#"{"type":"form","fields":[{"type":"text","name":"n","label":"Name","minSize":1}]}"#,
                r#"{"type":"template","template":{"name":"x","depth":[1.5,{}]}}"#,
            ] {
                let draft = domain::Draft {
                    sent_as: Some("mine".parse().unwrap()),
                    ..domain::Draft::new(
                        domain::Author { avatar_url: Some("https://shop.example/a.png".into()), ..author.clone() },
                        serde_json::from_str(content).unwrap(),
                        domain::Source::api(),
                    )
                };
                let message = draft.into_message(id.parse().unwrap(), 7, at);
                let event = domain::Event::message(id.parse().unwrap(), message.clone());
                let mut event = serde_json::to_value(&event).unwrap();
                let stationery = Stationery::new(Texts::of(Language::English, &CustomText::default()));
                if let Some(rich) = rich(&message, &stationery) {
                    event["rich"] = serde_json::to_value(rich).unwrap();
                }
                event["mine"] = (!author.is_business()).into();
                let event: Event = crate::json::read(&event.to_string()).unwrap();
                assert_eq!(event.is_from_business(), author.is_business());
                assert_eq!(event.is_from_others(), author.is_business());
                assert_eq!(event.entry(7, |_| 60), Some(Entry::of(message, author.user_id, 60, &stationery)));
            }
        }
    }

    #[test]
    fn a_deleted_message_is_no_entry() {
        let id = "66b000000000000000000001";
        let at = Timestamp::from_millis(1_767_225_600_125);
        let (author, content) = (domain::Author::business(None), domain::Content::deleted());
        let draft = domain::Draft::new(author, content, domain::Source::api());
        let message = domain::Message { deleted: true, ..draft.into_message(id.parse().unwrap(), 7, at) };
        let event = domain::Event::message(id.parse().unwrap(), message);
        let event: Event = crate::json::read(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!((event.seq, event.entry(7, |_| 0)), (Some(7), None));
    }

    #[test]
    fn an_unknown_type_has_no_text_even_where_it_brings_one() {
        let text = r#"{"type":"conversation:message","conversation":{"id":"66b000000000000000000001"},"seq":9,"createdAt":"2026-01-01T00:00:00.125Z","payload":{"message":{"id":"66b000000000000000000002","received":"2026-01-01T00:00:00.125Z","author":{"type":"business"},"content":{"type":"hologram","text":"fallback","depth":3.5},"source":{"type":"x"},"metadata":{"a":1.5}}}}"#;
        let event: Event = crate::json::read(text).unwrap();
        assert_eq!(event.entry(9, |_| 0).unwrap().text, None);
    }
}
