//! What was written and not sent, so that a reload loses none of it. Where storage is full or forbidden, nothing is kept.
//!
//! A draft is of the conversation on the page, or of the page as long as there is none.

use domain::ConversationId;

use super::outbox_storage::is_own;
use super::storage::storage;
use crate::start::Start;

/// What was being written in `conversation`.
pub fn draft(start: &Start, conversation: Option<ConversationId>) -> Option<String> {
    storage(start)?.get_item(&key(start, conversation)).ok()?
}

/// Keeps `text`, or forgets what was kept where it is empty; nothing once another tab has let somebody else in. Says whether it could.
pub fn keep_draft(start: &Start, conversation: Option<ConversationId>, text: &str) -> bool {
    let Some(storage) = storage(start).filter(|_| is_own(start)) else { return false };
    let key = key(start, conversation);
    if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) }.is_ok()
}

/// Forgets all drafts on this chat page.
pub fn forget_drafts(start: &Start) {
    let Some(storage) = storage(start) else { return };
    let count = storage.length().unwrap_or_default();
    let keys: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok()?).collect();
    let prefix = prefix(start);
    for key in keys.iter().filter(|key| key.starts_with(&prefix)) {
        _ = storage.remove_item(key);
    }
}

fn key(start: &Start, conversation: Option<ConversationId>) -> String {
    let conversation = conversation.map(|id| id.to_string()).unwrap_or_default();
    [&prefix(start), &*conversation].concat()
}

fn prefix(start: &Start) -> String {
    ["parlor.draft.", &start.integration.to_string(), "."].concat()
}
