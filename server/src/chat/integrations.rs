//! Integrations: the chat pages of apps.

use std::sync::Arc;

use domain::{Integration, IntegrationId, IntegrationPatch};

use super::{Chat, ChatError, Noun, Scope};

impl Chat {
    /// The chat page with this id, whatever its app: it is what a link names.
    pub async fn web_integration(&self, id: IntegrationId) -> Result<Option<Arc<Integration>>, ChatError> {
        if let Some(integration) = self.integrations.get(&id) {
            return Ok(Some(integration));
        }
        let integration = self.storage.read().await?.web_integration(id).await?.map(Arc::new);
        if let Some(integration) = &integration {
            self.integrations.insert(id, integration.clone());
        }
        Ok(integration)
    }

    /// # Errors
    /// `NotFound(Integration)`.
    pub async fn require_web_integration(&self, id: IntegrationId) -> Result<Arc<Integration>, ChatError> {
        self.web_integration(id).await?.ok_or(ChatError::NotFound(Noun::Integration))
    }

    /// The chat page with this id, of this app.
    /// # Errors
    /// `NotFound(Integration)`, also for one of another app.
    pub async fn require_integration(&self, scope: Scope, id: IntegrationId) -> Result<Arc<Integration>, ChatError> {
        let integration = self.web_integration(id).await?.filter(|integration| integration.app == scope.app);
        integration.ok_or(ChatError::NotFound(Noun::Integration))
    }

    /// Changes what `patch` names; pages written from now on look so.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Integration)`.
    pub async fn update_integration(
        &self,
        scope: Scope,
        id: IntegrationId,
        patch: IntegrationPatch,
    ) -> Result<Integration, ChatError> {
        let patch = patch.checked()?;
        let integrations = self.integrations.clone();
        let forget = move |_: &Integration| integrations.invalidate(&id);
        let change = self.storage.write_then(
            move |tx| {
                Box::pin(async move {
                    let integration = tx.web_integration(id).await?.filter(|integration| integration.app == scope.app);
                    let integration = patch.apply(integration.ok_or(ChatError::NotFound(Noun::Integration))?);
                    tx.update_web_integration(&integration).await?;
                    Ok(integration)
                })
            },
            forget,
        );
        change.await
    }
}
