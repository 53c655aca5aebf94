//! Webhooks: who may be called, what became of it, and calling again.

use domain::webhook::{
    Attempt, Delivery, DeliveryId, DeliveryState, NewWebhook, OVERLAP_SECONDS, WEBHOOKS_PER_APP, WebhookPatch,
    WebhookVersion,
};
use domain::{AppId, IntegrationId, Invalid, Page, PageRequest, Timestamp, Webhook, WebhookId};

use super::{Chat, ChatError, Noun, Scope, new_id};
use crate::clock::random_webhook_secret;
use crate::storage::{DeliveryCounts, Reader, ReplaySelection, Tx};
use crate::webhooks::body;

/// Whose webhooks: those of an integration speak v2, those of the app v1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOwner {
    App,
    Integration(IntegrationId),
}

impl WebhookOwner {
    fn version(self) -> WebhookVersion {
        match self {
            Self::App => WebhookVersion::V1,
            Self::Integration(_) => WebhookVersion::V2,
        }
    }

    fn integration(self) -> Option<IntegrationId> {
        match self {
            Self::App => None,
            Self::Integration(integration) => Some(integration),
        }
    }

    fn owns(self, webhook: &Webhook) -> bool {
        webhook.integration == self.integration()
    }

    /// # Errors
    /// `NotFound(Integration)`; `Invalid` for a kind of integration that has no webhooks.
    async fn check(self, reader: &mut Reader, app: AppId) -> Result<(), ChatError> {
        let Self::Integration(integration) = self else { return Ok(()) };
        let integration = reader.integration(app, integration).await?.ok_or(ChatError::NotFound(Noun::Integration))?;
        // Everything else is a channel: it talks with users, not with programs.
        if integration.settings.is_program() {
            Ok(())
        } else {
            Err(Invalid::new("integration", "should be of type custom to have webhooks").into())
        }
    }
}

/// A delivery with what was or will be sent, and all tries.
#[derive(Debug, Clone)]
pub struct DeliveryView {
    pub delivery: Delivery,
    pub target: String,
    /// JSON.
    pub body: String,
    pub attempts: Vec<Attempt>,
}

