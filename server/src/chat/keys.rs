//! API keys, and the apps they open.

use std::sync::Arc;

use domain::{ApiKey, AppId, Integration, Invalid, KeyId, KeyScope, Timestamp, without_nul};

use super::{Chat, ChatError, Noun, new_id};
use crate::clock::random_secret;
use crate::live::Change;
pub use crate::storage::KeyOwner;
use crate::storage::Reader;

/// Keys that an app or an integration may have.
const KEYS_EACH: usize = 10;
/// Characters of a key's name.
const NAME_CHARACTERS: usize = 100;

impl Chat {
    /// The key with this id, whatever its app.
    pub async fn api_key(&self, id: &KeyId) -> Result<Option<Arc<ApiKey>>, ChatError> {
        let look = async { Ok(self.storage.read().await?.api_key(id).await?) };
        self.memories.keys.recall(id, look).await
    }

    pub async fn app_exists(&self, app: AppId) -> Result<bool, ChatError> {
        Ok(self.storage.read().await?.app_exists(app).await?)
    }

    /// Makes a key called `name`; without an owner it is one of the account.
    /// # Errors
    /// `Invalid` with the field; `Refused` for the eleventh, or when the integration is no program; `NotFound(Integration)`.
    pub async fn create_key(&self, owner: Option<KeyOwner>, name: String) -> Result<ApiKey, ChatError> {
        if !(1..=NAME_CHARACTERS).contains(&name.chars().count()) {
            return Err(Invalid::new("displayName", format!("should have 1 to {NAME_CHARACTERS} characters")).into());
        }
        without_nul("displayName", &name)?;
        let key = new_key(owner, name, self.clock.now());
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(owner) = owner {
                        require_owner(tx, owner).await?;
                        if tx.keys_of(owner).await?.len() >= KEYS_EACH {
                            return Err(ChatError::Refused("There can be 10 keys at most"));
                        }
                    }
                    tx.insert_api_key(&key).await?;
                    Ok(key)
                })
            })
            .await
    }

    /// The keys of `owner`, oldest first.
    /// # Errors
    /// `NotFound(Integration)`; `Refused` when the integration is no program.
    pub async fn keys(&self, owner: KeyOwner) -> Result<Vec<ApiKey>, ChatError> {
        let mut reader = self.storage.read().await?;
        require_owner(&mut reader, owner).await?;
        Ok(reader.keys_of(owner).await?)
    }

    /// One of the keys of `owner`.
    /// # Errors
    /// As [`Chat::keys`]; `NotFound(Key)`.
    pub async fn require_key(&self, owner: KeyOwner, id: &str) -> Result<ApiKey, ChatError> {
        let keys = self.keys(owner).await?;
        keys.into_iter().find(|key| key.id.as_str() == id).ok_or(ChatError::NotFound(Noun::Key))
    }

    /// Removes one of the keys of `owner`. What it signed is worth nothing from now on.
    /// # Errors
    /// As [`Chat::require_key`].
    pub async fn delete_key(&self, owner: KeyOwner, id: &str) -> Result<(), ChatError> {
        let key = self.require_key(owner, id).await?;
        self.revoke_key(key.id).await
    }

    /// Removes a key, whosever it is.
    /// # Errors
    /// `NotFound(Key)`.
    pub async fn revoke_key(&self, id: KeyId) -> Result<(), ChatError> {
        let chat = self.clone();
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        if tx.delete_api_key(&id).await? { Ok(()) } else { Err(ChatError::NotFound(Noun::Key)) }
                    })
                },
                move |()| chat.forget(Change::Keys),
            )
            .await
    }
}

/// A key of `owner`, or of the account.
pub(super) fn new_key(owner: Option<KeyOwner>, display_name: String, now: Timestamp) -> ApiKey {
    let (scope, app, integration) = match owner {
        None => (KeyScope::Account, None, None),
        Some(KeyOwner::App(app)) => (KeyScope::App, Some(app), None),
        Some(KeyOwner::Integration(app, integration)) => (KeyScope::Integration, Some(app), Some(integration)),
    };
    ApiKey {
        id: KeyId::new(scope, new_id(AppId::new, now)),
        app,
        integration,
        display_name,
        secret: random_secret(),
        created_at: now,
    }
}

async fn require_owner(reader: &mut Reader, owner: KeyOwner) -> Result<(), ChatError> {
    match owner {
        KeyOwner::App(app) => {
            if reader.app_exists(app).await? {
                Ok(())
            } else {
                Err(ChatError::NotFound(Noun::App))
            }
        }
        KeyOwner::Integration(app, id) => match reader.integration(app, id).await? {
            None => Err(ChatError::NotFound(Noun::Integration)),
            Some(Integration { settings, .. }) if settings.is_program() => Ok(()),
            Some(_) => Err(ChatError::Refused("API keys are available only for custom integrations")),
        },
    }
}
