//! Codes that open a user's conversation on another device.

use domain::{Timestamp, UserId};

use super::{Chat, ChatError, Scope};
use crate::clock::random_secret;

/// How long a code is good for: as long as it may take to pick up the other device.
const LIFETIME_MILLIS: i64 = 24 * 60 * 60 * 1000;

impl Chat {
    /// A new code for `user`, who must be one of the app's: good once, for a day.
    pub async fn new_auth_code(&self, scope: Scope, user: UserId) -> Result<String, ChatError> {
        let now = self.clock.now();
        let code = format!("ac_{}", random_secret());
        let kept = code.clone();
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let expires_at = Timestamp::from_millis(now.millis() + LIFETIME_MILLIS);
                    Ok::<_, ChatError>(tx.insert_auth_code(scope.app, user, &kept, now, expires_at).await?)
                })
            })
            .await?;
        Ok(code)
    }
}