impl Chat {
    /// # Errors
    /// `Invalid` with the field, also beyond ten webhooks of an app; `NotFound(Integration)`.
    pub async fn create_webhook(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        new: NewWebhook,
    ) -> Result<Webhook, ChatError> {
        let now = self.clock.now();
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    owner.check(tx, scope.app).await?;
                    add_webhook(tx, scope.app, owner, new, now).await
                })
            })
            .await
    }

    /// Oldest first.
    /// # Errors
    /// `NotFound(Integration)`; `Invalid` for an integration that has no webhooks.
    pub async fn webhooks_of(&self, scope: Scope, owner: WebhookOwner) -> Result<Vec<Webhook>, ChatError> {
        let mut reader = self.storage.read().await?;
        owner.check(&mut reader, scope.app).await?;
        let mut webhooks = reader.webhooks(Some(scope.app)).await?;
        webhooks.retain(|webhook| owner.owns(webhook));
        Ok(webhooks)
    }

    /// Those of an app, or of all, with how their deliveries stand.
    pub async fn webhooks(&self, app: Option<AppId>) -> Result<Vec<(Webhook, DeliveryCounts)>, ChatError> {
        let mut reader = self.storage.read().await?;
        let mut counted = Vec::new();
        for webhook in reader.webhooks(app).await? {
            let counts = reader.delivery_counts(webhook.id).await?;
            counted.push((webhook, counts));
        }
        Ok(counted)
    }

    /// # Errors
    /// `NotFound(Webhook)`, also for somebody else's; as [`Chat::webhooks_of`].
    pub async fn require_webhook(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        id: WebhookId,
    ) -> Result<Webhook, ChatError> {
        own(&mut self.storage.read().await?, scope, owner, id).await
    }

    /// Changes what `patch` names. Triggers count for events from now on; a new target gets what waits as well.
    /// # Errors
    /// As [`Chat::require_webhook`]; `Invalid` with the field.
    pub async fn update_webhook(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        id: WebhookId,
        patch: WebhookPatch,
    ) -> Result<Webhook, ChatError> {
        self.change_webhook(scope, owner, id, move |webhook| Ok(patch.apply(webhook)?)).await
    }

    /// Draws a new secret. For `overlap` seconds (a day, unless said) deliveries are signed with both, and carry the old one as
    /// their key, because a receiver learns the new one only from this answer.
    /// # Errors
    /// As [`Chat::require_webhook`]; `Invalid` for more than seven days.
    pub async fn rotate_webhook_secret(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        id: WebhookId,
        overlap: Option<u32>,
    ) -> Result<Webhook, ChatError> {
        const DAY: u32 = 24 * 60 * 60;
        let overlap = overlap.unwrap_or(DAY);
        if overlap > OVERLAP_SECONDS {
            let rule = format!("should be at most {OVERLAP_SECONDS}, which is seven days");
            return Err(Invalid::new("overlapSeconds", rule).into());
        }
        let until = self.clock.now().plus_millis(i64::from(overlap) * 1000);
        let rotate = move |webhook: Webhook| {
            let old_secret = (overlap > 0).then(|| (webhook.secret.clone(), until));
            Ok(Webhook { secret: random_webhook_secret(), old_secret, ..webhook })
        };
        self.change_webhook(scope, owner, id, rotate).await
    }

    async fn change_webhook(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        id: WebhookId,
        change: impl FnOnce(Webhook) -> Result<Webhook, ChatError> + Send + 'static,
    ) -> Result<Webhook, ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let webhook = change(own(tx, scope, owner, id).await?)?;
                    let subscriptions = webhook.version.subscriptions(&webhook.triggers)?;
                    tx.update_webhook(&webhook, &subscriptions).await?;
                    Ok(webhook)
                })
            })
            .await
    }

    /// Deletes it with everything that it was still to be told.
    /// # Errors
    /// As [`Chat::require_webhook`].
    pub async fn delete_webhook(&self, scope: Scope, owner: WebhookOwner, id: WebhookId) -> Result<(), ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    own(tx, scope, owner, id).await?;
                    Ok(tx.delete_webhook(id).await?)
                })
            })
            .await
    }

    /// What was and is to be delivered to a webhook, newest first.
    /// # Errors
    /// As [`Chat::require_webhook`]; `NotFound(Cursor)`.
    pub async fn deliveries(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<Delivery>, ChatError> {
        let mut reader = self.storage.read().await?;
        own(&mut reader, scope, owner, webhook).await?;
        reader.deliveries(webhook, state, page).await?.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// # Errors
    /// As [`Chat::require_webhook`]; `NotFound(Delivery)`.
    pub async fn require_delivery(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<DeliveryView, ChatError> {
        let mut reader = self.storage.read().await?;
        own(&mut reader, scope, owner, webhook).await?;
        let no_such = || ChatError::NotFound(Noun::Delivery);
        let delivery = reader.delivery(webhook, id).await?.ok_or_else(no_such)?;
        let dispatch = reader.dispatch(webhook, id).await?.ok_or_else(no_such)?;
        let body = body(&mut reader, &dispatch).await?;
        let attempts = reader.attempts(webhook, id).await?;
        Ok(DeliveryView { delivery, target: dispatch.webhook.target, body, attempts })
    }

    /// Has deliveries made again, with the same event ids, after everything that waits; gives how many.
    /// # Errors
    /// As [`Chat::require_webhook`]; `NotFound(Delivery)`; `Invalid` for a delivery that waits still.
    pub async fn replay(
        &self,
        scope: Scope,
        owner: WebhookOwner,
        webhook: WebhookId,
        selection: ReplaySelection,
    ) -> Result<u64, ChatError> {
        self.require_webhook(scope, owner, webhook).await?;
        self.replay_to(webhook, selection).await
    }

    /// [`Chat::replay`] for the operator, who may do so for any webhook.
    /// # Errors
    /// `NotFound(Webhook)`; as [`Chat::replay`].
    pub async fn replay_of_any_app(&self, webhook: WebhookId, selection: ReplaySelection) -> Result<u64, ChatError> {
        let known = self.storage.read().await?.webhook_of_any_app(webhook).await?;
        known.ok_or(ChatError::NotFound(Noun::Webhook))?;
        self.replay_to(webhook, selection).await
    }

    async fn replay_to(&self, webhook: WebhookId, selection: ReplaySelection) -> Result<u64, ChatError> {
        let mut reader = self.storage.read().await?;
        if let ReplaySelection::One(id) = selection {
            let delivery = reader.delivery(webhook, id).await?.ok_or(ChatError::NotFound(Noun::Delivery))?;
            if delivery.state == DeliveryState::Pending {
                return Err(Invalid::new("deliveryId", "names a delivery that waits still").into());
            }
        }
        // Nothing that is repeated is repeated again by this call.
        let until = DeliveryId(reader.newest_webhook_event().await?);
        drop(reader);
        let (now, mut replayed, mut after) = (self.clock.now(), 0, DeliveryId(0));
        // In batches, between which other writes get their turn. What to repeat takes a walk over the log, which keeps no
        // writer waiting.
        loop {
            let mut reader = self.storage.read().await?;
            let chosen = reader.deliveries_to_replay(webhook, selection, after, until).await?;
            drop(reader);
            let Some(last) = chosen.last() else { return Ok(replayed) };
            after = *last;
            let batch = self
                .storage
                .write(move |tx| Box::pin(async move { tx.replay_deliveries(webhook, selection, &chosen, now).await }));
            replayed += batch.await?;
        }
    }
}

/// The webhook with this id, if it is `owner`'s.
async fn own(reader: &mut Reader, scope: Scope, owner: WebhookOwner, id: WebhookId) -> Result<Webhook, ChatError> {
    owner.check(reader, scope.app).await?;
    let webhook = reader.webhook(scope.app, id).await?.filter(|webhook| owner.owns(webhook));
    webhook.ok_or(ChatError::NotFound(Noun::Webhook))
}

/// Makes a webhook for `owner`, whom the caller knows to exist and to be of a kind that has webhooks.
/// # Errors
/// `Invalid` with the field, also beyond ten webhooks of an app.
pub(super) async fn add_webhook(
    tx: &mut Tx,
    app: AppId,
    owner: WebhookOwner,
    new: NewWebhook,
    now: Timestamp,
) -> Result<Webhook, ChatError> {
    let new = new.checked(owner.version())?;
    if tx.webhook_count(app).await? >= WEBHOOKS_PER_APP {
        return Err(Invalid::new("webhooks", format!("are limited to {WEBHOOKS_PER_APP} per app")).into());
    }
    let webhook = Webhook {
        id: new_id(WebhookId::new, now),
        app,
        integration: owner.integration(),
        version: owner.version(),
        target: new.target,
        triggers: new.triggers,
        secret: random_webhook_secret(),
        old_secret: None,
        include_full_user: new.include_full_user.unwrap_or(false),
        include_full_source: new.include_full_source.unwrap_or(false),
    };
    tx.insert_webhook(&webhook, &webhook.version.subscriptions(&webhook.triggers)?, now).await?;
    Ok(webhook)
}
