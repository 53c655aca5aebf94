//! Users, as the business knows them.

mod delete;
mod merge;

use domain::{NewUser, User, UserId, UserPatch};

pub(super) use merge::merge;
pub use merge::{Merge, Merged};

use super::{Chat, ChatError, Noun, Scope, new_id};
use crate::storage::StorageError;

impl Chat {
    /// Makes a user whom the business knows by `externalId`.
    /// # Errors
    /// `Invalid` with the field; `UserExists` when the external id is taken.
    pub async fn create_user(&self, scope: Scope, new: NewUser) -> Result<User, ChatError> {
        let new = new.checked()?;
        let now = self.clock.now();
        let user = User {
            id: new_id(UserId::new, now),
            external_id: Some(new.external_id),
            signed_up_at: new.signed_up_at.unwrap_or(now),
            profile: new.profile.unwrap_or_default(),
            metadata: new.metadata.unwrap_or_default(),
            identities: Vec::new(),
        };
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    match tx.insert_user(scope.app, &user, now).await {
                        Ok(()) => Ok(user),
                        Err(StorageError::Conflict) => Err(ChatError::UserExists),
                        Err(error) => Err(error.into()),
                    }
                })
            })
            .await
    }

    /// The user with this id, else with this external id.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn require_user(&self, scope: Scope, id_or_external_id: &str) -> Result<User, ChatError> {
        let user = self.storage.read().await?.user_called(scope.app, id_or_external_id).await?;
        user.ok_or(ChatError::NotFound(Noun::User))
    }

    /// Changes what `patch` names of the user with this id or external id.
    /// # Errors
    /// `Invalid` with the field; `NotFound(User)`.
    pub async fn update_user(&self, scope: Scope, called: String, patch: UserPatch) -> Result<User, ChatError> {
        let patch = patch.checked()?;
        let change = self.storage.write(move |tx| {
            Box::pin(async move {
                let user = tx.user_called(scope.app, &called).await?.ok_or(ChatError::NotFound(Noun::User))?;
                let user = user.patched(patch)?;
                tx.update_user(scope.app, &user).await?;
                Ok(user)
            })
        });
        change.await
    }

    /// The user with this external id.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn require_user_by_external_id(&self, scope: Scope, external_id: &str) -> Result<User, ChatError> {
        let user = self.storage.read().await?.user_by_external_id(scope.app, external_id).await?;
        user.ok_or(ChatError::NotFound(Noun::User))
    }
}
