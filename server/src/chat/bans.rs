//! Bans: whom an app does not listen to.
//!
//! Whoever is banned still reads what was said; nothing new is taken from them. Every visitor's act asks, so what an app bans is
//! remembered for a moment, and only where it bans users at all is it looked up which user a browser speaks for.

use std::sync::Arc;

use domain::{AppId, BanId, Invalid, Page, PageRequest, Timestamp, UserId};

use super::{Chat, ChatError, Noun, Scope, VisitorIdentity, new_id};
use crate::guard::{Ban, Banned, Bans, ClientAddress, prefix};
use crate::live::Change;

/// Bans that an app may have: all of them are kept in memory.
const BANS: u64 = 10_000;
const REASON_CHARACTERS: usize = 1024;

/// A ban to be, as an API or the command line says it.
#[derive(Debug, Clone, Default)]
pub struct NewBan {
    pub user: Option<UserId>,
    pub prefix: Option<String>,
    pub reason: Option<String>,
    pub expires_at: Option<Timestamp>,
}

impl NewBan {
    /// # Errors
    /// Names the field.
    fn checked(self, id: BanId, now: Timestamp) -> Result<Ban, Invalid> {
        let Self { user, prefix: text, reason, expires_at } = self;
        let banned = match (user, text) {
            (Some(user), None) => Banned::User(user),
            (None, Some(text)) => {
                let rule = "should be an address or a network such as 203.0.113.0/24";
                Banned::Prefix(prefix(&text).ok_or(Invalid::new("prefix", rule))?)
            }
            (Some(_), Some(_)) => return Err(Invalid::new("prefix", "does not go with userId")),
            (None, None) => return Err(Invalid::new("userId", "or prefix is required")),
        };
        if let Some(reason) = &reason
            && (reason.is_empty() || reason.contains('\0') || reason.chars().count() > REASON_CHARACTERS)
        {
            return Err(Invalid::new("reason", format!("should have 1 to {REASON_CHARACTERS} characters, and no NUL")));
        }
        if expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Invalid::new("expiresAt", "should lie in the future"));
        }
        Ok(Ban { id, banned, reason, expires_at, created_at: now })
    }
}

