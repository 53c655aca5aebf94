//! What can go wrong with a file, as far as a caller would treat it differently.

/// Why a file was not taken, found or given.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The upload is larger than a file may be.
    #[error("the file should not be larger than 50 MB")]
    TooLarge,
    /// Nothing came for a while, or the whole took too long.
    #[error("the upload did not arrive in time")]
    TooSlow,
    /// The upload is no multipart form, or ended early.
    #[error("{0}")]
    Malformed(&'static str),
    /// What should be an image that browsers show is none.
    #[error("the file should be an image")]
    NotAnImage,
    /// The store has no such bytes.
    #[error("the store has no such file")]
    Missing,
    /// Full disk, store out of reach: another try may succeed.
    #[error("the file store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FileError {
    pub(super) fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(error.into())
    }
}
