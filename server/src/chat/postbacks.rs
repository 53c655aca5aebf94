//! Clicks on postback buttons, of messages and of menus.

use domain::webhook::Postback;
use domain::{
    ActionId, ActionType, Author, Content, ConversationId, Draft, MenuItemType, Source, TruncatedUser, UserId,
    WebhookEvent,
};

use super::messages::speak;
use super::{Chat, ChatError, Noun, Posted, Reach, Scope, Speaker, event_stamp};
use crate::storage::Tx;

impl Chat {
    /// Tells webhooks that `user` clicked the postback button `action`: of a message in `conversation`, or of a menu. Where the
    /// app echoes postbacks, the user also says what the button says.
    /// # Errors
    /// `NotFound(Action)`, also for a button of another kind, of another conversation, and of a message that was deleted;
    /// `NotFound(Conversation)`, `NotFound(User)`; `Full` where the echo finds no place.
    pub async fn post_postback(
        &self,
        scope: Scope,
        conversation: ConversationId,
        user: UserId,
        action: ActionId,
        source: Source,
    ) -> Result<(), ChatError> {
        let settings = self.app_settings(scope.app).await?;
        let (chat, now) = (self.clone(), self.clock.now());
        let click = self.storage.write_then(
            move |tx| {
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
                    tx.queue_webhooks(&WebhookEvent::postback(stamp, &within, &clicked, &user, &source)).await?;
                    let Some(text) = clicked.text.filter(|_| settings.echo_postback) else { return Ok(None) };
                    let (author, said) = (Author::user(user.id, None), Content::text(text));
                    let said = if settings.mask_credit_card_numbers { said.masked() } else { said };
                    let echo = Draft::new(author.clone(), said, source).checked()?;
                    let speaker = Speaker::InConversation { conversation, author };
                    Ok::<_, ChatError>(Some(speak(tx, scope, &settings, speaker, echo, &Reach::Everywhere, now).await?))
                })
            },
            move |echo: &Option<Posted>| {
                if let Some(echo) = echo {
                    chat.tell(scope, echo);
                }
            },
        );
        click.await.map(drop)
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
