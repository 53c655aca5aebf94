//! Files: taken in, looked into, kept in an object store, and addressed.
//!
//! Knows nothing of HTTP but its vocabulary, and nothing of the database; `chat` joins the two. What is easy to get wrong:
//! what a file is, is told by its content alone, and only an image that was decoded whole may be shown by a browser in our origin.

pub mod address;
mod copies;
mod error;
mod form;
mod image;
mod kind;
mod name;
pub mod range;
mod spool;
mod store;
mod strip;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Pixels, Thumbnail};
use tokio::sync::Semaphore;
use url::Url;

pub use address::Addresses;
pub use copies::{copy_attachment, remove_others};
pub use error::FileError;
pub use form::{Form, Source};
pub use name::sound_name;
pub use spool::Spool;
pub use store::{Bytes, Part, Store};

use self::image::Sound;

/// Decoding an image takes up to a few hundred megabytes and a core: this many at once, the others wait.
const IMAGES_AT_ONCE: usize = 2;

/// Everything that deals with files; cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Store,
    addresses: Arc<Addresses>,
    /// Where uploads lie until they are whole.
    spool_folder: PathBuf,
    images: Arc<Semaphore>,
}

/// An upload that was looked into, ready for the store.
pub struct Examined {
    pub media_type: String,
    pub pixels: Option<Pixels>,
    pub thumbnail: Option<Thumbnail>,
    pub(crate) content: Content,
    pub(crate) thumbnail_bytes: bytes::Bytes,
    pub size: u64,
}

/// What is to be stored.
pub(crate) enum Content {
    AsUploaded(Spool),
    Changed(bytes::Bytes),
}

impl Files {
    /// Keeps files in `store`; what is on its way there lies in `spool_folder` without a name.
    pub fn new(store: Store, addresses: Addresses, spool_folder: &Path) -> Self {
        Self {
            store,
            addresses: Arc::new(addresses),
            spool_folder: spool_folder.to_owned(),
            images: Arc::new(Semaphore::new(IMAGES_AT_ONCE)),
        }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Room for an upload.
    /// # Errors
    /// `Unavailable` when the disk has none.
    pub async fn spool(&self) -> Result<Spool, FileError> {
        Spool::new(&self.spool_folder).await
    }

    /// Looks into an upload: what it is, and for an image what of it is kept.
    /// # Errors
    /// `Unavailable` when the disk gives it back no more.
    pub async fn examine(&self, mut spool: Spool, given_type: Option<&str>) -> Result<Examined, FileError> {
        let head = spool.head().await?;
        let media_type = kind::media_type(&head, spool.size() <= head.len() as u64, given_type);
        let plain = |media_type: String, spool: Spool| Examined {
            media_type,
            pixels: None,
            thumbnail: None,
            size: spool.size(),
            content: Content::AsUploaded(spool),
            thumbnail_bytes: bytes::Bytes::new(),
        };
        let Some(format) = image::format(&media_type) else { return Ok(plain(media_type, spool)) };
        let permit = self.images.clone().acquire_owned().await.map_err(FileError::unavailable)?;
        let bytes = spool.whole().await?;
        let looked = tokio::task::spawn_blocking(move || {
            let _held_while_decoding = permit;
            image::examine(format, &bytes)
        });
        let Sound { pixels, changed, thumbnail, is_too_large } = looked.await.map_err(FileError::unavailable)?;
        let media_type = if is_too_large { kind::ANY.to_owned() } else { media_type };
        let examined = plain(media_type, spool);
        let (thumbnail, thumbnail_bytes) = thumbnail.map_or((None, bytes::Bytes::new()), |(media_type, bytes)| {
            (Some(Thumbnail { media_type: media_type.to_owned(), size: bytes.len() as u64 }), bytes)
        });
        let Some(bytes) = changed else { return Ok(Examined { pixels, thumbnail, thumbnail_bytes, ..examined }) };
        let size = bytes.len() as u64;
        Ok(Examined { pixels, thumbnail, thumbnail_bytes, size, content: Content::Changed(bytes), ..examined })
    }
}

/// The store that `url` names, or the folder.
/// # Errors
/// When it can't be had; the message names the flag to change.
pub async fn open_store(url: Option<&Url>, folder: &Path) -> anyhow::Result<Store> {
    match url {
        Some(url) => Store::at(url).await,
        None => Store::in_folder(folder).await,
    }
}
