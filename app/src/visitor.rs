//! Who asks.

use domain::{ConversationId, IntegrationId};
use serde::{Deserialize, Serialize};

use crate::start::Surface;

/// Who asks, as far as the browser can say: the first argument of every server function. Cookies say the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    pub integration: IntegrationId,
    pub surface: Surface,
    /// What the page says of itself: [`crate::start::Start::page`].
    pub token: Option<String>,
    /// The conversation on the page; `None` before the first message.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// [`crate::start::Start::fresh`], as long as there is no conversation.
    #[serde(default)]
    pub fresh: Option<ConversationId>,
    /// [`crate::start::Start::query`].
    #[serde(default)]
    pub query: String,
}
