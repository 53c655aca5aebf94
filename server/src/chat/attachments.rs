//! Attachments: taken in, looked up, removed.
//!
//! A file's row is written before its bytes go into the store and forgotten after they left it, so a process may die at any
//! moment and the sweeper still finds every byte that nobody should keep. Who deletes a conversation, a user or an app marks its
//! files in the same transaction (`Tx::delete_attachments_of_…`) and then calls [`Chat::sweep_soon`].

use std::time::Duration;

use domain::{Access, Attachment, AttachmentKey, Content, ConversationId, Pixels, Timestamp, UserId};

use super::{Chat, ChatError, Noun, Scope};
use crate::files::address::{Target, new_key};
use crate::files::{Examined, FileError, Form, Source, sound_name};
use crate::storage::DoomedAttachment;
use crate::telemetry::causes;

/// How often the sweeper looks although nobody called it: what another process marked is gone within this time, too.
const SWEEP: Duration = Duration::from_secs(5);
/// How many files are looked up at once.
const SWEPT_AT_ONCE: u32 = 100;
/// An upload that has not ended after so long never will.
const STALE_MILLIS: i64 = 60 * 60 * 1000;

/// What a file is uploaded for.
#[derive(Debug, Clone, Copy)]
pub struct NewAttachment {
    pub access: Access,
    /// It is deleted with this conversation.
    pub conversation: Option<ConversationId>,
    /// It is deleted with this user.
    pub user: Option<UserId>,
    /// Whether only an image that browsers show will do.
    pub is_image: bool,
}

/// What a message may say about a file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    pub name: String,
    /// `None` for what is no image that may be shown.
    pub pixels: Option<Pixels>,
    /// Where a smaller version is read; `None` for what is no image that may be shown.
    pub thumbnail_url: Option<String>,
}

impl Chat {
    /// Whether a file may be uploaded for this: asked before its bytes are read.
    /// # Errors
    /// `NotFound(Conversation)`, `NotFound(User)`, also for those of another app.
    pub async fn require_place_for_attachment(&self, scope: Scope, new: NewAttachment) -> Result<(), ChatError> {
        let mut reader = self.storage.read().await?;
        if let Some(conversation) = new.conversation
            && reader.conversation(scope.app, conversation).await?.is_none()
        {
            return Err(ChatError::NotFound(Noun::Conversation));
        }
        if let Some(user) = new.user
            && reader.user(scope.app, user).await?.is_none()
        {
            return Err(ChatError::NotFound(Noun::User));
        }
        Ok(())
    }

    /// Takes in the part `source` of `form`; gives the file and where it is read.
    /// # Errors
    /// `Invalid` without such a part; `NotFound` when what it is for is gone; `Files(Unavailable)`, and nothing is kept.
    pub async fn add_attachment(
        &self,
        scope: Scope,
        new: NewAttachment,
        form: Form,
    ) -> Result<(Attachment, String), ChatError> {
        let source = form.files.into_iter().next().ok_or_else(|| domain::Invalid::new("source", "is required"))?;
        self.add_file(scope, new, source).await
    }

    /// Takes in one file; gives it and where it is read.
    /// # Errors
    /// As [`Chat::add_attachment`]; `Files(NotAnImage)`.
    pub(super) async fn add_file(
        &self,
        scope: Scope,
        new: NewAttachment,
        source: Source,
    ) -> Result<(Attachment, String), ChatError> {
        // Once the bytes are all here, a client that leaves does not stop half-way what follows.
        let chat = self.clone();
        let stored = tokio::spawn(async move { chat.store_attachment(scope, new, source).await });
        let attachment = stored.await.map_err(|error| FileError::Unavailable(error.into()))??;
        let url = self.files.addresses().file(&attachment.key, &attachment.name);
        Ok((attachment, url))
    }

