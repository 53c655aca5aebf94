//! Where a message is to go, besides the conversation itself.

use domain::{IntegrationId, Invalid};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::v2::error::ApiError;
use crate::chat::{Chat, ChatError, Noun, Scope};

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

impl Destination {
    /// Whether the web chat is not meant: there the message is only seen by those who look.
    /// # Errors
    /// 400 without a destination.
    pub async fn is_silent(&self, chat: &Chat, scope: Scope) -> Result<bool, ApiError> {
        match (&self.integration_id, &self.integration_type) {
            (Some(id), _) => {
                let Ok(id) = id.parse::<IntegrationId>() else { return Ok(true) };
                match chat.require_integration(scope, id).await {
                    Ok(_chat_page) => Ok(false),
                    Err(ChatError::NotFound(Noun::Integration)) => Ok(true),
                    Err(error) => Err(error.into()),
                }
            }
            (None, Some(kind)) => Ok(kind != "web"),
            (None, None) => {
                Err(Invalid::new("destination", "should have either integrationId or integrationType").into())
            }
        }
    }
}
