//! A text on its way from a page that must go to the one that takes its place in the same tab.

use web_sys::Storage;

use super::window;

const KEY: &str = "parlor.draft";

pub fn leave_draft(text: &str) {
    // Without storage the text is lost, as it would be by any reload.
    _ = storage().map(|storage| storage.set_item(KEY, text));
}

/// The text that the page before this one left; it is given once.
pub fn take_draft() -> Option<String> {
    let storage = storage()?;
    let text = storage.get_item(KEY).ok()??;
    _ = storage.remove_item(KEY);
    Some(text)
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
