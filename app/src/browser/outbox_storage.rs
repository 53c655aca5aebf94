//! The outbox in the browser's storage, so that a reload loses nothing.
//!
//! Tabs share it, where the chat page lets browsers remember visitors. Each reads the list anew before it writes, and takes out only what it knows to be delivered. Storage
//! may be full or forbidden: then the outbox lives in memory only.
//!
//! It is one user's, like the drafts. Whoever comes next, by login or logout, finds neither: nobody sends what somebody else has
//! written.

use domain::ClientMessageId;

use super::drafts::forget_drafts;
use super::storage::storage;
use crate::json;
use crate::start::Start;
use crate::state::Pending;

/// What the user of this page left over in its conversation, oldest first; what others did is forgotten.
pub fn taken_over(start: &Start) -> Vec<Pending> {
    if !is_own(start) {
        write(start, &[]);
        forget_drafts(start);
        let owner = start.user.map(|user| user.to_string()).unwrap_or_default();
        _ = storage(start).map(|storage| storage.set_item(&owner_key(start), &owner));
    }
    let here = start.conversation.or(start.fresh);
    let mut all = kept(start);
    // What was written before there was any conversation belongs to the first that is there.
    all.retain(|pending| pending.to == here || pending.to.is_none() && start.fresh.is_none());
    all
}

pub fn keep(start: &Start, message: &Pending) {
    let mut all = kept(start);
    if is_own(start) && all.iter().all(|pending| pending.client_id != message.client_id) {
        all.push(message.clone());
        write(start, &all);
    }
}

pub fn forget(start: &Start, client_id: &ClientMessageId) {
    let mut all = kept(start);
    all.retain(|pending| pending.client_id != *client_id);
    write(start, &all);
}

fn kept(start: &Start) -> Vec<Pending> {
    let text = || storage(start)?.get_item(&key(start)).ok()?;
    text().and_then(|text| json::read(&text)).unwrap_or_default()
}

/// Whether what is kept is this page's user's. It is nobody's in particular before anybody has logged in.
pub(super) fn is_own(start: &Start) -> bool {
    let owner = || storage(start)?.get_item(&owner_key(start)).ok()?;
    owner().filter(|owner| !owner.is_empty()) == start.user.map(|user| user.to_string())
}

fn write(start: &Start, all: &[Pending]) {
    let Some(storage) = storage(start) else { return };
    let key = key(start);
    _ = if all.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, &json::write(all)) };
}

fn key(start: &Start) -> String {
    ["parlor.outbox.", &start.integration.to_string()].concat()
}

fn owner_key(start: &Start) -> String {
    [&key(start), ".of"].concat()
}
