//! Pictures that lead to a chat page: QR codes, the card of a preview, a badge. Drawn here, from shapes of our own; nothing is
//! fetched from anywhere.

mod badge;
mod mark;
mod qr;

pub use badge::{badge, closed_badge};
pub use mark::{Mark, preview};
pub use qr::{Correction, Qr, QrLook};
