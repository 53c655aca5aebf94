//! Two users who turn out to be one person.

use domain::{Client, ClientType, Conversation, Metadata, Timestamp, User, UserId};

use crate::chat::{Chat, ChatError, Noun, Scope};
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
    /// Their default conversations, where both had one: the discarded user's goes on as an ordinary one.
    pub conversations: Option<Merged<Conversation>>,
    /// Their `sdk` clients, where both had one.
    pub clients: Option<Merged<Client>>,
    /// What the discarded user's metadata said of keys that the survivor has, or has no room for.
    pub discarded_metadata: Option<Metadata>,
}

impl Chat {
    /// Makes `discarded` part of `surviving`: see [`merge`]. Live pages of the discarded user come back as the survivor.
    /// # Errors
    /// `NotFound(User)`; `Refused` for a user and itself.
    pub async fn merge_users(&self, scope: Scope, surviving: UserId, discarded: UserId) -> Result<Merge, ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        let merging = self.storage.write_then(
            move |tx| Box::pin(async move { merge(tx, scope, surviving, discarded, now).await }),
            move |_: &Merge| fanout.cut_off(discarded),
        );
        merging.await
    }
}

/// Makes `discarded` part of `surviving`, within a transaction that may have more to do.
///
/// The survivor keeps its own values and takes what it lacks. Clients, devices, conversations, memberships and messages move;
/// a browser of the discarded user goes on as the survivor. Whoever calls this must cut off the discarded user's listeners.
/// # Errors
/// `NotFound(User)`; `Refused` for a user and itself.
pub(in crate::chat) async fn merge(
    tx: &mut Tx,
    scope: Scope,
    surviving: UserId,
    discarded: UserId,
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
    Ok(Merge {
        users: Merged { surviving: survivor, discarded: other },
        conversations,
        clients,
        discarded_metadata: (!lost.is_empty()).then_some(lost),
    })
}

fn both<T>(surviving: Option<T>, discarded: Option<T>) -> Option<Merged<T>> {
    surviving.zip(discarded).map(|(surviving, discarded)| Merged { surviving, discarded })
}

async fn default_conversation(tx: &mut Tx, scope: Scope, user: UserId) -> Result<Option<Conversation>, StorageError> {
    let id = tx.default_conversation_of(user).await?;
    match id {
        Some(id) => tx.conversation(scope.app, id).await,
        None => Ok(None),
    }
}
