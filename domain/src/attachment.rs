//! Attachments: files that were uploaded, and how they are addressed.

use std::fmt;
use std::str::FromStr;

use crate::{AppId, ConversationId, Timestamp, UserId};

/// The most bytes that a file may have: 50 MB.
pub const FILE_BYTES: u64 = 50 * 1024 * 1024;

/// How many characters a key has: 24 random bytes in base64.
const KEY_LENGTH: usize = 32;

/// What an attachment is found by: whoever knows it may read what is public. 32 characters of `A-Z a-z 0-9 - _`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttachmentKey(String);

/// What a text must look like to be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 32 letters, digits, hyphens and underscores")]
pub struct NotAKey;

impl AttachmentKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AttachmentKey {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let is_key =
            text.len() == KEY_LENGTH && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
        if is_key { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }
}

impl fmt::Display for AttachmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever knows its address.
    Public,
    /// Whoever has an address that was signed and has not expired.
    Private,
}

/// Size of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
}

/// A smaller image beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

/// A file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub key: AttachmentKey,
    pub app: AppId,
    /// What it is deleted with.
    pub conversation: Option<ConversationId>,
    /// What it is deleted with, too; `None` for a file of the business.
    pub user: Option<UserId>,
    pub access: Access,
    /// As it was given, without what could mislead or leave a folder.
    pub name: String,
    /// By content, never dangerous.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Of an image that was decoded whole and carries nothing but the image; `None` for anything else, which browsers may only
    /// save.
    pub pixels: Option<Pixels>,
    /// `None` for what is no image, and for an image that is small itself.
    pub thumbnail: Option<Thumbnail>,
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_texts_of_one_length_are_keys() {
        let good = "AZaz09-_AZaz09-_AZaz09-_AZaz09-_";
        assert_eq!(good.parse::<AttachmentKey>().unwrap().to_string(), good);
        for bad in ["", "short", &good[1..], &good.replace('-', "/"), &good.replace('-', "."), &good.replace('A', "ä")]
        {
            assert_eq!(bad.parse::<AttachmentKey>(), Err(NotAKey), "{bad}");
        }
    }
}
