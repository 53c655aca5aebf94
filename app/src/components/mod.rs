//! Building blocks of the pages.

pub mod content;
pub mod messenger;
pub mod ui;
