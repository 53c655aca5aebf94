//! Who takes part in a group, who comes and who goes.

use domain::participant::GROUP_PARTICIPANTS;
use domain::webhook::EventStamp;
use domain::{
    ConversationId, ConversationType, Invitee, Leaver, Page, PageRequest, Participant, ParticipantId, ParticipantRef,
    Timestamp, TruncatedConversation, TruncatedUser, UserId, WebhookEvent,
};

use super::conversations::create::{Guest, require_room_for_another};
use super::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::storage::Tx;

impl Chat {
    /// A page of the participants of `conversation`.
    /// # Errors
    /// `NotFound(Conversation)`, `NotFound(Cursor)`.
    pub async fn participants(
        &self,
        scope: Scope,
        conversation: ConversationId,
        page: PageRequest<ParticipantId>,
    ) -> Result<Page<Participant>, ChatError> {
        let mut reader = self.storage.read().await?;
        reader.conversation(scope.app, conversation).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
        reader.participants(conversation, page).await?.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// Has a user take part in a group. One who does already stays the participant that it is.
    /// # Errors
    /// `Invalid` with the field; `Refused` for a personal or a full conversation, and where the app gives its users one
    /// conversation only; `NotFound(Conversation)`, `NotFound(User)`.
    pub async fn join(&self, scope: Scope, id: ConversationId, invitee: Invitee) -> Result<Participant, ChatError> {
        invitee.user("body")?;
        let now = self.clock.now();
        let joining = self.storage.write(move |tx| {
            Box::pin(async move {
                require_group(tx, scope, id).await?;
                let guest = Guest::find(tx, scope.app, &invitee, ConversationType::SdkGroup).await?;
                let named = ParticipantRef::User(guest.user);
                if tx.participant(id, &named).await?.is_some() {
                    guest.enter_again(tx, id, now).await?;
                } else {
                    if tx.participant_count(id).await? >= GROUP_PARTICIPANTS {
                        return Err(ChatError::Refused("Too many participants"));
                    }
                    require_room_for_another(tx, scope.app, guest.user).await?;
                    guest.enter(tx, id, now).await?;
                    tell(tx, scope, id, guest.user, now, WebhookEvent::join).await?;
                }
                tx.participant(id, &named).await?.ok_or(ChatError::NotFound(Noun::Participant))
            })
        });
        joining.await
    }

    /// Ends a user's membership in a group.
    /// # Errors
    /// `Invalid` with the field; `Refused` for a personal conversation; `NotFound(Conversation)`; `NotFound(Participant)`, also
    /// for a user who does not exist.
    pub async fn leave(&self, scope: Scope, id: ConversationId, leaver: Leaver) -> Result<(), ChatError> {
        let named = leaver.participant()?;
        let now = self.clock.now();
        let leaving = self.storage.write(move |tx| {
            Box::pin(async move {
                require_group(tx, scope, id).await?;
                let participant = tx.participant(id, &named).await?;
                let participant = participant.ok_or(ChatError::NotFound(Noun::Participant))?;
                tell(tx, scope, id, participant.user_id, now, WebhookEvent::leave).await?;
                Ok(tx.delete_participant(participant.id).await?)
            })
        });
        leaving.await
    }
}

/// Tells webhooks that `user` comes or goes.
async fn tell(
    tx: &mut Tx,
    scope: Scope,
    conversation: ConversationId,
    user: UserId,
    now: Timestamp,
    event: fn(EventStamp, &TruncatedConversation, &TruncatedUser) -> WebhookEvent,
) -> Result<(), ChatError> {
    let conversation = tx.truncated_conversation(scope.app, conversation).await?;
    let conversation = conversation.ok_or(ChatError::NotFound(Noun::Conversation))?;
    let user = tx.user(scope.app, user).await?.ok_or(ChatError::NotFound(Noun::User))?;
    let event = event(event_stamp(scope.app, now), &conversation, &TruncatedUser::from(&user));
    Ok(tx.queue_webhooks(&event).await?)
}

async fn require_group(tx: &mut Tx, scope: Scope, id: ConversationId) -> Result<(), ChatError> {
    let conversation = tx.conversation(scope.app, id).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
    match conversation.kind {
        ConversationType::SdkGroup => Ok(()),
        ConversationType::Personal => {
            Err(ChatError::Refused("The participant of a personal conversation cannot change"))
        }
    }
}
