//! The outbox on disk, so that a reload loses nothing.
//!
//! Tabs share it. Each reads the list anew before it writes, and takes out only what it knows to be delivered. Storage
//! may be full or forbidden: then the outbox lives in memory only.

use domain::{ClientMessageId, IntegrationId};
use web_sys::Storage;

use super::window;
use crate::json;
use crate::state::Pending;

/// What was left over, oldest first.
pub fn kept(integration: IntegrationId) -> Vec<Pending> {
    let text = || storage()?.get_item(&key(integration)).ok()?;
    text().and_then(|text| json::read(&text)).unwrap_or_default()
}

pub fn keep(integration: IntegrationId, message: &Pending) {
    let mut all = kept(integration);
    if all.iter().all(|pending| pending.client_id != message.client_id) {
        all.push(message.clone());
        write(integration, &all);
    }
}

pub fn forget(integration: IntegrationId, client_id: &ClientMessageId) {
    let mut all = kept(integration);
    all.retain(|pending| pending.client_id != *client_id);
    write(integration, &all);
}

fn write(integration: IntegrationId, all: &[Pending]) {
    let Some(storage) = storage() else { return };
    let key = key(integration);
    _ = match serde_json::to_string(all) {
        Ok(text) if !all.is_empty() => storage.set_item(&key, &text),
        _ => storage.remove_item(&key),
    };
}

fn key(integration: IntegrationId) -> String {
    ["parlor.outbox.", &integration.to_string()].concat()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}
