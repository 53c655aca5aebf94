//! What was written and not sent, so that a reload loses none of it. Where storage is full or forbidden, nothing is kept.

use super::outbox_storage::storage;

/// What was being written at `place`.
pub fn draft(place: &str) -> Option<String> {
    storage()?.get_item(&key(place)).ok()?
}

/// Keeps `text`, or forgets what was kept where it is empty.
pub fn keep_draft(place: &str, text: &str) {
    let Some(storage) = storage() else { return };
    let key = key(place);
    _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}

fn key(place: &str) -> String {
    ["parlor.draft.", place].concat()
}
