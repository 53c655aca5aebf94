//! Sending, history and reading.
//!
//! The plain HTML form does not come here, it posts to the page itself.

use domain::{ActionId, ClientMessageId, ConversationId};
use leptos::prelude::*;

use super::codec::Json;
use crate::backend::backend;
use crate::start::{History, Sent};
use crate::{AppError, Say, Visitor};

/// Sends what the visitor says. The same `client_id` again is the same message again.
#[server(prefix = "/fn", endpoint = "send_message", input = Json, output = Json)]
pub async fn send_message(visitor: Visitor, client_id: ClientMessageId, say: Say) -> Result<Sent, AppError> {
    backend()?.send(visitor, client_id, say).await
}

/// The visitor pressed the postback button `action`.
#[server(prefix = "/fn", endpoint = "press", input = Json, output = Json)]
pub async fn press(visitor: Visitor, action: ActionId) -> Result<(), AppError> {
    backend()?.press(visitor, action).await
}

/// The messages of `conversation` right before number `before`.
#[server(prefix = "/fn", endpoint = "older_messages", input = Json, output = Json)]
pub async fn older_messages(visitor: Visitor, conversation: ConversationId, before: u64) -> Result<History, AppError> {
    backend()?.messages_before(visitor, conversation, before).await
}

/// The visitor began writing, or stopped; for a line that only brings.
#[server(prefix = "/fn", endpoint = "tell_typing", input = Json, output = Json)]
pub async fn tell_typing(visitor: Visitor, on: bool) -> Result<(), AppError> {
    backend()?.tell_typing(visitor, on).await
}

/// The visitor has seen everything in `conversation`.
#[server(prefix = "/fn", endpoint = "mark_read", input = Json, output = Json)]
pub async fn mark_read(visitor: Visitor, conversation: ConversationId) -> Result<(), AppError> {
    backend()?.mark_read(visitor, conversation).await
}
