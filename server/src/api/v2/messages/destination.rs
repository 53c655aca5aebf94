//! Where a message is to go, besides the conversation itself.

use domain::{IntegrationId, Invalid, webhook};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::v2::error::ApiError;
use crate::chat::{Chat, ChatError, Noun, Reach, Scope};

/// A channel, by its integration or its type. Only chat pages are channels here.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// One of the app's integrations.
    #[serde(default)]
    integration_id: Option<String>,
    /// A type of integration; `none`: nobody is told.
    #[serde(default)]
    integration_type: Option<String>,
}

/// The type of a channel that the app does not have.
const UNKNOWN: &str = "unknown";

impl Destination {
    /// # Errors
    /// 400 without a destination.
    pub async fn reach(self, chat: &Chat, scope: Scope) -> Result<Reach, ApiError> {
        let Some(id) = self.integration_id else {
            let none = || Invalid::new("destination", "should have either integrationId or integrationType");
            let kind = self.integration_type.ok_or_else(none)?;
            return Ok(match kind.as_str() {
                "none" => Reach::Nowhere,
                _ => Reach::Channel(webhook::Destination { kind, integration_id: None }),
            });
        };
        let integration_id = id.parse::<IntegrationId>().ok();
        let kind = match integration_id {
            None => UNKNOWN.to_owned(),
            Some(id) => match chat.require_integration(scope, id).await {
                Ok(integration) => integration.settings.kind().to_owned(),
                Err(ChatError::NotFound(Noun::Integration)) => UNKNOWN.to_owned(),
                Err(error) => return Err(error.into()),
            },
        };
        Ok(Reach::Channel(webhook::Destination { kind, integration_id }))
    }
}
