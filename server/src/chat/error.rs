//! Why a use case did not do what was asked.

use std::time::Duration;

use domain::Invalid;

use crate::files::FileError;
use crate::storage::StorageError;

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    App,
    Integration,
    User,
    Conversation,
    Client,
    Device,
    Session,
    Switchboard,
    SwitchboardIntegration,
    Message,
    Participant,
    Key,
    Webhook,
    Delivery,
    Attachment,
    Action,
    Template,
    Link,
    Ban,
    OAuthClient,
    RedirectUri,
    /// A record that a page should begin at.
    Cursor,
}

#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("no such {0:?}")]
    NotFound(Noun),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// What was asked for does not go with how things are; in words for the caller.
    #[error("{0}")]
    Refused(&'static str),
    /// A switchboard has all the seats that it may.
    #[error("A switchboard can have {0} integrations at most")]
    TooManySwitchboardIntegrations(usize),
    /// A good caller who may not do this here.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The same id with another body, or something unique that is taken.
    #[error("conflict with what is there already")]
    Conflict,
    /// The external id is another user's.
    #[error("User already exists")]
    UserExists,
    /// The session was ended, here or by the business.
    #[error("the session has ended")]
    SessionEnded,
    /// The conversation holds as many messages as it may.
    #[error("the conversation is full")]
    Full,
    /// The app takes nothing from this visitor.
    #[error("the visitor is banned")]
    Banned,
    /// The app says more than it may in a while.
    #[error("too many messages at once")]
    TooMany { wait: Duration },
    /// Disk or database; another try may succeed.
    #[error("storage is not available")]
    Unavailable(#[source] StorageError),
    /// An upload that can't be taken, or a file store that does not answer.
    #[error(transparent)]
    Files(#[from] FileError),
    /// A fault of this program.
    #[error("storage failed")]
    Broken(#[source] StorageError),
}

impl ChatError {
    /// Whether its cause was logged where it struck: once for a whole group of writes, rather than once for each of them.
    pub fn is_logged(&self) -> bool {
        matches!(self, Self::Unavailable(StorageError::Unavailable(None)))
    }
}

impl From<StorageError> for ChatError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Conflict => Self::Conflict,
            StorageError::Unavailable(_) => Self::Unavailable(error),
            StorageError::Corrupt { .. } | StorageError::Driver(_) => Self::Broken(error),
        }
    }
}