    async fn store_attachment(
        &self,
        scope: Scope,
        new: NewAttachment,
        source: Source,
    ) -> Result<Attachment, ChatError> {
        let examined = self.files.examine(source.bytes, source.media_type.as_deref()).await?;
        if new.is_image && examined.pixels.is_none() {
            return Err(FileError::NotAnImage.into());
        }
        let Examined { media_type, pixels, thumbnail, content, thumbnail_bytes, size } = examined;
        let attachment = Attachment {
            key: new_key(),
            app: scope.app,
            conversation: new.conversation,
            user: new.user,
            access: new.access,
            name: sound_name(source.name.as_deref(), &media_type),
            media_type,
            size,
            pixels,
            thumbnail,
            created_at: self.clock.now(),
        };
        let noted = attachment.clone();
        let note = self.storage.write(move |tx| {
            Box::pin(async move {
                // While the bytes came in, what they are for may have gone.
                if !tx.app_exists(noted.app).await? {
                    return Err(ChatError::NotFound(Noun::App));
                }
                if let Some(user) = noted.user
                    && tx.user(noted.app, user).await?.is_none()
                {
                    return Err(ChatError::NotFound(Noun::User));
                }
                if let Some(conversation) = noted.conversation
                    && tx.conversation(noted.app, conversation).await?.is_none()
                {
                    return Err(ChatError::NotFound(Noun::Conversation));
                }
                Ok(tx.insert_attachment(&noted).await?)
            })
        });
        note.await?;
        let (app, key, has_thumbnail) = (attachment.app, attachment.key.clone(), attachment.thumbnail.is_some());
        let put = async {
            self.files.store().put(app, &key, content).await?;
            if has_thumbnail {
                self.files.store().put_thumbnail(app, &key, thumbnail_bytes).await?;
            }
            Ok::<_, FileError>(())
        };
        let (put, now) = (put.await, self.clock.now());
        let is_put = put.is_ok();
        let settle = self.storage.write(move |tx| {
            Box::pin(async move {
                if is_put {
                    return Ok::<_, ChatError>(tx.attachment_stored(&key, now).await?);
                }
                tx.attachment_refused(&key, now).await?;
                Ok(false)
            })
        });
        let is_kept = settle.await;
        self.sweep_soon();
        put?;
        if is_kept? { Ok(attachment) } else { Err(ChatError::NotFound(Noun::Conversation)) }
    }

    /// Removes the file at `url`: it is served no more from now on, and its bytes go within seconds.
    /// # Errors
    /// `Invalid` for an address that is not ours; `NotFound(Attachment)`, also for a file of another app.
    pub async fn remove_attachment(&self, scope: Scope, url: &str) -> Result<(), ChatError> {
        let key = match self.files.addresses().target(url) {
            Target::Ours(key) => key,
            Target::Elsewhere => return Err(ChatError::NotFound(Noun::Attachment)),
            Target::Foreign => {
                return Err(domain::Invalid::new("mediaUrl", "should be the address of an attachment here").into());
            }
        };
        if self.discard(scope, key).await? { Ok(()) } else { Err(ChatError::NotFound(Noun::Attachment)) }
    }

    /// Removes the file `key`; whether there was one.
    pub(super) async fn discard(&self, scope: Scope, key: AttachmentKey) -> Result<bool, ChatError> {
        let now = self.clock.now();
        let removed = self.storage.write(move |tx| {
            Box::pin(async move { Ok::<_, ChatError>(tx.delete_attachment(scope.app, &key, now).await?) })
        });
        let is_removed = removed.await?;
        self.sweep_soon();
        Ok(is_removed)
    }

    /// The file with this key, for whoever may read it: anybody a public one, who has a signature (`expires`, `signature`) a
    /// private one.
    pub async fn readable_attachment(
        &self,
        key: &AttachmentKey,
        signed: Option<(&str, &str)>,
    ) -> Result<Option<Attachment>, ChatError> {
        let attachment = self.storage.read().await?.attachment(key).await?;
        let is_signed = |key: &AttachmentKey| {
            signed.is_some_and(|(expires, signature)| {
                self.files.addresses().is_signed(key, expires, signature, self.clock.now())
            })
        };
        Ok(attachment.filter(|file| file.access == Access::Public || is_signed(&file.key)))
    }

