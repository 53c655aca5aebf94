//! What happened, as webhooks tell it: one constructor a trigger, each with the payload of the v2 contract.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::trigger::{LegacyTrigger, Trigger};
use crate::{
    ActionId, ActivityType, AppId, Author, ConversationId, EventId, IntegrationId, Message, MessageId, Metadata,
    Source, Timestamp, TruncatedConversation, TruncatedUser, UserId,
};

/// What every event has: a name of its own, a tenant, a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventStamp {
    pub id: EventId,
    pub app: AppId,
    pub at: Timestamp,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookEvent {
    pub stamp: EventStamp,
    pub trigger: Trigger,
    /// Its v1.1 name, where that version tells of it.
    pub legacy: Option<LegacyTrigger>,
    pub conversation: Option<ConversationId>,
    /// Whom it is about; of an event in somebody's default conversation, always that user.
    pub user: Option<UserId>,
    pub message: Option<MessageId>,
    /// The v2 payload with users and sources in their short forms, as JSON.
    pub payload: String,
}

/// Why a conversation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CreationReason {
    LinkRequest,
    Message,
    /// Made through the API.
    None,
    Notification,
    PrechatCapture,
    StartConversation,
    ProactiveMessaging,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum UserUpdateReason {
    Authentication,
    LocaleDetection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientAddReason {
    ChannelLinking,
    SdkLogin,
    AuthCode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientUpdateReason {
    Confirmed,
    Blocked,
    Unblocked,
    Matched,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientRemoveReason {
    Api,
    LinkCancelled,
    LinkFailed,
    Sdk,
    Theft,
}

/// What went wrong, where an event tells of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventError {
    pub code: String,
    pub message: String,
}

/// Where a message was handed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<IntegrationId>,
}

/// How far a message has come on its way to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    pub user: TruncatedUser,
    pub message: MessageId,
    pub destination: Destination,
    /// Whether nothing more will be told of this message and destination.
    pub is_final: bool,
}

/// A click on a postback button.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Postback {
    pub payload: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The button's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The button's own id, by which the older API names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_id: Option<ActionId>,
    /// The message that the button is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
}

/// What became of two things of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged<T> {
    pub surviving: T,
    pub discarded: T,
}

/// Two users that became one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    pub users: Merged<TruncatedUser>,
    pub conversations: Option<Merged<TruncatedConversation>>,
    /// Clients as the API shows them.
    pub clients: Option<Merged<Value>>,
    pub discarded_metadata: Option<Metadata>,
    /// `api`, `channelLinking` or `sdkLogin`.
    pub reason: &'static str,
}

/// A message whose author has no more to be told of.
#[derive(Serialize)]
struct Told<'a> {
    conversation: &'a TruncatedConversation,
    message: &'a Message,
}

