//! Files on their way, beside the outbox: a large one holds up no words.

use domain::ClientMessageId;

use crate::AppError;

/// A file on its way, as far as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub client_id: ClientMessageId,
    pub name: String,
    /// When it was chosen, by the browser's clock.
    pub at: i64,
    /// How much of it is sent, of a hundred.
    pub percent: u8,
    /// Why the last try failed.
    pub failure: Option<AppError>,
}
