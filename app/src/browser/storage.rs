//! Where the page keeps what was written and not sent: for as long as the chat page lets the browser remember the visitor.

use std::cell::Cell;

use web_sys::Storage;

use super::{warn, window};
use crate::start::Start;

thread_local! {
    static IS_WARNED: Cell<bool> = const { Cell::new(false) };
}

/// The storage of the page of `start`; `None` where it is forbidden: then everything goes on in memory alone.
pub fn storage(start: &Start) -> Option<Storage> {
    let storage = if start.forgets { window().session_storage() } else { window().local_storage() };
    let storage = storage.ok().flatten();
    if storage.is_none() && !IS_WARNED.replace(true) {
        warn("This browser lets the chat store nothing: what is not sent is lost with the page.");
    }
    storage
}
