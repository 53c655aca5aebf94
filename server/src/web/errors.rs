//! From what a use case says to what a page shows.

use app::AppError;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use crate::chat::ChatError;
use crate::files::FileError;
use crate::guard::whole_seconds;
use crate::telemetry::causes;

/// What is not available mostly is again after so long.
const UNAVAILABLE_SECONDS: u64 = 2;

/// The one map from failures to the visitor's words. A fault of ours is logged here, once.
pub fn app_error(error: &ChatError) -> AppError {
    match error {
        ChatError::NotFound(_) | ChatError::Files(FileError::Missing) => AppError::NotFound,
        ChatError::Files(FileError::TooLarge) => AppError::FileTooLarge,
        ChatError::Files(FileError::NotAnImage) => AppError::FileType,
        ChatError::Files(FileError::Malformed(_)) => AppError::FileInvalid,
        ChatError::Files(FileError::TooSlow) => AppError::Unavailable,
        ChatError::Invalid(invalid) => AppError::Invalid(invalid.to_string()),
        ChatError::TooManySwitchboardIntegrations(_) => AppError::Invalid(error.to_string()),
        ChatError::Conflict | ChatError::UserExists => AppError::Conflict,
        ChatError::Refused(why) | ChatError::Forbidden(why) => AppError::Invalid((*why).to_owned()),
        ChatError::SessionEnded => AppError::SessionEnded,
        ChatError::Full => AppError::Full,
        ChatError::Banned => AppError::Banned,
        ChatError::TooMany { wait } => AppError::TooMany(whole_seconds(*wait)),
        ChatError::Unavailable(_) | ChatError::Broken(_) | ChatError::Files(FileError::Unavailable(_)) => {
            if !error.is_logged() {
                tracing::error!(error = causes(error), "a visitor could not be served");
            }
            AppError::Unavailable
        }
    }
}

/// The status of an answer that says `problem`.
pub fn status(problem: &AppError) -> StatusCode {
    match problem {
        AppError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Conflict => StatusCode::CONFLICT,
        AppError::SessionEnded | AppError::LoginRefused(_) => StatusCode::UNAUTHORIZED,
        AppError::Full => StatusCode::LOCKED,
        AppError::Banned | AppError::Foreign => StatusCode::FORBIDDEN,
        AppError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        AppError::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::FileType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        AppError::Empty
        | AppError::TooLong
        | AppError::FileInvalid
        | AppError::Answers(_)
        | AppError::Invalid(_)
        | AppError::SendAgain => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// When another try may do better, as the answer that says `problem` tells programs.
pub fn say_when(problem: &AppError, answer: &mut Response) {
    let seconds = match problem {
        AppError::TooMany(seconds) => *seconds,
        AppError::Unavailable => UNAVAILABLE_SECONDS,
        _ => return,
    };
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
}
