//! The list of conversations.

use leptos::prelude::*;

use super::codec::Json;
use crate::backend::backend;
use crate::{AppError, Visitor};

/// The inside of the list that the page at `address` shows, as HTML.
#[server(prefix = "/fn", endpoint = "list_conversations", input = Json, output = Json)]
pub async fn list_conversations(visitor: Visitor, address: String) -> Result<String, AppError> {
    backend()?.list_conversations(visitor, address).await
}

/// How many messages the visitor has not read in conversations other than the one on the page.
#[server(prefix = "/fn", endpoint = "unread_elsewhere", input = Json, output = Json)]
pub async fn unread_elsewhere(visitor: Visitor) -> Result<u32, AppError> {
    backend()?.unread_elsewhere(visitor).await
}
