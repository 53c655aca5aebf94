//! Files of attachments copied between folders: from the store into a backup, and back.
//!
//! Bytes never change once they are in a store, so what has its name and its size is not copied again.

use std::fs::File;
use std::io;
use std::path::Path;

use domain::{AppId, AttachmentKey};

use super::store::{Part, name};

/// Copies all bytes of an attachment from the folder `from` to the folder `to`, and waits until the disk has them. Whether
/// `from` has them.
/// # Errors
/// Of either disk.
pub fn copy_attachment(
    from: &Path,
    to: &Path,
    app: AppId,
    key: &AttachmentKey,
    has_thumbnail: bool,
) -> io::Result<bool> {
    let parts = if has_thumbnail { &[Part::Whole, Part::Thumbnail][..] } else { &[Part::Whole] };
    for part in parts {
        let name = name(app, key, *part);
        match copy(&from.join(name.as_ref()), &to.join(name.as_ref())) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let size = source.metadata()?.len();
    if to.metadata().is_ok_and(|there| there.is_file() && there.len() == size) {
        return Ok(());
    }
    let Some(folder) = to.parent() else { return Err(io::ErrorKind::InvalidInput.into()) };
    std::fs::create_dir_all(folder)?;
    // As the store names what it is writing, so that it removes what is left of a copy that was interrupted.
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push("#copy");
    let mut copy = File::create(&unfinished)?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()?;
    std::fs::rename(&unfinished, to)?;
    File::open(folder)?.sync_all()
}

/// Removes from `folder` the bytes of all attachments but those that are `wanted`.
/// # Errors
/// Of the disk.
pub fn remove_others(folder: &Path, wanted: impl Fn(AppId, &AttachmentKey) -> bool) -> io::Result<()> {
    for app in std::fs::read_dir(folder)? {
        let app = app?;
        let Some(id) = app.file_name().to_str().and_then(|name| name.parse::<AppId>().ok()) else { continue };
        for file in std::fs::read_dir(app.path())? {
            let file = file?;
            let name = file.file_name();
            let key = name.to_str().and_then(|name| name.split(['.', '#']).next()?.parse::<AttachmentKey>().ok());
            if key.is_some_and(|key| !wanted(id, &key)) {
                std::fs::remove_file(file.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_what_is_wanted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let app: AppId = "65f0a1b2c3d4e5f6aabbccdd".parse().unwrap();
        let keys: Vec<AttachmentKey> = ["a", "b", "c"].map(|letter| letter.repeat(32).parse().unwrap()).into();
        std::fs::create_dir_all(from.join(app.to_string())).unwrap();
        std::fs::write(from.join(format!("{app}/{}", keys[0])), "whole").unwrap();
        std::fs::write(from.join(format!("{app}/{}.thumbnail", keys[0])), "small").unwrap();
        std::fs::write(from.join(format!("{app}/{}", keys[1])), "other").unwrap();
        assert!(copy_attachment(&from, &to, app, &keys[0], true).unwrap());
        assert!(copy_attachment(&from, &to, app, &keys[1], false).unwrap());
        assert!(!copy_attachment(&from, &to, app, &keys[2], false).unwrap());
        let copied = |name: &str| std::fs::read_to_string(to.join(format!("{app}/{name}"))).ok();
        assert_eq!(copied(&format!("{}.thumbnail", keys[0])).as_deref(), Some("small"));
        // Of a copy that was cut off, nothing is taken for the whole.
        std::fs::write(to.join(format!("{app}/{}", keys[1])), "ot").unwrap();
        assert!(copy_attachment(&from, &to, app, &keys[1], false).unwrap());
        assert_eq!(copied(keys[1].as_str()).as_deref(), Some("other"));
        remove_others(&to, |_, key| *key == keys[1]).unwrap();
        assert_eq!(std::fs::read_dir(to.join(app.to_string())).unwrap().count(), 1);
        assert_eq!(copied(keys[1].as_str()).as_deref(), Some("other"));
    }
}
