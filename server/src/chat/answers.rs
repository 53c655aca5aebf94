//! What visitors say with buttons and forms of the business's messages.

use domain::content::{Field, FieldType, FormResponse, Text, WrongAnswer};
use domain::{
    ActionId, ActionType, Content, ConversationId, Message, MessageId, Metadata, QuotedMessage, Source, Timestamp,
    UserId,
};

use super::visitors::require_open;
use super::{Chat, ChatError, Noun, Scope, VisitorIdentity};
use crate::storage::{Reader, Tx};

/// What a reply button says when it is pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub content: Content,
    pub metadata: Option<Metadata>,
}

impl Chat {
    /// What a press of `visitor` on the reply button `action` says.
    /// # Errors
    /// `NotFound(Action)`, also for a button of another kind, and of a conversation that is not the visitor's;
    /// `NotFound(Conversation)` for a visitor without any; `SessionEnded`.
    pub async fn visitor_reply(
        &self,
        visitor: &VisitorIdentity,
        wanted: Option<ConversationId>,
        action: ActionId,
    ) -> Result<Reply, ChatError> {
        let mut reader = self.storage.read().await?;
        let (_, conversation) = spot(&mut reader, visitor, wanted, self.clock.now()).await?;
        let message = reader.message_of_action(conversation, action).await?;
        let button = message.as_ref().and_then(|message| message.content.action(action.ordinal()?));
        let button = button.filter(|button| button.kind == ActionType::Reply);
        let button = button.ok_or(ChatError::NotFound(Noun::Action))?;
        let text = Text { payload: button.payload.clone(), ..Text::new(button.text.clone()) };
        Ok(Reply { content: Content::Text(text), metadata: button.metadata.clone() })
    }

    /// Tells webhooks of a press of `visitor` on the postback button `action`.
    /// # Errors
    /// As [`Chat::post_postback`]; `NotFound(Conversation)` for a visitor without any; `SessionEnded`.
    pub async fn visitor_postback(
        &self,
        scope: Scope,
        visitor: &VisitorIdentity,
        wanted: Option<ConversationId>,
        action: ActionId,
    ) -> Result<(), ChatError> {
        let mut reader = self.storage.read().await?;
        let (user, conversation) = spot(&mut reader, visitor, wanted, self.clock.now()).await?;
        drop(reader);
        self.post_postback(scope, conversation, user, action, Source::web(visitor.integration)).await
    }

    /// What `answers`, by the names of the fields, say to `form`; or what is wrong with them.
    /// # Errors
    /// `NotFound(Message)` where the visitor has no such form; `NotFound(Conversation)`, `SessionEnded`.
    pub async fn visitor_answers(
        &self,
        visitor: &VisitorIdentity,
        wanted: Option<ConversationId>,
        form: MessageId,
        answers: &[(String, String)],
    ) -> Result<Result<FormResponse, Vec<WrongAnswer>>, ChatError> {
        let mut reader = self.storage.read().await?;
        let (_, conversation) = spot(&mut reader, visitor, wanted, self.clock.now()).await?;
        match reader.message(conversation, form).await?.map(|message| message.content) {
            Some(Content::Form(form)) => Ok(form.answered(answers)),
            _ => Err(ChatError::NotFound(Noun::Message)),
        }
    }
}

/// Who `visitor` is, and where: in the conversation `wanted` if it is theirs, else where something happened last.
async fn spot(
    reader: &mut Reader,
    visitor: &VisitorIdentity,
    wanted: Option<ConversationId>,
    now: Timestamp,
) -> Result<(UserId, ConversationId), ChatError> {
    let visit = reader.visitor_session_with_conversation(visitor.integration, visitor.session, wanted).await?;
    require_open(reader, visitor, visit.as_ref().map(|visit| &visit.session), now).await?;
    let spot = visit.and_then(|visit| Some((visit.session.user, visit.conversation?.id)));
    spot.ok_or(ChatError::NotFound(Noun::Conversation))
}

/// Closes the form that `message` answers, if it answers one.
/// # Errors
/// `Refused` where that was answered before.
pub(super) async fn close_form(tx: &mut Tx, conversation: ConversationId, message: &Message) -> Result<(), ChatError> {
    let (Content::FormResponse(_), Some(QuotedMessage::Message { message: form })) =
        (&message.content, &message.quoted_message)
    else {
        return Ok(());
    };
    let Some(Message { content: Content::Form(mut answered), .. }) = tx.message(conversation, form.id).await? else {
        return Ok(());
    };
    if answered.submitted {
        return Err(ChatError::Refused("This form was answered before"));
    }
    answered.submitted = true;
    Ok(tx.replace_content(conversation, form.id, &Content::Form(answered)).await?)
}

/// Puts into the profile of `user` what `answers` tell of name and address and the profile does not have yet.
pub(super) async fn fill_profile(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
    answers: &FormResponse,
) -> Result<(), ChatError> {
    let Some(mut user) = tx.user(scope.app, user).await? else { return Ok(()) };
    let before = user.profile.clone();
    let named = answers.fields.iter().find(|field| field.kind == FieldType::Text && field.name == "name");
    if let Some(name) = named.map(Field::answer).filter(|_| user.profile.given_name.is_none()) {
        let name = name.trim();
        let (given, rest) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
        user.profile.given_name = Some(given.to_owned());
        user.profile.surname =
            user.profile.surname.or_else(|| Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty()));
    }
    let mail = answers.fields.iter().find(|field| field.kind == FieldType::Email).map(Field::answer);
    user.profile.email = user.profile.email.or(mail);
    if user.profile == before { Ok(()) } else { Ok(tx.update_user(scope.app, &user).await?) }
}
