//! A conversation that the business begins.

use domain::webhook::CreationReason;
use domain::{
    AppId, ClientId, Conversation, ConversationId, ConversationType, Invitee, NewConversation, ParticipantId, Source,
    Timestamp, TruncatedUser, UserId, WebhookEvent,
};

use crate::chat::{Chat, ChatError, Noun, Scope, event_stamp, new_id};
use crate::storage::{NewParticipant, Tx};

impl Chat {
    /// Makes a conversation with its participants. The first personal conversation of a user is the default one.
    /// # Errors
    /// `Invalid` with the field; `NotFound(User)`; `Refused` where the app gives its users one conversation only.
    pub async fn create_conversation(&self, scope: Scope, new: NewConversation) -> Result<Conversation, ChatError> {
        let new = new.checked()?;
        let now = self.clock.now();
        let id = new_id(ConversationId::new, now);
        let creation = self.storage.write(move |tx| {
            Box::pin(async move {
                let guests = guests(tx, scope.app, &new).await?;
                let default_of = match (new.kind, guests.first()) {
                    (ConversationType::Personal, Some(guest))
                        if tx.default_conversation_of(guest.user).await?.is_none() =>
                    {
                        Some(guest.user)
                    }
                    _ => None,
                };
                tx.insert_conversation(scope.app, id, &new, default_of, now).await?;
                for guest in &guests {
                    guest.enter(tx, id, now).await?;
                }
                let user = match guests.first().filter(|_| new.kind == ConversationType::Personal) {
                    Some(guest) => tx.user(scope.app, guest.user).await?.as_ref().map(TruncatedUser::from),
                    None => None,
                };
                let told = tx.truncated_conversation(scope.app, id).await?;
                let told = told.ok_or(ChatError::NotFound(Noun::Conversation))?;
                let (stamp, reason, source) = (event_stamp(scope.app, now), CreationReason::None, Source::api());
                let event = WebhookEvent::conversation_create(stamp, &told, reason, &source, user.as_ref(), None);
                tx.queue_webhooks(&event).await?;
                tx.conversation(scope.app, id).await?.ok_or(ChatError::NotFound(Noun::Conversation))
            })
        });
        creation.await
    }
}

/// The users that `new` invites, each once.
async fn guests(tx: &mut Tx, app: AppId, new: &NewConversation) -> Result<Vec<Guest>, ChatError> {
    let mut guests: Vec<Guest> = Vec::new();
    for invitee in new.participants.iter().flatten() {
        let guest = Guest::find(tx, app, invitee, new.kind).await?;
        if !guests.iter().any(|known| known.user == guest.user) {
            require_room_for_another(tx, app, guest.user).await?;
            guests.push(guest);
        }
    }
    Ok(guests)
}

/// # Errors
/// `Refused` when `user` has a conversation and the app allows no second one.
pub(in crate::chat) async fn require_room_for_another(tx: &mut Tx, app: AppId, user: UserId) -> Result<(), ChatError> {
    if tx.has_conversation(user).await? && !tx.app_settings(app).await?.multi_convo_enabled {
        return Err(ChatError::Refused("The user has a conversation already, and multiConvoEnabled is off"));
    }
    Ok(())
}

/// A user about to take part.
pub(in crate::chat) struct Guest {
    pub user: UserId,
    /// Whether the conversation shows on the user's chat pages.
    is_subscribed: bool,
    /// Whether the user gets an `sdk` client for it.
    is_given_client: bool,
}

impl Guest {
    /// # Errors
    /// `NotFound(User)`.
    pub async fn find(tx: &mut Tx, app: AppId, invitee: &Invitee, kind: ConversationType) -> Result<Self, ChatError> {
        let named = invitee.user("participants")?;
        let user = tx.user_named(app, &named).await?.ok_or(ChatError::NotFound(Noun::User))?;
        Ok(Self {
            user: user.id,
            is_subscribed: invitee.subscribe_sdk_client.unwrap_or(kind == ConversationType::Personal),
            is_given_client: invitee.subscribe_sdk_client == Some(true),
        })
    }

    /// Takes part from now on.
    pub async fn enter(&self, tx: &mut Tx, conversation: ConversationId, now: Timestamp) -> Result<(), ChatError> {
        let Self { user, is_subscribed, .. } = *self;
        let id = new_id(ParticipantId::new, now);
        tx.insert_participant(&NewParticipant { id, conversation, user, is_subscribed }).await?;
        self.open_client(tx, now).await
    }

    /// Takes part already, and may see it on chat pages from now on.
    pub async fn enter_again(
        &self,
        tx: &mut Tx,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<(), ChatError> {
        if self.is_subscribed {
            tx.subscribe(conversation, self.user).await?;
        }
        self.open_client(tx, now).await
    }

    /// The client of the web chat, where one is asked for. Nothing was linked and nobody logged in, so webhooks hear of no
    /// `client:add`.
    async fn open_client(&self, tx: &mut Tx, now: Timestamp) -> Result<(), ChatError> {
        if self.is_given_client {
            tx.sdk_client_or(self.user, None, new_id(ClientId::new, now), now).await?;
        }
        Ok(())
    }
}
