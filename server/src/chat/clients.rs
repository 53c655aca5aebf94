//! Clients and devices of users.

use domain::client::{Confirmation, MatchCriteria, Target};
use domain::webhook::{ClientAddReason, ClientRemoveReason, CreationReason};
use domain::{
    Client, ClientId, ClientStatus, ClientType, ConversationId, Device, Invalid, NewClient, Page, PageRequest,
    ParticipantRef, SessionId, Source, Timestamp, TruncatedUser, UserId, WebhookEvent,
};
use serde_json::json;

use super::visitors::{Opening, begin_conversation};
use super::{Chat, ChatError, Noun, Scope, event_stamp, new_id};
use crate::storage::{Reader, Tx};

/// The user that a path calls so.
async fn require_user(reader: &mut Reader, scope: Scope, called: &str) -> Result<UserId, ChatError> {
    require_named(reader, scope, called).await.map(|user| user.id)
}

async fn require_named(reader: &mut Reader, scope: Scope, called: &str) -> Result<TruncatedUser, ChatError> {
    let user = reader.user_called(scope.app, called).await?.ok_or(ChatError::NotFound(Noun::User))?;
    Ok(TruncatedUser::from(&user))
}

impl Chat {
    /// A page of the user's clients, oldest first.
    /// # Errors
    /// `NotFound(User)`, `NotFound(Cursor)`.
    pub async fn clients(
        &self,
        scope: Scope,
        user: &str,
        page: PageRequest<ClientId>,
    ) -> Result<Page<Client>, ChatError> {
        let mut reader = self.storage.read().await?;
        let user = require_user(&mut reader, scope, user).await?;
        reader.clients_of(user, page).await?.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// Links a user to a channel; the client waits for its confirmation.
    /// # Errors
    /// `Invalid` with the field; `NotFound` for user, integration or conversation; `Conflict` when the user has a client of this
    /// type.
    pub async fn create_client(&self, scope: Scope, user: String, new: NewClient) -> Result<Client, ChatError> {
        let new = new.checked()?;
        let now = self.clock.now();
        let creation = self.storage.write(move |tx| {
            Box::pin(async move {
                let user = require_named(tx, scope, &user).await?;
                link(tx, scope, &user, &new, now).await
            })
        });
        creation.await
    }

    /// The same for the user's default conversation, which begins with it where there is none.
    /// # Errors
    /// As [`Chat::create_client`].
    pub async fn link_channel(
        &self,
        scope: Scope,
        user: String,
        match_criteria: MatchCriteria,
        confirmation: Confirmation,
    ) -> Result<Client, ChatError> {
        let now = self.clock.now();
        let linking = self.storage.write(move |tx| {
            Box::pin(async move {
                let user = require_named(tx, scope, &user).await?;
                let known = tx.default_conversation_of(user.id).await?;
                let conversation_id = if let Some(conversation) = known {
                    conversation
                } else {
                    let (source, opening) = (Source::api(), Opening::because(CreationReason::None));
                    begin_conversation(tx, scope.app, &user, source, opening, now).await?.conversation.id
                };
                let new = NewClient { match_criteria, confirmation, target: Target { conversation_id } }.checked()?;
                link(tx, scope, &user, &new, now).await
            })
        });
        linking.await
    }

    /// Unlinks a user from a channel. `None` names no client.
    /// # Errors
    /// `Refused` for the client of the web chat; `NotFound(User)`, `NotFound(Client)`.
    pub async fn delete_client(&self, scope: Scope, user: String, id: Option<ClientId>) -> Result<(), ChatError> {
        let now = self.clock.now();
        let deletion = self.storage.write(move |tx| {
            Box::pin(async move {
                let named = require_named(tx, scope, &user).await?;
                let user = named.id;
                let client = match id {
                    Some(id) => tx.client(user, id).await?,
                    None => None,
                };
                let client = client.ok_or(ChatError::NotFound(Noun::Client))?;
                if client.kind == ClientType::Sdk {
                    return Err(ChatError::Refused("Cannot remove a client of type 'sdk'"));
                }
                let (stamp, body, source) = (event_stamp(scope.app, now), json!(client), Source::api());
                let reason = ClientRemoveReason::Api;
                let event = WebhookEvent::client_remove(stamp, None, &named, &body, reason, &source, None);
                tx.queue_webhooks(&event).await?;
                Ok(tx.delete_client(client.id).await?)
            })
        });
        deletion.await
    }

    /// The user's devices, latest seen first.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn devices(&self, scope: Scope, user: &str) -> Result<Vec<Device>, ChatError> {
        let mut reader = self.storage.read().await?;
        let user = require_user(&mut reader, scope, user).await?;
        Ok(reader.devices_of(user, self.clock.now()).await?)
    }

