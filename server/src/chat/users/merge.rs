//! Two users who turn out to be one person.

use domain::{
    Client, ClientType, Event, Metadata, Timestamp, TruncatedConversation, TruncatedUser, User, UserId, WebhookEvent,
    webhook,
};
use serde_json::json;

use crate::chat::messages::CONVERSATION_MESSAGES;
use crate::chat::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::live::{Change, Fanout};
use crate::storage::{StorageError, Tx};

/// What became of two things of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged<T> {
    pub surviving: T,
    pub discarded: T,
}

/// Two users who are one now: the survivor as it is, everything else as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub users: Merged<User>,
    /// Their default conversations, where both had one.
    pub conversations: Option<Merged<TruncatedConversation>>,
    /// Whether the messages of both are in the survivor's now; else the discarded user's goes on as an ordinary one.
    pub is_joined: bool,
    /// Their `sdk` clients, where both had one.
    pub clients: Option<Merged<Client>>,
    /// What the discarded user's metadata said of keys that the survivor has, or has no room for.
    pub discarded_metadata: Option<Metadata>,
}

impl<T> Merged<T> {
    fn told<U>(&self, short: impl Fn(&T) -> U) -> webhook::Merged<U> {
        webhook::Merged { surviving: short(&self.surviving), discarded: short(&self.discarded) }
    }
}

impl Merge {
    /// Has the open pages of both come back: the discarded user's as the survivor, the survivor's to what is in the conversation now.
    pub(in crate::chat) fn cut_off(&self, scope: Scope, now: Timestamp, fanout: &Fanout) {
        let Merged { surviving, discarded } = &self.users;
        if let Some(conversations) = self.conversations.as_ref().filter(|_| self.is_joined) {
            let end = Event::conversation_remove(conversations.discarded.id, now);
            fanout.publish(scope.app, &[discarded.id], &end);
            fanout.cut_off(surviving.id);
        }
        fanout.cut_off(discarded.id);
    }

    /// As webhooks hear of it.
    fn told(&self, reason: &'static str) -> webhook::Merge {
        webhook::Merge {
            users: self.users.told(|user| TruncatedUser::from(user)),
            conversations: self.conversations.as_ref().map(|both| both.told(Clone::clone)),
            clients: self.clients.as_ref().map(|both| both.told(|client| json!(client))),
            discarded_metadata: self.discarded_metadata.clone(),
            reason,
        }
    }
}

impl Chat {
    /// Makes `discarded` part of `surviving`, with all that hangs on it. Live pages of the discarded user come back as the survivor.
    /// # Errors
    /// `NotFound(User)`; `Refused` for a user and itself.
    pub async fn merge_users(&self, scope: Scope, surviving: UserId, discarded: UserId) -> Result<Merge, ChatError> {
        let (now, chat) = (self.clock.now(), self.clone());
        let merging = self.storage.write_then(
            move |tx| Box::pin(async move { merge(tx, scope, surviving, discarded, "api", now).await }),
            move |merge: &Merge| {
                // A ban goes over to the survivor.
                chat.forget(Change::Bans(scope.app));
                merge.cut_off(scope, now, &chat.fanout);
            },
        );
        merging.await
    }
}

/// Makes `discarded` part of `surviving`, within a transaction that may have more to do.
///
/// The survivor keeps its own values and takes what it lacks. Clients, devices, conversations, memberships and messages move; where
/// the app knows one conversation per user, the messages of both are joined in the order of time;
/// a browser of the discarded user goes on as the survivor. `reason` is told to webhooks: `api`, `channelLinking` or
/// `sdkLogin`. Whoever calls this must have both cut off, by [`Merge::cut_off`].
/// # Errors
/// `NotFound(User)`; `Refused` for a user and itself.
pub(in crate::chat) async fn merge(
    tx: &mut Tx,
    scope: Scope,
    surviving: UserId,
    discarded: UserId,
    reason: &'static str,
    now: Timestamp,
) -> Result<Merge, ChatError> {
    if surviving == discarded {
        return Err(ChatError::Refused("A user cannot be merged with itself"));
    }
    let no_such = || ChatError::NotFound(Noun::User);
    let mut survivor = tx.user(scope.app, surviving).await?.ok_or_else(no_such)?;
    let other = tx.user(scope.app, discarded).await?.ok_or_else(no_such)?;
    let conversations =
        both(default_conversation(tx, scope, surviving).await?, default_conversation(tx, scope, discarded).await?);
    let clients = both(
        tx.client_of_type(surviving, ClientType::Sdk).await?,
        tx.client_of_type(discarded, ClientType::Sdk).await?,
    );
    let lost = survivor.absorb(other.clone());
    tx.merge_users(scope.app, &survivor, discarded, now).await?;
    let is_joined = match &conversations {
        Some(both) if !tx.app_settings(scope.app).await?.multi_convo_enabled => {
            tx.join_conversations(both.surviving.id, both.discarded.id, CONVERSATION_MESSAGES).await?
        }
        _ => false,
    };
    let merge = Merge {
        users: Merged { surviving: survivor, discarded: other },
        conversations,
        is_joined,
        clients,
        discarded_metadata: (!lost.is_empty()).then_some(lost),
    };
    let event = WebhookEvent::user_merge(event_stamp(scope.app, now), &merge.told(reason));
    tx.queue_webhooks(&event).await?;
    Ok(merge)
}

fn both<T>(surviving: Option<T>, discarded: Option<T>) -> Option<Merged<T>> {
    surviving.zip(discarded).map(|(surviving, discarded)| Merged { surviving, discarded })
}

async fn default_conversation(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
) -> Result<Option<TruncatedConversation>, StorageError> {
    let id = tx.default_conversation_of(user).await?;
    match id {
        Some(id) => tx.truncated_conversation(scope.app, id).await,
        None => Ok(None),
    }
}
