//! Who answers a conversation: passing, offering, accepting and releasing it.

use domain::webhook::{EventError, Trigger};
use domain::{
    Conversation, ConversationId, Metadata, SwitchboardIntegration, SwitchboardIntegrationId, Timestamp, WebhookEvent,
};

use super::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::storage::Tx;

/// What is to become of the control of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlChange {
    /// The seat with this id or name, or `next`, answers from now on.
    Pass(String),
    /// That seat is asked to; an earlier offer is forgotten.
    Offer(String),
    /// Who was asked answers from now on.
    Accept,
    /// Nobody in particular answers.
    Release,
}

/// The seat after the active one.
const NEXT: &str = "next";

impl Chat {
    /// Changes who answers `conversation`; webhooks are told, with `metadata`.
    /// # Errors
    /// `Invalid` for the metadata; `NotFound` for the conversation or the seat; `Refused` where there is no next or nothing to accept, and for an offer to
    /// whom answers already; `Forbidden` for an integration that accepts or releases what is another's.
    pub async fn change_control(
        &self,
        scope: Scope,
        conversation: ConversationId,
        change: ControlChange,
        metadata: Option<Metadata>,
    ) -> Result<(), ChatError> {
        let metadata = metadata.map(Metadata::checked).transpose()?;
        let (trigger, failure) = change.triggers();
        let now = self.clock.now();
        let told = metadata.clone();
        let changed: Result<(), ChatError> = self
            .storage
            .write(move |tx| {
                Box::pin(async move {
                    let found = tx.conversation(scope.app, conversation).await?;
                    let before = found.ok_or(ChatError::NotFound(Noun::Conversation))?;
                    let (active, pending) = decide(tx, scope, &before, change).await?;
                    tx.set_control(conversation, active, pending).await?;
                    tell(tx, scope, conversation, now, trigger, told.as_ref(), None).await
                })
            })
            .await;
        if let (Err(error), Some(failure)) = (&changed, failure)
            && let Some(error) = failed(error)
        {
            let told = self.storage.write(move |tx| {
                Box::pin(
                    async move { tell(tx, scope, conversation, now, failure, metadata.as_ref(), Some(&error)).await },
                )
            });
            told.await?;
        }
        changed
    }
}

impl ControlChange {
    /// What webhooks are told when it is done, and when it could not be.
    fn triggers(&self) -> (Trigger, Option<Trigger>) {
        match self {
            Self::Pass(_) => (Trigger::PassControl, Some(Trigger::PassControlFailure)),
            Self::Offer(_) => (Trigger::OfferControl, Some(Trigger::OfferControlFailure)),
            Self::Accept => (Trigger::AcceptControl, Some(Trigger::AcceptControlFailure)),
            Self::Release => (Trigger::ReleaseControl, None),
        }
    }
}

/// What webhooks are told of `error`, if it is for them.
fn failed(error: &ChatError) -> Option<EventError> {
    let code = match error {
        ChatError::NotFound(Noun::SwitchboardIntegration) => "switchboard_invalid_target",
        ChatError::Refused(_) | ChatError::Forbidden(_) => "switchboard_invalid_action",
        _ => return None,
    };
    Some(EventError { code: code.to_owned(), message: error.to_string() })
}

/// Queues an event with the conversation as it is now.
async fn tell(
    tx: &mut Tx,
    scope: Scope,
    conversation: ConversationId,
    now: Timestamp,
    trigger: Trigger,
    metadata: Option<&Metadata>,
    error: Option<&EventError>,
) -> Result<(), ChatError> {
    let found = tx.truncated_conversation(scope.app, conversation).await?;
    let conversation = found.ok_or(ChatError::NotFound(Noun::Conversation))?;
    let event = WebhookEvent::switchboard(event_stamp(scope.app, now), trigger, &conversation, metadata, error);
    Ok(tx.queue_webhooks(&event).await?)
}

/// Who answers, and who is asked to, after `change`.
async fn decide(
    tx: &mut Tx,
    scope: Scope,
    before: &Conversation,
    change: ControlChange,
) -> Result<(Option<SwitchboardIntegrationId>, Option<SwitchboardIntegrationId>), ChatError> {
    let (active, pending) = (&before.active_switchboard_integration, &before.pending_switchboard_integration);
    let active_id = active.as_ref().map(|seat| seat.id);
    match change {
        ControlChange::Pass(target) => Ok((Some(target_seat(tx, scope, active_id, &target).await?), None)),
        ControlChange::Offer(target) => {
            let target = target_seat(tx, scope, active_id, &target).await?;
            if active_id == Some(target) {
                return Err(ChatError::Refused("The switchboard integration is the active one already"));
            }
            Ok((active_id, Some(target)))
        }
        ControlChange::Accept => {
            let offered = pending.as_ref().ok_or(ChatError::Refused("Control was offered to nobody"))?;
            if scope.integration().is_some_and(|own| own != offered.integration_id) {
                return Err(ChatError::Forbidden("Only the pending switchboard integration may accept control"));
            }
            Ok((Some(offered.id), None))
        }
        ControlChange::Release => {
            let owner = active.as_ref().map(|seat| seat.integration_id);
            if scope.integration().is_some() && scope.integration() != owner {
                return Err(ChatError::Forbidden("Only the active switchboard integration may release control"));
            }
            Ok((None, None))
        }
    }
}

async fn target_seat(
    tx: &mut Tx,
    scope: Scope,
    active: Option<SwitchboardIntegrationId>,
    target: &str,
) -> Result<SwitchboardIntegrationId, ChatError> {
    let none = ChatError::NotFound(Noun::SwitchboardIntegration);
    let Some(switchboard) = tx.switchboard_of(scope.app).await? else { return Err(none) };
    let seats = tx.seats(switchboard.id).await?;
    let find = |is: &dyn Fn(&SwitchboardIntegration) -> bool| seats.iter().find(|seat| is(seat));
    if target == NEXT {
        let next = find(&|seat| Some(seat.id) == active).and_then(|seat| seat.next_switchboard_integration_id);
        return next.ok_or(ChatError::Refused("No switchboard integration is next"));
    }
    let id = target.parse().ok();
    let seat = find(&|seat| Some(seat.id) == id).or_else(|| find(&|seat| seat.name == target));
    seat.map(|seat| seat.id).ok_or(none)
}
