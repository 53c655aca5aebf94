//! What the messenger knows, as plain data: no signals, no browser, all of it tested without either.

mod event;
mod outbox;
mod rows;
mod transcript;
mod upload;

pub use event::Event;
pub use outbox::{Outbox, Pending};
pub use rows::{Body, Bubble, Row, Status, rows};
pub use transcript::{Step, Transcript, Typing};
pub use upload::Upload;
