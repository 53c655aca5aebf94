//! The few things that only a browser has, each behind a plain function.
//!
//! Compiled for the server too, so that components need no `cfg`; nothing here is ever called there.

mod ask;
mod clock;
mod deadline;
mod draft_storage;
mod drafts;
mod outbox_storage;
mod page;
mod sound;
mod storage;
mod timer;

#[cfg(not(feature = "ssr"))]
pub use ask::ask;
pub use ask::ask_below;
pub use clock::{now, offset_at, remember_zone, zone};
pub use deadline::within;
pub use draft_storage::{leave_draft, take_draft};
pub use drafts::{draft, keep_draft};
pub use outbox_storage::{forget, keep, taken_over};
pub use page::{
    document, element, fresh_id, is_at, is_attended, is_online, is_visible, leave_for, listen, listen_first, random,
    reload, settle_at, socket_url, soon, touch_screen, warn, window,
};
pub use sound::ring;
pub use timer::Timer;
