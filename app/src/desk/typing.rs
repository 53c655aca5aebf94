//! Tells the business that the visitor is writing.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Desk;
use super::connection::Says;
use crate::browser;
use crate::live;
use crate::server_fns::tell_typing;

/// However much is typed, sent and taken back, a beginning is told no more often than this, in milliseconds.
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
            browser.is_typing.set(true);
        }
    }

    /// The visitor sent what was typed, took it back, or went silent.
    pub(super) fn stopped_typing(self) {
        let Some(browser) = self.browser() else { return };
        browser.pause.stop();
        if browser.is_typing.replace(false) {
            self.tell_typing(false);
        }
    }

    /// Whether there was a line and a conversation to tell it on.
    fn tell_typing(self, on: bool) -> bool {
        let Some(browser) = self.browser() else { return false };
        let conversation = self.book.with_value(|book| book.transcript.conversation);
        let Some(conversation) = conversation else { return false };
        match browser.connection.says(&live::typing(conversation, on)) {
            Says::Heard => true,
            Says::OneWay => {
                // A hint: whether it gets there or not, nobody waits for it.
                spawn_local(async move { _ = tell_typing(self.who(), on).await });
                true
            }
            Says::Nothing => false,
        }
    }
}