    /// One of the user's devices. `None` names none.
    /// # Errors
    /// `NotFound(User)`, `NotFound(Device)`.
    pub async fn require_device(&self, scope: Scope, user: &str, id: Option<SessionId>) -> Result<Device, ChatError> {
        let mut reader = self.storage.read().await?;
        let user = require_user(&mut reader, scope, user).await?;
        let device = match id {
            Some(id) => reader.device(user, id, self.clock.now()).await?,
            None => None,
        };
        device.ok_or(ChatError::NotFound(Noun::Device))
    }

    /// What a user answered in Apple Messages for Business cannot be fetched without such a client.
    /// # Errors
    /// Always: `NotFound(Conversation)`, `NotFound(User)`, else `Refused`.
    pub async fn download_message_ref(
        &self,
        scope: Scope,
        conversation: ConversationId,
        user: &str,
    ) -> Result<std::convert::Infallible, ChatError> {
        let mut reader = self.storage.read().await?;
        reader.conversation(scope.app, conversation).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
        let user = require_user(&mut reader, scope, user).await?;
        match reader.client_of_type(user, ClientType::Apple).await? {
            Some(_) => Err(ChatError::Refused("Apple Messages for Business is not connected to this server")),
            None => Err(ChatError::Refused("The user has no client of Apple Messages for Business")),
        }
    }
}

/// Makes the client that `new`, which was checked, asks for.
async fn link(
    tx: &mut Tx,
    scope: Scope,
    user: &TruncatedUser,
    new: &NewClient,
    now: Timestamp,
) -> Result<Client, ChatError> {
    let (kind, integration) = (ClientType::from(new.match_criteria.kind), new.match_criteria.integration_id);
    let channel = tx.integration_type(scope.app, integration).await?;
    if channel.ok_or(ChatError::NotFound(Noun::Integration))? != kind.to_string() {
        return Err(Invalid::new("matchCriteria.type", "should be the type of the integration").into());
    }
    let conversation = new.target.conversation_id;
    let told = tx.truncated_conversation(scope.app, conversation).await?;
    let told = told.ok_or(ChatError::NotFound(Noun::Conversation))?;
    if tx.participant(conversation, &ParticipantRef::User(user.id)).await?.is_none() {
        return Err(Invalid::new("target.conversationId", "should be a conversation of the user").into());
    }
    let client = Client {
        id: new_id(ClientId::new, now),
        kind,
        status: ClientStatus::Pending,
        integration_id: Some(integration),
        external_id: new.external_id().map(str::to_owned),
        last_seen: None,
        linked_at: Some(now),
        display_name: None,
        avatar_url: None,
        info: None,
        raw: None,
    };
    tx.insert_client(user.id, &client, now).await?;
    let (stamp, body, source) = (event_stamp(scope.app, now), json!(client), Source::api());
    let reason = ClientAddReason::ChannelLinking;
    let event = WebhookEvent::client_add(stamp, Some(&told), user, &body, reason, &source);
    tx.queue_webhooks(&event).await?;
    Ok(client)
}
