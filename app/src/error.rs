//! What can go wrong as far as the UI is concerned: safe to show, and enough to act on.

#[cfg(feature = "ssr")]
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::json::{FromJson, Json};
#[cfg(feature = "ssr")]
use crate::server_fns::TextJson;

/// A failure that the page can show or act on. Carries no internals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum AppError {
    /// Nothing visible was written.
    #[error("Write something first.")]
    Empty,
    /// More than 4096 characters.
    #[error("Max message size limit exceeded.")]
    TooLong,
    /// More than [`domain::FILE_BYTES`].
    #[error("Max file size limit exceeded.")]
    FileTooLarge,
    /// Not an image where one was asked for, or a kind that is not offered.
    #[error("Unsupported file type.")]
    FileType,
    /// An empty file, or one that did not come whole.
    #[error("Invalid file.")]
    FileInvalid,
    /// The same message id was used for another text: a program's mistake, sending anew mends it.
    #[error("This message was already sent with another text.")]
    Conflict,
    /// The chat page, or this visitor's conversation, does not exist (any more).
    #[error("This conversation does not exist any more.")]
    NotFound,
    /// The browser's proof of identity is not accepted; a reload makes a new one.
    #[error("Your session has ended. Reload the page to go on.")]
    SessionEnded,
    /// What should prove who the visitor is does not; says why, for whoever builds the login.
    #[error("{0}")]
    LoginRefused(String),
    /// The conversation holds as many messages as it may.
    #[error("This conversation is full.")]
    Full,
    /// Answers that do not fit the questions of a form: names of fields, each with what is wrong in words.
    #[error("Please check your answers.")]
    Answers(Vec<(String, String)>),
    /// What came could not be read; names the field.
    #[error("{0}")]
    Invalid(String),
    /// It came from a page of somebody else's.
    #[error("The message came from another website and was not sent.")]
    Foreign,
    /// A program may have written it: whoever presses send once more is a person.
    #[error("Your message is still here. Please press send once more.")]
    SendAgain,
    /// The business takes nothing from this visitor.
    #[error("You can't send messages here.")]
    Banned,
    /// More than anybody may do in a while; so many seconds later there is another try.
    #[error("That was a lot at once. Wait a moment, then send it again.")]
    TooMany(u64),
    /// Ours, or the line's: worth another try.
    #[error("The message could not be delivered. Try again in a moment.")]
    Unavailable,
}

impl AppError {
    /// Whether the same request may succeed later without any change to it.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable | Self::TooMany(_))
    }
}

/// As it is on the wire: the name of the kind, or an object with what there is to say under that name.
impl FromJson for AppError {
    fn from_json(json: &Json) -> Option<Self> {
        let Some(kind) = json.string() else {
            let (refused, invalid) = (json.get("loginRefused")?, json.get("invalid")?);
            return match (refused, invalid) {
                (Some(problem), _) => Some(Self::LoginRefused(problem)),
                (_, Some(problem)) => Some(Self::Invalid(problem)),
                _ => json.get("answers").map(Self::Answers),
            };
        };
        match kind.as_str() {
            "empty" => Some(Self::Empty),
            "tooLong" => Some(Self::TooLong),
            "fileTooLarge" => Some(Self::FileTooLarge),
            "fileType" => Some(Self::FileType),
            "fileInvalid" => Some(Self::FileInvalid),
            "conflict" => Some(Self::Conflict),
            "notFound" => Some(Self::NotFound),
            "sessionEnded" => Some(Self::SessionEnded),
            "full" => Some(Self::Full),
            "banned" => Some(Self::Banned),
            "foreign" => Some(Self::Foreign),
            "sendAgain" => Some(Self::SendAgain),
            "unavailable" => Some(Self::Unavailable),
            _ => None,
        }
    }
}

#[cfg(feature = "ssr")]
impl FromServerFnError for AppError {
    type Encoder = TextJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(message)
            | ServerFnErrorErr::MissingArg(message)
            | ServerFnErrorErr::Deserialization(message) => Self::Invalid(message),
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AppError;
    use crate::json::read;

    #[test]
    fn the_browser_reads_every_error() {
        for error in [
            AppError::Empty,
            AppError::TooLong,
            AppError::FileTooLarge,
            AppError::FileType,
            AppError::FileInvalid,
            AppError::Conflict,
            AppError::NotFound,
            AppError::SessionEnded,
            AppError::LoginRefused("Expired.".into()),
            AppError::Full,
            AppError::Banned,
            AppError::Foreign,
            AppError::SendAgain,
            AppError::Answers(vec![("name".into(), "Required.".into()), ("mail".into(), "Not one.".into())]),
            AppError::Invalid("text: \"x\"".into()),
            AppError::Unavailable,
        ] {
            let sent = serde_json::to_string(&error).unwrap();
            assert_eq!(read(&sent), Some(error), "{sent}");
        }
        assert_eq!(read::<AppError>("\"new\""), None);
    }
}
