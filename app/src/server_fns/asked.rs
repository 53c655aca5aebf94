//! The browser's side of the server functions: each under its name and with its arguments by theirs.

use domain::{ActionId, ClientMessageId, ConversationId};

use crate::browser::ask;
use crate::json::ToJson;
use crate::start::{History, Sent};
use crate::{AppError, Say, Visitor};

pub async fn list_conversations(visitor: Visitor, address: String) -> Result<String, AppError> {
    ask("list_conversations", &[("visitor", visitor.to_json()), ("address", address.to_json())]).await
}

pub async fn unread_elsewhere(visitor: Visitor) -> Result<u32, AppError> {
    ask("unread_elsewhere", &[("visitor", visitor.to_json())]).await
}

pub async fn send_message(visitor: Visitor, client_id: ClientMessageId, say: Say) -> Result<Sent, AppError> {
    let (visitor, client_id) = (visitor.to_json(), client_id.to_json());
    ask("send_message", &[("visitor", visitor), ("client_id", client_id), ("say", say.to_json())]).await
}

pub async fn press(visitor: Visitor, action: ActionId) -> Result<(), AppError> {
    ask("press", &[("visitor", visitor.to_json()), ("action", action.to_json())]).await
}

pub async fn older_messages(visitor: Visitor, conversation: ConversationId, before: u64) -> Result<History, AppError> {
    let (visitor, conversation) = (visitor.to_json(), conversation.to_json());
    ask("older_messages", &[("visitor", visitor), ("conversation", conversation), ("before", before.to_json())]).await
}

pub async fn tell_typing(visitor: Visitor, on: bool) -> Result<(), AppError> {
    ask("tell_typing", &[("visitor", visitor.to_json()), ("on", on.into())]).await
}

pub async fn mark_read(visitor: Visitor, conversation: ConversationId) -> Result<(), AppError> {
    ask("mark_read", &[("visitor", visitor.to_json()), ("conversation", conversation.to_json())]).await
}
