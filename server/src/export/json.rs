//! An export as one JSON object.

use domain::{Client, Conversation, Message, Participant, Session, Timestamp, User};
use serde::Serialize;
use utoipa::ToSchema;

use super::Writer;
use crate::chat::{ExportPiece, ExportedPerson};

/// All that is kept of a user.
#[derive(Serialize, ToSchema)]
pub struct UserExport {
    user: User,
    /// The channels that the user is reached by.
    clients: Vec<Client>,
    /// The browsers that speak or spoke for the user.
    sessions: Vec<Session>,
    /// Files that the user sent.
    attachments: Vec<ExportedAttachment>,
    /// Oldest first.
    conversations: Vec<ExportedConversation>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExportedAttachment {
    media_url: String,
    media_type: String,
    name: String,
    /// In bytes.
    size: u64,
    created_at: Timestamp,
}

/// A conversation with all that was said there, by others too.
#[derive(Serialize, ToSchema)]
struct ExportedConversation {
    #[serde(flatten)]
    conversation: Conversation,
    participants: Vec<Participant>,
    /// Oldest first.
    messages: Vec<Message>,
}

/// How far the text is.
#[derive(Default)]
pub struct Json {
    conversations: usize,
    /// Messages of the conversation at hand.
    messages: usize,
}

/// What ends an open list in an object.
const CLOSED: &str = "]}";

/// `value` up to the empty list at its end, which stays open.
fn opened(value: &impl Serialize) -> String {
    let mut text = text(value);
    text.truncate(text.len() - CLOSED.len());
    text
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is exported has text keys and finite numbers")
}

impl Writer for Json {
    fn piece(&mut self, piece: ExportPiece) -> String {
        match piece {
            ExportPiece::Person(person) => {
                let ExportedPerson { user, clients, sessions, attachments } = *person;
                let attachments = attachments.into_iter().map(|(file, media_url)| ExportedAttachment {
                    media_url,
                    media_type: file.media_type,
                    name: file.name,
                    size: file.size,
                    created_at: file.created_at,
                });
                let attachments = attachments.collect();
                opened(&UserExport { user, clients, sessions, attachments, conversations: Vec::new() })
            }
            ExportPiece::Conversation(conversation, participants) => {
                let before = if self.conversations > 0 { "]}," } else { "" };
                self.conversations += 1;
                self.messages = 0;
                let conversation =
                    ExportedConversation { conversation: *conversation, participants, messages: Vec::new() };
                format!("{before}{}", opened(&conversation))
            }
            ExportPiece::Messages(messages) => {
                let mut list = String::new();
                for message in &messages {
                    if self.messages > 0 {
                        list.push(',');
                    }
                    self.messages += 1;
                    list.push_str(&text(message));
                }
                list
            }
        }
    }

    fn end(self) -> String {
        if self.conversations > 0 { [CLOSED, CLOSED].concat() } else { CLOSED.to_owned() }
    }
}
