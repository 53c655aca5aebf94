//! Who answers a conversation: passing, offering, accepting and releasing it.

use domain::{Conversation, ConversationId, SwitchboardIntegration, SwitchboardIntegrationId};

use super::{Chat, ChatError, Noun, Scope};
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
    /// Changes who answers `conversation`.
    /// # Errors
    /// `NotFound` for the conversation or the seat; `Refused` where there is no next or nothing to accept, and for an offer to
    /// whom answers already; `Forbidden` for an integration that accepts or releases what is another's.
    pub async fn change_control(
        &self,
        scope: Scope,
        conversation: ConversationId,
        change: ControlChange,
    ) -> Result<(), ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let found = tx.conversation(scope.app, conversation).await?;
                    let before = found.ok_or(ChatError::NotFound(Noun::Conversation))?;
                    let (active, pending) = decide(tx, scope, &before, change).await?;
                    Ok(tx.set_control(conversation, active, pending).await?)
                })
            })
            .await
    }
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
