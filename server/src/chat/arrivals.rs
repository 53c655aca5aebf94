//! What a message brings with it when a link, or a `ref` in the address, led to the page that it is written on.
//!
//! Opening a link writes nothing, so that previews and crawlers leave no trace: it is used by the first message. A link that has
//! ended since its page was opened brings nothing; the message arrives all the same.

use domain::{AppId, Arrival, Link, LinkEnd, Metadata, Source, Timestamp, TruncatedUser, WebhookEvent};
use serde_json::Value;

use super::{ChatError, VisitorIdentity, event_stamp};
use crate::storage::{Road, StorageError, Tx};

/// How long (in milliseconds) a code that webhooks were told of is no news in its conversation: a page that carries it sends many
/// messages.
const REFERRAL_REST: i64 = 24 * 60 * 60 * 1000;

#[derive(Debug)]
pub(super) struct Luggage {
    link: Option<Link>,
    /// The code, and the referral as webhooks see it.
    referral: Option<(String, Value)>,
}

impl Luggage {
    /// What `arrival` brings to `visitor`.
    pub async fn of(
        arrival: &Arrival,
        visitor: &VisitorIdentity,
        tx: &mut Tx,
        now: Timestamp,
    ) -> Result<Self, StorageError> {
        let mut link = match &arrival.link {
            Some(slug) => tx.link_by_slug(slug).await?,
            None => None,
        };
        if let Some(found) = link.take_if(|link| link.integration != visitor.integration || link.end(now).is_some()) {
            let is_theirs = found.integration == visitor.integration
                && found.end(now) == Some(LinkEnd::UsedUp)
                && tx.has_used_link(found.id, visitor.session).await?;
            link = is_theirs.then_some(found);
        }
        Ok(Self { referral: arrival.referral(link.as_ref()), link })
    }

    /// The business's own id for the user that a new visitor is.
    pub fn external_id(&self) -> Option<&str> {
        self.link.as_ref()?.external_id.as_deref()
    }

    /// What a new conversation begins with.
    pub fn metadata(&self) -> Option<Metadata> {
        self.link.as_ref()?.metadata.clone()
    }

    /// The referral as webhooks see it.
    pub fn referral(&self) -> Option<&Value> {
        self.referral.as_ref().map(|(_, referral)| referral)
    }

    /// Counts the use of the link, gives its metadata to the conversation at the end of `road`, and tells webhooks where `user`
    /// came from: each with the first message only.
    pub async fn unpack(
        self,
        visitor: &VisitorIdentity,
        user: &TruncatedUser,
        road: &mut Road,
        tx: &mut Tx,
        app: AppId,
        now: Timestamp,
    ) -> Result<(), ChatError> {
        let conversation = &mut road.conversation;
        if let Some(link) = self.link
            && tx.use_link(link.id, visitor.session, now).await?
            && let Some(brought) = link.metadata
        {
            let had = conversation.metadata.clone().unwrap_or_default();
            let mut metadata = had.clone();
            // What does not fit is left out: the message matters more.
            let _rest = metadata.absorb(brought);
            if metadata != had {
                tx.set_conversation_metadata(app, conversation.id, &metadata).await?;
                conversation.metadata = Some(metadata);
            }
        }
        if let Some((code, referral)) = self.referral
            && tx.note_referral(conversation.id, &code, now, now.plus_millis(-REFERRAL_REST)).await?
        {
            let (stamp, source) = (event_stamp(app, now), Source::web(visitor.integration));
            tx.queue_webhooks(&WebhookEvent::referral(stamp, conversation, user, &source, &referral)).await?;
        }
        Ok(())
    }
}
