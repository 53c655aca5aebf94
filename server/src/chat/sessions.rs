//! Sessions of users, as the business sees and ends them.

use domain::{Session, SessionId, UserId};

use super::{Chat, ChatError, Noun, Scope};

/// Which sessions of a user to end.
enum Which {
    All,
    /// `None` names none.
    One(Option<SessionId>),
}

impl Chat {
    /// The sessions of the user with this id or external id, the ended ones too, latest seen first.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn sessions(&self, scope: Scope, called: &str) -> Result<Vec<Session>, ChatError> {
        let mut reader = self.storage.read().await?;
        let user = reader.user_called(scope.app, called).await?.ok_or(ChatError::NotFound(Noun::User))?;
        Ok(reader.sessions_of(user.id).await?)
    }

    /// Ends a session of the user with this id or external id; `None` names none. Its browser goes on as a stranger.
    /// # Errors
    /// `NotFound(User)`, `NotFound(Session)`.
    pub async fn revoke_session(&self, scope: Scope, called: String, id: Option<SessionId>) -> Result<(), ChatError> {
        self.revoke(scope, called, Which::One(id)).await
    }

    /// Ends all sessions of the user with this id or external id.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn revoke_sessions(&self, scope: Scope, called: String) -> Result<(), ChatError> {
        self.revoke(scope, called, Which::All).await
    }

    async fn revoke(&self, scope: Scope, called: String, which: Which) -> Result<(), ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        let revocation = self.storage.write_then(
            move |tx| {
                Box::pin(async move {
                    let user = tx.user_called(scope.app, &called).await?.ok_or(ChatError::NotFound(Noun::User))?;
                    match which {
                        Which::All => tx.revoke_sessions_of(user.id, now).await?,
                        Which::One(id) => {
                            let sessions = tx.sessions_of(user.id).await?;
                            let session = sessions.into_iter().find(|session| Some(session.id) == id);
                            let session = session.ok_or(ChatError::NotFound(Noun::Session))?;
                            tx.revoke_session(session.id, now).await?;
                        }
                    }
                    Ok(user.id)
                })
            },
            // Whoever is still welcome comes back at once.
            move |user: &UserId| fanout.cut_off(*user),
        );
        let revocation: Result<UserId, ChatError> = revocation.await;
        revocation.map(drop)
    }
}
