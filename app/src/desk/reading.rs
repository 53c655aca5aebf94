//! What the visitor has seen: scrolling, unread counts, the title.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{Browser, Desk};
use crate::AppError;
use crate::browser::{self, document};
use crate::server_fns::{mark_read, unread_elsewhere};
use crate::start::Surface;
use crate::state::Event;

/// Pixels from its end within which the log counts as scrolled to the end.
const NEAR: i32 = 24;
/// Milliseconds in which several events elsewhere are one reason to count.
const PAUSE: f64 = 200.0;
/// Milliseconds that a message is in sight before it counts as read.
const GLANCE: f64 = 500.0;

impl Browser {
    /// The log is laid out from its end: 0 is the end, and further up is below zero.
    pub fn at_end(&self) -> bool {
        is_at_end(&self.log)
    }

    pub fn to_end(&self) {
        self.log.set_scroll_top(0);
    }

    /// Keeps in place what is being read while rows are added below it.
    pub fn keep_place(&self) {
        if self.at_end() {
            return;
        }
        let (log, before) = (self.log.clone(), self.log.scroll_height());
        browser::soon(Box::new(move || {
            // Whoever went to the end meanwhile stays there.
            if !is_at_end(&log) {
                log.set_scroll_top(log.scroll_top() - (log.scroll_height() - before));
            }
        }));
    }

    pub fn focus_log(&self) {
        _ = self.log.unchecked_ref::<HtmlElement>().focus();
    }
}

fn is_at_end(log: &Element) -> bool {
    log.scroll_top() > -NEAR
}

impl Desk {
    pub fn scrolled(self) {
        if self.browser().is_some_and(|browser| browser.at_end()) {
            self.show(|shown| shown.unseen = 0);
            self.reading();
        }
    }

    /// The visitor wants to see the newest messages.
    pub fn show_newest(self) {
        if let Some(browser) = self.browser() {
            browser.to_end();
            _ = browser.composer.focus();
        }
    }

    /// A message of somebody else came in.
    pub(super) fn heard(self) {
        let Some(browser) = self.browser() else { return };
        if !browser.at_end() {
            self.show(|shown| shown.unseen += 1);
        }
        self.draw_attention();
        self.reading();
    }

    /// Something happened that this page does not show: maybe in another conversation, at this or another page of the visitor's.
    pub(super) fn heard_elsewhere(self, event: &Event) {
        let here = self.book.with_value(|book| book.transcript.conversation);
        if here == Some(event.conversation.id) {
            return;
        }
        if event.is_from_others() {
            self.draw_attention();
        }
        if event.changes_list() {
            self.count_elsewhere();
        }
    }

    /// Soon, the header says what is unread in other conversations.
    pub(super) fn count_elsewhere(self) {
        if let Some(browser) = self.browser().filter(|_| self.book.with_value(|book| book.start.list.is_some())) {
            browser.count.set(PAUSE);
        }
    }

    pub(super) fn ask_elsewhere(self) {
        spawn_local(async move {
            match unread_elsewhere(self.who()).await {
                Ok(count) => self.show(|shown| shown.elsewhere = count),
                Err(AppError::SessionEnded) => self.session_ended(),
                // The next event asks again.
                Err(_) => {}
            }
        });
    }

    /// Makes somebody who is not looking aware of a message.
    fn draw_attention(self) {
        let Some(browser) = self.browser() else { return };
        self.book.with_value(|book| {
            if book.start.sound {
                browser::ring(&book.start.base);
            }
        });
        if !browser::is_attended() {
            browser.unread.set(browser.unread.get() + 1);
            self.title();
        }
    }

    /// The visitor came back to the page, maybe.
    pub(super) fn looked_at(self) {
        if let Some(browser) = self.browser().filter(|_| browser::is_attended()) {
            browser.unread.set(0);
            self.title();
            self.reading();
        }
    }

    /// Soon, whatever is in sight is read.
    pub fn reading(self) {
        if let Some(browser) = self.browser() {
            browser.read.set(GLANCE);
        }
    }

    /// What came into sight, and stayed there, is read by somebody who is here.
    pub(super) fn glanced(self) {
        if self.browser().is_some_and(|browser| browser.at_end()) && browser::is_attended() {
            self.attend();
        }
    }

    /// Whoever does something here has read what was said, wherever in the log they are.
    pub fn attend(self) {
        let Some(browser) = self.browser() else { return };
        let (conversation, newest) =
            self.book.with_value(|book| (book.transcript.conversation, book.transcript.newest_of_others()));
        let Some(conversation) = conversation else { return };
        if newest <= browser.marked.get() {
            return;
        }
        browser.marked.set(newest);
        spawn_local(async move {
            match mark_read(self.who(), conversation).await {
                Ok(()) => {}
                Err(AppError::SessionEnded) => self.session_ended(),
                // The next message, or the next look at the page, tries again.
                Err(_) => browser.marked.set(0),
            }
        });
    }

    /// A frame's title is not seen by anybody.
    fn title(self) {
        let Some(browser) = self.browser().filter(|_| self.surface() == Surface::Chat) else { return };
        let unread = browser.unread.get();
        if unread == 0 {
            document().set_title(&browser.title);
        } else {
            document().set_title(&self.texts().new_messages(unread));
        }
    }
}
