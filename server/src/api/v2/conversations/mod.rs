pub mod get;
pub mod list;

use domain::ConversationId;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};

/// A conversation's id in a path. What is no id names no conversation.
pub fn conversation_id(text: &str) -> Result<ConversationId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Conversation).into())
}
