//! Integrations: how apps are reached.

use std::sync::Arc;

use domain::webhook::NewWebhook;
use domain::{
    Integration, IntegrationId, IntegrationPatch, IntegrationSettings, Page, PageRequest, UserId, WebIntegration,
    Webhook,
};

use super::webhooks::add_webhook;
use super::{Chat, ChatError, Noun, Scope, WebhookOwner, new_id};
use crate::live::Change;

impl Chat {
    /// The chat page with this id, whatever its app: it is what a link names.
    pub async fn web_integration(&self, id: IntegrationId) -> Result<Option<Arc<WebIntegration>>, ChatError> {
        let look = async { Ok(self.storage.read().await?.web_integration(id).await?) };
        self.memories.pages.recall(&id, look).await
    }

    /// # Errors
    /// `NotFound(Integration)`.
    pub async fn require_web_integration(&self, id: IntegrationId) -> Result<Arc<WebIntegration>, ChatError> {
        self.web_integration(id).await?.ok_or(ChatError::NotFound(Noun::Integration))
    }

    /// # Errors
    /// `NotFound(Integration)`, also for one of another app.
    pub async fn require_integration(&self, scope: Scope, id: IntegrationId) -> Result<Integration, ChatError> {
        let integration = self.storage.read().await?.integration(scope.app, id).await?;
        integration.ok_or(ChatError::NotFound(Noun::Integration))
    }

    /// Integrations of the app, oldest first; only those of `types` where there are any.
    /// # Errors
    /// `NotFound(Cursor)`.
    pub async fn integrations(
        &self,
        scope: Scope,
        types: Option<&[&str]>,
        page: PageRequest<IntegrationId>,
    ) -> Result<Page<Integration>, ChatError> {
        let page = self.storage.read().await?.integrations_of(scope.app, types, page).await?;
        page.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// Makes an integration that begins with `settings` and what `given` says, and its first webhook if it is given one.
    /// # Errors
    /// `Invalid` with the field, also beyond ten webhooks of an app.
    pub async fn create_integration(
        &self,
        scope: Scope,
        settings: IntegrationSettings,
        given: IntegrationPatch,
        webhook: Option<NewWebhook>,
    ) -> Result<(Integration, Option<Webhook>), ChatError> {
        let now = self.clock.now();
        let bare = Integration { id: new_id(IntegrationId::new, now), app: scope.app, display_name: None, settings };
        let integration = given.apply(bare)?;
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_integration(&integration, now).await?;
                    let webhook = match webhook {
                        Some(new) => {
                            let owner = WebhookOwner::Integration(integration.id);
                            Some(add_webhook(tx, scope.app, owner, new, now).await?)
                        }
                        None => None,
                    };
                    Ok((integration, webhook))
                })
            })
            .await
    }

    /// The oldest integration of the app with this type, whatever it is good for.
    pub async fn integration_of_type(&self, scope: Scope, kind: &str) -> Result<Option<IntegrationId>, ChatError> {
        let integration = self.storage.read().await?.first_integration_of_type(scope.app, kind).await?;
        Ok(integration.map(|integration| integration.id))
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
        let chat = self.clone();
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let integration = tx.integration(scope.app, id).await?;
                        let integration = patch.apply(integration.ok_or(ChatError::NotFound(Noun::Integration))?)?;
                        tx.update_integration(&integration).await?;
                        Ok(integration)
                    })
                },
                move |integration: &Integration| {
                    chat.forget(Change::Page(id));
                    if let IntegrationSettings::Web(web) = &integration.settings
                        && web.retention_days.is_some()
                    {
                        chat.forget.notify_one();
                    }
                },
            )
            .await
    }

    /// Removes an integration with its keys and webhooks. A page of it is gone at once.
    /// # Errors
    /// `NotFound(Integration)`.
    pub async fn delete_integration(&self, scope: Scope, id: IntegrationId) -> Result<(), ChatError> {
        let chat = self.clone();
        let deleted = self
            .storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let visitors = tx.users_with_sessions_at(id).await?;
                        let deleted = tx.delete_integration(scope.app, id).await?;
                        if deleted { Ok(visitors) } else { Err(ChatError::NotFound(Noun::Integration)) }
                    })
                },
                move |visitors: &Vec<UserId>| {
                    chat.forget(Change::Page(id));
                    chat.forget(Change::Keys);
                    // Their pages come back, and learn that there is nothing to come back to.
                    for user in visitors {
                        chat.fanout.cut_off(*user);
                    }
                },
            )
            .await;
        deleted.map(drop)
    }
}
