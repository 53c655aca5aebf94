//! Who uses a database in a file: any number of processes beside each other, or one that puts another in its place.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Held while a database is used. The operating system gives it up for a process that is killed.
pub struct Occupancy {
    _lock: File,
}

impl Occupancy {
    /// Beside others who use `database`. `None` while somebody has it alone.
    pub fn shared(database: &Path) -> io::Result<Option<Self>> {
        Self::take(database, File::try_lock_shared)
    }

    /// Without others. `None` while somebody uses `database`.
    pub fn alone(database: &Path) -> io::Result<Option<Self>> {
        Self::take(database, File::try_lock)
    }

    fn take(database: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> io::Result<Option<Self>> {
        let path = database.with_extension("in-use");
        let file = File::options().create(true).write(true).truncate(false).open(path)?;
        match lock(&file) {
            Ok(()) => Ok(Some(Self { _lock: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_use_a_database_or_one_has_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("parlor.db");
        let first = Occupancy::shared(&database).unwrap();
        let second = Occupancy::shared(&database).unwrap();
        assert!(first.is_some() && second.is_some());
        assert!(Occupancy::alone(&database).unwrap().is_none());
        drop((first, second));
        let alone = Occupancy::alone(&database).unwrap();
        assert!(alone.is_some() && Occupancy::shared(&database).unwrap().is_none());
    }
}