/// An object of the pairs whose value is not `null`.
fn object<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    let given = pairs.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(given.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

impl WebhookEvent {
    fn new(stamp: EventStamp, trigger: Trigger, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_string(payload).expect("payloads have strings for keys and nothing that can fail");
        let legacy = trigger.legacy(false);
        Self { stamp, trigger, legacy, conversation: None, user: None, message: None, payload }
    }

    /// In `conversation`, of which the older API knows only a user's default one.
    fn within(mut self, conversation: &TruncatedConversation) -> Self {
        self.conversation = Some(conversation.id);
        self.user = conversation.default_of.or(self.user);
        self.legacy = self.legacy.filter(|_| conversation.default_of.is_some());
        self
    }

    fn about(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// A message was stored. `author` is given for a user.
    pub fn message(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        message: &Message,
        author: Option<&TruncatedUser>,
    ) -> Self {
        let event = if let Some(author) = author {
            let mut told = json!(message);
            told["author"]["user"] = json!(author);
            let payload = json!({ "conversation": conversation, "message": told });
            Self::new(stamp, Trigger::ConversationMessage, &payload)
        } else {
            // What businesses say comes in numbers, and is told as it is.
            Self::new(stamp, Trigger::ConversationMessage, &Told { conversation, message })
        };
        let legacy = Trigger::ConversationMessage.legacy(message.author.is_business());
        Self { legacy, message: Some(message.id), user: message.author.user_id, ..event }.within(conversation)
    }

    /// A conversation was made. `user` is given for a personal one, `referral` where a link brought the user.
    pub fn conversation_create(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        reason: CreationReason,
        source: &Source,
        user: Option<&TruncatedUser>,
        referral: Option<&Value>,
    ) -> Self {
        let payload = object([
            ("conversation", json!(conversation)),
            ("creationReason", json!(reason)),
            ("source", json!(source)),
            ("user", json!(user)),
            ("referral", json!(referral)),
        ]);
        let event = Self::new(stamp, Trigger::ConversationCreate, &payload);
        let event = Self { user: user.map(|user| user.id), ..event }.within(conversation);
        // The older trigger is for a conversation that its user begins.
        let legacy = event.legacy.filter(|_| reason != CreationReason::None);
        Self { legacy, ..event }
    }

    /// A user read, began to type or stopped.
    pub fn activity(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        kind: ActivityType,
        user: &TruncatedUser,
        source: &Source,
    ) -> Self {
        let trigger = match kind {
            ActivityType::Read => Trigger::ConversationRead,
            ActivityType::TypingStart | ActivityType::TypingStop => Trigger::ConversationTyping,
        };
        let mut author = json!(Author::user(user.id, None));
        author["user"] = json!(user);
        let activity = json!({ "type": kind, "author": author, "source": source });
        let payload = json!({ "conversation": conversation, "activity": activity });
        Self::new(stamp, trigger, &payload).about(user.id).within(conversation)
    }

    /// A user clicked a postback button.
    pub fn postback(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        postback: &Postback,
        user: &TruncatedUser,
        source: &Source,
    ) -> Self {
        let payload = json!({ "postback": postback, "conversation": conversation, "user": user, "source": source });
        let event = Self::new(stamp, Trigger::ConversationPostback, &payload).about(user.id).within(conversation);
        Self { message: postback.message_id, ..event }
    }

    /// A conversation is about to be deleted.
    pub fn conversation_remove(stamp: EventStamp, conversation: &TruncatedConversation) -> Self {
        Self::new(stamp, Trigger::ConversationRemove, &json!({ "conversation": conversation })).within(conversation)
    }

    /// A user joined a group.
    pub fn join(stamp: EventStamp, conversation: &TruncatedConversation, user: &TruncatedUser) -> Self {
        Self::membership(stamp, Trigger::ConversationJoin, conversation, user)
    }

    /// A user left a group.
    pub fn leave(stamp: EventStamp, conversation: &TruncatedConversation, user: &TruncatedUser) -> Self {
        Self::membership(stamp, Trigger::ConversationLeave, conversation, user)
    }

    fn membership(
        stamp: EventStamp,
        trigger: Trigger,
        conversation: &TruncatedConversation,
        user: &TruncatedUser,
    ) -> Self {
        let payload = json!({ "conversation": conversation, "user": user });
        Self::new(stamp, trigger, &payload).about(user.id).within(conversation)
    }

    /// A message was handed to a channel.
    pub fn delivery_channel(stamp: EventStamp, conversation: &TruncatedConversation, report: &DeliveryReport) -> Self {
        Self::delivery(stamp, Trigger::DeliveryChannel, conversation, report, None)
    }

    /// A message reached its user.
    pub fn delivery_user(stamp: EventStamp, conversation: &TruncatedConversation, report: &DeliveryReport) -> Self {
        Self::delivery(stamp, Trigger::DeliveryUser, conversation, report, None)
    }

    /// A message did not reach its user.
    pub fn delivery_failure(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        report: &DeliveryReport,
        error: &EventError,
    ) -> Self {
        Self::delivery(stamp, Trigger::DeliveryFailure, conversation, report, Some(error))
    }

    fn delivery(
        stamp: EventStamp,
        trigger: Trigger,
        conversation: &TruncatedConversation,
        report: &DeliveryReport,
        error: Option<&EventError>,
    ) -> Self {
        let payload = object([
            ("user", json!(report.user)),
            ("conversation", json!(conversation)),
            ("message", json!({ "id": report.message })),
            ("destination", json!(report.destination)),
            ("isFinalEvent", json!(report.is_final)),
            ("error", json!(error)),
        ]);
        let event = Self::new(stamp, trigger, &payload).about(report.user.id).within(conversation);
        Self { message: Some(report.message), ..event }
    }

    /// A user came by a link that says where from; `referral` is `{code, details?}`.
    pub fn referral(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        user: &TruncatedUser,
        source: &Source,
        referral: &Value,
    ) -> Self {
        let payload = json!({ "conversation": conversation, "user": user, "source": source, "referral": referral });
        Self::new(stamp, Trigger::ConversationReferral, &payload).about(user.id).within(conversation)
    }

    /// A user became known, or known better.
    pub fn user_update(stamp: EventStamp, user: &TruncatedUser, reason: UserUpdateReason, source: &Source) -> Self {
        let payload = json!({ "user": user, "reason": reason, "source": source });
        Self::new(stamp, Trigger::UserUpdate, &payload).about(user.id)
    }

    /// Two users became one.
    pub fn user_merge(stamp: EventStamp, merge: &Merge) -> Self {
        let payload = object([
            ("mergedUsers", json!(merge.users)),
            ("mergedConversations", json!(merge.conversations)),
            ("mergedClients", json!(merge.clients)),
            ("discardedMetadata", json!(merge.discarded_metadata)),
            ("reason", json!(merge.reason)),
        ]);
        Self::new(stamp, Trigger::UserMerge, &payload).about(merge.users.surviving.id)
    }

    /// A user is about to be deleted.
    pub fn user_remove(stamp: EventStamp, user: &TruncatedUser) -> Self {
        Self::new(stamp, Trigger::UserRemove, &json!({ "user": user })).about(user.id)
    }

    /// A user got a client; `client` as the API shows it.
    pub fn client_add(
        stamp: EventStamp,
        conversation: Option<&TruncatedConversation>,
        user: &TruncatedUser,
        client: &Value,
        reason: ClientAddReason,
        source: &Source,
    ) -> Self {
        Self::client(
            stamp,
            Trigger::ClientAdd,
            conversation,
            user,
            [("client", client.clone()), ("reason", json!(reason)), ("source", json!(source)), ("error", Value::Null)],
        )
    }

    /// A client changed.
    pub fn client_update(
        stamp: EventStamp,
        conversation: &TruncatedConversation,
        user: &TruncatedUser,
        client: &Value,
        reason: ClientUpdateReason,
    ) -> Self {
        Self::client(
            stamp,
            Trigger::ClientUpdate,
            Some(conversation),
            user,
            [("client", client.clone()), ("reason", json!(reason)), ("source", Value::Null), ("error", Value::Null)],
        )
    }

    /// A user lost a client.
    pub fn client_remove(
        stamp: EventStamp,
        conversation: Option<&TruncatedConversation>,
        user: &TruncatedUser,
        client: &Value,
        reason: ClientRemoveReason,
        source: &Source,
        error: Option<&EventError>,
    ) -> Self {
        Self::client(
            stamp,
            Trigger::ClientRemove,
            conversation,
            user,
            [("client", client.clone()), ("reason", json!(reason)), ("source", json!(source)), ("error", json!(error))],
        )
    }

    fn client(
        stamp: EventStamp,
        trigger: Trigger,
        conversation: Option<&TruncatedConversation>,
        user: &TruncatedUser,
        [client, reason, source, error]: [(&str, Value); 4],
    ) -> Self {
        let (conversation_given, user_given) = (("conversation", json!(conversation)), ("user", json!(user)));
        let payload = object([conversation_given, user_given, client, reason, source, error]);
        let event = Self::new(stamp, trigger, &payload).about(user.id);
        match conversation {
            Some(conversation) => event.within(conversation),
            None => event,
        }
    }

    /// Control of a conversation moved, or (`error`) could not: `trigger` is one of `switchboard:*`, `conversation` as it is
    /// after the change.
    pub fn switchboard(
        stamp: EventStamp,
        trigger: Trigger,
        conversation: &TruncatedConversation,
        metadata: Option<&Metadata>,
        error: Option<&EventError>,
    ) -> Self {
        let payload =
            object([("conversation", json!(conversation)), ("metadata", json!(metadata)), ("error", json!(error))]);
        Self::new(stamp, trigger, &payload).within(conversation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, ConversationType, Draft};

    const ID: &str = "66b000000000000000000001";

    fn stamp() -> EventStamp {
        EventStamp { id: ID.parse().unwrap(), app: ID.parse().unwrap(), at: Timestamp::from_millis(0) }
    }

    fn conversation(default_of: Option<&str>) -> TruncatedConversation {
        let default_of = default_of.map(|id| id.parse().unwrap());
        TruncatedConversation {
            id: ID.parse().unwrap(),
            kind: ConversationType::Personal,
            metadata: None,
            active_switchboard_integration: None,
            pending_switchboard_integration: None,
            default_of,
        }
    }

    fn user() -> TruncatedUser {
        TruncatedUser { id: ID.parse().unwrap(), external_id: Some("ann".to_owned()) }
    }

    fn message(author: Author) -> Message {
        let (content, source) = (Content::text("Psst."), Source::api());
        Draft { author, content, source, metadata: None, quoted_message: None, sent_as: None }.into_message(
            ID.parse().unwrap(),
            1,
            Timestamp::from_millis(0),
        )
    }

    fn payload(event: &WebhookEvent) -> Value {
        serde_json::from_str(&event.payload).unwrap()
    }

    #[test]
    fn a_message_is_told_with_its_conversation_and_its_user() {
        let said = message(Author::user(user().id, Some("Ann".to_owned())));
        let event = WebhookEvent::message(stamp(), &conversation(Some(ID)), &said, Some(&user()));
        assert_eq!(event.legacy, Some(LegacyTrigger::MessageAppUser));
        assert_eq!(payload(&event)["conversation"], json!({ "id": ID, "type": "personal" }));
        assert_eq!(payload(&event)["message"]["author"]["user"], json!({ "id": ID, "externalId": "ann" }));
        assert_eq!(payload(&event)["message"]["content"], json!({ "type": "text", "text": "Psst." }));
    }

    #[test]
    fn the_older_api_hears_of_default_conversations_only() {
        let said = message(Author::business(None));
        let other = WebhookEvent::message(stamp(), &conversation(None), &said, None);
        assert_eq!((other.legacy, other.user), (None, None));
        let default = WebhookEvent::message(stamp(), &conversation(Some(ID)), &said, None);
        assert_eq!((default.legacy, default.user), (Some(LegacyTrigger::MessageAppMaker), Some(user().id)));
        let made = |reason| {
            WebhookEvent::conversation_create(stamp(), &conversation(Some(ID)), reason, &Source::api(), None, None)
        };
        assert_eq!(made(CreationReason::None).legacy, None, "made by the business");
        assert_eq!(made(CreationReason::Message).legacy, Some(LegacyTrigger::ConversationStart));
    }

    #[test]
    fn a_conversation_that_is_made_is_about_its_user_be_it_the_default_one_or_not() {
        for default_of in [None, Some(ID)] {
            let (conversation, source, user) = (conversation(default_of), Source::api(), user());
            let reason = CreationReason::None;
            let made = WebhookEvent::conversation_create(stamp(), &conversation, reason, &source, Some(&user), None);
            assert_eq!(made.user, Some(user.id));
        }
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let made = WebhookEvent::conversation_create(
            stamp(),
            &conversation(None),
            CreationReason::None,
            &Source::api(),
            None,
            None,
        );
        let payload = payload(&made);
        let keys: Vec<&String> = payload.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["conversation", "creationReason", "source"]);
        assert_eq!(payload["creationReason"], "none");
    }
}
