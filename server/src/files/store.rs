//! Where the bytes lie: a folder, or a bucket at S3, Google or Azure.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::{AppId, AttachmentKey};
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::{Content, FileError};

/// A store that does not answer a small request in time is out of reach.
const PATIENCE: Duration = Duration::from_secs(25);
/// A large file gets a second more for so many bytes.
const BYTES_A_SECOND: u64 = 512 * 1024;
/// Up to this size a file is put at once, beyond it in parts.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// A file that was being written so long ago was given up.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// Which bytes of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Thumbnail,
}

/// Bytes on their way out.
pub type Bytes = BoxStream<'static, Result<bytes::Bytes, FileError>>;

#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// Of a store on this machine's disk, where writing is not yet keeping.
    folder: Option<PathBuf>,
}

impl Store {
    /// Keeps files in `folder`, which is made if missing.
    /// # Errors
    /// When it can't be made; the message names it.
    pub async fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let named = || format!("cannot keep attachments in {}", folder.display());
        tokio::fs::create_dir_all(folder).await.with_context(named)?;
        let objects = LocalFileSystem::new_with_prefix(folder).with_context(named)?;
        Ok(Self { objects: Arc::new(objects), folder: Some(folder.to_owned()) })
    }

    /// Keeps files where `url` says: `file:///…`, `s3://bucket/…`, `gs://bucket/…`, `az://container/…`. Credentials come from the
    /// environment under the names of each provider (`AWS_…`, `GOOGLE_…`, `AZURE_…`).
    /// # Errors
    /// When the URL can't be used so; the message names the flag.
    pub async fn at(url: &Url) -> anyhow::Result<Self> {
        let named = || format!("cannot use the store {url}; give another with --object-store-url");
        if url.scheme() == "file" {
            let Ok(folder) = url.to_file_path() else { bail!("{}", named()) };
            return Self::in_folder(&folder).await.with_context(named);
        }
        let (objects, prefix) = object_store::parse_url_opts(url, provider_settings()).with_context(named)?;
        Ok(Self { objects: Arc::new(PrefixStore::new(objects, prefix)), folder: None })
    }

    /// Takes `content` in. After an error some of it may be there: [`Store::remove`] it.
    pub(crate) async fn put(&self, app: AppId, key: &AttachmentKey, content: Content) -> Result<(), FileError> {
        let name = name(app, key, Part::Whole);
        match content {
            Content::Changed(bytes) => self.put_bytes(&name, bytes).await,
            Content::AsUploaded(mut spool) => {
                let patience = PATIENCE + Duration::from_secs(spool.size() / BYTES_A_SECOND);
                let mut into = BufWriter::with_capacity(self.objects.clone(), name.clone(), PART_BYTES);
                let file = spool.rewound().await?;
                let copied = tokio::time::timeout(patience, async {
                    tokio::io::copy(file, &mut into).await?;
                    into.shutdown().await
                });
                let copied =
                    copied.await.map_err(FileError::unavailable).and_then(|it| it.map_err(FileError::unavailable));
                if copied.is_err() {
                    // What the abort can't remove either, the store's own rules for unfinished uploads do.
                    let _not_worse_than_before = tokio::time::timeout(PATIENCE, into.abort()).await;
                }
                copied?;
                self.keep(&name).await
            }
        }
    }

    pub(crate) async fn put_thumbnail(
        &self,
        app: AppId,
        key: &AttachmentKey,
        bytes: bytes::Bytes,
    ) -> Result<(), FileError> {
        self.put_bytes(&name(app, key, Part::Thumbnail), bytes).await
    }

    async fn put_bytes(&self, name: &Name, bytes: bytes::Bytes) -> Result<(), FileError> {
        let patience = PATIENCE + Duration::from_secs(bytes.len() as u64 / BYTES_A_SECOND);
        let put = tokio::time::timeout(patience, self.objects.put(name, PutPayload::from_bytes(bytes)));
        put.await.map_err(FileError::unavailable)?.map_err(FileError::unavailable)?;
        self.keep(name).await
    }

    /// Waits until a disk has really taken what was written.
    async fn keep(&self, name: &Name) -> Result<(), FileError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let (root, file) = (folder.clone(), folder.join(name.as_ref()));
        let kept = tokio::task::spawn_blocking(move || {
            std::fs::File::open(&file)?.sync_all()?;
            if let Some(folder) = file.parent() {
                std::fs::File::open(folder)?.sync_all()?;
            }
            std::fs::File::open(root)?.sync_all()
        });
        kept.await.map_err(FileError::unavailable)?.map_err(FileError::unavailable)
    }

    /// The bytes of `part` in `range`, as they come.
    /// # Errors
    /// `Missing`, `Unavailable`.
    pub async fn read(
        &self,
        app: AppId,
        key: &AttachmentKey,
        part: Part,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<Bytes, FileError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let name = name(app, key, part);
        let found = tokio::time::timeout(PATIENCE, self.objects.get_opts(&name, options));
        let found = found.await.map_err(FileError::unavailable)?.map_err(of_store)?;
        Ok(found.into_stream().map_err(of_store).boxed())
    }

    /// How many bytes `part` has; `None` where there is none.
    /// # Errors
    /// `Unavailable`.
    pub async fn size(&self, app: AppId, key: &AttachmentKey, part: Part) -> Result<Option<u64>, FileError> {
        let name = name(app, key, part);
        let found = tokio::time::timeout(PATIENCE, self.objects.head(&name));
        match found.await.map_err(FileError::unavailable)?.map_err(of_store) {
            Ok(found) => Ok(Some(found.size)),
            Err(FileError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a few bytes under a name with `mark` that no attachment has, reads them and removes them.
    /// # Errors
    /// Whatever fails of that.
    pub async fn try_out(&self, mark: &str) -> Result<(), FileError> {
        let name = Name::from(format!("trial-{mark}"));
        self.put_bytes(&name, bytes::Bytes::copy_from_slice(mark.as_bytes())).await?;
        let tried = tokio::time::timeout(PATIENCE, async {
            let read = self.objects.get(&name).await?.bytes().await;
            self.objects.delete(&name).await?;
            read
        });
        let read = tried.await.map_err(FileError::unavailable)?.map_err(of_store)?;
        if read == mark.as_bytes() {
            Ok(())
        } else {
            Err(FileError::unavailable("it gave other bytes than it was given"))
        }
    }

    /// Removes all bytes of an attachment; none there is well, too.
    /// # Errors
    /// `Unavailable`.
    pub async fn remove(&self, app: AppId, key: &AttachmentKey) -> Result<(), FileError> {
        for part in [Part::Whole, Part::Thumbnail] {
            let name = name(app, key, part);
            let removed = tokio::time::timeout(PATIENCE, self.objects.delete(&name));
            match removed.await.map_err(FileError::unavailable)?.map_err(of_store) {
                Ok(()) | Err(FileError::Missing) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Removes from a folder what was being written when a process ended. A bucket has rules of its own for that.
    /// # Errors
    /// `Unavailable`.
    pub async fn remove_leftovers(&self) -> Result<(), FileError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let removed = tokio::task::spawn_blocking(move || remove_leftovers(&folder));
        removed.await.map_err(FileError::unavailable)?.map_err(FileError::unavailable)
    }
}

/// Where a store has the bytes.
pub(super) fn name(app: AppId, key: &AttachmentKey, part: Part) -> Name {
    match part {
        Part::Whole => Name::from(format!("{app}/{key}")),
        Part::Thumbnail => Name::from(format!("{app}/{key}.thumbnail")),
    }
}

fn of_store(error: object_store::Error) -> FileError {
    match error {
        object_store::Error::NotFound { .. } => FileError::Missing,
        error => FileError::unavailable(error),
    }
}

/// The environment's variables that are meant for a store: without their prefix, words such as REGION could mean anything.
fn provider_settings() -> impl Iterator<Item = (String, String)> {
    let named =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    named.filter(|(name, _)| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix)))
}

/// A file is written under its name and `#` and a number, and renamed once it is whole.
fn remove_leftovers(folder: &Path) -> std::io::Result<()> {
    for app in std::fs::read_dir(folder)? {
        let app = app?;
        if !app.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(app.path())? {
            let file = file?;
            let is_old = file.metadata()?.modified()?.elapsed().is_ok_and(|age| age > LEFTOVER_AGE);
            if is_old && file.file_name().to_string_lossy().contains('#') {
                std::fs::remove_file(file.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[tokio::test]
    async fn what_was_given_up_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::in_folder(folder.path()).await.unwrap();
        let app = folder.path().join("65f0a1b2c3d4e5f6aabbccdd");
        std::fs::create_dir(&app).unwrap();
        for name in ["old#1", "old", "new#1"] {
            std::fs::write(app.join(name), "x").unwrap();
        }
        for name in ["old#1", "old"] {
            let file = std::fs::File::options().write(true).open(app.join(name)).unwrap();
            let written = file.metadata().unwrap().modified().unwrap() - LEFTOVER_AGE * 2;
            file.set_modified(written).unwrap();
        }
        store.remove_leftovers().await.unwrap();
        let mut left: Vec<_> = std::fs::read_dir(&app).unwrap().map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["new#1", "old"]);
    }

    #[tokio::test]
    async fn a_bucket_can_be_named_without_being_reached() {
        let begun = Instant::now();
        assert!(Store::at(&"gs://bucket/folder".parse().unwrap()).await.is_ok());
        let error = Store::at(&"ftp://host/folder".parse().unwrap()).await.err().unwrap();
        assert!(format!("{error:#}").contains("--object-store-url"));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
