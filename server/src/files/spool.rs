//! Where an upload lies until it is whole: a file without a name, which is gone by itself whatever happens.

use std::io::SeekFrom;
use std::path::Path;

use domain::FILE_BYTES;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::FileError;

/// How much of a file tells what it is.
const HEAD: u64 = 64 * 1024;

pub struct Spool {
    file: File,
    size: u64,
}

impl Spool {
    pub(super) async fn new(folder: &Path) -> Result<Self, FileError> {
        let folder = folder.to_owned();
        let made = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder));
        let file = made.await.map_err(FileError::unavailable)?.map_err(FileError::unavailable)?;
        Ok(Self { file: File::from_std(file), size: 0 })
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds `bytes`.
    /// # Errors
    /// `TooLarge` beyond 50 MB; `Unavailable` when the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.size += bytes.len() as u64;
        if self.size > FILE_BYTES {
            return Err(FileError::TooLarge);
        }
        self.file.write_all(bytes).await.map_err(FileError::unavailable)
    }

    /// The first bytes.
    pub(super) async fn head(&mut self) -> Result<Vec<u8>, FileError> {
        self.first(HEAD).await
    }

    /// All bytes.
    pub(super) async fn whole(&mut self) -> Result<bytes::Bytes, FileError> {
        Ok(self.first(FILE_BYTES).await?.into())
    }

    /// The file, to be read from its beginning.
    pub(super) async fn rewound(&mut self) -> Result<&mut File, FileError> {
        self.file.flush().await.map_err(FileError::unavailable)?;
        self.file.seek(SeekFrom::Start(0)).await.map_err(FileError::unavailable)?;
        Ok(&mut self.file)
    }

    async fn first(&mut self, most: u64) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size.min(most)).unwrap_or_default());
        self.rewound().await?.take(most).read_to_end(&mut bytes).await.map_err(FileError::unavailable)?;
        Ok(bytes)
    }
}
