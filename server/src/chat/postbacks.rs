//! Clicks on postback buttons, of messages and of menus.

use domain::webhook::Postback;
use domain::{ActionId, ActionType, ConversationId, MenuItemType, Source, TruncatedUser, UserId, WebhookEvent};

use super::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::storage::Tx;

impl Chat {
    /// Tells webhooks that `user` clicked the postback button `action`: of a message in `conversation`, or of a menu.
    /// # Errors
    /// `NotFound(Action)`, also for a button of another kind, of another conversation, and of a message that was deleted;
    /// `NotFound(Conversation)`, `NotFound(User)`.
    pub async fn post_postback(
        &self,
        scope: Scope,
        conversation: ConversationId,
        user: UserId,
        action: ActionId,
        source: Source,
    ) -> Result<(), ChatError> {
        let now = self.clock.now();
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let within = tx.truncated_conversation(scope.app, conversation).await?;
                    let within = within.ok_or(ChatError::NotFound(Noun::Conversation))?;
                    let clicked = match of_message(tx, conversation, action).await? {
                        Some(clicked) => Some(clicked),
                        None => of_menu(tx, scope, action).await?,
                    };
                    let clicked = clicked.ok_or(ChatError::NotFound(Noun::Action))?;
                    let user = tx.user(scope.app, user).await?.ok_or(ChatError::NotFound(Noun::User))?;
                    let (stamp, user) = (event_stamp(scope.app, now), TruncatedUser::from(&user));
                    Ok(tx.queue_webhooks(&WebhookEvent::postback(stamp, &within, &clicked, &user, &source)).await?)
                })
            })
            .await
    }
}

async fn of_message(
    tx: &mut Tx,
    conversation: ConversationId,
    action: ActionId,
) -> Result<Option<Postback>, ChatError> {
    let Some(ordinal) = action.ordinal() else { return Ok(None) };
    let Some(message) = tx.message_of_action(conversation, action).await? else { return Ok(None) };
    let button = message.content.action(ordinal).filter(|button| button.kind == ActionType::Postback);
    Ok(button.map(|button| Postback {
        payload: button.payload.clone().unwrap_or_default(),
        metadata: button.metadata.clone(),
        text: Some(button.text.clone()),
        action_id: Some(action),
        message_id: Some(message.id),
    }))
}

async fn of_menu(tx: &mut Tx, scope: Scope, action: ActionId) -> Result<Option<Postback>, ChatError> {
    let menus = tx.menus(scope.app).await?;
    let item = menus.iter().find_map(|menu| menu.item(action));
    let item = item.filter(|item| item.kind == MenuItemType::Postback);
    Ok(item.map(|item| Postback {
        payload: item.payload.clone().unwrap_or_default(),
        metadata: None,
        text: Some(item.text.clone()),
        action_id: Some(action),
        message_id: None,
    }))
}
