//! Apps, as the account makes and changes them.

use std::sync::Arc;

use domain::{App, AppId, AppPatch, AppSettings, NewApp, Page, PageRequest};

use super::{Chat, ChatError, Noun, Scope, new_id};
use crate::live::Change;

impl Chat {
    /// Makes an app without integrations or keys.
    /// # Errors
    /// `Invalid` with the field.
    pub async fn create_app(&self, new: NewApp) -> Result<App, ChatError> {
        let now = self.clock.now();
        let app = new.into_app(new_id(AppId::new, now))?;
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_app(&app, now).await?;
                    Ok(app)
                })
            })
            .await
    }

    /// # Errors
    /// `NotFound(App)`.
    pub async fn require_app(&self, scope: Scope) -> Result<App, ChatError> {
        self.storage.read().await?.app(scope.app).await?.ok_or(ChatError::NotFound(Noun::App))
    }

    /// How `app` behaves, as of a moment ago.
    pub async fn app_settings(&self, app: AppId) -> Result<Arc<AppSettings>, ChatError> {
        let look = async { Ok::<_, ChatError>(Some(self.storage.read().await?.app_settings(app).await?)) };
        Ok(self.memories.settings.recall(&app, look).await?.unwrap_or_default())
    }

    /// All apps, oldest first.
    /// # Errors
    /// `NotFound(Cursor)`.
    pub async fn apps(&self, page: PageRequest<AppId>) -> Result<Page<App>, ChatError> {
        self.storage.read().await?.apps(page).await?.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// Changes what `patch` names.
    /// # Errors
    /// `Invalid` with the field; `NotFound(App)`.
    pub async fn update_app(&self, scope: Scope, patch: AppPatch) -> Result<App, ChatError> {
        let chat = self.clone();
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let app = tx.app(scope.app).await?.ok_or(ChatError::NotFound(Noun::App))?;
                        let was_expiring = app.settings.expires_conversations();
                        let app = patch.apply(app)?;
                        tx.update_app(&app).await?;
                        if app.settings.expires_conversations() != was_expiring {
                            tx.set_expiring(app.id, !was_expiring).await?;
                        }
                        Ok(app)
                    })
                },
                move |app: &App| {
                    chat.forget(Change::Settings(app.id));
                    // A page without a name of its own has the app's.
                    chat.forget(Change::Pages);
                },
            )
            .await
    }

    /// Removes an app with all that it holds; its keys, pages and listeners are gone at once, its files soon.
    /// # Errors
    /// `NotFound(App)`.
    pub async fn delete_app(&self, scope: Scope) -> Result<(), ChatError> {
        let (chat, now) = (self.clone(), self.clock.now());
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        tx.delete_attachments_of_app(scope.app, now).await?;
                        if tx.delete_app(scope.app).await? { Ok(()) } else { Err(ChatError::NotFound(Noun::App)) }
                    })
                },
                move |()| {
                    chat.forget(Change::Pages);
                    chat.forget(Change::Keys);
                    chat.forget(Change::Settings(scope.app));
                    chat.fanout.cut_off_app(scope.app);
                    chat.sweep_soon();
                },
            )
            .await
    }
}
