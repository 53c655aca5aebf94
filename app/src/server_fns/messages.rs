//! Sending, history and reading.
//!
//! The plain HTML form does not come here, it posts to the page itself.

use domain::{ClientMessageId, ConversationId, IntegrationId};
use leptos::prelude::*;

use super::codec::Json;
use crate::AppError;
#[cfg(feature = "ssr")]
use crate::backend::{Visitor, backend};
use crate::start::{History, Sent, Surface};

/// Sends `text` as the visitor. The same `client_id` again is the same message again.
#[server(prefix = "/fn", endpoint = "send_message", input = Json, output = Json)]
pub async fn send_message(
    integration: IntegrationId,
    surface: Surface,
    visitor: Option<String>,
    client_id: ClientMessageId,
    text: String,
) -> Result<Sent, AppError> {
    backend()?.send_text(Visitor { integration, surface, token: visitor }, client_id, text).await
}

/// The messages of `conversation` right before number `before`.
#[server(prefix = "/fn", endpoint = "older_messages", input = Json, output = Json)]
pub async fn older_messages(
    integration: IntegrationId,
    surface: Surface,
    visitor: Option<String>,
    conversation: ConversationId,
    before: u64,
) -> Result<History, AppError> {
    backend()?.messages_before(Visitor { integration, surface, token: visitor }, conversation, before).await
}

/// The visitor has seen everything in `conversation`.
#[server(prefix = "/fn", endpoint = "mark_read", input = Json, output = Json)]
pub async fn mark_read(
    integration: IntegrationId,
    surface: Surface,
    visitor: Option<String>,
    conversation: ConversationId,
) -> Result<(), AppError> {
    backend()?.mark_read(Visitor { integration, surface, token: visitor }, conversation).await
}
