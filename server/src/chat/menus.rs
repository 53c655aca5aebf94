//! Menus of apps and of chat pages.

use domain::{ActionId, IntegrationId, Menu, NewMenu};

use super::{Chat, ChatError, Scope, new_id};

impl Chat {
    /// The menu of `integration`, without one that of the app; empty where none was set.
    /// # Errors
    /// `NotFound(Integration)`.
    pub async fn menu(&self, scope: Scope, integration: Option<IntegrationId>) -> Result<Menu, ChatError> {
        self.require_menu_owner(scope, integration).await?;
        Ok(self.storage.read().await?.menu(scope.app, integration).await?.unwrap_or_default())
    }

    /// Sets a menu, in place of one that was there.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Integration)`.
    pub async fn set_menu(
        &self,
        scope: Scope,
        integration: Option<IntegrationId>,
        new: NewMenu,
    ) -> Result<Menu, ChatError> {
        let now = self.clock.now();
        let menu = new.checked(|| new_id(ActionId::new, now))?;
        self.require_menu_owner(scope, integration).await?;
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    tx.put_menu(scope.app, integration, &menu, now).await?;
                    Ok(menu)
                })
            })
            .await
    }

    /// Removes a menu, if there is one.
    /// # Errors
    /// `NotFound(Integration)`.
    pub async fn remove_menu(&self, scope: Scope, integration: Option<IntegrationId>) -> Result<(), ChatError> {
        self.require_menu_owner(scope, integration).await?;
        self.storage.write(move |tx| Box::pin(async move { Ok(tx.delete_menu(scope.app, integration).await?) })).await
    }

    async fn require_menu_owner(&self, scope: Scope, integration: Option<IntegrationId>) -> Result<(), ChatError> {
        match integration {
            Some(integration) => self.require_integration(scope, integration).await.map(drop),
            None => Ok(()),
        }
    }
}