    /// An address of `attachment` that is good until `expires`, for a private file.
    pub fn signed_attachment_url(&self, attachment: &Attachment, expires: Timestamp) -> String {
        let addresses = self.files.addresses();
        addresses.signed(&addresses.file(&attachment.key, &attachment.name), &attachment.key, expires)
    }

    /// What is known of the public file at `url`; `None` for an address that is not of one of ours.
    pub async fn media_of(&self, url: &str) -> Result<Option<Media>, ChatError> {
        let Target::Ours(key) = self.files.addresses().target(url) else { return Ok(None) };
        let Some(file) = self.readable_attachment(&key, None).await? else { return Ok(None) };
        let thumbnail_url = file.pixels.map(|_| self.files.addresses().thumbnail(&file.key, &file.name));
        let Attachment { media_type, size, name, pixels, .. } = file;
        Ok(Some(Media { media_type, size, name, pixels, thumbnail_url }))
    }

    /// `content` with type and size of the file that it shows, where that is one of ours.
    pub(super) async fn with_stored_media(&self, mut content: Content) -> Result<Content, ChatError> {
        let (url, media_type, size) = match &mut content {
            Content::Image(it) => (&it.media_url, &mut it.media_type, &mut it.media_size),
            Content::File(it) => (&it.media_url, &mut it.media_type, &mut it.media_size),
            _ => return Ok(content),
        };
        if let Some(media) = self.media_of(url).await? {
            (*media_type, *size) = (Some(media.media_type), Some(media.size));
        }
        Ok(content)
    }

    /// The files uploaded for a conversation.
    /// # Errors
    /// `NotFound(Conversation)`.
    pub async fn attachments_of_conversation(
        &self,
        scope: Scope,
        conversation: ConversationId,
    ) -> Result<Vec<Attachment>, ChatError> {
        self.require_conversation(scope, conversation).await?;
        Ok(self.storage.read().await?.attachments_of_conversation(scope.app, conversation).await?)
    }

    /// The files uploaded by or for a user; none for a user that does not exist.
    pub async fn attachments_of_user(&self, scope: Scope, user: UserId) -> Result<Vec<Attachment>, ChatError> {
        Ok(self.storage.read().await?.attachments_of_user(scope.app, user).await?)
    }

    /// Has the sweeper look now, after files were marked deleted.
    pub fn sweep_soon(&self) {
        self.sweep.notify_one();
    }

    /// Removes what is marked deleted, for as long as this is polled: at once, when called, and every few seconds.
    pub async fn sweep_attachments(&self) {
        let mut is_failing = false;
        if let Err(error) = self.files.store().remove_leftovers().await {
            tracing::warn!(error = causes(&error), "what earlier uploads left could not be removed");
        }
        loop {
            match self.sweep_now().await {
                Ok(()) => is_failing = false,
                // Once, not every few seconds until it is mended.
                Err(error) if !is_failing => {
                    is_failing = true;
                    tracing::error!(error = causes(&error), "deleted attachments could not be removed; trying on");
                }
                Err(_) => {}
            }
            let _called_or_not = tokio::time::timeout(SWEEP, self.sweep.notified()).await;
        }
    }

    /// Goes over all files that are to go; one that can't be removed does not keep the others.
    /// # Errors
    /// Why the last of those was not removed.
    pub async fn sweep_now(&self) -> Result<(), ChatError> {
        let stale = self.clock.now().plus_millis(-STALE_MILLIS);
        let (mut after, mut outcome) = (None, Ok(()));
        loop {
            let mut reader = self.storage.read().await?;
            let doomed = reader.doomed_attachments(stale, after.as_ref(), SWEPT_AT_ONCE).await?;
            drop(reader);
            let Some(last) = doomed.last() else { return outcome };
            after = Some(last.key.clone());
            for DoomedAttachment { key, app } in doomed {
                if let Err(error) = self.files.store().remove(app, &key).await {
                    outcome = Err(error.into());
                    continue;
                }
                let forget = self
                    .storage
                    .write(move |tx| Box::pin(async move { Ok::<_, ChatError>(tx.forget_attachment(&key).await?) }));
                forget.await?;
            }
        }
    }
}
