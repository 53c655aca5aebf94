//! Short links to chat pages.

use domain::{IntegrationId, Link, LinkEnd, LinkId, LinkPatch, NewLink, Page, PageRequest, Slug, WebIntegration};

use super::{Chat, ChatError, Noun, Scope, VisitorIdentity, new_id};
use crate::clock::random_bytes;

impl Chat {
    /// Makes a link to the chat page `integration`.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Integration)`; `Refused` where it is no chat page.
    pub async fn create_link(&self, scope: Scope, integration: IntegrationId, new: NewLink) -> Result<Link, ChatError> {
        let now = self.clock.now();
        let new = new.checked(now)?;
        let page = WebIntegration::of(self.require_integration(scope, integration).await?);
        page.ok_or(ChatError::Refused("Links lead to integrations of type web"))?;
        // Whoever opens it speaks as a person: nobody may find it by trying.
        let slug = if new.external_id.is_some() { Slug::long } else { Slug::short }(random_bytes());
        let link = new.into_link(new_id(LinkId::new, now), slug, scope.app, integration, now);
        let creation = self.storage.write(move |tx| {
            Box::pin(async move {
                tx.insert_link(&link).await?;
                Ok(link)
            })
        });
        creation.await
    }

    /// Links to `integration`, oldest first, also those that have ended.
    /// # Errors
    /// `NotFound(Integration)`, `NotFound(Cursor)`.
    pub async fn links(
        &self,
        scope: Scope,
        integration: IntegrationId,
        page: PageRequest<LinkId>,
    ) -> Result<Page<Link>, ChatError> {
        self.require_integration(scope, integration).await?;
        let page = self.storage.read().await?.links_to(scope.app, integration, page).await?;
        page.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// # Errors
    /// `NotFound(Link)`.
    pub async fn require_link(&self, scope: Scope, integration: IntegrationId, id: LinkId) -> Result<Link, ChatError> {
        let link = self.storage.read().await?.link(scope.app, integration, id).await?;
        link.ok_or(ChatError::NotFound(Noun::Link))
    }

    /// Changes what `patch` names; pages opened from now on are so.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Link)`.
    pub async fn update_link(
        &self,
        scope: Scope,
        integration: IntegrationId,
        id: LinkId,
        patch: LinkPatch,
    ) -> Result<Link, ChatError> {
        self.change_link(scope, integration, id, |link| Ok(patch.apply(link)?)).await
    }

    /// Ends a link for good. It is kept, so that its page can say so; one that was revoked before stays as it is.
    /// # Errors
    /// `NotFound(Link)`.
    pub async fn revoke_link(&self, scope: Scope, integration: IntegrationId, id: LinkId) -> Result<Link, ChatError> {
        let now = self.clock.now();
        let revoke = move |link: Link| Ok(Link { revoked_at: link.revoked_at.or(Some(now)), ..link });
        self.change_link(scope, integration, id, revoke).await
    }

    async fn change_link(
        &self,
        scope: Scope,
        integration: IntegrationId,
        id: LinkId,
        change: impl FnOnce(Link) -> Result<Link, ChatError> + Send + 'static,
    ) -> Result<Link, ChatError> {
        let changed = self.storage.write(move |tx| {
            Box::pin(async move {
                let link = tx.link(scope.app, integration, id).await?.ok_or(ChatError::NotFound(Noun::Link))?;
                let link = change(link)?;
                tx.update_link(&link).await?;
                Ok(link)
            })
        });
        changed.await
    }

    /// The link with this slug, whatever its app; also one that has ended.
    pub async fn link_called(&self, slug: &Slug) -> Result<Option<Link>, ChatError> {
        Ok(self.storage.read().await?.link_by_slug(slug).await?)
    }

    /// Why `link` leads `visitor` nowhere any more; `None` while it does. When it is used up, it still does for those who used it.
    pub async fn end_of_link(
        &self,
        link: &Link,
        visitor: Option<&VisitorIdentity>,
    ) -> Result<Option<LinkEnd>, ChatError> {
        match (link.end(self.clock.now()), visitor) {
            (Some(LinkEnd::UsedUp), Some(visitor)) => {
                let is_theirs = self.storage.read().await?.has_used_link(link.id, visitor.session).await?;
                Ok((!is_theirs).then_some(LinkEnd::UsedUp))
            }
            (end, _) => Ok(end),
        }
    }
}
