//! Tells the business that the visitor is writing.

use leptos::prelude::*;

use super::Desk;
use crate::browser;
use crate::live;

/// However much is typed, it is told no more often than this, in milliseconds.
const AGAIN: i64 = 10_000;
/// Who has not typed for so long (in milliseconds) has stopped.
const PAUSE: f64 = 10_000.0;

impl Desk {
    /// The visitor typed something.
    pub(super) fn is_typing(self) {
        let Some(browser) = self.browser() else { return };
        browser.pause.set(PAUSE);
        let now = browser::now();
        if now - browser.typing_told.get() >= AGAIN && self.tell_typing(true) {
            browser.typing_told.set(now);
        }
    }

    /// The visitor sent what was typed, took it back, or went silent.
    pub(super) fn stopped_typing(self) {
        let Some(browser) = self.browser() else { return };
        browser.pause.stop();
        if browser.typing_told.replace(0) > 0 {
            self.tell_typing(false);
        }
    }

    /// Whether there was a line and a conversation to tell it on.
    fn tell_typing(self, on: bool) -> bool {
        let Some(browser) = self.browser() else { return false };
        let conversation = self.book.with_value(|book| book.transcript.conversation);
        let Some(conversation) = conversation else { return false };
        browser.connection.says(&live::typing(conversation, on))
    }
}
