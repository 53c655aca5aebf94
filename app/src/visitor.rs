//! Who asks.

use domain::{ConversationId, IntegrationId};
use serde::{Deserialize, Serialize};

use crate::json::{Json, ToJson};
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

impl ToJson for Visitor {
    fn to_json(&self) -> Json {
        Json::object(&[
            ("integration", self.integration.to_json()),
            ("surface", self.surface.path().to_json()),
            ("token", self.token.to_json()),
            ("conversation", self.conversation.to_json()),
            ("fresh", self.fresh.to_json()),
            ("query", self.query.to_json()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::write;

    #[test]
    fn the_server_reads_what_the_browser_says() {
        let some = |id: &str| Some(id.parse().unwrap());
        let visitor = Visitor {
            integration: "66b000000000000000000001".parse().unwrap(),
            surface: Surface::Embed,
            token: Some("a\"b".into()),
            conversation: some("66b000000000000000000002"),
            fresh: some("66b000000000000000000003"),
            query: "?theme=dark".into(),
        };
        assert_eq!(serde_json::from_str::<Visitor>(&write(&visitor)).unwrap(), visitor);
        let stranger = Visitor { surface: Surface::Chat, token: None, conversation: None, fresh: None, ..visitor };
        assert_eq!(serde_json::from_str::<Visitor>(&write(&stranger)).unwrap(), stranger);
    }
}
