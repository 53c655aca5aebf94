//! Files that visitors send.

use domain::content::{File, Image};
use domain::{Access, Attachment, ClientMessageId, Content, Source};

use super::{Chat, ChatError, NewAttachment, NewMessage, Posted, Scope, Speaker};
use crate::files::{self, FileError};

/// A file on its way in.
pub struct Upload {
    pub file: files::Source,
    /// Whether it is to be shown as an image, and so has to be one.
    pub is_image: bool,
    /// What the visitor wrote to it.
    pub caption: Option<String>,
}

impl Chat {
    /// Takes in a file of a visitor and sends it as a message. Sent again with the same id, it is the first one again.
    /// # Errors
    /// As [`Chat::post_message`]; `Files`. Nothing of the file is kept then.
    pub async fn post_upload(
        &self,
        scope: Scope,
        speaker: Speaker,
        source: Source,
        sent_as: ClientMessageId,
        upload: Upload,
    ) -> Result<Posted, ChatError> {
        // A client that leaves does not stop half-way what follows: it would leave a file that nothing shows.
        let chat = self.clone();
        let sent = tokio::spawn(async move { chat.send_upload(scope, speaker, source, sent_as, upload).await });
        sent.await.map_err(|error| FileError::Unavailable(error.into()))?
    }

    async fn send_upload(
        &self,
        scope: Scope,
        speaker: Speaker,
        source: Source,
        sent_as: ClientMessageId,
        upload: Upload,
    ) -> Result<Posted, ChatError> {
        let Upload { file, is_image, caption } = upload;
        let new = NewAttachment { access: Access::Public, conversation: None, user: None, is_image };
        let (attachment, url) = self.add_file(scope, new, file).await?;
        let key = attachment.key.clone();
        let content = content(attachment, url, is_image, caption);
        let new = NewMessage {
            sent_as: Some(sent_as.clone()),
            attachment: Some(key.clone()),
            ..NewMessage::new(speaker.clone(), content.clone(), source)
        };
        // Stored anew, a file has another address: that alone makes it no other message.
        let posted = match self.post_message(scope, new).await {
            Err(ChatError::Conflict) => self.sent_before(scope, &speaker, &sent_as, content).await,
            posted => posted,
        };
        if !posted.as_ref().is_ok_and(Posted::is_new) {
            self.discard(scope, key).await?;
        }
        posted
    }

    /// The message that `speaker` sent under this id, if it says the same as `content`.
    /// # Errors
    /// `Conflict`.
    async fn sent_before(
        &self,
        scope: Scope,
        speaker: &Speaker,
        sent_as: &ClientMessageId,
        content: Content,
    ) -> Result<Posted, ChatError> {
        let Speaker::Visitor { visitor, whereto, .. } = speaker else { return Err(ChatError::Conflict) };
        let is_masked = self.app_settings(scope.app).await?.mask_credit_card_numbers;
        let mut reader = self.storage.read().await?;
        let visit =
            reader.visitor_session_with_conversation(visitor.integration, visitor.session, whereto.named()).await?;
        let conversation = visit.and_then(|visit| visit.conversation).ok_or(ChatError::Conflict)?.id;
        let message = reader.message_sent_as(conversation, sent_as).await?.ok_or(ChatError::Conflict)?;
        let again = at(content, &message.content);
        let again = if is_masked { again.masked() } else { again };
        if again == message.content { Ok(Posted::before(conversation, message)) } else { Err(ChatError::Conflict) }
    }
}

fn content(attachment: Attachment, url: String, is_image: bool, caption: Option<String>) -> Content {
    let Attachment { name, media_type, size, .. } = attachment;
    let (media_type, media_size, alt_text) = (Some(media_type), Some(size), Some(name));
    if is_image {
        Content::Image(Image {
            media_url: url,
            media_type,
            media_size,
            text: caption,
            alt_text,
            attachment_id: None,
            actions: Vec::new(),
        })
    } else {
        Content::File(File { media_url: url, media_type, media_size, text: caption, alt_text, attachment_id: None })
    }
}

/// `content` at the address that `there` has.
fn at(mut content: Content, there: &Content) -> Content {
    match (&mut content, there) {
        (Content::Image(it), Content::Image(there)) => it.media_url.clone_from(&there.media_url),
        (Content::File(it), Content::File(there)) => it.media_url.clone_from(&there.media_url),
        _ => {}
    }
    content
}