impl Chat {
    /// Bans a user of the app, or a network, in place of an earlier ban of the same. Whoever is there at the moment is cut off: a user at once, a network within a
    /// heartbeat.
    /// # Errors
    /// `Invalid` with the field, or for one ban too many; `NotFound(User)`.
    pub async fn ban(&self, scope: Scope, new: NewBan) -> Result<Ban, ChatError> {
        let (chat, now) = (self.clone(), self.clock.now());
        let ban = new.checked(new_id(BanId::new, now), now)?;
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        if let Banned::User(user) = ban.banned {
                            tx.user(scope.app, user).await?.ok_or(ChatError::NotFound(Noun::User))?;
                        }
                        tx.delete_expired_bans(scope.app, now).await?;
                        if tx.count_bans(scope.app).await? >= BANS {
                            return Err(Invalid::new("bans", format!("are limited to {BANS} an app")).into());
                        }
                        tx.delete_ban_of(scope.app, ban.banned).await?;
                        tx.insert_ban(scope.app, &ban).await?;
                        Ok(ban)
                    })
                },
                move |ban: &Ban| {
                    chat.forget(Change::Bans(scope.app));
                    if let Banned::User(user) = ban.banned {
                        chat.fanout.cut_off(user);
                    }
                },
            )
            .await
    }

    /// What the app bans now, oldest first.
    /// # Errors
    /// `NotFound(Cursor)`.
    pub async fn bans(&self, scope: Scope, page: PageRequest<BanId>) -> Result<Page<Ban>, ChatError> {
        let page = self.storage.read().await?.bans_of(scope.app, page, self.clock.now()).await?;
        page.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// # Errors
    /// `NotFound(Ban)`, also for one that is over.
    pub async fn require_ban(&self, scope: Scope, id: BanId) -> Result<Ban, ChatError> {
        let ban = self.storage.read().await?.ban(scope.app, id, self.clock.now()).await?;
        ban.ok_or(ChatError::NotFound(Noun::Ban))
    }

    /// Lifts a ban.
    /// # Errors
    /// `NotFound(Ban)`.
    pub async fn lift_ban(&self, scope: Scope, id: BanId) -> Result<(), ChatError> {
        let chat = self.clone();
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let was_there = tx.delete_ban(scope.app, id).await?;
                        if was_there { Ok(()) } else { Err(ChatError::NotFound(Noun::Ban)) }
                    })
                },
                move |()| chat.forget(Change::Bans(scope.app)),
            )
            .await
    }

    /// To be asked before anything is taken from `visitor`, who is `None` for a stranger; who is refused is counted.
    /// # Errors
    /// `Banned`.
    pub async fn require_welcome(
        &self,
        app: AppId,
        from: ClientAddress,
        visitor: Option<&VisitorIdentity>,
    ) -> Result<(), ChatError> {
        if self.is_unwelcome(app, from, visitor).await? {
            metrics::counter!("parlor_banned_total").increment(1);
            return Err(ChatError::Banned);
        }
        Ok(())
    }

    /// Whether `app` takes nothing from `visitor`, who is `None` for a stranger, or from where they are.
    pub async fn is_unwelcome(
        &self,
        app: AppId,
        from: ClientAddress,
        visitor: Option<&VisitorIdentity>,
    ) -> Result<bool, ChatError> {
        let (bans, now) = (self.bans_in_memory(app).await?, self.clock.now());
        if bans.ban_address(from, now) {
            return Ok(true);
        }
        let Some(visitor) = visitor.filter(|_| bans.name_users()) else { return Ok(false) };
        let session = self.storage.read().await?.visitor_session(visitor.integration, visitor.session).await?;
        Ok(bans.ban_user(session.map_or(visitor.user, |session| session.user), now))
    }

    /// Whether `app` takes nothing from `user`, or from where they are.
    pub async fn is_banned(&self, app: AppId, from: ClientAddress, user: UserId) -> Result<bool, ChatError> {
        let (bans, now) = (self.bans_in_memory(app).await?, self.clock.now());
        Ok(bans.ban_address(from, now) || bans.ban_user(user, now))
    }

    /// What `app` bans, as of a moment ago.
    async fn bans_in_memory(&self, app: AppId) -> Result<Arc<Bans>, ChatError> {
        let look = async { Ok::<_, ChatError>(Some(self.storage.read().await?.bans(app, self.clock.now()).await?)) };
        Ok(self.memories.bans.recall(&app, look).await?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_names_a_user_or_a_network() {
        let id = BanId::new(Timestamp::default(), [0; 8]);
        let wrong = |new: NewBan| new.checked(id, Timestamp::from_millis(5)).unwrap_err().to_string();
        let user = Some(UserId::new(Timestamp::default(), [1; 8]));
        let prefix = Some("203.0.113.0/24".to_owned());
        assert_eq!(wrong(NewBan::default()), "userId or prefix is required");
        assert_eq!(
            wrong(NewBan { user, prefix: prefix.clone(), ..NewBan::default() }),
            "prefix does not go with userId"
        );
        let nowhere = NewBan { prefix: Some("there".into()), ..NewBan::default() };
        assert_eq!(wrong(nowhere), "prefix should be an address or a network such as 203.0.113.0/24");
        let over = NewBan { user, expires_at: Some(Timestamp::from_millis(5)), ..NewBan::default() };
        assert_eq!(wrong(over), "expiresAt should lie in the future");
        let long = NewBan { user, reason: Some("x".repeat(1025)), ..NewBan::default() };
        assert_eq!(wrong(long), "reason should have 1 to 1024 characters, and no NUL");
        assert!(NewBan { prefix, ..NewBan::default() }.checked(id, Timestamp::default()).is_ok());
    }
}
