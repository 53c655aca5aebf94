//! What the UI may ask of the server. Implemented there; this crate knows neither storage nor HTTP.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{ActionId, ClientMessageId, ConversationId};
use leptos::prelude::use_context;

use crate::start::{History, LoggedIn, Sent};
use crate::{AppError, Say, Visitor};

/// What proves who a visitor is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Signed by the business; with the external id that the page means, where it says so.
    Jwt { jwt: String, external_id: Option<String> },
    /// Given out by the business, good once.
    AuthCode(String),
}

/// The visitor's side of the product, scoped to one request.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Sends what the visitor says; makes user and conversation where there are none yet. Idempotent by `client_id`.
    async fn send(&self, visitor: Visitor, client_id: ClientMessageId, say: Say) -> Result<Sent, AppError>;

    /// Tells the business of a press on the postback button `action`.
    async fn press(&self, visitor: Visitor, action: ActionId) -> Result<(), AppError>;

    /// Up to 25 messages of `conversation` right before number `before`.
    async fn messages_before(
        &self,
        visitor: Visitor,
        conversation: ConversationId,
        before: u64,
    ) -> Result<History, AppError>;

    /// The list that the visitor's page at `address` shows, as HTML.
    async fn list_conversations(&self, visitor: Visitor, address: String) -> Result<String, AppError>;

    /// How many messages the visitor has not read in conversations other than the one on the page.
    async fn unread_elsewhere(&self, visitor: Visitor) -> Result<u32, AppError>;

    /// The visitor began writing, or stopped.
    async fn tell_typing(&self, visitor: Visitor, on: bool) -> Result<(), AppError>;

    /// The visitor has seen everything in `conversation`.
    async fn mark_read(&self, visitor: Visitor, conversation: ConversationId) -> Result<(), AppError>;

    /// Makes the browser that of the user whom `credentials` name.
    async fn log_in(&self, visitor: Visitor, credentials: Credentials) -> Result<LoggedIn, AppError>;

    /// Ends the login of the browser, if there is one.
    async fn log_out(&self, visitor: Visitor) -> Result<(), AppError>;
}

/// The [`Backend`] in Leptos context: server functions cannot be generic.
#[derive(Clone)]
pub struct BackendHandle(pub Arc<dyn Backend>);

/// The backend of the request at hand.
/// # Errors
/// `Unavailable` where the server forgot to provide one.
pub fn backend() -> Result<Arc<dyn Backend>, AppError> {
    use_context::<BackendHandle>().map(|handle| handle.0).ok_or(AppError::Unavailable)
}
