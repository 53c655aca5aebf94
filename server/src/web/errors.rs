//! From what a use case says to what a page shows.

use app::AppError;

use crate::chat::{ChatError, Noun};

/// The one map from failures to the visitor's words. A fault of ours is logged here, once.
pub fn app_error(error: &ChatError) -> AppError {
    match error {
        ChatError::NotFound(Noun::App | Noun::Integration | Noun::User | Noun::Conversation | Noun::Cursor) => {
            AppError::NotFound
        }
        ChatError::Invalid(invalid) => AppError::Invalid(invalid.to_string()),
        ChatError::Conflict => AppError::Conflict,
        ChatError::SessionEnded => AppError::SessionEnded,
        ChatError::Full => AppError::Full,
        ChatError::Unavailable(_) | ChatError::Broken(_) => {
            tracing::error!(error = error as &dyn std::error::Error, "a visitor could not be served");
            AppError::Unavailable
        }
    }
}
